package core_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// 71.1: who is ended at once when the runtime stops, and who keeps its grace.
func TestWhoOnlyReadsStopsAtOnce(t *testing.T) {
	const stopped, expired = "stopped", "process cancelled: grace period expired"
	receive := func(a *actor, channels ...hostapi.Channel) {
		var cases []*hostapi.Case
		for _, c := range channels {
			cases = append(cases, receiving(c))
		}
		a.pick(cases...)
	}
	after := func(a *actor) hostapi.Channel {
		return must1(a.NewTimer(time.Hour, func(time.Time) hostapi.Value { return hostapi.Value{} })).Channel()
	}
	for _, c := range []struct {
		name string
		body func(a *actor)
		want string
		took time.Duration
	}{
		{"inbox", func(a *actor) { a.message() }, stopped, 0},
		{"a topic", func(a *actor) { a.get(must1(a.Listen("t", false))) }, stopped, 0},
		{"inbox, topic and a private channel", func(a *actor) {
			receive(a, a.Inbox(), must1(a.Listen("t", true)), a.channel(0))
		}, stopped, 0},
		{"two coroutines that talk", func(a *actor) {
			ch := a.channel(0)
			a.goes(func(b *actor) {
				b.message()
				b.put(ch, 1)
			})
			receive(a, ch)
		}, stopped, 0},
		{"a coroutine waits to send", func(a *actor) {
			ch := a.channel(0)
			a.goes(func(b *actor) { b.put(ch, 1) })
			a.message()
		}, stopped, 0},
		{"inbox after a while", func(a *actor) { a.sleep(2 * time.Second); a.message() }, stopped, 2 * time.Second},
		{"events", func(a *actor) { receive(a, a.Events(), a.Inbox()) }, "", 0},
		{"events opened and not read", func(a *actor) { a.Events(); a.message() }, expired, 5 * time.Second},
		{"events opened later", func(a *actor) { a.sleep(time.Second); a.Events(); a.message() }, expired, 5 * time.Second},
		{"sleeps", func(a *actor) { a.sleep(time.Hour) }, expired, 5 * time.Second},
		{"a timer", func(a *actor) { receive(a, a.Inbox(), after(a)) }, expired, 5 * time.Second},
		{"a coroutine sleeps", func(a *actor) {
			a.goes(func(b *actor) { b.sleep(time.Hour) })
			a.message()
		}, expired, 5 * time.Second},
		{"a group", func(a *actor) {
			feed, _, err := a.groups().Monitor("g")
			must(err)
			receive(a, a.Inbox(), feed.Channel())
		}, expired, 5 * time.Second},
		{"exec", func(a *actor) { must1(a.Exec(req("sleeper"))) }, expired, 5 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			seeds(t, 20, func(h *house) {
				h.scope(core.ScopeOptions{})
				h.define("sleeper", func(a *actor) any { a.sleep(time.Hour); return nil })
				h.define("child", func(a *actor) any { c.body(a); return nil })
				pid, _ := h.start("child")
				h.sim.Settle()
				began := h.sim.Now()
				if err := h.Stop(hostapi.PID(pid), 5*time.Second, "why"); err != nil {
					t.Fatal(err)
				}
				for h.Doing(hostapi.PID(pid)) != "" && h.sim.Now().Sub(began) < time.Minute {
					h.sim.RunFor(time.Millisecond)
				}
				r, _ := h.ended("child")
				got, reason := "", ""
				if r.Result.Err != nil {
					got, reason = r.Result.Err.Error(), r.Result.Err.Details.Get("reason").Str()
				}
				if got != c.want || c.want != "" && (r.Result.Err.Kind != hostapi.Canceled || reason != "why") {
					t.Errorf("it ended with %q, reason %q, want %q", got, reason, c.want)
				}
				if r.Stopped != (c.want == stopped) {
					t.Errorf("the report says stopped: %v", r.Stopped)
				}
				if took := h.sim.Now().Sub(began); took < c.took || took > c.took+5*time.Millisecond {
					t.Errorf("it took %s, want %s", took, c.took)
				}
			})
		})
	}
}

// 71.1: what it had to read is read before, and links are told.
func TestStoppedReadsWhatItHas(t *testing.T) {
	seeds(t, 100, func(h *house) {
		h.define("reader", func(a *actor) any {
			for {
				h.see("%s", a.message().Topic)
				a.sleep(time.Second)
			}
		})
		h.define("peer", func(a *actor) any {
			must(a.SetOptions(hostapi.Options{TrapLinks: true}))
			must(a.Link(a.arg(0)))
			e := a.event()
			return kind(e) + " " + failure(e)
		})
		pid, _ := h.start("reader")
		h.start("peer", pid)
		h.sim.Settle()
		for i := range 4 {
			if err := h.Send(pid, fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Stop(hostapi.PID(pid), time.Minute, "shutdown"); err != nil {
			t.Fatal(err)
		}
		h.sim.RunFor(time.Minute)
		h.saw("0", "1", "2", "3")
		if r, _ := h.ended("peer"); r.Result.Value.Str() != "pid.link.down stopped" {
			t.Errorf("the peer gave %v", r.Result)
		}
	})
}

// 71.1: a message against the stop: it is either read or a dead letter.
func TestStopAgainstMessages(t *testing.T) {
	both(t, 100, func(h *house) {
		h.define("reader", func(a *actor) any {
			for {
				h.see("%s", a.message().Topic)
			}
		})
		h.define("sender", func(a *actor) any {
			for i := range 20 {
				_ = soft(a.Send(a.arg(0), fmt.Sprint(i), nil))
				must(a.Yield())
			}
			return nil
		})
		pid, _ := h.start("reader")
		h.define("main", func(a *actor) any {
			must(a.Monitor(pid))
			a.spawnMonitored("sender", pid)
			_ = h.Stop(hostapi.PID(pid), time.Minute, "shutdown")
			a.event()
			a.event()
			return nil
		})
		h.want(hostapi.Value{}, "main")
		h.mu.Lock()
		defer h.mu.Unlock()
		n := len(h.seen)
		for _, d := range h.letters {
			if d.To == pid {
				n++
			}
		}
		if n != 20 {
			t.Errorf("%d of 20 messages are read or dead letters", n)
		}
	})
}

// 71.1: a supervisor with shutdown infinity, and a shutdown, need no time of the clock
// for ten thousand who only read messages; all of that is logged at level debug.
func TestTenThousandReadersStopAtOnce(t *testing.T) {
	h := &house{t: t, sim: core.NewSimulation(1)}
	log := h.logged(core.Options{Scheduler: h.sim})
	const n = 10_000
	h.readers(n)
	before := h.sim.Now()
	if err := h.Shutdown(t.Context(), 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if took := h.sim.Now().Sub(before); took != 0 {
		t.Errorf("it took %s", took)
	}
	stopped := 0
	for _, r := range h.ends {
		if r.Stopped {
			stopped++
		}
	}
	if stopped != n {
		t.Errorf("%d were stopped, want %d", stopped, n)
	}
	for line := range strings.SplitSeq(log(), "\n") {
		if line != "" && !strings.Contains(line, "level=DEBUG") {
			t.Fatalf("the log says %s", line)
		}
	}
}

// readers starts n processes that only read messages, half of them as children of a
// supervisor that would wait for them for ever.
func (h *house) readers(n int) {
	h.define("reader", func(a *actor) any {
		for {
			a.message()
		}
	})
	h.DefineSupervisor("test:sup", spec.Supervisor{
		Strategy: spec.SimpleOneForOne, Period: time.Second,
		Children: []spec.Child{{Process: "test:reader", Shutdown: spec.Shutdown{Infinity: true}}},
	})
	h.define("starter", func(a *actor) any {
		sup := string(must1(a.StartSupervisor(val("test:sup"), false)))
		for range n / 2 {
			must1(a.StartChild(sup, nil))
			a.spawn("reader")
		}
		return nil
	})
	if _, err := h.Exec(h.t.Context(), req("starter")); err != nil {
		h.t.Fatal(err)
	}
}

// BenchmarkStopReaders stops ten thousand who only read messages: one operation is all
// of them.
func BenchmarkStopReaders(b *testing.B) {
	for range b.N {
		b.StopTimer()
		h := (&house{t: b}).quiet(2)
		h.readers(10_000)
		b.StartTimer()
		if err := h.Shutdown(b.Context(), 10*time.Second); err != nil {
			b.Fatal(err)
		}
	}
}
