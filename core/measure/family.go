package measure

import (
	"cmp"
	"slices"
)

// Family is all that is measured under one name, at one moment. It is the caller's own.
type Family struct {
	Name    string // with its unit: understudy_mailbox_wait_seconds
	Help    string // one sentence
	Kind    Kind
	Labels  []string // their names
	Samples []Sample // in the order of the values of their labels
}

// Kind says how the values of a family are to be read.
type Kind uint8

const (
	Counter Kind = iota // only grows
	Gauge               // goes up and down
	Times               // a histogram of durations
)

// Sample is one value of a family.
type Sample struct {
	Values []string // of the labels
	Number float64  // of a Counter or Gauge
	Times  Snapshot // of Times
}

// Add adds a value.
func (f *Family) Add(number float64, values ...string) {
	f.Samples = append(f.Samples, Sample{Values: values, Number: number})
}

// AddTimes adds what a histogram holds, unless that is nothing.
func (f *Family) AddTimes(h *Histogram, values ...string) {
	if s := h.Snapshot(); s.Count() > 0 {
		f.Samples = append(f.Samples, Sample{Values: values, Times: s})
	}
}

// Sorted gives families by name, each with its samples in order; of those that have one
// name the samples are put together.
func Sorted(families []Family) []Family {
	slices.SortStableFunc(families, func(a, b Family) int { return cmp.Compare(a.Name, b.Name) })
	var out []Family
	for _, f := range families {
		if last := len(out) - 1; last >= 0 && out[last].Name == f.Name {
			out[last].Samples = append(out[last].Samples, f.Samples...)
			continue
		}
		out = append(out, f)
	}
	for _, f := range out {
		slices.SortFunc(f.Samples, func(a, b Sample) int { return slices.Compare(a.Values, b.Values) })
	}
	return out
}
