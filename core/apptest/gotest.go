package apptest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// Run runs the tests of an app as sub-tests of a Go test: named by file, engine and
// function, in parallel (60.14). Options.Timeout bounds each run of one; with
// Options.Coverage the log of the test says what was executed.
func Run(t *testing.T, o Options) {
	t.Helper()
	s, found := Load(o)
	for _, d := range found {
		t.Log(d)
	}
	if s == nil {
		t.Fatal("the app has errors; no test was run")
	}
	if len(s.Unmatched) > 0 {
		t.Fatalf("no test matches %s", strings.Join(s.Unmatched, ", "))
	}
	if len(s.Cases) == 0 {
		t.Fatal("no test matches")
	}
	if o.Coverage {
		t.Cleanup(func() { t.Log(s.Coverage().Text()) })
	}
	for _, c := range s.Cases {
		t.Run(c.File+"/"+c.Engine+"/"+c.Name, func(t *testing.T) {
			t.Parallel()
			r := s.Run(context.Background(), c)
			switch r.Status {
			case Skipped:
				t.Skip(r.Reason)
			case Failed:
				t.Error(r.Text())
			}
		})
	}
}

// lastEvents are how many a text shows of a run that failed.
const lastEvents = 20

// Text tells a failure to people, in lines: where and why, the processes if the time was
// over, what happened last, and what was printed.
func (r *Result) Text() string {
	if r.Err == nil {
		return ""
	}
	var b strings.Builder
	place := r.Place()
	if place != "" {
		place += ": "
	}
	b.WriteString(place + r.Err.Error() + "\n")
	part := func(title string, lines []string) {
		if len(lines) == 0 {
			return
		}
		b.WriteString(title + ":\n")
		for _, l := range lines {
			b.WriteString("  " + l + "\n")
		}
	}
	if r.Err.Details != nil {
		b.WriteString("details: " + hostapi.Wrap(r.Err.Details).String() + "\n")
	}
	if trace := r.Err.Trace(); trace != "" {
		b.WriteString(trace + "\n")
	}
	part("processes", r.Where)
	var events []string
	for _, e := range r.Events[max(0, len(r.Events)-lastEvents):] {
		events = append(events, e.String())
	}
	part("what happened last", events)
	part("output", r.Output)
	return b.String()
}

// Place gives file:line of the innermost place in the test file, else of any; "" if none
// is known.
func (r *Result) Place() string {
	place := ""
	for _, f := range r.Err.Frames {
		if f.Line == 0 {
			continue
		}
		if at := fmt.Sprintf("%s:%d", f.Source, f.Line); f.Source == r.Case.File {
			return at
		} else if place == "" {
			place = at
		}
	}
	return place
}
