package core_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

const patience = 5 * time.Second

func (a *actor) calls(dest, topic string, payloads ...any) (hostapi.Value, error) {
	v, err := a.Call(dest, topic, patience, vals(payloads...))
	return v, soft(err)
}

// unanswered gives the error of a call as "Kind: message, sent true".
func unanswered(err error) string {
	if soft(err) == nil {
		return "ok"
	}
	e := hostapi.AsError(err)
	return fmt.Sprintf("%s: %s, sent %s", e.Kind, e.Message, e.Details.Get("sent"))
}

// 70.1, 70.2: a value, an error and a late reply, in the order in which they come.
func TestCall(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("server", func(a *actor) any {
			for {
				m := a.message()
				switch m.Topic {
				case "double":
					must(m.Reply(val(int(m.Values[0].Int()*2)), nil))
				case "fails":
					must(m.Reply(hostapi.Value{}, errors.New("refused")))
				case "twice":
					must(m.Reply(val(1), nil))
					checkError(t, m.Reply(val(2), nil), hostapi.Conflict, "already replied")
				case "plain":
					checkError(t, m.Reply(val(1), nil), hostapi.Invalid, "not a call")
				case "unsendable":
					checkError(t, m.Reply(hostapi.Other(t), nil), hostapi.Invalid, "cannot send")
					must(m.Reply(val("then this"), nil))
				case "end":
					return hostapi.Errorf(hostapi.Internal, "oops")
				}
			}
		})
		h.main("ok", func(a *actor) any {
			s := a.spawn("server")
			for i := range 3 {
				if v := must1(a.calls(s, "double", i)); v.Int() != int64(2*i) {
					return v
				}
			}
			_, err := a.calls(s, "fails")
			checkError(t, err, hostapi.Internal, "refused")
			must1(a.calls(s, "twice"))
			a.send(s, "plain")
			if v := must1(a.calls(s, "unsendable")); v.Str() != "then this" {
				return v
			}
			_, err = a.calls(s, "end")
			if got := unanswered(err); got != "Unavailable: process ended before it replied, sent true" {
				return got
			}
			if d := hostapi.AsError(err).Details; d.Get("pid").Str() != s || d.Get("reason").Str() != "oops" {
				return d.Get("reason")
			}
			_, err = a.calls(s, "double", 1)
			return strings.ReplaceAll(unanswered(err), gone(s, "server")+", sent false", "ok")
		})
		if h.sim != nil && len(h.letters) != 1 { // the last call
			t.Errorf("dead letters %v", h.letters)
		}
	})
}

// 70.1: the errors of calls that will have no reply, each at once.
func TestCallsWithoutReply(t *testing.T) {
	full := core.Mailbox{Limit: 1}
	for _, c := range []struct {
		name string
		play func(h *house, a *actor) error
		want string
		took time.Duration
	}{
		{"nobody", func(h *house, a *actor) error { _, err := a.calls("none", "x"); return err },
			"NotFound: process not found: could not resolve 'none' as PID or registered name, sent false", 0},
		{"full, fail_sender", func(h *house, a *actor) error { return a.askFull(h, full) }, "Unavailable: mailbox full, sent false", 0},
		{"full, drop_new", func(h *house, a *actor) error {
			return a.askFull(h, core.Mailbox{Limit: 1, Overflow: spec.DropNew})
		}, "Unavailable: mailbox full, sent false", 0},
		{"dropped later", func(h *house, a *actor) error {
			pid := a.limited(h, core.Mailbox{Limit: 1, Overflow: spec.DropOld})
			a.goes(func(b *actor) { b.sleep(time.Second); b.send(pid, "y") })
			_, err := a.calls(pid, "x")
			return err
		}, "Unavailable: request dropped, sent true", time.Second},
		{"raw listener", func(h *house, a *actor) error {
			h.define("raw", func(a *actor) any { a.get(must1(a.Listen("x", false))); return a.forever() })
			_, err := a.calls(a.spawn("raw"), "x", "y")
			return err
		}, "Invalid: nobody can reply, sent true", 0},
		{"supervisor", func(h *house, a *actor) error {
			h.DefineSupervisor("test:sup", spec.Supervisor{Period: time.Second})
			_, err := a.calls(string(must1(a.StartSupervisor(val("test:sup"), false))), "x")
			return err
		}, "Invalid: nobody can reply, sent true", 0},
		{"timeout", func(h *house, a *actor) error {
			h.define("mute", func(a *actor) any { return a.forever() })
			_, err := a.calls(a.spawn("mute"), "x")
			return err
		}, "Timeout: no reply within 5s, sent true", patience},
		{"upgraded", func(h *house, a *actor) error {
			h.define("new", func(a *actor) any { return a.forever() })
			h.define("old", func(a *actor) any { a.message(); a.sleep(time.Second); return a.Upgrade("test:new", nil) })
			_, err := a.calls(a.spawn("old"), "x")
			return err
		}, "Unavailable: request dropped, sent true", time.Second},
		{"unread", func(h *house, a *actor) error {
			h.define("sleeps", func(a *actor) any { a.sleep(time.Second); return nil })
			_, err := a.calls(a.spawn("sleeps"), "x")
			return err
		}, "Unavailable: process ended before it replied, sent true", time.Second},
		{"killed", func(h *house, a *actor) error {
			h.define("mute", func(a *actor) any { return a.forever() })
			pid := a.spawn("mute")
			a.goes(func(b *actor) { b.sleep(time.Second); must(b.Terminate(pid)) })
			_, err := a.calls(pid, "x")
			return err
		}, "Unavailable: process ended before it replied, sent true", time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			seeds(t, 20, func(h *house) {
				h.main(c.want, func(a *actor) any {
					began := a.Now()
					got := unanswered(c.play(h, a))
					if took := a.Now().Sub(began); took != c.took {
						t.Errorf("it took %s, want %s", took, c.took)
					}
					return got
				})
			})
		})
	}
}

// limited gives a process that reads nothing, with a mailbox.
func (a *actor) limited(h *house, m core.Mailbox) string {
	h.Define(core.Entry{ID: "test:limited", Mailbox: m, Program: program(func(a *actor) any { a.sleep(time.Hour); return nil })})
	return a.spawn("limited")
}

func (a *actor) askFull(h *house, m core.Mailbox) error {
	pid := a.limited(h, m)
	a.send(pid, "first")
	_, err := a.calls(pid, "x")
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.letters) > 0 {
		h.t.Errorf("dead letters %v, though the sender has the error", h.letters)
	}
	return err
}

// 70.1, 70.2: replies, timeouts, deaths and upgrades race, over seeds: every call has one
// outcome, a reply that is late is a dead letter, and nothing is left of any of them.
func TestCallsRace(t *testing.T) {
	both(t, atLength(400, 100), func(h *house) {
		h.define("server", func(a *actor) any {
			must(a.Register(a.arg(0), ""))
			for i := 0; ; i++ {
				m := a.message()
				if i%7 == 6 {
					return nil
				}
				a.goes(func(b *actor) {
					b.sleep(time.Duration(i%5) * 500 * time.Microsecond)
					_ = soft(m.Reply(m.Values[0], nil))
				})
			}
		})
		h.define("keeper", func(a *actor) any {
			for range 4 {
				pid := a.spawnMonitored("server", a.arg(0))
				for from(a.event()) != pid {
				}
			}
			return nil
		})
		h.define("caller", func(a *actor) any {
			for i := range 6 {
				v, err := a.Call("s", "x", 1500*time.Microsecond, vals(i))
				if soft(err) == nil && v.Int() != int64(i) {
					t.Errorf("the reply to %d is %s", i, v)
				}
				if err != nil {
					switch k := hostapi.AsError(err).Kind; k {
					case hostapi.Timeout, hostapi.Unavailable, hostapi.NotFound:
					default:
						t.Errorf("error %v", err)
					}
					a.sleep(time.Millisecond)
				}
			}
			if n := len(a.drain()); n != 0 {
				t.Errorf("%d replies in the inbox", n)
			}
			return nil
		})
		h.main(nil, func(a *actor) any {
			a.spawnMonitored("keeper", "s")
			var callers []string
			for range 5 {
				callers = append(callers, a.spawnMonitored("caller"))
			}
			a.sleep(2 * time.Millisecond)
			_ = soft(a.Terminate(callers[0]))
			for range 5 { // a keeper may wait for calls that never come
				a.event()
			}
			return nil
		})
	})
}

// 70.2: what comes after the timeout is a dead letter, unless the caller has ended.
func TestLateReplies(t *testing.T) {
	seeds(t, 50, func(h *house) {
		h.define("late", func(a *actor) any {
			for {
				m := a.message()
				a.sleep(2 * time.Second)
				must(a.Reply(m, hostapi.Result{Value: val("late")}))
			}
		})
		h.define("leaves", func(a *actor) any { _, err := a.Call(a.arg(0), "x", time.Second, nil); return text(err) })
		h.main("Timeout: no reply within 1s", func(a *actor) any {
			s := a.spawn("late")
			_, err := a.Call(s, "x", time.Second, nil)
			a.sleep(10 * time.Second)
			if len(a.drain()) > 0 {
				t.Error("the reply is in the inbox")
			}
			h.mu.Lock()
			letters := h.letters
			h.mu.Unlock()
			if len(letters) != 1 || letters[0].Reason != core.LateReply || letters[0].To != a.self() || letters[0].Payloads[0].Str() != "late" {
				t.Errorf("dead letters %v", letters)
			}
			a.spawnMonitored("leaves", s)
			a.event()
			a.sleep(10 * time.Second)
			return text(err)
		})
		if len(h.letters) != 1 {
			t.Errorf("a reply to one who has ended is a dead letter: %v", h.letters)
		}
	})
}

// 70.3: cases of calls in a select, ready and not, several times, by two coroutines.
func TestCallCases(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("server", func(a *actor) any {
			for {
				m := a.message()
				a.goes(func(b *actor) {
					b.sleep(time.Duration(m.Values[0].Int()) * time.Millisecond)
					if m.Topic == "fail" {
						must(m.Reply(hostapi.Value{}, errors.New("no")))
					} else {
						must(m.Reply(m.Values[0], nil))
					}
				})
			}
		})
		h.main("20 no 20 20", func(a *actor) any {
			s := a.spawn("server")
			slow := must1(a.CallCase(s, "x", patience, vals(20)))
			failing := must1(a.CallCase(s, "fail", patience, vals(40)))
			_, err := a.CallCase("none", "x", patience, nil)
			checkError(t, soft(err), hostapi.NotFound, "process not found")
			if sel := must1(a.Select([]*hostapi.Case{slow, failing}, false)); sel.Index != -1 {
				t.Errorf("a call is over at once: %v", sel)
			}
			other := a.channel(1)
			a.goes(func(b *actor) { b.put(other, b.pick(slow).Value) })
			first := a.pick(failing, slow)
			second := a.pick(receiving(a.Inbox()), failing)
			again := a.pick(slow, failing)
			v, _, err := other.Receive()
			must(err)
			if first.Index != 1 || !first.OK || second.Index != 1 || second.OK || again.Index != 0 {
				t.Errorf("selected %v, %v, %v", first, second, again)
			}
			return lines(first.Value, second.Value.Err(), again.Value, v)
		})
	})
}

// 70.8: calls and replies of Go code.
func TestCallsOfThePrograms(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("server", func(a *actor) any {
			for {
				switch m := a.message(); m.Topic {
				case "end":
					return nil
				case "x":
					must(m.Reply(m.Values[0], nil))
				}
			}
		})
		pid, _ := h.start("server")
		v, err := h.Call(t.Context(), to(pid), "x", val(7))
		if err != nil || v.Int() != 7 {
			t.Errorf("got %s, %v", v, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = h.Call(ctx, to(pid), "mute")
		checkError(t, err, hostapi.Canceled, "no reply")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v is not that of the context", err)
		}
		_, err = h.Call(t.Context(), to(pid), "end")
		checkError(t, err, hostapi.Unavailable, "process ended before it replied")
		_, err = h.Call(t.Context(), to(pid), "x")
		checkError(t, err, hostapi.NotFound, "process not found")

		address, err := h.Attach(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h.define("asks", func(a *actor) any { return must1(a.calls(a.arg(0), "question")) })
		_, done := h.start("asks", string(address.PID()))
		d, err := address.Receive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Message.Reply(val("answer"), nil); err != nil {
			t.Error(err)
		}
		h.wait(done)
		_, done = h.start("asks", string(address.PID()))
		if _, err := address.Receive(t.Context()); err != nil {
			t.Fatal(err)
		}
		address.Close() // without a reply
		h.wait(done)
		if r, n := h.ended("asks"); n != 2 || r.Result.Err == nil || !strings.Contains(r.Result.Err.Error(), "process ended before it replied") {
			t.Errorf("%d ends, the last %v", n, r.Result)
		}
	})
}

// BenchmarkCall is a round trip by a call.
func BenchmarkCall(b *testing.B) {
	benchmark(b, func(h *house) {
		h.define("server", func(a *actor) any {
			for {
				m := a.message()
				if m.Topic == "stop" {
					return nil
				}
				must(a.Reply(m, hostapi.Result{Value: m.Values[0]}))
			}
		})
	}, func(a *actor, n int) {
		pid := a.spawn("server")
		payload := vals(1)
		for range n {
			must1(a.Call(pid, "x", patience, payload))
		}
		a.send(pid, "stop")
	})
}
