package core_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// 2.27 to 2.31.
func TestIdentityAndOptions(t *testing.T) {
	both(t, 10, func(h *house) {
		h.define("child", func(a *actor) any { return a.Options().TrapLinks || a.Options().Upgradable })
		h.main("test:main false", func(a *actor) any {
			if !hostapi.IsPID(a.self()) {
				return "pid " + a.self()
			}
			must(a.SetOptions(hostapi.Options{TrapLinks: true, Upgradable: true}))
			if o := a.Options(); !o.TrapLinks || !o.Upgradable {
				return "options are not kept"
			}
			return lines(a.EntryID(), must1(a.Exec(req("child")))) // not inherited
		})
	})
}

// 2.26: a PID is used once; 3.5: what is no PID of a process is not found.
func TestPIDs(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.define("child", func(a *actor) any { return nil })
	h.main("ok", func(a *actor) any {
		seen := map[string]bool{}
		for range 100 {
			pid := a.spawn("child")
			if seen[pid] || !strings.HasPrefix(pid, "{"+hostID+"|") || !strings.HasSuffix(pid, "}") {
				return "bad PID " + pid
			}
			seen[pid] = true
		}
		self := a.self()
		bar := strings.LastIndexByte(self, '|')
		for dest, want := range map[string]string{
			"{other:host" + self[bar:]: "NotFound: process not found: {other:host" + self[bar:],
			self[:bar] + "|zzzzz}":     "NotFound: process not found: " + self[:bar] + "|zzzzz}",
			"{":                        "NotFound: process not found: could not resolve '{' as PID or registered name",
			"{|":                       "NotFound: process not found: could not resolve '{|' as PID or registered name",
			"{x}":                      "NotFound: process not found: could not resolve '{x}' as PID or registered name",
			"{x|*}":                    "NotFound: process not found: could not resolve '{x|*}' as PID or registered name",
			"nobody":                   "NotFound: process not found: could not resolve 'nobody' as PID or registered name",
			"":                         "NotFound: process not found: could not resolve '' as PID or registered name",
		} {
			for what, err := range map[string]error{
				"send": a.Send(dest, "t", nil), "monitor": a.Monitor(dest), "link": a.Link(dest),
				"cancel": a.Cancel(dest, -1, ""), "terminate": a.Terminate(dest),
			} {
				if text(err) != want {
					return lines(what, dest, "gave", text(err))
				}
			}
		}
		return "ok"
	})
}

// 17.8, 17.11: budgets end a process, which no code of it can prevent.
func TestBudgets(t *testing.T) {
	stubborn := func(call func(a *actor) error) func(a *actor) any {
		return func(a *actor) any {
			for range 1000 {
				_ = call(a) // as if the error was caught
			}
			return "survived"
		}
	}
	tick := func(a *actor) error { return a.t.Tick(100) }
	for _, c := range []struct {
		name   string
		limits core.Limits
		body   func(a *actor) any
		want   string
	}{
		{"fuel", core.Limits{Fuel: 5000}, stubborn(tick), "LimitExceeded: fuel exhausted"},
		{"fuel for calls", core.Limits{Fuel: 5000}, stubborn(func(a *actor) error { return a.Yield() }), "LimitExceeded: fuel exhausted"},
		{"fuel for calls without read", core.Limits{FuelPerMessage: 5000}, stubborn(func(a *actor) error { return a.Yield() }), "LimitExceeded: fuel exhausted"},
		{"enough fuel for calls", core.Limits{Fuel: 15000}, stubborn(func(a *actor) error { return a.Yield() }), "survived"},
		{"enough fuel", core.Limits{Fuel: 100000}, stubborn(tick), "survived"},
		{"fuel per message", core.Limits{FuelPerMessage: 500}, stubborn(tick), "LimitExceeded: fuel exhausted"},
		{"fuel per message with reads", core.Limits{FuelPerMessage: 500}, stubborn(func(a *actor) error {
			a.send(a.self(), "x")
			a.message()
			return a.t.Tick(400)
		}), "survived"},
		{"memory", core.Limits{Memory: 1000}, stubborn(func(a *actor) error { return a.t.Grow(100) }), "LimitExceeded: memory limit exceeded"},
		{"memory given back", core.Limits{Memory: 1000}, stubborn(func(a *actor) error {
			must(a.t.Grow(900))
			return a.t.Grow(-900)
		}), "survived"},
		{"no memory limit", core.Limits{Memory: -1}, stubborn(func(a *actor) error { return a.t.Grow(math.MaxInt32) }), "survived"},
		{"coroutines", core.Limits{MaxCoroutines: 2}, func(a *actor) any {
			a.goes(func(a *actor) { a.forever() })
			_, err := a.Go(nil, nil)
			return text(err)
		}, "RateLimited: max coroutines limit exceeded"},
		{"coroutines that ended", core.Limits{MaxCoroutines: 2}, func(a *actor) any {
			for range 10 {
				a.goes(func(a *actor) {})
			}
			return "survived"
		}, "survived"},
		{"manual coroutines", core.Limits{MaxCoroutines: 3}, func(a *actor) any {
			must(a.t.AddCoroutine())
			a.t.RemoveCoroutine()
			must(a.t.AddCoroutine())
			must(a.t.AddCoroutine())
			return text(a.t.AddCoroutine())
		}, "RateLimited: max coroutines limit exceeded"},
		{"no coroutine limit", core.Limits{MaxCoroutines: -1}, func(a *actor) any { return text(a.t.AddCoroutine()) }, "ok"},
		{"payload", core.Limits{Payload: hostapi.PayloadLimits{Depth: 2}}, func(a *actor) any {
			l := a.t.PayloadLimits()
			return lines(l.Depth, l.Size == hostapi.DefaultPayloadLimits.Size)
		}, "2 true"},
		{"payload of a result", core.Limits{Payload: hostapi.PayloadLimits{Depth: 1}}, func(a *actor) any {
			return hostapi.ListOf(hostapi.ListOf())
		}, "Invalid: payload too deep: more than 1 levels at #1[1]"},
		{"no payload limit", core.Limits{Payload: hostapi.PayloadLimits{Depth: -1, Size: -1}}, func(a *actor) any {
			v := val("inside")
			for range 1000 {
				v = hostapi.ListOf(v)
			}
			must(a.Send(a.self(), "x", []hostapi.Value{v}))
			_, err := hostapi.NewCopier(a.t.PayloadLimits()).Value(v, nil)
			return text(err)
		}, "ok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			both(t, 5, func(h *house) {
				h.Define(core.Entry{ID: "test:child", Program: program(c.body), Limits: c.limits})
				v, err := h.exec("child")
				got := v.Str()
				if err != nil {
					got = text(err)
				}
				if got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		})
	}
}

// Limits of a host are defaults for its processes (17.7).
func TestLimitsOfHost(t *testing.T) {
	h := simulated(t, 3)
	defer h.close()
	h.DefineHost(core.HostOptions{ID: "test:tight", Limits: core.Limits{Fuel: 100, Memory: 50}})
	if err := h.StartHost("test:tight"); err != nil {
		t.Fatal(err)
	}
	h.Define(core.Entry{ID: "test:own", Limits: core.Limits{Fuel: 1000}, Program: program(func(a *actor) any {
		must(a.t.Tick(500))
		return a.t.Grow(51)
	})})
	_, err := h.Exec(t.Context(), hostapi.Spawn{ID: "test:own", Host: "test:tight"})
	checkError(t, err, hostapi.LimitExceeded, "memory limit exceeded")
}

// A creation whose context is done is abandoned; that of a live one is over.
func TestStartIsAbandoned(t *testing.T) {
	for _, stubborn := range []bool{false, true} {
		h := onWorkers(t, 1)
		ctx, cancel := context.WithCancel(t.Context())
		release := make(chan struct{})
		h.Define(core.Entry{ID: "test:slow", Program: native.Loaded(func(task hostapi.Task) (func(string) native.Main, error) {
			cancel()
			for !stubborn {
				if err := task.Tick(1000); err != nil {
					return nil, err
				}
			}
			<-release // an engine that does not tick
			return nil, task.Tick(1)
		})})
		onEnd := func(hostapi.Result) { t.Error("end of a process that never was") }
		if pid, err := h.Start(ctx, req("slow"), onEnd); !errors.Is(err, context.Canceled) {
			t.Errorf("start gave %s, %v", pid, err)
		}
		close(release)
		h.close()
	}
}

func TestExecIsAbandoned(t *testing.T) {
	h := onWorkers(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	h.define("child", func(a *actor) any { cancel(); return a.forever() })
	if _, err := h.Exec(ctx, req("child")); !errors.Is(err, context.Canceled) {
		t.Errorf("exec gave %v", err)
	}
	h.close()
	if r, n := h.ended("child"); n != 1 || r.Result.Err.Message != "process terminated" {
		t.Errorf("%d ends, last %v", n, r)
	}
}
