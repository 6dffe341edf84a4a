package kernel

import (
	"slices"
	"sync"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// TraceKind says what a TraceEvent is.
type TraceKind string

// The kinds.
const (
	TraceSend    TraceKind = "send"    // a message was put into a mailbox
	TraceLost    TraceKind = "lost"    // one that nobody will read, a dead letter
	TraceReceive TraceKind = "receive" // a message was read
	TraceSpawn   TraceKind = "spawn"   // a process was made
	TraceExit    TraceKind = "exit"    // it has ended
	TraceLink    TraceKind = "link"
	TraceUnlink  TraceKind = "unlink"
	TraceMonitor TraceKind = "monitor"
	TraceTimer   TraceKind = "timer" // a timer or ticker of it has fired, or a sleep is over
	TraceNews    TraceKind = "event" // it was told an event, as EXIT
)

// TraceEvent is one thing that a process has done or that has happened to it (63.4).
type TraceEvent struct {
	At        time.Time
	Kind      TraceKind
	PID       hostapi.PID // who; "" if it is the program, or the runtime
	Entry     string
	Peer      hostapi.PID // whom it concerns too; "" if nobody
	PeerEntry string      // "" if it is not known
	Topic     string      // of a message; of an event its kind; of a timer what it is
	Message   uint64      // number of the message, the same when it is sent and read; 0 if it has none
	Payloads  []hostapi.Value
	Reason    string         // of a message that is lost
	Err       *hostapi.Error // of an exit; nil: normal
}

// String says what has happened, for people.
func (e TraceEvent) String() string {
	text := string(e.Kind)
	for _, part := range []string{e.Topic, string(e.Peer), e.PeerEntry, e.Reason} {
		if part != "" {
			text += " " + part
		}
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// TraceOptions say what is traced: all of which one that is set fits.
type TraceOptions struct {
	PID      hostapi.PID
	Entry    string
	Topic    string // of messages
	Payloads bool   // are told too
}

// recording are those who want to know what processes do with each other: traces, and the
// flight recorder. A runtime has none while nobody does, and what they look at costs only
// the look whether there are any. It is never changed.
type recording struct {
	traces []*traceOf
	topics bool      // one of them is about a topic
	flight int       // events that each process keeps (63.5)
	kept   *sync.Map // of these, by PID: *flightRecord
}

type traceOf struct {
	TraceOptions
	tell func(TraceEvent)
}

// Trace implements core.Runtime.
func (rt *Runtime) Trace(o TraceOptions, tell func(TraceEvent)) (stop func()) {
	t := &traceOf{o, tell}
	rt.retrace(func(list []*traceOf) []*traceOf { return append(slices.Clone(list), t) })
	return sync.OnceFunc(func() {
		rt.retrace(func(list []*traceOf) []*traceOf {
			return slices.DeleteFunc(slices.Clone(list), func(other *traceOf) bool { return other == t })
		})
	})
}

func (rt *Runtime) retrace(f func([]*traceOf) []*traceOf) {
	rt.recordingMu.Lock()
	defer rt.recordingMu.Unlock()
	next := &recording{}
	if old := rt.recording.Load(); old != nil {
		*next = *old
	}
	next.traces = f(next.traces)
	next.topics = slices.ContainsFunc(next.traces, func(o *traceOf) bool { return o.Topic != "" })
	if len(next.traces) == 0 && next.flight == 0 {
		next = nil
	}
	rt.recording.Store(next)
	for _, p := range rt.table.all() { // those that come later mark themselves
		rt.mark(p)
	}
}

// mark has a process know whether a trace is about it: all others pay for a trace no more
// than the look whether there is one. It is called when the traces have changed, and when a
// process has got into the table.
func (rt *Runtime) mark(p *process) {
	t := rt.recording.Load()
	switch is := p.is(flagTraced); {
	case t == nil && !is:
	case t.about(p):
		p.flags.Or(flagTraced)
	case is:
		p.flags.And(^uint32(flagTraced))
	}
}

// about reports whether a trace is about a process, whatever the topic.
func (t *recording) about(p *process) bool {
	if t == nil {
		return false
	}
	entry := p.entryNow()
	return slices.ContainsFunc(t.traces, func(o *traceOf) bool { return o.PID == p.pid || o.Entry != "" && o.Entry == entry })
}

// wants reports whether anybody may want to know of a message to that topic; from is nil if
// no process sends it. It is asked for each message.
func (t *recording) wants(from *process, topic string) bool {
	switch {
	case t.flight > 0 || from != nil && from.is(flagTraced):
		return true
	}
	return t.topics && slices.ContainsFunc(t.traces, func(o *traceOf) bool { return o.Topic == topic })
}

// number gives a message its number that goes to a process which is traced, if it has none.
func (rt *Runtime) number(m *hostapi.Message) {
	if m.Trail == nil {
		m.Trail = &hostapi.Trail{Sent: rt.clock.Now()}
	}
	if m.Trail.Message == 0 {
		m.Trail.Message = rt.messages.Add(1)
	}
}

// numbered reports whether somebody wanted to know of a message when it was sent.
func numbered(m *hostapi.Message) bool { return m.Trail != nil && m.Trail.Message > 0 }

// record lets each process keep its last events, from the beginning of the runtime on.
func (rt *Runtime) record(flight int) {
	if flight > 0 {
		rt.recording.Store(&recording{flight: flight, kept: &sync.Map{}})
	}
}

// note passes an event on, if anybody wants it: most are of processes that nobody traces.
// Locks may be held.
func (t *recording) note(rt *Runtime, e TraceEvent) {
	if t.flight == 0 && !slices.ContainsFunc(t.traces, func(o *traceOf) bool { return o.fits(&e) }) {
		return
	}
	e.At = rt.clock.Now()
	payloads := e.Payloads
	e.Payloads = nil
	if t.flight > 0 {
		t.keep(e.PID, &e)
		if e.Kind == TraceSpawn {
			t.keep(e.Peer, &e)
		}
	}
	for _, o := range t.traces {
		if o.fits(&e) {
			shown := e
			if o.Payloads {
				shown.Payloads = payloads
			}
			o.tell(shown)
		}
	}
}

// fits reports whether a trace is about an event.
func (o *traceOf) fits(e *TraceEvent) bool {
	switch {
	case o.PID != "" && (o.PID == e.PID || e.Kind == TraceSpawn && o.PID == e.Peer):
		return true
	case o.Entry != "" && (o.Entry == e.Entry || e.Kind == TraceSpawn && o.Entry == e.PeerEntry):
		return true
	}
	return o.Topic != "" && o.Topic == e.Topic && e.ofMessage()
}

func (e *TraceEvent) ofMessage() bool {
	return e.Kind == TraceSend || e.Kind == TraceReceive || e.Kind == TraceLost
}

// flightRecord are the last events of one process.
type flightRecord struct {
	mu     sync.Mutex
	events []TraceEvent
	next   int // where the next one goes, once there are enough
}

func (t *recording) keep(pid hostapi.PID, e *TraceEvent) {
	x, ok := t.kept.Load(pid)
	if !ok {
		return
	}
	r := x.(*flightRecord)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.events) < t.flight {
		r.events = append(r.events, *e)
		return
	}
	r.events[r.next] = *e
	r.next = (r.next + 1) % t.flight
}

// landed gives what a process that has ended has kept, oldest first, and forgets it.
func (t *recording) landed(pid hostapi.PID) []TraceEvent {
	if t == nil || t.flight == 0 {
		return nil
	}
	x, ok := t.kept.LoadAndDelete(pid)
	if !ok {
		return nil
	}
	r := x.(*flightRecord)
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Concat(r.events[r.next:], r.events[:r.next])
}

// messageEvent is an event of a message.
func messageEvent(kind TraceKind, m *hostapi.Message) TraceEvent {
	e := TraceEvent{Kind: kind, Topic: m.Topic, Payloads: m.Values}
	if m.Trail != nil {
		e.Message = m.Trail.Message
	}
	return e
}

// noteSend notes that a message was put into the mailbox of p, or is lost. The lock of p
// may be held; entry is that of p.
//
//go:noinline
func (t *recording) noteSend(p *process, entry string, m *hostapi.Message) {
	e := messageEvent(TraceSend, m)
	e.PID, e.Peer, e.PeerEntry = m.From, p.pid, entry
	if m.Trail != nil {
		e.Entry = m.Trail.Entry
	}
	t.note(p.rt, e)
}

// noteLost notes that nobody will read a message. to is as it was addressed.
//
//go:noinline
func (rt *Runtime) noteLost(d DeadLetter, m *hostapi.Message) {
	t := rt.recording.Load()
	if t == nil {
		return
	}
	e := messageEvent(TraceLost, m)
	e.PID, e.PeerEntry, e.Reason = m.From, d.Entry, string(d.Reason)
	e.Peer = hostapi.PID(d.To) // or a name that nobody has
	if m.Trail != nil {
		e.Entry = m.Trail.Entry
	}
	t.note(rt, e)
}

// noteRead notes that the running process has read a message.
//
//go:noinline
func (p *process) noteRead(t *recording, m *hostapi.Message) {
	e := messageEvent(TraceReceive, m)
	e.PID, e.Entry, e.Peer = p.pid, p.entry.ID, m.From
	if m.Trail != nil {
		e.PeerEntry = m.Trail.Entry
	}
	if e.PeerEntry != "" || m.From == "" {
		t.note(p.rt, e)
		return
	}
	if from, _ := p.rt.table.find(string(m.From)); from != nil {
		e.PeerEntry = from.entryNow()
	}
	t.note(p.rt, e)
}

// noteSpawn notes that a process was made, by parent unless that is nil, which is running.
// Nobody knows the process yet.
func (rt *Runtime) noteSpawn(parent, p *process) {
	t := rt.recording.Load()
	if t == nil {
		return
	}
	if t.flight > 0 {
		t.kept.Store(p.pid, &flightRecord{})
	}
	e := TraceEvent{Kind: TraceSpawn, Peer: p.pid, PeerEntry: p.entry.ID}
	if parent != nil {
		e.PID, e.Entry = parent.pid, parent.entry.ID
	}
	t.note(rt, e)
}

// noteEnd notes the end of a process.
func (rt *Runtime) noteEnd(r *EndReport) {
	if t := rt.recording.Load(); t != nil {
		t.note(rt, TraceEvent{Kind: TraceExit, PID: r.PID, Entry: r.Entry, Peer: r.First, Err: r.Result.Err})
	}
}

// noteRelation notes what the running process has to do with a peer from now on. No lock is
// held.
func (p *process) noteRelation(kind TraceKind, peer *process) {
	t := p.rt.recording.Load()
	if t == nil {
		return
	}
	t.note(p.rt, TraceEvent{Kind: kind, PID: p.pid, Entry: p.entry.ID, Peer: peer.pid, PeerEntry: peer.entryNow()})
}

// noteNews notes that the process was told an event, or that a timer of it has fired. The
// lock is held.
func (p *process) noteNews(kind TraceKind, from hostapi.PID, what string) {
	if t := p.rt.recording.Load(); t != nil {
		t.note(p.rt, TraceEvent{Kind: kind, PID: p.pid, Entry: p.entry.ID, Peer: from, Topic: what})
	}
}
