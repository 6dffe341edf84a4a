package starlark

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
)

// No instruction with a visible effect runs after a kill, wherever it strikes
// (20.8).
func TestNothingRunsAfterAKill(t *testing.T) {
	for name, text := range map[string]string{
		"loop": `
def main():
    while True:
        print("x")
`,
		"pcall": `
def work():
    for _ in range(50):
        print("x")
    error("y")
def main():
    while True:
        pcall(work)
        pcall(pcall, work)
        print("after")
`,
		"key": `
def key(x):
    print("x")
    return x
def main():
    while True:
        pcall(sorted, range(100), key = key)
        pcall(max, range(100), key = key)
        pcall(min, range(100), key = print)
        pcall(sorted, range(100), key = print)
`,
		"comprehension": `
def main():
    while True:
        pcall(lambda: [print("x") for _ in range(1000)])
`,
		"overflow": `
def f(n):
    print("x")
    if n:
        pcall(f, n - 1)
    print("y")
def deep(n):
    if n:
        return deep(n - 1) + 1
    while True:
        f(200)
def main():
    deep(9900)
`,
		"library function": `
def main():
    while True:
        pcall(max, range(1 << 20))
        print("x")
`,
	} {
		t.Run(name, func(t *testing.T) {
			p := compile(t, text)
			for at := 1; at < 60; at += 1 + at/3 {
				task := &enginetest.Task{}
				in, err := p.Load(task)
				if err != nil {
					t.Fatal(err)
				}
				f, _ := in.Method("main")
				task.KillAt = task.Ticks + at
				if _, err := f.Call(task, nil); !errors.Is(err, hostapi.ErrKilled) {
					t.Fatal(err)
				}
				if task.Output.Late {
					t.Fatalf("killed at tick %d: printed after it", at)
				}
			}
		})
	}
}

// A call that returns the kill ends the task too.
func TestKilledCallIsNotCaught(t *testing.T) {
	task := &enginetest.Task{}
	in, err := loadProgram(t, compile(t, `
probe = require("probe")
def main():
    pcall(probe.kill)
    print("survived")
`), task)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := callMethod(t, in, task, "main"); !errors.Is(err, hostapi.ErrKilled) || len(task.Output.Lines) > 0 {
		t.Error(err, task.Output.Lines)
	}
}

// A kill in one task leaves the others of the process alone (9.6).
func TestKillIsPerTask(t *testing.T) {
	in, err := loadProgram(t, compile(t, `
def loop():
    while True: pass
def main():
    n = 0
    for i in range(100000):
        n += i
    return n
`), &enginetest.Task{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := callMethod(t, in, &enginetest.Task{KillAt: 2}, "loop"); !errors.Is(err, hostapi.ErrKilled) {
		t.Error(err)
	}
	if v, err := callMethod(t, in, &enginetest.Task{}, "main"); err != nil || v[0].Int() != 4999950000 {
		t.Error(v, err)
	}
}

// The steps reported are those made, and native work counts (20.5).
func TestTicks(t *testing.T) {
	alone(t)
	count := func(text string) int {
		task := &enginetest.Task{}
		if _, err := run(t, task, text); err != nil {
			t.Fatal(enginetest.Describe(err))
		}
		return task.Steps
	}
	if got := count("def main():\n    for _ in range(100000): pass"); got < 200000 || got > 1000000 {
		t.Errorf("%d steps for a loop of 100000", got)
	}
	for _, work := range []string{
		"sorted(range(1000000))", "str(list(range(1000000)))", "list(range(1000000))", "('x' * 15000000)[1]",
		"','.join(['x' * 1000] * 10000)", "[0] * 1000000", "max(range(1000000))", "('x' * 10000000).replace('x', 'y')",
		"[d.clear() for d in [{i: i for i in range(1000)}] for _ in range(1000)]",
	} {
		if got := count("def main():\n    x = " + work + "\n    for _ in range(1000): pass"); got < 20000 {
			t.Errorf("%d steps for %s", got, work)
		}
	}
}

func TestTopLevelErrors(t *testing.T) {
	for _, c := range []struct {
		text, message string
		kind          hostapi.Kind
	}{
		{`x = require("nothing")`, "module 'nothing' not found: the entry of src/test.star lists it in neither modules nor imports", hostapi.NotFound},
		{"x = 1\nerror(x)", "1", hostapi.Unknown},
		{"def f(n):\n    if n: f(n - 1)\nf(12000)", "stack overflow", hostapi.Internal},
	} {
		_, err := loadProgram(t, compile(t, c.text), &enginetest.Task{})
		var e *hostapi.Error
		if !errors.As(err, &e) || e.Kind != c.kind || e.Stack == "" {
			t.Errorf("%s: got %#v", c.text, err)
		} else if got := e.Error(); got[max(0, len(got)-len(c.message)):] != c.message {
			t.Errorf("%s: got %s", c.text, got)
		}
	}
	if _, err := compile(t, "while True: pass").Load(&enginetest.Task{KillAt: 3}); !errors.Is(err, hostapi.ErrKilled) {
		t.Error(err)
	}
}
