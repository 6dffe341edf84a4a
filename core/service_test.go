package core_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// service gives a service of an entry whose changes of state are noted with the
// virtual time since now.
func (h *house) service(name string, change func(o *core.ServiceOptions)) *core.Service {
	o := core.DefaultService
	o.Spawn = req(name)
	o.Restart.Jitter = 0
	began := h.sim.Now()
	o.OnState = func(_ *core.Service, to core.ServiceState, err *hostapi.Error) {
		text := ""
		if err != nil {
			text = ": " + err.Error()
		}
		h.see("%v %v%s", h.sim.Now().Sub(began), to, text)
	}
	if change != nil {
		change(&o)
	}
	return h.NewService(o)
}

// 15.7 to 15.12: which ends are followed by a restart, and when.
func TestServiceRestarts(t *testing.T) {
	final := &hostapi.Error{Kind: hostapi.Invalid, Message: "own", Script: true, Retryable: hostapi.False}
	runtimes := hostapi.Errorf(hostapi.NotFound, "runtime's")
	for _, c := range []struct {
		name   string
		change func(o *core.ServiceOptions)
		ends   []any // what the runs give, one after the other; then they wait
		want   []string
	}{
		{"normal exit is final", nil, []any{1},
			[]string{"0s starting", "0s running", "0s exited"}},
		{"failures double the delay", nil, []any{errors.New("a"), errors.New("b")},
			[]string{"0s starting", "0s running", "0s waiting: a", "1s starting", "1s running", "1s waiting: b", "3s starting", "3s running"}},
		{"delay has a limit", func(o *core.ServiceOptions) { o.Restart.MaxDelay = time.Second }, []any{errors.New("a"), errors.New("b")},
			[]string{"0s starting", "0s running", "0s waiting: a", "1s starting", "1s running", "1s waiting: b", "2s starting", "2s running"}},
		{"no delay", func(o *core.ServiceOptions) { o.Restart.InitialDelay = 0 }, []any{errors.New("a")},
			[]string{"0s starting", "0s running", "0s waiting: a", "0s starting", "0s running"}},
		{"the script says no", nil, []any{final},
			[]string{"0s starting", "0s running", "0s failed: own"}},
		{"the runtime's no does not count", nil, []any{runtimes},
			[]string{"0s starting", "0s running", "0s waiting: runtime's", "1s starting", "1s running"}},
		{"attempts are used up", func(o *core.ServiceOptions) { o.MaxAttempts = 1 }, []any{errors.New("a"), errors.New("b")},
			[]string{"0s starting", "0s running", "0s waiting: a", "1s starting", "1s running", "1s failed: b"}},
		{"a stable run forgets", func(o *core.ServiceOptions) { o.MaxAttempts = 1 }, []any{errors.New("a"), 5 * time.Second, errors.New("c")},
			[]string{"0s starting", "0s running", "0s waiting: a", "1s starting", "1s running", "6s waiting: late", "7s starting", "7s running", "7s failed: c"}},
		{"a run that is not quite stable does not", func(o *core.ServiceOptions) { o.MaxAttempts = 1 }, []any{errors.New("a"), 5*time.Second - 1},
			[]string{"0s starting", "0s running", "0s waiting: a", "1s starting", "1s running", "5.999999999s failed: late"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := simulated(t, 1)
			defer h.close()
			run := 0
			h.define("child", func(a *actor) any {
				if run++; run > len(c.ends) {
					return a.forever()
				}
				if d, ok := c.ends[run-1].(time.Duration); ok {
					a.sleep(d)
					return errors.New("late")
				}
				return c.ends[run-1]
			})
			h.service("child", c.change).Start()
			h.sim.RunFor(time.Minute)
			h.saw(c.want...)
		})
	}
}

// 15.1, 15.8: a start that fails or takes too long is a failure.
func TestServiceStartFails(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	run := 0
	h.Define(entryOf("child", native.Loaded(func(hostapi.Task) (func(string) native.Main, error) {
		if run++; run == 1 {
			return nil, errors.New("broken")
		}
		return func(string) native.Main {
			return func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
				_, _, err := t.Process().Events().Receive()
				return nil, err
			}
		}, nil
	})))
	s := h.service("child", nil)
	s.Start()
	s.Start() // once is enough
	h.sim.RunFor(time.Minute)
	h.saw("0s starting", "0s waiting: failed to execute script: broken", "1s starting", "1s running")
	if state, pid := s.State(); state != core.ServiceRunning || !slices.Contains(h.Processes(), pid) {
		t.Errorf("state %v, PID %s", state, pid)
	}
	unknown := h.service("none", func(o *core.ServiceOptions) { o.MaxAttempts = 1; o.OnState = nil })
	unknown.Start()
	h.sim.RunFor(time.Minute)
	if state, pid := unknown.State(); state != core.ServiceFailed || pid != "" {
		t.Errorf("state %v, PID %s", state, pid)
	}
}

// However short the time is, it is not missed.
func TestServiceStartTimesOut(t *testing.T) {
	for _, timeout := range []time.Duration{time.Nanosecond, time.Microsecond, time.Millisecond} {
		for range 100 {
			serviceStartTimesOut(t, timeout)
		}
	}
}

func serviceStartTimesOut(t *testing.T, timeout time.Duration) {
	h := onWorkers(t, 1)
	h.slow()
	failed := make(chan string, 1)
	o := core.DefaultService
	o.Spawn, o.StartTimeout, o.MaxAttempts = req("slow"), timeout, 1
	o.Restart.InitialDelay = 0
	o.OnState = func(_ *core.Service, to core.ServiceState, err *hostapi.Error) {
		if to == core.ServiceFailed {
			failed <- fmt.Sprint(err.Kind, " ", err)
		}
	}
	h.NewService(o).Start()
	if got := <-failed; got != "Timeout start timed out" {
		t.Error(got)
	}
	h.close()
}

// 15.13: stop in each state.
func TestServiceStop(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration // when it is stopped
		body  func(a *actor) any
		want  []string
	}{
		{"running, obeys", time.Second, func(a *actor) any {
			e := a.event()
			a.sleep(time.Second)
			return hostapi.Errorf(hostapi.Internal, "%s %s", from(e)+"nobody", e.Get("reason").Str())
		}, []string{"0s starting", "0s running", "1s stopping", "2s stopped: nobody bye"}},
		{"running, ignores", time.Second, func(a *actor) any { return a.forever() },
			[]string{"0s starting", "0s running", "1s stopping", "11s stopped: process cancelled: grace period expired"}},
		{"waiting", time.Second / 2, func(a *actor) any { return errors.New("failed") },
			[]string{"0s starting", "0s running", "0s waiting: failed", "500ms stopped"}},
		{"exited", time.Second, func(a *actor) any { return nil },
			[]string{"0s starting", "0s running", "0s exited"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := simulated(t, 1)
			defer h.close()
			h.define("child", c.body)
			s := h.service("child", nil)
			s.Start()
			h.sim.RunFor(c.after)
			s.Stop("bye")
			s.Stop("bye")
			h.wait(s.Done())
			h.sim.RunFor(time.Minute) // no restart
			h.saw(c.want...)
			s.Start()
			h.sim.Settle()
			h.saw(c.want...)
		})
	}
}

func TestServiceStopsWhileStarting(t *testing.T) {
	h := onWorkers(t, 1)
	h.slow()
	o := core.DefaultService
	o.Spawn = req("slow")
	s := h.NewService(o)
	s.Start()
	s.Stop("bye")
	h.wait(s.Done())
	if state, _ := s.State(); state != core.ServiceStopped {
		t.Errorf("state %v", state)
	}
	h.close()
}

// 15.9.
func TestBackoff(t *testing.T) {
	b := spec.Backoff{InitialDelay: time.Second, MaxDelay: 10 * time.Second, Factor: 3, Jitter: 0.5}
	for _, c := range []struct {
		n      int
		random float64
		want   time.Duration
	}{{1, 0.5, time.Second}, {1, 0, time.Second / 2}, {1, 1, 3 * time.Second / 2}, {2, 0.5, 3 * time.Second}, {4, 0.5, 10 * time.Second}, {1000, 1, 15 * time.Second}} {
		if got := b.Delay(c.n, c.random); got != c.want {
			t.Errorf("restart %d with %v: %v, want %v", c.n, c.random, got, c.want)
		}
	}
}
