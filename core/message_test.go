package core_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

func topicOf(v hostapi.Value) string { return v.Message().Topic }

// 3.1, 3.5, 3.18: by PID or name, with the sender's PID, in order.
func TestSend(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("receiver", func(a *actor) any {
			must(a.Register("receiver", ""))
			a.send(a.arg(0), "ready")
			for i := range 10 {
				m := a.message()
				if m.Topic != "t" || string(m.From) != a.arg(0) || len(m.Values) != 2 || m.Values[0].Int() != int64(i) || !m.Values[1].IsNil() {
					return lines(m, m.Values)
				}
			}
			return "ok"
		})
		h.main("ok", func(a *actor) any {
			pid := a.spawnMonitored("receiver", a.self())
			a.message()
			for i := range 10 {
				a.send([]string{pid, "receiver"}[i%2], "t", i, hostapi.Value{})
			}
			return a.event().Get("result").Record().Get("value")
		})
	})
}

// 3.4, 3.13: topics.
func TestTopics(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.main("ok", func(a *actor) any {
		for topic, want := range map[string]string{
			"": "Invalid: topic cannot be empty", "@x": "Invalid: cannot send to @ topics", "x@": "ok", "inbox": "ok", "events": "ok", "\xff": "ok",
		} {
			if got := text(a.Send(a.self(), topic, nil)); got != want {
				return lines(topic, got)
			}
			_, err := a.Listen(topic, false)
			if got := text(err); got != strings.Replace(want, "send", "listen", 1) {
				return lines(topic, got)
			}
		}
		if got := text(a.Send("nobody", "", nil)); got != "Invalid: topic cannot be empty" { // 3.6
			return got
		}
		return "ok"
	})
}

// Send by the embedding program has no sender (3.18).
func TestSendFromOutside(t *testing.T) {
	both(t, 10, func(h *house) {
		h.define("receiver", func(a *actor) any {
			m := a.message()
			return lines(m.Topic, m.From == "", m.Data().Int())
		})
		pid, done := h.start("receiver")
		if err := h.Send(pid, "topic", hostapi.Int(5)); err != nil {
			t.Fatal(err)
		}
		h.wait(done)
		if r, _ := h.ended("receiver"); r.Result.Value.Str() != "topic true 5" || r.LastTopic != "topic" {
			t.Errorf("%v", r)
		}
		checkError(t, h.Send(pid, "topic"), hostapi.NotFound, "process not found")
		checkError(t, h.Send("nobody", "topic"), hostapi.NotFound, "could not resolve 'nobody'")
		checkError(t, h.Send(pid, ""), hostapi.Invalid, "topic cannot be empty")
	})
}

// 3.22: what a process sent before it ended comes before its EXIT, also for a
// receiver that already waits, and for one that waits for both.
func TestMessagesComeBeforeExit(t *testing.T) {
	both(t, 1000, func(h *house) {
		h.define("sender", func(a *actor) any {
			for _, topic := range []string{"a", "b", "c"} {
				a.send(a.arg(0), topic)
			}
			if a.arg(1) == "fail" {
				return errors.New("failed")
			}
			return nil
		})
		h.main("ok", func(a *actor) any {
			for _, how := range []string{"return", "fail"} {
				a.spawnMonitored("sender", a.self(), how)
				a.event()
				if got := strings.Join(a.drain(), ""); got != "abc" {
					return "after EXIT: " + got
				}
				// Events first, so that an EXIT that came too early would win.
				a.spawnMonitored("sender", a.self(), how)
				got := ""
				for got != "abc" {
					s := a.pick(receiving(a.Inbox()), receiving(a.Events()))
					if s.Index == 1 {
						return "EXIT after " + got
					}
					got += topicOf(s.Value)
				}
				a.event()
			}
			return "ok"
		})
	})
}

// A receiver that waits in a select, with the events first, gets the message
// that came first (3.22, 3.23).
func TestWaitingReceiverGetsTheFirstArrival(t *testing.T) {
	both(t, 1000, func(h *house) {
		h.define("sender", func(a *actor) any {
			a.send(a.arg(0), "message")
			return nil
		})
		h.main("message event", func(a *actor) any {
			done := a.channel(1)
			a.goes(func(a *actor) { // waits before the sender exists
				got := ""
				for range 2 {
					if s := a.pick(receiving(a.Events()), receiving(a.Inbox())); s.Index == 0 {
						got += " event"
					} else {
						got += topicOf(s.Value)
					}
				}
				a.put(done, got)
			})
			a.spawnMonitored("sender", a.self())
			return a.get(done)
		})
	})
}

// 3.8 to 3.15: views of one mailbox.
func TestViews(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("main", func(a *actor) any {
			for _, topic := range strings.Fields("a1 b1 a2 c1 b2 a3") {
				a.send(a.self(), topic[:1], topic)
			}
			raw := func(c hostapi.Channel) string {
				var got []string
				for {
					v, ok := a.poll(c)
					if !ok {
						return strings.Join(got, " ")
					}
					if m := v.Message(); m != nil {
						v = m.Data()
					}
					got = append(got, v.Str())
				}
			}
			// A listener takes what came earlier.
			listenA, listenB := must1(a.Listen("a", false)), must1(a.Listen("b", true))
			if got := a.get(listenA); got != "a1" {
				return "first of a: " + got
			}
			a.send(a.self(), "a", "a4")
			if got := raw(listenB) + "/" + raw(a.Inbox()); got != "b1 b2/c1" {
				return got
			}
			// The same channel each time; the mode is fixed.
			if again := must1(a.Listen("a", false)); again != listenA || a.Inbox() != a.Inbox() || a.Events() != a.Events() {
				return "another channel"
			}
			if _, err := a.Listen("a", true); !strings.HasPrefix(text(err), "Conflict: already listening") {
				return text(err)
			}
			// unlisten gives back in order of arrival, among the others.
			a.send(a.self(), "c", "c2")
			a.send(a.self(), "a", "a5")
			must(a.Unlisten(listenA))
			if got := a.get(listenA) + a.get(listenA); got != "closedclosed" {
				return "unlistened channel gives " + got
			}
			if got := raw(a.Inbox()); got != "a2 a3 a4 c2 a5" {
				return "given back: " + got
			}
			if got := text(a.Unlisten(listenA)); got != "NotFound: channel not found" {
				return got
			}
			if got := text(a.Unlisten(a.channel(0))); got != "NotFound: channel not found" {
				return got
			}
			timer := must1(a.NewTimer(time.Hour, nil))
			for _, c := range []hostapi.Channel{a.Inbox(), a.Events(), timer.Channel()} {
				if got := text(a.Unlisten(c)); got != "Invalid: not a listen channel" {
					return got
				}
			}
			// A new listen opens a new channel.
			if fresh := must1(a.Listen("a", true)); fresh == listenA {
				return "the closed channel again"
			}
			// 3.16
			for _, c := range []hostapi.Channel{a.Inbox(), a.Events(), listenB, timer.Channel()} {
				_, err := a.Select([]*hostapi.Case{sending(c, 1)}, false)
				if got := text(c.Send(val(1))) + text(c.Close()) + fmt.Sprint(c.System()); got != "Invalid: channel is receive-onlyInvalid: channel is receive-onlytrue" {
					return got
				}
				if got := text(err); got != "Invalid: channel is receive-only" {
					return "select: " + got
				}
			}
			return "ok"
		})
		h.want("ok", "main")
	})
}

// 3.13: raw mode.
func TestRawListener(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.main(`nil 1 [1, nil] {}`, func(a *actor) any {
		c := must1(a.Listen("t", false))
		a.send(a.self(), "t")
		a.send(a.self(), "t", 1)
		a.send(a.self(), "t", 1, hostapi.Value{})
		a.send(a.self(), "t", hostapi.MapOf())
		var got []any
		for range 4 {
			v, _, err := c.Receive()
			must(err)
			got = append(got, v)
		}
		return lines(got...)
	})
}

// 3.15: those who wait on the channel are woken, those who wait on the inbox get
// what is given back.
func TestUnlistenWakes(t *testing.T) {
	both(t, 20, func(h *house) {
		h.main("listener closed, inbox queued, inbox late", func(a *actor) any {
			var got []string
			c := must1(a.Listen("t", false))
			a.goes(func(a *actor) { got = append(got, "listener "+a.get(c)) })
			d := must1(a.Listen("u", false))
			for range 2 {
				a.goes(func(a *actor) { got = append(got, "inbox "+a.message().Topic) })
			}
			a.send(a.self(), "u")
			must(a.Unlisten(c))
			must(a.Unlisten(d))
			a.send(a.self(), "t")
			for len(got) < 3 {
				a.yield()
			}
			return strings.NewReplacer("inbox u", "inbox queued", "inbox t", "inbox late").Replace(strings.Join(got, ", "))
		})
	})
}

// 3.17: several coroutines wait on one view.
func TestWaitersOfAViewAreServedInOrder(t *testing.T) {
	both(t, 20, func(h *house) {
		h.main("0:a 1:b 2:c 3:d", func(a *actor) any {
			var got []string
			for i := range 4 {
				a.goes(func(a *actor) { got = append(got, fmt.Sprint(i, ":", a.message().Topic)) })
			}
			for _, topic := range []string{"a", "b", "c", "d"} {
				a.send(a.self(), topic)
			}
			for len(got) < 4 {
				a.yield()
			}
			slices.Sort(got)
			return strings.ReplaceAll(strings.Join(got, " "), " :", ":")
		})
	})
}

// 4.5: events are kept from the start and do not wait behind messages.
func TestEventsAreKept(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("child", func(a *actor) any { return nil })
		h.main("ok", func(a *actor) any {
			for range 100 {
				a.send(a.self(), "noise")
			}
			a.spawnMonitored("child")
			must(a.Cancel(a.self(), -1, "polite"))
			kinds := kind(a.event()) + " " + kind(a.event())
			if kinds != "pid.exit pid.cancel" && kinds != "pid.cancel pid.exit" {
				return kinds
			}
			if n := len(a.drain()); n != 100 {
				return lines(n, "messages")
			}
			return "ok"
		})
	})
}

// mailbox runs main with a policy.
func (h *house) mailbox(m core.Mailbox, want any, body func(a *actor) any) {
	h.t.Helper()
	h.Define(core.Entry{ID: "test:main", Program: program(body), Mailbox: m})
	h.want(want, "main")
}

// 17.1: what a full mailbox does.
func TestOverflow(t *testing.T) {
	send := func(a *actor) string {
		got := ""
		for i := range 5 {
			got += string(text(a.Send(a.self(), fmt.Sprint("t", i), nil))[0])
		}
		return got + " " + strings.Join(a.drain(), " ")
	}
	for _, c := range []struct {
		overflow spec.Overflow
		want     string
		letters  []string
	}{
		{spec.FailSender, "oooUU t0 t1 t2", nil}, // the sender has the error (17.4)
		{spec.DropNew, "ooooo t0 t1 t2", []string{"t3", "t4"}},
		{spec.DropOld, "ooooo t2 t3 t4", []string{"t0", "t1"}},
	} {
		both(t, 5, func(h *house) {
			h.mailbox(core.Mailbox{Limit: 3, Overflow: c.overflow}, c.want+"/"+c.want[:5]+" t0", func(a *actor) any {
				first := send(a)
				// A message taken makes room; one that is handed to somebody who
				// waits needs none.
				second := ""
				for range 5 {
					second += string(text(a.Send(a.self(), "t0", nil))[0])
				}
				return first + "/" + second + " " + strings.Join(slices.Compact(a.drain()), "")
			})
			var topics []string
			for _, l := range h.letters {
				if l.Reason != core.MailboxFull || l.To != string(l.From) {
					t.Errorf("dead letter %v", l)
				}
				topics = append(topics, l.Topic)
			}
			want := c.letters
			if want != nil {
				want = append(want[:2:2], "t0", "t0")
			}
			if !slices.Equal(topics, want) {
				t.Errorf("dead letters %v, want %v", topics, want)
			}
		})
	}
}

func TestMailboxFullText(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.mailbox(core.Mailbox{Limit: 1}, "Unavailable: mailbox full", func(a *actor) any {
		a.send(a.self(), "x")
		return text(a.Send(a.self(), "x", nil))
	})
}

// drop_old takes the oldest message of all views; listeners count in the limit.
func TestDropOldAcrossViews(t *testing.T) {
	both(t, 5, func(h *house) {
		h.mailbox(core.Mailbox{Limit: 3, Overflow: spec.DropOld}, "ok", func(a *actor) any {
			c := must1(a.Listen("listened", false))
			a.send(a.self(), "listened", "1")
			a.send(a.self(), "other", "2")
			a.send(a.self(), "listened", "3")
			a.send(a.self(), "other", "4") // drops 1
			a.send(a.self(), "other", "5") // drops 2
			if got := a.get(c); got != "3" {
				return got
			}
			a.send(a.self(), "listened", "6")
			a.send(a.self(), "listened", "7") // drops 4
			if got := a.message().Data().Str(); got != "5" {
				return got
			}
			if got := a.get(c) + a.get(c); got != "67" {
				return got
			}
			return "ok"
		})
		if len(h.letters) != 3 {
			t.Errorf("dead letters %v", h.letters)
		}
	})
}

// A waiting receiver takes what would not fit elsewhere; events do not count
// (17.1, 17.3).
func TestFullMailboxLetsThrough(t *testing.T) {
	both(t, 20, func(h *house) {
		h.mailbox(core.Mailbox{Limit: 1}, "Unavailable: mailbox full", func(a *actor) any {
			must1(a.Listen("full", false))
			a.send(a.self(), "full")
			got := ""
			a.goes(func(a *actor) { got = a.message().Topic })
			a.send(a.self(), "through")
			for range 3 {
				must(a.Cancel(a.self(), -1, ""))
			}
			for range 3 {
				a.event()
			}
			for got != "through" {
				a.yield()
			}
			return text(a.Send(a.self(), "not through", nil))
		})
	})
}

// 17.1: one warning for each process.
func TestLongMailboxIsWarnedOfOnce(t *testing.T) {
	for _, c := range []struct {
		policy core.Mailbox
		at     int
	}{{core.Mailbox{}, 10000}, {core.Mailbox{Limit: 10}, 8}, {core.Mailbox{Limit: 1}, 1}, {core.Mailbox{WarnAt: 3}, 3}} {
		h := &house{t: t, sim: core.NewSimulation(1)}
		log := h.logged(core.Options{Scheduler: h.sim})
		h.mailbox(c.policy, "ok", func(a *actor) any {
			for range 2 {
				for range c.at {
					a.send(a.self(), "x")
				}
				a.drain()
			}
			return "ok"
		})
		if n := strings.Count(log(), "mailbox is long"); n != 1 || !strings.Contains(log(), fmt.Sprint("unread=", c.at)) {
			t.Errorf("%+v: %d warnings: %s", c.policy, n, log())
		}
		h.close()
	}
}

// 17.4: who is addressed in vain.
func TestDeadLettersOfUnknownProcesses(t *testing.T) {
	both(t, 5, func(h *house) {
		h.define("child", func(a *actor) any { return nil })
		h.main("ok", func(a *actor) any {
			pid := a.spawnMonitored("child")
			a.event()
			_ = soft(a.Send(pid, "a", vals(1)))
			_ = soft(a.Send("nobody", "b", nil))
			_ = soft(a.Send("{x|y}", "c", nil))
			want := []core.DeadLetter{
				{Reason: core.NoProcess, To: pid, From: a.PID(), Topic: "a", Payloads: vals(1), Entry: "test:child"},
				{Reason: core.NoProcess, To: "nobody", From: a.PID(), Topic: "b"},
				{Reason: core.NoProcess, To: "{x|y}", From: a.PID(), Topic: "c"},
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			if fmt.Sprint(h.letters) != fmt.Sprint(want) {
				return lines(h.letters)
			}
			return "ok"
		})
	})
}

// 2.25, 64.4: of very many failures in a second the log has counts: of those that are
// equal, and of the others beyond 500.
func TestFailuresAreLoggedSparingly(t *testing.T) {
	h := &house{t: t, sim: core.NewSimulation(1)}
	log := h.logged(core.Options{Scheduler: h.sim})
	h.define("falls", func(a *actor) any { return errors.New("down") })
	h.main("ok", func(a *actor) any {
		for range 600 {
			a.spawn("falls")
		}
		a.sleep(time.Second)
		a.spawn("falls")
		a.sleep(time.Second)
		return "ok"
	})
	h.define("differs", func(a *actor) any { return fmt.Errorf("down: %s", a.self()) })
	h.main("ok", func(a *actor) any {
		a.sleep(time.Second)
		for range 600 {
			a.spawn("differs")
		}
		a.sleep(time.Second)
		return "ok"
	})
	h.close()
	for want, n := range map[string]int{
		`"process failed" entry=test:falls `: 2,
		`"processes failed likewise" count=599 entry=test:falls kind=Internal message=down` + "\n": 1,
		`"process failed" entry=test:differs `:                                                     500,
		`"failures not logged" entry=test:differs count=100` + "\n":                                1,
		`"failures not logged"`: 1,
	} {
		if got := strings.Count(log(), want); got != n {
			t.Errorf("%d times %s, want %d", got, want, n)
		}
	}
}

// 17.5: at most ten a second are logged, then a count for each reason.
func TestDeadLettersAreLoggedSparingly(t *testing.T) {
	h := &house{t: t, sim: core.NewSimulation(1)}
	log := h.logged(core.Options{Scheduler: h.sim})
	h.main("ok", func(a *actor) any {
		for range 15 {
			_ = soft(a.Send("nobody", "x", nil))
		}
		a.sleep(time.Second)
		_ = soft(a.Send("nobody", "x", nil))
		for range 12 {
			_ = soft(a.Send("nobody", "y", nil))
		}
		return "ok"
	})
	if one, many := strings.Count(log(), "\"dead letter\""), strings.Count(log(), "count=5"); one != 20 || many != 1 {
		t.Errorf("%d single records, %d counts: %s", one, many, log())
	}
	h.close()
	if !strings.Contains(log(), "count=3") || len(h.letters) != 28 {
		t.Errorf("what was left is not counted at the end: %s", log())
	}
}

// 17.4: a message that was handed to who waits for it is a dead letter, if that ends before
// it goes on.
func TestMessageToWhoEndsBeforeItGoesOnIsADeadLetter(t *testing.T) {
	for _, selects := range []bool{false, true} {
		h := simulated(t, 1)
		h.define("reads", func(a *actor) any {
			if selects {
				a.pick(&hostapi.Case{Channel: a.Inbox()})
			}
			return a.message().Topic
		})
		pid, err := h.Start(context.Background(), req("reads"), nil)
		if err != nil {
			t.Fatal(err)
		}
		h.sim.Settle()
		if err := h.Send(string(pid), "first"); err != nil {
			t.Fatal(err)
		}
		if err := h.Terminate(pid); err != nil {
			t.Fatal(err)
		}
		h.sim.Run()
		if len(h.letters) != 1 || h.letters[0].Topic != "first" || h.letters[0].Reason != core.Unread {
			t.Errorf("selects %v: dead letters %v, want first, unread", selects, h.letters)
		}
		if r := h.ends[0]; r.Unread != 1 {
			t.Errorf("selects %v: %d unread, want 1", selects, r.Unread)
		}
		h.close()
	}
}
