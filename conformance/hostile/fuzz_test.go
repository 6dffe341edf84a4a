package hostile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// fuzzedTime is how long a script may run by the simulated clock, which stands
// still while it executes.
const fuzzedTime = time.Millisecond

// mostSteps is how often processes get their turn before they are terminated:
// fuel does not end those that hardly execute.
const mostSteps = 300

// runScript runs a text as a program of every engine of a language, with
// little fuel, on a simulation. Whatever the text is, an engine refuses it, or
// it ends, and never by a fault of the engine.
func runScript(t *testing.T, language, text string) {
	for _, e := range engines() {
		if e.Info().Language != language {
			continue
		}
		program, err := compile(e, "fuzzed", text)
		if err != nil {
			var syntax *hostapi.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("%s: compile: %v", e.Info().Name, err)
			}
			continue
		}
		sim := core.NewSimulation(1)
		rt := core.New(core.Options{Scheduler: sim, Seed: 1})
		rt.DefineHost(core.HostOptions{ID: hostID, Workers: 1, MaxProcesses: 20})
		if err := rt.StartHost(hostID); err != nil {
			t.Fatal(err)
		}
		rt.Define(core.Entry{ID: "app:fuzzed", Program: program, Limits: core.Limits{Fuel: 200_000, Memory: memory, MaxCoroutines: 50}})
		ctx := context.Background()
		sim.Trace = func(step int, _ core.Runnable) {
			if step%mostSteps == 0 {
				for _, pid := range rt.Processes() {
					_ = rt.Terminate(pid)
				}
			}
		}
		var end *hostapi.Result
		rt.Launch(hostapi.Spawn{ID: "app:fuzzed", Host: hostID}, func(_ hostapi.PID, err error) {
			if err != nil {
				end = &hostapi.Result{Err: hostapi.AsError(err)}
			}
		}, func(r hostapi.Result) { end = &r })
		// It may wait for ever while its timers ring, every nanosecond.
		for i := time.Duration(0); i < fuzzedTime && end == nil; i += fuzzedTime / 100 {
			sim.RunFor(fuzzedTime / 100)
		}
		if end != nil && end.Err != nil && end.Err.Error() == "internal error" {
			t.Errorf("%s: %s\n%s", e.Info().Name, end.Err.Stack, text)
		}
		for _, pid := range rt.Processes() {
			_ = rt.Terminate(pid)
		}
		if err := rt.Shutdown(ctx, time.Minute); err != nil {
			t.Errorf("%s: %v\n%s", e.Info().Name, err, text)
		}
	}
}

// seeds gives the sources of a language: examples and short attacks.
func seeds(f *testing.F, language, extension string) []string {
	list, _, err := attacks(language)
	if err != nil {
		f.Fatal(err)
	}
	var out []string
	for _, a := range list {
		if a.class == "escape" || a.class == "bytes" {
			out = append(out, a.text)
		}
	}
	err = filepath.WalkDir("../../examples", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, extension) {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			out = append(out, string(data))
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return out
}

// FuzzLuaSource runs any text.
func FuzzLuaSource(f *testing.F) {
	for _, s := range seeds(f, "lua", ".lua") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { runScript(t, "lua", text) })
}

// FuzzStarlarkSource runs any text.
func FuzzStarlarkSource(f *testing.F) {
	for _, s := range seeds(f, "starlark", ".star") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { runScript(t, "starlark", text) })
}

// FuzzLuaGrammar runs programs that are well formed.
func FuzzLuaGrammar(f *testing.F) { fuzzGrammar(f, "lua", luaGrammar) }

// FuzzStarlarkGrammar runs programs that are well formed.
func FuzzStarlarkGrammar(f *testing.F) { fuzzGrammar(f, "starlark", starlarkGrammar) }

func fuzzGrammar(f *testing.F, language string, g grammar) {
	for i := range 30 {
		f.Add([]byte(strings.Repeat(fmt.Sprint(i*i*7919, "x", i), 10)))
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		m := &maker{g: g, choices: choices}
		runScript(t, language, m.program())
	})
}

// grammar holds the productions of a language: a part is a name, its
// productions are texts in which $name stands for a part, and > begins a block.
type grammar map[string][]string

var luaGrammar = grammar{
	"program": {"local a, b, c = {}, \"x\", 1\nlocal function f(x, ...) $stat $stat return $expr end\nreturn { main = function(...) $stat $stat $stat $stat return $expr end }"},
	"stat": {"$var = $expr ", "$var, $var = $expr, $expr ", "if $expr then $stat else $stat end ", "while $expr do $stat break end ",
		"for i = $expr, $expr do $stat end ", "for k, v in pairs(a) do $stat end ", "repeat $stat until true ", "local a = $expr ", "pcall(function() $stat end) ",
		"a[$expr] = $expr ", "pcall($func, $expr, $expr) ", "setmetatable(a, { $meta = function(x, y) return $expr end }) ", "do $stat $stat end ", "b = $call ", "$var = $expr ",
		"coroutine.spawn(function() $stat end) ", "local g = coroutine.wrap(function(x) coroutine.yield($expr) $stat end) pcall(g, $expr) pcall(g) ", "process.send(process.pid(), \"t\", $expr) "},
	"expr": {"1", "\"x\"", "nil", "true", "a", "b", "c", "{ $expr, $expr, k = $expr }", "($expr $op $expr)", "function(...) return $expr, ... end", "(pcall($func, $expr, $expr))",
		"$call", "a[$expr]", "#$expr", "-($expr)", "not $expr", "-1", "0.5", "1e300", "(1/0)", "(0/0)", "2^53", "\"%d(.-)\\0\\255\"", "(\"x\"):rep(100)", "errors.new($expr)", "channel.new(1)"},
	"call": {"select(2, pcall($func, $expr, $expr, $expr))", "(f($expr, $expr))", "select(2, pcall(f, $expr))"},
	"func": {"string.format", "string.rep", "string.gsub", "string.find", "string.match", "string.gmatch", "string.byte", "string.char", "string.sub", "string.upper", "table.concat", "table.insert",
		"table.remove", "table.sort", "table.unpack", "table.pack", "math.floor", "math.random", "math.max", "math.ldexp", "tostring", "tonumber", "next", "rawset", "rawget", "setmetatable", "getmetatable", "select", "unpack", "error", "assert", "xpcall",
		"errors.new", "errors.wrap", "errors.is", "process.send", "process.spawn", "process.monitor", "channel.new", "channel.select", "os.date", "os.time", "coroutine.create", "coroutine.resume", "coroutine.status", "require", "print", "f"},
	"op":   {"+", "-", "*", "/", "%", "^", "..", "==", "<", "<=", "~=", "and", "or"},
	"var":  {"a", "b", "c"},
	"meta": {"__index", "__newindex", "__call", "__concat", "__len", "__eq", "__lt", "__le", "__add", "__unm", "__tostring", "__metatable"},
}

var starlarkGrammar = grammar{
	"program": {"a, b, c = [], \"x\", 1\ndef f(x = 1, *args, **kwargs):>$stat$statreturn $expr<\ndef main(a = [1], b = \"x\", c = 1):>$stat$stat$stat$statreturn $expr<\n"},
	"stat": {"$var = $expr\n", "$var, $var = $expr, $expr\n", "if $expr:>$stat<\n", "for i in [1, 2, 3]:>$stat<\n", "while $expr:>$statbreak\n<\n", "pcall(lambda: $expr)\n", "$var += $expr\n", "$var *= 2\n", "$var = $call\n",
		"def g(x = $expr):>$statreturn $expr<\n", "pcall($func, $expr, $expr)\n", "coroutine.spawn(lambda: $expr)\n", "process.send(process.pid(), \"t\", $expr)\n", "$var = $call\n"},
	"expr": {"1", "\"x\"", "None", "True", "a", "b", "c", "[$expr, $expr]", "{1: $expr, \"k\": $expr}", "($expr, $expr)", "pcall(lambda: $expr $op $expr)", "(lambda *x: $expr)", "$call", "[x for x in [1, 2] if $expr]", "{x: $expr for x in [1, 2]}", "pcall(lambda: $expr[$expr])", "pcall(lambda: $expr[$expr:$expr:$expr])",
		"(not $expr)", "-1", "0.5", "1e300", "float(\"nan\")", "(1 << 100)", "\"%s %d {} \\x00\"", "\"x\" * 100", "set([1])", "struct(a = $expr)", "b\"x\"", "range(5)", "pcall(errors.new, $expr)", "channel.new(1)", "($expr if $expr else $expr)"},
	"call": {"pcall($func, $expr, $expr)[1]", "pcall($func, $expr)[1]", "pcall(f, $expr)", "pcall(lambda: ($expr).$method($expr))", "pcall(lambda: ($expr).$method())", "pcall($func, *[$expr, $expr, $expr])"},
	"func": {"abs", "all", "any", "bytes", "chr", "dict", "dir", "enumerate", "float", "getattr", "hasattr", "hash", "int", "len", "list", "max", "min", "ord", "range", "repr", "reversed", "set", "sorted", "str", "tuple", "type", "zip", "struct", "error", "fail", "print",
		"errors.new", "errors.wrap", "errors.is_", "process.send", "process.spawn", "process.monitor", "channel.new", "channel.select", "os.date", "os.time", "require", "f", "pcall"},
	"method": {"append", "extend", "pop", "insert", "remove", "index", "clear", "get", "items", "keys", "values", "update", "setdefault", "join", "split", "rsplit", "replace", "format", "find", "count", "upper", "strip", "elems", "splitlines", "partition", "union", "add", "title", "startswith"},
	"op":     {"+", "-", "*", "/", "//", "%", "==", "<", "<=", "!=", "and", "or", "in", "|", "&", "^", "<<", ">>"},
	"var":    {"a", "b", "c"},
}

// maker makes a program by choices.
type maker struct {
	g       grammar
	choices []byte
	parts   int
	out     strings.Builder
	indent  int
}

func (m *maker) program() string {
	m.part("program", 0)
	return m.out.String()
}

// choose takes a choice; the first ones end soonest.
func (m *maker) choose(n int) int {
	if len(m.choices) == 0 {
		return 0
	}
	c := int(m.choices[0])
	m.choices = m.choices[1:]
	return c % n
}

const (
	mostParts = 400
	mostDepth = 12
)

func (m *maker) part(name string, depth int) {
	options := m.g[name]
	m.parts++
	i := 0
	if depth < mostDepth && m.parts < mostParts {
		i = m.choose(len(options))
	}
	text := options[i]
	for text != "" {
		switch text[0] {
		case '$':
			n := 1
			for n < len(text) && text[n] >= 'a' && text[n] <= 'z' {
				n++
			}
			part := text[1:n]
			for m.g[part] == nil { // $statreturn
				n--
				part = text[1:n]
			}
			m.part(part, depth+1)
			text = text[n:]
			continue
		case '>':
			if strings.HasPrefix(text, ">") && m.block(text) {
				m.indent++
				m.newline()
				text = text[1:]
				continue
			}
			m.out.WriteByte('>')
		case '<':
			if strings.HasPrefix(text, "<\n") {
				m.indent--
				break
			}
			m.out.WriteByte('<')
		case '\n':
			m.newline()
		default:
			m.out.WriteByte(text[0])
		}
		text = text[1:]
	}
}

// block reports whether > begins a block here, and is no operator.
func (m *maker) block(string) bool { return strings.HasSuffix(m.out.String(), ":") }

func (m *maker) newline() {
	m.out.WriteByte('\n')
	m.out.WriteString(strings.Repeat("    ", m.indent))
}

// TestGrammars sees that what the grammars make is nearly always well formed,
// or fuzzing with them would test the parser alone.
func TestGrammars(t *testing.T) {
	for language, g := range map[string]grammar{"lua": luaGrammar, "starlark": starlarkGrammar} {
		random := rand.New(rand.NewPCG(1, 2))
		const n = 200
		refused := 0
		for range n {
			choices := make([]byte, 100)
			for i := range choices {
				choices[i] = byte(random.Uint32())
			}
			text := (&maker{g: g, choices: choices}).program()
			for _, e := range engines() {
				if e.Info().Language != language {
					continue
				}
				if _, err := compile(e, "made", text); err != nil {
					refused++
					t.Logf("%s: %v\n%s", e.Info().Name, err, text)
				}
			}
		}
		if refused > n/20 {
			t.Errorf("%s: %d of %d programs are refused", language, refused, n)
		}
	}
}
