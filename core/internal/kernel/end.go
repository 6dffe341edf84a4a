package kernel

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// bury carries out the end of a process that is dead: in the order of clause
// 2.23, so that whoever is told can rely on all that comes before. Processes
// that die of it through links are buried after it, by the same call: a chain
// of any length needs no stack. Their stacks come last, lest the workers that
// unwind them compete with the news of the end.
func (rt *Runtime) bury(p, by *process) {
	graves := []*process{p}
	for i := 0; i < len(graves); i++ {
		graves = append(graves, rt.buryOne(graves[i], by)...)
	}
	for _, p := range graves {
		p.mu.Lock()
		if p.resting {
			p.resting = false
			p.ready(by)
		}
		p.mu.Unlock()
	}
}

// ending is the end of a process while it is carried out: what was taken from the
// process, whose PID is dead by now, for those who are yet to be told.
type ending struct {
	p        *process
	r        *hostapi.Result
	at       time.Time
	report   EndReport
	live     bool
	creator  Creator
	watchers []*process
	links    []*process
	talk     *talk
	doom     doom
	late     bool
	cascade  *cascade // to which it belongs; nil: to none
}

// buryOne carries out one end.
func (rt *Runtime) buryOne(p, by *process) (killed []*process) {
	var e ending
	away := e.withdraw(p, by, &killed)
	if away != nil {
		p.mu.Lock()
		busy := away.busy()
		p.mu.Unlock()
		if busy {
			e.comeHome(away, by, &killed)
			return killed
		}
	}
	e.tell(by, &killed)
	return killed
}

// comeHome waits for what the process has outside, before those are told who can see
// that; who dies of the end need not wait (40.9).
//
//go:noinline
func (e *ending) comeHome(away *away, by *process, killed *[]*process) {
	p, rt := e.p, e.p.rt
	p.mu.Lock()
	held := away.recall()
	p.mu.Unlock()
	e.strike(by, killed)
	away.release(p, held, e.r.Err != nil)
	p.mu.Lock()
	idle := away.whenIdle()
	p.mu.Unlock()
	if !rt.realTime {
		e.tell(by, killed)
		return
	}
	later := *e
	rt.abroad.do(func() {
		timer := time.NewTimer(releaseTime)
		defer timer.Stop()
		select {
		case <-idle:
		case <-timer.C:
			p.mu.Lock()
			name := away.stuck()
			p.mu.Unlock()
			rt.Emit(OutsideStuck{PID: p.pid, Entry: later.report.Entry, Op: name, After: releaseTime, Ended: true})
		}
		var killed []*process
		later.tell(nil, &killed)
		for _, q := range killed {
			rt.bury(q, nil)
		}
	})
}

// withdraw takes a dead process out of the runtime: (a) to (d) of clause 2.23. It
// gives what the process has outside.
func (e *ending) withdraw(p, by *process, killed *[]*process) *away {
	rt := p.rt
	e.p, e.at = p, rt.clock.Now()
	p.mu.Lock()
	p.state = ended
	e.r, e.live, e.creator = p.end, p.live, p.creator
	few := p.seldom
	if few == nil {
		few = &seldom{}
	}
	e.report = p.crashReport(few, e.r, e.at)
	messages := append(p.handed(), p.unreadMessages()...)
	e.report.Unread = len(messages)
	e.doom, e.late = few.doom, few.late
	watching := p.watching.items
	e.watchers, e.links = p.watchers.items, p.links.items
	var asked []*question
	if e.talk = few.talk; e.talk != nil {
		asked = e.talk.forgetAsked(rt)
	}
	if c, ok := e.creator.(*Program); ok {
		e.report.Answered = c.Answers
	}
	e.belong()
	for _, w := range few.traces {
		w.end(e.at, e.r.Err)
	}
	p.seldom, p.creator = nil, nil
	p.watchers, p.watching, p.links = processSet{}, processSet{}, processSet{}
	p.views = views{}
	p.runq, p.sentTo = taskQueue{}, nil
	p.timers.cancelAll()
	if p.upgrade != nil {
		p.upgrade.timers.cancelAll()
	}
	if few.deadline != nil {
		rt.timers.Remove(&few.deadline.Timer)
	}
	for _, q := range few.probes {
		close(q.done)
	}
	p.mu.Unlock()

	rt.table.remove(p)
	for _, w := range few.witnesses {
		w.Departed(p, few.names, by)
	}
	for _, it := range messages {
		p.deadLetter(Unread, it.value.Message())
	}
	for _, q := range watching {
		q.dropWatcher(p)
	}
	for _, q := range asked {
		q.withdraw()
	}
	for _, child := range few.pending {
		if dead, _ := child.abandon(errAbandoned(), by); dead {
			*killed = append(*killed, child)
		}
	}
	return few.away
}

// strike kills the linked processes that do not trap links.
func (e *ending) strike(by *process, killed *[]*process) {
	if !e.live || e.r.Err == nil {
		return
	}
	later := e.links[:0]
	for _, peer := range e.links {
		if peer.Options().TrapLinks {
			later = append(later, peer)
		} else if peer.linkFailed(e, by) {
			*killed = append(*killed, peer)
		}
	}
	e.links = later
}

// tell lets everybody know: (e) of clause 2.23.
func (e *ending) tell(by *process, killed *[]*process) {
	p, r, rt := e.p, e.r, e.p.rt
	p.host.ended() // a watcher finds room for a successor
	if e.talk != nil {
		e.talk.tellEnd(p, r, by)
	}
	if !e.live {
		// A creation that failed leaves no trace but the answer to its creator.
		for _, q := range append(e.watchers, e.links...) {
			q.forget(p)
		}
		if rt.meter.measuring() {
			p.entry.meter.unstarted.Add(1)
		}
		if e.creator != nil {
			e.creator.Failed(p, r.Err, by)
		}
		e.settle()
		p.doneWith()
		return
	}
	if e.late && r.Err != nil {
		rt.Emit(GraceExpired{p.pid, e.report.Entry, r.Err.Place()})
	}
	if rt.meter.measuring() {
		p.entry.meter.ended(&e.report)
	}
	rt.noteEnd(&e.report)
	rt.emitEnd(&e.report)
	if e.creator != nil {
		e.creator.Ended(p, r, by)
	}
	for _, w := range e.watchers {
		w.exited(e, by)
	}
	for _, peer := range e.links {
		if r.Err == nil {
			peer.forget(p)
		} else if peer.linkFailed(e, by) {
			*killed = append(*killed, peer)
		}
	}
	e.settle()
	if rt.onEnd != nil {
		rt.onEnd(e.report)
	}
	if e.creator != nil {
		e.creator.Buried(p, r, by)
	}
	p.doneWith()
}

// forget drops links and monitors to a process that ended without a signal.
func (p *process) forget(peer *process) {
	p.mu.Lock()
	p.removeLink(peer)
	p.watching.remove(peer)
	p.mu.Unlock()
}

// abandon ends a process with err that nobody wants any more before it was live (2.3,
// 2.11). It reports whether the process is dead now and must be buried, or whether it
// has become live before.
func (p *process) abandon(err *hostapi.Error, by *process) (dead, live bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live {
		return false, true
	}
	if dead = p.behaviour.Strike(p, err, false, by); dead {
		p.place(p.next())
	}
	return dead, false
}

func errAbandoned() *hostapi.Error { return hostapi.Errorf(hostapi.Canceled, "spawner ended") }

// resultOf reads what the method returned as the end of a process (2.16 to
// 2.19).
func (t *task) resultOf(values []hostapi.Value, err error) *hostapi.Result {
	if err != nil {
		return t.failure(err)
	}
	if len(values) > 1 {
		switch values[1].Type() {
		case hostapi.TypeString:
			return &hostapi.Result{Err: &hostapi.Error{Kind: hostapi.Internal, Message: values[1].Str()}}
		case hostapi.TypeError:
			return &hostapi.Result{Err: values[1].Err().Ended()}
		}
	}
	if len(values) == 0 || values[0].IsNil() {
		return &hostapi.Result{}
	}
	cp := hostapi.NewCopier(t.PayloadLimits())
	v, err := t.p.instance.Copy(values[0], cp)
	if err != nil {
		return &hostapi.Result{Err: hostapi.AsError(err).Ended()}
	}
	return &hostapi.Result{Value: v}
}

// failure is the end of a process by an error that script code did not catch;
// nil if the task was only discarded.
func (t *task) failure(err error) *hostapi.Result {
	if t.dead() {
		return nil
	}
	return &hostapi.Result{Err: hostapi.AsError(err).Ended()}
}
