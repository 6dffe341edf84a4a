package inspect

import (
	"context"
	"math"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// ProcessDetail is what is known of one process.
type ProcessDetail struct {
	PID        string            `json:"pid"`
	Entry      string            `json:"entry" doc:"whose code runs"`
	Engine     string            `json:"engine,omitempty" doc:"absent for what runs no script"`
	Host       string            `json:"host"`
	Names      []string          `json:"names,omitempty"`
	Started    time.Time         `json:"started"`
	State      string            `json:"state" enum:"running,runnable,waiting,suspended,ending"`
	Doing      string            `json:"doing,omitempty" doc:"what its coroutines wait for, for people"`
	Unread     int               `json:"unread" doc:"messages in the mailbox"`
	Arrived    uint64            `json:"received" doc:"messages and events that have come into its mailbox"`
	Sent       int64             `json:"sent" doc:"messages"`
	Steps      int64             `json:"steps" doc:"interpreter steps executed"`
	Memory     int64             `json:"memory" doc:"bytes charged, as estimated last"`
	Coroutines []Coroutine       `json:"coroutines" doc:"of the runtime, oldest first"`
	Stacks     bool              `json:"stacks" doc:"whether it is known where the coroutines stand: not if a call of the interpreter lasts"`
	Limits     []Limit           `json:"limits" doc:"those in force, and what is used of them"`
	Operations []Operation       `json:"operations" doc:"outside, under way, oldest first"`
	Handles    []Handle          `json:"handles" doc:"what it holds outside, in order of opening"`
	Groups     []Membership      `json:"groups" doc:"that it is in"`
	Links      []string          `json:"links" doc:"PIDs of linked processes"`
	Watchers   []string          `json:"watchers" doc:"PIDs of processes that monitor it"`
	Watching   []string          `json:"watching" doc:"PIDs of processes that it monitors"`
	Peers      map[string]string `json:"peers" doc:"entries of those of links, watchers and watching that are live, by PID; of the first 1000"`
	Options    ProcessOptions    `json:"options"`
	Context    []ContextEntry    `json:"context,omitempty"`
	Supervises *SupervisorSays   `json:"supervises,omitempty" doc:"of a supervisor"`
	Supervisor string            `json:"supervisor,omitempty" doc:"PID of the supervisor whose child it is"`
	History    []PastFailure     `json:"history,omitempty" doc:"failures before it of the service or child that it runs for, oldest first"`
	Crash      *CrashReport      `json:"crash,omitempty" doc:"the last one of that service or child, if it is remembered"`
}

// ProcessOptions are those of process.set_options.
type ProcessOptions struct {
	TrapLinks  bool `json:"trap_links"`
	Upgradable bool `json:"upgradable"`
}

// ContextEntry is one value of the context of a process.
type ContextEntry struct {
	Key   hostapi.Value `json:"key"`
	Value hostapi.Value `json:"value"`
}

// SupervisorSays is what a supervisor adds to its process.
type SupervisorSays struct {
	Strategy  string  `json:"strategy"`
	Intensity int     `json:"intensity" doc:"restarts allowed within the period"`
	Period    float64 `json:"period" doc:"seconds"`
}

// Coroutine is one of a process.
type Coroutine struct {
	Name    string  `json:"name"`
	State   string  `json:"state" enum:"running,runnable,waiting"`
	Waiting string  `json:"waiting,omitempty" doc:"what it waits for"`
	Stack   []Frame `json:"stack" doc:"of the script, innermost first"`
}

// Frame is one call of a stack.
type Frame struct {
	File     string `json:"file"`
	Line     int    `json:"line" doc:"0 if it is not known"`
	Function string `json:"function,omitempty"`
}

// Limit is one limit of a process.
type Limit struct {
	Name  string `json:"name" doc:"as in the field limits of an entry (17.8); mailbox as in its field mailbox"`
	Used  int64  `json:"used"`
	Limit int64  `json:"limit"`
	Unit  string `json:"unit" enum:"coroutines,steps,bytes,operations,handles,messages"`
}

// Operation is one operation outside that is under way.
type Operation struct {
	PID      string    `json:"pid"`
	Entry    string    `json:"entry" doc:"of the code that has begun it"`
	Name     string    `json:"name" doc:"function of a module"`
	Resource string    `json:"resource,omitempty"`
	Started  time.Time `json:"started"`
	Timeout  float64   `json:"timeout,omitempty" doc:"seconds"`
}

// Handle is something outside that a process holds.
type Handle struct {
	Type string `json:"type"`
}

// Membership is a group that a process is in.
type Membership struct {
	Scope string `json:"scope"`
	Group string `json:"group"`
}

// Mailbox are the first messages of a process.
type Mailbox struct {
	Messages []Letter `json:"messages" doc:"oldest first"`
	Total    int      `json:"total" doc:"that are unread"`
}

// Letter is one message.
type Letter struct {
	Topic    string          `json:"topic"`
	From     string          `json:"from,omitempty" doc:"PID; absent if the program has sent it"`
	Payloads []hostapi.Value `json:"payloads"`
}

// stackTime is how long an answer waits for a process to come to a point where it is seen
// where its code stands.
const stackTime = time.Second

func detailRoutes() []*route {
	return []*route{
		{
			method: http.MethodGet, path: "/api/v1/processes/{pid}", summary: "One process. 410 if it has failed lately, with the report.",
			gives: reflect.TypeFor[ProcessDetail](),
			answer: func(i *Inspector, r *request) (any, error) {
				pid := hostapi.PID(r.PathValue("pid"))
				ctx, cancel := context.WithTimeout(r.Context(), stackTime)
				defer cancel()
				seen, ok := i.rt.Detail(ctx, pid, 0)
				if !ok {
					return nil, i.gone(pid)
				}
				return i.detail(seen), nil
			},
		},
		{
			method: http.MethodGet, path: "/api/v1/processes/{pid}/mailbox", summary: "The first messages that a process has not read.",
			query:  []parameter{{name: "limit", kind: "integer", standard: "20", doc: "at most 1000"}},
			gives:  reflect.TypeFor[Mailbox](),
			answer: func(i *Inspector, r *request) (any, error) { return i.mailbox(r) },
		},
	}
}

func (i *Inspector) detail(seen core.Detail) *ProcessDetail {
	d := &ProcessDetail{
		PID: string(seen.PID), Entry: seen.Entry, Engine: seen.Engine, Host: seen.Host, Names: seen.Names, Started: seen.Started,
		State: seen.State, Doing: seen.Doing, Unread: seen.Unread, Steps: seen.Steps, Memory: seen.Memory,
		Links: texts(seen.Links), Watchers: texts(seen.Watchers), Watching: texts(seen.Watching),
		Options: ProcessOptions(seen.Options), Arrived: seen.Arrived, Sent: seen.Sent, Stacks: seen.Stacks,
		Coroutines: coroutinesOf(seen.Coroutines), Limits: limitsOf(&seen), Operations: operationsOf(seen.Underway),
		Handles: []Handle{}, Groups: []Membership{}, History: pastOf(seen.History), Supervisor: string(seen.Supervisor),
	}
	for _, e := range seen.Context {
		d.Context = append(d.Context, ContextEntry{e.Key, e.Value})
	}
	for _, h := range seen.Handles {
		d.Handles = append(d.Handles, Handle{h})
	}
	for _, g := range i.rt.GroupsOf(seen.PID) {
		d.Groups = append(d.Groups, Membership{g.Scope, g.Group})
	}
	d.Peers = i.entriesOf(d.Links, d.Watchers, d.Watching)
	if n := len(seen.History); n > 0 {
		d.Crash = i.hub.crashOf(seen.History[n-1].Err)
	}
	if s, ok := i.rt.Supervised(seen.PID); ok {
		d.Supervises = &SupervisorSays{string(s.Strategy), s.Intensity, s.Period.Seconds()}
	}
	return d
}

// entriesOf gives the entries of live processes, by PID.
func (i *Inspector) entriesOf(lists ...[]string) map[string]string {
	out := make(map[string]string)
	for _, list := range lists {
		for _, pid := range list[:min(len(list), mostRows)] {
			if _, known := out[pid]; known {
				continue
			}
			if seen, ok := i.rt.Inspect(hostapi.PID(pid)); ok {
				out[pid] = seen.Entry
			}
		}
	}
	return out
}

func coroutinesOf(views []core.CoroutineView) []Coroutine {
	out := []Coroutine{}
	for _, v := range views {
		c := Coroutine{Name: v.Name, State: v.State, Waiting: v.Waiting, Stack: []Frame{}}
		for _, f := range v.Stack {
			c.Stack = append(c.Stack, Frame{f.Source, f.Line, f.Name})
		}
		out = append(out, c)
	}
	return out
}

// limitsOf gives the limits that there are.
func limitsOf(d *core.Detail) []Limit {
	l := &d.Limits
	out := []Limit{}
	add := func(name string, used, limit int64, unit string) {
		if limit > 0 && limit < math.MaxInt {
			out = append(out, Limit{name, used, limit, unit})
		}
	}
	add("memory", d.Memory, l.Memory, "bytes")
	add("max_coroutines", int64(d.Inspection.Coroutines), int64(l.MaxCoroutines), "coroutines")
	add("fuel.total", d.Steps, l.Fuel, "steps")
	add("fuel.per_message", d.SinceRead, l.FuelPerMessage, "steps")
	add("outside", int64(d.Operations), int64(l.Outside), "operations")
	add("handles", int64(d.Held), int64(l.Handles), "handles")
	add("mailbox", int64(d.Unread), int64(d.Mailbox.Limit), "messages")
	return out
}

func operationsOf(views []core.OperationView) []Operation {
	out := []Operation{}
	for _, v := range views {
		out = append(out, Operation{string(v.PID), v.Entry, v.Name, v.Resource, v.Began, v.Timeout.Seconds()})
	}
	return out
}

func (i *Inspector) mailbox(r *request) (any, error) {
	limit, pid := r.number("limit"), hostapi.PID(r.PathValue("pid"))
	if limit > mostRows {
		return nil, invalid("limit must be at most %d", mostRows)
	}
	ctx, cancel := context.WithCancel(r.Context())
	cancel() // nobody waits for the stacks
	seen, ok := i.rt.Detail(ctx, pid, limit)
	if !ok {
		return nil, i.gone(pid)
	}
	out := Mailbox{Messages: []Letter{}, Total: seen.Unread}
	for _, m := range seen.First {
		out.Messages = append(out.Messages, Letter{m.Topic, string(m.From), i.shown(m.Values)})
	}
	return out, nil
}

// shown gives payloads without secrets.
func (i *Inspector) shown(values []hostapi.Value) []hostapi.Value {
	out := make([]hostapi.Value, len(values))
	for n, v := range values {
		out[n] = i.rt.ConcealedValue(v)
	}
	return out
}

// texts gives PIDs in a fixed order.
func texts(pids []hostapi.PID) []string {
	out := make([]string, len(pids))
	for i, p := range pids {
		out[i] = string(p)
	}
	slices.Sort(out)
	return out
}

// gone is the answer about a process that is not there (any more).
func (i *Inspector) gone(pid hostapi.PID) error {
	if !hostapi.IsPID(string(pid)) {
		return invalid("not a PID: %q", string(pid))
	}
	p := &problem{http.StatusNotFound, Problem{Kind: string(hostapi.NotFound), Message: "process not found: " + string(pid)}}
	if report, ok := i.hub.crash(pid); ok {
		p.status, p.Report = http.StatusGone, report
	}
	return p
}
