package core_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// channels runs main, which gives a text, in the ways that matter for what
// happens within one process.
func channels(t *testing.T, want string, body func(a *actor) any) {
	t.Helper()
	both(t, 20, func(h *house) {
		h.t.Helper()
		h.main(want, body)
	})
}

// trace collects what coroutines do, in order.
type trace []string

func (tr *trace) add(xs ...any)  { *tr = append(*tr, lines(xs...)) }
func (tr *trace) String() string { return strings.Join(*tr, ", ") }

// 8.1, 8.3, 8.4, 8.8: unbuffered.
func TestRendezvous(t *testing.T) {
	channels(t, "sending, main, received 1, sent, received 2, sent", func(a *actor) any {
		var tr trace
		c, done := a.channel(0), a.channel(0)
		a.goes(func(a *actor) {
			tr.add("sending")
			for i := range 2 {
				a.put(c, i+1)
				tr.add("sent")
			}
			a.put(done, "")
		})
		tr.add("main")
		for range 2 {
			v, ok, err := c.Receive()
			must(err)
			tr.add("received", v)
			if !ok {
				return "not ok"
			}
			a.yield()
		}
		a.get(done)
		return tr.String()
	})
}

// 17.8: what an engine finds in a private channel, and does not in a view of the
// mailbox, which the core charges itself.
func TestHolds(t *testing.T) {
	channels(t, "1, 2, 3", func(a *actor) any {
		var tr trace
		c := a.channel(2)
		for i := range 2 {
			a.put(c, i+1)
		}
		a.goes(func(a *actor) { a.put(c, 3) })
		a.yield() // the third waits
		must(a.Send(string(a.PID()), "unread", []hostapi.Value{hostapi.String("4")}))
		for _, c := range []hostapi.Channel{c, a.Inbox()} {
			c.(hostapi.Holder).Holds(func(v hostapi.Value) { tr.add(v) })
		}
		for range 3 {
			a.get(c)
		}
		return tr.String()
	})
}

func TestBadCapacity(t *testing.T) {
	channels(t, "Invalid: invalid capacity", func(a *actor) any {
		_, err := a.NewChannel(-1)
		return text(err)
	})
}

// 8.7: buffer, then senders, each first in, first out; a receive moves a waiting
// sender's value into the buffer.
func TestBufferAndSendersAreFIFO(t *testing.T) {
	channels(t, "a b c d e f", func(a *actor) any {
		c := a.channel(2)
		a.put(c, "a")
		a.put(c, "b")
		for _, v := range strings.Fields("c d e f") {
			a.goes(func(a *actor) { a.put(c, v) })
		}
		var got []string
		for range 6 {
			got = append(got, a.get(c))
		}
		return strings.Join(got, " ")
	})
}

func TestReceiveMovesASender(t *testing.T) {
	channels(t, "waiting, sent", func(a *actor) any {
		state := "waiting"
		c := a.channel(1)
		a.put(c, 1)
		a.goes(func(a *actor) { a.put(c, 2); state = "sent" })
		before := state
		a.get(c)
		a.yield()
		return before + ", " + state
	})
}

func TestReceiversAreFIFO(t *testing.T) {
	channels(t, "0=a 1=b 2=c", func(a *actor) any {
		c := a.channel(0)
		got := make([]string, 3)
		for i := range got {
			a.goes(func(a *actor) { got[i] = fmt.Sprint(i, "=", a.get(c)) })
		}
		for _, v := range []string{"a", "b", "c"} {
			a.put(c, v)
		}
		a.yield()
		return strings.Join(got, " ")
	})
}

// 8.4 to 8.6: close.
func TestClose(t *testing.T) {
	channels(t, "ok", func(a *actor) any {
		c := a.channel(3)
		a.put(c, "a")
		must(c.Send(hostapi.Value{}))
		must(c.Close())
		must(c.Close())
		if got := text(c.Send(val(1))); got != "Invalid: send on closed channel" {
			return got
		}
		for i, want := range []string{`"a" true`, "nil true", "nil false", "nil false"} {
			v, ok, err := c.Receive()
			must(err)
			if got := lines(v, ok); got != want {
				return lines(i, got)
			}
		}
		// Those who wait are woken.
		d := a.channel(0)
		var got trace
		a.goes(func(a *actor) { got.add(a.get(d)) })
		a.goes(func(a *actor) {
			s := a.pick(receiving(a.Inbox()), receiving(d))
			got.add(s.Index, s.OK, s.Value)
		})
		must(d.Close())
		a.yield()
		if got.String() != "closed, 1 false nil" {
			return got.String()
		}
		e := a.channel(0)
		got = nil
		a.goes(func(a *actor) { got.add(text(e.Send(val(1)))) })
		a.goes(func(a *actor) {
			_, err := a.Select([]*hostapi.Case{receiving(a.Inbox()), sending(e, 1)}, true)
			got.add(text(err))
		})
		must(e.Close())
		a.yield()
		if got.String() != "Invalid: send on closed channel, Invalid: send on closed channel" {
			return got.String()
		}
		return "ok"
	})
}

// 8.12, 8.15 to 8.17: what is ready, and the order of the list.
func TestSelectTakesTheFirstReadyCase(t *testing.T) {
	channels(t, "ok", func(a *actor) any {
		empty, full, room, closed, drained := a.channel(0), a.channel(1), a.channel(1), a.channel(1), a.channel(1)
		reset := func() {
			for _, c := range []hostapi.Channel{full, room, closed} {
				a.poll(c)
			}
			full, room, closed = a.channel(1), a.channel(1), a.channel(1)
			a.put(full, "f")
			a.put(closed, "c")
			must(closed.Close())
		}
		must(drained.Close())
		for _, c := range []struct {
			cases func() []*hostapi.Case
			want  string
		}{
			{func() []*hostapi.Case { return []*hostapi.Case{receiving(empty), receiving(full), receiving(closed)} }, `1 "f" true ok`},
			{func() []*hostapi.Case { return []*hostapi.Case{receiving(closed), receiving(full)} }, `0 "c" true ok`},
			{func() []*hostapi.Case { return []*hostapi.Case{receiving(drained), receiving(full)} }, `0 nil false ok`},
			{func() []*hostapi.Case {
				return []*hostapi.Case{sending(full, "x"), sending(room, "y"), receiving(full)}
			}, `1 "y" true ok`},
			{func() []*hostapi.Case { return []*hostapi.Case{sending(empty, "x"), receiving(empty)} }, `-1 nil false ok`}, // 8.18
			{func() []*hostapi.Case { return []*hostapi.Case{receiving(full), sending(drained, "x")} }, `0 "f" true ok`},
			{func() []*hostapi.Case { return []*hostapi.Case{sending(drained, "x"), receiving(full)} }, `Invalid: send on closed channel`},
			{func() []*hostapi.Case { return nil }, `-1 nil false ok`},
		} {
			reset()
			s, err := a.Select(c.cases(), false)
			got := lines(s.Index, s.Value, s.OK, text(err))
			if err != nil {
				got = text(err)
			}
			if got != c.want {
				return lines("got", got, "want", c.want)
			}
		}
		return "ok"
	})
}

// 8.14: a completed select has left no trace in its other channels.
func TestLosersOfASelectLoseNothing(t *testing.T) {
	channels(t, "a b c, d", func(a *actor) any {
		c, d, e := a.channel(0), a.channel(0), a.channel(1)
		got := ""
		a.goes(func(a *actor) {
			s := a.pick(receiving(c), receiving(d), sending(a.channel(0), 0), receiving(e))
			got = s.Value.Str()
		})
		a.put(e, "a")
		a.goes(func(a *actor) { a.put(c, "b") })
		a.goes(func(a *actor) { a.put(d, "c") })
		a.put(e, "d")
		return got + " " + a.get(c) + " " + a.get(d) + ", " + a.get(e)
	})
}

func TestLosingSendCaseSendsNothing(t *testing.T) {
	channels(t, "received -1", func(a *actor) any {
		c, d := a.channel(0), a.channel(0)
		got := ""
		a.goes(func(a *actor) {
			if a.pick(sending(c, "lost"), receiving(d)).Index == 1 {
				got = "received"
			}
		})
		a.put(d, "x")
		s := must1(a.Select([]*hostapi.Case{receiving(c)}, false))
		a.yield()
		return lines(got, s.Index)
	})
}

// 8.18: two selects of different coroutines pair; one does not pair with itself.
func TestSelectsPair(t *testing.T) {
	channels(t, "first sent, second received from first", func(a *actor) any {
		c := a.channel(0)
		got := make([]string, 2)
		for i, name := range []string{"first", "second"} {
			a.goes(func(a *actor) {
				s := a.pick(receiving(c), sending(c, "from "+name))
				got[i] = map[bool]string{true: name + " received " + s.Value.Str(), false: name + " sent"}[s.Index == 0]
			})
		}
		a.yield()
		return strings.Join(got, ", ")
	})
}

// 8.11: a channel may occur in several cases, and cases may be used again.
func TestCasesAreReusable(t *testing.T) {
	channels(t, "a 0, b 0", func(a *actor) any {
		c := a.channel(0)
		cases := []*hostapi.Case{receiving(c), receiving(c)}
		var tr trace
		a.goes(func(a *actor) {
			for range 2 {
				s := a.pick(cases...)
				tr.add(s.Value.Str(), s.Index)
			}
		})
		a.put(c, "a")
		a.put(c, "b")
		a.yield()
		return tr.String()
	})
}

// A select that is woken by close takes the first of its cases on that channel.
func TestCloseCompletesTheFirstCaseInListOrder(t *testing.T) {
	channels(t, "Invalid: send on closed channel", func(a *actor) any {
		c := a.channel(0)
		got := ""
		a.goes(func(a *actor) {
			_, err := a.Select([]*hostapi.Case{sending(c, 1), receiving(c)}, true)
			got = text(err)
		})
		must(c.Close())
		a.yield()
		return got
	})
}

// 8.20: everything mixes in one select; 8.2: text and type.
func TestSelectMixesKinds(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("child", func(a *actor) any { return nil })
		h.main("timer event message private", func(a *actor) any {
			var got []string
			private := a.channel(1)
			timer := must1(a.NewTimer(time.Millisecond, func(time.Time) hostapi.Value { return val("fired") }))
			names := []string{"event", "message", "timer", "private"}
			take := func() {
				s := a.pick(receiving(a.Events()), receiving(a.Inbox()), receiving(timer.Channel()), receiving(private))
				got = append(got, names[s.Index])
			}
			take()
			must(a.Cancel(a.self(), -1, ""))
			take()
			a.send(a.self(), "x")
			take()
			timer = must1(a.NewTimer(time.Hour, nil))
			a.put(private, 1)
			take()
			return strings.Join(got, " ")
		})
	})
}

func TestTextForms(t *testing.T) {
	channels(t, "channel(inbox) channel(events) channel(listen topic) channel(4) coroutine(2) coroutine(1) suspended running channel coroutine", func(a *actor) any {
		in, ev, topic, c := a.Inbox(), a.Events(), must1(a.Listen("topic", false)), a.channel(0)
		co := a.goes(func(a *actor) { a.get(c) })
		text := lines(in, ev, topic, c, co, a.t.Coroutine(), co.Status(), a.t.Coroutine().Status(), c.ObjectType().Name, co.ObjectType().Name)
		must(c.Close())
		a.yield()
		if co.Status() != "dead" {
			return co.Status()
		}
		return text
	})
}

// 20.11: what each waits for, in the details.
func TestDeadlockSaysWhatIsWaitedFor(t *testing.T) {
	both(t, 5, func(h *house) {
		h.define("main", func(a *actor) any {
			c, d := a.channel(0), a.channel(1)
			a.put(d, "fills it")
			for range 12 {
				a.goes(func(a *actor) { a.put(d, 1) })
			}
			a.pick(receiving(c), sending(d, 1))
			return nil
		})
		err := h.wantError(hostapi.Internal, "deadlock: all 13 coroutines blocked", "main")
		items := err.Details.Get("waiting").List().Items
		if len(items) != 10 || items[0].Str() != "coroutine(1): select channel(1), channel(2)" || items[1].Str() != "coroutine(2): send channel(2)" {
			t.Errorf("waiting: %v", items)
		}
	})
}

// 20.11: the text, the count, and what prevents it.
func TestDeadlock(t *testing.T) {
	blocked := func(a *actor) { a.get(a.channel(0)) }
	for _, c := range []struct {
		name string
		body func(a *actor) any
		want string
	}{
		{"main alone", func(a *actor) any { blocked(a); return nil }, "deadlock: all 1 coroutines blocked"},
		{"main sends", func(a *actor) any { a.put(a.channel(0), 1); return nil }, "deadlock: all 1 coroutines blocked"},
		{"main selects", func(a *actor) any { a.pick(receiving(a.channel(0)), sending(a.channel(0), 1)); return nil }, "deadlock: all 1 coroutines blocked"},
		{"main and two others", func(a *actor) any { a.goes(blocked); a.goes(blocked); blocked(a); return nil }, "deadlock: all 3 coroutines blocked"},
		{"those that ended do not count", func(a *actor) any { a.goes(func(a *actor) {}); a.goes(blocked); blocked(a); return nil }, "deadlock: all 2 coroutines blocked"},
		{"views that nobody waits for", func(a *actor) any {
			a.Inbox()
			a.Events()
			must(a.Cancel(a.self(), time.Hour, ""))
			blocked(a)
			return nil
		}, "deadlock: all 1 coroutines blocked"},
		{"a timer that nobody waits for", func(a *actor) any { must1(a.NewTimer(time.Hour, nil)); blocked(a); return nil }, "deadlock: all 1 coroutines blocked"},
		{"once the last other one is gone", func(a *actor) any {
			a.goes(func(a *actor) { a.sleep(time.Millisecond) })
			blocked(a)
			return nil
		}, "deadlock: all 1 coroutines blocked"},
		{"a select with a view", func(a *actor) any {
			a.send(a.arg(0), "waiting")
			a.pick(receiving(a.channel(0)), receiving(a.Inbox()))
			return "woken"
		}, "woken"},
		{"another waits for a view", func(a *actor) any {
			c := a.channel(0)
			a.goes(func(a *actor) { a.message(); a.put(c, 1) })
			a.send(a.arg(0), "waiting")
			a.get(c)
			return "woken"
		}, "woken"},
		{"another sleeps", func(a *actor) any {
			c := a.channel(0)
			a.goes(func(a *actor) { a.sleep(time.Millisecond); a.put(c, 1) })
			a.get(c)
			return "woken"
		}, "woken"},
		{"another executes", func(a *actor) any {
			c := a.channel(0)
			a.goes(func(a *actor) { must1(a.Exec(req("short"))); a.put(c, 1) })
			a.get(c)
			return "woken"
		}, "woken"},
		{"main works while others are blocked", func(a *actor) any {
			a.goes(blocked)
			a.sleep(time.Millisecond)
			return "woken"
		}, "woken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			both(t, 20, func(h *house) {
				h.define("child", c.body)
				h.define("short", func(a *actor) any { a.sleep(time.Millisecond); return nil })
				h.main(c.want, func(a *actor) any {
					pid := a.spawnMonitored("child", a.self())
					s := a.pick(receiving(a.Events()), receiving(a.Inbox()))
					if s.Index == 1 {
						a.send(pid, "wake")
						s = a.pick(receiving(a.Events()))
					}
					result := s.Value.Record().Get("result").Record()
					if err := result.Get("error").Err(); err != nil {
						if err.Kind != hostapi.Internal {
							return string(err.Kind)
						}
						return err.Message
					}
					return result.Get("value")
				})
			})
		})
	}
}
