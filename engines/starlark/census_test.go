package starlark

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
)

// What a census finds is about what Go allocated (17.8).
func TestCensusFindsWhatIsHeld(t *testing.T) {
	for name, text := range map[string]string{
		"list":         "kept = [0] * 1000000",
		"lists":        "kept = [[x] for x in range(100000)]",
		"shared list":  "one = [0] * 1000\nkept = [one] * 1000000",
		"tuples":       "kept = [(x, x) for x in range(100000)]",
		"dict":         "kept = {x: None for x in range(100000)}",
		"dicts":        "kept = [{x: x} for x in range(20000)]",
		"set":          "kept = set(range(100000))",
		"strings":      "kept = ['%d' % x * 20 for x in range(100000)]",
		"same string":  "s = 'x' * 1000\nkept = [s] * 1000000",
		"large string": "s = 'x' * 10000000\nkept = [s, s, s]",
		"suffixes":     "s = 'x' * 10000000\nkept = [s[x:] for x in range(1000)]",
		"integers":     "kept = [(x << 500) * (1 << 500) * (1 << 500) for x in range(1, 20000)]",
		"floats":       "kept = [x / 3 for x in range(500000)]",
		"structs":      "kept = [struct(a = x, b = x) for x in range(50000)]",
		"closures":     "def f(x): return lambda: x\nkept = [f([x]) for x in range(50000)]",
		"defaults":     "def f(x):\n    def g(y = [x]): return y\n    return g\nkept = [f(x) for x in range(50000)]",
		"methods":      "kept = [[x].append for x in range(50000)]",
	} {
		t.Run(name, func(t *testing.T) {
			p := compile(t, text)
			enginetest.CheckCensus(t, p, func(in hostapi.Instance) int64 { return in.(*instance).census() })
		})
	}
}

// What variables of calls and file level hold is charged, whatever catches.
func TestGrowthIsKilled(t *testing.T) {
	for name, text := range map[string]string{
		"local":     "def main():\n    l = []\n    while True: l.append([1])",
		"caught":    "def f():\n    l = []\n    while True: l.append([1])\ndef main():\n    while True: pcall(f)",
		"global":    "l = []\ndef main():\n    while True: l.append([1])",
		"deep":      "def f(n):\n    l = [0] * 10000\n    return f(n + 1) + len(l)\ndef main():\n    f(0)",
		"captured":  "def main():\n    l = []\n    f = lambda: l.append([1])\n    while True: f()",
		"argument":  "def f(l):\n    while True: l.append([1])\ndef main():\n    f([])",
		"key":       "l = []\ndef key(x):\n    l.append([x])\n    return x\ndef main():\n    while True: sorted(range(1000), key = key)",
		"strings":   "def main():\n    l = []\n    while True: l.append('x' * 100000 + str(len(l)))",
		"returning": "def f(): return [0] * 1000000\ndef main():\n    l = []\n    while True: l.append(f())",
	} {
		t.Run(name, func(t *testing.T) {
			task := &enginetest.Task{Limit: 10 << 20}
			if _, err := run(t, task, text); !errors.Is(err, hostapi.ErrKilled) {
				t.Fatalf("it ended with %v", err)
			}
			if task.Peak > 4*task.Limit {
				t.Errorf("charged %d bytes at the end, of %d allowed", task.Peak, task.Limit)
			}
		})
	}
}

// A top level that allocates is charged before the process is live.
func TestTopLevelIsCharged(t *testing.T) {
	task := &enginetest.Task{Limit: 10 << 20}
	if _, err := task.Load(compile(t, "l = []\nwhile True: l.append([1])")); !errors.Is(err, hostapi.ErrKilled) {
		t.Fatal(err)
	}
}

// What is no longer held is given back.
func TestGarbageIsNotCharged(t *testing.T) {
	task := &enginetest.Task{Limit: 32 << 20}
	in, err := loadProgram(t, compile(t, `
def work():
    l = []
    for i in range(50000):
        l.append([i])
def main():
    for _ in range(60):
        work()
    return "done"
`), task)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := callMethod(t, in, task, "main"); err != nil {
		t.Fatal(err)
	}
	if in.(*instance).tasks != nil {
		t.Error("a task is left")
	}
}
