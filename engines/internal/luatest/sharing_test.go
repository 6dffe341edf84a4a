package luatest

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func (s Suite) testSharing(t *testing.T) {
	t.Run("white list", s.testWhiteList)
	t.Run("isolation", s.testProcessesAreIsolated)
	t.Run("nothing", s.testProcessesShareNothing)
	t.Run("method", s.testMethod)
	t.Run("arguments of a top level", s.testVarargsOfATopLevel)
}

func (s Suite) testMethod(t *testing.T) {
	for name, text := range map[string]string{
		"table":    `return { main = function(a, b) return a + 1, b end }`,
		"function": `return function(a, b) return a + 1, b end`,
	} {
		values, err := s.Run(t, &Task{}, text, hostapi.Int(41), hostapi.String("x"))
		if err != nil || len(values) != 2 || values[0].Int() != 42 || values[1].Str() != "x" {
			t.Errorf("%s: got %v, %v", name, values, err)
		}
	}
}

func (s Suite) members(t *testing.T, expr string) []string {
	t.Helper()
	task := &Task{}
	if _, err := s.Run(t, task, `return function()
		for k in pairs(`+expr+`) do print(k) end
	end`); err != nil {
		t.Fatal(err)
	}
	slices.Sort(task.Output.Lines)
	return task.Output.Lines
}

// The globals and the members of the libraries are a white list (19.1).
func (s Suite) testWhiteList(t *testing.T) {
	for expr, want := range map[string]string{
		"_G": `_G _VERSION assert error getmetatable ipairs next pairs pcall print rawequal rawget rawset
			require select setmetatable tonumber tostring type unpack xpcall
			channel coroutine errors math os process string table`,
		"string": `byte char find format gmatch gsub len lower match rep reverse sub upper`,
		"table":  `concat insert pack remove sort unpack`,
		"math": `abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min
			modf pi pow rad random randomseed sin sinh sqrt tan tanh`,
		"coroutine": `create isyieldable resume running spawn status wrap yield`,
		"os":        `clock date difftime platform time`,
	} {
		names := strings.Fields(want)
		slices.Sort(names)
		if got := s.members(t, expr); !slices.Equal(got, names) {
			t.Errorf("%s: got %q, want %q", expr, got, names)
		}
	}
}

// Whatever a script does to its globals and libraries is seen by itself alone.
func (s Suite) testProcessesAreIsolated(t *testing.T) {
	p := s.Compile(t, `return {
		spoil = function()
			string.format = nil
			string.extra = function(s) return "extra " .. s end
			print(string.format, ("x"):extra(), ("x").format, rawget(string, "len") ~= nil)
			table.insert(math, 1) math.pi = 3
			for k in pairs(os) do os[k] = nil end
			setmetatable(_G, {__index = function(_, k) return "no " .. k end})
			print(foo, math[1], math.pi, next(os), rawget(_G, "print") == print)
			print = nil
			tostring, channel, x = nil, nil, 1
			assert(rawset(_G, "type", 5).type == 5)
			coroutine = {}
			local p = pcall
			for _, f in ipairs{
				function() process.send = 1 end, function() process.fresh = 1 end, function() rawset(process, "x", 1) end,
				function() setmetatable(process, {}) end, function() table.insert(process, 1) end,
				function() process.registry.lookup = nil end, function() errors.new = nil end,
				function() setmetatable("", {}) end, function() getmetatable("").x = 1 end,
				function() getmetatable(process).x = 1 end, function() errors.new("x").y = 1 end,
				function() getmetatable(errors.new("x")).y = 1 end, function() errors.INVALID = 1 end,
			} do
				assert(not p(f), _)
			end
		end,
		show = function()
			print(string.format("%d", 1), string.extra, rawget(string, "extra"), ("x").extra)
			print(math[1], math.pi > 3.1, os.time ~= nil, getmetatable(_G), foo, x, type(tostring), type(channel))
			print(process.fresh, type(process.send), type(process.registry.lookup), errors.INVALID, type(coroutine.create))
			print(getmetatable(""), getmetatable(process), getmetatable(errors.new("x")), type(next(process)))
		end,
	}`)
	var lines []string
	for _, method := range []string{"spoil", "show"} {
		task := &Task{}
		in, err := p.Load(task)
		if err != nil {
			t.Fatal(err)
		}
		f, _ := in.Method(method)
		if _, err := f.Call(task, nil); err != nil {
			t.Fatalf("%s: %v %v", method, err, task.Cause)
		}
		lines = append(lines, task.Output.Lines...)
	}
	want := []string{
		"nil extra x nil true",
		"no foo 1 3 nil true",
		"1 nil nil nil",
		"nil true true nil nil nil function table",
		"nil function function Invalid function",
		"false false false string",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// A process starts afresh, also when it takes over the compiled code of one that
// has ended.
func (s Suite) testProcessesShareNothing(t *testing.T) {
	text := `
		local function counter() local n = 0 return function() n = n + 1 return n end end
		local state, next = {}, counter()
		return function(name)
			print(name, seen, #state, next(), string.mine, ("x").mine, rawget(_G, "print"))
			seen, string.mine = true, "mine"
			state[1] = name
			return process == process.event, errors.new("x") == errors.new("x"), #process, pairs(errors)
		end`
	p := s.Compile(t, text)
	for _, name := range []string{"one", "two", "three"} {
		task := &Task{}
		in, err := p.Load(task)
		if err != nil {
			t.Fatal(err)
		}
		f, _ := in.Method("main")
		if _, err := f.Call(task, []hostapi.Value{hostapi.String(name)}); err != nil {
			t.Fatal(err)
		}
		if got, want := task.Output.Lines[0], name+" nil 0 1 nil nil function: "; !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		in.Close()
	}
	// What processes do share is only read; the race detector watches.
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				task := &Task{}
				in, err := p.Load(task)
				if err != nil {
					t.Error(err)
					return
				}
				f, _ := in.Method("main")
				if _, err := f.Call(task, []hostapi.Value{hostapi.String("n")}); err != nil {
					t.Error(err)
				}
				in.Close()
			}
		})
	}
	group.Wait()
}

func (s Suite) testVarargsOfATopLevel(t *testing.T) {
	values, err := s.Run(t, &Task{}, `local a, b = ... local n = select("#", ...) return function() return a, b, n end`)
	if err != nil || len(values) != 3 || !values[0].IsNil() || values[2].Int() != 0 {
		t.Errorf("got %v, %v", values, err)
	}
}
