package gopherlua

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/engines/internal/luatest"
	"github.com/understudy-run/understudy/hostapi"
)

// What a census finds is about what Go allocated (17.8).
func TestCensusFindsWhatIsHeld(t *testing.T) {
	s := suite()
	for name, text := range map[string]string{
		"numbers":         `kept = {} for i = 1, 500000 do kept[i] = i + 0.5 end`,
		"small numbers":   `kept = {} for i = 1, 500000 do kept[i] = 1 end`,
		"lists":           `kept = {} for i = 1, 100000 do kept[i] = {i} end`,
		"pushed lists":    `kept = {} for i = 1, 20000 do local t = {} t[#t + 1] = i kept[i] = t end`,
		"shared list":     `local one = {} for i = 1, 1000 do one[i] = i end kept = {} for i = 1, 200000 do kept[i] = one end`,
		"records":         `kept = {} for i = 1, 50000 do kept[i] = {x = i, y = i} end`,
		"filled records":  `kept = {} for i = 1, 20000 do local t = {} t.x = i t.y = i kept[i] = t end`,
		"string keys":     `kept = {} for i = 1, 200000 do kept["key " .. i] = i end`,
		"number keys":     `kept = {} for i = 1, 200000 do kept[-i] = i end`,
		"table keys":      `kept = {} for i = 1, 50000 do kept[{}] = i end`,
		"strings":         `kept = {} for i = 1, 100000 do kept[i] = "text number " .. i end`,
		"long strings":    `kept = {} for i = 1, 10000 do kept[i] = ("x"):rep(1000) .. i end`,
		"same string":     `local s = ("x"):rep(1000) kept = {} for i = 1, 200000 do kept[i] = s end`,
		"large strings":   `kept = {} for i = 1, 10 do kept[i] = ("x"):rep(1000000) .. i end`,
		"parts":           `local s = ("x"):rep(10000000) kept = {} for i = 1, 1000 do kept[i] = s:sub(i) end`,
		"closures":        `kept = {} for i = 1, 50000 do kept[i] = function() return i end end`,
		"plain functions": `kept = {} for i = 1, 50000 do kept[i] = function() end end`,
		"shared upvalue":  `local n = {1} kept = {} for i = 1, 50000 do kept[i] = function() return n end end`,
		"iterators":       `kept = {} for i = 1, 50000 do kept[i] = string.gmatch("x", "x") end`,
		"metatables":      `kept = {} for i = 1, 30000 do kept[i] = setmetatable({}, {__index = {i}}) end`,
		"errors":          `kept = {} for i = 1, 20000 do kept[i] = errors.new("message " .. i) end`,
		"environment":     `for i = 1, 200000 do _G["key " .. i] = i end`,
		"library":         `for i = 1, 200000 do string[i] = i end`,
		"removed keys":    `kept = {} for i = 1, 200000 do local k = "key " .. i kept[k] = i kept[k] = nil end`,
	} {
		t.Run(name, func(t *testing.T) {
			p := s.Compile(t, text+" return function() end")
			enginetest.CheckCensus(t, p, counted)
		})
	}
}

func counted(in hostapi.Instance) int64 {
	bytes, _ := in.(*instance).census(nil)
	return bytes
}

// uncounted has a process counted never again.
func uncounted(in hostapi.Instance) { in.(*instance).ledger.Settle(luatest.Uncountable) }

// What is held anywhere is charged, whatever catches.
func TestGrowthIsKilled(t *testing.T) {
	list := make([]hostapi.Value, 10000)
	for i := range list {
		list[i] = hostapi.Int(int64(1000 + i))
	}
	host := &hostapi.Module{Name: "host", Always: true, Funcs: []*hostapi.Func{{Name: "data", Run: func(c hostapi.Call) error {
		c.Push(hostapi.ListOf(list...))
		return nil
	}}}}
	const much = ` for _ = 1, 1e5 do t[#t + 1] = {1} end `
	for name, body := range map[string]string{
		"tables":           `local t = {}` + much,
		"global":           `t = {}` + much,
		"field":            `local o = {t = {}} for _ = 1, 1e5 do o.t[#o.t + 1] = {} end`,
		"numbers":          `local t = {} for _ = 1, 1e6 do t[#t + 1] = #t end`,
		"inserted":         `local t = {} for _ = 1, 2e5 do table.insert(t, {}) end`,
		"keys":             `local t, i = {}, 0 for _ = 1, 2e5 do i = i + 1 t["key" .. i] = true end`,
		"removed keys":     `local t, i = {}, 0 for _ = 1, 2e5 do i = i + 1 t["key" .. i] = true t["key" .. i] = nil end`,
		"table keys":       `local t = {} for _ = 1, 1e5 do t[{}] = true end`,
		"short strings":    `local t = {} for _ = 1, 3e5 do t[#t + 1] = "x" .. #t end`,
		"strings":          `local t = {} for _ = 1, 200 do t[#t + 1] = ("x"):rep(100000) .. #t end`,
		"repeated":         `local t = {} for _ = 1, 200 do t[#t + 1] = ("x"):rep(100000 + #t) end`,
		"joined":           `local t, p = {}, {} for i = 1, 1000 do p[i] = ("x"):rep(100) end for _ = 1, 200 do t[#t + 1] = table.concat(p) end`,
		"formatted":        `local t, s = {}, ("x"):rep(1000) for _ = 1, 3e4 do t[#t + 1] = string.format("%s%d", s, #t) end`,
		"closures":         `local f = function() end for _ = 1, 2e5 do local g = f f = function() return g end end`,
		"plain functions":  `local t = {} for _ = 1, 2e5 do t[#t + 1] = function() end end`,
		"upvalue":          `local t = {} local f = function() t[#t + 1] = {1} end for _ = 1, 1e5 do f() end`,
		"metatables":       `local head for _ = 1, 1e5 do head = setmetatable({}, {__index = head}) end`,
		"deep":             `local function f(n, t) if n > 0 then return (f(n - 1, t)) end ` + much + ` end f(500, {})`,
		"many deep":        `local function f(n) local t = {} for i = 1, 3000 do t[i] = {} end return n > 0 and 1 + f(n - 1) + #t or 0 end f(100)`,
		"in pcall":         `local t = {} for _ = 1, 3 do pcall(function() ` + much + ` end) end`,
		"below pcall":      `local t = {} pcall(function() local u = t t = nil for _ = 1, 2e5 do u[#u + 1] = {} end end)`,
		"argument":         `local function f(...) local t = ... ` + much + ` end f({})`,
		"only argument":    `(function(...) for _ = 1, 1e5 do (...)[#(...) + 1] = {} end end)({})`,
		"expression":       `local function f() local t = {} ` + much + ` end print(1, {f()})`,
		"results":          `local function f() local t = {} for i = 1, 10000 do t[i] = i end return t end local t = {} for _ = 1, 200 do t[#t + 1] = f() end`,
		"comparator":       `local t = {} table.sort({3, 2, 1}, function() ` + much + ` end)`,
		"callback":         `local t = {} string.gsub("x", "x", function() ` + much + ` end)`,
		"metamethod":       `local t = {} local o = setmetatable({}, {__index = function() ` + much + ` end}) return o.x`,
		"library":          `for _ = 1, 2e5 do string[#string + 1] = {} end`,
		"running":          `coroutine.wrap(function() local t = {} ` + much + ` end)()`,
		"suspended":        `local f = coroutine.wrap(function() local t = {} while true do t[#t + 1] = {} coroutine.yield() end end) for _ = 1, 2e5 do f() end`,
		"many suspended":   `local t = {} for _ = 1, 250 do local f = coroutine.wrap(function() local u = {} for i = 1, 3000 do u[i] = i end coroutine.yield() return u end) f() t[#t + 1] = f end`,
		"fresh coroutines": `local t = {} for _ = 1, 250 do local u = {} for i = 1, 3000 do u[i] = i end t[#t + 1] = coroutine.create(function() return u end) end`,
		"fresh wrapped":    `local t = {} for _ = 1, 250 do local u = {} for i = 1, 3000 do u[i] = i end t[#t + 1] = coroutine.wrap(function() return u end) end`,
		"iterators":        `local t = {} for _ = 1, 3000 do t[#t + 1] = (("x"):rep(10000) .. #t):gmatch("y") end`,
		"errors":           `local t = {} for _ = 1, 3e4 do t[#t + 1] = errors.new(("x"):rep(1000)) end`,
		"imported":         `local t = {} for _ = 1, 300 do t[#t + 1] = host.data() end`,
		"spread":           `local t, u = {}, {} for i = 1, 5000 do u[i] = i end for _ = 1, 400 do t[#t + 1] = {unpack(u)} end`,
		"variable":         `local u = {} for i = 1, 2500 do u[i] = i end (function(...) local t = {} for _ = 1, 800 do t[#t + 1] = {...} end end)(unpack(u))`,
	} {
		t.Run(name, func(t *testing.T) {
			task := &luatest.Task{Limit: 8 << 20, KillAt: 5000000}
			if _, err := suite().RunWith(t, task, "return function() "+body+" end", []*hostapi.Module{host}); !errors.Is(err, hostapi.ErrKilled) {
				t.Fatalf("it ended with %v", err)
			}
			if task.Cause != nil {
				t.Fatalf("a fault: %v\n%s", task.Cause, task.Stack)
			}
			if task.Peak > 4*task.Limit {
				t.Errorf("charged %d bytes at the end, of %d allowed", task.Peak, task.Limit)
			}
			if task.Steps > 50e6 || task.Used <= task.Limit {
				t.Errorf("ended after %d steps with %d bytes charged", task.Steps, task.Used)
			}
		})
	}
}

// One assignment can fill a large array. Few of them do before they are charged.
func TestHolesAreKilled(t *testing.T) {
	task := &luatest.Task{Limit: 8 << 20}
	if _, err := suite().Run(t, task, `return function()
		local kept = {}
		for i = 1, 40 do local t = {} t[70000] = 1 kept[i] = t end
		print("on")
	end`); !errors.Is(err, hostapi.ErrKilled) {
		t.Errorf("it ended with %v, %d bytes charged", err, task.Used)
	}
}

func TestTopLevelIsCharged(t *testing.T) {
	task := &luatest.Task{Limit: 8 << 20, KillAt: 5000000}
	if _, err := suite().Load(t, task, `local t = {} while true do t[#t + 1] = {} end`); !errors.Is(err, hostapi.ErrKilled) {
		t.Fatal(err)
	}
	if task.Used < task.Limit {
		t.Errorf("%d bytes charged at the end, of %d allowed", task.Used, task.Limit)
	}
}

// What is no longer held is not charged, even if it is ten times the limit, in the long
// run a hundred times.
func TestGarbageIsNotCharged(t *testing.T) {
	for name, body := range map[string]string{
		"tables":     `for i = 1, 3e6 do local t = {i, i, i} end`,
		"records":    `for i = 1, 1e6 do local t = {x = i, y = i} end`,
		"lists":      `for i = 1, 100 do local t = {} for j = 1, 10000 do t[j] = {j} end end`,
		"strings":    `for i = 1, 1e4 do local s = ("x"):rep(40000) .. i end`,
		"replaced":   `local s = "" for i = 1, 2e4 do s = ("x"):rep(20000) .. i end`,
		"closures":   `for i = 1, 3e6 do local f = function() return i end end`,
		"calls":      `local function f(...) return {...} end for i = 1, 1e6 do f(i, i, i) end`,
		"coroutines": `for i = 1, 20000 do coroutine.wrap(function() local t = {} for j = 1, 100 do t[j] = j end end)() end`,
		"caught":     `for i = 1, 3e4 do pcall(error, ("x"):rep(10000)) end`,
		"appended":   `local s = "" for i = 1, 2e4 do s = s .. "xxxxxxxxxx" end`,
	} {
		t.Run(name, func(t *testing.T) {
			if os.Getenv("UNDERSTUDY_LONG") == "" {
				body = strings.Replace(body, "1, ", "1, 0.1 * ", 1)
			}
			task := &luatest.Task{Limit: 3 << 20}
			if _, err := suite().Run(t, task, "return function() "+body+" end"); err != nil {
				t.Errorf("it ended with %v, %d bytes charged", err, task.Used)
			}
		})
	}
}

// What a process gives up is given back.
func TestShrinkingProcessIsCreditedAgain(t *testing.T) {
	task := &luatest.Task{}
	_, err := suite().Run(t, task, `
		local function fill() local t = {} for i = 1, 300000 do t[i] = {i} end return t end
		local function work() for i = 1, 3e6 do local t = {i} end end
		return function() local t = fill() work() t = nil work() work() end`)
	if err != nil {
		t.Fatal(err)
	}
	if task.Peak < 20<<20 || task.Used > 2<<20 {
		t.Errorf("%d bytes charged at the end, %d at most", task.Used, task.Peak)
	}
}

// A transient charge is given back, and a census does not count it again.
func TestNothingIsChargedTwice(t *testing.T) {
	task := &luatest.Task{Limit: 24 << 20}
	_, err := suite().Run(t, task, `return function()
		local kept = ("x"):rep(8000000)
		for i = 1, 200 do local s = ("y"):rep(8000000) end
		return #kept
	end`)
	if err != nil {
		t.Errorf("it ended with %v, %d bytes charged", err, task.Used)
	}
}

// BenchmarkCensus is one census of small tables.
func BenchmarkCensus(b *testing.B) {
	for name, item := range map[string]string{"lists": `{i}`, "records": `{x = i, y = i}`, "numbers": `i`} {
		b.Run(name, func(b *testing.B) {
			in, err := suite().Load(b, &luatest.Task{}, fmt.Sprintf(`kept = {} for i = 1, 200000 do kept[i] = %s end return function() end`, item))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				counted(in)
			}
		})
	}
}

// BenchmarkHolding works hot in a process that holds 200,000 small tables.
func BenchmarkHolding(b *testing.B) {
	luatest.BenchmarkHolding(b, New, counted, uncounted)
}
