package inspect

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// ProcessList is a page of the live processes.
type ProcessList struct {
	Processes []ProcessRow `json:"processes"`
	Total     int          `json:"total" doc:"that the filters let through"`
}

// ProcessRow is one process in a list.
type ProcessRow struct {
	PID     string    `json:"pid"`
	Entry   string    `json:"entry" doc:"whose code runs"`
	Engine  string    `json:"engine,omitempty" doc:"absent for what runs no script"`
	Host    string    `json:"host"`
	Names   []string  `json:"names,omitempty"`
	Started time.Time `json:"started"`
	State   string    `json:"state" enum:"running,runnable,waiting,ending"`
	Doing   string    `json:"doing,omitempty" doc:"what its coroutines wait for, for people"`
	Unread  int       `json:"unread" doc:"messages in the mailbox"`
	Links   int       `json:"links"`
	Steps   int64     `json:"steps" doc:"interpreter steps executed"`
	Memory  int64     `json:"memory" doc:"bytes charged, as estimated last"`
}

// ProcessDetail is what is known of one process.
type ProcessDetail struct {
	PID        string          `json:"pid"`
	Entry      string          `json:"entry" doc:"whose code runs"`
	Engine     string          `json:"engine,omitempty" doc:"absent for what runs no script"`
	Host       string          `json:"host"`
	Names      []string        `json:"names,omitempty"`
	Started    time.Time       `json:"started"`
	State      string          `json:"state" enum:"running,runnable,waiting,ending"`
	Doing      string          `json:"doing,omitempty" doc:"what its coroutines wait for, for people"`
	Unread     int             `json:"unread" doc:"messages in the mailbox"`
	Steps      int64           `json:"steps" doc:"interpreter steps executed"`
	Memory     int64           `json:"memory" doc:"bytes charged, as estimated last"`
	Links      []string        `json:"links" doc:"PIDs of linked processes"`
	Watchers   []string        `json:"watchers" doc:"PIDs of processes that monitor it"`
	Watching   []string        `json:"watching" doc:"PIDs of processes that it monitors"`
	Options    ProcessOptions  `json:"options"`
	Context    []ContextEntry  `json:"context,omitempty"`
	Supervised *SupervisorSays `json:"supervises,omitempty" doc:"of a supervisor"`
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

// orders compare processes.
var orders = map[string]func(a, b core.Brief) int{
	"age":    func(a, b core.Brief) int { return b.Started.Compare(a.Started) },
	"entry":  func(a, b core.Brief) int { return cmp.Compare(a.Entry, b.Entry) },
	"host":   func(a, b core.Brief) int { return cmp.Compare(a.Host, b.Host) },
	"state":  func(a, b core.Brief) int { return cmp.Compare(a.State, b.State) },
	"unread": func(a, b core.Brief) int { return cmp.Compare(a.Unread, b.Unread) },
	"links":  func(a, b core.Brief) int { return cmp.Compare(a.Links, b.Links) },
	"steps":  func(a, b core.Brief) int { return cmp.Compare(a.Steps, b.Steps) },
	"memory": func(a, b core.Brief) int { return cmp.Compare(a.Memory, b.Memory) },
}

// mostRows is how many processes a page has at most.
const mostRows = 1000

func processRoutes() []*route {
	return []*route{
		{
			method: http.MethodGet, path: "/api/v1/processes", summary: "The live processes, a page of them.",
			query: []parameter{
				{name: "filter", doc: "text in PID, entry or first name"},
				{name: "entry", doc: "id of the entry"},
				{name: "host", doc: "id of the host"},
				{name: "state", values: []string{"", "running", "runnable", "waiting", "ending"}},
				{name: "sort", values: []string{"", "age", "entry", "host", "state", "unread", "links", "steps", "memory"}, doc: "by start if absent, oldest first"},
				{name: "order", values: []string{"", "asc", "desc"}},
				{name: "limit", kind: "integer", standard: "100", doc: "at most 1000"},
				{name: "offset", kind: "integer", standard: "0"},
			},
			gives:  reflect.TypeFor[ProcessList](),
			answer: func(i *Inspector, r *request) (any, error) { return i.processes(r) },
		},
		{
			method: http.MethodGet, path: "/api/v1/processes/{pid}", summary: "One process. 410 if it has failed lately, with the report.",
			gives: reflect.TypeFor[ProcessDetail](),
			answer: func(i *Inspector, r *request) (any, error) {
				pid := hostapi.PID(r.PathValue("pid"))
				seen, ok := i.rt.Inspect(pid)
				if !ok {
					return nil, i.gone(pid)
				}
				return i.detail(seen), nil
			},
		},
	}
}

func (i *Inspector) processes(r *request) (*ProcessList, error) {
	limit, offset := r.number("limit"), r.number("offset")
	if limit > mostRows {
		return nil, invalid("limit must be at most %d", mostRows)
	}
	all := i.rt.Survey()
	filter, entry, host, state := strings.ToLower(r.text("filter")), r.text("entry"), r.text("host"), r.text("state")
	all = slices.DeleteFunc(all, func(b core.Brief) bool {
		return entry != "" && b.Entry != entry || host != "" && b.Host != host || state != "" && b.State != state ||
			filter != "" && !contains(filter, string(b.PID), b.Entry, b.Name)
	})
	if order := orders[r.text("sort")]; order != nil {
		slices.SortStableFunc(all, order)
	}
	if r.text("order") == "desc" {
		slices.Reverse(all)
	}
	out := &ProcessList{Processes: []ProcessRow{}, Total: len(all)}
	for _, b := range all[min(offset, len(all)):min(offset+limit, len(all))] {
		seen, ok := i.rt.Inspect(b.PID)
		if !ok { // it has ended meanwhile: it is shown as it was
			out.Processes = append(out.Processes, ProcessRow{
				PID: string(b.PID), Entry: b.Entry, Engine: b.Engine, Host: b.Host, Started: b.Started, State: "ending",
				Unread: b.Unread, Links: b.Links, Steps: b.Steps, Memory: b.Memory,
			})
			continue
		}
		// What it was sorted by is what is shown.
		out.Processes = append(out.Processes, ProcessRow{
			PID: string(b.PID), Entry: b.Entry, Engine: b.Engine, Host: b.Host, Names: seen.Names, Started: b.Started,
			State: b.State, Doing: seen.Doing, Unread: b.Unread, Links: b.Links, Steps: b.Steps, Memory: b.Memory,
		})
	}
	return out, nil
}

func contains(part string, in ...string) bool {
	return slices.ContainsFunc(in, func(s string) bool { return strings.Contains(strings.ToLower(s), part) })
}

func (i *Inspector) detail(seen core.Inspection) *ProcessDetail {
	d := &ProcessDetail{
		PID: string(seen.PID), Entry: seen.Entry, Engine: seen.Engine, Host: seen.Host, Names: seen.Names, Started: seen.Started,
		State: seen.State, Doing: seen.Doing, Unread: seen.Unread, Steps: seen.Steps, Memory: seen.Memory,
		Links: texts(seen.Links), Watchers: texts(seen.Watchers), Watching: texts(seen.Watching),
		Options: ProcessOptions(seen.Options),
	}
	for _, e := range seen.Context {
		d.Context = append(d.Context, ContextEntry{e.Key, e.Value})
	}
	if s, ok := i.rt.Supervised(seen.PID); ok {
		d.Supervised = &SupervisorSays{string(s.Strategy), s.Intensity, s.Period.Seconds()}
	}
	return d
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
