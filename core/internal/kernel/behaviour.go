package kernel

import "github.com/understudy-run/understudy/hostapi"

// behaviour is what a process does, as far as that is not the same for all. The
// kernel keeps the PID, names, links, monitors, groups and the end of a process;
// it asks the behaviour for the rest. script is the default, supervisor another.
//
// Methods marked "locked" are called with the lock of the process held, and must
// neither release it nor take that of another process.
type behaviour interface {
	// run is the body of the main task: a process ends with its result.
	run(p *process, t *task, args []hostapi.Value) *hostapi.Result
	// created is told that the process stands in the table, where others can find it.
	// It has not begun to run.
	created(p *process)
	// message takes a message for which the process is addressed (3.2). by is the
	// sender, nil if it is none of the runtime's processes.
	message(p *process, m *hostapi.Message, by *process) error
	// event takes an event (4.5). Locked.
	event(p *process, e *hostapi.Event, by *process)
	// cancel asks the process to stop (7.1).
	cancel(p *process, c cancellation) error
	// strike lets the process end with err, unless its end was decided before. hard
	// tells a kill from the failure of a link or an abandoned creation. It reports
	// whether the process is dead from now on: then the caller buries it, once it
	// has released the lock. Locked.
	strike(p *process, err *hostapi.Error, hard bool, by *process) (dead bool)
	// related is told that a peer was linked to the process or began to monitor it,
	// or that this was undone. Locked.
	related(p, peer *process, r relation, on bool)
	// trusted reports whether the process is a part of the runtime: neither limits
	// nor the memory guard concern it, and what it asks of others counts as asked
	// by the runtime.
	trusted() bool
	// stops gives the process that this one has asked to stop and waits for, nil if
	// there is none: for people who ask what it does. Locked.
	stops() *process
}

// relation is what one process can be to another.
type relation uint8

const (
	linked relation = iota
	monitored
)

// script is the behaviour of a process that runs the code of an engine. The state
// of that is in the process itself.
type script struct{}

func (script) created(*process) {}

func (script) trusted() bool { return false }

func (script) stops() *process { return nil }

func (script) related(*process, *process, relation, bool) {}

func (script) message(p *process, m *hostapi.Message, by *process) error { return p.receive(m, by) }

func (script) event(p *process, e *hostapi.Event, by *process) { p.queueEvent(e, by) }

func (script) cancel(p *process, c cancellation) error { return p.askToStop(c) }

func (script) strike(p *process, err *hostapi.Error, _ bool, _ *process) (dead bool) {
	return p.strikeDown(err)
}

// run is the top level, then the method. For that it leaves another body: its own
// frame need not lie on the stack of a process that waits.
func (script) run(p *process, t *task, args []hostapi.Value) *hostapi.Result {
	instance, fn, err := p.load(t, p.entry)
	if err != nil {
		return t.failure(err)
	}
	p.instance = instance
	if !p.goLive() {
		return nil
	}
	t.body = func(t *task) *hostapi.Result { return t.resultOf(fn.Call(t, args)) }
	return nil
}
