package kernel

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// cancellation is a request to stop (7.1).
type cancellation struct {
	by     *process      // who asks, nil if the runtime itself does
	grace  time.Duration // until the process is killed; negative: it never is
	reason string
	// stop says that the runtime asks, or a supervisor: then a process that only
	// reads messages is ended at once (71.1).
	stop bool
}

// Stop implements core.Runtime.
func (rt *Runtime) Stop(dest hostapi.Dest, grace time.Duration, reason string) error {
	p, err := rt.whomLive(dest)
	if err != nil {
		return err
	}
	return p.behaviour.Cancel(p, cancellation{grace: grace, reason: reason, stop: true})
}

// Shut asks a process to stop in the name of the supervisor that is about to end it.
func (p *process) Shut(by *process, grace time.Duration) error {
	return p.behaviour.Cancel(p, cancellation{by: by, grace: grace, reason: shutdownReason, stop: true})
}

func errStopped(reason string) *hostapi.Error {
	return hostapi.Errorf(hostapi.Canceled, "stopped").With("reason", hostapi.String(reason))
}

// toStop notes that the process is to end as soon as it only waits for messages. It
// reports whether it is dead now: then the caller buries it, once it has released the
// lock. The lock is held.
func (p *process) toStop(reason string) (dead bool) {
	if p.behaviour.Trusted() {
		return false
	}
	own := p.rarely()
	if own.stop == nil {
		own.stop = errStopped(reason)
	}
	return p.state == idle && p.onlyReads() && p.strikeDown(own.stop)
}

// onlyReads reports whether every coroutine waits for messages or for another
// coroutine, and the code has not asked for events, by which it would learn that it is
// to stop. The lock is held.
func (p *process) onlyReads() bool {
	if e := p.views.events; e != nil && e.opened || p.tasks.n == 0 {
		return false
	}
	for t := p.tasks.first; t != nil; t = t.after {
		if !t.wait.waiting || !t.wait.onlyReads() {
			return false
		}
	}
	return true
}

// onlyReads reports whether the wait is for nothing but messages and private channels.
func (w *waiter) onlyReads() bool {
	if w.first.queue == nil && w.more == nil {
		return false
	}
	if w.first.queue != nil && !w.first.channel.kind.reads() {
		return false
	}
	for i := range w.more {
		if !w.more[i].channel.kind.reads() {
			return false
		}
	}
	return true
}

// reads reports whether who waits for a channel of the kind waits for messages, or for
// another coroutine.
func (k channelKind) reads() bool { return k == private || k.messages() }
