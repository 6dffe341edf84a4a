package luatest

import (
	"fmt"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// Computing is a source that only computes, for comparisons with the bare
// interpreter.
const Computing = `
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local function loop(n) local s = 0 for i = 1, n do s = s + i % 7 end return s end
return function(n) fib(20) return loop(50000) end`

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
