package core

import (
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

func (rt *Runtime) buryOne(p, by *process) (killed []*process) {
	now := rt.clock.Now()
	p.mu.Lock()
	p.state = ended
	r := p.end
	report := p.crashReport(r, now)
	few, messages := p.rare(), p.unreadMessages()
	watchers, watching, links := p.watchers.items, p.watching.items, p.links.items
	creator, live := p.creator, p.live
	p.seldom, p.creator = nil, nil
	p.watchers, p.watching, p.links = processSet{}, processSet{}, processSet{}
	p.views = views{}
	p.runq, p.sentTo = taskQueue{}, nil
	p.timers.cancelAll()
	if p.upgrade != nil {
		p.upgrade.timers.cancelAll()
	}
	if p.deadline != nil {
		rt.timers.remove(&p.deadline.timer)
		p.deadline = nil
	}
	p.mu.Unlock()

	rt.table.remove(p)
	for _, w := range few.witnesses {
		w.departed(p, few, by)
	}
	for _, it := range messages {
		rt.deadLetter(Unread, string(p.pid), it.value.Object().(*hostapi.Message))
	}
	for _, q := range watching {
		q.dropWatcher(p)
	}
	for _, child := range few.pending {
		if dead, _ := child.abandon(by); dead {
			killed = append(killed, child)
		}
	}
	p.host.ended() // a watcher finds room for a successor
	if !live {
		// A creation that failed leaves no trace but the answer to its spawner.
		for _, q := range append(watchers, links...) {
			q.forget(p)
		}
		if creator != nil {
			creator.failed(p, r.Err, by)
		}
	} else {
		rt.emitEnd(report)
		if creator != nil {
			creator.ended(p, r, by)
		}
		for _, w := range watchers {
			w.exited(p, r, now, by)
		}
		for _, peer := range links {
			if r.Err == nil {
				peer.forget(p)
			} else if peer.linkFailed(p, r, now, by) {
				killed = append(killed, peer)
			}
		}
		if rt.onEnd != nil {
			rt.onEnd(report)
		}
		if creator != nil {
			creator.buried(p, r, by)
		}
	}
	p.doneWith()
	return killed
}

// forget drops links and monitors to a process that ended without a signal.
func (p *process) forget(peer *process) {
	p.mu.Lock()
	p.removeLink(peer)
	p.watching.remove(peer)
	p.mu.Unlock()
}

// abandon ends a process whose spawner ended before it was live (2.3, 2.11). It
// reports whether the process is dead now and must be buried, or whether it has
// become live before.
func (p *process) abandon(by *process) (dead, live bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live {
		return false, true
	}
	return p.behaviour.strike(p, errAbandoned(), false, by), false
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
