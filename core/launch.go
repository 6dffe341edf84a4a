package core

import (
	"context"
	"slices"
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// Launch creates a process without a spawner and without waiting; Link and Monitor of
// s are ignored. onLive is called once, when the process is live or its creation has
// failed; onEnd, if not nil, once when a live process has ended, after its watchers
// were told. Both are called on any goroutine, possibly before Launch returns; they
// must not block, but may call the runtime's methods that do not wait.
//
// The function returned gives up a creation that is still under way: onLive then gets
// err. Once the process is live it does nothing, and says so.
func (rt *Runtime) Launch(s hostapi.Spawn, onLive func(hostapi.PID, error), onEnd func(hostapi.Result)) (abandon func(err *hostapi.Error) (live bool)) {
	return rt.launchAgain(s, nil, onLive, onEnd)
}

// launchAgain is Launch for a service that has failed before.
func (rt *Runtime) launchAgain(s hostapi.Spawn, history []Failure, onLive func(hostapi.PID, error), onEnd func(hostapi.Result)) (abandon func(err *hostapi.Error) (live bool)) {
	s, err := payloadsOf(s)
	var p *process
	if err == nil {
		p, err = rt.start(&creation{Spawn: s, find: rt.catalog.startable(s.ID), creator: &program{onLive, onEnd}, history: history})
	}
	if err != nil {
		onLive("", err)
		return func(*hostapi.Error) bool { return false }
	}
	return func(err *hostapi.Error) bool {
		dead, live := p.abandon(err, nil)
		if dead {
			rt.bury(p, nil)
		}
		return live
	}
}

// payloadsOf gives a request of the embedding program with copies of its values, if
// they are payloads. What scripts give is copied by their engines.
func payloadsOf(s hostapi.Spawn) (_ hostapi.Spawn, err error) {
	limits := hostapi.DefaultPayloadLimits
	if s.Args, err = hostapi.CopyPayloads(s.Args, limits); err != nil {
		return s, err
	}
	s.Context, s.Messages = slices.Clone(s.Context), slices.Clone(s.Messages)
	for i := range s.Context {
		v, err := hostapi.CopyPayloads([]hostapi.Value{s.Context[i].Value}, limits)
		if err != nil {
			return s, err
		}
		s.Context[i].Value = v[0]
	}
	for i := range s.Messages {
		if s.Messages[i].Payloads, err = hostapi.CopyPayloads(s.Messages[i].Payloads, limits); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Start is Launch that waits until the process is live (2.4). onEnd may be nil. If ctx
// is done first, the creation is abandoned and the error is that of ctx.
func (rt *Runtime) Start(ctx context.Context, s hostapi.Spawn, onEnd func(hostapi.Result)) (hostapi.PID, error) {
	var pid hostapi.PID
	var failed error
	loaded := make(chan struct{})
	abandon := rt.Launch(s, func(p hostapi.PID, err error) {
		pid, failed = p, err
		close(loaded)
	}, onEnd)
	if rt.Await(ctx, loaded) {
		return pid, failed
	}
	if abandon(errAbandoned()) {
		<-loaded // at the last moment
		return pid, nil
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return "", rt.stuck("start", s.ID)
}

// Exec creates a process, waits for its end, and gives its value or the error
// with which it failed. If ctx is done first, the process is terminated and the
// error is that of ctx.
func (rt *Runtime) Exec(ctx context.Context, s hostapi.Spawn) (hostapi.Value, error) {
	var result hostapi.Result
	done := make(chan struct{})
	pid, err := rt.Start(ctx, s, func(r hostapi.Result) {
		result = r
		close(done)
	})
	if err != nil {
		return hostapi.Value{}, err
	}
	if !rt.Await(ctx, done) {
		stuck := rt.stuck("exec", s.ID)
		_ = rt.Terminate(pid)
		if err := ctx.Err(); err != nil {
			return hostapi.Value{}, err
		}
		return hostapi.Value{}, stuck
	}
	if result.Err != nil {
		return hostapi.Value{}, result.Err
	}
	return result.Value, nil
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
	if s, ok := rt.scheduler.(*Simulation); ok {
		return schedule.Drive(s, func() bool {
			select {
			case <-done:
				return true
			default:
				return ctx.Err() != nil
			}
		}) && ctx.Err() == nil
	}
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

// Now is the time of the runtime's clock.
func (rt *Runtime) Now() time.Time { return rt.clock.Now() }
