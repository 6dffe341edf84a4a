package engines_test

import (
	"testing"

	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// BenchmarkCoverage runs computing scripts without coverage and with it: at most 1.5
// times slower (60.13).
func BenchmarkCoverage(b *testing.B) {
	texts := map[string]map[string]string{
		"lua": {
			"loop":  "local x = 0\nfor i = 1, 300000 do\n x = x + i\nend",
			"calls": "local function fib(n)\n if n < 2 then\n return n\n end\n return fib(n-1) + fib(n-2)\nend\nfib(20)",
			"sieve": "local n = 20000\nlocal p = {}\nfor i = 2, n do\n p[i] = true\nend\nfor i = 2, n do\n if p[i] then\n for j = i+i, n, i do\n p[j] = false\n end\n end\nend",
			"texts": "local t = {}\nfor i = 1, 10000 do\n local s = 'a' .. i\n if #s > 3 then\n t[#t+1] = s\n end\nend",
		},
		"starlark": {
			"loop":  "def f():\n    x = 0\n    for i in range(100000):\n        x = x + i\nf()",
			"calls": "def fib(n):\n    if n < 2:\n        return n\n    return fib(n-1) + fib(n-2)\nfib(18)",
			"sieve": "def f():\n    n = 10000\n    p = [True] * (n + 1)\n    for i in range(2, n):\n        if p[i]:\n            for j in range(i+i, n, i):\n                p[j] = False\nf()",
			"texts": "def f():\n    t = []\n    for i in range(10000):\n        s = 'a' + str(i)\n        if len(s) > 3:\n            t.append(s)\nf()",
		},
	}
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
		for name, text := range texts[e.Info().Language] {
			src := hostapi.Source{ID: "app:a", Path: "a", Text: text, Modules: modules.Standard()}
			without, err := e.Compile(src)
			if err != nil {
				b.Fatal(err)
			}
			with, _, err := e.(hostapi.Coverer).CompileCovered(src)
			if err != nil {
				b.Fatal(err)
			}
			for of, p := range map[string]hostapi.Program{"off": without, "on": with} {
				b.Run(e.Info().Name+"/"+name+"/"+of, func(b *testing.B) {
					for b.Loop() {
						in, err := (&enginetest.Task{}).Load(p)
						if err != nil {
							b.Fatal(enginetest.Describe(err))
						}
						in.Close()
					}
				})
			}
		}
	}
}
