package memory

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// fakeCollector collects when the test lets it.
type fakeCollector struct {
	heapState
	begun, release chan struct{}
	times          atomic.Int32
}

// openCollected is a runtime of one worker whose heap is what the test says.
func openCollected(t *testing.T, heap heapState) (*kernel.Runtime, *fakeCollector) {
	f := &fakeCollector{heap, make(chan struct{}, 8), make(chan struct{}), atomic.Int32{}}
	c := &collector{
		heap: func() heapState { return f.heapState },
		collect: func() {
			f.times.Add(1)
			f.begun <- struct{}{}
			<-f.release
		},
	}
	rt := kernel.New(kernel.Options{}, kernel.Parts{Memory: func(*kernel.Runtime, int64) kernel.Memory { return unlimited{c} }})
	rt.DefineHost(kernel.HostOptions{ID: "test:host", Workers: 1})
	if err := rt.StartHost("test:host"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rt.Shutdown(context.Background(), time.Minute); err != nil {
			t.Error(err)
		}
	})
	return rt, f
}

// start begins a process. Its result comes from the channel.
func start(t *testing.T, rt *kernel.Runtime, id string, do func(hostapi.Task) error) (hostapi.PID, <-chan hostapi.Result) {
	t.Helper()
	define(t, rt, id, do)
	ended := make(chan hostapi.Result, 1)
	pid, err := rt.Start(context.Background(), hostapi.Spawn{ID: "test:" + id, Host: "test:host"}, func(r hostapi.Result) { ended <- r })
	if err != nil {
		t.Fatal(err)
	}
	return pid, ended
}

func define(t *testing.T, rt *kernel.Runtime, id string, do func(hostapi.Task) error) {
	t.Helper()
	err := rt.Define(kernel.Entry{ID: "test:" + id, Program: native.Program(func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
		return nil, do(t)
	})})
	if err != nil {
		t.Fatal(err)
	}
}

// full is a heap that a piece of largePiece carries to its goal.
var full = heapState{used: 100 << 20, live: 10 << 20, goal: 100 << 20}

// A process that reserves a large piece waits for the collection. Others of its
// worker run meanwhile, and one that reserves too waits for the same.
func TestReserveWaitsForCollection(t *testing.T) {
	rt, f := openCollected(t, full)
	var reserved atomic.Int32
	reserve := func(task hostapi.Task) error {
		err := task.Reserve(largePiece)
		reserved.Add(1)
		return err
	}
	_, first := start(t, rt, "first", reserve)
	<-f.begun
	_, second := start(t, rt, "second", reserve)
	_, other := start(t, rt, "other", func(hostapi.Task) error { return nil })
	if r := <-other; r.Err != nil {
		t.Errorf("the other one: %v", r.Err)
	}
	if n := reserved.Load(); n != 0 {
		t.Errorf("%d have not waited", n)
	}
	close(f.release)
	for _, ended := range []<-chan hostapi.Result{first, second} {
		if r := <-ended; r.Err != nil {
			t.Errorf("one that reserves: %v", r.Err)
		}
	}
	// The second may have come only when the first collection had ended.
	if n := f.times.Load(); n < 1 || n > 2 {
		t.Errorf("collected %d times", n)
	}
}

// A kill does not wait for the collection.
func TestKillWhileReserving(t *testing.T) {
	rt, f := openCollected(t, full)
	gave := make(chan error, 1)
	pid, ended := start(t, rt, "reserves", func(task hostapi.Task) error {
		err := task.Reserve(largePiece)
		gave <- err
		return err
	})
	<-f.begun
	if err := rt.Terminate(pid); err != nil {
		t.Fatal(err)
	}
	if r := <-ended; r.Err == nil {
		t.Error("ended without an error")
	}
	if err := <-gave; !errors.Is(err, hostapi.ErrKilled) {
		t.Errorf("Reserve gave %v", err)
	}
	close(f.release)
}

// What comes before a piece is no collection if there is room, if the last one has
// found most to be live, or if the piece is small.
func TestReserveCollectsIfDue(t *testing.T) {
	for _, c := range []struct {
		what string
		heap heapState
		n    int64
		want int32
	}{
		{"full", full, largePiece, 1},
		{"near", heapState{used: 72 << 20, live: 10 << 20, goal: 100 << 20}, 2 << 20, 1},
		{"room", heapState{used: 70 << 20, live: 10 << 20, goal: 100 << 20}, 2 << 20, 0},
		{"live", heapState{used: 100 << 20, live: 80 << 20, goal: 100 << 20}, 2 << 20, 0},
		{"small", full, largePiece - 1, 0},
		{"given back", full, -largePiece, 0},
	} {
		rt, f := openCollected(t, c.heap)
		close(f.release)
		_, ended := start(t, rt, "reserves", func(task hostapi.Task) error { return task.Reserve(c.n) })
		if r := <-ended; r.Err != nil {
			t.Errorf("%s: %v", c.what, r.Err)
		}
		if n := f.times.Load(); n != c.want {
			t.Errorf("%s: collected %d times, want %d", c.what, n, c.want)
		}
	}
}

// A schedule that must repeat does not depend on the heap.
func TestReserveInSimulation(t *testing.T) {
	sim := schedule.NewSimulation(1)
	rt := kernel.New(kernel.Options{Scheduler: sim}, kernel.Parts{Memory: func(*kernel.Runtime, int64) kernel.Memory {
		t.Error("somebody looks after the memory")
		return nil
	}})
	rt.DefineHost(kernel.HostOptions{ID: "test:host", Workers: 1})
	if err := rt.StartHost("test:host"); err != nil {
		t.Fatal(err)
	}
	define(t, rt, "main", func(task hostapi.Task) error { return task.Reserve(largePiece) })
	var end *hostapi.Result
	rt.Launch(&kernel.Program{OnLive: func(_ hostapi.PID, err error) {
		if err != nil {
			t.Error(err)
		}
	}, OnEnd: func(r hostapi.Result) { end = &r }}, hostapi.Spawn{ID: "test:main", Host: "test:host"}, nil)
	sim.RunFor(time.Second)
	if end == nil || end.Err != nil {
		t.Errorf("ended with %v", end)
	}
	if err := rt.Shutdown(context.Background(), time.Minute); err != nil {
		t.Error(err)
	}
}

// The Go runtime says what it is asked for.
func TestGoHeapState(t *testing.T) {
	h := goHeapState()
	if h.used == 0 || h.goal == 0 {
		t.Errorf("%+v", h)
	}
}
