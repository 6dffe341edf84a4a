package core_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// code defines an entry with a top level and a method.
func (h *house) code(name string, load func(a *actor) error, body func(a *actor) any) {
	h.Define(entryOf(name, native.Loaded(func(t hostapi.Task) (methods func(string) native.Main, err error) {
		_, err = run(t, nil, func(a *actor) any {
			if err := load(a); err != nil {
				return err
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		return func(string) native.Main {
			if body == nil {
				return nil
			}
			return func(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) { return run(t, args, body) }
		}, nil
	})))
}

// 13.6, 13.11 to 13.13: what is kept, what is lost, and what others notice.
func TestUpgradeKeepsTheProcess(t *testing.T) {
	both(t, 100, func(h *house) {
		soon := ms
		if h.sim == nil {
			soon = time.Hour // it must not be due before the upgrade
		}
		h.define("peer", func(a *actor) any { a.message(); return errors.New("peer failed") })
		h.define("old", func(a *actor) any {
			must(a.SetOptions(hostapi.Options{TrapLinks: true, Upgradable: true}))
			must(a.Register("name", ""))
			peer := a.spawnLinked("peer")
			must(a.Monitor(peer))
			must(a.Cancel(a.self(), time.Hour, "later"))
			must1(a.Listen("listened", false))
			a.send(a.self(), "one")
			a.send(a.self(), "listened")
			a.send(a.self(), "two")
			// All of this is lost.
			timer := must1(a.NewTimer(soon, a.stamp))
			for _, c := range []hostapi.Channel{timer.Channel(), a.channel(0), must1(a.Listen("other", false))} {
				a.goes(func(a *actor) { a.get(c); h.see("old coroutine ran") })
				a.goes(func(a *actor) { a.pick(receiving(a.channel(0)), receiving(c)); h.see("old coroutine ran") })
			}
			a.goes(func(a *actor) { a.sleep(soon); h.see("old coroutine ran") })
			a.goes(func(a *actor) { a.forever(); h.see("old coroutine ran") })
			err := a.Upgrade("test:new", vals(a.self(), peer))
			if !errors.Is(err, hostapi.ErrKilled) {
				return "upgrade returned " + text(err)
			}
			return err
		})
		h.define("new", func(a *actor) any {
			if a.self() != a.arg(0) || a.EntryID() != "test:new" || a.t.Loading() {
				return "another process"
			}
			if o := a.Options(); !o.TrapLinks || !o.Upgradable || must1(a.Lookup("name")) != a.PID() {
				return "options or name lost"
			}
			if v, _ := a.ContextValue("k"); v.Int() != 5 {
				return "context lost"
			}
			c := must1(a.Listen("listened", false))
			if _, ok := a.poll(c); !ok {
				return "queued messages of a listener lost"
			}
			a.sleep(2 * ms) // the timers of the old code are due
			got := ""
			for _, topic := range a.drain() {
				got += topic + " "
			}
			if got != "one two " {
				return "messages " + got
			}
			if e := a.event(); kind(e) != "pid.cancel" {
				return "events lost"
			}
			a.send(a.arg(1), "fail")
			if e := a.event(); kind(e) != "pid.exit" || from(e) != a.arg(1) {
				return "monitor lost"
			}
			if e := a.event(); kind(e) != "pid.link.down" {
				return "link lost"
			}
			a.sleep(2 * time.Hour)
			return "the deadline of the cancel is lost"
		})
		if h.sim == nil { // no hours on the wall clock
			h.define("new", func(a *actor) any { return hostapi.Errorf(hostapi.Canceled, "grace period expired") })
		}
		h.main("grace period expired", func(a *actor) any {
			s := req("old")
			s.Context = []hostapi.Entry{hostapi.Field("k", val(5))}
			s.Monitor = true
			must1(a.Spawn(s))
			return strings.TrimPrefix(failure(a.event()), "process cancelled: ")
		})
		h.saw()
		if r, n := h.ended("new"); n != 1 || r.Watchers != 1 {
			t.Errorf("%d ends, last %v", n, r)
		}
	})
}

// 13.7, 13.8: a failed upgrade leaves the old code as it was, with what arrived
// meanwhile in order of arrival.
func TestUpgradeRollsBack(t *testing.T) {
	for name, c := range map[string]struct {
		id   string
		load func(a *actor) error
		want string
	}{
		"unknown":        {"test:unknown", nil, "NotFound: unknown process entry: test:unknown"},
		"top level":      {"test:new", func(a *actor) error { return errors.New("broken") }, "Internal: upgrade failed: failed to execute script: broken"},
		"missing method": {"test:new", func(a *actor) error { return nil }, `NotFound: upgrade failed: method "main" not found in module`},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, 200, func(h *house) {
				if c.load != nil {
					h.code("new", func(a *actor) error {
						if a.EntryID() != "test:new" || !a.t.Loading() {
							h.t.Error("the new code is not loading")
						}
						// What the new code does is not undone, but its timers and
						// listeners are gone.
						must1(a.NewTicker(time.Hour, a.stamp))
						must1(a.Listen("first", true))
						must(a.t.AddCoroutine())
						must(a.t.Grow(1000))
						a.send(a.self(), "first")
						must(a.Cancel(a.self(), -1, "second"))
						a.send(a.self(), "third")
						for range 10 {
							must(a.t.Tick(30000)) // others run meanwhile
						}
						return c.load(a)
					}, nil)
				}
				h.main("ok", func(a *actor) any {
					var got trace
					listen := must1(a.Listen("listened", false))
					private := a.channel(0)
					ticker := must1(a.NewTicker(ms, a.stamp))
					a.goes(func(a *actor) { got.add("private", a.get(private)) })
					a.goes(func(a *actor) {
						for range 3 {
							s := a.pick(receiving(a.Events()), receiving(a.Inbox()))
							if s.Index == 0 {
								got.add(s.Value.Record().Get("reason").Str())
							} else {
								got.add(topicOf(s.Value))
							}
						}
					})
					for range 3 {
						a.goes(func(a *actor) { a.yield() })
					}
					id := a.EntryID()
					err := a.Upgrade(c.id, nil)
					if text(err) != c.want {
						return text(err)
					}
					if a.EntryID() != id || a.t.Loading() {
						return "not the old code"
					}
					a.put(private, "kept")
					a.send(a.self(), "listened", "kept")
					if a.get(listen) != "kept" {
						return "listener lost"
					}
					a.get(ticker.Channel())
					a.get(ticker.Channel())
					ticker.Stop()
					a.yield()
					want := "private kept"
					if c.load != nil {
						want = "first, second, third, private kept"
					}
					if got.String() != want {
						return got.String()
					}
					return "ok"
				})
				if h.sim != nil {
					began := h.sim.Now()
					h.sim.Run()
					if h.sim.Now() != began {
						t.Error("a timer of the new code is left")
					}
				}
			})
		})
	}
}

// 13.8: no coroutine of the old code runs while the new code loads, whatever
// wakes it; on success it never does.
func TestOldCodeStandsStill(t *testing.T) {
	for _, fail := range []bool{false, true} {
		both(t, 100, func(h *house) {
			loading := false
			h.code("new", func(a *actor) error {
				loading = true
				a.send(a.self(), "wake")
				for range 20 {
					must(a.t.Tick(30000))
				}
				loading = false
				if fail {
					return errors.New("broken")
				}
				return nil
			}, func(a *actor) any { a.sleep(5 * ms); return "ok" })
			h.define("short", func(a *actor) any { return nil })
			h.main("ok", func(a *actor) any {
				ran, upgrading := 0, false
				check := func(a *actor) {
					ran++
					if loading {
						h.see("ran while loading")
					}
					if upgrading && !fail {
						h.see("ran after the upgrade")
					}
				}
				a.goes(func(a *actor) { a.message(); check(a) })
				a.goes(func(a *actor) { a.sleep(1); check(a) })
				a.goes(func(a *actor) { a.get(must1(a.NewTimer(1, a.stamp)).Channel()); check(a) })
				upgrading = true // no other coroutine runs before the call
				err := a.Upgrade("test:new", nil)
				if !fail {
					return err
				}
				_ = soft(err)
				for ran < 3 {
					a.sleep(ms)
				}
				return "ok"
			})
			h.saw()
		})
	}
}

// 13.5: without an id the newest version of the running entry.
func TestUpgradeToTheNewestVersion(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("main", func(a *actor) any {
			h.define("main", func(a *actor) any { return lines("second", a.args) })
			return a.Upgrade("", vals(1, "state"))
		})
		h.want(`second [1 "state"]`, "main")
	})
}

// 13.9: a failure of the new method is one of the process; 13.10: from any
// coroutine.
func TestUpgradeFromACoroutine(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("new", func(a *actor) any { return errors.New("new code failed") })
		h.define("main", func(a *actor) any {
			a.goes(func(a *actor) {
				a.yield()
				must(a.Upgrade("test:new", nil))
			})
			return a.forever()
		})
		h.wantError(hostapi.Internal, "new code failed", "main")
	})
}

// An exec, spawn or timer that the old code waited for ends after the upgrade:
// nobody is woken, and nothing breaks.
func TestWaitsOfTheOldCodeEndLater(t *testing.T) {
	both(t, 200, func(h *house) {
		h.define("slow", func(a *actor) any { a.sleep(3 * ms); return "executed" })
		h.code("loads slowly", func(a *actor) error {
			for range 10 {
				must(a.t.Tick(30000))
			}
			return nil
		}, func(a *actor) any { return nil })
		h.define("new", func(a *actor) any {
			var tr trace
			a.goes(func(a *actor) { a.sleep(2 * ms); tr.add("a") })
			a.goes(func(a *actor) { a.sleep(4 * ms); tr.add("b") })
			a.sleep(8 * ms)
			return tr.String()
		})
		h.main("a, b", func(a *actor) any {
			a.goes(func(a *actor) { must1(a.Exec(req("slow"))) })
			a.goes(func(a *actor) { must1(a.Exec(req("loads slowly"))) })
			a.goes(func(a *actor) { must1(a.Spawn(req("loads slowly"))) })
			a.goes(func(a *actor) { a.sleep(ms) })
			a.goes(func(a *actor) { a.get(must1(a.NewTimer(ms, a.stamp)).Channel()) })
			return a.Upgrade("test:new", nil)
		})
	})
}

// A script that only upgrades itself runs out of fuel, though it reports no step.
func TestUpgradesUseFuel(t *testing.T) {
	both(t, 10, func(h *house) {
		h.Define(core.Entry{
			ID: "test:main", Limits: core.Limits{Fuel: 20000},
			Program: program(func(a *actor) any {
				err := a.Upgrade("test:main", nil)
				return err
			}),
		})
		h.wantError(hostapi.LimitExceeded, "fuel exhausted", "main")
	})
}

// Policy and limits of the new entry apply from then on; coroutines and memory
// of the old code do not count (13.13), the fuel used does (13.12).
func TestLimitsAfterUpgrade(t *testing.T) {
	both(t, 10, func(h *house) {
		h.Define(core.Entry{
			ID:      "test:new",
			Mailbox: core.Mailbox{Limit: 1},
			Limits:  core.Limits{MaxCoroutines: 3, Memory: 1 << 20, Fuel: 3200}, // 900 before, 2000 for the upgrade, 130 for calls
			Program: native.Loaded(func(t hostapi.Task) (func(string) native.Main, error) {
				if err := t.AddCoroutine(); err != nil {
					return nil, err
				}
				return func(string) native.Main {
					return func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
						return run(t, nil, func(a *actor) any {
							var tr trace
							tr.add(len(a.drain()))
							tr.add(text(a.t.Grow(900<<10)), text(a.t.AddCoroutine()), text(a.t.AddCoroutine()))
							tr.add(text(a.Send(a.self(), "x", nil)), text(a.Send(a.self(), "x", nil)))
							h.see("%s", tr.String())
							must(a.t.Tick(200))
							return "fuel for more"
						})
					}
				}, nil
			}),
		})
		h.define("main", func(a *actor) any {
			for range 10 {
				must(a.t.AddCoroutine())
				a.goes(func(a *actor) { a.forever() })
				a.send(a.self(), "queued")
			}
			must(a.t.Grow(100 << 20))
			must(a.t.Tick(900))
			return a.Upgrade("test:new", nil)
		})
		h.wantError(hostapi.LimitExceeded, "fuel exhausted", "main")
		h.saw("10, ok ok RateLimited: max coroutines limit exceeded, ok Unavailable: mailbox full")
	})
}

// After a failed upgrade the old code's budgets are as before.
func TestLimitsAfterRollback(t *testing.T) {
	both(t, 10, func(h *house) {
		h.Define(core.Entry{ID: "test:new", Program: native.Loaded(func(t hostapi.Task) (func(string) native.Main, error) {
			for range 5 {
				if err := errors.Join(t.AddCoroutine(), t.Grow(400<<10)); err != nil {
					return nil, err
				}
			}
			return nil, errors.New("broken")
		})})
		h.Define(core.Entry{ID: "test:main", Limits: core.Limits{MaxCoroutines: 4, Memory: 1 << 20}, Program: program(func(a *actor) any {
			must(a.t.AddCoroutine())
			must(a.t.Grow(600 << 10))
			var tr trace
			tr.add(text(a.Upgrade("test:new", nil)))
			tr.add(text(a.t.Grow(380<<10)), text(a.t.AddCoroutine()), text(a.t.AddCoroutine()), text(a.t.AddCoroutine()))
			return tr.String()
		})})
		h.want("Internal: upgrade failed: failed to execute script: broken, ok ok ok RateLimited: max coroutines limit exceeded", "main")
	})
}

// A process killed while new code loads ends as ever, and both codes' states
// are released.
func TestKillDuringUpgrade(t *testing.T) {
	both(t, 100, func(h *house) {
		h.slow()
		h.main("ok", func(a *actor) any {
			h.define("child", func(a *actor) any {
				a.goes(func(a *actor) { a.message() })
				a.goes(func(a *actor) { a.sleep(time.Hour) })
				a.send(a.arg(0), "upgrading")
				return a.Upgrade("test:slow", nil)
			})
			pid := a.spawnMonitored("child", a.self())
			a.message()
			a.yield()
			must(a.Terminate(pid))
			if got := failure(a.event()); got != "process terminated" {
				return got
			}
			return "ok"
		})
	})
}

// 13.17: OUTDATED goes to those who asked for it and run what was replaced; one
// that is unread is extended.
func TestOutdated(t *testing.T) {
	both(t, 20, func(h *house) {
		h.Define(core.Entry{ID: "test:child", Imports: []string{"test:lib", "test:deep"}, Program: program(func(a *actor) any {
			must(a.SetOptions(hostapi.Options{Upgradable: a.arg(0) == "upgradable"}))
			a.send(a.arg(1), "ready")
			a.message()
			got := ""
			for {
				v, ok := a.poll(a.Events())
				if !ok {
					return got
				}
				e := v.Record()
				if kind(e) == "pid.cancel" {
					got += "cancel "
					continue
				}
				got += lines(kind(e), e.Get("sources"), from(e)) + "; "
				if got == "cancel pid.outdated [\"test:lib\", \"test:child\"] ; " {
					h.Outdated([]string{"test:deep"}) // the other has been read
				}
			}
		})})
		h.main(`cancel pid.outdated ["test:lib", "test:child"] ; pid.outdated ["test:deep"] ; / `, func(a *actor) any {
			first, second := a.spawnMonitored("child", "upgradable", a.self()), a.spawnMonitored("child", "not", a.self())
			a.message()
			a.message()
			must(a.Cancel(first, -1, ""))
			h.Outdated([]string{"test:other", "test:lib"})
			h.Outdated([]string{"test:other"})
			h.Outdated([]string{"test:child", "test:lib"})
			var got [2]string
			for i, pid := range []string{first, second} {
				a.send(pid, "read")
				e := a.event()
				got[i] = e.Get("result").Record().Get("value").Str()
			}
			return got[0] + "/ " + got[1]
		})
	})
}
