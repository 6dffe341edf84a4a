package kernel

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Waiting implements core.Runtime.
func (rt *Runtime) Waiting() []string {
	var out []string
	for _, p := range rt.table.all() {
		p.mu.Lock()
		if p.end == nil {
			for t := p.tasks.first; t != nil; t = t.after {
				if t.wait.waiting {
					out = append(out, p.describe()+" "+t.String()+": "+t.wait.describe())
				}
			}
		}
		p.mu.Unlock()
	}
	return out
}

// errDeadlock is what a deadlocked process fails with; it says what each coroutine
// waits for, if there are not too many (20.11). The lock is held.
func (p *process) errDeadlock() *hostapi.Error {
	const most = 10
	var waiting []hostapi.Value
	for t := p.tasks.first; t != nil && len(waiting) < most; t = t.after {
		text := t.String() + ": " + t.wait.describe()
		if at := t.line(); at != "" {
			text += " at " + at
		}
		waiting = append(waiting, hostapi.String(text))
	}
	err := hostapi.Errorf(hostapi.Internal, "deadlock: all %d coroutines blocked", p.tasks.n).
		With("waiting", hostapi.ListOf(waiting...))
	err.Stack, err.Frames = p.tasks.first.where()
	return err
}

// describe says what is waited for. The lock is held.
func (w *waiter) describe() string {
	var channels []string
	if w.first.queue != nil {
		channels = append(channels, w.first.channel.String())
	}
	for i := range w.more {
		channels = append(channels, w.more[i].channel.String())
	}
	if channels == nil {
		return w.doing
	}
	return w.doing + " " + strings.Join(channels, ", ")
}

// stuck is the error of a call that waits under a simulation in which nothing
// can happen any more.
func (rt *Runtime) stuck(verb, id string) error {
	return hostapi.Errorf(hostapi.Internal, "core: %s of %s: nothing left to run; waiting: %s",
		verb, id, strings.Join(rt.Waiting(), "; "))
}
