package core_test

import (
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

const keptLimit = 1 << 20

// What the core keeps for a process counts against its memory limit (17.8).
func TestKeptCounts(t *testing.T) {
	large := hostapi.String(strings.Repeat("x", 100_000))
	for _, c := range []struct {
		what string
		most int // that fit
		add  func(a *actor, i int)
	}{
		{"messages to itself", 100_000, func(a *actor, _ int) { a.send(a.self(), "flood") }},
		{"large messages to itself", 100, func(a *actor, _ int) { must(a.Send(a.self(), "flood", []hostapi.Value{large})) }},
		{"messages to a listener", 100_000, func(a *actor, i int) {
			if i == 0 {
				must1(a.Listen("flood", true))
			}
			a.send(a.self(), "flood")
		}},
		{"timers", 100_000, func(a *actor, _ int) {
			must1(a.NewTimer(time.Hour, func(time.Time) hostapi.Value { return hostapi.Value{} }))
		}},
		{"tickers", 100_000, func(a *actor, _ int) {
			must1(a.NewTicker(time.Hour, func(time.Time) hostapi.Value { return hostapi.Value{} }))
		}},
		{"listeners", 100_000, func(a *actor, i int) { must1(a.Listen(lines(i), true)) }},
		{"names", 100_000, func(a *actor, i int) { must(a.Register(lines(i), "")) }},
		{"coroutines", 1_000, func(a *actor, _ int) { a.goes(func(a *actor) { a.forever() }) }},
		{"manual coroutines", 1_000, func(a *actor, _ int) { must(a.t.AddCoroutine()) }},
	} {
		t.Run(c.what, func(t *testing.T) {
			both(t, 5, func(h *house) {
				h.Define(core.Entry{ID: "test:main", Limits: core.Limits{Memory: keptLimit}, Program: program(func(a *actor) any {
					for i := range c.most {
						c.add(a, i)
						must(a.t.Tick(100))
					}
					return "all fit"
				})})
				h.wantError(hostapi.LimitExceeded, "memory limit exceeded", "main")
			})
		})
	}
}

// Messages of others count too: the receiver fails, though it does nothing.
func TestFloodedProcessEnds(t *testing.T) {
	both(t, 20, func(h *house) {
		h.Define(core.Entry{ID: "test:flooded", Limits: core.Limits{Memory: keptLimit}, Program: program(func(a *actor) any {
			a.forever()
			return nil
		})})
		h.main("gone, memory limit exceeded", func(a *actor) any {
			pid := a.spawnMonitored("flooded")
			var err error
			for i := 0; i < 100_000 && err == nil; i++ {
				err = a.Send(pid, "flood", nil)
			}
			return strings.Replace(text(err), gone(pid, "flooded"), "gone", 1) + ", " + failure(a.event())
		})
	})
}

// What is read, or fired, no longer counts.
func TestReadCountsNoMore(t *testing.T) {
	both(t, 5, func(h *house) {
		h.Define(core.Entry{ID: "test:main", Limits: core.Limits{Memory: keptLimit}, Program: program(func(a *actor) any {
			for range 10 {
				for range 3000 { // 560 KB
					a.send(a.self(), "flood")
				}
				for range 3000 {
					_, _, err := a.Inbox().Receive()
					must(err)
				}
				for range 1000 {
					timer := must1(a.NewTimer(time.Hour, func(time.Time) hostapi.Value { return hostapi.Value{} }))
					timer.Stop()
				}
				must(a.t.Grow(900 << 10))
				must(a.t.Grow(-900 << 10))
			}
			return "ok"
		})})
		h.want("ok", "main")
	})
}

// An engine's charge and the core's add up.
func TestKeptAndChargedAddUp(t *testing.T) {
	both(t, 5, func(h *house) {
		h.Define(core.Entry{ID: "test:main", Limits: core.Limits{Memory: keptLimit}, Program: program(func(a *actor) any {
			for range 5000 { // 780 KB
				a.send(a.self(), "flood")
			}
			must(a.t.Grow(600 << 10))
			return "fits"
		})})
		h.wantError(hostapi.LimitExceeded, "memory limit exceeded", "main")
	})
}
