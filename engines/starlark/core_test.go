package starlark_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

const hostID = "app:processes"

// house is a runtime whose processes are scripts.
type house struct {
	*core.Runtime
	t      testing.TB
	output bytes.Buffer
}

func open(t testing.TB, o core.Options, limits core.Limits, sources map[string]string) *house {
	h := &house{t: t}
	o.Output = &h.output
	h.Runtime = core.New(o)
	h.DefineHost(core.HostOptions{ID: hostID, Workers: 1})
	if err := h.StartHost(hostID); err != nil {
		t.Fatal(err)
	}
	for name, text := range sources {
		p, err := starlark.New().Compile(hostapi.Source{
			ID: "app:" + name, Path: name + ".star", Text: text, Modules: modules.Standard(),
		})
		if err != nil {
			t.Fatal(err)
		}
		h.Define(core.Entry{ID: "app:" + name, Program: p, Limits: limits})
	}
	return h
}

// simulate runs the script main under several schedules.
func simulate(t *testing.T, sources map[string]string, check func(v hostapi.Value, err error, output string)) {
	t.Helper()
	simulateWithin(t, core.Limits{}, sources, check)
}

func simulateWithin(t *testing.T, limits core.Limits, sources map[string]string, check func(v hostapi.Value, err error, output string)) {
	t.Helper()
	for seed := range uint64(8) {
		sim := core.NewSimulation(seed)
		h := open(t, core.Options{Scheduler: sim, Seed: seed + 1}, limits, sources)
		v, err := h.Exec(context.Background(), hostapi.Spawn{ID: "app:main", Host: hostID})
		if e := h.Shutdown(context.Background(), time.Minute); e != nil {
			t.Error(e)
		}
		check(v, err, h.output.String())
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// gives runs main and compares its value.
func gives(t *testing.T, want string, sources map[string]string) {
	t.Helper()
	simulate(t, sources, func(v hostapi.Value, err error, _ string) {
		t.Helper()
		if err != nil {
			t.Errorf("%s", text(err))
		} else if v.String() != want {
			t.Errorf("got %s, want %s", v, want)
		}
	})
}

func failsWith(t *testing.T, kind hostapi.Kind, message string, sources map[string]string) {
	t.Helper()
	simulate(t, sources, func(v hostapi.Value, err error, _ string) {
		t.Helper()
		if !errors.Is(err, kind) || !strings.Contains(err.Error(), message) {
			t.Errorf("got %v, %v, want %s %q", v, err, kind, message)
		}
	})
}

func text(err error) string {
	e := hostapi.AsError(err)
	return string(e.Kind) + ": " + e.Error() + "\n" + e.Stack
}

// The example of docs/starlark.md, section 10.
func TestCoroutinesAndChannels(t *testing.T) {
	gives(t, "[0, 1, 4, 9, 16]", map[string]string{"main": `
def main():
    jobs = range(5)
    queue, done = channel.new(8), channel.new()
    open = [3]

    def consume(n):
        while True:
            job, ok = queue.receive()
            if not ok:
                break
            done.send(struct(by = n, square = job * job))
        open[0] -= 1
        if open[0] == 0:
            done.close()

    for n in range(3):
        coroutine.spawn(consume, n)

    def feed():
        for job in jobs:
            queue.send(job)
        queue.close()
    coroutine.spawn(feed)

    squares = []
    while True:
        v, ok = done.receive()
        if not ok:
            return sorted(squares)
        squares.append(v.square)
`})
}

// Much of the example of docs/starlark.md, section 9: a worker that fails is
// replaced.
func TestSupervisedPool(t *testing.T) {
	gives(t, `["completed: a", "replaced: empty job", "completed: b"]`, map[string]string{
		"worker": `
def main(slot):
    time = require("time")
    events, inbox = process.events(), process.inbox()
    while True:
        idle = time.after("5s")
        r = channel.select([events.case_receive(), inbox.case_receive(), idle.case_receive()])
        if r.channel == events:
            if r.value.kind == process.event.CANCEL:
                return "cancelled"
        elif r.channel == inbox:
            msg = r.value
            if msg.topic() == "work":
                job = msg.payload().data()
                if job == None:
                    error(errors.new(message = "empty job", kind = errors.INVALID))
                time.sleep("100ms")
                process.send(msg.from_(), "result", "completed: %s" % job)
        else:
            return None, "idle"
`,
		"main": `
def main():
    process.set_options(trap_links = True)
    events = process.events()
    results, err = process.listen("result")
    if err:
        return None, err
    log = []
    pid, err = process.spawn_linked("app:worker", "app:processes", 1)
    process.send(pid, "work", "a")
    v, _ = results.receive()
    log.append(v)
    process.send(pid, "work", None)
    ev, _ = events.receive()
    if ev.kind == process.event.LINK_DOWN and ev.from_ == pid and errors.is_(ev.result.error, errors.INVALID):
        log.append("replaced: " + ev.result.error)
        pid, err = process.spawn_linked("app:worker", "app:processes", 1)
    process.send(pid, "work", "b")
    v, _ = results.receive()
    log.append(v)
    process.cancel(pid, "1s", reason = "done")
    return log
`})
}

// Waiting calls work in every callback (clause 9.9).
func TestWaitingInCallbacks(t *testing.T) {
	gives(t, `[[1, 2, 3], [3, 2, 1], 3, 1, [true, 2], ["a", "b"]]`, map[string]string{"main": `
def main():
    ch = channel.new()
    def feed():
        while True:
            for v in [3, 1, 2]:
                ch.send(v)
    coroutine.spawn(feed)
    def key(x):
        v, _ = ch.receive()
        return v
    out = [sorted([3, 1, 2], key = lambda x: key(x)), sorted([3, 1, 2], key = lambda x: -key(x))]
    out.append(max([3, 1, 2], key = key))
    out.append(min([3, 1, 2], key = key))
    def protected():
        ch.receive()
        ch.receive()
        v, _ = ch.receive()
        return v
    out.append(list(pcall(protected)))
    words = channel.new(2)
    words.send("a")
    words.send("b")
    out.append([words.receive()[0] for _ in range(2)])
    return out
`})
}

func TestSpawnPassesKeywords(t *testing.T) {
	gives(t, `[1, [2, 3], {from_: 4, x: 5}]`, map[string]string{"main": `
def main():
    got = []
    def f(a, *rest, from_ = 0, **more):
        got.extend([a, rest, {"from_": from_, "x": more["x"]}])
    handle = coroutine.spawn(f, 1, 2, 3, from_ = 4, x = 5)
    if type(handle) != "coroutine" or not handle:
        error("handle")
    return got
`})
}

func TestResults(t *testing.T) {
	for _, c := range []struct{ ret, want string }{
		{"None", "nil"}, {"()", "nil"}, {"5", "5"}, {"(1, 2)", "1"}, {"(7, None)", "7"}, {`["a", "b"]`, `["a", "b"]`},
	} {
		gives(t, c.want, map[string]string{"main": "def main():\n    return " + c.ret})
	}
	failsWith(t, hostapi.Internal, "x", map[string]string{"main": `def main(): return None, "x"`})
	failsWith(t, "Mine", "y", map[string]string{"main": `def main(): return 1, errors.new(message = "y", kind = "Mine")`})
	failsWith(t, hostapi.Invalid, "cannot send a function", map[string]string{"main": `def main(): return main`})
	failsWith(t, hostapi.Internal, "thrown", map[string]string{"main": `def main(): error("thrown")`})
	failsWith(t, hostapi.Internal, "division by zero", map[string]string{"main": `def main(): return 1 // 0`})
	failsWith(t, hostapi.Internal, "child", map[string]string{"main": `
def main():
    coroutine.spawn(lambda: error("child"))
    process.inbox().receive()
`})
	failsWith(t, hostapi.Internal, "missing 1 argument", map[string]string{"main": `
def main():
    coroutine.spawn(lambda a: a)
    process.inbox().receive()
`})
}

func TestMethodsAreEqualToThemselves(t *testing.T) {
	gives(t, "[true, true, false, false, true]", map[string]string{"main": `
def main():
    a, b = channel.new(), channel.new()
    first = a.receive
    a.send
    return [first == a.receive, first != a.send, first == b.receive, first == a.close, {first: True}.get(a.receive)]
`})
	failsWith(t, hostapi.Internal, "not implemented", map[string]string{"main": `def main(): return channel.new().send < channel.new().send`})
}

func TestTopLevel(t *testing.T) {
	failsWith(t, hostapi.Internal, "failed to execute script", map[string]string{"main": `error("early")`})
	failsWith(t, hostapi.Internal, "cannot block during module load", map[string]string{"main": "coroutine.spawn(lambda: 1)\ndef main(): pass"})
	failsWith(t, hostapi.NotFound, `method "main" not found`, map[string]string{"main": "main = 1"})
	failsWith(t, hostapi.Invalid, "keyword-only parameter", map[string]string{"main": "def main(*, a): pass"})
	gives(t, "true", map[string]string{"main": `
inbox = process.inbox()
ch = channel.new(1)
ch.send(1)
def main():
    return inbox == process.inbox() and ch.receive() == (1, True)
`})
}

// A kill ends a process in whatever it does, and nothing after it runs (20.8).
func TestKill(t *testing.T) {
	for name, victim := range map[string]string{
		"loop":      "    while True: pass",
		"protected": "    while True: pcall(lambda: [x for x in range(100)])",
		"receive":   "    while True: pcall(process.inbox().receive)",
		"sleep":     `    while True: pcall(require("time").sleep, "1h")`,
		"recursion": "    def f(n): return pcall(f, n - 1) if n else 0\n    while True: f(12000)",
		"key":       "    while True: pcall(sorted, range(100), key = lambda x: -x)",
		"native":    "    while True: pcall(max, range(1 << 20))",
		"coroutine": `    def f():
        while True: pcall(lambda: channel.new().receive())
    coroutine.spawn(f)
    coroutine.spawn(f)
    process.inbox().receive()`,
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, map[string]string{
				"victim": "def main():\n" + victim + "\n    print(\"survived\")",
				"main": `
def main():
    pid, err = process.spawn_monitored("app:victim", "app:processes")
    if err:
        return None, err
    for _ in range(2000):       # long enough for many slices
        pass
    process.terminate(pid)
    ev, _ = process.events().receive()
    return ev.result.error.message()
`}, func(v hostapi.Value, err error, output string) {
				if err != nil || v.Str() != "process terminated" || output != "" {
					t.Error(v, err, output)
				}
			})
		})
	}
}

func TestFuel(t *testing.T) {
	limits := core.Limits{Fuel: 50000}
	simulateWithin(t, limits, map[string]string{"main": `
def main():
    while True:
        pcall(lambda: [0] * 100)
`}, func(v hostapi.Value, err error, _ string) {
		if !errors.Is(err, hostapi.LimitExceeded) {
			t.Error(v, err)
		}
	})
}

// Processes of one program run at the same time on several workers.
func TestOnWorkers(t *testing.T) {
	h := &house{t: t, Runtime: core.New(core.Options{})}
	h.DefineHost(core.HostOptions{ID: hostID, Workers: 4})
	if err := h.StartHost(hostID); err != nil {
		t.Fatal(err)
	}
	sum, err := starlark.New().Compile(hostapi.Source{ID: "app:sum", Path: "sum.star", Modules: modules.Standard(), Text: `
BASE = {"a": [1]}
def add(n):
    return n + BASE["a"][0] + len(require("time").RFC3339)
`})
	if err != nil {
		t.Fatal(err)
	}
	p, err := starlark.New().Compile(hostapi.Source{ID: "app:main", Path: "main.star", Modules: modules.Standard(),
		Imports: []hostapi.Import{{Alias: "sum", Program: sum}}, Text: `
load("sum", "add")
seen = {}
def main(n):
    if n == 0:
        msg, _ = process.inbox().receive()
        seen["n"] = msg.payload().data()["n"]
        process.send(msg.from_(), "back", seen["n"] + add(0) - add(0))
        return seen["n"]
    total = 0
    for i in range(n):
        pid, err = process.spawn("app:main", "app:processes", 0)
        if err:
            return None, err
        process.send(pid, "go", {"n": i})
        msg, _ = process.inbox().receive()
        total += msg.payload().data()
    return total
`})
	if err != nil {
		t.Fatal(err)
	}
	h.Define(core.Entry{ID: "app:main", Program: p})
	done := make(chan error)
	for range 8 {
		go func() {
			v, err := h.Exec(context.Background(), hostapi.Spawn{ID: "app:main", Host: hostID, Args: []hostapi.Value{hostapi.Int(50)}})
			if err == nil && v.Int() != 1225 {
				err = errors.New("got " + v.String())
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(text(err))
		}
	}
	if err := h.Shutdown(context.Background(), time.Minute); err != nil {
		t.Error(err)
	}
}

// BenchmarkIdleProcess keeps processes that wait in a select: bytes/process is
// what one holds, core and stacks included.
func BenchmarkIdleProcess(b *testing.B) {
	h := open(b, core.Options{}, core.Limits{}, map[string]string{"main": `
jobs = {}

def handle(msg):
    jobs[msg.from_()] = msg.payload().data()
    process.send(msg.from_(), "ok", len(jobs))

def main(n = 3):
    inbox, events = process.inbox(), process.events()
    while True:
        r = channel.select([events.case_receive(), inbox.case_receive()])
        if r.channel == inbox:
            handle(r.value)
        elif r.value.kind == process.event.CANCEL:
            return "stopped"
`})
	const n = 10000
	for range b.N {
		before := memory()
		for range n {
			if _, err := h.Start(context.Background(), hostapi.Spawn{ID: "app:main", Host: hostID}, nil); err != nil {
				b.Fatal(err)
			}
		}
		heap, stacks := memory()[0]-before[0], memory()[1]-before[1]
		b.ReportMetric(float64(heap)/n, "heap/process")
		b.ReportMetric(float64(stacks)/n, "stack/process")
	}
	if err := h.Shutdown(context.Background(), time.Minute); err != nil {
		b.Error(err)
	}
}

func memory() [2]uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return [2]uint64{m.HeapAlloc, m.StackInuse}
}
