package core_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// 5.3: the peer fails while link is called: NOT_FOUND or the signal, never both
// and never neither.
func TestLinkRacesWithFailure(t *testing.T) {
	both(t, 1000, func(h *house) {
		h.define("peer", func(a *actor) any { return errors.New("failed") })
		h.main("ok", func(a *actor) any {
			a.trap()
			pid := a.spawnMonitored("peer")
			err := text(a.Link(pid))
			var kinds []string
			for len(kinds) == 0 || kinds[len(kinds)-1] != "pid.exit" {
				kinds = append(kinds, kind(a.event()))
			}
			for { // LINK_DOWN comes after EXIT
				v, ok := a.poll(a.Events())
				if !ok {
					if len(kinds) == 1 && err == "ok" {
						kinds = append(kinds, kind(a.event())) // it must come
						continue
					}
					break
				}
				kinds = append(kinds, kind(v.Record()))
			}
			switch got := strings.Join(kinds, " "); {
			case err == "ok" && got == "pid.exit pid.link.down":
			case err == gone(pid, "peer") && got == "pid.exit":
			default:
				return lines(err, got)
			}
			return "ok"
		})
	})
}

// Two processes link each other and both fail: each survivor's view is whole.
func TestMutualLinkRaces(t *testing.T) {
	both(t, 1000, func(h *house) {
		h.define("peer", func(a *actor) any {
			other := string(a.message().Data().Str())
			switch text(a.Link(other)) {
			case "ok", gone(other, "peer"):
			default:
				return "bad link"
			}
			if a.arg(0) == "fails" {
				return errors.New("failed")
			}
			return a.forever()
		})
		h.main("ok", func(a *actor) any {
			p, q := a.spawnMonitored("peer", "fails"), a.spawnMonitored("peer", "waits")
			a.send(p, "peer", q)
			_ = soft(a.Send(q, "peer", vals(p))) // p may have killed it already
			// Whichever way it goes, q either dies by the link or has not got it.
			e := a.event()
			if from(e) != p || failure(e) != "failed" {
				return lines("first", e.Values)
			}
			_ = soft(a.Terminate(q))
			if e = a.event(); from(e) != q {
				return "not q"
			}
			if f := failure(e); f != "linked process failed" && f != "process terminated" {
				return f
			}
			return "ok"
		})
	})
}

// 5.4: after unlink no LINK_DOWN is seen, whether the peer failed before or not.
func TestUnlink(t *testing.T) {
	both(t, 500, func(h *house) {
		h.define("peer", func(a *actor) any { a.message(); return errors.New("failed") })
		h.main("ok", func(a *actor) any {
			a.trap()
			pid := a.spawnLinked("peer")
			must(a.Monitor(pid))
			a.send(pid, "fail")
			a.yield()
			must(a.Unlink(pid))
			if e := a.event(); kind(e) != "pid.exit" {
				return "got " + kind(e)
			}
			if v, ok := a.poll(a.Events()); ok {
				return "got " + kind(v.Record())
			}
			return "ok"
		})
	})
}

func TestUnlinkFromTheOtherSide(t *testing.T) {
	both(t, 200, func(h *house) {
		h.define("peer", func(a *actor) any {
			must(a.Unlink(a.arg(0)))
			return errors.New("failed")
		})
		h.main("alive", func(a *actor) any { // it does not trap
			s := req("peer", a.self())
			s.Link, s.Monitor = true, true
			must1(a.Spawn(s))
			if failure(a.event()) != "failed" {
				return "other end"
			}
			return "alive"
		})
	})
}

// 5.2, 6.2: oneself, twice, dead.
func TestLinkAndMonitorOddities(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("peer", func(a *actor) any { a.message(); return errors.New("failed") })
		h.define("done", func(a *actor) any { return nil })
		h.main("ok", func(a *actor) any {
			a.trap()
			pid, dead := a.spawn("peer"), a.spawnMonitored("done")
			a.event()
			for i, c := range []struct {
				err  error
				want string
			}{
				{a.Link(a.self()), "ok"},
				{a.Monitor(a.self()), "ok"},
				{a.Link(pid), "ok"},
				{a.Link(pid), "ok"},
				{a.Monitor(pid), "ok"},
				{a.Monitor(pid), "AlreadyExists: already monitoring"},
				{a.Link(dead), gone(dead, "done")},
				{a.Monitor(dead), gone(dead, "done")},
				{a.Unmonitor(dead), "ok"},
				{a.Unmonitor(a.self()), "ok"},
				{a.Unlink(dead), "ok"},
				{a.Unlink("nobody"), "NotFound: process not found: could not resolve 'nobody' as PID or registered name"},
				{a.Unmonitor("nobody"), "NotFound: process not found: could not resolve 'nobody' as PID or registered name"},
				{a.Unmonitor("{bad"), "NotFound: process not found: could not resolve '{bad' as PID or registered name"},
			} {
				if text(c.err) != c.want {
					return lines(i, text(c.err))
				}
			}
			s := req("peer")
			s.Monitor = true
			again := string(must1(a.Spawn(s)))
			if got := text(a.Monitor(again)); got != "AlreadyExists: already monitoring" {
				return got
			}
			a.send(pid, "fail")
			if e := a.event(); kind(e) != "pid.exit" || from(e) != pid {
				return "first"
			}
			if e := a.event(); kind(e) != "pid.link.down" || from(e) != pid {
				return "second"
			}
			if _, more := a.poll(a.Events()); more {
				return "more than one per link and monitor"
			}
			return "ok"
		})
	})
}

// 5.5: a normal exit is silent, and drops the link.
func TestNormalExitIsSilentForLinks(t *testing.T) {
	both(t, 100, func(h *house) {
		h.define("peer", func(a *actor) any { return nil })
		h.main("ok", func(a *actor) any {
			for _, trap := range []bool{false, true} {
				must(a.SetOptions(hostapi.Options{TrapLinks: trap}))
				s := req("peer")
				s.Link, s.Monitor = true, true
				must1(a.Spawn(s))
				if e := a.event(); kind(e) != "pid.exit" || failure(e) != "" {
					return "got " + kind(e)
				}
				if _, ok := a.poll(a.Events()); ok {
					return "a normal exit was signalled"
				}
			}
			return "ok"
		})
	})
}

// 4.4, 5.10: the option counts when the signal arrives.
func TestTrapCountsWhenTheSignalArrives(t *testing.T) {
	for _, c := range []struct {
		before, after bool
		dies          bool
	}{{false, true, false}, {true, false, true}, {true, true, false}, {false, false, true}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			both(t, 50, func(h *house) {
				h.define("peer", func(a *actor) any { a.message(); return errors.New("failed") })
				h.define("node", func(a *actor) any {
					must(a.SetOptions(hostapi.Options{TrapLinks: c.before}))
					pid := a.spawnLinked("peer")
					must(a.SetOptions(hostapi.Options{TrapLinks: c.after}))
					a.send(pid, "fail")
					e := a.event()
					// Queued, it stays an event.
					must(a.SetOptions(hostapi.Options{}))
					return kind(e)
				})
				h.main("ok", func(a *actor) any {
					a.spawnMonitored("node")
					e := a.event()
					if died := failure(e) == "linked process failed"; died != c.dies {
						return lines(e.Values)
					}
					return "ok"
				})
			})
		})
	}
}

// 5.6: the signal ends a process in whatever it does, before unread messages.
func TestLinkKillsInEveryState(t *testing.T) {
	for name, body := range states {
		t.Run(name, func(t *testing.T) {
			both(t, 50, func(h *house) {
				h.define("idle", func(a *actor) any { return a.forever() })
				h.slow()
				h.define("peer", func(a *actor) any { a.message(); return errors.New("failed") })
				h.define("node", func(a *actor) any {
					a.send(a.arg(0), "ready", a.spawnLinked("peer"))
					body(a)
					h.see("went on")
					return nil
				})
				h.main("ok", func(a *actor) any {
					pid := a.spawnMonitored("node", a.self())
					peer := a.message().Data().Str()
					a.send(peer, "fail")
					e := a.event()
					err := e.Get("result").Record().Get("error").Err()
					if from(e) != pid || err == nil || err.Kind != hostapi.Internal || err.Message != "linked process failed" ||
						err.Details.Get("pid").Str() != peer || err.Details.Get("reason").Str() != "failed" { // 5.7
						return lines(e.Values)
					}
					return "ok"
				})
				h.saw()
			})
		})
	}
}

// states are the things a process can be doing when it is killed.
var states = map[string]func(a *actor){
	"sleeping":             func(a *actor) { a.sleep(time.Hour) },
	"receiving":            func(a *actor) { a.message(); a.message() },
	"selecting":            func(a *actor) { a.pick(receiving(a.Events()), receiving(a.channel(0))) },
	"sending":              func(a *actor) { a.goes(func(a *actor) { a.forever() }); a.put(a.channel(0), 1) },
	"looping":              func(a *actor) { a.spin() },
	"looping on calls":     func(a *actor) { a.spinOnCalls() },
	"looping in coroutine": func(a *actor) { a.goes(func(a *actor) { a.spin() }); a.forever() },
	"executing":            func(a *actor) { must1(a.Exec(req("idle"))) },
	"yielding":             func(a *actor) { a.spinOnYields() },
	"waiting in coroutines": func(a *actor) {
		for range 5 {
			a.goes(func(a *actor) { a.sleep(time.Hour) })
		}
		a.forever()
	},
	"upgrading": func(a *actor) { must(a.Upgrade("test:slow", nil)) },
	"spawning":  func(a *actor) { must1(a.Spawn(req("slow"))) },
	"ignoring errors": func(a *actor) {
		for range 100 {
			_, _, _ = a.Events().Receive()
		}
		must(hostapi.ErrKilled)
	},
}

// spin executes steps for ever, until killed.
func (a *actor) spin() {
	for {
		must(a.t.Tick(1000))
	}
}

func (a *actor) spinOnCalls() {
	for {
		_ = soft(lookupError(a, "x"))
	}
}

func (a *actor) spinOnYields() {
	for {
		a.yield()
	}
}

// 5.7, 5.12: a chain of processes fails whole, each by its nearest peer.
func TestChain(t *testing.T) {
	for _, n := range []int{2, 5, 100} {
		both(t, 20, func(h *house) {
			h.define("node", func(a *actor) any {
				if n := int(a.args[0].Int()); n > 0 {
					a.spawnLinked("node", n-1, a.arg(1))
					return a.forever()
				}
				return errors.New("end of chain")
			})
			h.main("ok", func(a *actor) any {
				a.spawnMonitored("node", n, "")
				if e := a.event(); failure(e) != "linked process failed" {
					return failure(e)
				}
				return "ok"
			})
			if left := h.Processes(); len(left) != 0 && h.sim != nil {
				t.Errorf("left: %v", left)
			}
			if h.sim != nil {
				reasons := map[string]int{}
				for _, e := range h.ends {
					if err := e.Result.Err; err != nil {
						reasons[err.Message+"/"+err.Details.Get("reason").Str()]++
					}
				}
				if reasons["end of chain/"] != 1 || reasons["linked process failed/end of chain"] != 1 ||
					reasons["linked process failed/linked process failed"] != n-1 {
					t.Errorf("%v", reasons)
				}
			}
		})
	}
}

// 5.8: a trapping process that returns ends the cascade, or continues it.
func TestTrappingProcessDecidesTheCascade(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("leaf", func(a *actor) any { return errors.New("leaf failed") })
		h.define("middle", func(a *actor) any {
			a.trap()
			a.spawnLinked("leaf")
			if e := a.event(); kind(e) != "pid.link.down" || failure(e) != "leaf failed" {
				return "wrong event"
			}
			if a.arg(0) == "continue" {
				return vals(hostapi.Value{}, "middle gave up")
			}
			return nil
		})
		h.define("top", func(a *actor) any {
			s := req("middle", a.arg(0))
			s.Link, s.Monitor = true, true
			must1(a.Spawn(s))
			a.event()
			a.sleep(10 * time.Millisecond) // time for a kill to come
			return "survived"
		})
		h.want("survived", "top", "stop")
		err := h.wantError(hostapi.Internal, "linked process failed", "top", "continue")
		if err != nil && err.Details.Get("reason").Str() != "middle gave up" {
			t.Errorf("reason %v", err.Details)
		}
	})
}

// 5.9: several peers fail: a trapping process gets one event for each.
func TestSeveralPeersFail(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("peer", func(a *actor) any { a.message(); return errors.New("failed") })
		h.main("ok", func(a *actor) any {
			a.trap()
			var pids, down []string
			for range 30 { // more than a small set holds
				pids = append(pids, a.spawnLinked("peer"))
			}
			for _, pid := range pids {
				a.send(pid, "fail")
			}
			for range pids {
				down = append(down, from(a.event()))
			}
			slices.Sort(pids)
			slices.Sort(down)
			if !slices.Equal(pids, down) {
				return "events of others"
			}
			if _, more := a.poll(a.Events()); more {
				return "more"
			}
			return "ok"
		})
	})
}

// 5.11: links know nothing of monitors; 6.5: the end of a watcher is silent.
func TestWatcherEndsSilently(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("watched", func(a *actor) any {
			m := a.message()
			if _, ok := a.poll(a.Events()); ok {
				return "told of the end of a watcher"
			}
			return m.Topic
		})
		h.define("watcher", func(a *actor) any {
			must(a.Monitor(a.arg(0)))
			return errors.New("failed")
		})
		h.main("end", func(a *actor) any {
			pid := a.spawnMonitored("watched")
			for range 3 {
				_, _ = a.Exec(req("watcher", pid))
			}
			a.send(pid, "end")
			return a.event().Get("result").Record().Get("value")
		})
		if r, _ := h.ended("watched"); r.Watchers != 1 {
			t.Errorf("%d watchers at the end, want 1", r.Watchers)
		}
	})
}

// 6.4: after unmonitor no EXIT is read, whenever the other ended.
func TestUnmonitor(t *testing.T) {
	both(t, 500, func(h *house) {
		h.define("peer", func(a *actor) any { return nil })
		h.define("other", func(a *actor) any { a.message(); return nil })
		h.main("ok", func(a *actor) any {
			other := a.spawnMonitored("other")
			pid := a.spawnMonitored("peer")
			a.yield()
			must(a.Unmonitor(pid))
			must(a.Unmonitor(pid))
			a.send(other, "end")
			if e := a.event(); from(e) != other { // others' are kept
				return "EXIT after unmonitor"
			}
			if _, more := a.poll(a.Events()); more {
				return "one more"
			}
			return "ok"
		})
	})
}

// 6.3: the name is resolved when monitor is called.
func TestMonitorByName(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("peer", func(a *actor) any { a.message(); return nil })
		h.main("ok", func(a *actor) any {
			first, second := a.spawn("peer"), a.spawn("peer")
			must(a.Register("name", hostapi.PID(first)))
			must(a.Monitor("name"))
			must(a.Link("name"))
			must1(a.Unregister("name"))
			must(a.Register("name", hostapi.PID(second)))
			a.send("name", "end")
			a.send(first, "end")
			if e := a.event(); from(e) != first {
				return "EXIT of the wrong one"
			}
			return "ok"
		})
	})
}

// 6.1, 6.5: every watcher gets its own EXIT; 4.6: one watcher gets the EXITs of
// several in the order of their ends.
func TestSeveralWatchers(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("peer", func(a *actor) any {
			a.message()
			if next := a.arg(0); next != "" {
				a.send(next, "end")
			}
			return nil
		})
		h.define("watcher", func(a *actor) any {
			must(a.Monitor(a.arg(0)))
			a.send(a.arg(1), "watching")
			return from(a.event())
		})
		h.main("ok", func(a *actor) any {
			pid := a.spawn("peer")
			var watchers []string
			for range 5 {
				watchers = append(watchers, a.spawnMonitored("watcher", pid, a.self()))
				a.message()
			}
			a.send(pid, "end")
			for range watchers {
				if got := a.event().Get("result").Record().Get("value").Str(); got != pid {
					return "a watcher saw the end of " + got
				}
			}
			return "ok"
		})
	})
}

// A link made by a coroutine is one of the process; killed while it is loading
// code, a process ends as ever.
func TestNativeFaultSignalsLinks(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("broken", func(a *actor) any {
			a.goes(func(a *actor) { panic("in a coroutine") })
			return "unreachable"
		})
		h.define("node", func(a *actor) any { a.spawnLinked("broken"); return a.forever() })
		err := h.wantError(hostapi.Internal, "linked process failed", "node")
		if err != nil && err.Details.Get("reason").Str() != "internal error" {
			t.Errorf("details %v", err.Details)
		}
		if r, _ := h.ended("broken"); !strings.Contains(r.Result.Err.Stack, "in a coroutine") {
			t.Errorf("the report does not show the fault: %s", r)
		}
	})
}

// slow is an entry whose top level takes for ever.
func (h *house) slow() {
	h.Define(entryOf("slow", native.Loaded(func(task hostapi.Task) (func(string) native.Main, error) {
		for {
			if err := task.Tick(1000); err != nil {
				return nil, err
			}
		}
	})))
}
