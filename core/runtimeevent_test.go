package core_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// observed is a house that collects the events of its runtime.
type observed struct {
	*house
	mu     sync.Mutex
	events []core.RuntimeEvent
}

func observe(t testing.TB, seed uint64) *observed {
	o := &observed{house: &house{t: t, sim: core.NewSimulation(seed)}}
	o.open(core.Options{Scheduler: o.sim, Seed: seed + 1, OnEvent: o.add}, 1)
	return o
}

func (o *observed) add(e core.RuntimeEvent) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.events = append(o.events, e)
}

// take gives the events since the last time, as text; main, and the start of
// sup, which may be before or after the end of its child, are left out.
func (o *observed) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []string
	for _, e := range o.events {
		switch e := e.(type) {
		case core.ProcessStarted:
			if e.Entry != "test:main" && e.Entry != "test:sup" {
				out = append(out, "started "+e.Entry)
			}
		case core.EndReport:
			if e.Entry != "test:main" {
				out = append(out, fmt.Sprintf("ended %s: %v", e.Entry, errorText(e.Result.Err)))
			}
		case core.LinkMade:
			out = append(out, "link")
		case core.LinkDown:
			out = append(out, fmt.Sprintf("link down: %s, trapped %v", e.Err, e.Trapped))
		case core.DeadLetter:
			out = append(out, fmt.Sprintf("letter %s %s", e.Reason, e.Topic))
		case core.LongMailbox:
			out = append(out, fmt.Sprintf("long mailbox %s: %d", e.Entry, e.Unread))
		case core.LongSlice:
			out = append(out, fmt.Sprintf("long slice %s", e.Entry))
		case core.GraceExpired:
			out = append(out, "grace expired "+e.Entry)
		case core.ServiceChange:
			out = append(out, fmt.Sprintf("service %s %s: %s, %d, %s", e.Service, e.State, errorText(e.Err), e.Restarts, e.Delay))
		case core.SupervisorRestart:
			out = append(out, fmt.Sprintf("%s restarts %s: %s, %d of %d", e.Entry, e.Child, e.Reason, e.Restarts, e.Intensity))
		default:
			out = append(out, fmt.Sprintf("%T", e))
		}
	}
	o.events = nil
	return out
}

func errorText(err *hostapi.Error) string {
	if err == nil {
		return "normal"
	}
	return err.Error()
}

func (o *observed) wantEvents(want ...string) {
	o.t.Helper()
	if got := o.take(); !slices.Equal(got, want) {
		o.t.Errorf("events\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestRuntimeEvents(t *testing.T) {
	for seed := range uint64(50) {
		o := observe(t, seed)
		o.Define(core.Entry{ID: "test:short", Mailbox: core.Mailbox{Limit: 2, Overflow: spec.DropNew, WarnAt: 2}, Program: program(func(a *actor) any {
			a.event()
			return nil
		})})
		o.define("fails", func(a *actor) any { return fmt.Errorf("broken") })
		o.define("linked", func(a *actor) any { return a.forever() })
		o.define("large", func(a *actor) any {
			for range 2 { // told once
				must(a.t.Tick(1_000_000))
			}
			return nil
		})
		o.main("ok", func(a *actor) any {
			must1(a.Exec(req("large")))
			return "ok"
		})
		o.wantEvents("started test:large", "long slice test:large", "ended test:large: normal")
		o.main("ok", func(a *actor) any {
			a.trap()
			a.spawnLinked("fails")
			a.event()
			return "ok"
		})
		o.wantEvents("started test:fails", "link", "ended test:fails: broken", "link down: broken, trapped true")
		o.main("ok", func(a *actor) any {
			short := a.spawn("short")
			for i := range 3 {
				_ = soft(a.Send(short, fmt.Sprint("t", i), nil))
			}
			must(a.Cancel(short, -1, ""))
			must(a.Monitor(short))
			a.event()
			_ = soft(a.Send(short, "late", nil))
			return "ok"
		})
		o.wantEvents("started test:short", "long mailbox test:short: 2", "letter mailbox_full t2",
			"letter unread t0", "letter unread t1", "ended test:short: normal", "letter no_process late")
		o.main("ok", func(a *actor) any {
			linked := a.spawn("linked")
			a.spawnMonitored("linked", linked)
			must(a.Monitor(linked))
			must(a.Link(linked))
			a.trap()
			must(a.Terminate(linked))
			for range 2 {
				a.event()
			}
			return "ok"
		})
		o.wantEvents("started test:linked", "started test:linked", "link", "ended test:linked: process terminated",
			"link down: process terminated, trapped true")
		o.close()
		if ends := o.take(); len(ends) != 2 || !slices.Contains(ends, "grace expired test:linked") {
			t.Errorf("at the shutdown: %q", ends)
		}
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

// 15.8 to 15.12: what is told of a service, and what its crash reports know of
// the failures before.
func TestServiceEvents(t *testing.T) {
	o := observe(t, 1)
	failures := 0
	o.define("flaky", func(a *actor) any {
		if failures++; failures == 4 {
			a.sleep(10 * time.Second) // stable
		}
		return fmt.Errorf("failure %d", failures)
	})
	options := core.DefaultService
	options.Name, options.Spawn, options.MaxAttempts = "test:service", req("flaky"), 3
	options.Restart.Jitter = 0
	o.NewService(options).Start()
	o.sim.Run()
	want := func(n, restarts int, delay string) []string {
		return []string{
			"started test:flaky",
			fmt.Sprintf("service test:service running: normal, %d, 0s", restarts),
			fmt.Sprintf("ended test:flaky: failure %d", n),
			fmt.Sprintf("service test:service waiting: failure %d, %s", n, delay),
			fmt.Sprintf("service test:service starting: normal, %s, 0s", strings.Split(delay, ",")[0]),
		}
	}
	all := slices.Concat([]string{"service test:service starting: normal, 0, 0s"},
		want(1, 0, "1, 1s"), want(2, 1, "2, 2s"), want(3, 2, "3, 4s"),
		want(4, 3, "1, 1s"), want(5, 1, "2, 2s"), want(6, 2, "3, 4s"),
		want(7, 3, "")[:3], []string{"service test:service failed: failure 7, 3, 0s"})
	o.wantEvents(all...)
	for i, r := range o.ends {
		var before []string
		for _, f := range r.History {
			before = append(before, strings.TrimPrefix(f.Err.Error(), "failure "))
		}
		if got, want := strings.Join(before, " "), []string{"", "1", "1 2", "1 2 3", "4", "4 5", "4 5 6"}[i]; got != want {
			t.Errorf("report %d knows %q, want %q", i+1, got, want)
		}
	}
	if text := o.ends[2].String(); !strings.Contains(text, "failed before:\n    00:00:00.000 Internal: failure 1\n    00:00:01.000 Internal: failure 2") {
		t.Errorf("block without the history:\n%s", text)
	}
}

// A history keeps the last five failures.
func TestHistoryIsBounded(t *testing.T) {
	o := observe(t, 1)
	n := 0
	o.define("flaky", func(a *actor) any {
		n++
		return fmt.Errorf("%d", n)
	})
	options := core.DefaultService
	options.Spawn, options.MaxAttempts = req("flaky"), 9
	o.NewService(options).Start()
	o.sim.Run()
	last := o.ends[9].History
	var before []string
	for _, f := range last {
		before = append(before, f.Err.Error())
	}
	if got := strings.Join(before, " "); got != "5 6 7 8 9" {
		t.Errorf("the last report knows %s", got)
	}
}

func TestSupervisorEvents(t *testing.T) {
	o := observe(t, 1)
	n := 0
	o.define("flaky", func(a *actor) any {
		n++
		return fmt.Errorf("failure %d", n)
	})
	o.DefineSupervisor("test:sup", spec.Supervisor{
		Intensity: 2, Period: time.Minute, StableThreshold: time.Minute,
		Children: []spec.Child{{ID: "c", Process: "test:flaky", Restart: spec.Permanent}},
	})
	_, err := o.Exec(t.Context(), hostapi.Spawn{ID: "test:sup", Host: hostID})
	checkError(t, err, hostapi.Internal, "restart intensity exceeded")
	o.wantEvents("started test:flaky", "ended test:flaky: failure 1",
		"test:sup restarts c: failure 1, 1 of 2", "started test:flaky", "ended test:flaky: failure 2",
		"test:sup restarts c: failure 2, 2 of 2", "started test:flaky", "ended test:flaky: failure 3",
		"ended test:sup: "+err.Error())
	if h := o.ends[2].History; len(h) != 2 || h[1].Err.Error() != "failure 2" {
		t.Errorf("the third report knows %v", h)
	}
}

// 21.6: one warning names each process that is killed at the end of its grace,
// whoever asked it to stop for the runtime.
func TestOneWarningForEachKilled(t *testing.T) {
	h := &house{t: t, sim: core.NewSimulation(1)}
	log := h.logged(core.Options{Scheduler: h.sim})
	for _, name := range []string{"service", "child", "loose"} {
		h.define(name, func(a *actor) any {
			a.Events() // and looks at none
			for {
				a.message()
			}
		})
	}
	options := core.DefaultService
	options.Spawn = req("service")
	s := h.NewService(options)
	s.Start()
	h.DefineSupervisor("test:sup", spec.Supervisor{
		Period:   time.Second,
		Children: []spec.Child{{ID: "c", Process: "test:child", Restart: spec.Permanent, Shutdown: spec.Shutdown{Timeout: time.Second}}},
	})
	if _, err := h.Start(t.Context(), hostapi.Spawn{ID: "test:sup", Host: hostID}, nil); err != nil {
		t.Fatal(err)
	}
	h.start("loose")
	s.Stop("shutdown")
	h.wait(s.Done())
	if err := h.Shutdown(t.Context(), 5*time.Second); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"service", "child", "loose", "sup"} {
		want := 1
		if name == "sup" {
			want = 0
		}
		n := 0
		for line := range strings.SplitSeq(log(), "\n") {
			if strings.Contains(line, "level=WARN") && strings.Contains(line, "entry=test:"+name) {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d warnings, want %d", name, n, want)
		}
	}
	if t.Failed() {
		t.Log(log())
	}
}
