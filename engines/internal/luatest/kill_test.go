package luatest

import (
	"errors"
	"fmt"
	"math/bits"
	"runtime/debug"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// lives are scripts that do not want to die. Each calls step in every way a
// script can be running in.
func lives() map[string]string {
	return map[string]string{
		"loop":  `while true do step() end`,
		"empty": `while true do end`,
		"pcall": `while true do pcall(function() while true do step() end end) print("caught") end`,
		"pcall deep": `local function f(n) while true do pcall(f, n + 1) step() end end
			f(0)`,
		"xpcall":         `while true do xpcall(function() while true do step() end end, function(e) print("handler") end) end`,
		"xpcall handler": `while true do xpcall(error, function(e) while true do step() end end) print("on") end`,
		"resume": `while true do
				local co = coroutine.create(function() while true do step() coroutine.yield() end end)
				while coroutine.resume(co) do end
				print("resumed")
			end`,
		"wrap": `while true do pcall(coroutine.wrap(function() while true do pcall(step) end end)) print("wrapped") end`,
		"nested coroutines": `local function f(n)
				local co = coroutine.wrap(function() if n < 20 then pcall(f, n + 1) end while true do step() end end)
				while true do pcall(co) print("co") end
			end
			f(0)`,
		"index": `local t = setmetatable({}, {__index = function() while true do step() end end})
			while true do pcall(function() return t.x end) print("index") end`,
		"operators": `local mt = {}
			for _, op in ipairs{"add", "concat", "lt", "le", "eq", "unm", "call", "newindex", "len"} do
				mt["__" .. op] = function() return pcall(function() while true do step() end end) end
			end
			local a, b = setmetatable({}, mt), setmetatable({}, mt)
			while true do
				pcall(function() return a + b end) pcall(function() return a .. b end) pcall(function() return a < b end)
				pcall(function() return -a end) pcall(a) pcall(function() a.x = 1 end) pcall(function() return #a end)
				print("op")
			end`,
		"tostring": `local t = setmetatable({}, {__tostring = function() while true do step() end end})
			while true do pcall(tostring, t) print("tostring") end`,
		"comparator": `while true do pcall(table.sort, {3, 1, 2}, function(a, b) while true do step() end end) print("sort") end`,
		"gsub":       `while true do pcall(string.gsub, "abc", ".", function() while true do step() end end) print("gsub") end`,
		"iterator":   `while true do pcall(function() for x in function() step() return 1 end do end end) print("for") end`,
		"recursion":  `local function f() step() pcall(f) f() end while true do pcall(f) print("rec") end`,
		"tail call":  `local function f(n) step() if n > 0 then return f(n - 1) end end while true do pcall(f, 10000) end`,
		"pattern":    `local s = ("a"):rep(100) while true do pcall(string.find, s, ("a*"):rep(3) .. "b") end`,
		"sort":       `local t = {} for i = 1, 1e5 do t[i] = -i end while true do pcall(table.sort, t) end`,
		"rep":        `while true do pcall(string.rep, "x", 1e6) end`,
		"join":       `local t = {} for i = 1, 1e3 do t[i] = "x" end while true do pcall(table.concat, t) end`,
		"errors":     `while true do pcall(error, "x") end`,
		"globals":    `while true do x = (x or 0) + 1 local s = string.len("a") print(_G.x) end`,
	}
}

func (s Suite) testKill(t *testing.T) {
	t.Run("cannot be caught", s.testKillCannotBeCaught)
	t.Run("in a census", s.testKillInACensus)
	t.Run("while waiting", s.testKillOfWaitingCallCannotBeCaught)
	t.Run("close unwinds", s.testCloseUnwindsCoroutines)
	t.Run("panics are faults", s.testPanicIsAFault)
	t.Run("memory", s.testMemoryLimitKills)
	t.Run("doubling strings", s.testDoublingStrings)
	t.Run("instructions", s.testInstructionsAreCounted)
	t.Run("arguments", s.testArguments)
	t.Run("slow instructions", s.testSlowInstructions)
	t.Run("kept arguments", s.testKeptArguments)
}

func (s Suite) testKillCannotBeCaught(t *testing.T) {
	for name, body := range lives() {
		for _, at := range []int{1, 2, 7, 30} {
			task := &Task{KillAt: at}
			text := `local n = 0
				local function step() n = n + 1 if n % 50 == 0 then print(n) end end
				return { main = function() ` + body + ` end }`
			_, err := s.Run(t, task, text)
			if !errors.Is(err, hostapi.ErrKilled) {
				t.Errorf("%s, tick %d: got %v", name, at, err)
			}
			if task.Output.Late {
				t.Errorf("%s, tick %d: printed after the kill", name, at)
			}
			if task.Cause != nil {
				t.Errorf("%s, tick %d: fault %v\n%s", name, at, task.Cause, task.Stack)
			}
		}
	}
}

// pausing is a task that is killed in one of its pauses.
type pausing struct {
	*Task
	pauses, killAt int
}

// Pause counts.
func (p *pausing) Pause(int) error {
	if p.pauses++; p.pauses == p.killAt {
		p.Killed = true
	}
	if p.Killed {
		return hostapi.ErrKilled
	}
	return nil
}

// A kill takes effect in the middle of counting what the process holds, whatever
// the script is doing and whatever it holds.
func (s Suite) testKillInACensus(t *testing.T) {
	churn := `for i = 1, 1000 do local t = {i, {}} end local s = ("x"):rep(100000)`
	for name, body := range map[string]string{
		"loop":       `while true do ` + churn + ` end`,
		"pcall":      `while true do pcall(function() while true do ` + churn + ` end end) print("on") end`,
		"coroutine":  `while true do pcall(coroutine.wrap(function() while true do ` + churn + ` end end)) print("on") end`,
		"library":    `while true do pcall(string.rep, "x", 1e6) end`,
		"comparator": `while true do pcall(table.sort, {3, 1, 2}, function(a, b) while true do ` + churn + ` end end) print("on") end`,
		"metamethod": `local t = setmetatable({}, {__index = function() while true do ` + churn + ` end end}) while true do pcall(function() return t.x end) print("on") end`,
		"handler":    `while true do xpcall(error, function() while true do ` + churn + ` end end) print("on") end`,
	} {
		s.killInACensus(t, name, body, `{i}`)
	}
	for _, item := range []string{`i`, `kept`, `i .. "x"`} {
		s.killInACensus(t, item, `while true do `+churn+` end`, item)
	}
}

func (s Suite) killInACensus(t *testing.T, name, body, item string) {
	text := `kept = {} for i = 1, 10000 do kept[i] = ` + item + ` kept["key" .. i] = i kept[i + 0.5] = i end return function() ` + body + ` end`
	for _, at := range []int{1, 20} {
		p := &pausing{Task: &Task{KillAt: 100000}, killAt: at}
		in, err := s.Compile(t, text).Load(p)
		if err == nil {
			f, _ := in.Method("main")
			_, err = f.Call(p, nil)
			in.Close()
		}
		if !errors.Is(err, hostapi.ErrKilled) || p.pauses != at || len(p.Output.Lines) > 0 || p.Cause != nil {
			t.Errorf("%s, pause %d: got %v after %d pauses, printed %q, fault %v", name, at, err, p.pauses, p.Output.Lines, p.Cause)
		}
	}
}

// dying is a module whose function is killed while it waits.
func dying(task *Task) *hostapi.Module {
	return &hostapi.Module{Name: "dying", Always: true, Funcs: []*hostapi.Func{{
		Name: "now",
		Run: func(c hostapi.Call) error {
			task.Killed = true
			return hostapi.ErrKilled
		},
	}}}
}

func (s Suite) testKillOfWaitingCallCannotBeCaught(t *testing.T) {
	for name, body := range map[string]string{
		"plain":      `dying.now() print("on")`,
		"pcall":      `pcall(dying.now) print("on")`,
		"xpcall":     `xpcall(dying.now, print) print("on")`,
		"handler":    `xpcall(error, function() pcall(dying.now) print("on") end) print("on")`,
		"coroutine":  `coroutine.resume(coroutine.create(function() pcall(dying.now) print("on") end)) print("on")`,
		"wrap":       `pcall(coroutine.wrap(function() dying.now() end)) print("on")`,
		"comparator": `pcall(table.sort, {3, 1, 2}, function() dying.now() print("on") end) print("on")`,
		"gsub":       `pcall(string.gsub, "abc", ".", function() pcall(dying.now) print("on") end) print("on")`,
		"metamethod": `pcall(function() return setmetatable({}, {__index = dying.now}).x end) print("on")`,
		"tostring":   `pcall(print, setmetatable({}, {__tostring = function() dying.now() return "x" end})) print("on")`,
		"tail call":  `pcall(function() return dying.now() end) print("on")`,
		"thrown":     `error(setmetatable({}, {__tostring = function() dying.now() print("on") return "x" end}))`,
	} {
		task := &Task{}
		_, err := s.RunWith(t, task, `return function() `+body+` end`, []*hostapi.Module{dying(task)})
		if !errors.Is(err, hostapi.ErrKilled) {
			t.Errorf("%s: got %v", name, err)
		}
		if len(task.Output.Lines) > 0 || task.Cause != nil {
			t.Errorf("%s: printed %q after the kill; fault %v\n%s", name, task.Output.Lines, task.Cause, task.Stack)
		}
	}
}

// Coroutines that are suspended when the process ends must not run on.
func (s Suite) testCloseUnwindsCoroutines(t *testing.T) {
	task := &Task{}
	_, err := s.Run(t, task, `
		kept = {}
		return function()
			for i = 1, 100 do
				kept[i] = coroutine.wrap(function()
					pcall(function() coroutine.yield() print("on") end)
					pcall(coroutine.yield)
					print("on")
				end)
				kept[i]()
			end
		end`)
	if err != nil || len(task.Output.Lines) > 0 {
		t.Errorf("got %v, printed %q", err, task.Output.Lines)
	}
	if task.Manual != 100 {
		t.Errorf("%d coroutines counted, want 100", task.Manual)
	}
}

// A panic of the interpreter or a module ends the process, and no script can
// catch it.
func (s Suite) testPanicIsAFault(t *testing.T) {
	broken := &hostapi.Module{Name: "broken", Always: true, Consts: []hostapi.Const{{
		Name: "value",
		Make: func(hostapi.Task) hostapi.Value { panic("bad constant") },
	}}, Funcs: []*hostapi.Func{{
		Name: "call",
		Run:  func(c hostapi.Call) error { return c.Arg(0).List().Items[0].Err() },
	}}}
	for _, body := range []string{
		`broken.call()`, `pcall(broken.call)`, `coroutine.wrap(broken.call)()`,
		`local v = broken.value`, `pcall(function() return broken.value end)`,
		`coroutine.resume(coroutine.create(function() return broken.value end))`,
	} {
		task := &Task{}
		_, err := s.RunWith(t, task, `return function() `+body+` print("on") end`, []*hostapi.Module{broken})
		if !errors.Is(err, hostapi.ErrKilled) || task.Cause == nil || len(task.Output.Lines) > 0 {
			t.Errorf("%s: got %v, fault %v, printed %q", body, err, task.Cause, task.Output.Lines)
		}
	}
}

func (s Suite) testMemoryLimitKills(t *testing.T) {
	task := &Task{Limit: 1 << 20}
	_, err := s.Run(t, task, `return function() while true do pcall(string.rep, "x", 2e6) print("on") end end`)
	if !errors.Is(err, hostapi.ErrKilled) || len(task.Output.Lines) > 0 {
		t.Errorf("got %v, printed %q", err, task.Output.Lines)
	}
	task = &Task{Limit: 1 << 20}
	if _, err := s.Run(t, task, `return function() for i = 1, 100 do local s = string.rep("x", 1e5) end end`); err != nil {
		t.Errorf("garbage is charged: %v", err)
	}
}

// All instructions are reported, however short the coroutines and tasks are that
// execute them.
func (s Suite) testInstructionsAreCounted(t *testing.T) {
	for name, body := range map[string]string{
		"plain":       `for i = 1, 100000 do local x = i end`,
		"coroutines":  `for i = 1, 100 do coroutine.wrap(function() for i = 1, 1000 do local x = i end end)() end`,
		"yields":      `local co = coroutine.wrap(function() while true do for i = 1, 1000 do local x = i end coroutine.yield() end end) for i = 1, 100 do co() end`,
		"short tasks": `for i = 1, 1000 do local x = i end`,
	} {
		task := &Task{}
		calls := 1
		if name == "short tasks" {
			calls = 100
		}
		in, err := s.Compile(t, "return function() "+body+" end").Load(task)
		if err != nil {
			t.Fatal(err)
		}
		for range calls {
			f, _ := in.Method("main")
			if _, err := f.Call(task, nil); err != nil {
				t.Fatal(err)
			}
		}
		if task.Steps < 200000 || task.Steps > 400000 {
			t.Errorf("%s: %d steps reported for 100000 rounds", name, task.Steps)
		}
	}
}

// A string that doubles again and again must not exhaust the memory.
func (s Suite) testDoublingStrings(t *testing.T) {
	task := &Task{}
	_, err := s.Run(t, task, fmt.Sprintf(`return function()
		local s = "x"
		print(pcall(function() for _ = 1, %[1]d do s = s .. s end end))
		print(pcall(function() for _ = 1, %[1]d do s = s .. s .. "" end end))
	end`, bits.Len(lualib.MaxString)))
	if err != nil || len(task.Output.Lines) != 2 || task.Used > 512<<20 {
		t.Errorf("got %v, printed %q, %d bytes charged", err, task.Output.Lines, task.Used)
	}
	task = &Task{Limit: 1 << 20}
	if _, err := s.Run(t, task, `return function() local s = "x" for _ = 1, 23 do s = s .. s end end`); !errors.Is(err, hostapi.ErrKilled) {
		t.Errorf("with a limit: got %v", err)
	}
}

// Calls with very many arguments are script errors, and none of them is copied for
// long without a tick.
func (s Suite) testArguments(t *testing.T) {
	// Many from the beginning: an interpreter that takes fewer says so there.
	const list = `local t = {} for i = 1, 6000 do t[i] = i end `
	for name, body := range map[string]string{
		"grow":    list + `local function f(n, ...) if n > 0 then return f(n - 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, ...) end end return pcall(f, 2000, unpack(t))`,
		"nested":  list + `local function f(n, ...) return n > 0 and (f(n - 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, ...)) end return pcall(f, 2000, unpack(t))`,
		"pack":    list + `local function f(n, ...) local t = {...} if n > 0 then return f(n - 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, ...) end end return pcall(f, 2000, unpack(t))`,
		"handler": list + `local function f(n, ...) if n > 0 then return f(n - 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, ...) end end return xpcall(f, function(e) return e end, 2000, unpack(t))`,
		"unpack":  `return pcall(unpack, {}, 1, 100000)`,
		"byte":    `return pcall(string.byte, ("x"):rep(100000), 1, -1)`,
	} {
		task := &Task{}
		values, err := s.Run(t, task, `return function() `+body+` end`)
		if err != nil || values[0].Bool() || values[1].Type() != hostapi.TypeString {
			t.Errorf("%s: got %v, %v", name, values, err)
		}
	}
	const many = 1 << 14
	values, err := s.Run(t, &Task{}, fmt.Sprintf(`return function()
		local t = {}
		for i = 1, %d do t[i] = i end
		local function f(...) return select("#", ...), (select(-1, ...)) end
		return f(unpack(t))
	end`, many))
	if err != nil || values[0].Int() != many || values[1].Int() != many {
		t.Errorf("with %d arguments: got %v, %v", many, values, err)
	}
}

// Where instructions take long, ticks come sooner.
func (s Suite) testSlowInstructions(t *testing.T) {
	const rounds = 1000
	task := &Task{}
	if _, err := s.Run(t, task, fmt.Sprintf(`return function()
		local t = {}
		for i = 1, 16000 do t[i] = i end
		local function f(...) for i = 1, %d do local t = {...} end end
		f(unpack(t))
	end`, rounds)); err != nil {
		t.Fatal(err)
	}
	if task.Ticks < rounds/50 {
		t.Errorf("%d ticks while 16000 arguments were copied %d times", task.Ticks, rounds)
	}
}

// What keeps copies of many arguments does not keep much before the first tick, after
// which it is counted, wherever the arguments come from.
func (s Suite) testKeptArguments(t *testing.T) {
	const most = 40                                  // copies between two ticks
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // collections bring ticks too
	for name, body := range map[string]string{
		"unpack": `keep(unpack(t))`,
		"yield":  `local co = coroutine.wrap(function(...) keep(coroutine.yield()) end) co() co(unpack(t))`,
		"pcall":  `pcall(keep, unpack(t))`,
		"nested": `local function nest(n) if n > 0 then pcall(nest, n - 1) else pcall(keep, unpack(t)) end end for n = 115, 125 do nest(n) end`,
		"main":   `keep(...)`,
	} {
		task := &Task{}
		calls, copies, since, before := 0, 0, 0, 0
		probe := &hostapi.Module{Name: "probe", Always: true, Funcs: []*hostapi.Func{{Name: "copied", Run: func(hostapi.Call) error {
			calls++
			if since++; task.Ticks > before {
				since, before = 0, task.Ticks
			}
			copies = max(copies, since)
			return nil
		}}}}
		var args []hostapi.Value
		for i := range 16000 {
			args = append(args, hostapi.Int(int64(i)))
		}
		if _, err := s.RunWith(t, task, `return function(...)
			local t, kept = {...}, {}
			local function keep(...) for i = 1, 60 do kept[i] = {...} probe.copied() end end
			`+body+`
		end`, []*hostapi.Module{probe}, args...); err != nil || calls < 60 || copies > most {
			t.Errorf("%s: %v, %d copies, %d of them between two ticks", name, err, calls, copies)
		}
	}
}
