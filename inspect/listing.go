package inspect

import (
	"net/http"
	"reflect"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// NameList are the registered names.
type NameList struct {
	Names []Name `json:"names" doc:"sorted"`
}

// Name is a registered name.
type Name struct {
	Name  string `json:"name"`
	PID   string `json:"pid"`
	Entry string `json:"entry"`
}

// GroupList are the process groups that have members.
type GroupList struct {
	Groups []Group `json:"groups" doc:"by scope and name"`
}

// Group is a process group.
type Group struct {
	Scope   string   `json:"scope"`
	Group   string   `json:"group"`
	Members []string `json:"members" doc:"PIDs in the order of joining, once for each membership"`
}

// OperationList are the operations outside that are under way.
type OperationList struct {
	Operations []Operation `json:"operations" doc:"oldest first"`
}

// ResourceList are the resources that entries may be granted.
type ResourceList struct {
	Resources []Resource `json:"resources" doc:"by id"`
}

// Resource is what entries may be granted. What it is made of is not shown.
type Resource struct {
	ID      string   `json:"id"`
	Kind    string   `json:"kind"`
	Granted []string `json:"granted" doc:"ids of the entries that are granted it"`
}

// LetterList are the dead letters that are remembered.
type LetterList struct {
	Letters []DeadLetter   `json:"letters" doc:"newest first"`
	Reasons map[string]int `json:"reasons" doc:"how many there were by reason, since the node is looked into"`
}

// DeadLetter is a message that nobody will read.
type DeadLetter struct {
	At       time.Time       `json:"at"`
	Reason   string          `json:"reason" enum:"no_process,mailbox_full,unread,late_reply,no_node"`
	To       string          `json:"to" doc:"PID or name, as addressed"`
	From     string          `json:"from,omitempty"`
	Topic    string          `json:"topic"`
	Entry    string          `json:"entry,omitempty" doc:"of the receiver, if it is known"`
	Payloads []hostapi.Value `json:"payloads"`
}

// CrashList are the failures that are remembered.
type CrashList struct {
	Crashes []*CrashReport `json:"crashes" doc:"newest first"`
}

func listRoutes() []*route {
	get := func(path, summary string, gives reflect.Type, list func(*Inspector) any) *route {
		return &route{
			method: http.MethodGet, path: "/api/v1/" + path, summary: summary, gives: gives,
			answer: func(i *Inspector, _ *request) (any, error) { return list(i), nil },
		}
	}
	return []*route{
		get("names", "The registered names.", reflect.TypeFor[NameList](), func(i *Inspector) any {
			out := NameList{[]Name{}}
			for _, n := range i.rt.Names() {
				out.Names = append(out.Names, Name{n.Name, string(n.PID), n.Entry})
			}
			return out
		}),
		get("groups", "The process groups that have members.", reflect.TypeFor[GroupList](), func(i *Inspector) any {
			out := GroupList{[]Group{}}
			for _, g := range i.rt.Groups() {
				members := []string{}
				for _, pid := range g.Members {
					members = append(members, string(pid))
				}
				out.Groups = append(out.Groups, Group{g.Scope, g.Group, members})
			}
			return out
		}),
		get("operations", "The operations outside that are under way.", reflect.TypeFor[OperationList](), func(i *Inspector) any {
			return OperationList{operationsOf(i.rt.Operations())}
		}),
		get("resources", "The resources that entries may be granted.", reflect.TypeFor[ResourceList](), func(i *Inspector) any {
			out := ResourceList{[]Resource{}}
			for _, r := range i.rt.Resources() {
				out.Resources = append(out.Resources, Resource{r.ID, r.Kind, append([]string{}, r.Granted...)})
			}
			return out
		}),
		get("dead-letters", "The dead letters that are remembered.", reflect.TypeFor[LetterList](), func(i *Inspector) any {
			letters, reasons := i.hub.deadLetters()
			out := LetterList{[]DeadLetter{}, reasons}
			for _, x := range letters {
				e := x.shown(i.rt)
				out.Letters = append(out.Letters, DeadLetter{e.At, e.Reason, e.To, e.Peer, e.Topic, e.Entry, append([]hostapi.Value{}, e.Payloads...)})
			}
			return out
		}),
		get("crashes", "The failures of processes that are remembered.", reflect.TypeFor[CrashList](), func(i *Inspector) any {
			return CrashList{i.hub.reports()}
		}),
	}
}
