package gopherlua

import (
	"runtime"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// Suspended coroutines that nothing refers to are counted off and unwound.
func TestGarbageCoroutines(t *testing.T) {
	collect := &hostapi.Module{Name: "gc", Always: true, Funcs: []*hostapi.Func{{
		Name: "run",
		Run: func(hostapi.Call) error {
			for range 3 {
				runtime.GC()
				runtime.Gosched()
			}
			return nil
		},
	}}}
	task := &fakeTask{}
	in, err := compileSource(t, `return function()
		for i = 1, 200 do
			local co = coroutine.wrap(function() pcall(coroutine.yield) print("on") end)
			co()
		end
		for i = 1, 200 do coroutine.create(print) end
		gc.run()
		for i = 1, 50 do coroutine.wrap(function() end)() gc.run() end
	end`, collect).Load(task)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := in.Method("main")
	if _, err := f.Call(task, nil); err != nil {
		t.Fatal(err)
	}
	if task.manual > 50 || len(task.process.lines) > 0 {
		t.Errorf("%d of 400 coroutines are still counted; printed %q", task.manual, task.process.lines)
	}
	in.Close()
}
