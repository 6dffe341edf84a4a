package luatest

import (
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func (s Suite) testCoroutines(t *testing.T) {
	t.Run("counted", s.testCoroutinesAreCounted)
	t.Run("limits", s.testCoroutineLimits)
	t.Run("lost", s.testGarbageCoroutines)
	t.Run("kept", s.testProcessesAreGarbage)
}

// collector is a module whose function collects garbage.
func collector() *hostapi.Module {
	return &hostapi.Module{Name: "collect", Always: true, Funcs: []*hostapi.Func{{Name: "now", Run: func(hostapi.Call) error {
		// The cleanups run some time after the collection that finds the handles.
		for range 20 {
			runtime.GC()
			runtime.Gosched()
		}
		return nil
	}}}}
}

// A manual coroutine counts until it has ended or the script has lost it.
func (s Suite) testCoroutinesAreCounted(t *testing.T) {
	task := &Task{Most: 10}
	_, err := s.Run(t, task, `return function()
		for i = 1, 100 do coroutine.wrap(function() end)() end
		local kept = {}
		for i = 1, 10 do kept[i] = coroutine.create(function() coroutine.yield() end) end
		local ok, e = pcall(coroutine.create, print)
		print(ok, e:kind(), e:message())
		coroutine.resume(kept[1])
		coroutine.resume(kept[1])
		print(pcall(coroutine.create, print))
	end`)
	if err != nil || len(task.Output.Lines) != 2 || task.Output.Lines[0] != "false RateLimited max coroutines limit exceeded" ||
		!strings.HasPrefix(task.Output.Lines[1], "true") {
		t.Errorf("got %v, %q", err, task.Output.Lines)
	}
	task = &Task{}
	_, err = s.RunWith(t, task, `return function()
		for i = 1, 1000 do
			coroutine.wrap(function() local big = {} coroutine.yield(big) end)()
			coroutine.create(print)
		end
		collect.now()
		coroutine.create(print)
	end`, []*hostapi.Module{collector()})
	if err != nil {
		t.Fatal(err)
	}
	if task.Manual > 500 {
		t.Errorf("%d coroutines are counted, of 2001 all but the last are lost", task.Manual)
	}
}

func (s Suite) testCoroutineLimits(t *testing.T) {
	task := &Task{Most: 3}
	_, err := s.Run(t, task, `return function()
		local function f() coroutine.yield() end
		for i = 1, 10 do local co = coroutine.wrap(f) co() co() end
		print("reused")
		local kept = {}
		for i = 1, 3 do kept[i] = coroutine.create(f) end
		print(select(2, pcall(coroutine.create, f)):kind())
		print(pcall(coroutine.create, 1))
	end`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"reused", "RateLimited", "false create: argument #1 (f) must be a function, got number"}
	if !slices.Equal(task.Output.Lines, want) {
		t.Errorf("got %q", task.Output.Lines)
	}
}

// Suspended coroutines that nothing refers to are counted off and unwound.
func (s Suite) testGarbageCoroutines(t *testing.T) {
	task := &Task{}
	_, err := s.RunWith(t, task, `return function()
		for i = 1, 200 do
			local co = coroutine.wrap(function() pcall(coroutine.yield) print("on") end)
			co()
		end
		for i = 1, 200 do coroutine.create(print) end
		collect.now()
		for i = 1, 10 do coroutine.wrap(function() end)() collect.now() end
	end`, []*hostapi.Module{collector()})
	if err != nil {
		t.Fatal(err)
	}
	if task.Manual > 50 || len(task.Output.Lines) > 0 {
		t.Errorf("%d of 400 coroutines are still counted; printed %q", task.Manual, task.Output.Lines)
	}
}

// A process that has ended is garbage, also if it kept coroutines.
func (s Suite) testProcessesAreGarbage(t *testing.T) {
	const n = 20
	var collected atomic.Int32
	keep := &hostapi.Module{Name: "keep", Always: true, Funcs: []*hostapi.Func{{Name: "object", Run: func(c hostapi.Call) error {
		e := &hostapi.ErrorObject{Err: hostapi.Errorf(hostapi.Invalid, "kept")}
		runtime.AddCleanup(e, func(int) { collected.Add(1) }, 0)
		c.Push(hostapi.Wrap(e))
		return nil
	}}}}
	p := s.Compile(t, `
		object = keep.object()
		fresh = coroutine.create(print)
		waiting = coroutine.create(function() coroutine.yield(object) end)
		managed = coroutine.running()
		return function() coroutine.resume(waiting) end`, keep)
	for range n {
		task := &Task{}
		in, err := p.Load(task)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := task.Call(t, in, "main"); err != nil {
			t.Fatal(err)
		}
		in.Close()
	}
	for range 50 {
		runtime.GC()
		runtime.Gosched()
	}
	if got := collected.Load(); got < n-2 {
		t.Errorf("%d of %d ended processes were collected", got, n)
	}
}
