package hostapi

import "time"

// EventKind is the kind of an event (4.1).
type EventKind string

// The kinds of events.
const (
	EventExit     EventKind = "pid.exit"
	EventLinkDown EventKind = "pid.link.down"
	EventCancel   EventKind = "pid.cancel"
	EventOutdated EventKind = "pid.outdated"
)

// Event is what a process is told about others and about itself (4.2).
// Immutable once delivered.
type Event struct {
	Kind     EventKind
	From     PID // "" if the runtime itself asks
	At       time.Time
	Result   *Result   // EXIT and LINK_DOWN
	Deadline time.Time // CANCEL; zero if there is none
	Reason   string    // CANCEL
	Sources  []string  // OUTDATED
}

// Result is how a process ended (2.19): at most one of the two is set.
type Result struct {
	Value Value
	Err   *Error // nil for a normal exit
}

// EventShape is the shape of event records.
var EventShape = &Shape{
	Name: "event",
	Doc:  "What a process is told about others and about itself (4.2).",
	Fields: []Param{
		{Name: "kind", Accept: AcceptString, Doc: "one of process.event"},
		{Name: "from", Type: "PID", Optional: true, Doc: "EXIT, LINK_DOWN: who ended; CANCEL: who asks, absent if the runtime does"},
		{Name: "at", Accept: AcceptNumber, Doc: "Unix seconds"},
		{Name: "result", Type: "result", Optional: true, Doc: "EXIT, LINK_DOWN"},
		{Name: "deadline", Accept: AcceptNumber, Optional: true, Doc: "CANCEL: Unix seconds of the forced end, absent if there is none"},
		{Name: "reason", Accept: AcceptString, Optional: true, Doc: "CANCEL: \"\" if none was given"},
		{Name: "sources", Type: "list of string", Optional: true, Doc: "OUTDATED: ids of the replaced entries"},
	},
}

// ResultShape is the shape of the result in an event.
var ResultShape = &Shape{
	Name: "result",
	Doc:  "How a process ended: a value, an error, or neither (2.19).",
	Fields: []Param{
		{Name: "value", Accept: AcceptAny, Optional: true},
		{Name: "error", Accept: AcceptError, Optional: true},
	},
}

// eventRecord is all that the record of an event needs, in one piece.
type eventRecord struct {
	event, result Record
	values        [7]Value
	results       [2]Value
}

// Record gives the event as scripts see it.
func (e *Event) Record() *Record {
	all := &eventRecord{}
	r := &all.event
	r.Shape, r.Values = EventShape, all.values[:]
	r.Values[0] = e.Kind.value()
	if e.From != "" {
		r.Values[1] = String(string(e.From))
	}
	r.Values[2] = Seconds(e.At)
	if e.Result != nil {
		all.results = [2]Value{e.Result.Value, ErrorOf(e.Result.Err)}
		all.result = Record{Shape: ResultShape, Values: all.results[:]}
		r.Values[3] = Wrap(&all.result)
	}
	if e.Kind == EventCancel {
		if !e.Deadline.IsZero() {
			r.Values[4] = Seconds(e.Deadline)
		}
		r.Values[5] = String(e.Reason)
	}
	if e.Kind == EventOutdated {
		sources := make([]Value, len(e.Sources))
		for i, s := range e.Sources {
			sources[i] = String(s)
		}
		r.Values[6] = ListOf(sources...)
	}
	return r
}

// value gives the kind as a text that need not be made anew for each event.
func (k EventKind) value() Value {
	switch k {
	case EventExit:
		return String(string(EventExit))
	case EventLinkDown:
		return String(string(EventLinkDown))
	case EventCancel:
		return String(string(EventCancel))
	}
	return String(string(k))
}

// Seconds gives a time as in records: Unix seconds as a float (0.11).
func Seconds(t time.Time) Value { return Float(float64(t.UnixNano()) / 1e9) }
