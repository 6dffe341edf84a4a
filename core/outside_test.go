package core_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// performing runs a test under the simulation, which performs operations, with n
// seeds, and on one real worker.
func performing(t *testing.T, n int, test func(h *house)) {
	t.Helper()
	t.Run("simulated", func(t *testing.T) {
		for seed := range uint64(n) {
			h := &house{t: t, sim: core.NewSimulation(seed)}
			h.open(core.Options{Scheduler: h.sim, Seed: seed + 1, Outside: performed}, 1)
			test(h)
			h.close()
			if t.Failed() {
				t.Fatalf("with seed %d", seed)
			}
		}
	})
	t.Run("workers=1", func(t *testing.T) {
		h := onWorkers(t, 1)
		test(h)
		h.close()
	})
}

func performed(string, hostapi.Op) core.Handling { return core.Perform() }

// outside awaits work that gives a value.
func (a *actor) outside(work func(context.Context) (hostapi.Value, error)) (hostapi.Value, error) {
	return hostapi.AwaitValue(a, "test.work", work)
}

// thing is held, and notes its release.
type thing struct {
	h    *house
	name string
}

func (x *thing) Release(_ context.Context, failed bool) {
	x.h.see("released %s %t", x.name, failed)
}

// hold lets the process hold a thing.
func (a *actor) hold(h *house, name string) *thing {
	x := &thing{h, name}
	_, err := a.Await(hostapi.Op{Name: "test.open"}, func(context.Context) (hostapi.Done, error) {
		return hostapi.Done{Held: x}, nil
	})
	must(err)
	return x
}

// 40.1: the value or the error of the work; only the calling coroutine waits.
func TestAwait(t *testing.T) {
	performing(t, 50, func(h *house) {
		h.main("5 ok / nil Unavailable: away / nil Internal: plain / 3", func(a *actor) any {
			other := 0
			a.goes(func(a *actor) {
				for range 3 {
					a.yield()
					other++
				}
			})
			five, err := a.outside(func(context.Context) (hostapi.Value, error) { return hostapi.Int(5), nil })
			nothing, away := a.outside(func(context.Context) (hostapi.Value, error) {
				return hostapi.Int(6), hostapi.Errorf(hostapi.Unavailable, "away")
			})
			nothing2, plain := a.outside(func(context.Context) (hostapi.Value, error) {
				return hostapi.Value{}, errors.New("plain")
			})
			a.sleep(time.Second)
			return lines(five, text(err), "/", nothing, text(away), "/", nothing2, text(plain), "/", other)
		})
	})
}

// 40.2: the call returns at the timeout, whether or not the work has.
func TestAwaitTimesOut(t *testing.T) {
	clock := &manualClock{}
	h := (&house{t: t}).open(core.Options{Clock: clock}, 1)
	release := make(chan struct{})
	h.main("Timeout: timed out after 10ms", func(a *actor) any {
		_, err := a.Await(hostapi.Op{Name: "test.slow", Timeout: 10 * time.Millisecond}, func(ctx context.Context) (hostapi.Done, error) {
			clock.advance(10 * time.Millisecond)
			<-ctx.Done()
			<-release
			return hostapi.Done{Held: &thing{h, "late"}}, nil
		})
		close(release)
		return text(err)
	})
	h.close()
	h.saw("released late true")
}

// 40.2, 40.14: a simulated run is told what the outside answers, at virtual times.
func TestOutsideOfASimulation(t *testing.T) {
	sim := core.NewSimulation(1)
	h := (&house{t: t, sim: sim}).open(core.Options{Scheduler: sim, Outside: func(entry string, op hostapi.Op) core.Handling {
		if entry != "test:main" {
			t.Errorf("entry %s", entry)
		}
		switch op.Name {
		case "answer":
			return core.Answer(time.Second, hostapi.Done{Value: op.Args[0]}, nil)
		case "refuse":
			return core.Refuse(hostapi.Errorf(hostapi.PermissionDenied, "no"))
		}
		return core.Answer(time.Hour, hostapi.Done{}, nil)
	}}, 1)
	h.main("x 1s / PermissionDenied: no / Timeout: timed out after 2s", func(a *actor) any {
		never := func(context.Context) (hostapi.Done, error) { panic("performed") }
		start := a.Now()
		d, err := a.Await(hostapi.Op{Name: "answer", Args: vals("x")}, never)
		must(err)
		took := a.Now().Sub(start)
		_, refused := a.Await(hostapi.Op{Name: "refuse"}, never)
		_, late := a.Await(hostapi.Op{Name: "late", Timeout: 2 * time.Second}, never)
		return lines(d.Value.Str(), took, "/", text(refused), "/", text(late))
	})
	h.close()

	h = simulated(t, 1)
	h.main("Unavailable: no outside in a simulated run", func(a *actor) any {
		_, err := a.outside(func(context.Context) (hostapi.Value, error) { panic("performed") })
		return text(err)
	})
	h.close()
}

// 2.10: nothing waits during the top level.
func TestAwaitDuringLoad(t *testing.T) {
	h := onWorkers(t, 1)
	h.Define(entryOf("loading", loading{func(a *actor) error {
		_, err := a.outside(func(context.Context) (hostapi.Value, error) { return hostapi.Value{}, nil })
		return err
	}}))
	_, err := h.exec("loading")
	checkError(t, err, hostapi.Internal, "cannot block during module load")
	h.close()
}

// loading does something at its top level.
type loading struct{ do func(*actor) error }

func (l loading) Load(t hostapi.Task) (hostapi.Instance, error) {
	return nil, l.do(newActor(t, nil))
}

// 40.8: a panic in the work fails the process.
func TestAwaitPanics(t *testing.T) {
	performing(t, 20, func(h *house) {
		h.define("main", func(a *actor) any {
			_, err := a.outside(func(context.Context) (hostapi.Value, error) { panic("bang") })
			return err
		})
		e := h.wantError(hostapi.Internal, "internal error", "main")
		if e != nil && !strings.Contains(e.Stack, "bang") {
			t.Errorf("stack %q", e.Stack)
		}
	})
}

// 40.18: work that uses the process by mistake gets an error.
func TestProcessOnAForeignGoroutine(t *testing.T) {
	h := onWorkers(t, 1)
	h.main("Invalid: used outside its call", func(a *actor) any {
		var misuse error
		_, err := a.outside(func(context.Context) (hostapi.Value, error) {
			misuse = a.Send(a.self(), "t", nil)
			for _, call := range []func() error{
				func() error { _, err := a.Spawn(req("main")); return err },
				func() error { _, err := a.Exec(req("main")); return err },
				func() error { return a.Sleep(time.Second) },
				func() error { return a.Upgrade("", nil) },
				func() error { return a.Link(a.self()) },
				func() error { _, err := a.Lookup("n"); return err },
				func() error { _, _, err := a.Inbox().Receive(); return err },
				func() error { _, err := a.Feed(1); return err },
				func() error { return a.Print("x") },
				func() error { return a.Yield() },
				func() error { return a.Terminate(a.self()) },
			} {
				if err := call(); err == nil || err.Error() != misuse.Error() {
					h.t.Errorf("a call on another goroutine gave %v", err)
				}
			}
			return hostapi.Value{}, nil
		})
		must(err)
		return text(misuse)
	})
	h.close()
}

// 40.4: a kill of one that waits is seen at once, its work is told to stop, and what
// it brings is released.
func TestKillOfOneThatAwaits(t *testing.T) {
	h := onWorkers(t, 1)
	began, stopped := make(chan struct{}), make(chan struct{})
	h.define("waiting", func(a *actor) any {
		_, err := a.Await(hostapi.Op{Name: "test.wait"}, func(ctx context.Context) (hostapi.Done, error) {
			close(began)
			<-ctx.Done()
			close(stopped)
			return hostapi.Done{Held: &thing{h, "it"}}, nil
		})
		return err
	})
	pid, done := h.start("waiting")
	h.wait(began)
	if err := h.Terminate(hostapi.PID(pid)); err != nil {
		t.Fatal(err)
	}
	h.wait(done)
	h.wait(stopped)
	h.saw("released it true")
	h.close()
}

// 40.9, 40.11: what is held is released once, in reverse order of opening, before
// anybody sees the EXIT, and the name is free before.
func TestReleaseBeforeExit(t *testing.T) {
	performing(t, 100, func(h *house) {
		h.define("holder", func(a *actor) any {
			must(a.Register("holder", ""))
			a.hold(h, "a")
			b := a.hold(h, "b")
			a.hold(h, "c")
			once := must1(a.Release(b))
			twice := must1(a.Release(b))
			h.see("%t %t", once, twice)
			if a.arg(0) == "fail" {
				return errors.New("x")
			}
			if a.arg(0) == "wait" {
				a.sleep(time.Hour)
			}
			return nil
		})
		h.main("ok", func(a *actor) any {
			for _, how := range []string{"return", "fail", "wait"} {
				pid := a.spawnMonitored("holder", how)
				if how == "wait" {
					a.sleep(time.Second)
					must(a.Terminate(pid))
				}
				a.event()
				_, err := a.Lookup("holder")
				h.see("EXIT %t", err != nil)
			}
			return "ok"
		})
		h.saw("released b false", "true false", "released c false", "released a false", "EXIT true",
			"released b false", "true false", "released c true", "released a true", "EXIT true",
			"released b false", "true false", "released c true", "released a true", "EXIT true")
	})
}

// 40.9: who dies of the end does not wait for releases; a release that takes longer
// than a second delays the EXIT no longer, and is told.
func TestReleaseThatIsStuck(t *testing.T) {
	stuck := make(chan struct{})
	release := make(chan struct{})
	h := &house{t: t}
	h.open(core.Options{OnEvent: func(e core.RuntimeEvent) {
		if s, ok := e.(core.OutsideStuck); ok && s.Entry == "test:holder" {
			close(stuck)
		}
	}}, 1)
	h.define("peer", func(a *actor) any { must(a.Link(a.arg(0))); a.send(a.arg(0), "linked"); return a.forever() })
	h.define("holder", func(a *actor) any {
		_, err := a.Await(hostapi.Op{Name: "test.open"}, func(context.Context) (hostapi.Done, error) {
			return hostapi.Done{Held: stubborn{release}}, nil
		})
		must(err)
		a.spawn("peer", a.self())
		a.message()
		return errors.New("x")
	})
	_, err := h.Start(t.Context(), req("holder"), func(hostapi.Result) { h.see("EXIT") })
	if err != nil {
		t.Fatal(err)
	}
	h.wait(stuck) // the peer has ended, whose report is the first
	close(release)
	h.close()
	h.saw("EXIT")
	if len(h.ends) != 2 || h.ends[0].Entry != "test:peer" {
		t.Errorf("ends %v", h.ends)
	}
}

// stubborn is released when the test lets it.
type stubborn struct{ release chan struct{} }

func (s stubborn) Release(context.Context, bool) { <-s.release }

// 40.11: an upgrade releases what the old code held, and ends its feeds.
func TestUpgradeReleases(t *testing.T) {
	performing(t, 20, func(h *house) {
		h.define("new", func(a *actor) any {
			a.sleep(time.Second)
			h.see("new")
			return "new"
		})
		var f hostapi.Feed
		h.main("new", func(a *actor) any {
			a.hold(h, "old")
			f = must1(a.Feed(1))
			return a.Upgrade("test:new", nil)
		})
		if err := f.Put(context.Background(), val("x")); err == nil {
			h.t.Error("the feed of the old code takes something")
		}
		h.saw("released old false", "new")
	})
}

// 40.12: a feed is read alone or in a select; it keeps as many items as it has room
// for, and ends with its source.
func TestFeed(t *testing.T) {
	h := onWorkers(t, 1)
	feeds := make(chan hostapi.Feed, 1)
	h.define("main", func(a *actor) any {
		f := must1(a.Feed(2))
		feeds <- f
		text := a.get(f.Channel())
		for {
			s := a.pick(receiving(a.Inbox()), receiving(f.Channel()))
			if !s.OK {
				return text + " closed"
			}
			if s.Index == 0 {
				text += " message"
				continue
			}
			text += " " + s.Value.Str()
		}
	})
	pid, done := h.start("main")
	f := <-feeds
	want := ""
	for i := range 100 {
		if err := f.Put(t.Context(), val(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		want += fmt.Sprint(i, " ")
	}
	f.Close()
	if err := f.Put(t.Context(), val("late")); err == nil {
		t.Error("a closed feed takes something")
	}
	h.wait(done)
	r, _ := h.ended("main")
	if got := r.Result.Value.Str(); got != want+"closed" {
		t.Errorf("%s read %q, want %q", pid, got, want+"closed")
	}
}

// 40.12: who puts into a full feed waits, and fails when the process ends or the
// context is done.
func TestFullFeed(t *testing.T) {
	h := onWorkers(t, 1)
	feeds := make(chan hostapi.Feed, 1)
	h.define("main", func(a *actor) any {
		feeds <- must1(a.Feed(1))
		return a.forever()
	})
	pid, done := h.start("main")
	f := <-feeds
	if err := f.Put(t.Context(), val("x")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Put(ctx, val("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("put with a context that is done: %v", err)
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := f.Put(t.Context(), val("x")); !errors.Is(err, hostapi.ErrKilled) {
				t.Errorf("put to a process that ends: %v", err)
			}
		})
	}
	if err := h.Terminate(hostapi.PID(pid)); err != nil {
		t.Fatal(err)
	}
	h.wait(done)
	wg.Wait()
	h.close()
}

// In a simulated run the goroutine that drives it fills feeds, at virtual times.
func TestFeedOfASimulation(t *testing.T) {
	seeds(t, 50, func(h *house) {
		h.main("1s 2s closed", func(a *actor) any {
			f := must1(a.Feed(1))
			start := a.Now()
			h.AfterFunc(time.Second, func() {
				if f.Put(context.Background(), val("1s")) != nil || f.Put(context.Background(), val("2s")) != nil {
					h.t.Error("no room") // the reader took the first at once
				}
				if err := f.Put(context.Background(), val("3s")); err == nil {
					h.t.Error("a full feed takes something")
				}
			})
			h.AfterFunc(2*time.Second, f.Close)
			text := a.get(f.Channel()) + " " + a.get(f.Channel()) + " " + a.get(f.Channel())
			if took := a.Now().Sub(start); took != 2*time.Second {
				return lines(took)
			}
			return text
		})
	})
}

// Many kills at once of processes that await and hold: everything is released once,
// nothing is left (-race).
func TestOutsideUnderKills(t *testing.T) {
	h := onWorkers(t, 2)
	var mu sync.Mutex
	open := 0
	h.Define(core.Entry{ID: "test:holder", Limits: core.Limits{Handles: -1}, Program: program(func(a *actor) any {
		for {
			_, err := a.Await(hostapi.Op{Name: "test.open"}, func(ctx context.Context) (hostapi.Done, error) {
				mu.Lock()
				open++
				mu.Unlock()
				return hostapi.Done{Held: &counted{t: t, mu: &mu, open: &open}}, nil
			})
			must(err)
			a.yield()
		}
	})})
	h.main("ok", func(a *actor) any {
		for range 300 {
			pid := a.spawnMonitored("holder")
			for range 20 {
				a.yield()
			}
			must(a.Terminate(pid))
			a.event()
		}
		return "ok"
	})
	h.close()
	if open != 0 {
		t.Errorf("%d are not released", open)
	}
}

type counted struct {
	t    *testing.T
	mu   *sync.Mutex
	open *int
	done bool
}

func (c *counted) Release(context.Context, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done {
		c.t.Error("released twice")
	}
	c.done = true
	*c.open--
}

// Modules find what the embedding program gives by its type, and only that.
func TestFacilities(t *testing.T) {
	type pool struct{ name string }
	h := &house{t: t}
	h.open(core.Options{Facilities: []any{&pool{"first"}, &pool{"second"}, strings.NewReader("x")}}, 1)
	h.main("first 1 false true", func(a *actor) any {
		p, _ := hostapi.FacilityOf[*pool](a)
		r, _ := hostapi.FacilityOf[interface{ Len() int }](a)
		_, unknown := hostapi.FacilityOf[*core.Service](a)
		_, groups := hostapi.FacilityOf[hostapi.Grouper](a)
		return lines(p.name, r.Len(), unknown, groups)
	})
	h.main("Unavailable: pools is not available in this runtime", func(a *actor) any {
		_, err := hostapi.NeedFacility[*core.Service](a, "pools")
		return text(err)
	})
	h.close()
}

// 40.18: a function of a module that holds its worker is told with its name; one that
// waits is not.
func TestFunctionHoldsItsWorker(t *testing.T) {
	held := make(chan core.LongSlice, 10)
	h := &house{t: t}
	h.open(core.Options{OnEvent: func(e core.RuntimeEvent) {
		if l, ok := e.(core.LongSlice); ok {
			held <- l
		}
	}}, 1)
	call := func(a *actor, name string, run func(hostapi.Call) error) {
		must(hostapi.Invoke(&hostapi.Func{Name: name, Run: run}, caller{task: a.t}))
	}
	h.define("waits", func(a *actor) any {
		call(a, "waits", func(hostapi.Call) error { return a.Sleep(200 * time.Millisecond) })
		return nil
	})
	h.define("holds", func(a *actor) any {
		for range 2 {
			call(a, "holds", func(hostapi.Call) error {
				for start := time.Now(); time.Since(start) < 150*time.Millisecond; {
				}
				return nil
			})
		}
		return nil
	})
	h.want(hostapi.Value{}, "waits")
	h.want(hostapi.Value{}, "holds")
	h.close()
	close(held)
	l, ok := <-held
	if !ok || l.Entry != "test:holds" || l.Function != "holds" || l.Took < 100*time.Millisecond {
		t.Errorf("told %+v", l)
	}
	if more, ok := <-held; ok {
		t.Errorf("told once more: %+v", more)
	}
}

// caller is a call without arguments.
type caller struct {
	hostapi.Call
	task hostapi.Task
}

func (c caller) Self() hostapi.Object { return nil }
func (c caller) Task() hostapi.Task   { return c.task }
func (caller) Len() int               { return 0 }
func (caller) Strict() bool           { return false }
