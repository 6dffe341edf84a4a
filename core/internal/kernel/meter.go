package kernel

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/core/measure"
	"github.com/understudy-run/understudy/hostapi"
)

// meter counts and times what happens, while somebody wants to know (64.1). What there is
// at a moment, as processes and timers, is counted when somebody asks. So while nobody
// does it costs the look whether that is so.
//
// Everything in it is safe for concurrent use, and takes no lock that is held for long: it
// is called with the lock of a process held.
type meter struct {
	on    atomic.Int32 // how many want to know
	since atomic.Int64 // when the first of them came, as now
	clock schedule.Clock
	epoch time.Time

	entries  measure.Table[entryKey, entryMeter]
	loads    measure.Table[string, measure.Histogram] // by engine
	outside  measure.Table[outsideKey, measure.Histogram]
	letters  measure.Table[letterKey, atomic.Int64]
	restarts measure.Table[restartKey, atomic.Int64]

	mu      sync.Mutex
	sources []func() []measure.Family
}

type (
	entryKey   struct{ host, entry string }
	outsideKey struct{ function, resource, result string }
	letterKey  struct {
		entry  string
		reason DeadLetterReason
	}
	restartKey struct {
		by string // a supervisor entry, or the service itself
		service,
		final bool // given up
	}
)

// entryMeter is what the processes of an entry on a host have done.
type entryMeter struct {
	started, unstarted atomic.Int64
	received, sent     atomic.Int64 // messages
	steps              atomic.Int64
	ran                atomic.Int64 // ns on a worker
	ends               [len(endReasons)]atomic.Int64
	waits              measure.Histogram // of messages, from send to read
}

// hostMeter is what the workers of a host have done.
type hostMeter struct {
	waits  measure.Histogram // of processes, from when they could run
	slices measure.Histogram
}

// endReasons are how processes end: normally, by the failure of a linked process, or by
// an error of its kind. Scripts may make kinds of their own, which are all one.
var endReasons = [...]string{
	"normal", "linked", "other",
	string(hostapi.NotFound), string(hostapi.AlreadyExists), string(hostapi.Invalid), string(hostapi.PermissionDenied),
	string(hostapi.Conflict), string(hostapi.Unavailable), string(hostapi.Timeout), string(hostapi.RateLimited),
	string(hostapi.Canceled), string(hostapi.LimitExceeded), string(hostapi.Internal),
}

const (
	endNormal = iota
	endLinked
	endOther
	endKinds
)

// reasonOf gives the kind of an error as a label.
func reasonOf(k hostapi.Kind) int {
	for i, reason := range endReasons[endKinds:] {
		if reason == string(k) {
			return endKinds + i
		}
	}
	return endOther
}

// measuring reports whether somebody wants to know.
func (m *meter) measuring() bool { return m.on.Load() != 0 }

// now is the time in nanoseconds, greater than 0.
func (m *meter) now() int64 { return int64(m.clock.Now().Sub(m.epoch)) }

// Measure implements core.Runtime.
func (rt *Runtime) Measure() (stop func()) {
	m := &rt.meter
	m.mu.Lock()
	if m.on.Load() == 0 {
		m.since.Store(m.now())
	}
	m.on.Add(1)
	m.mu.Unlock()
	return sync.OnceFunc(func() { m.on.Add(-1) })
}

// MeasureAlso implements core.Runtime.
func (rt *Runtime) MeasureAlso(source func() []measure.Family) {
	m := &rt.meter
	m.mu.Lock()
	m.sources = append(m.sources, source)
	m.mu.Unlock()
}

// Measuring implements core.Runtime.
func (rt *Runtime) Measuring() bool { return rt.meter.measuring() }

// NewMessage makes a message that a process is about to send; nil: the embedding program.
func (rt *Runtime) NewMessage(from *Process, topic string, payloads []hostapi.Value) *hostapi.Message {
	m := &hostapi.Message{Values: payloads}
	rt.address(m, from, topic)
	return m
}

// address notes on a message who sends it to which topic, and what those who observe want to
// know of it.
func (rt *Runtime) address(m *hostapi.Message, from *Process, topic string) {
	m.Topic = topic
	if from != nil {
		m.From = from.pid
		from.sent.Store(from.sent.Load() + 1)
	}
	t := rt.recording.Load()
	numbered := t != nil && t.wants(from, topic)
	if numbered || rt.meter.measuring() || rt.tracer != nil {
		rt.trail(m, from, numbered)
	}
}

// trail notes on a message what those who observe want to know of it. The frame of Send
// lies on the stack of many a process that is preempted there: hence a function of its own.
//
//go:noinline
func (rt *Runtime) trail(m *hostapi.Message, from *process, numbered bool) {
	m.Trail = &hostapi.Trail{Sent: rt.clock.Now()}
	if numbered {
		m.Trail.Message = rt.messages.Add(1)
		if from != nil {
			m.Trail.Entry = from.EntryID()
		}
	}
	if from != nil {
		m.Trail.Trace = from.here()
		if rt.meter.measuring() {
			from.entry.meter.sent.Add(1)
		}
	}
}

// hasRead tells those who observe of a message that the process has read.
//
//go:noinline
func (p *process) hasRead(m *hostapi.Message) {
	if t := p.rt.recording.Load(); t != nil && (numbered(m) || p.is(flagTraced)) {
		p.noteRead(t, m)
	}
	if m.Trail != nil && p.rt.meter.measuring() {
		p.entry.meter.waits.Observe(p.rt.clock.Now().Sub(m.Trail.Sent))
	}
	if m.Trail != nil && p.rt.tracer != nil {
		p.handles(m)
	}
}

// measuredStep is a turn of a process on a worker that is timed.
type measuredStep struct {
	began int64
	entry *entryMeter
}

// beginStep counts how long the process has waited for its turn.
func (p *process) beginStep() measuredStep {
	m := &p.rt.meter
	began := m.now()
	if p.runnable >= m.since.Load() {
		p.host.meter.waits.Observe(time.Duration(began - p.runnable))
	}
	p.runnable = 0
	return measuredStep{began, p.entry.meter}
}

// endStep counts how long it had the worker.
func (p *process) endStep(s measuredStep, preempted bool) {
	ended := p.rt.meter.now()
	p.host.meter.slices.Observe(time.Duration(ended - s.began))
	s.entry.ran.Add(ended - s.began)
	if preempted { // else it may run on another worker by now
		p.runnable = ended
	}
}

// begin gives when something begins that is to be timed; 0 if that is not so.
func (m *meter) begin() int64 {
	if !m.measuring() {
		return 0
	}
	return m.now()
}

// loaded times the top level of a script.
func (m *meter) loaded(engine string, began int64) {
	if began > 0 {
		m.loads.Of(engine).Observe(time.Duration(m.now() - began))
	}
}

// ended counts the end of a process.
func (e *entryMeter) ended(r *EndReport) {
	reason := endNormal
	switch {
	case r.First != "":
		reason = endLinked
	case r.Result.Err != nil:
		reason = reasonOf(r.Result.Err.Kind)
	}
	e.ends[reason].Add(1)
}

// outsideDone counts an operation that has ended for its process.
func (m *meter) outsideDone(op hostapi.Op, err error, took time.Duration) {
	result := "ok"
	if err != nil {
		result = endReasons[reasonOf(hostapi.AsError(err).Kind)]
	}
	m.outside.Of(outsideKey{op.Name, op.Resource, result}).Observe(took)
}

// note counts what is told as an event.
func (m *meter) note(e RuntimeEvent) {
	switch e := e.(type) {
	case DeadLetter:
		m.letters.Of(letterKey{e.Entry, e.Reason}).Add(1)
	case SupervisorRestart:
		m.restarts.Of(restartKey{by: e.Entry}).Add(1)
	case ServiceChange:
		if e.State == ServiceWaiting || e.State == ServiceFailed {
			m.restarts.Of(restartKey{e.Service, true, e.State == ServiceFailed}).Add(1)
		}
	}
}
