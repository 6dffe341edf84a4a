package repl_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/core/repl"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

const index = `version: "1.0"
namespace: app
entries:
  - { name: hosts, kind: process.host, host: { workers: 1 } }
  - { name: echo, kind: process.lua, source: "return function() while true do local m = process.inbox():receive() m:reply(m:payload():data()) end end" }
  - { name: lib, kind: library.lua, source: "return { twice = function(x) return 2 * x end }" }
  - { name: slib, kind: library.starlark, source: "def twice(x):\n    return 2 * x" }
`

func engines() []hostapi.Engine {
	return []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()}
}

// open starts a session of an engine, and ends it with the test.
func open(t *testing.T, engine string, limits spec.Limits) *repl.Session {
	t.Helper()
	s, err := start(t, index, engine, limits, engines())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start starts a session of an engine for an app, whose host is app:hosts.
func start(t *testing.T, index, engine string, limits spec.Limits, engines []hostapi.Engine) (*repl.Session, error) {
	t.Helper()
	a, found := app.Load(fstest.MapFS{"_index.yaml": &fstest.MapFile{Data: []byte(index)}}, app.Options{
		Engines: engines, Modules: modules.Standard(), EngineOverride: engine, Typed: &app.Typed{}, OwnHosts: true,
		Lookup: func(string) (string, bool) { return "", false },
	})
	if a == nil {
		t.Fatal(found)
	}
	rt := core.New(core.Options{})
	t.Cleanup(func() { _ = rt.Shutdown(context.Background(), 0) })
	life, err := lifecycle.New(rt, a, lifecycle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	life.Start("app:hosts")
	if err := life.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return repl.Start(t.Context(), repl.Options{Runtime: rt, App: a, Host: "app:hosts", Limits: limits})
}

// said gives an answer as a person sees it.
func said(a repl.Answer) string {
	switch {
	case a.More:
		return "more"
	case a.Interrupted:
		return "interrupted"
	case a.Ended != nil:
		return "ended: " + a.Ended.Err.Error()
	case a.Err != nil:
		return "error: " + a.Err.Error()
	}
	return strings.Join(a.Values, "\t")
}

// line is what is typed, and what is answered.
type line struct{ typed, want string }

func play(t *testing.T, s *repl.Session, lines []line) {
	t.Helper()
	for i, l := range lines {
		if got := said(s.Line(l.typed)); got != l.want {
			t.Errorf("line %d, %s: got %q, want %q", i+1, l.typed, got, l.want)
		}
	}
}

func each(t *testing.T, language string, test func(t *testing.T, engine string)) {
	for _, e := range engines() {
		if e.Info().Language == language {
			t.Run(e.Info().Name, func(t *testing.T) { test(t, e.Info().Name) })
		}
	}
}

// 61.7, Lua: values of expressions, locals that are kept and shared with closures, input of
// several lines.
func TestLua(t *testing.T) {
	each(t, "lua", func(t *testing.T, engine string) {
		s := open(t, engine, spec.Limits{})
		play(t, s, []line{
			{`1 + 1`, `2`},
			{`x = 5`, ``},
			{`x, "a\nb", nil`, `5` + "\t" + `"a\nb"`},
			{`nil, nil`, `nil`},
			{`local n = 0; function up() n = n + 1 return n end`, ``},
			{`up()`, `1`},
			{`n`, `1`},
			{`n = 10`, ``},
			{`up()`, `11`},
			{`local n = "other"`, ``}, // another variable: up has the old one
			{`n, up()`, `"other"` + "\t" + `12`},
			{`local function fact(i)`, `more`},
			{`  if i < 2 then return 1 end`, `more`},
			{`  return i * fact(i - 1)`, `more`},
			{`end`, ``},
			{`fact(5)`, `120`},
			{`local a, b = 1; local c = 3; return a, b, c`, `1` + "\t" + `nil` + "\t" + `3`},
			{`b = 2`, ``},
			{`a, b, c`, "1\t2\t3"},
			{`{1, 2, x = {y = "z"}, [true] = up == nil}`, `{1, 2, [true] = false, x = {y = "z"}}`},
			{`local t = {}; t.t = t; return t`, `{t = {...}}`},
			{`s = [[one`, `more`},
			{`two]]`, ``},
			{`s`, `"one\ntwo"`},
			{`require("lib").twice(21)`, `42`},
			{`for i = 1, 3 do local inner = i end return inner`, `nil`},
			{``, ``},
			{`-- nothing`, ``},
		})
		a := s.Line("x = = 1")
		if syntax, ok := a.Err.(*hostapi.SyntaxError); !ok || syntax.Path != "repl" || syntax.Line != 29 {
			t.Errorf("%+v", a.Err)
		}
	})
}

// 61.7, Starlark: globals are bound again, blocks end by an empty line.
func TestStarlark(t *testing.T) {
	play(t, open(t, "starlark", spec.Limits{}), []line{
		{`1 + 1`, `2`},
		{`x = 5`, ``},
		{`x = x + 1`, ``},
		{`x`, `6`},
		{`None`, ``},
		{`(1, "a")`, `(1, "a")`},
		{`def f(n):`, `more`},
		{`    return n * 2`, `more`},
		{``, ``},
		{`f(4)`, `8`},
		{`l = [1,`, `more`},
		{`2]`, ``},
		{`l`, `[1, 2]`},
		{`[f(i) for i in l]`, `[2, 4]`},
		{`load("slib", "twice")`, ``},
		{`twice(21)`, `42`},
		{`for i in range(2):`, `more`},
		{`    x += i`, `more`},
		{``, ``},
		{`x`, `7`},
		{`y`, `error: repl:21:1: undefined: y`},
		{`print = 5`, ``},
		{`print`, `5`},
		{`t = (1, 2)`, ``},
		{`t`, `(1, 2)`},
		{`def low(): return x`, `more`}, // what x is when it is called
		{``, ``},
		{`x = 9; low()`, `9`},
		{`def high(): return low() + 1`, `more`},
		{``, ``},
		{`def low(): return 1`, `more`},
		{``, ``},
		{`high()`, `2`},
		{`x += 1; x *= 2; x`, `20`},
		{`def fact(n): return 1 if n < 2 else n * fact(n - 1)`, `more`},
		{``, ``},
		{`fact(5)`, `120`},
		{`if x > 100: late = 1`, `more`},
		{``, ``},
		{`late`, `error: repl:40:1: undefined: late`},
		{`a = b = 1`, `error: repl:41:8: got '=', want newline`},
		{`load("slib", double = "twice"); double(4)`, `8`},
		{`kept = 1; fail("no"); lost = 2`, `error: no`},
		{`kept`, `1`},
		{`lost`, `error: repl:45:1: undefined: lost`},
	})
}

// An error says where, and what was there before it goes on being there.
func TestErrorsOfInputs(t *testing.T) {
	each(t, "lua", func(t *testing.T, engine string) {
		s := open(t, engine, spec.Limits{})
		play(t, s, []line{
			{`local kept = 1`, ``},
			{`function f()`, `more`},
			{`  error("no")`, `more`},
			{`end`, ``},
		})
		a := s.Line("f()")
		e := hostapi.AsError(a.Err)
		if e.Message != "no" || !strings.Contains(e.Stack, "repl:3: in function") {
			t.Errorf("%s, stack %s", e.Message, e.Stack)
		}
		play(t, s, []line{{"kept", "1"}, {"nothing.x", "error: repl:7: attempt to index global 'nothing' (a nil value)"}, {"kept", "1"}})
	})
	s := open(t, "starlark", spec.Limits{})
	play(t, s, []line{{`kept = 1`, ``}, {`def f():`, `more`}, {`    fail("no")`, `more`}, {``, ``}})
	a := s.Line("f()")
	if e := hostapi.AsError(a.Err); e.Message != "no" || !strings.Contains(e.Stack, "repl:3:9: in f") {
		t.Errorf("%s, stack %s", e.Message, e.Stack)
	}
	play(t, s, []line{{"kept", "1"}})
}

// An input is interrupted wherever it is; the process and what inputs have left go on.
func TestInterrupt(t *testing.T) {
	inputs := map[string][]string{
		"lua": {
			`while true do end`,
			`process.inbox():receive()`,
			`pcall(function() while true do end end)`,
			`while true do pcall(error) end`,
			`local co = coroutine.create(function() while true do end end) coroutine.resume(co)`,
			`table.sort({3, 2, 1}, function() while true do end end)`,
			`channel.new(0):receive()`,
			`require("time").sleep("1h")`,
			`local co = coroutine.wrap(function() process.events():receive() end) co()`,
			`setmetatable({}, {__index = function() while true do end end}).x = setmetatable({}, {__index = function() while true do end end}).y`,
		},
		"starlark": {
			`[i for i in range(1 << 40)]`,
			`process.inbox().receive()`,
			`pcall(require("time").sleep, "1h")`,
			`channel.new(0).receive()`,
			`sorted([3, 2, 1], key = lambda x: process.events().receive())`,
		},
	}
	for language, texts := range inputs {
		each(t, language, func(t *testing.T, engine string) {
			s := open(t, engine, spec.Limits{})
			play(t, s, []line{{"kept = 5", ""}})
			for _, text := range texts {
				ended := make(chan repl.Answer, 1)
				go func() { ended <- s.Line(text) }()
				for !s.Interrupt() { // until it runs
					select {
					case a := <-ended:
						t.Fatalf("%s: %s", text, said(a))
					default:
					}
				}
				if a := <-ended; !a.Interrupted {
					t.Errorf("%s: %s", text, said(a))
				}
				play(t, s, []line{{"kept + 1", "6"}})
			}
		})
	}
}

// What interrupted inputs leave is none that counts: coroutines of theirs do not use up the
// limit.
func TestInterruptedInputsLeaveNothing(t *testing.T) {
	each(t, "lua", func(t *testing.T, engine string) {
		s := open(t, engine, spec.Limits{MaxCoroutines: 10})
		play(t, s, []line{{"function forever() while true do end end", ""}, {"function waits() process.inbox():receive() end", ""}})
		for i := range 50 {
			text := []string{"coroutine.wrap(forever)()", "coroutine.wrap(function() pcall(forever) end)()", "coroutine.wrap(waits)()"}[i%3]
			ended := make(chan repl.Answer, 1)
			go func() { ended <- s.Line(text) }()
			for !s.Interrupt() {
				runtime.Gosched()
			}
			if a := <-ended; !a.Interrupted {
				t.Fatalf("input %d: %s", i, said(a))
			}
		}
		play(t, s, []line{{"coroutine.wrap(function() return 5 end)()", "5"}})
	})
}

// A long value is cut off.
func TestLongValues(t *testing.T) {
	for _, e := range engines() {
		text := `string.rep("é", 20000)`
		if e.Info().Language == "starlark" {
			text = `"é" * 20000`
		}
		got := said(open(t, e.Info().Name, spec.Limits{}).Line(text))
		if len(got) > 17000 || !strings.HasPrefix(got, `"éé`) || !strings.HasSuffix(got, "é...") || !utf8.ValidString(got) {
			t.Errorf("%s: %d bytes, %q", e.Info().Name, len(got), got[max(0, len(got)-20):])
		}
	}
}

// What an input has started goes on when the next one comes, and one that was interrupted
// takes no message of it.
func TestCoroutinesGoOn(t *testing.T) {
	each(t, "lua", func(t *testing.T, engine string) {
		play(t, open(t, engine, spec.Limits{}), []line{
			{`seen = {}`, ``},
			{`local done = channel.new(0)`, ``},
			{`local c = coroutine.spawn(function() local ch = process.listen("to") for i = 1, 2 do seen[i] = ch:receive() end done:send("ok") end)`, ``},
			{`process.send(process.pid(), "to", "one"), process.send(process.pid(), "to", "two")`, "true\ttrue"},
			{`(done:receive())`, `"ok"`},
			{`seen`, `{"one", "two"}`},
			{`local e = process.spawn("app:echo", "app:hosts") return (process.call(e, "x", nil, 7))`, `7`},
			{`process.call(e, "x", nil, 8)`, `8`},
		})
	})
}

// What inputs may name is known before the first, and what one has left after it.
func TestNames(t *testing.T) {
	for language, c := range map[string]struct{ input, want string }{
		"lua":      {"local mine, yours = 1 theirs = 2", "_G channel mine print process require string theirs yours"},
		"starlark": {"mine = 1", "None channel len mine print process require sorted"},
	} {
		each(t, language, func(t *testing.T, engine string) {
			s := open(t, engine, spec.Limits{})
			for _, name := range strings.Fields(c.want) {
				if own := name == "mine" || name == "theirs" || name == "yours"; own == slices.Contains(s.Names(), name) {
					t.Errorf("before: %s, %q", name, s.Names())
				}
			}
			play(t, s, []line{{c.input, ""}})
			for _, name := range strings.Fields(c.want) {
				if !slices.Contains(s.Names(), name) {
					t.Errorf("after: no %s in %q", name, s.Names())
				}
			}
			if !slices.IsSorted(s.Names()) || strings.Contains(strings.Join(s.Names(), ""), "<") {
				t.Errorf("%q", s.Names())
			}
		})
	}
}

// Limits hold for inputs; what has ended the process is told, and nothing hangs.
func TestLimitsOfInputs(t *testing.T) {
	for _, e := range engines() {
		t.Run(e.Info().Name, func(t *testing.T) {
			s := open(t, e.Info().Name, spec.Limits{Fuel: 200_000})
			loop := "while true do end"
			if e.Info().Language == "starlark" {
				loop = "[i for i in range(1 << 40)]"
			}
			if a := s.Line(loop); a.Ended == nil || a.Ended.Err == nil || a.Ended.Err.Kind != hostapi.LimitExceeded {
				t.Errorf("fuel: %s", said(a))
			}
			if a := s.Line("1"); a.Ended == nil {
				t.Errorf("afterwards: %s", said(a))
			}
			s = open(t, e.Info().Name, spec.Limits{Memory: 4 << 20})
			keep := `local kept = {} for i = 1, 1e9 do kept[i] = {i} end`
			if e.Info().Language == "starlark" {
				keep = `kept = [[i] for i in range(1 << 30)]`
			}
			if a := s.Line(keep); a.Ended == nil || a.Ended.Err == nil || a.Ended.Err.Kind != hostapi.LimitExceeded {
				t.Errorf("memory: %s", said(a))
			}
		})
	}
}

// What inputs keep counts as memory of the process.
func TestKeptMemoryCounts(t *testing.T) {
	each(t, "lua", func(t *testing.T, engine string) {
		s := open(t, engine, spec.Limits{Memory: 4 << 20})
		for i := range 100 {
			a := s.Line("local kept" + strings.Repeat("x", i) + " = {} for i = 1, 20000 do kept" + strings.Repeat("x", i) + "[i] = {i} end")
			if a.Ended != nil {
				if a.Ended.Err.Kind != hostapi.LimitExceeded {
					t.Error(a.Ended.Err)
				}
				return
			}
			if a.Err != nil {
				t.Fatal(a.Err)
			}
		}
		t.Error("100 tables of 20000 tables are kept in 4 MiB")
	})
}

// A process that replaces its code runs no inputs any more.
func TestUpgradeEndsASession(t *testing.T) {
	s := open(t, "gopherlua", spec.Limits{})
	a := s.Line(`process.upgrade("app:echo")`)
	if a.Ended == nil || a.Ended.Err != nil {
		t.Errorf("%+v", a)
	}
	s = open(t, "gopherlua", spec.Limits{})
	if a := s.Line(`process.terminate(process.pid())`); a.Ended == nil || a.Ended.Err == nil {
		t.Errorf("%+v", a)
	}
	if errors.Is(a.Err, hostapi.ErrKilled) {
		t.Error(a.Err)
	}
}

// mute is an engine whose instances are no hostapi.Evaluator.
type mute struct{ hostapi.Engine }

func (e mute) Compile(src hostapi.Source) (hostapi.Program, error) {
	p, err := e.Engine.Compile(src)
	return muteProgram{p}, err
}

type muteProgram struct{ hostapi.Program }

func (p muteProgram) Load(t hostapi.Task) (hostapi.Instance, error) {
	in, err := p.Program.Load(t)
	return struct{ hostapi.Instance }{in}, err
}

// An engine that does not evaluate inputs has no repl, and that is said. So is why a library
// of the app keeps it from beginning.
func TestNoSession(t *testing.T) {
	hosts := "namespace: app\nentries:\n  - { name: hosts, kind: process.host }\n"
	for _, c := range []struct {
		engine      hostapi.Engine
		index, want string
	}{
		{mute{gopherlua.New()}, hosts, "engine gopherlua has no repl"},
		{gopherlua.New(), hosts + "  - { name: lib, kind: library.lua, source: \"error('broken')\" }\n", "broken"},
	} {
		_, err := start(t, c.index, "", spec.Limits{}, []hostapi.Engine{c.engine})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
