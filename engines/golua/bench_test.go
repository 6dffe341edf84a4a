package golua

import (
	"runtime"
	"testing"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/hostapi"
)

const benchSource = `
local state = {n = 0}
local function handle(m) state.n = state.n + m return state.n end
return { main = function(n) return handle(n) end }`

func BenchmarkLoad(b *testing.B) {
	p := compileSource(b, benchSource)
	task := &fakeTask{}
	for b.Loop() {
		in, err := p.Load(task)
		if err != nil {
			b.Fatal(err)
		}
		in.Close()
	}
}

// BenchmarkProcess is a whole life: load, main, end.
func BenchmarkProcess(b *testing.B) {
	p := compileSource(b, benchSource)
	task := &fakeTask{}
	args := []hostapi.Value{hostapi.Int(1)}
	for b.Loop() {
		in, err := p.Load(task)
		if err != nil {
			b.Fatal(err)
		}
		f, _ := in.Method("main")
		if _, err := f.Call(task, args); err != nil {
			b.Fatal(err)
		}
		in.Close()
	}
}

// BenchmarkIdle reports the memory of a process that waits in main.
func BenchmarkIdle(b *testing.B) {
	for name, text := range map[string]string{
		"plain":   `return function() idle.wait() end`,
		"module":  `local n = 0 return { main = function() while true do local m = idle.wait() n = n + 1 end end }`,
		"library": `local s = string.format("%d", 1) return function() pcall(idle.wait) end`,
	} {
		b.Run(name, func(b *testing.B) {
			const n = 2000
			wait := make(chan struct{})
			waiting := make(chan struct{})
			done := make(chan struct{})
			idle := &hostapi.Module{Name: "idle", Always: true, Funcs: []*hostapi.Func{{
				Name: "wait",
				Run:  func(hostapi.Call) error { waiting <- struct{}{}; <-wait; return hostapi.ErrKilled },
			}}}
			p := compileSource(b, text, idle)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.GC()
			runtime.ReadMemStats(&before)
			for range n {
				go func() {
					task := &fakeTask{}
					in, err := p.Load(task)
					if err != nil {
						panic(err)
					}
					f, _ := in.Method("main")
					f.Call(task, nil)
					in.Close()
					done <- struct{}{}
				}()
				<-waiting
			}
			runtime.GC()
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "heapB/process")
			b.ReportMetric(float64(after.StackInuse-before.StackInuse)/n, "stackB/process")
			close(wait)
			for range n {
				<-done
			}
		})
	}
}

// runLoop runs a script that loops n times.
func runLoop(b *testing.B, body string, extra ...*hostapi.Module) {
	task := &fakeTask{}
	in, err := compileSource(b, `return function(n) for i = 1, n do `+body+` end end`, extra...).Load(task)
	if err != nil {
		b.Fatal(err)
	}
	f, _ := in.Method("main")
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := f.Call(task, []hostapi.Value{hostapi.Int(int64(b.N))}); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkCall(b *testing.B) {
	m := &hostapi.Module{Name: "host", Always: true, Funcs: []*hostapi.Func{
		{Name: "none", Run: func(hostapi.Call) error { return nil }},
		{
			Name:   "add",
			Params: []hostapi.Param{{Name: "a", Accept: hostapi.AcceptNumber}, {Name: "b", Accept: hostapi.AcceptNumber}},
			Run: func(c hostapi.Call) error {
				c.Push(hostapi.Int(c.Arg(0).Int() + c.Arg(1).Int()))
				return nil
			},
		},
	}}
	b.Run("none", func(b *testing.B) { runLoop(b, `host.none()`, m) })
	b.Run("add", func(b *testing.B) { runLoop(b, `host.add(i, 1)`, m) })
	b.Run("pcall", func(b *testing.B) { runLoop(b, `pcall(type, 1)`) })
	b.Run("throw", func(b *testing.B) { runLoop(b, `pcall(error, "x")`) })
	b.Run("method", func(b *testing.B) { runLoop(b, `local s = ("x"):len()`) })
	b.Run("floor", func(b *testing.B) { runLoop(b, `local s = math.floor(i)`) })
	b.Run("resume", func(b *testing.B) {
		runLoop(b, `co = co or coroutine.wrap(function() while true do coroutine.yield() end end) co()`)
	})
	b.Run("create", func(b *testing.B) { runLoop(b, `coroutine.wrap(function() end)()`) })
}

const fibSource = `
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local function loop(n) local s = 0 for i = 1, n do s = s + i % 7 end return s end
return function(n) fib(20) return loop(50000) end`

func BenchmarkLoop(b *testing.B) {
	b.Run("engine", func(b *testing.B) {
		task := &fakeTask{}
		in, err := compileSource(b, fibSource).Load(task)
		if err != nil {
			b.Fatal(err)
		}
		f, _ := in.Method("main")
		for b.Loop() {
			if _, err := f.Call(task, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		l := lua.NewState()
		if err := lua.DoString(l, fibSource); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			l.PushValue(-1)
			l.Call(0, 0)
		}
	})
}
