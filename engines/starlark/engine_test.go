package starlark

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
)

func TestSyntaxErrors(t *testing.T) {
	lib := compile(t, "load('time', other = 'sleep')\ndef shown(): pass\n_hidden, [rest, dict] = 1, [2, 3]\nfor i in range(3): pass\nif i > 5: never = 1")
	for _, c := range []struct{ text, want string }{
		{"x = (", "src/test.star:1:6: "},
		{"\n  y = 1", "src/test.star:2:3: "},
		{"def main():\n    return nothing", "src/test.star:2:12: undefined: nothing"},
		{"x = 1\ny = x + x * x\ndef main():\n    return operand", "src/test.star:4:12: undefined: operand$"},
		{"def main():\n    return f'x'", "src/test.star:2:"},
		{"import os", "src/test.star:1:1: "},
		{"ev.from", "src/test.star:1:"},
		{`load("time", "_x")`, "_x"},
		{"x = 1\nload('nothing', 'sleep')", "src/test.star:2:6: module 'nothing' not found: the entry of src/test.star lists it in neither modules nor imports$"},
		{"load('time',\n  'sleep', y =\n  'slep')", "src/test.star:3:4: load: name slep not found in module time (did you mean sleep?)$"},
		{"load('" + taskQuery + "', 'x')", "src/test.star:1:6: module '" + taskQuery + "' not found"},
		{"load('lib', 'shown')\nload('lib', _x = 'hidden')", "src/test.star:2:19: load: name hidden not found in module lib$"},
		{"load('lib', 'other')", "src/test.star:1:14: load: name other not found in module lib$"},
		{strings.Repeat("(", 5000), "src/test.star:1:"},
		{strings.Repeat("-", 100000) + "1", "excessive nesting"},
		{"x = " + strings.Repeat("1 + ", 100000) + "1", "excessive nesting"},
		{"x = len" + strings.Repeat(".y", 100000), "excessive nesting"},
		{"x = len" + strings.Repeat("()", 100000), "excessive nesting"},
		{"x = len" + strings.Repeat("[0]", 100000), "excessive nesting"},
		{"x = " + strings.Repeat("lambda: ", 100000) + "1", "excessive nesting"},
		{"x = " + strings.Repeat("1 if 1 else ", 100000) + "1", "excessive nesting"},
		{"x = 1" + strings.Repeat(" and 1", 100000), "excessive nesting"},
		{"if 1: pass\n" + strings.Repeat("elif 1: pass\n", 100000), "excessive nesting"},
		{"#" + strings.Repeat("x", maxSourceSize), "source too large"},
	} {
		_, err := New().Compile(source(c.text, hostapi.Import{Alias: "lib", Program: lib}))
		var e *hostapi.SyntaxError
		if !errors.As(err, &e) || !strings.Contains(err.Error()+"$", c.want) {
			t.Errorf("%.30q: got %v, want %q", c.text, err, c.want)
		}
	}
}

// What a load statement may ask for is accepted, and what is not known.
func TestLoadStatements(t *testing.T) {
	lib := compile(t, "def shown(): pass\nfor i in range(3): pass\nif i > 5: never = 1")
	for _, text := range []string{
		"load('time', 'sleep', s = 'after')", "load('channel', 'new')", "load('coroutine', y = 'yield', z = 'yield_')", "load('probe', 'nested', 'own', 'LIMIT')",
		"load('lib', 'shown', 'i', 'never')", "load('gone', 'anything')",
	} {
		if _, err := New().Compile(source(text, hostapi.Import{Alias: "lib", Program: lib}, hostapi.Import{Alias: "gone", Program: lib, Missing: true})); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	// What depends on how the library runs is seen then.
	_, err := loadProgram(t, compile(t, "load('lib', 'never')", hostapi.Import{Alias: "lib", Program: lib}), &enginetest.Task{})
	if err == nil || !strings.Contains(err.Error(), "load: name never not found in module lib") {
		t.Error(err)
	}
}

// The predeclared names are exactly those of docs/starlark.md, 2.1 and 1.1.
func TestGlobals(t *testing.T) {
	names := strings.Fields(`None True False abs any all bool bytes chr dict dir enumerate fail float getattr
		hasattr hash int len list max min ord print range repr reversed set sorted str tuple type zip
		process channel coroutine errors os require pcall error struct`)
	for _, name := range names {
		if _, err := New().Compile(source("x = " + name)); err != nil {
			t.Error(name, err)
		}
	}
	p := compile(t, "").(*program)
	for name := range p.predeclared {
		if !internalName(name) && !strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ") {
			t.Errorf("%s is visible", name)
		}
	}
	for _, name := range []string{"time", "json", "module", "load_", "ctx", "log", "math", "depset"} {
		if _, err := New().Compile(source("x = " + name)); err == nil {
			t.Errorf("%s is visible", name)
		}
	}
	for _, name := range append(names[3:], "True_") {
		if _, err := New().Compile(source(name + " = 1\ndef f(" + name + "): return " + name)); err != nil {
			t.Error(name, err)
		}
	}
}

// Arguments are adapted to the method (2.14).
func TestMethod(t *testing.T) {
	in, err := loadProgram(t, compile(t, `
def none(): return []
def two(a, b): return [a, b]
def default(a, b = 7, c = 8): return [a, b, c]
def rest(a, *b): return [a, b]
def keywords(a, *, k = 1, **m): return [a, k, m]
def only(a, *, k): pass
def results(): return 1, "b", 3
def empty(): return ()
value = 1
builtin = len
`), &enginetest.Task{})
	if err != nil {
		t.Fatal(err)
	}
	one, two, three := hostapi.Int(1), hostapi.Int(2), hostapi.Int(3)
	for _, c := range []struct {
		name string
		args []hostapi.Value
		want string
	}{
		{"none", []hostapi.Value{one, two}, "[[]]"},
		{"two", nil, "[[nil, nil]]"},
		{"two", []hostapi.Value{one}, "[[1, nil]]"},
		{"two", []hostapi.Value{one, two, three}, "[[1, 2]]"},
		{"default", nil, "[[nil, 7, 8]]"},
		{"default", []hostapi.Value{one, two}, "[[1, 2, 8]]"},
		{"rest", nil, "[[nil, []]]"},
		{"rest", []hostapi.Value{one, two, three}, "[[1, [2, 3]]]"},
		{"keywords", []hostapi.Value{one, two}, "[[1, 1, {}]]"},
		{"results", nil, `[1, "b", 3]`},
		{"empty", nil, "[]"},
		{"builtin", []hostapi.Value{hostapi.String("abc")}, "[3]"},
	} {
		got, err := callMethod(t, in, &enginetest.Task{}, c.name, c.args...)
		if err != nil || hostapi.ListOf(got...).String() != c.want {
			t.Errorf("%s%v: got %v, %v, want %s", c.name, c.args, got, err, c.want)
		}
	}
	if _, err := in.Method("only"); !errors.Is(err, hostapi.Invalid) || !strings.Contains(err.Error(), "keyword-only parameter") {
		t.Error(err)
	}
	for _, name := range []string{"value", "missing", "<0>"} {
		if f, err := in.Method(name); f != nil || !errors.Is(err, hostapi.NotFound) {
			t.Error(name, f, err)
		}
	}
}

// An uncaught error ends the process by clause 2.18.
func TestUncaughtErrors(t *testing.T) {
	for _, c := range []struct {
		body, message string
		kind          hostapi.Kind
		script        bool
	}{
		{`error("text")`, "text", hostapi.Unknown, true},
		{`fail("a", 1)`, "a 1", hostapi.Unknown, true},
		{`error(errors.new(message = "m", kind = "K"))`, "m", "K", true},
		{`error(7)`, "7", hostapi.Unknown, true},
		{`x = 1 // 0`, "floored division by zero", hostapi.Internal, false},
		{`require("nothing")`, "module 'nothing' not found", hostapi.NotFound, false},
		{"return max(range(1 << 21))", "value too large", hostapi.Internal, false},
		{"def f(n): return f(n - 1) if n else 0\n    f(12000)", "stack overflow", hostapi.Internal, false},
		{`channel.new("x")`, "must be a number", hostapi.Invalid, false},
	} {
		task := &enginetest.Task{}
		_, err := run(t, task, "def main():\n    "+c.body)
		var e *hostapi.Error
		if !errors.As(err, &e) || !strings.Contains(e.Message, c.message) || e.Kind != c.kind || e.Script != c.script {
			t.Errorf("%s: got %#v", c.body, err)
			continue
		}
		if !strings.Contains(e.Stack, "src/test.star:2:") || len(e.Frames) == 0 || e.Frames[len(e.Frames)-1].Name != "main" {
			t.Errorf("%s: stack %s, frames %v", c.body, e.Stack, e.Frames)
		}
	}
}

// The error object that ends a process is not changed in the hands of others.
func TestStackIsAddedToACopy(t *testing.T) {
	shared := &hostapi.Error{Kind: "K", Message: "m"}
	in, err := loadProgram(t, compile(t, "def main(e): error(e)"), &enginetest.Task{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = callMethod(t, in, &enginetest.Task{}, "main", hostapi.Wrap(shared))
	var e *hostapi.Error
	if !errors.As(err, &e) || e.Stack == "" || shared.Stack != "" {
		t.Errorf("got %#v, shared %#v", err, shared)
	}
}

func TestPrint(t *testing.T) {
	task := &enginetest.Task{}
	_, err := run(t, task, body(`
print("a", 1, None, True, [1, "x"], b"\x41", 2.0, errors.new("e"))
print(1, 2, sep = "")
print()
print(channel.new)
`))
	if err != nil {
		t.Fatal(enginetest.Describe(err))
	}
	want := "a 1 None True [1, \"x\"] A 2.0 e\n12\n\n<built-in function channel.new>"
	if got := strings.Join(task.Output.Lines, "\n"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A fault of a module is no error of the script (2.24).
func TestFaultIsNotCaught(t *testing.T) {
	task := &enginetest.Task{}
	p := compile(t, "probe = require(\"probe\")\ndef main():\n    pcall(probe.crash)\n    print(\"survived\")")
	in, err := p.Load(task)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := in.Method("main")
	if _, err := f.Call(task, nil); !errors.Is(err, hostapi.ErrKilled) {
		t.Error(err)
	}
	if !strings.Contains(fmt.Sprint(task.Cause), "broken module") || len(task.Output.Lines) > 0 {
		t.Error(task.Cause, task.Stack, task.Output.Lines)
	}
}

// Libraries run once per process, in dependency order, each with its own grants.
func TestLibraries(t *testing.T) {
	base := compile(t, `
load("probe", "echo")
print("base")
state = [0]
def same(x): return echo(x)
`)
	mid := compile(t, `
print("mid")
base = require("b")
def granted(): return pcall(require, "base")[1].message()
`, hostapi.Import{Alias: "b", Program: base})
	task := &enginetest.Task{}
	in, err := loadProgram(t, compile(t, `
print("main")
base, mid = require("base"), require("mid")
load("base", own = "state")
def main():
    return [base == mid.base, mid.granted(), own == base.state, type(base), dir(mid)]
`, hostapi.Import{Alias: "mid", Program: mid}, hostapi.Import{Alias: "base", Program: base}), task)
	if err != nil {
		t.Fatal(enginetest.Describe(err))
	}
	if got := strings.Join(task.Output.Lines, " "); got != "base mid main" {
		t.Errorf("order %s", got)
	}
	v, err := callMethod(t, in, task, "main")
	if err != nil {
		t.Fatal(enginetest.Describe(err))
	}
	if got, want := v[0].String(), `[true, "module 'base' not found: the entry of src/test.star lists it in neither modules nor imports", true, "module", ["base", "granted"]]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Two processes of one program share nothing a script could change.
func TestProcessesShareNothing(t *testing.T) {
	p := compile(t, `
state = {}
probe = require("probe")
def main(v):
    old = state.get("v")
    state["v"] = v
    return [old, probe.own.from_()]
`)
	var got []string
	for range 2 {
		in, err := loadProgram(t, p, &enginetest.Task{})
		if err != nil {
			t.Fatal(err)
		}
		v, err := callMethod(t, in, &enginetest.Task{}, "main", hostapi.Int(1))
		if err != nil {
			t.Fatal(enginetest.Describe(err))
		}
		got = append(got, v[0].String())
	}
	if got[0] != got[1] || got[0] != `[nil, "from own"]` {
		t.Error(got)
	}
}
