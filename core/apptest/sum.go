package apptest

import (
	"fmt"
	"strings"
)

// Sum is the results of many tests, in the order in which they came.
type Sum struct{ Results []Result }

// Add adds one.
func (s *Sum) Add(r Result) { s.Results = append(s.Results, r) }

// Count gives how many tests came out how, and how many runs that were.
func (s *Sum) Count() (passed, failed, skipped, runs int) {
	for _, r := range s.Results {
		runs += r.Schedules
		switch r.Status {
		case Passed:
			passed++
		case Failed:
			failed++
		case Skipped:
			skipped++
		}
	}
	return passed, failed, skipped, runs
}

// Failed reports whether one has failed.
func (s *Sum) Failed() bool {
	_, failed, _, _ := s.Count()
	return failed > 0
}

// Text gives a line for each file and engine, and one for all; of is how many tests there
// are (60.12).
func (s *Sum) Text(of int) string {
	var order []string
	parts := map[string]*Sum{}
	for _, r := range s.Results {
		key := r.Case.File + " (" + r.Case.Engine + ")"
		if parts[key] == nil {
			parts[key] = &Sum{}
			order = append(order, key)
		}
		parts[key].Add(r)
	}
	var b strings.Builder
	for _, key := range order {
		part, word := parts[key], "ok  "
		if part.Failed() {
			word = "FAIL"
		}
		_, _, _, runs := part.Count()
		fmt.Fprintf(&b, "%s  %s: %s, %s\n", word, key, counted(len(part.Results), "test"), counted(runs, "run"))
	}
	passed, failed, skipped, runs := s.Count()
	fmt.Fprintf(&b, "%d passed, %d failed", passed, failed)
	if skipped > 0 {
		fmt.Fprintf(&b, ", %d skipped", skipped)
	}
	if n := of - len(s.Results); n > 0 {
		fmt.Fprintf(&b, ", %d not run", n)
	}
	fmt.Fprintf(&b, "; %s\n", counted(runs, "run"))
	return b.String()
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
