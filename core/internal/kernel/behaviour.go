package kernel

import "github.com/understudy-run/understudy/hostapi"

// Behaviour is what a process does, as far as that is not the same for all. The
// kernel keeps the PID, names, links, monitors, groups and the end of a process;
// it asks the behaviour for the rest. Script is the default, supervisor another.
//
// Methods marked "locked" are called with the lock of the process held, and must
// neither release it nor take that of another process.
type Behaviour interface {
	// Run is the body of the main task: a process ends with its result.
	Run(p *process, t *task, args []hostapi.Value) *hostapi.Result
	// Created is told that the process stands in the table, where others can find it.
	// It has not begun to run.
	Created(p *process)
	// Message takes a message for which the process is addressed (3.2). by is the
	// sender, nil if it is none of the runtime's processes.
	Message(p *process, m *hostapi.Message, by *process) error
	// Event takes an event (4.5). Locked.
	Event(p *process, e *hostapi.Event, by *process)
	// Cancel asks the process to stop (7.1).
	Cancel(p *process, c cancellation) error
	// Strike lets the process end with err, unless its end was decided before. hard
	// tells a kill from the failure of a link or an abandoned creation. It reports
	// whether the process is dead from now on: then the caller buries it, once it
	// has released the lock. Locked.
	Strike(p *process, err *hostapi.Error, hard bool, by *process) (dead bool)
	// Related is told that a peer was linked to the process or began to monitor it,
	// or that this was undone. Locked.
	Related(p, peer *process, r relation, on bool)
	// Trusted reports whether the process is a part of the runtime: neither limits
	// nor the memory guard concern it, and what it asks of others counts as asked
	// by the runtime.
	Trusted() bool
	// Stops gives the process that this one has asked to stop and waits for, nil if
	// there is none: for people who ask what it does. Locked.
	Stops() *process
}

// Behaviour gives what the process does.
func (p *process) Behaviour() Behaviour { return p.behaviour }

// Which gives the processes that do something of a sort, oldest first.
func (rt *Runtime) Which(does func(Behaviour) bool) (list []*Process) {
	rt.table.each(func(p *process) {
		if does(p.behaviour) {
			list = append(list, p)
		}
	})
	bySerial(list)
	return list
}

// Decided reports whether the end of the process is decided. Locked.
func (p *process) Decided() bool { return p.end != nil }

// Discard takes a message for a process that reads none (16.15): a call fails (70.1).
func (p *process) Discard(m *hostapi.Message) error {
	if p.ending() {
		p.deadLetter(NoProcess, m)
		return p.notFound()
	}
	p.deadLetter(Unread, m)
	if m.Request != nil {
		return errNobodyReplies()
	}
	return nil
}

// relation is what one process can be to another.
type relation uint8

const (
	linked relation = iota
	monitored
)

// Script is the behaviour of a process that runs the code of an engine. The state
// of that is in the process itself.
type Script struct{}

func (*Script) Created(*process) {}

func (*Script) Trusted() bool { return false }

func (*Script) Stops() *process { return nil }

func (*Script) Related(*process, *process, relation, bool) {}

func (*Script) Event(p *process, e *hostapi.Event, by *process) { p.queueEvent(e, by) }

func (*Script) Cancel(p *process, c cancellation) error { return p.askToStop(c) }

func (*Script) Strike(p *process, err *hostapi.Error, _ bool, _ *process) (dead bool) {
	return p.strikeDown(err)
}

// Run is the top level, then the method. For that it leaves another body: its own
// frame need not lie on the stack of a process that waits.
func (*Script) Run(p *process, t *task, args []hostapi.Value) *hostapi.Result {
	instance, fn, err := p.load(t, p.entry)
	if err != nil {
		return t.failure(err)
	}
	p.instance = instance
	if !p.GoLive() {
		return nil
	}
	t.body = func(t *task) *hostapi.Result { return t.resultOf(fn.Call(t, args)) }
	return nil
}
