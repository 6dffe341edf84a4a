package luatest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func BenchmarkLua(b *testing.B) {
	for _, s := range suites() {
		b.Run(s.name(), s.bench)
	}
}

func (s Suite) bench(b *testing.B) {
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
