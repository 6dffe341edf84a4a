package starlark

import (
	"errors"
	"runtime"
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
		"popped":       "kept = [0] * 1000000\nfor _ in range(999999): kept.pop()",
		"cleared":      "kept = [0] * 1000000\nkept.clear()",
		"cleared dict": "kept = {x: x for x in range(100000)}\nkept.clear()",
		"cleared set":  "kept = set(range(100000))\nkept.clear()",
		"small dicts":  "kept = [{'a': x, 'b': x, 'c': x} for x in range(20000)]",
		"dicts of 40":  "kept = [{y: x for y in range(40)} for x in range(2000)]",
		"dicts of 60":  "kept = [{y: x for y in range(60)} for x in range(2000)]",
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
			enginetest.CheckCensus(t, p, func(in hostapi.Instance) int64 {
				n, err := in.(*instance).census(&enginetest.Task{})
				if err != nil {
					t.Error(err)
				}
				return n
			})
		})
	}
}

// What variables of calls and file level hold is charged, whatever catches.
func TestGrowthIsKilled(t *testing.T) {
	for name, text := range map[string]string{
		"local":                "def main():\n    l = []\n    for _ in range(300000): l.append([1])",
		"caught":               "def f():\n    l = []\n    for _ in range(300000): l.append([1])\ndef main():\n    while True: pcall(f)",
		"global":               "l = []\ndef main():\n    for _ in range(300000): l.append([1])",
		"deep":                 "def f(n):\n    l = [0] * 10000\n    return f(n - 1) + len(l) if n else 0\ndef main():\n    f(300)",
		"captured":             "def main():\n    l = []\n    f = lambda: l.append([1])\n    for _ in range(300000): f()",
		"argument":             "def f(l):\n    for _ in range(300000): l.append([1])\ndef main():\n    f([])",
		"key":                  "l = []\ndef key(x):\n    l.append([x])\n    return x\ndef main():\n    for _ in range(300): sorted(range(1000), key = key)",
		"strings":              "def main():\n    l = []\n    for _ in range(400): l.append('x' * 100000 + str(len(l)))",
		"cleared":              "def main():\n    l = []\n    for _ in range(30):\n        l.append([0] * 100000)\n        l[-1].clear()",
		"cleared dicts":        "def main():\n    l = []\n    for _ in range(400):\n        l.append({x: x for x in range(1000)})\n        l[-1].clear()",
		"list comprehension":   "def main(): return [x for x in range(2000000)]",
		"iterated":             "def main(): return [x for x in [i for i in range(1500000)]]",
		"new elements":         "def main(): return [[x] for x in range(300000)]",
		"called elements":      "def f(x): return 'x' * 10000 + str(x)\ndef main(): return [f(x) for x in range(3000)]",
		"filtered":             "def main(): return [x for x in range(3000000) if x % 3]",
		"several loops":        "def main(): return [0 for x in range(10) for y in range(200) for z in range(1000)]",
		"dict comprehension":   "def main(): return {x: [x] for x in range(200000)}",
		"dict of keys":         "def main(): return {'x' * 1000 + str(x): 0 for x in range(30000)}",
		"filtered dict":        "def main(): return {x: x for x in range(500000) if x % 2}",
		"nested":               "def main(): return [[y for y in range(1000)] for x in range(2000)]",
		"deeply nested":        "def main(): return [[[z for z in range(100000)] for y in range(10)] for x in range(2)]",
		"in a call in one":     "def f(x): return [[y] for y in range(1000)]\ndef main(): return [f(x) for x in range(1000)]",
		"recursive":            "def f(n): return [f(n - 1) for y in range(65)] if n else [0]\ndef main(): f(3)",
		"in a lambda":          "def main(): return [(lambda: [x])() for x in range(300000)]",
		"caught comprehension": "def f(): return [[x] for x in range(300000)]\ndef main():\n    while True: pcall(f)",
		"returning":            "def f(): return [0] * 100000\ndef main():\n    l = []\n    for _ in range(30): l.append(f())",
	} {
		t.Run(name, func(t *testing.T) {
			runtime.GC() // what the ledger takes for live is not garbage of other tests
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

// What a comprehension drops, shares or counts twice is not charged.
func TestComprehensionsAreChargedForWhatTheyHold(t *testing.T) {
	for name, text := range map[string]string{
		"shared":       "one = [0] * 10000\ndef main(): return len([one for x in range(300000)])",
		"shared again": "one = [0] * 10000\ndef f(): return one\ndef main(): return len([f() for x in range(300000)])",
		"left out":     "def main(): return len([[x] * 100 for x in range(1000000) if x % 100000 == 0])",
		"few keys":     "def main(): return len({x % 10: [x] for x in range(1000000)})",
		"dropped":      "def main(): return len([len([[y] * 10 for y in range(1000)]) for x in range(1000)])",
		"caught":       "def f(x): return [[y] if y < 5000 else error('x') for y in range(9000)]\ndef main(): return len([pcall(f, x)[0] for x in range(200)])",
		"counted once": "def main(): return len([x for x in [y for y in [z for z in range(150000)]]])",
	} {
		t.Run(name, func(t *testing.T) {
			task := &enginetest.Task{Limit: 10 << 20}
			if _, err := run(t, task, text); err != nil {
				t.Fatalf("it ended with %v, charged %d bytes", err, task.Peak)
			}
		})
	}
}

// A top level that allocates is charged before the process is live.
func TestTopLevelIsCharged(t *testing.T) {
	task := &enginetest.Task{Limit: 10 << 20}
	if _, err := task.Load(compile(t, "l = []\nfor _ in range(300000): l.append([1])")); !errors.Is(err, hostapi.ErrKilled) {
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

// A census goes in pieces: others have their turn, and a kill ends it (20.5). It
// costs the script nothing.
func TestKillDuringCensus(t *testing.T) {
	text := `
kept = [[x] for x in range(15000)]
kept += ["%d" % x * 20 for x in range(15000)]
`
	p := compile(t, text)
	quiet := &enginetest.Task{}
	in, err := loadProgram(t, p, quiet)
	if err != nil {
		t.Fatal(err)
	}
	steps, ticks := quiet.Steps, quiet.Ticks
	if _, err := in.(*instance).census(quiet); err != nil {
		t.Fatal(err)
	}
	pauses := quiet.Ticks - ticks
	if quiet.Steps != steps || pauses < 20 {
		t.Fatalf("a census took %d steps and %d pauses", quiet.Steps-steps, pauses)
	}
	for _, at := range []int{1, 2, pauses / 2, pauses} {
		p := compile(t, text) // of an engine of its own: one with grown tables pauses less often
		task := &enginetest.Task{}
		in, err := loadProgram(t, p, task)
		if err != nil {
			t.Fatal(err)
		}
		task.KillAt = task.Ticks + at
		if _, err := in.(*instance).census(task); !errors.Is(err, hostapi.ErrKilled) {
			t.Errorf("killed at pause %d of a census: %v", at, err)
		}
		fresh, err := loadProgram(t, p, &enginetest.Task{})
		if err != nil {
			t.Fatal(err)
		}
		want, _ := fresh.(*instance).census(&enginetest.Task{})
		fresh.(*instance).engine = in.(*instance).engine // with the tables of the one that was killed
		if got, err := fresh.(*instance).census(&enginetest.Task{}); got != want || err != nil {
			t.Errorf("a census after one that was killed finds %d bytes, want %d: %v", got, want, err)
		}
	}
}

// Nothing of the script runs after a kill that struck a census.
func TestNothingRunsAfterAKillDuringCensus(t *testing.T) {
	p := compile(t, `
kept = [[x] for x in range(50000)]
def grow():
    for i in range(10000):
        kept.append([i])
        print("x")
def main():
    while True:
        pcall(grow)
        print("x")
`)
	for _, at := range []int{1, 2, 10, 100} {
		task := &censusTask{}
		in, err := p.Load(task)
		if err != nil {
			t.Fatal(err)
		}
		task.pauses = at
		f, _ := in.Method("main")
		if _, err := f.Call(task, nil); !errors.Is(err, hostapi.ErrKilled) {
			t.Fatal(err)
		}
		if task.Output.Late {
			t.Errorf("killed at pause %d: printed after it", at)
		}
	}
}

// censusTask is killed in a pause.
type censusTask struct {
	enginetest.Task
	pauses int // until then
}

func (t *censusTask) Pause(n int) error {
	if t.pauses--; t.pauses == 0 {
		t.Killed = true
	}
	return t.Task.Pause(n)
}
