package core_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// 21.4 to 21.6: CANCEL to all at once, with reason and grace, then the kill.
func TestStopHost(t *testing.T) {
	seeds(t, 100, func(h *house) {
		h.DefineHost(core.HostOptions{ID: "test:other"})
		if err := h.StartHost("test:other"); err != nil {
			t.Fatal(err)
		}
		h.define("obeys", func(a *actor) any {
			e := a.event()
			deadline := e.Get("deadline").Float() - e.Get("at").Float()
			h.see("obeys: %s from %q reason %s grace %.0f", kind(e), from(e), e.Get("reason").Str(), deadline)
			a.send("worker", "still works") // 21.5
			a.sleep(2 * time.Second)
			return nil
		})
		h.define("worker", func(a *actor) any {
			must(a.Register("worker", ""))
			a.Events() // it keeps its grace (71.1)
			m := a.message()
			h.see("worker: %s", m.Topic)
			_, err := a.Spawn(req("worker"))
			h.see("worker: %s", text(err))
			return a.forever() // is killed
		})
		h.define("elsewhere", func(a *actor) any { return a.forever() })
		h.start("worker")
		h.sim.Settle()
		h.start("obeys")
		elsewhere, err := h.Start(t.Context(), hostapi.Spawn{ID: "test:elsewhere", Host: "test:other"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		began := h.sim.Now()
		if err := h.StopHosts(t.Context(), map[string]time.Duration{hostID: 5 * time.Second}); err != nil {
			t.Error(err)
		}
		if took := h.sim.Now().Sub(began); took != 5*time.Second {
			t.Errorf("it took %s", took)
		}
		h.saw(`obeys: pid.cancel from "" reason shutdown grace 5`, "worker: still works", "worker: Unavailable: host is shutting down")
		if left := h.Processes(); !slices.Equal(left, []hostapi.PID{elsewhere}) {
			t.Errorf("left: %v", left)
		}
		if r, _ := h.ended("worker"); r.Result.Err == nil || r.Result.Err.Kind != hostapi.Canceled || r.Result.Err.Details.Get("reason").Str() != "shutdown" {
			t.Errorf("worker: %v", r)
		}
		if r, _ := h.ended("obeys"); r.Result.Err != nil {
			t.Errorf("obeys: %v", r)
		}
		_, err = h.Start(t.Context(), req("worker"), nil)
		checkError(t, err, hostapi.Unavailable, "host is shutting down")
		checkError(t, h.StartHost(hostID), hostapi.Unavailable, "host is shutting down")
	})
}

// 21.6: one warning names each process that had to be killed.
func TestKillAtShutdownIsWarnedOf(t *testing.T) {
	for _, grace := range []time.Duration{0, time.Second} {
		h := &house{t: t, sim: core.NewSimulation(1)}
		log := h.logged(core.Options{Scheduler: h.sim})
		h.define("obeys", func(a *actor) any { a.event(); return nil })
		h.define("ignores", func(a *actor) any { return a.forever() })
		one, _ := h.start("ignores")
		two, _ := h.start("ignores")
		h.start("obeys")
		if err := h.Shutdown(t.Context(), grace); err != nil {
			t.Error(err)
		}
		warnings := 0
		for _, line := range strings.Split(log(), "\n") {
			if strings.Contains(line, "level=WARN") {
				warnings++
				if !strings.Contains(line, one) && !strings.Contains(line, two) && grace > 0 {
					t.Errorf("warning: %s", line)
				}
			}
		}
		if want := map[time.Duration]int{0: 3, time.Second: 2}[grace]; warnings != want {
			t.Errorf("grace %s: %d warnings, want %d: %s", grace, warnings, want, log())
		}
	}
}

// A polite stop waits for as long as it takes, or until the context is done; the
// error names who is left.
func TestShutdownNamesWhoIsLeft(t *testing.T) {
	h := onWorkers(t, 1)
	h.define("ignores", func(a *actor) any { return a.forever() })
	pid, _ := h.start("ignores")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := h.Shutdown(ctx, -1)
	if err == nil || !strings.Contains(err.Error(), pid+" test:ignores") {
		t.Errorf("error %v", err)
	}
	h.close() // a second shutdown kills it
}

// Shutdown may be called by several at once; all return when all is over.
func TestConcurrentShutdowns(t *testing.T) {
	for range 50 {
		h := onWorkers(t, 2)
		h.define("child", func(a *actor) any { a.event(); return nil })
		for range 10 {
			h.start("child")
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := h.Shutdown(t.Context(), time.Minute); err != nil {
					t.Error(err)
				}
				if left := h.Processes(); len(left) != 0 {
					t.Errorf("left: %v", left)
				}
			})
		}
		wg.Wait()
		if _, n := h.ended("child"); n != 10 {
			t.Errorf("%d ends", n)
		}
	}
}

// Processes that are being created while a host stops get their CANCEL, or do
// not come to life; none is forgotten and no spawner waits for ever.
func TestSpawningDuringShutdown(t *testing.T) {
	for range 100 {
		h := onWorkers(t, 2)
		h.define("child", func(a *actor) any { return a.forever() })
		h.define("spawner", func(a *actor) any {
			for {
				s := req("child")
				s.Link = true
				if _, err := a.Spawn(s); text(err) == "Unavailable: host is shutting down" {
					return "refused"
				}
			}
		})
		h.start("spawner")
		var wg sync.WaitGroup
		wg.Go(func() {
			for {
				if _, err := h.Start(context.Background(), req("child"), nil); err != nil {
					return
				}
			}
		})
		if err := h.Shutdown(t.Context(), 0); err != nil {
			t.Error(err)
		}
		wg.Wait()
		if left := h.Processes(); len(left) > 0 {
			t.Fatalf("left: %v", left)
		}
	}
}

// A creation that is under way when the runtime is shut down fails.
func TestShutdownDuringLoad(t *testing.T) {
	for range 20 {
		h := onWorkers(t, 2)
		loading := make(chan struct{})
		h.Define(entryOf("child", native.Loaded(func(task hostapi.Task) (func(string) native.Main, error) {
			close(loading)
			for {
				if err := task.Tick(1000); err != nil {
					return nil, err
				}
			}
		})))
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := h.Start(context.Background(), req("child"), nil)
			checkError(t, err, hostapi.Canceled, "")
		})
		<-loading
		h.close()
		wg.Wait()
	}
}

func TestHostsThatAreNoHosts(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	checkError(t, h.StartHost("test:none"), hostapi.NotFound, "host not found")
	checkError(t, h.StopHosts(t.Context(), map[string]time.Duration{"test:none": 0}), hostapi.NotFound, "host not found")
	if err := h.StartHost(hostID); err != nil { // it runs already
		t.Error(err)
	}
}

// What holds a shutdown up is named with what it waits for (21.8).
func TestDoing(t *testing.T) {
	h := simulated(t, 1)
	h.define("waits", func(a *actor) any {
		for range 4 {
			a.goes(func(a *actor) { a.sleep(time.Hour) })
		}
		_, _, err := a.Inbox().Receive()
		return err
	})
	h.define("selects", func(a *actor) any {
		must1(a.Select([]*hostapi.Case{{Channel: a.Inbox()}, {Channel: a.Events()}}, true))
		a.message()
		return nil
	})
	h.define("main", func(a *actor) any {
		a.supervise(m("children", l(m("id", "inner", "supervisor", m("children", l(one("a", "selects", "shutdown", "1h")))))))
		a.sleep(ms)
		for _, pid := range h.Processes() {
			h.see("%s", h.Doing(pid))
		}
		a.spawn("waits")
		a.sleep(ms)
		for _, pid := range h.Processes()[4:] {
			h.see("%s", h.Doing(pid))
		}
		return nil
	})
	if _, err := h.Exec(t.Context(), req("main")); err != nil {
		t.Fatal(err)
	}
	h.equal("doing", strings.Join(h.seen, "\n"), strings.Join([]string{
		"running", "supervise", "supervise", "select channel(inbox), channel(events)",
		"receive channel(inbox); sleep; sleep; ...",
	}, "\n"))
	if got := h.Doing("{test:host|1}"); got != "" {
		t.Errorf("a process that has ended does %q", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	h.AfterFunc(time.Minute, cancel)
	want := "core: still running: " + strings.Join([]string{
		"{test:host|2} test:main/supervisor (stops {test:host|3} test:main/supervisor/inner: stops {test:host|4} test:selects: receive channel(inbox))",
		"{test:host|3} test:main/supervisor/inner (stops {test:host|4} test:selects: receive channel(inbox))",
		"{test:host|4} test:selects (receive channel(inbox))",
		"{test:host|5} test:waits (receive channel(inbox); sleep; sleep; ...)",
	}, ", ")
	if err := h.Shutdown(ctx, 2*time.Hour); err == nil || err.Error() != want {
		t.Errorf("the shutdown gave\n%v, want\n%s", err, want)
	}
}

// Of many that do not stop the error names some.
func TestShutdownLeavesMany(t *testing.T) {
	h := simulated(t, 1)
	h.define("stubborn", func(a *actor) any { a.sleep(10 * time.Hour); return nil })
	for range 13 {
		h.start("stubborn")
	}
	ctx, cancel := context.WithCancel(t.Context())
	h.AfterFunc(time.Minute, cancel)
	err := h.Shutdown(ctx, 2*time.Hour)
	if err == nil || strings.Count(err.Error(), "test:stubborn (sleep)") != 10 || !strings.HasSuffix(err.Error(), ", and 3 more") {
		t.Errorf("the shutdown gave %v", err)
	}
}

// 2.25: the log of ends.
func TestLogOfEnds(t *testing.T) {
	h := &house{t: t, sim: core.NewSimulation(1)}
	log := h.logged(core.Options{Scheduler: h.sim})
	h.define("normal", func(a *actor) any { return nil })
	h.define("failing", func(a *actor) any {
		must(a.Register("known", ""))
		a.send(a.self(), "read")
		a.send(a.self(), "unread")
		a.message()
		must(a.t.Tick(77))
		err := &hostapi.Error{Kind: "Own", Message: "words", Stack: "first line\nsecond line"}
		return err.With("code", hostapi.Int(7))
	})
	h.define("verbose", func(a *actor) any {
		return hostapi.Errorf("Own", "long").With("text", hostapi.String(strings.Repeat("x", 5000)))
	})
	h.define("main", func(a *actor) any {
		must1(a.Exec(req("normal")))
		_, _ = a.Exec(req("failing"))
		_, _ = a.Exec(req("verbose"))
		return a.Terminate(a.self())
	})
	h.wantError(hostapi.Canceled, "process terminated", "main")
	for _, want := range []string{
		`level=DEBUG msg="process exited" entry=test:normal pid={test:host|2}`,
		`level=ERROR msg="process failed" entry=test:failing pid={test:host|3} kind=Own message=words details="{code: 7}" names=[known] topic=read unread=1 stack="first line\nsecond line"`,
		`level=ERROR msg="process failed" entry=test:verbose pid={test:host|4} kind=Own message=long` + "\n",
		`level=INFO msg="process failed" entry=test:main pid={test:host|1} kind=Canceled message="process terminated"` + "\n",
	} {
		if strings.Count(log(), want) != 1 {
			t.Errorf("no %q in %s", want, log())
		}
	}
	r, _ := h.ended("failing")
	if got, want := r.String(), `process {test:host|3} (test:failing) failed: Own: words
  names:    [known]
  lived:    0s, 77 steps
  mailbox:  1 unread, last topic read "read"
  links:    0, watched by 0, watches 0
  stack:
    first line
    second line`; strings.TrimSpace(got) != want {
		t.Errorf("report:\n%s", got)
	}
	if r, _ := h.ended("normal"); r.String() != "process {test:host|2} (test:normal) exited normally" {
		t.Errorf("report %s", r)
	}
}
