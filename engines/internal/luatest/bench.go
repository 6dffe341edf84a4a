package luatest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// Benchmark runs all benchmarks.
func (s Suite) Benchmark(b *testing.B) {
	b.Run("Load", s.benchLoad)
	b.Run("Process", s.benchProcess)
	b.Run("Idle", s.benchIdle)
	b.Run("Call", s.benchCall)
	b.Run("Loop", s.benchLoop)
}

// manyFunctions is the text of an ordinary module with n functions.
func manyFunctions(n int) string {
	var b strings.Builder
	b.WriteString("local state, handlers = {count = 0, items = {}}, {}\n")
	for i := range n {
		fmt.Fprintf(&b, `
			local function check_%[1]d(message, limit)
				if type(message) ~= "table" or not message.kind then
					return nil, "bad message " .. tostring(message)
				end
				return #state.items < (limit or 10)
			end
			function handlers.on_%[1]d(message, from)
				local ok, err = check_%[1]d(message, 5)
				if not ok then
					return process.send(from, "error", {text = err, count = state.count})
				end
				state.count = state.count + 1
				table.insert(state.items, {kind = message.kind, id = %[1]d})
				for i, item in ipairs(state.items) do
					if item.kind == message.kind then process.send(from, "item", item) end
				end
			end
		`, i)
	}
	return b.String()
}

const benchSource = `
local state = {n = 0}
local function handle(m) state.n = state.n + m return state.n end
return { main = function(n) return handle(n) end }`

func (s Suite) benchLoad(b *testing.B) {
	p := s.Compile(b, benchSource)
	task := &Task{}
	for b.Loop() {
		in, err := p.Load(task)
		if err != nil {
			b.Fatal(err)
		}
		in.Close()
	}
}

// benchProcess is a whole life: load, main, end.
func (s Suite) benchProcess(b *testing.B) {
	p := s.Compile(b, benchSource)
	task := &Task{}
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

// benchIdle reports the memory of a process that waits in main.
func (s Suite) benchIdle(b *testing.B) {
	for name, text := range map[string]string{
		"plain":     `return function() idle.wait() end`,
		"module":    `local n = 0 return { main = function() while true do local m = idle.wait() n = n + 1 end end }`,
		"functions": manyFunctions(30) + `return function() idle.wait() end`,
		"library":   `local s = string.format("%d", 1) return function() pcall(idle.wait) end`,
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
			p := s.Compile(b, text, idle)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.GC()
			runtime.ReadMemStats(&before)
			for range n {
				go func() {
					task := &Task{}
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
func (s Suite) runLoop(b *testing.B, body string, extra ...*hostapi.Module) {
	task := &Task{}
	in, err := s.Compile(b, `return function(n) for i = 1, n do `+body+` end end`, extra...).Load(task)
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

func (s Suite) benchCall(b *testing.B) {
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
	b.Run("none", func(b *testing.B) { s.runLoop(b, `host.none()`, m) })
	b.Run("add", func(b *testing.B) { s.runLoop(b, `host.add(i, 1)`, m) })
	b.Run("pcall", func(b *testing.B) { s.runLoop(b, `pcall(type, 1)`) })
	b.Run("throw", func(b *testing.B) { s.runLoop(b, `pcall(error, "x")`) })
	b.Run("method", func(b *testing.B) { s.runLoop(b, `local s = ("x"):len()`) })
	b.Run("floor", func(b *testing.B) { s.runLoop(b, `local s = math.floor(i)`) })
	b.Run("resume", func(b *testing.B) {
		s.runLoop(b, `co = co or coroutine.wrap(function() while true do coroutine.yield() end end) co()`)
	})
	b.Run("concat", func(b *testing.B) { s.runLoop(b, `local s = "a" .. i .. "b"`) })
	b.Run("create", func(b *testing.B) { s.runLoop(b, `coroutine.wrap(function() end)()`) })
}

// Computing is a source that only computes, for comparisons with the bare
// interpreter.
const Computing = `
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local function loop(n) local s = 0 for i = 1, n do s = s + i % 7 end return s end
return function(n) fib(20) return loop(50000) end`

func (s Suite) benchLoop(b *testing.B) {
	b.Run("engine", func(b *testing.B) {
		task := &Task{}
		in, err := s.Compile(b, Computing).Load(task)
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
}

// Uncountable is what a process without a limit has to hold in order not to be counted
// again before it has allocated as much.
const Uncountable = 1 << 50

// BenchmarkHolding is what it costs that a process which holds 200,000 small tables
// is counted: with a limit far above that, and one of which 150/256 are held.
// uncounted has its ledger settled with Uncountable.
func BenchmarkHolding(b *testing.B, newEngine func() hostapi.Engine, counted func(hostapi.Instance) int64, uncounted func(hostapi.Instance)) {
	const held = 200000
	for name, body := range map[string]string{
		"computing":  `for i = 1, 200000 do n = n + i % 7 end`,
		"allocating": `for i = 1, 200000 do local t = {i} n = n + #t end`,
		"replacing":  `for i = 1, 200000 do kept[i] = {n} end`,
		"records":    `for i = 1, 200000 do kept[i] = {x = n, y = i} end`,
	} {
		for _, variant := range []string{"counted", "near", "uncounted"} {
			b.Run(name+"/"+variant, func(b *testing.B) {
				s := Suite{newEngine()}
				p := s.Compile(b, fmt.Sprintf(`local n = 0 kept = {} for i = 1, %d do kept[i] = {i} end
					return function() %s end`, held, body))
				task := &Task{Limit: 1 << 30}
				in, err := task.Load(p)
				if err != nil {
					b.Fatal(err)
				}
				f, _ := in.Method("main")
				if _, err := f.Call(task, nil); err != nil { // now it holds what body makes
					b.Fatal(err)
				}
				switch variant {
				case "near":
					task.Limit = counted(in) * 256 / 150
				case "uncounted":
					task.Limit = 0
					uncounted(in)
				}
				for b.Loop() {
					if _, err := f.Call(task, nil); err != nil {
						b.Fatal(err)
					}
				}
				in.Close()
			})
		}
	}
}
