package inspect

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// Profile says where processes spend their time, or what their memory is charged to.
type Profile struct {
	Took   float64        `json:"took" doc:"seconds that were looked at; 0 of memory"`
	Stacks []ProfileStack `json:"stacks" doc:"most first"`
}

// ProfileStack is what was found at one call stack of one entry.
type ProfileStack struct {
	Entry     string  `json:"entry"`
	Engine    string  `json:"engine,omitempty" doc:"absent for what runs no script"`
	Host      string  `json:"host,omitempty" doc:"absent of memory"`
	Stack     []Frame `json:"stack" doc:"of the script, innermost first; empty if it is not known where the code stood"`
	Samples   int64   `json:"samples,omitempty" doc:"how often it was seen there"`
	Time      float64 `json:"time,omitempty" doc:"seconds on a worker"`
	Bytes     int64   `json:"bytes,omitempty" doc:"of memory: charged to the processes of the entry"`
	Processes int64   `json:"processes,omitempty" doc:"of memory: that run it"`
}

// longProfile is how long one may last.
const longProfile = 10 * time.Minute

func profileRoutes() []*route {
	return []*route{{
		method: http.MethodGet, path: "/api/v1/profile", summary: "Where the code of processes spends its time, from now on; answered at the end (64.3).",
		query: []parameter{
			{name: "for", standard: "10s", doc: "how long, at most 10m"},
			{name: "entry", doc: "id of the entry; absent: all"},
			{name: "memory", kind: "boolean", standard: "false", doc: "instead, at once: the bytes charged, by entry"},
		},
		gives:  reflect.TypeFor[Profile](),
		answer: func(i *Inspector, r *request) (any, error) { return i.profile(r) },
	}}
}

func (i *Inspector) profile(r *request) (*Profile, error) {
	d, ok := hostapi.ParseDuration(r.text("for"))
	if !ok || d <= 0 || d > longProfile {
		return nil, invalid("for: %q must be a duration of at most %s, as 10s", r.text("for"), longProfile)
	}
	entry := r.text("entry")
	if entry != "" && i.known()[entry] == nil {
		return nil, hostapi.Errorf(hostapi.NotFound, "no entry %s", entry)
	}
	if r.text("memory") == "true" {
		return i.memory(entry), nil
	}
	start := i.rt.Now()
	stop, err := i.rt.Profile(core.ProfileOptions{Entry: entry})
	if err != nil {
		return nil, err
	}
	end := time.NewTimer(d)
	defer end.Stop()
	select {
	case <-end.C:
	case <-r.Context().Done():
		stop()
		return nil, context.Cause(r.Context())
	case <-i.closed:
	}
	samples := stop()
	out := &Profile{Took: i.rt.Now().Sub(start).Seconds(), Stacks: []ProfileStack{}}
	for _, s := range samples {
		x := ProfileStack{Entry: s.Entry, Engine: s.Engine, Host: s.Host, Stack: []Frame{}, Samples: s.Count, Time: s.Time.Seconds()}
		for _, f := range s.Stack {
			x.Stack = append(x.Stack, Frame{f.Source, f.Line, f.Name})
		}
		out.Stacks = append(out.Stacks, x)
	}
	return out, nil
}

// memory gives the bytes charged by entry. No engine knows where in the code they were
// asked for.
func (i *Inspector) memory(entry string) *Profile {
	all := make(map[string]*ProfileStack)
	for b := range i.rt.Survey() {
		if entry != "" && b.Entry != entry {
			continue
		}
		x := all[b.Entry]
		if x == nil {
			x = &ProfileStack{Entry: b.Entry, Engine: b.Engine, Stack: []Frame{}}
			all[b.Entry] = x
		}
		x.Bytes += b.Memory
		x.Processes++
	}
	out := &Profile{Stacks: []ProfileStack{}}
	for _, x := range all {
		out.Stacks = append(out.Stacks, *x)
	}
	slices.SortFunc(out.Stacks, func(a, b ProfileStack) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Entry, b.Entry))
	})
	return out
}
