package core

import (
	"context"
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// Launch creates a process without a spawner and without waiting: for
// supervision by the embedding program. onLive is called once, when the process
// is live or its creation has failed; onEnd, if not nil, once when a live
// process has ended, after its watchers were told. Both are called on any
// goroutine, possibly before Launch returns; they must not block, but may call
// the runtime's methods that do not wait.
//
// The function returned gives up a creation that is still under way: onLive
// then gets err. Once the process is live it does nothing.
func (rt *Runtime) Launch(s hostapi.Spawn, onLive func(hostapi.PID, error), onEnd func(hostapi.Result)) (abandon func(err *hostapi.Error)) {
	return rt.launchAgain(s, nil, onLive, onEnd)
}

// launchAgain is Launch for a service that has failed before.
func (rt *Runtime) launchAgain(s hostapi.Spawn, history []Failure, onLive func(hostapi.PID, error), onEnd func(hostapi.Result)) (abandon func(err *hostapi.Error)) {
	p, err := rt.create(s, func(p *process) {
		if history != nil {
			p.rarely().history = history
		}
		p.creator = &program{onLive, onEnd}
	})
	if err != nil {
		onLive("", err)
		return func(*hostapi.Error) {}
	}
	p.launch(nil)
	return func(err *hostapi.Error) {
		p.mu.Lock()
		dead := !p.live && p.behaviour.strike(p, err, false, nil)
		p.mu.Unlock()
		if dead {
			rt.bury(p, nil)
		}
	}
}

// AfterFunc calls f after d on the runtime's clock, on any goroutine; f must
// not block. The function returned stops it and reports whether it was pending.
func (rt *Runtime) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	t := &schedule.Timer{Fire: func(time.Time) { f() }}
	rt.timers.Set(t, rt.clock.Now().Add(d))
	return func() bool { return rt.timers.Remove(t) }
}

// Await waits until done is closed; false if ctx is done first. Under a
// simulation it drives that, and is false too if nothing is left to run.
func (rt *Runtime) Await(ctx context.Context, done <-chan struct{}) bool {
	return rt.await(ctx, done)
}

// Now is the time of the runtime's clock.
func (rt *Runtime) Now() time.Time { return rt.clock.Now() }
