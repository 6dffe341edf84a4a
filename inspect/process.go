package inspect

import (
	"cmp"
	"iter"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/understudy-run/understudy/core"
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
	State   string    `json:"state" enum:"running,runnable,waiting,suspended,ending"`
	Doing   string    `json:"doing,omitempty" doc:"what its coroutines wait for, for people"`
	Unread  int       `json:"unread" doc:"messages in the mailbox"`
	Links   int       `json:"links"`
	Steps   int64     `json:"steps" doc:"interpreter steps executed"`
	Memory  int64     `json:"memory" doc:"bytes charged, as estimated last"`
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
				{name: "state", values: []string{"", "running", "runnable", "waiting", "suspended", "ending"}},
				{name: "sort", values: []string{"", "age", "entry", "host", "state", "unread", "links", "steps", "memory"}, doc: "by start if absent, oldest first"},
				{name: "order", values: []string{"", "asc", "desc"}},
				{name: "limit", kind: "integer", standard: "100", doc: "at most 1000"},
				{name: "offset", kind: "integer", standard: "0"},
			},
			gives:  reflect.TypeFor[ProcessList](),
			answer: func(i *Inspector, r *request) (any, error) { return i.processes(r) },
		},
	}
}

func (i *Inspector) processes(r *request) (*ProcessList, error) {
	limit, offset := r.number("limit"), r.number("offset")
	if limit > mostRows {
		return nil, invalid("limit must be at most %d", mostRows)
	}
	filter, entry, host, state := strings.ToLower(r.text("filter")), r.text("entry"), r.text("host"), r.text("state")
	wanted := func(b *core.Brief) bool {
		return (entry == "" || b.Entry == entry) && (host == "" || b.Host == host) && (state == "" || b.State == state) &&
			(filter == "" || contains(filter, string(b.PID), b.Entry, b.Name))
	}
	order, direction := orders[r.text("sort")], 1
	if r.text("order") == "desc" {
		direction = -1
	}
	first, total := firstOf(i.rt.Survey(), wanted, offset+limit, func(a, b core.Brief) int {
		c := 0
		if order != nil {
			c = order(a, b)
		}
		return direction * cmp.Or(c, cmp.Compare(a.Serial, b.Serial))
	})
	out := &ProcessList{Processes: []ProcessRow{}, Total: total}
	for _, b := range first[min(offset, len(first)):] {
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

// firstOf gives the first n of those that are wanted, in order, and how many these are in all.
// Of many it keeps at most twice n at a time, and sorts no more.
func firstOf(all iter.Seq[core.Brief], wanted func(*core.Brief) bool, n int, order func(a, b core.Brief) int) (first []core.Brief, total int) {
	full := false // the n first so far are sorted, and more are known
	for b := range all {
		if !wanted(&b) {
			continue
		}
		total++
		if n == 0 || full && order(b, first[n-1]) > 0 {
			continue
		}
		if first = append(first, b); len(first) >= 2*n {
			slices.SortFunc(first, order)
			first, full = first[:n], true
		}
	}
	slices.SortFunc(first, order)
	return first[:min(n, len(first))], total
}

func contains(part string, in ...string) bool {
	return slices.ContainsFunc(in, func(s string) bool { return strings.Contains(strings.ToLower(s), part) })
}
