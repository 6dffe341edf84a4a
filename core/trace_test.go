package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// traced is a house in which main starts a child that replies, and then fails.
func traced(t *testing.T, seed uint64, o core.Options) *house {
	h := &house{t: t, sim: core.NewSimulation(seed)}
	o.Scheduler, o.Seed = h.sim, seed+1
	h.open(o, 1)
	h.define("child", func(a *actor) any {
		v, _, err := a.Inbox().Receive()
		if err != nil {
			return err
		}
		m := v.Message()
		a.send(string(m.From), "reply", hostapi.String("pong"))
		if err := a.Sleep(time.Second); err != nil {
			return err
		}
		_ = a.Process.Send("nobody", "lost", nil)
		return hostapi.Errorf(hostapi.Conflict, "as told")
	})
	h.define("main", func(a *actor) any {
		child, err := a.Spawn(hostapi.Spawn{ID: "test:child", Host: hostID, Monitor: true})
		if err != nil {
			return err
		}
		a.send(string(child), "question", hostapi.Int(42))
		if _, _, err := a.Inbox().Receive(); err != nil {
			return err
		}
		_, _, err = a.Events().Receive()
		return err
	})
	return h
}

// steps gives what a trace has told, PIDs by their entry.
type steps struct {
	list     []string
	sent     map[uint64]string // by number
	received map[uint64]string
}

func (s *steps) tell(e core.TraceEvent) {
	if s.sent == nil {
		s.sent, s.received = map[uint64]string{}, map[uint64]string{}
	}
	text := fmt.Sprintf("%s %s", strings.TrimPrefix(e.Entry, "test:"), e.Kind)
	if e.Peer != "" {
		text += " " + strings.TrimPrefix(e.PeerEntry, "test:")
	}
	if e.Topic != "" {
		text += " " + e.Topic
	}
	for _, v := range e.Payloads {
		text += " " + v.String()
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	s.list = append(s.list, text)
	switch e.Kind {
	case core.TraceSend:
		s.sent[e.Message] = e.Topic
	case core.TraceReceive:
		s.received[e.Message] = e.Topic
	}
}

// 63.4: a trace of a process, an entry or a topic sees all that is of it, in order, and
// nothing else; a message has one number where it is sent and where it is read.
func TestTraceSeesWhatIsOfIt(t *testing.T) {
	mains := []string{
		"main spawn child", "main monitor child", "main send child question 42", "main receive child reply \"pong\"",
		"main event  pid.exit", "main exit",
	}
	children := []string{
		"main spawn child", "child receive main question 42", "child send main reply \"pong\"", "child timer sleep",
		"child lost  lost", "child exit: as told",
	}
	for _, c := range []struct {
		name string
		o    core.TraceOptions
		want []string
	}{
		{"entry", core.TraceOptions{Entry: "test:main", Payloads: true}, append([]string{" spawn main"}, mains...)},
		{"another entry", core.TraceOptions{Entry: "test:child", Payloads: true}, children},
		{"topic", core.TraceOptions{Topic: "question"}, []string{"main send child question", "child receive main question"}},
		{"lost topic", core.TraceOptions{Topic: "lost"}, []string{"child lost  lost"}},
		{"nothing", core.TraceOptions{Topic: "none"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(30) {
				h := traced(t, seed, core.Options{})
				var s steps
				stop := h.Trace(c.o, s.tell)
				h.spawned("main")
				h.sim.Run()
				if !slices.Equal(s.list, c.want) {
					t.Fatalf("seed %d: told\n%s\nwant\n%s", seed, strings.Join(s.list, "\n"), strings.Join(c.want, "\n"))
				}
				for n, topic := range s.received {
					if c.o.Topic != "" && (n == 0 || s.sent[n] != topic) {
						t.Errorf("seed %d: message %d was read as %s, sent as %q", seed, n, topic, s.sent[n])
					}
				}
				stop()
				told := len(s.list)
				h.spawned("main")
				h.sim.Run()
				if len(s.list) != told {
					t.Errorf("seed %d: told after the end: %v", seed, s.list[told:])
				}
				h.close()
			}
		})
	}
}

// A trace of one process tells nothing of others of its entry.
func TestTraceOfOneProcess(t *testing.T) {
	h := traced(t, 1, core.Options{})
	defer h.close()
	first := h.spawned("child")
	h.spawned("child")
	h.sim.Settle()
	var s steps
	defer h.Trace(core.TraceOptions{PID: first}, s.tell)()
	for _, pid := range h.Processes() {
		if err := h.Terminate(pid); err != nil {
			t.Fatal(err)
		}
	}
	h.sim.Run()
	if want := []string{"child exit: process terminated"}; !slices.Equal(s.list, want) {
		t.Errorf("told %q, want %q", s.list, want)
	}
}

// 63.5: with a flight recorder a report has the last events of the process, and no more of
// them than it may keep; without one it has none.
func TestFlightRecorder(t *testing.T) {
	for n, want := range map[int][]string{
		0: nil,
		2: {"timer sleep", "lost lost nobody no_process"},
		9: {"spawn", "receive question", "send reply", "timer sleep", "lost lost nobody no_process"},
	} {
		var reports []core.EndReport
		h := traced(t, 1, core.Options{Flight: n, OnEvent: func(e core.RuntimeEvent) {
			if r, ok := e.(core.EndReport); ok && r.Result.Err != nil {
				reports = append(reports, r)
			}
		}})
		h.spawned("main")
		h.sim.Run()
		if len(reports) != 1 {
			t.Fatalf("%d failures", len(reports))
		}
		var got []string
		for _, e := range reports[0].Recorded {
			if e.Payloads != nil {
				t.Errorf("%s has its payloads", e.Kind)
			}
			text := string(e.Kind)
			if e.Topic != "" {
				text += " " + e.Topic
			}
			if e.Reason != "" {
				text += " " + string(e.Peer) + " " + e.Reason
			}
			got = append(got, text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d kept: %q, want %q", n, got, want)
		}
		if text := reports[0].String(); strings.Contains(text, "last events:") != (n > 0) {
			t.Errorf("%d kept: %s", n, text)
		}
		h.close()
	}
}

// Messages between processes that no trace is about carry nothing for those that one is
// about: neither the time nor a number. Processes know it when a trace begins or ends, and
// when they are born.
func TestTraceOfOthersCostsNothing(t *testing.T) {
	h := &house{t: t, sim: core.NewSimulation(1)}
	h.open(core.Options{Scheduler: h.sim, Seed: 2}, 1)
	var trails []string
	reads := func(name string) {
		h.define(name, func(a *actor) any {
			for {
				v, _, err := a.Inbox().Receive()
				if err != nil {
					return err
				}
				carried := "nothing"
				if v.Message().Trail != nil {
					carried = "a trail"
				}
				trails = append(trails, name+" "+v.Message().Topic+" "+carried)
			}
		})
	}
	reads("a")
	reads("b")
	a, b := h.spawned("a"), h.spawned("b")
	send := func(topic string, to ...hostapi.PID) {
		for _, pid := range to {
			if err := h.Runtime.Send(pid, topic); err != nil {
				t.Fatal(err)
			}
		}
		h.sim.Settle()
	}
	none := func(core.TraceEvent) {}
	stop := h.Trace(core.TraceOptions{PID: a}, none)
	send("one", a, b)
	again := h.Trace(core.TraceOptions{Entry: "test:b"}, none)
	send("two", a, b)
	stop()
	send("three", a, b, h.spawned("b"))
	again()
	send("four", a, b)
	topic := h.Trace(core.TraceOptions{Topic: "five"}, none)
	send("five", a)
	send("six", a)
	topic()
	want := []string{
		"a one a trail", "b one nothing", "a two a trail", "b two a trail", "a three nothing", "b three a trail", "b three a trail",
		"a four nothing", "b four nothing", "a five a trail", "a six nothing",
	}
	slices.Sort(trails)
	slices.Sort(want)
	if !slices.Equal(trails, want) {
		t.Errorf("got  %q\nwant %q", trails, want)
	}
}
