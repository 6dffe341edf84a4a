package core_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// 7.1 to 7.7: what a cancel does to a process that reacts as told, and when.
func TestCancel(t *testing.T) {
	type request struct {
		grace  time.Duration
		reason string
	}
	polite := time.Duration(-1)
	obeys := func(a *actor) any {
		for {
			if e := a.event(); kind(e) == "pid.cancel" {
				a.sleep(2 * time.Second)
				return "obeyed " + e.Get("reason").Str()
			}
		}
	}
	ignores := func(a *actor) any { return a.forever() }
	neverAsks := func(a *actor) any { a.sleep(time.Hour); return "slept" }
	const killed = "process cancelled: grace period expired"
	for _, c := range []struct {
		name     string
		body     func(a *actor) any
		requests []request
		want     string // "value" or "!error", and the reason
		after    time.Duration
	}{
		{"in time", obeys, []request{{3 * time.Second, "r"}}, "obeyed r", 2 * time.Second},
		{"too late", obeys, []request{{time.Second, "r"}}, "!" + killed + " r", time.Second},
		{"at the last moment", obeys, []request{{2*time.Second + 1, ""}}, "obeyed ", 2 * time.Second},
		{"polite", obeys, []request{{polite, ""}}, "obeyed ", 2 * time.Second},
		{"polite and ignored", neverAsks, []request{{polite, ""}}, "slept", time.Hour},
		{"ignored", ignores, []request{{5 * time.Second, "why"}}, "!" + killed + " why", 5 * time.Second},
		{"never asks", neverAsks, []request{{5 * time.Second, ""}}, "!" + killed + " ", 5 * time.Second},
		{"loops", func(a *actor) any {
			for {
				must(a.t.Tick(100))
				a.sleep(time.Millisecond)
			}
		}, []request{{time.Second, ""}}, "!" + killed + " ", time.Second},
		{"zero", obeys, []request{{0, "now"}}, "!" + killed + " now", 0},
		{"shorter then longer", ignores, []request{{time.Second, "a"}, {time.Minute, "b"}}, "!" + killed + " a", time.Second},
		{"longer then shorter", ignores, []request{{time.Minute, "a"}, {time.Second, "b"}}, "!" + killed + " b", time.Second},
		{"then polite", ignores, []request{{time.Minute, "a"}, {polite, "b"}}, "!" + killed + " a", time.Minute},
		{"ends otherwise", func(a *actor) any { a.sleep(time.Second); return errors.New("own failure") },
			[]request{{2 * time.Second, ""}}, "!own failure ", time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			seeds(t, 50, func(h *house) {
				h.define("child", c.body)
				h.define("peer", func(a *actor) any { // 7.3, 7.4: only a forced end signals links
					must(a.Link(a.arg(0)))
					a.send(a.arg(1), "linked")
					return a.forever()
				})
				h.main(c.want, func(a *actor) any {
					pid := a.spawnMonitored("child")
					peer := a.spawn("peer", pid, a.self())
					a.message()
					began := a.Now()
					for _, r := range c.requests {
						must(a.Cancel(pid, r.grace, r.reason))
					}
					e := a.event()
					if took := a.Now().Sub(began); took < c.after || took > c.after+c.after/100 {
						return fmt.Sprint("took ", took)
					}
					alive := a.Link(peer) == nil
					if alive != (failure(e) == "") {
						return lines("peer alive:", alive)
					}
					result := e.Get("result").Record()
					if err := result.Get("error").Err(); err != nil {
						if failed := failure(e); failed == killed && err.Kind != hostapi.Canceled {
							return string(err.Kind)
						}
						return "!" + err.Message + " " + err.Details.Get("reason").Str()
					}
					return result.Get("value").Str()
				})
				h.sim.Run() // a kill that is no longer due does nothing
			})
		})
	}
}

// 7.1, 4.2: the event; 7.7: oneself; 7.8: before later messages.
func TestCancelEvent(t *testing.T) {
	both(t, 200, func(h *house) {
		h.define("child", func(a *actor) any {
			s := a.pick(receiving(a.Inbox()), receiving(a.Events()))
			if s.Index == 0 && topicOf(s.Value) == "later" {
				if _, ok := a.poll(a.Events()); !ok {
					return "the message overtook the event"
				}
				return "ok"
			}
			e := s.Value.Record()
			at, deadline := e.Get("at").Float(), e.Get("deadline").Float()
			if from(e) != a.arg(0) || e.Get("reason").Str() != "r" || deadline-at < 59.9 || deadline-at > 60.1 || !e.Get("result").IsNil() {
				return lines(e.Entries())
			}
			return "ok"
		})
		h.main("ok", func(a *actor) any {
			pid := a.spawnMonitored("child", a.self())
			must(a.Cancel(pid, time.Minute, "r"))
			_ = soft(a.Send(pid, "later", nil))
			if got := a.event().Get("result").Record().Get("value").Str(); got != "ok" {
				return got
			}
			must(a.Cancel(a.self(), -1, ""))
			e := a.event()
			if from(e) != a.self() || !e.Get("deadline").IsNil() || e.Get("reason").Type() != hostapi.TypeString {
				return lines(e.Entries())
			}
			return "ok"
		})
	})
}

func TestCancelOneselfAtOnce(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("main", func(a *actor) any {
			err := a.Cancel(a.self(), 0, "enough")
			if !errors.Is(err, hostapi.ErrKilled) {
				return "went on"
			}
			return err
		})
		h.wantError(hostapi.Canceled, "grace period expired", "main")
	})
}

// The runtime itself asks without a sender (4.2).
func TestCancelFromOutside(t *testing.T) {
	both(t, 5, func(h *house) {
		h.define("child", func(a *actor) any { return from(a.event()) + "nobody" })
		pid, done := h.start("child")
		if err := h.Cancel(pid, time.Minute, ""); err != nil {
			t.Fatal(err)
		}
		h.wait(done)
		if r, _ := h.ended("child"); r.Result.Value.Str() != "nobody" {
			t.Errorf("%v", r)
		}
		checkError(t, h.Cancel(pid, 0, ""), hostapi.NotFound, "process not found")
		checkError(t, h.Terminate(hostapi.PID(pid)), hostapi.NotFound, "process not found")
	})
}

// 7.9 to 7.11.
func TestTerminate(t *testing.T) {
	both(t, 200, func(h *house) {
		h.define("normal", func(a *actor) any { return "normal" })
		h.define("waiting", func(a *actor) any { must(a.Register("name", "")); return a.forever() })
		h.define("linked", func(a *actor) any { a.spawnLinked("waiting"); return a.forever() })
		h.main("ok", func(a *actor) any {
			pid := a.spawnMonitored("linked")
			for text(a.Terminate("name")) != "ok" {
				a.sleep(time.Millisecond)
			}
			if got := failure(a.event()); got != "linked process failed" {
				return got
			}
			if got := text(a.Terminate(pid)) + text(lookupError(a, "name")); got != gone(pid, "linked")+"NotFound: name not registered: name" {
				return got
			}
			// One that ends by itself either does, or is terminated.
			pid = a.spawnMonitored("normal")
			err := text(a.Terminate(pid))
			switch got := failure(a.event()); {
			case got == "" && (err == "ok" || err == gone(pid, "normal")):
			case got == "process terminated" && err == "ok":
			default:
				return lines(got, err)
			}
			// The second of two terminates changes nothing.
			pid = a.spawnMonitored("normal")
			_, _ = soft(a.Terminate(pid)), soft(a.Terminate(pid))
			a.event()
			if _, more := a.poll(a.Events()); more {
				return "two ends"
			}
			return "ok"
		})
	})
}
