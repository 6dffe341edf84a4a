package golua

import (
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/engines/internal/luatest"
	"github.com/understudy-run/understudy/hostapi"
)

// What a census finds is about what Go allocated (17.8).
func TestCensusFindsWhatIsHeld(t *testing.T) {
	for name, text := range map[string]string{
		"array":        `kept = {} for i = 1, 500000 do kept[i] = i end`,
		"tables":       `kept = {} for i = 1, 50000 do kept[i] = {} end`,
		"records":      `kept = {} for i = 1, 50000 do kept[i] = {x = i, y = i} end`,
		"lists":        `kept = {} for i = 1, 50000 do kept[i] = {i, i} end`,
		"shared":       `local one = {} for i = 1, 1000 do one[i] = i end kept = {} for i = 1, 500000 do kept[i] = one end`,
		"number keys":  `kept = {} for i = 1, 100000 do kept[i + 0.5] = true end`,
		"string keys":  `kept = {} for i = 1, 100000 do kept["key" .. i] = true end`,
		"table keys":   `kept = {} for i = 1, 50000 do kept[{}] = true end`,
		"nested":       `kept = {} for i = 1, 50000 do kept = {kept} end`,
		"nested keys":  `kept = {} for i = 1, 50000 do kept = {[kept] = true} end`,
		"strings":      `kept = {} for i = 1, 50000 do kept[i] = ("x"):rep(100) .. i end`,
		"same string":  `local s = ("x"):rep(1000) kept = {} for i = 1, 500000 do kept[i] = s end`,
		"same word":    `local s = "word" kept = {} for i = 1, 500000 do kept[i] = s end`,
		"large string": `local s = ("x"):rep(10000000) kept = {s, s, s}`,
		"suffixes":     `local s = ("x"):rep(10000000) kept = {} for i = 1, 1000 do kept[i] = s:sub(i) end`,
		"closures":     `kept = {} for i = 1, 50000 do local a, b = {}, {} kept[i] = function() return a, b end end`,
		"variable":     `local kept = {} for i = 1, 100000 do kept[i] = {} end function f() return kept end`,
		"metatables":   `kept = {} for i = 1, 50000 do kept[i] = setmetatable({}, {__index = {}}) end`,
		"behind one":   `local t = {} for i = 1, 100000 do t[i] = {} end kept = setmetatable({}, {__index = t})`,
		"library":      `for i = 1, 100000 do string[i] = {} end`,
		"result":       `local t = {} for i = 1, 100000 do t[i] = {} end return t`,
		"iterators":    `local t = {} for i = 1, 1000 do t["k" .. i] = i end kept = {} for i = 1, 1000 do kept[i] = pairs(t) end`,
		"matches":      `kept = {} for i = 1, 100 do kept[i] = (("x"):rep(100000) .. i):gmatch(".") end`,
		"coroutines":   `kept = {} for i = 1, 1000 do local s = ("x"):rep(10000) .. i kept[i] = coroutine.create(function() return s end) end`,
		"wrapped":      `kept = {} for i = 1, 1000 do kept[i] = coroutine.wrap(function(s) coroutine.yield(s .. s) return s end) kept[i](("x"):rep(10000) .. i) end`,
	} {
		t.Run(name, func(t *testing.T) {
			brief(t, name, "large string", "wrapped")
			p := suite().Compile(t, text)
			task := &luatest.Task{}
			before := enginetest.Heap()
			in, err := p.Load(task)
			if err != nil {
				t.Fatal(err)
			}
			found := counted(in)
			held := enginetest.Heap() - before
			// Go's stacks are no heap, and coroutines are charged beside.
			if found < held*5/8 || found > held*2 {
				t.Errorf("found %d bytes, of %d that are held", found, held)
			}
			runtime.KeepAlive(in)
			in.Close()
		})
	}
}

func counted(in hostapi.Instance) int64 {
	bytes, _ := in.(*instance).census(nil)
	return bytes
}

// uncounted has a process counted never again.
func uncounted(in hostapi.Instance) { in.(*instance).books().ledger.Settle(luatest.Uncountable) }

const mib = 1 << 20

// brief leaves out most of the cases of a test that takes long with the race
// detector.
func brief(t *testing.T, name string, few ...string) {
	if testing.Short() && !slices.Contains(few, name) {
		t.Skip("takes long with the race detector")
	}
}

// underLimit calls main of a script under a memory limit.
func underLimit(t *testing.T, limit int64, text string) (*luatest.Task, error) {
	t.Helper()
	task := &luatest.Task{Limit: limit}
	_, err := suite().Run(t, task, text+"\nreturn main")
	return task, err
}

// Whatever holds it and whatever catches, growth without end is ended (17.11).
func TestGrowthIsKilled(t *testing.T) {
	for name, text := range map[string]string{
		"tables":       `function main() local t = {} for _ = 1, 2e5 do t[#t + 1] = {} end end`,
		"nested":       `function main() local t = {} for _ = 1, 2e5 do t = {t} end end`,
		"numbers":      `function main() local t, i = {}, 0 for _ = 1, 1e6 do i = i + 1 t[i] = i end end`,
		"string keys":  `function main() local t, i = {}, 0 for _ = 1, 1e5 do i = i + 1 t["key" .. i] = true end end`,
		"table keys":   `function main() local t = {} for _ = 1, 1e5 do t[{}] = true end end`,
		"strings":      `function main() local t, i = {}, 0 for _ = 1, 3e4 do i = i + 1 t[i] = ("x"):rep(1000) .. i end end`,
		"closures":     `function main() local t = {} for _ = 1, 2e5 do t[#t + 1] = function() return t end end end`,
		"chain":        `function main() local f for _ = 1, 2e5 do local g = f f = function() return g end end end`,
		"upvalue":      `local t = {} local function grow() t[#t + 1] = {} end function main() for _ = 1, 2e5 do grow() end end`,
		"global":       `t = {} function main() for _ = 1, 2e5 do t[#t + 1] = {} end end`,
		"caught":       `local function f() local t = {} for _ = 1, 2e5 do t[#t + 1] = {} end end function main() while true do pcall(f) end end`,
		"handler":      `function main() xpcall(error, function() local t = {} for _ = 1, 2e5 do t[#t + 1] = {} end end) end`,
		"deep":         `local function f(n) if n > 0 then return 1 + f(n - 1) end local t = {} for _ = 1, 2e5 do t[#t + 1] = {} end end function main() f(5000) end`,
		"deep calls":   `local function f(n) if n > 0 then return 1 + select(2, pcall(f, n - 1)) end local t = {} for _ = 1, 2e5 do t[#t + 1] = {} end end function main() f(500) end`,
		"locals":       `local function f(n) local t = {} for i = 1, 1000 do t[i] = i end return n > 0 and f(n - 1) + #t or 0 end function main() f(1500) end`,
		"metatables":   `function main() local t = {} for _ = 1, 1e5 do t = setmetatable({}, {__index = t}) end end`,
		"metamethod":   `function main() local t = {} local m = setmetatable({}, {__index = function() t[#t + 1] = {} end}) for _ = 1, 2e5 do local _ = m.x end end`,
		"comparator":   `function main() local t = {} for _ = 1, 1e5 do table.sort({3, 2, 1}, function(a, b) t[#t + 1] = {} return a < b end) end end`,
		"replacement":  `function main() local t = {} for _ = 1, 5e4 do ("xxxx"):gsub("x", function() t[#t + 1] = {} end) end end`,
		"library":      `function main() local i = 0 for _ = 1, 2e5 do i = i + 1 string[i] = {} end end`,
		"generator":    `function main() local co = coroutine.wrap(function() local t = {} while true do for i = 1, 100 do t[#t + 1] = {} end coroutine.yield() end end) for _ = 1, 2000 do co() end end`,
		"suspended":    `function main() local all = {} for _ = 1, 200 do local co = coroutine.wrap(function() local t = {} for i = 1, 1000 do t[i] = {} end coroutine.yield() return t end) co() all[#all + 1] = co end end`,
		"not begun":    `function main() local all = {} for _ = 1, 200 do local s = ("x"):rep(100000) .. #all all[#all + 1] = coroutine.create(function() return s end) end end`,
		"inside":       `function main() coroutine.wrap(function() local t = {} for _ = 1, 2e5 do t[#t + 1] = {} end end)() end`,
		"above inside": `function main() local t = {} local function grow() for _ = 1, 2e5 do t[#t + 1] = {} end end coroutine.wrap(grow)() return t end`,
		"iterators":    `function main() local big, all = {}, {} for i = 1, 1000 do big["k" .. i] = i end for _ = 1, 2000 do all[#all + 1] = pairs(big) end end`,
		"matches":      `function main() local all = {} for _ = 1, 3000 do all[#all + 1] = (("x"):rep(10000) .. #all):gmatch(".") end end`,
		"varargs":      `local function f(n, ...) if n > 0 then return f(n - 1, {{1}}, {{2}}, {{3}}, {{4}}, ...) end end local t = {} for i = 1, 6000 do t[i] = i end function main() while true do pcall(f, 5000, unpack(t)) end end`,
		"packed":       `function main() local t = {} for _ = 1, 1e5 do t = table.pack(t, {}, {}) end end`,
		"cleared":      `function main() local all = {} for _ = 1, 2000 do local t = {} for i = 1, 1000 do t[i] = i end for i = 1, 1000 do t[i] = nil end all[#all + 1] = t end end`,
		"top level":    `do local t = {} for _ = 1, 2e5 do t[#t + 1] = {} end end`,
	} {
		t.Run(name, func(t *testing.T) {
			brief(t, name, "handler", "suspended", "inside", "comparator")
			const limit = 4 * mib
			task, err := underLimit(t, limit, text)
			if !errors.Is(err, hostapi.ErrKilled) {
				t.Fatalf("it ended with %v", err)
			}
			if task.Used > 3*limit { // a stack grows by its own size
				t.Errorf("charged %d bytes at the end, of %d allowed", task.Used, limit)
			}
		})
	}
}

// What is no longer held is not charged, however much it was.
func TestGarbageIsNotCharged(t *testing.T) {
	for name, text := range map[string]string{
		"tables":     `function main() for i = 1, 2000000 do local t = {i} end end`,
		"lists":      `function main() for i = 1, 1000 do local t = {} for k = 1, 3000 do t[k] = {} end end end`,
		"strings":    `function main() for i = 1, 4000 do local s = ("x"):rep(100000) .. i end end`,
		"closures":   `function main() for i = 1, 3000000 do local f = function() return i end end end`,
		"coroutines": `function main() for i = 1, 5000 do local s = ("x"):rep(50000) .. i coroutine.wrap(function() return s end)() end end`,
		"deep":       `local function f(n) local t = {} for k = 1, 10 do t[k] = {} end if n > 0 then return f(n - 1) + #t end return 0 end function main() for i = 1, 500 do f(200) end end`,
		"caught":     `local function f() local t = {} for k = 1, 1000 do t[k] = {} end error(t) end function main() for i = 1, 2000 do pcall(f) end end`,
	} {
		t.Run(name, func(t *testing.T) {
			brief(t, name, "strings", "coroutines")
			const limit = 2 * mib
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			task, err := underLimit(t, limit, text)
			if err != nil {
				t.Fatalf("it ended with %v, charged %d", err, task.Used)
			}
			if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc < 100*limit {
				t.Errorf("it made only %d bytes", after.TotalAlloc-before.TotalAlloc)
			}
		})
	}
}

// Who lets go gets back what was charged.
func TestReleaseIsGivenBack(t *testing.T) {
	brief(t, "")
	task, err := underLimit(t, 256*mib, `
local function churn() for i = 1, 1500000 do local t = {i} end end
function main()
  local t = {}
  for i = 1, 100000 do t[i] = {} end
  churn()
  print("full")
  t = nil
  churn()
end`)
	if err != nil {
		t.Fatal(err)
	}
	if task.Used > 8*mib {
		t.Errorf("still charged %d bytes", task.Used)
	}
}

// What was released, but not counted yet, does not stand in the way.
func TestReleaseIsCountedBeforeAKill(t *testing.T) {
	_, err := underLimit(t, 16*mib, `
function main()
  local t = {}
  for i = 1, 80000 do t[i] = {} end
  for i = 1, 100000 do local x = {i} end
  t = nil
  for i = 1, 10 do local s = ("x"):rep(8000000) end
end`)
	if err != nil {
		t.Error(err)
	}
}

func BenchmarkCensus(b *testing.B) {
	in, err := suite().Compile(b, `kept = {} for i = 1, 200000 do kept[i] = {x = i, y = i} end`).Load(&luatest.Task{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		counted(in)
	}
}

// BenchmarkHolding works hot in a process that holds 200,000 small tables.
func BenchmarkHolding(b *testing.B) {
	luatest.BenchmarkHolding(b, New, counted, uncounted)
}
