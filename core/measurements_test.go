package core_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/measure"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// measured gives the value of a family for some values of its labels, 0 if there is none.
func measured(families []measure.Family, name string, values ...string) float64 {
	s := sample(families, name, values...)
	return s.Number
}

func sample(families []measure.Family, name string, values ...string) measure.Sample {
	for _, f := range families {
		for _, s := range f.Samples {
			if f.Name == name && slices.Equal(s.Values, values) {
				return s
			}
		}
	}
	return measure.Sample{}
}

// tally is what a random program knows of itself. Under a simulation one goroutine has it.
type tally struct {
	started, received, read, sent map[string]int // by entry
	ends                          map[string]int // of workers, by reason
	steps                         map[string]int
	waits                         map[string]time.Duration
	refused                       int
	sentAt                        map[int]time.Time // of a message, by its number
}

// crowdOf defines test:boss, who starts workers, sends them things to do, and at the end
// has all of them end; and test:worker.
func (n *tally) crowdOf(h *house, actions int) {
	note := func(a *actor, m *hostapi.Message) {
		n.read[a.EntryID()]++
		n.waits[a.EntryID()] += a.Now().Sub(n.sentAt[int(m.Values[0].Int())])
	}
	send := func(a *actor, to, what string) {
		id := len(n.sentAt)
		n.sentAt[id] = a.Now()
		n.sent[a.EntryID()]++
		if soft(a.Send(to, what, vals(id))) != nil {
			n.refused++
		} else {
			n.received["test:worker"]++
		}
	}
	h.define("worker", func(a *actor) any {
		rng := a.rng()
		for {
			m := a.message()
			note(a, m)
			k := rng.IntN(2000)
			n.steps["test:worker"] += k
			must(a.t.Tick(k))
			switch m.Topic {
			case "work":
				a.sleep(time.Duration(rng.IntN(5000)) * time.Microsecond)
			case "fail":
				return hostapi.Errorf(hostapi.Conflict, "as told")
			case "odd":
				return &hostapi.Error{Kind: "MyOwn", Message: "as told"}
			case "end":
				return nil
			}
		}
	})
	h.define("boss", func(a *actor) any {
		rng := a.rng()
		var all []string
		live := map[string]bool{}
		seeEnds := func(wait bool) {
			for len(live) > 0 {
				v, ok := a.poll(a.Events())
				if !ok && !wait {
					return
				}
				if !ok {
					v, _, _ = a.Events().Receive()
				}
				e := v.Record()
				if kind(e) != string(hostapi.EventExit) {
					continue
				}
				delete(live, from(e))
				switch err := e.Get("result").Record().Get("error").Err(); {
				case err == nil:
					n.ends["normal"]++
				case strings.HasPrefix(err.Error(), "linked process"):
					n.ends["linked"]++
				case err.Kind == "MyOwn":
					n.ends["other"]++
				default:
					n.ends[string(err.Kind)]++
				}
			}
		}
		for range actions {
			switch k := rng.IntN(10); {
			case k < 2 || len(all) == 0:
				pid := a.spawnMonitored("worker")
				n.started["test:worker"]++
				live[pid] = true
				all = append(all, pid)
			case k == 2:
				_ = soft(a.Terminate(all[rng.IntN(len(all))]))
			case k == 3:
				a.sleep(time.Duration(rng.IntN(3000)) * time.Microsecond)
			default:
				what := []string{"work", "work", "work", "work", "work", "fail", "odd", "end"}[rng.IntN(8)]
				send(a, all[rng.IntN(len(all))], what)
			}
			seeEnds(false)
		}
		for pid := range live {
			send(a, pid, "end")
		}
		seeEnds(true)
		return nil
	})
}

// rngOf draws what a test decides itself.
func rngOf(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// 64.1: what random programs know of themselves is what is measured of them.
func TestMeasurementsAreTrue(t *testing.T) {
	for seed := range uint64(atLength(300, 30)) {
		h := simulated(t, seed)
		n := &tally{
			started: map[string]int{"test:boss": 1}, received: map[string]int{}, read: map[string]int{}, sent: map[string]int{},
			ends: map[string]int{}, steps: map[string]int{}, waits: map[string]time.Duration{}, sentAt: map[int]time.Time{},
		}
		n.crowdOf(h, 20+rngOf(seed).IntN(200))
		stop := h.Measure()
		if _, err := h.exec("boss"); err != nil {
			t.Fatal(err)
		}
		got := h.Measurements()
		check := func(want int, name string, values ...string) {
			t.Helper()
			if g := measured(got, name, values...); g != float64(want) {
				t.Errorf("seed %d: %s%v is %v, want %d", seed, name, values, g, want)
			}
		}
		for _, e := range []string{"test:boss", "test:worker"} {
			check(n.started[e], "understudy_processes_started_total", hostID, e)
			check(n.received[e], "understudy_messages_received_total", hostID, e)
			check(n.sent[e], "understudy_messages_sent_total", hostID, e)
			check(n.steps[e], "understudy_steps_total", hostID, e)
			for _, s := range []string{"starting", "waiting", "runnable", "running", "stalled", "ending"} {
				check(0, "understudy_processes", hostID, e, s)
			}
			check(0, "understudy_mailbox_messages", hostID, e)
			waits := sample(got, "understudy_mailbox_wait_seconds", hostID, e).Times
			if waits.Count() != uint64(n.read[e]) || waits.Sum != n.waits[e] {
				t.Errorf("seed %d: %s has read %d messages that have waited %v, want %d and %v", seed, e, waits.Count(), waits.Sum, n.read[e], n.waits[e])
			}
		}
		for _, reason := range []string{"normal", "linked", "other", "Conflict", "Canceled", "Internal"} {
			check(n.ends[reason], "understudy_processes_ended_total", hostID, "test:worker", reason)
		}
		check(1, "understudy_processes_ended_total", hostID, "test:boss", "normal")
		gone := func(reason core.DeadLetterReason) (known, unknown float64) {
			return measured(got, "understudy_dead_letters_total", "test:worker", string(reason)), measured(got, "understudy_dead_letters_total", "", string(reason))
		}
		if known, unknown := gone(core.NoProcess); known+unknown != float64(n.refused) {
			t.Errorf("seed %d: %v+%v dead letters for nobody, want %d", seed, known, unknown, n.refused)
		}
		check(n.received["test:worker"]-n.read["test:worker"], "understudy_dead_letters_total", "test:worker", "unread")
		// In a simulation the time stands still while anything can run.
		queue := sample(got, "understudy_run_queue_wait_seconds", hostID).Times
		slices := sample(got, "understudy_slice_seconds", hostID).Times
		if queue.Sum != 0 || slices.Sum != 0 || queue.Count() == 0 || queue.Count() != slices.Count() {
			t.Errorf("seed %d: run queue %v, slices %v", seed, queue, slices)
		}
		stop()
		if t.Failed() {
			t.FailNow()
		}
		h.close()
	}
}

// 64.1: what there is at a moment.
func TestCensusCountsWhatThereIs(t *testing.T) {
	h := simulated(t, 1)
	h.define("waits", func(a *actor) any {
		a.goes(func(a *actor) { a.sleep(time.Hour) })
		return a.forever()
	})
	h.define("fails", func(*actor) any { return errors.New("no") })
	for range 3 {
		pid, err := h.Start(context.Background(), req("waits"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Send(string(pid), "x"); err != nil {
			t.Fatal(err)
		}
	}
	h.sim.Settle()
	for range 2 {
		got := h.Measurements() // also where nothing is measured
		for _, want := range []struct {
			n      float64
			name   string
			values []string
		}{
			{3, "understudy_processes", []string{hostID, "test:waits", "waiting"}},
			{0, "understudy_processes", []string{hostID, "test:waits", "running"}},
			{6, "understudy_coroutines", []string{hostID, "test:waits"}},
			{3, "understudy_mailbox_messages", []string{hostID, "test:waits"}},
			{1, "understudy_mailbox_longest_messages", []string{hostID, "test:waits"}},
			{3, "understudy_timers", nil},
			{1, "understudy_workers", []string{hostID}},
			{0, "understudy_processes_started_total", []string{hostID, "test:waits"}},
		} {
			if g := measured(got, want.name, want.values...); g != want.n {
				t.Errorf("%s%v is %v, want %v", want.name, want.values, g, want.n)
			}
		}
	}
	h.close()
}

// 64.1: restarts, by who restarts.
func TestRestartsAreCounted(t *testing.T) {
	h := simulated(t, 1)
	h.define("fails", func(*actor) any { return errors.New("no") })
	h.DefineSupervisor("test:sup", spec.Supervisor{
		Strategy: "one_for_one", Intensity: 4, Period: time.Minute,
		Children: []spec.Child{{ID: "c", Process: "test:fails", Host: hostID, Restart: "permanent", Significant: false}},
	})
	defer h.Measure()()
	if _, err := h.Start(context.Background(), hostapi.Spawn{ID: "test:sup", Host: hostID}, nil); err != nil {
		t.Fatal(err)
	}
	h.sim.Run()
	got := h.Measurements()
	for _, want := range []struct {
		n      float64
		name   string
		values []string
	}{
		{4, "understudy_supervisor_restarts_total", []string{"test:sup"}},
		{5, "understudy_processes_started_total", []string{hostID, "test:fails"}},
		{5, "understudy_processes_ended_total", []string{hostID, "test:fails", "Internal"}},
	} {
		if g := measured(got, want.name, want.values...); g != want.n {
			t.Errorf("%s%v is %v, want %v", want.name, want.values, g, want.n)
		}
	}
	h.close()
}

// 64.1: operations outside, by function and result.
func TestOutsideIsCounted(t *testing.T) {
	h := (&house{t: t, sim: core.NewSimulation(1)})
	h.open(core.Options{Scheduler: h.sim, Outside: func(_ string, op hostapi.Op) core.Handling {
		if op.Resource == "test:bad" {
			return core.Answer(time.Second, hostapi.Done{}, hostapi.Errorf(hostapi.Timeout, "late"))
		}
		return core.Answer(20*time.Millisecond, hostapi.Done{}, nil)
	}}, 1)
	h.define("asks", func(a *actor) any {
		for range 3 {
			_, _ = a.Await(hostapi.Op{Name: "x.get", Resource: "test:good"}, nil)
		}
		_, _ = a.Await(hostapi.Op{Name: "x.get", Resource: "test:bad"}, nil)
		return nil
	})
	defer h.Measure()()
	pid, err := h.Start(context.Background(), req("asks"), nil)
	if err != nil {
		t.Fatal(err)
	}
	h.sim.Settle()
	if n := measured(h.Measurements(), "understudy_outside_in_flight", "x.get"); n != 1 {
		t.Errorf("%s: %v under way, want 1", pid, n)
	}
	h.sim.Run()
	got := h.Measurements()
	good := sample(got, "understudy_outside_duration_seconds", "x.get", "test:good", "ok").Times
	bad := sample(got, "understudy_outside_duration_seconds", "x.get", "test:bad", "Timeout").Times
	if good.Count() != 3 || good.Sum != 60*time.Millisecond || bad.Count() != 1 || bad.Sum != time.Second {
		t.Errorf("good %v, bad %v", good, bad)
	}
	if n := measured(got, "understudy_outside_operations_total", "x.get", "test:good", "ok"); n != 3 {
		t.Errorf("%v operations, want 3", n)
	}
	h.close()
}

// 64.1: on real workers, while others ask for what is measured and measuring begins and
// ends again and again: nothing is counted twice.
func TestMeasurementsOnWorkers(t *testing.T) {
	h := onWorkers(t, 4)
	h.define("echo", func(a *actor) any {
		for {
			m := a.message()
			if m.Topic == "end" {
				return nil
			}
			must(a.Reply(m, hostapi.Result{}))
		}
	})
	const pairs, rounds = 8, 100
	h.define("asks", func(a *actor) any {
		echo := a.spawnMonitored("echo")
		for range rounds {
			must1(a.calls(echo, "ask"))
			a.yield()
		}
		a.send(echo, "end")
		a.event()
		return nil
	})
	defer h.Measure()()
	done := make(chan struct{})
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		for {
			select {
			case <-done:
				return
			default:
				stop := h.Measure()
				h.Measurements()
				stop()
			}
		}
	}()
	ends := make(chan error, pairs)
	for range pairs {
		if _, err := h.Start(context.Background(), req("asks"), func(r hostapi.Result) {
			if r.Err != nil {
				ends <- r.Err
				return
			}
			ends <- nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for range pairs {
		if err := <-ends; err != nil {
			t.Error(err)
		}
	}
	close(done)
	<-asked
	got := h.Measurements()
	for _, want := range []struct {
		n      float64
		name   string
		values []string
	}{
		{pairs, "understudy_processes_started_total", []string{hostID, "test:echo"}},
		{pairs, "understudy_processes_ended_total", []string{hostID, "test:echo", "normal"}},
		{pairs * (rounds + 1), "understudy_messages_received_total", []string{hostID, "test:echo"}},
		{pairs * (rounds + 1), "understudy_messages_sent_total", []string{hostID, "test:asks"}},
	} {
		if g := measured(got, want.name, want.values...); g != want.n {
			t.Errorf("%s%v is %v, want %v", want.name, want.values, g, want.n)
		}
	}
	if n := sample(got, "understudy_mailbox_wait_seconds", hostID, "test:echo").Times.Count(); n != pairs*(rounds+1) {
		t.Errorf("%d messages have waited, want %d", n, pairs*(rounds+1))
	}
	h.close()
}
