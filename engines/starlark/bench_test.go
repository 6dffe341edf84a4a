package starlark

import (
	"runtime"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// idle is a process of ordinary size.
const idle = `
time = require("time")
LIMIT = 10
jobs = {}

def handle(msg):
    jobs[msg.from_()] = msg.payload().data()
    process.send(msg.from_(), "ok", len(jobs))

def tick(n):
    return [x * n for x in range(LIMIT)] + ["done"]

def main(n = 3):
    inbox, events = process.inbox(), process.events()
    while True:
        r = channel.select([events.case_receive(), inbox.case_receive()])
        if r.channel == inbox:
            handle(r.value)
        elif r.value.kind == process.event.CANCEL:
            return "stopped"
`

// BenchmarkLoad makes instances and keeps them: bytes/instance is what one
// holds, without the stack of its coroutine.
func BenchmarkLoad(b *testing.B) {
	p := compile(b, idle)
	instances := make([]hostapi.Instance, b.N)
	task := &enginetest.Task{}
	before := enginetest.Heap()
	b.ReportAllocs()
	b.ResetTimer()
	for i := range instances {
		in, err := p.Load(task)
		if err != nil {
			b.Fatal(err)
		}
		instances[i] = in
	}
	b.StopTimer()
	b.ReportMetric(float64(enginetest.Heap()-before)/float64(b.N), "bytes/instance")
	runtime.KeepAlive(instances)
}

func prepare(b *testing.B, text string) (hostapi.Function, *enginetest.Task) {
	task := &enginetest.Task{}
	in, err := compile(b, text).Load(task)
	if err != nil {
		b.Fatal(enginetest.Describe(err))
	}
	f, err := in.Method("main")
	if err != nil {
		b.Fatal(err)
	}
	return f, task
}

// BenchmarkCall calls a function and a method of the host API.
func BenchmarkCall(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"loop", "def main(n):\n    for _ in range(n): pass"},
		{"script", "def f(a): return a\ndef main(n):\n    for _ in range(n): f(1)"},
		{"function", "def main(n):\n    echo = require('probe').echo\n    for _ in range(n): echo(1)"},
		{"member", "probe = require('probe')\ndef main(n):\n    for _ in range(n): probe.echo(1)"},
		{"pair", "def main(n):\n    pair = require('probe').pair\n    for _ in range(n): v, e = pair(False)"},
		{"keyword", "def main(n):\n    f = require('probe').describe\n    for _ in range(n): f(flush = True)"},
		{"method", "def main(n):\n    t = require('probe').thing('x')\n    for _ in range(n): t.from_()"},
		{"pcall", "def f(): return 1\ndef main(n):\n    for _ in range(n): pcall(f)"},
	} {
		b.Run(c.name, func(b *testing.B) {
			f, task := prepare(b, c.text)
			b.ReportAllocs()
			b.ResetTimer()
			if _, err := f.Call(task, []hostapi.Value{hostapi.Int(int64(b.N))}); err != nil {
				b.Fatal(enginetest.Describe(err))
			}
		})
	}
}

// BenchmarkLoop compares operators under this engine with the bare interpreter.
func BenchmarkLoop(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"while", "def main(n):\n    i = 0\n    while i < n:\n        i += 1"},
		{"add", "def main(n):\n    i = 0\n    d = 2\n    for j in range(n):\n        i = d + j"},
		{"multiply", "def main(n):\n    i = 0\n    d = 2\n    for j in range(n):\n        i = d * j"},
		{"modulo", "def main(n):\n    i = 0\n    d = 2\n    for j in range(n):\n        i = j % d"},
		{"compare", "def main(n):\n    i = 'abc'\n    d = 'abd'\n    for j in range(n):\n        i == d"},
		{"in", "def main(n):\n    d = {'a': 1}\n    k = 'a'\n    for j in range(n):\n        k in d"},
		{"format", "def main(n):\n    for j in range(n):\n        'n=%d' % j"},
		{"pop", "def main(n):\n    l = [1]\n    for j in range(n):\n        l.append(l.pop())"},
		{"str", "def main(n):\n    for j in range(n):\n        str(j)"},
		{"append", "def main(n):\n    l = []\n    for j in range(n):\n        l.append(j)"},
		{"assign element", "def main(n):\n    l = [1]\n    for j in range(n):\n        l[0] = j"},
		{"assign entry", "def main(n):\n    d = {}\n    for j in range(n):\n        d['a'] = j"},
		{"assign key", "def main(n):\n    d = {}\n    for j in range(n):\n        d[j & 0xfff] = j"},
		{"grow dict", "def main(n):\n    d = {}\n    for j in range(n):\n        d[j] = j"},
		{"len", "def main(n):\n    l = [1]\n    for j in range(n):\n        len(l)"},
	} {
		b.Run(c.name+"/engine", func(b *testing.B) {
			f, task := prepare(b, c.text)
			b.ResetTimer()
			if _, err := f.Call(task, []hostapi.Value{hostapi.Int(int64(b.N))}); err != nil {
				b.Fatal(enginetest.Describe(err))
			}
		})
		b.Run(c.name+"/bare", func(b *testing.B) {
			thread := &starlark.Thread{}
			g, err := starlark.ExecFileOptions(dialect(), thread, "x.star", c.text, nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			if _, err := starlark.Call(thread, g["main"], starlark.Tuple{starlark.MakeInt(b.N)}, nil); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkWalk takes one census of 200,000 containers.
func BenchmarkWalk(b *testing.B) {
	in, err := compile(b, "kept = [[x] for x in range(200000)]").Load(&enginetest.Task{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := in.(*instance).census(&enginetest.Task{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkComprehension takes n times a comprehension of so many elements.
func BenchmarkComprehension(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"simple 3", "[x for x in l3]"},
		{"simple 1000", "[x for x in l1000]"},
		{"range 3", "[x for x in range(3)]"},
		{"range 1000", "[x for x in range(1000)]"},
		{"add 3", "[x + 1 for x in l3]"},
		{"add 1000", "[x + 1 for x in l1000]"},
		{"filter 3", "[x for x in l3 if x]"},
		{"filter 1000", "[x for x in l1000 if x]"},
		{"filter none 1000", "[x for x in l1000 if not x]"},
		{"list 3", "[[x] for x in l3]"},
		{"list 1000", "[[x] for x in l1000]"},
		{"call 3", "[f(x) for x in l3]"},
		{"call 1000", "[f(x) for x in l1000]"},
		{"format 1000", "['n=%d' % x for x in l1000]"},
		{"dict 3", "{x: x for x in l3}"},
		{"dict 1000", "{x: x for x in l1000}"},
		{"nested 3", "[[y for y in l3] for x in l3]"},
		{"nested 30", "[[y + 1 for y in l30] for x in l30]"},
	} {
		b.Run(c.name, func(b *testing.B) {
			f, task := prepare(b, `
def f(x): return x
def main(n):
    l3, l30, l1000 = [1, 2, 3], list(range(1, 31)), list(range(1, 1001))
    for i in range(n): `+c.text)
			b.ReportAllocs()
			b.ResetTimer()
			if _, err := f.Call(task, []hostapi.Value{hostapi.Int(int64(b.N))}); err != nil {
				b.Fatal(enginetest.Describe(err))
			}
		})
	}
}
