package starlark

import (
	"errors"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// Comprehensions give what those of the interpreter give, and fail as they do,
// at the same place.
func TestComprehensionsAreTheInterpreters(t *testing.T) {
	const prelude = `
seen = []
def note(*x):
    seen.append(x)
    return x[-1]
def down(n): return [down(m) for m in range(n)]
def sums(n): return [x + y for x in range(n) for y in [z * z for z in range(x)] if y % 2 == 0]
l, d, s, e = [1, 2, 3], {"a": 1, "b": 2}, set([1, 2]), []
long, many = list(range(5000)), list(range(70000))
`
	for _, text := range []string{
		// values
		"[x for x in l]", "[x for x in e]", "[x for x in long]", "[1 for _ in long]", "[x[0] for x in [l, l]]", "[-x for x in l]", "[x + 1 for x in long]",
		"[x for x in many]", "[x for x in many] == many", "[[y, x] for x, y in enumerate(many)][69999]", "[(x + 1) for (x) in many][-1]", "[-x for x in tuple(many)]", "[y for [x, (y, z)] in [(1, (2, 3))] * 70000][69999]",
		"[[x for x in many][y] for y in l]", "[x for x in range(1 << 40) for _ in l if x > 5 or error(seen)][0]", "[len(y) for y in [[x for x in many], [x for x in l]]]", "[x for x in [x for x in many]][7]", "[[x for x in z] for z in (many, l)][1]",
		"[x + 1 for x in l]", "[1 - x for x in l]", "[x for x in range(3)]", "[x for x in range(1 << 40) if x > 5 or error(seen)][0]", "[x for x in d]", "[x for x in s]",
		"[x for x in 'abc'.elems()]", "[x for x in 'abc'.codepoints()]", "[x for x in ('a' * 5000).elems()]", "[x for x in (1, 2)]", "[x for x in d.items()]",
		"[[x] for x in l]", "[(x, x) for x in long]", "[x for x in l if x != 2]", "[x for x in l if x > 5]", "[x for x in long if x > 4997]", "[x for x in e if x]",
		"[x for x in l if x > 1 if x < 3]", "[(x, y) for x in l for y in l if x != y]", "[(x, y) for x in l if x > 1 for y in range(x)]",
		"[x for x, y in d.items() if y == 2]", "[y for x, (y, z) in [(1, (2, 3))]]", "[a for [a, b] in [[1, 2]]]",
		"{x: 1 for x in l}", "{x: [x] for x in long}", "{x % 2: x for x in l}", "{x: y for x, y in d.items()}", "{x: y for x in l for y in l}", "{x: 1 for x in e}",
		"{x: 1 for x in l if x > 5}", "{(x, 1): 1 for x in l}", "{1: x for x in l}", "{'a': x for x in long}", "{1.5: x for x in l}", "{x << 40: x for x in l}",
		"[[y for y in range(x)] for x in l]", "[[y for y in long] for x in l] == [long] * 3", "{x: {y: x for y in l if y != x} for x in l}", "[{x: [x for x in l]} for x in l]",
		"[x for x in [x for x in [x for x in l]]]", "[[[x for x in range(x)] for x in range(x)] for x in l]", "[f() for f in [lambda: x for x in l]]", "[(lambda y: [x, y])(x) for x in l]",
		"[f() for f in [lambda: [x for x in l if x > 1] for _ in l]]", "[(lambda: [x for _ in l])() for x in l]", "down(4)", "sums(9)", "[sums(x) for x in down(3)[0] + l]", "len([x for x in l])",
		"[x for None in [l] for x in [None]]", "(lambda None: [x for x in list(None)])(l)", "[x for x in l] + [x for x in l]", "[x for x in l][1]", "([x for x in l if x], {x: x for x in l})", "[x if x > 1 else [x for x in l] for x in l]", "sorted([x for x in s], key = lambda x: [-x for _ in l])",
		"'%s' % [x for x in l]", "[[x, y] for x in l for y in [x]]", "[x for x in l if [y for y in l if y == x]]", "[x for x in [1] for y in [2] for z in [3]]", "any([x for x in l]), all([x for x in long])",
		"[a.append for a in [l]][0](4), l", "[x for x in l for x in [x + 1]]", "[l for l in l]", "[[l for l in l] for _ in l]", "{k: v for k, v in {k: v for k, v in d.items()}.items()}",
		// order of evaluation
		"[note('x', x) for x in note('l', l) if note('if', x > 1)], seen", "{note('k', x): note('v', x) for x in note('l', l)}, seen", "[note(1, y) for x in note(2, l) for y in note(3, [x])], seen",
		"[[note(1, y) for y in note(2, l)] for x in note(3, l)], seen", "[pcall(lambda: [note(x, 1 // (2 - x)) for x in l])[0] for _ in l], seen", "[note(pcall(lambda: [error('x') if x > 1 else x for x in l])[0]) for _ in l]",
		"[pcall(lambda: [[1 // (2 - y) for y in l] for x in l])[0] or [x] for x in l]", "[x for x in l if pcall(lambda: {x: [y.z for y in l if y] for x in l})[0] == False]",
		// failures
		"[x for x in 5]", "[[x] for x in 5]", "[x for x in None if x]", "{x: x for x in 1.5}", "[x for x in 'abc']", "[x for x in l for y in 5]", "[x for x, y in l]", "[(x, y) for x, y in l]", "[x for x, y in [(1, 2, 3)]]",
		"{x: y for x, y in [(1,)]}", "[1 // (x - 2) for x in l]", "[x for x in l if 1 // (x - 2)]", "{1 // (x - 2): x for x in l}", "{x: 1 // (x - 2) for x in l}", "{[x]: x for x in l}", "{x: y for x in [{}] for y in l}",
		"[x.foo for x in l]", "[x[0] for x in many]", "[x + 'a' for x in many]", "[x for x in many if x.foo]", "[y for x, y in many]", "[x + 1 for x in 5]", "[x\n        [0] for\n        x in many]", "[x['a'] for x in l]", "[d[x] for x in l]", "[l.append(x) for x in l]", "[l.append([x]) for x in l if x]", "[d.update([(x, 1)]) for x in d]", "{x: d.pop(x) for x in d}", "[l.insert(0, 1) for x in long for y in l]",
		"[long.append(x) or x for x in long]", "[[l.clear() for y in e] or l.clear() for x in l]", "[undefined for undefined in [1] for y in [undefined.x]]", "[y for x in l for y in [x.y]]", "[f(1) for f in l]", "[x() for x in l if x]",
		"[[y.z for y in l] for x in l]", "[[[z.a for z in l] for y in l] for x in l]", "down('x')", "[x for x in down(2)[0].foo]", "[pcall(lambda: [x for x in 5]) and 1 // 0 for x in l]", "{x: {y: y.z for y in l} for x in l}",
		"[x\n        for x in l\n        if x.foo]", "[\n        x.foo\n        for x in l]", "{\n        x:\n            x.foo for x in l}", "{\n        [x]:\n            x\n        for x in l}", "[x\n        for x in\n            5]", "[\n        [x.a\n        for x in l] for y in\n        l]",
	} {
		asInterpreter(t, text, prelude+"def main():\n    return [("+text+")]\n")
	}
}

// A task forgets its comprehensions when they have ended, however.
func TestComprehensionsAreForgotten(t *testing.T) {
	in, err := loadProgram(t, compile(t, `
def g(x): return {y: 1 // (5 - x) for y in [x] if x}
def f(x): return [g(y) for y in range(x)]
def place(k):
    d = {}
    d[1 // k] = k
def main():
    for x in range(9):
        pcall(f, x)
        pcall(lambda: [[f(x) for y in [1]] for x in range(7)])
        [[x for x in range(5000)] for x in f(3)]
        [y for y in list(range(x))]
        place(5)
        pcall(place, 0)
`), &enginetest.Task{})
	if err != nil {
		t.Fatal(err)
	}
	task := in.(*instance).newTask(&enginetest.Task{})
	if _, err := starlark.Call(&task.thread, in.(*instance).globals["main"], nil, nil); err != nil {
		t.Fatal(err)
	}
	if task.comprehension != nil || task.comprehended != nil || task.held != nil {
		t.Errorf("left: %v, %v, %v", task.comprehension, task.comprehended, task.held)
	}
}

// No script can name what comprehensions are rewritten to.
func TestComprehensionNamesAreHidden(t *testing.T) {
	for kind := range guardKinds {
		for _, use := range []string{"x = " + kind.name(), "[" + kind.name() + " for x in [1]]", "def f(" + kind.name() + "): pass"} {
			if _, err := New().Compile(source(use)); err == nil {
				t.Errorf("a script can write %s", use)
			}
		}
	}
	v, err := run(t, &enginetest.Task{}, "def main():\n    return ' '.join(dir([x for x in [1] if x]) + [type(x) for x in [[y] for y in [1]]])")
	if err != nil || strings.Contains(v[0].Str(), "comprehension") {
		t.Error(v, err)
	}
}

// asInterpreter runs main of a script under the engine and with the bare interpreter:
// it must give the same, or fail in the same way at the same place.
func asInterpreter(t *testing.T, text, script string) {
	t.Helper()
	predeclared := starlark.StringDict{"error": native("error", error_), "pcall": native("pcall", pcall)}
	bare := &task{Task: &enginetest.Task{}, instance: &instance{}}
	bare.instance.current = bare
	bare.thread.Load = bare.load
	var want starlark.Value
	_, code, wantErr := starlark.SourceProgramOptions(dialect(), source("").Path, script, predeclared.Has)
	if wantErr != nil {
		t.Fatal(wantErr)
	}
	globals, wantErr := code.Init(&bare.thread, predeclared) // not frozen
	if wantErr == nil {
		want, wantErr = starlark.Call(&bare.thread, globals["main"], nil, nil)
	}
	task := &enginetest.Task{}
	in, err := loadProgram(t, compile(t, script), task)
	if err != nil {
		t.Fatal(enginetest.Describe(err))
	}
	f, err := in.Method("main")
	if err != nil {
		t.Fatal(err)
	}
	values, err := f.Call(task, nil)
	var e *hostapi.Error
	switch {
	case (err == nil) != (wantErr == nil):
		t.Errorf("%s: %v, want %v", text, err, wantErr)
	case err == nil:
		if got := values[0].Ref().(starlark.Value); got.String() != want.String() {
			t.Errorf("%s: %.200v, want %.200v", text, got, want)
		}
	case errors.As(err, &e):
		var raised *starlark.EvalError
		if !errors.As(wantErr, &raised) {
			t.Fatalf("%s: %v", text, wantErr)
		}
		if wantStack, _ := backtrace(raised.CallStack, wantErr.Error()); e.Message != wantErr.Error() || e.Stack != wantStack {
			t.Errorf("%s: %s\n%s\nwant %s", text, e.Message, e.Stack, wantStack)
		}
	}
}
