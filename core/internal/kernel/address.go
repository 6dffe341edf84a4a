package kernel

import (
	"context"
	"sync"

	"github.com/understudy-run/understudy/core/internal/container"
	"github.com/understudy-run/understudy/hostapi"
)

// Address is a goroutine of the embedding program as processes see it: a process
// that runs nothing, whose mailbox Go code reads. Its methods are safe for
// concurrent use, but under a Simulation only the goroutine that drives it may call
// them; Receive does that.
type Address struct {
	p *process

	mu      sync.Mutex
	mailbox container.Deque[Delivery]
	arrived chan struct{} // gets something when the mailbox is not empty, or the address has ended
	ended   bool
	forget  func() bool // the context that it was attached with
}

// Delivery is what an Address receives: a message or an event.
type Delivery struct {
	Message *hostapi.Message // nil for an event
	Event   *hostapi.Event   // nil for a message
}

// programHost is where addresses live. It executes nothing but their ends.
const programHost = "understudy:program"

// Attach implements core.Runtime.
func (rt *Runtime) Attach(ctx context.Context) (*Address, error) {
	rt.catalog.mu.Lock()
	if rt.catalog.hosts[programHost] == nil {
		rt.catalog.hosts[programHost] = &Host{rt: rt, options: HostOptions{ID: programHost, Workers: 1, MaxProcesses: rt.maxProcesses(-1)}}
	}
	rt.catalog.mu.Unlock()
	if err := rt.StartHost(programHost); err != nil {
		return nil, err
	}
	a := &Address{arrived: make(chan struct{}, 1)}
	spawn := hostapi.Spawn{ID: programHost, Host: programHost}
	p, err := rt.Create(&Creation{Spawn: spawn, Plays: addressee{a: a}}, func(p *process) {
		p.tasks.remove(&p.first) // nothing ever runs
		p.count = 0
	})
	if err != nil {
		return nil, err
	}
	p.GoLive()
	a.mu.Lock()
	a.forget = context.AfterFunc(ctx, a.Close)
	a.mu.Unlock()
	return a, nil
}

// addressee is the behaviour of an address.
type addressee struct {
	*Script // what is as with any other process
	a       *Address
}

// Behave implements Role.
func (b addressee) Behave(p *process) Behaviour {
	b.a.p = p
	return b
}

func (addressee) Trusted() bool { return true }

func (addressee) Run(*process, *task, []hostapi.Value) *hostapi.Result { return nil }

func (b addressee) Message(p *process, m *hostapi.Message, _ *process) error {
	p.mu.Lock()
	ending := p.end != nil
	if q := callOf(m); q != nil && !ending {
		p.requested(q)
	}
	p.mu.Unlock()
	if ending {
		p.deadLetter(NoProcess, m)
		return p.notFound()
	}
	if p.rt.meter.measuring() {
		p.entry.meter.received.Add(1)
	}
	b.a.take(Delivery{Message: m})
	return nil
}

func (b addressee) Event(_ *process, e *hostapi.Event, _ *process) { b.a.take(Delivery{Event: e}) }

// Cancel ends the address normally: there is nobody to ask.
func (b addressee) Cancel(*process, cancellation) error {
	b.a.Close()
	return nil
}

func (b addressee) Strike(p *process, err *hostapi.Error, _ bool, _ *process) (dead bool) {
	dead = p.strikeDown(err)
	b.a.mu.Lock()
	b.a.ended = true
	b.a.mu.Unlock()
	b.a.signal()
	return dead
}

func (a *Address) take(d Delivery) {
	a.mu.Lock()
	a.mailbox.PushBack(d)
	a.mu.Unlock()
	a.signal()
}

func (a *Address) signal() {
	select {
	case a.arrived <- struct{}{}:
	default:
	}
}

// next gives what arrived first; more says that somebody else may find something too.
func (a *Address) next() (d Delivery, ok, more bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ok = a.mailbox.Len() > 0; ok {
		d = a.mailbox.PopFront()
	}
	return d, ok, a.mailbox.Len() > 0 || a.ended
}

// PID is what processes call the address.
func (a *Address) PID() hostapi.PID { return a.p.pid }

// Receive waits for the next message or event, in the order of arrival. The error is
// that of ctx, or NotFound "process not found" once the address has ended and all is
// read. Under a Simulation it drives that, and fails with Internal if nothing is left
// to run.
func (a *Address) Receive(ctx context.Context) (Delivery, error) {
	for {
		d, ok, more := a.next()
		if more {
			a.signal()
		}
		switch {
		case ok:
			if d.Message != nil && d.Message.Trail != nil {
				a.p.hasRead(d.Message)
			}
			return d, nil
		case more:
			return Delivery{}, a.p.notFound()
		}
		if !a.p.rt.Await(ctx, a.arrived) {
			if err := ctx.Err(); err != nil {
				return Delivery{}, err
			}
			return Delivery{}, hostapi.Errorf(hostapi.Internal, "nothing is left to run, and nothing has arrived")
		}
	}
}

// Send is Runtime.Send with the address as sender.
func (a *Address) Send(dest hostapi.Dest, topic string, payloads ...hostapi.Value) error {
	payloads, err := hostapi.CopyPayloads(payloads, hostapi.DefaultPayloadLimits)
	if err != nil {
		return err
	}
	if err := hostapi.CheckTopic(topic, "send"); err != nil {
		return err
	}
	return a.p.rt.post(dest, a.p.rt.NewMessage(a.p, topic, payloads))
}

// Monitor lets an EXIT event arrive when dest ends; errors as in clause 6.2.
func (a *Address) Monitor(dest hostapi.Dest) error {
	peer, err := a.p.rt.whomLive(dest)
	if err != nil {
		return err
	}
	return a.p.monitor(peer)
}

// Unmonitor undoes Monitor. An EXIT that has arrived stays.
func (a *Address) Unmonitor(dest hostapi.Dest) error {
	peer, err := a.p.rt.whom(dest)
	if err != nil {
		return err
	}
	a.p.mu.Lock()
	a.p.watching.remove(peer)
	a.p.mu.Unlock()
	peer.dropWatcher(a.p)
	return nil
}

// Close ends the address normally: links and monitors are told.
func (a *Address) Close() {
	p := a.p
	p.mu.Lock()
	dead := p.decide(&hostapi.Result{}) && p.state == idle
	if dead {
		p.state, p.resting = ended, true
	}
	p.mu.Unlock()
	a.mu.Lock()
	a.ended = true
	if a.forget != nil {
		a.forget()
	}
	a.mu.Unlock()
	a.signal()
	if dead {
		p.rt.bury(p, nil)
	}
}
