package kernel

import (
	"context"
	"slices"
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// Launch implements core.Runtime. history is that of the service that launches.
func (rt *Runtime) Launch(c *Program, s hostapi.Spawn, history []Failure) (abandon func(err *hostapi.Error) (live bool)) {
	s, err := payloadsOf(s)
	var p *process
	if err == nil {
		p, err = rt.Create(&Creation{Spawn: s, Plays: rt.RoleOf(s.ID), Creator: c, History: history}, nil)
	}
	if err != nil {
		c.Failed(nil, err, nil)
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

// Start implements core.Runtime.
func (rt *Runtime) Start(ctx context.Context, s hostapi.Spawn, onEnd func(hostapi.Result)) (hostapi.PID, error) {
	if !s.Trace.IsValid() {
		s.Trace = rt.outer(ctx)
	}
	var pid hostapi.PID
	var failed error
	loaded := make(chan struct{})
	abandon := rt.Launch(&Program{OnLive: func(p hostapi.PID, err error) {
		pid, failed = p, err
		close(loaded)
	}, OnEnd: onEnd}, s, nil)
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

// Exec implements core.Runtime.
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

// AfterFunc implements core.Runtime.
func (rt *Runtime) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	t := &schedule.Timer{Fire: func(time.Time) { f() }}
	rt.timers.Set(t, rt.clock.Now().Add(d))
	return func() bool { return rt.timers.Remove(t) }
}

// Await implements core.Runtime.
func (rt *Runtime) Await(ctx context.Context, done <-chan struct{}) bool {
	if s, ok := rt.scheduler.(*schedule.Simulation); ok {
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
		rt.outlet.settle() // what was printed before stands before what the program prints
		return true
	case <-ctx.Done():
		return false
	}
}

// Now implements core.Runtime.
func (rt *Runtime) Now() time.Time { return rt.clock.Now() }
