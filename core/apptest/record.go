package apptest

import (
	"bytes"
	"fmt"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// Event is something that has happened in a run (60.17).
type Event struct {
	Kind                     string
	At                       time.Time
	PID, Entry, Peer, Reason string
	Err                      *hostapi.Error
}

// String tells it in a line.
func (e Event) String() string {
	text := fmt.Sprintf("%s %s", e.At.UTC().Format("15:04:05.000"), e.Kind)
	for _, part := range []string{e.PID, e.Entry} {
		if part != "" {
			text += " " + part
		}
	}
	if e.Peer != "" {
		text += " peer " + e.Peer
	}
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	if e.Err != nil {
		text += fmt.Sprintf(": %s: %s", e.Err.Kind, e.Err)
	}
	return text
}

// value gives the event as the map that scripts get.
func (e Event) value() hostapi.Value {
	entries := []hostapi.Entry{hostapi.Field("kind", hostapi.String(e.Kind)), hostapi.Field("at", hostapi.Seconds(e.At))}
	for _, f := range []struct{ name, text string }{{"pid", e.PID}, {"entry", e.Entry}, {"peer", e.Peer}, {"reason", e.Reason}} {
		if f.text != "" {
			entries = append(entries, hostapi.Field(f.name, hostapi.String(f.text)))
		}
	}
	if e.Err != nil {
		entries = append(entries, hostapi.Field("error", hostapi.Wrap(e.Err)))
	}
	return hostapi.MapOf(entries...)
}

// record is what has happened in one run. Safe for concurrent use.
type record struct {
	now func() time.Time

	mu      sync.Mutex
	events  []Event
	lines   []string
	started int
	taken   int64 // steps of those that have ended
	ends    map[hostapi.PID]*hostapi.Result
	waiting map[hostapi.PID][]hostapi.Feed // who is told of an end
}

// observe is told what happens.
func (r *record) observe(e core.RuntimeEvent) {
	for _, f := range r.note(e) {
		f.Close()
	}
}

// note keeps an event, and gives those who are to be told of an end.
func (r *record) note(e core.RuntimeEvent) (told []hostapi.Feed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := e.(type) {
	case core.ProcessStarted:
		r.started++
		r.add(Event{Kind: "process.started", PID: string(e.PID), Entry: e.Entry})
	case core.EndReport:
		r.add(Event{Kind: "process.ended", PID: string(e.PID), Entry: e.Entry, Err: e.Result.Err})
		if r.ends == nil {
			r.ends = make(map[hostapi.PID]*hostapi.Result)
		}
		r.ends[e.PID] = &e.Result
		r.taken += e.Steps
		told = r.waiting[e.PID]
		delete(r.waiting, e.PID)
	case core.LinkMade:
		r.add(Event{Kind: "link.made", PID: string(e.PID), Peer: string(e.Peer)})
	case core.LinkDown:
		r.add(Event{Kind: "link.down", PID: string(e.PID), Peer: string(e.Peer), Err: e.Err})
	case core.ServiceChange:
		r.add(Event{Kind: "service.state", PID: string(e.PID), Entry: e.Service, Reason: e.State.String(), Err: e.Err})
	case core.SupervisorRestart:
		r.add(Event{Kind: "child.restarted", PID: string(e.Supervisor), Entry: e.Entry, Peer: e.Child, Reason: e.Reason})
	case core.DeadLetter:
		r.add(Event{Kind: "dead.letter", PID: e.To, Peer: string(e.From), Reason: fmt.Sprintf("%s: %s", e.Topic, e.Reason)})
	case core.OutsideDone:
		r.add(Event{Kind: "outside.done", PID: string(e.PID), Entry: e.Entry, Peer: e.Op.Resource, Reason: e.Op.Name, Err: e.Err})
	}
	return told
}

func (r *record) add(e Event) {
	e.At = r.now()
	r.events = append(r.events, e)
}

// Write takes lines that scripts print.
func (r *record) Write(text []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for line := range bytes.Lines(text) {
		r.lines = append(r.lines, string(bytes.TrimSuffix(line, []byte("\n"))))
	}
	return len(text), nil
}

// end gives how a process has ended; nil if it has not: then told is closed when it has.
func (r *record) end(pid hostapi.PID, told hostapi.Feed) *hostapi.Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	result := r.ends[pid]
	if result == nil {
		if r.waiting == nil {
			r.waiting = make(map[hostapi.PID][]hostapi.Feed)
		}
		r.waiting[pid] = append(r.waiting[pid], told)
	}
	return result
}

// snapshot gives the events and lines so far.
func (r *record) snapshot() ([]Event, []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.events[:len(r.events):len(r.events)], r.lines[:len(r.lines):len(r.lines)]
}

// steps are those of the processes that have ended.
func (r *record) steps() (n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.taken
}

// processes is how many were started.
func (r *record) processes() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.started
}
