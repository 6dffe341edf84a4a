package ledger

import (
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
)

// chest is an object that holds values.
type chest struct {
	hostapi.Handle
	values []hostapi.Value
}

func (*chest) ObjectType() *hostapi.ObjectType { return hostapi.ChannelType }
func (*chest) String() string                  { return "chest" }

// Holds gives the values.
func (c *chest) Holds(visit func(hostapi.Value)) {
	for _, v := range c.values {
		visit(v)
	}
}

// found gives what a tally finds in values, and the references in them.
func found(t *Tally, values ...hostapi.Value) (bytes int64, references []any) {
	reference := func(x any) { references = append(references, x) }
	for _, v := range values {
		t.Value(v, reference)
	}
	for t.Inside(reference) {
	}
	return t.Total(), references
}

func TestValuesCountOnce(t *testing.T) {
	text := strings.Repeat("x", 1000)
	list := hostapi.ListOf(hostapi.String(text), hostapi.Int(1))
	const listed = containerBytes + 2*valueBytes + textBytes + 1000
	details := hostapi.MapOf(hostapi.Field("key", list))
	const detailed = containerBytes + 2*valueBytes + textBytes + 3 + listed
	failure := &hostapi.Error{Message: "12345", Stack: "123", Details: details.Map()}
	object := &hostapi.ErrorObject{Err: failure}
	for _, c := range []struct {
		what   string
		values []hostapi.Value
		want   int64
	}{
		{"scalars", []hostapi.Value{{}, hostapi.Bool(true), hostapi.Int(1), hostapi.Float(0.5)}, 0},
		{"a list twice", []hostapi.Value{list, list}, listed},
		{"a list in a map", []hostapi.Value{list, details}, detailed},
		{"an error", []hostapi.Value{hostapi.Wrap(failure)}, objectBytes + 8 + detailed},
		{"an error object", []hostapi.Value{hostapi.Wrap(object), hostapi.Wrap(object)}, objectBytes + 3*valueBytes + 2*textBytes + 8 + detailed},
		{"an object", []hostapi.Value{hostapi.Wrap(&chest{values: []hostapi.Value{list, list}})}, objectBytes + 2*valueBytes + listed},
	} {
		if got, _ := found(&Tally{}, c.values...); got != c.want {
			t.Errorf("%s: %d bytes, want %d", c.what, got, c.want)
		}
	}
}

func TestReferencesAreTheEngines(t *testing.T) {
	wrapped := &chest{}
	wrapped.SetWrapper(4)
	_, got := found(&Tally{}, hostapi.Wrap(&chest{values: []hostapi.Value{
		hostapi.Table(1), hostapi.FunctionRef(2), hostapi.Other(3), hostapi.Wrap(wrapped),
	}}))
	if !slices.Equal(got, []any{1, 2, 3, 4}) {
		t.Errorf("references %v", got)
	}
}

// Objects that hold each other need no stack, however many.
func TestDeepHolders(t *testing.T) {
	first := &chest{}
	last := first
	const n = 1000000
	for range n {
		last = &chest{values: []hostapi.Value{hostapi.Wrap(last)}}
	}
	first.values = []hostapi.Value{hostapi.Wrap(last)}
	if got, _ := found(&Tally{}, hostapi.Wrap(last)); got != (n+1)*(objectBytes+valueBytes) {
		t.Errorf("%d bytes", got)
	}
}

// A census lets others have their turn, and ends if its task is killed.
func TestPauses(t *testing.T) {
	const n = 1000000
	items := hostapi.ListOf(make([]hostapi.Value, n)...)
	entries := hostapi.MapOf(make([]hostapi.Entry, n)...)
	for _, killAt := range []int{0, 3} {
		for what, v := range map[string]hostapi.Value{"list": items, "map": entries} {
			task, tally := &enginetest.Task{KillAt: killAt}, &Tally{}
			tally.Begin(task)
			found(tally, v)
			if killAt > 0 && (task.Ticks != killAt || !tally.Stopped()) {
				t.Errorf("%s: %d pauses after a kill at the third", what, task.Ticks)
			}
			if killAt == 0 && (task.Ticks < n/valuesAtOnce || tally.Stopped()) {
				t.Errorf("%s: %d pauses for %d values", what, task.Ticks, n)
			}
			if task.Steps > 0 {
				t.Errorf("%s: %d steps are charged", what, task.Steps)
			}
			if tally.Clear(); tally.Stopped() {
				t.Errorf("%s: stopped after it was cleared", what)
			}
		}
	}
}
