package inspect

import (
	"net/http"
	"reflect"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// Tree is what keeps processes running, and what it keeps.
type Tree struct {
	Tree []TreeNode `json:"tree" doc:"services in the order of their start, then supervisors that none of these has"`
}

// TreeNode is a service, a supervisor, or a process that one of these keeps running.
type TreeNode struct {
	ID        string     `json:"id" doc:"name of a service, id of a child; a PID where there is none"`
	Kind      string     `json:"kind" enum:"service,supervisor,process"`
	Entry     string     `json:"entry,omitempty"`
	PID       string     `json:"pid,omitempty" doc:"of the process that runs or, of a child, ran last"`
	State     string     `json:"state" doc:"of a service by 15.12; of a child running, starting, restarting, stopping or stopped"`
	Since     *time.Time `json:"since,omitempty" doc:"when its present process, or the last one, became live"`
	Restarts  int        `json:"restarts" doc:"of a service in a row; of a child in all"`
	Attempts  int        `json:"attempts,omitempty" doc:"restarts of a child in a row"`
	Restart   string     `json:"restart,omitempty" doc:"restart type of a child"`
	Strategy  string     `json:"strategy,omitempty" doc:"of a supervisor"`
	Intensity int        `json:"intensity,omitempty" doc:"of a supervisor: restarts allowed within the period"`
	Period    float64    `json:"period,omitempty" doc:"seconds"`
	Error     *Failure   `json:"error,omitempty" doc:"the last failure since it was last stable"`
	Children  []TreeNode `json:"children,omitempty" doc:"of a supervisor, in start order"`
	More      int        `json:"more,omitempty" doc:"children that are left out"`
}

// mostChildren is how many children of one supervisor a tree has.
const mostChildren = 500

func treeRoutes() []*route {
	return []*route{{
		method: http.MethodGet, path: "/api/v1/tree", summary: "Services and supervisors with their children, as they are now.",
		gives:  reflect.TypeFor[Tree](),
		answer: func(i *Inspector, _ *request) (any, error) { return i.tree(), nil },
	}}
}

func (i *Inspector) tree() Tree {
	w := &treeWalk{rt: i.rt, seen: make(map[hostapi.PID]bool)}
	out := Tree{Tree: []TreeNode{}}
	for _, s := range i.rt.Services() {
		n := TreeNode{
			ID: s.Name, Kind: "service", Entry: s.Entry, PID: string(s.PID), State: s.State.String(), Since: moment(s.Since),
			Restarts: s.Restarts, Error: lastOf(s.History),
		}
		w.children(&n, s.PID)
		out.Tree = append(out.Tree, n)
	}
	for _, pid := range i.rt.Supervisors() {
		seen, ok := i.rt.Inspect(pid)
		if !ok || w.seen[pid] {
			continue
		}
		n := TreeNode{ID: string(pid), Kind: "supervisor", Entry: seen.Entry, PID: string(pid), State: "running", Since: moment(seen.Started)}
		if w.children(&n, pid) {
			out.Tree = append(out.Tree, n)
		}
	}
	return out
}

// treeWalk goes down from supervisor to supervisor.
type treeWalk struct {
	rt   Runtime
	seen map[hostapi.PID]bool // supervisors
}

// children adds those of a process that is a supervisor, and reports whether it is.
func (w *treeWalk) children(n *TreeNode, pid hostapi.PID) bool {
	if pid == "" || w.seen[pid] {
		return false
	}
	s, ok := w.rt.Supervised(pid)
	if !ok {
		return false
	}
	w.seen[pid] = true
	n.Strategy, n.Intensity, n.Period = string(s.Strategy), s.Intensity, s.Period.Seconds()
	for at, c := range s.Children {
		if at >= mostChildren && !c.Supervisor {
			n.More++
			continue
		}
		child := TreeNode{
			ID: c.ID, Kind: "process", Entry: c.Entry, PID: string(c.PID), State: c.State, Since: moment(c.Since),
			Restarts: max(0, c.Starts-1), Attempts: c.Attempts, Restart: string(c.Restart), Error: lastOf(c.History),
		}
		if child.ID == "" {
			child.ID = string(c.PID)
		}
		if c.Supervisor {
			child.Kind = "supervisor"
			w.children(&child, c.PID)
		}
		n.Children = append(n.Children, child)
	}
	return true
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func lastOf(history []core.Failure) *Failure {
	if len(history) == 0 {
		return nil
	}
	return failureOf(history[len(history)-1].Err)
}
