package core_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// gate is work that goes on until the test opens it.
type gate struct{ open chan struct{} }

func newGate() *gate { return &gate{make(chan struct{})} }

func (g *gate) work(ctx context.Context) (hostapi.Done, error) {
	select {
	case <-g.open:
		return hostapi.Done{}, nil
	case <-ctx.Done():
		return hostapi.Done{}, ctx.Err()
	}
}

// 40.3: more operations than the process, its host, or the runtime may have fail at once,
// and there is room again when one is over.
func TestTooManyOperations(t *testing.T) {
	for _, c := range []struct {
		what    string
		options core.Options
		host    core.HostOptions
		limits  core.Limits
	}{
		{"process", core.Options{}, core.HostOptions{}, core.Limits{Outside: 2}},
		{"host", core.Options{}, core.HostOptions{MaxOutside: 2}, core.Limits{}},
		{"runtime", core.Options{MaxOutside: 2}, core.HostOptions{}, core.Limits{}},
	} {
		t.Run(c.what, func(t *testing.T) {
			h := (&house{t: t}).open(c.options, 1)
			c.host.ID, c.host.Workers, c.host.Limits = "test:small", 1, c.limits
			if err := h.DefineHost(c.host); err != nil {
				t.Fatal(err)
			}
			if err := h.StartHost("test:small"); err != nil {
				t.Fatal(err)
			}
			g := newGate()
			h.define("main", func(a *actor) any {
				done := a.channel(0)
				for range 2 {
					a.goes(func(a *actor) {
						_, err := a.Await(hostapi.Op{Name: "test.gate"}, g.work)
						a.put(done, text(err))
					})
				}
				_, refused := a.Await(hostapi.Op{Name: "test.gate"}, g.work)
				close(g.open)
				first, second := a.get(done), a.get(done)
				_, last := a.Await(hostapi.Op{Name: "test.gate"}, g.work)
				return lines(text(refused), "/", first, second, text(last))
			})
			v, err := h.Exec(t.Context(), hostapi.Spawn{ID: "test:main", Host: "test:small"})
			if want := "RateLimited: too many operations / ok ok ok"; err != nil || v.Str() != want {
				t.Errorf("%v, %v; want %q", v, err, want)
			}
			h.close()
		})
	}
}

// 40.3: an operation that was given up keeps its place until it returns.
func TestOperationThatWasGivenUpCounts(t *testing.T) {
	clock := &manualClock{}
	h := (&house{t: t}).open(core.Options{Clock: clock, MaxOutside: 1}, 1)
	open := make(chan struct{})
	h.main("Timeout: timed out after 1ms / RateLimited: too many operations / ok", func(a *actor) any {
		returned := make(chan struct{})
		_, late := a.Await(hostapi.Op{Name: "test.late", Timeout: time.Millisecond}, func(context.Context) (hostapi.Done, error) {
			defer close(returned)
			clock.advance(time.Millisecond)
			<-open
			return hostapi.Done{}, nil
		})
		_, refused := a.outside(func(context.Context) (hostapi.Value, error) { return hostapi.Value{}, nil })
		close(open)
		for {
			_, err := a.outside(func(context.Context) (hostapi.Value, error) { return hostapi.Value{}, nil })
			if err == nil {
				<-returned
				return lines(text(late), "/", text(refused), "/", text(err))
			}
			a.yield() // it has not returned yet
		}
	})
	h.close()
}

// 40.3: of the operations that hold a thread 64 run at once; processes that wait for more
// take turns, and one that is killed leaves the queue.
func TestThreads(t *testing.T) {
	h := onWorkers(t, 1)
	began := make(chan string, 100)
	gates := map[string]*gate{"greedy": newGate(), "modest": newGate(), "dead": newGate()}
	release := make(chan struct{})
	h.define("user", func(a *actor) any {
		name, done := a.arg(0), a.channel(0)
		n := 1
		if name == "greedy" {
			n = 66
		}
		for range n {
			a.goes(func(a *actor) {
				_, err := a.Await(hostapi.Op{Name: "test.thread", Thread: true}, func(ctx context.Context) (hostapi.Done, error) {
					began <- name
					select {
					case <-release:
					case <-gates[name].open:
					}
					return hostapi.Done{}, nil
				})
				a.put(done, text(err))
			})
		}
		a.send(a.arg(1), "all asked")
		for range n {
			a.get(done)
		}
		return nil
	})
	address, err := h.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ends []<-chan struct{}
	var dead string
	for _, name := range []string{"greedy", "dead", "modest"} {
		pid, done := h.start("user", name, address.PID())
		ends = append(ends, done)
		if name == "dead" {
			dead = pid
		}
		if d, err := address.Receive(t.Context()); err != nil || d.Message == nil {
			t.Fatal(d, err)
		}
	}
	for range 64 {
		<-began
	}
	if err := h.Terminate(hostapi.PID(dead)); err != nil {
		t.Fatal(err)
	}
	h.wait(ends[1])
	var order []string
	for range 3 {
		release <- struct{}{}
		order = append(order, <-began)
	}
	if want := []string{"greedy", "modest", "greedy"}; !slices.Equal(order, want) {
		t.Errorf("then %q had a thread, want %q", order, want)
	}
	for _, g := range gates {
		close(g.open)
	}
	h.wait(ends[0])
	h.wait(ends[2])
	h.close()
}

// 40.3: what comes beyond the number that a process may hold is released at once.
func TestTooManyHandles(t *testing.T) {
	performing(t, 20, func(h *house) {
		h.Define(core.Entry{ID: "test:main", Limits: core.Limits{Handles: 2}, Program: program(func(a *actor) any {
			first := a.hold(h, "a")
			a.hold(h, "b")
			open := func(name string) error {
				_, err := a.Await(hostapi.Op{Name: "test.open"}, func(context.Context) (hostapi.Done, error) {
					return hostapi.Done{Held: &thing{h, name}}, nil
				})
				return err
			}
			h.see("%s", text(open("c")))
			must1(a.Release(first))
			h.see("%s", text(open("d")))
			return nil
		})})
		h.want(nil, "main")
		want := []string{"released c true", "RateLimited: too many open handles", "released a false", "ok", "released d false", "released b false"}
		if h.sim == nil { // what is too much is released while the process goes on
			slices.Sort(h.seen)
			slices.Sort(want)
		}
		h.saw(want...)
	})
}

// 40.7: what is read and not yet delivered counts against the memory of the process.
func TestGrow(t *testing.T) {
	h := onWorkers(t, 1)
	h.Define(core.Entry{ID: "test:main", Limits: core.Limits{Memory: 4 << 20}, Program: program(func(a *actor) any {
		read := func(size int64) error {
			_, err := a.Await(hostapi.Op{Name: "test.read"}, func(ctx context.Context) (hostapi.Done, error) {
				sub, cancel := context.WithCancel(ctx)
				defer cancel()
				for n := int64(0); n < size; n += 1000 {
					if err := hostapi.Grow(sub, 1000); err != nil {
						h.see("stopped %t", n > 2<<20)
						return hostapi.Done{}, err
					}
				}
				return hostapi.Done{}, nil
			})
			return err
		}
		for range 10 {
			must(read(2 << 20)) // each is delivered before the next
		}
		h.see("read")
		return read(1 << 40)
	})})
	h.wantError(hostapi.LimitExceeded, "memory limit exceeded", "main")
	h.close()
	h.saw("read", "stopped true")
	if err := hostapi.Grow(context.Background(), 1<<40); err != nil {
		t.Error(err)
	}
}

// An operation that has ended is told, and one that does not stop is (40.6).
func TestOutsideEvents(t *testing.T) {
	clock := &manualClock{}
	events := make(chan core.RuntimeEvent, 10)
	h := (&house{t: t}).open(core.Options{Clock: clock, OnEvent: func(e core.RuntimeEvent) {
		switch e.(type) {
		case core.OutsideDone, core.OutsideStuck:
			events <- e
		}
	}}, 1)
	g := newGate()
	waiting := make(chan struct{})
	h.define("main", func(a *actor) any {
		must1(a.Await(hostapi.Op{Name: "test.one", Resource: "test:r", Args: vals(1)}, func(context.Context) (hostapi.Done, error) {
			clock.advance(time.Second)
			return hostapi.Done{Value: val("x")}, nil
		}))
		_, err := a.Await(hostapi.Op{Name: "test.two", Timeout: time.Second}, func(context.Context) (hostapi.Done, error) {
			close(waiting)
			<-g.open
			return hostapi.Done{}, nil
		})
		return text(err)
	})
	pid, done := h.start("main")
	one := (<-events).(core.OutsideDone)
	if one.PID != hostapi.PID(pid) || one.Entry != "test:main" || one.Op.Name != "test.one" || one.Op.Resource != "test:r" ||
		one.Took != time.Second || one.Result.Str() != "x" || one.Err != nil {
		t.Errorf("%+v", one)
	}
	<-waiting
	clock.advance(time.Second)
	two := (<-events).(core.OutsideDone)
	if two.Op.Name != "test.two" || two.Err == nil || two.Err.Kind != hostapi.Timeout {
		t.Errorf("%+v", two)
	}
	clock.advance(10 * time.Second)
	stuck := (<-events).(core.OutsideStuck)
	if want := (core.OutsideStuck{PID: hostapi.PID(pid), Entry: "test:main", Op: "test.two", After: 10 * time.Second}); stuck.Op != want.Op || stuck.After != want.After || stuck.Entry != want.Entry || stuck.PID != want.PID {
		t.Errorf("%+v, want %+v", stuck, want)
	}
	close(g.open)
	h.wait(done)
	h.close()
}

// 40.14: an operation that is answered is over when nobody waits for it: an end does not
// wait for the time of the answer, and what it brings is released.
func TestAnswerThatNobodyWantsAnyMore(t *testing.T) {
	for _, simulation := range []bool{true, false} {
		h := &house{t: t}
		o := core.Options{Outside: func(string, hostapi.Op) core.Handling {
			return core.Answer(time.Hour, hostapi.Done{Held: &thing{h, "answer"}}, nil)
		}}
		if simulation {
			h.sim = core.NewSimulation(1)
			o.Scheduler = h.sim
		}
		h.open(o, 1)
		h.define("main", func(a *actor) any {
			_, err := a.outside(nil)
			return err
		})
		stuck := false
		began := h.Now()
		h.define("killer", func(a *actor) any {
			pid := a.spawnMonitored("main")
			a.sleep(time.Millisecond)
			must(a.Terminate(pid))
			a.event()
			return nil
		})
		h.want(nil, "killer")
		h.close()
		if took := h.Now().Sub(began); stuck || took >= time.Hour {
			t.Errorf("the end took %s", took)
		}
		h.saw("released answer true")
	}
}
