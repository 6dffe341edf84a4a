package core_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

func (h *house) attach() *core.Address {
	h.t.Helper()
	a, err := h.Attach(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// A goroutine of the program has an address: it sends, receives, and monitors.
func TestAddress(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("echo", func(a *actor) any {
			m := a.message()
			a.send(string(m.From), m.Topic, m.Values[0])
			return "done"
		})
		a := h.attach()
		pid, err := h.Start(t.Context(), req("echo"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Monitor(pid); err != nil {
			t.Fatal(err)
		}
		checkError(t, a.Monitor(pid), hostapi.AlreadyExists, "already monitoring")
		checkError(t, a.Monitor(hostapi.Name("nobody")), hostapi.NotFound, "process not found")
		if err := a.Send(pid, "topic", val("x")); err != nil {
			t.Fatal(err)
		}
		checkError(t, a.Send(pid, "", val("x")), hostapi.Invalid, "topic")
		checkError(t, a.Send(pid, "t", hostapi.Other(t)), hostapi.Invalid, "cannot send")
		d, err := a.Receive(t.Context())
		if err != nil || d.Message == nil || d.Message.Topic != "topic" || d.Message.Values[0].Str() != "x" || d.Message.From != pid {
			t.Fatalf("received %+v, %v", d, err)
		}
		d, err = a.Receive(t.Context())
		if err != nil || d.Event == nil || d.Event.Kind != hostapi.EventExit || d.Event.From != pid || d.Event.Result.Value.Str() != "done" {
			t.Fatalf("received %+v, %v", d, err)
		}
		a.Close()
		if _, err = a.Receive(t.Context()); err == nil {
			t.Error("a closed address receives")
		}
		checkError(t, h.Send(string(a.PID()), "t"), hostapi.NotFound, "process not found")
	})
}

// Processes monitor and link addresses as each other, and may register names for
// them.
func TestAddressEnds(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("main", func(a *actor) any {
			a.trap()
			to := a.arg(0)
			must(a.Monitor(to))
			must(a.Link(to))
			must(a.Register("program", hostapi.PID(to)))
			a.send("program", "ready")
			e := a.event()
			_, err := a.Lookup("program")
			if _, more := a.poll(a.Events()); more {
				return "a LINK_DOWN of a normal end"
			}
			return lines(kind(e), from(e) == to, failure(e), err != nil)
		})
		a := h.attach()
		pid, done := h.start("main", a.PID())
		if d, err := a.Receive(t.Context()); err != nil || d.Message.From != hostapi.PID(pid) {
			t.Fatal(d, err)
		}
		a.Close()
		h.wait(done)
		if r, _ := h.ended("main"); r.Result.Value.Str() != "pid.exit true  true" {
			t.Errorf("seen: %s %v", r.Result.Value, r.Result.Err)
		}
	})
}

// An address ends with its context, with a kill, and at the shutdown.
func TestAddressIsEnded(t *testing.T) {
	h := onWorkers(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	a, err := h.Attach(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := a.Receive(t.Context()); err == nil {
		t.Error("an address outlives its context")
	}
	b := h.attach()
	if err := h.Terminate(b.PID()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Receive(t.Context()); err == nil {
		t.Error("an address outlives a kill")
	}
	c := h.attach()
	done, stop := context.WithCancel(t.Context())
	stop()
	if _, err := c.Receive(done); !errors.Is(err, context.Canceled) {
		t.Errorf("receive with a context that is done: %v", err)
	}
	h.close()
	if _, err := c.Receive(t.Context()); err == nil {
		t.Error("an address outlives the runtime")
	}
	if _, err := h.Attach(t.Context()); err == nil {
		t.Error("a runtime that has shut down gives addresses")
	}
}

// Many goroutines read one address: each message goes to one of them (-race).
func TestAddressReadByMany(t *testing.T) {
	h := onWorkers(t, 2)
	h.define("main", func(a *actor) any {
		for i := range 1000 {
			a.send(a.arg(0), "t", i)
		}
		return nil
	})
	a := h.attach()
	_, done := h.start("main", a.PID())
	var mu sync.Mutex
	var got []int
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				d, err := a.Receive(t.Context())
				if err != nil {
					return
				}
				mu.Lock()
				got = append(got, int(d.Message.Values[0].Int()))
				mu.Unlock()
			}
		})
	}
	h.wait(done)
	a.Close()
	wg.Wait()
	slices.Sort(got)
	if len(got) != 1000 || got[0] != 0 || got[999] != 999 {
		t.Errorf("%d messages received", len(got))
	}
	h.close()
}

// Inspect gives what a process is and does, as data.
func TestInspect(t *testing.T) {
	seeds(t, 20, func(h *house) {
		h.define("peer", func(a *actor) any { return a.forever() })
		h.define("main", func(a *actor) any {
			must(a.Register("name", ""))
			a.trap()
			a.spawnLinked("peer")
			a.spawnMonitored("peer")
			a.send(a.self(), "unread")
			a.goes(func(a *actor) { a.sleep(time.Hour) })
			return a.forever()
		})
		pid, _ := h.start("main")
		h.sim.Settle()
		i, ok := h.Inspect(hostapi.PID(pid))
		if !ok {
			t.Fatal("the process is not found")
		}
		got := lines(i.PID == hostapi.PID(pid), i.Entry, i.Host, i.Names, i.Options.TrapLinks, i.State, i.Doing,
			i.Coroutines, i.Waiting, i.Unread, len(i.Links), len(i.Watchers), len(i.Watching))
		want := "true test:main test:host [name] true waiting receive channel(events); sleep 2 " +
			"[coroutine(1): receive channel(events) coroutine(2): sleep] 1 1 0 1"
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if _, ok := h.Inspect("{test:host|zzz}"); ok {
			t.Error("an unknown process is found")
		}
	})
}
