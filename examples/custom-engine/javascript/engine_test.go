package javascript_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/custom-engine/javascript"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

const host = "app:host"

// compile compiles a process entry, with libraries by alias.
func compile(t *testing.T, name, text string, imports ...hostapi.Import) hostapi.Program {
	t.Helper()
	p, err := javascript.New().Compile(hostapi.Source{
		ID: "app:" + name, Path: name + ".js", Text: text, Modules: modules.Standard(), Imports: imports,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// simulate executes the entry app:main under several schedules.
func simulate(t *testing.T, programs map[string]hostapi.Program, limits core.Limits, check func(v hostapi.Value, err error, output string)) {
	t.Helper()
	for seed := range uint64(10) {
		var output bytes.Buffer
		rt := core.New(core.Options{Scheduler: core.NewSimulation(seed), Seed: 7, Output: &output})
		rt.DefineHost(core.HostOptions{ID: host, Workers: 1})
		if err := rt.StartHost(host); err != nil {
			t.Fatal(err)
		}
		for name, p := range programs {
			rt.Define(core.Entry{ID: "app:" + name, Program: p, Limits: limits})
		}
		v, err := rt.Exec(context.Background(), hostapi.Spawn{ID: "app:main", Host: host})
		if e := rt.Shutdown(context.Background(), time.Minute); e != nil {
			t.Error(e)
		}
		if check(v, err, output.String()); t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

func TestScripts(t *testing.T) {
	worker := `exports.main = (a, b) => { const [m] = process.inbox().receive(); return [a + b, m.payload().data()]; };`
	tests := []struct{ name, script, want string }{
		{"values", `exports.main = () => ({ a: 1, b: [1.5, "x", null, true], c: {}, d: [], e: -0, f: undefined })`,
			`{a: 1, b: [1.5, "x", nil, true], c: {}, d: [], e: 0, f: nil}`},
		{"map with other keys", `exports.main = () => new Map([[1, "a"], [true, "b"], ["c", 2]])`, `{1: "a", true: "b", c: 2}`},
		{"nothing", `exports.main = () => {}`, `nil`},
		{"first of several results", `exports.main = () => Results.of(3, 4)`, `3`},
		{"private channel", `exports.main = () => {
			const ch = channel.new(2), o = { f: () => 5 };
			ch.send(o); ch.send(1); ch.close();
			const [a] = ch.receive(), [, ok] = ch.receive(), [n, more] = ch.receive();
			return [a === o, a.f(), ok, n, more];
		}`, `[true, 5, true, nil, false]`},
		{"value or error", `exports.main = () => {
			const [v, err] = process.send("nobody", "t");
			return [v, err.kind(), String(err) === err.message(), err === err, typeof err.retryable()];
		}`, `[nil, "NotFound", true, true, "boolean"]`},
		{"catch", `exports.main = () => { try { channel.new(-1) } catch (e) { return [e.kind(), e.message().includes("invalid capacity")] } }`,
			`["Invalid", true]`},
		{"identity of a thrown error", `exports.main = () => {
			const e = errors.new("x"); try { throw e } catch (f) { return [e === f, "" + f] }
		}`, `[true, "x"]`},
		{"finally", `exports.main = () => { const out = []; try { try { throw 1 } finally { out.push("f") } } catch (e) { out.push(e) } return out }`,
			`["f", 1]`},
		{"strings are bytes", `exports.main = () => process.exec("app:echo", "app:host", "\uDCFF\uDC80é\u{1F600}")[0]`, `"\xff\x80é😀"`},
		{"processes", `exports.main = () => {
			const [pid] = process.spawn_monitored("app:worker", "app:host", 1, 2);
			process.send(pid, "go", { k: [1] });
			const [e] = process.events().receive();
			return [e.kind === process.event.EXIT, e.from === pid, e.result.value, "error" in e.result];
		}`, `[true, true, [3, {k: [1]}], false]`},
		{"coroutines share functions and variables", `let n = 0; class Box { constructor(v) { this.v = v; n++; } }
		const done = channel.new();
		function work(k) { for (let i = 0; i < 100; i++) { n += k; if (i % 10 == 0) coroutine.yield(); } done.send(new Box(k)); }
		exports.main = () => {
			for (let k = 1; k <= 4; k++) coroutine.spawn(work, k);
			let sum = 0;
			for (let k = 1; k <= 4; k++) sum += done.receive()[0].v;
			return [n, sum];
		}`, `[1004, 10]`},
		{"wait in a callback", `exports.main = () => {
			const ch = channel.new();
			coroutine.spawn(() => [3, 1, 2].forEach(x => ch.send(x)));
			const f = function* () { yield ch.receive()[0] };
			return [[0, 0].map(() => ch.receive()[0]), [...f()]];
		}`, `[[3, 1], [2]]`},
		{"set", `exports.main = () => process.send(process.pid(), "t", new Set())[1].message()`, `"cannot send a set at #3"`},
		{"recursion is caught", `const f = n => 1 + f(n); exports.main = () => { try { f(0) } catch (e) { return e instanceof TypeError } }`, `true`},
		{"nested calls", `const f = n => n == 0 ? 0 : 1 + f(n - 1); exports.main = () => f(3000)`, `3000`},
		{"sandbox", `exports.main = () => [typeof eval, typeof Function, typeof Date, typeof Promise, typeof Proxy, typeof globalThis]`,
			`["undefined", "undefined", "undefined", "undefined", "undefined", "undefined"]`},
		{"hidden names are free", `const Date = 1, o = { Date: 2 }; function escape(Proxy) { return Proxy } exports.main = () => [Date, o.Date, escape(3)]`, `[1, 2, 3]`},
		{"no code from text", `exports.main = () => { try { return (() => 1).constructor("return 1")() } catch (e) { return "refused" } }`, `"refused"`},
		{"nor from generators", `exports.main = () => { try { return (function* () {}).constructor("return 1")().next().value } catch (e) { return "refused" } }`, `"refused"`},
		{"nor from generators of a library", `exports.main = () => { try { return require("lib").items.constructor("return 1")().next().value } catch (e) { return "refused" } }`, `"refused"`},
		{"globals are read-only", `exports.main = () => [() => { process.x = 1 }, () => { process.send = 1 }, () => { process = 1 }, () => { x = 1 }]
			.map(f => { try { f() } catch (e) { return e instanceof TypeError || e instanceof ReferenceError } })`, `[true, true, true, true]`},
		{"method of another object", `exports.main = () => { const ch = channel.new(1); return [() => ch.send.call(process, 1), () => { const { send } = ch; send(1) }]
			.map(f => { try { f() } catch (e) { return e.kind() } }) }`, `["Invalid", "Invalid"]`},
		{"options of a function of lists", `exports.main = () => channel.select([channel.new().case_receive()], { default: true }).default`, `true`},
		{"one result or several by declaration", `exports.main = () => [process.pid() instanceof Results, process.send("nobody", "t") instanceof Results, coroutine.yield() === undefined]`, `[false, true, true]`},
		{"options", `exports.main = () => { process.set_options({ trap_links: true }); return process.get_options().trap_links }`, `true`},
		{"time", `const t = require("time"); exports.main = () => { const [d] = t.parse_duration("1500ms"); t.sleep(d); return String(d) }`, `"1.5s"`},
		{"same module every time", `exports.main = () => require("time") === require("time") && require("process") === process`, `true`},
		{"library", `const lib = require("lib"); exports.main = () => [lib.count(), lib.count(), require("lib") === lib]`, `[1, 2, true]`},
		{"a getter cannot be sent", `exports.main = () => { const [, e] = process.send(process.pid(), "t", { get x() { return 1 } }); return e.kind() }`, `"Invalid"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			library := hostapi.Import{Alias: "lib", Program: compile(t, "lib", `let n = 0; exports.count = () => ++n; exports.items = function* () { yield n };`)}
			simulate(t, map[string]hostapi.Program{
				"main":   compile(t, "main", test.script, library),
				"worker": compile(t, "worker", worker),
				"echo":   compile(t, "echo", `exports.main = x => x`),
			}, core.Limits{}, func(v hostapi.Value, err error, _ string) {
				if err != nil {
					t.Errorf("%v\n%s", err, hostapi.AsError(err).Stack)
				} else if v.String() != test.want {
					t.Errorf("got %s, want %s", v, test.want)
				}
			})
		})
	}
}

func TestFailures(t *testing.T) {
	tests := []struct {
		name, script string
		kind         hostapi.Kind
		text         string
	}{
		{"returned text", `exports.main = () => Results.of(null, "text")`, hostapi.Internal, "text"},
		{"thrown text", `exports.main = () => { throw "text" }`, hostapi.Internal, "text"},
		{"thrown Error", `exports.main = () => { throw new Error("text") }`, hostapi.Internal, "text"},
		{"thrown error object", `exports.main = () => { throw errors.new({ kind: "Own", message: "m" }) }`, "Own", "m"},
		{"thrown value", `exports.main = () => { throw 5 }`, hostapi.Internal, "5"},
		{"run-time error", `exports.main = () => { null.x }`, hostapi.Internal, "TypeError"},
		{"stack overflow", `const f = n => 1 + f(n); exports.main = () => f(0)`, hostapi.Internal, "stack overflow"},
		{"in a coroutine", `exports.main = () => { coroutine.spawn(() => { throw "text" }); channel.new().receive() }`, hostapi.Internal, "text"},
		{"deadlock", `exports.main = () => { channel.new().receive() }`, hostapi.Internal, "deadlock"},
		{"fuel", `exports.main = () => { for (;;) try { for (;;); } catch (e) {} finally { print("no") } }`, hostapi.LimitExceeded, "fuel"},
		{"wait on the stack of another coroutine", `exports.main = () => {
			const ch = channel.new(), f = () => ch.receive();
			coroutine.spawn(() => [1].map(f)); ch.receive();
		}`, hostapi.Internal, "internal error"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			simulate(t, map[string]hostapi.Program{"main": compile(t, "main", test.script)}, core.Limits{Fuel: 300_000},
				func(_ hostapi.Value, err error, output string) {
					var e *hostapi.Error
					if !errors.As(err, &e) || e.Kind != test.kind || !strings.Contains(e.Message, test.text) {
						t.Errorf("got %v, want %s %q", err, test.kind, test.text)
					}
					if output != "" {
						t.Errorf("printed %q", output)
					}
				})
		})
	}
}

// What a killed process would do next is never seen, whatever it tries.
func TestKill(t *testing.T) {
	victims := map[string]string{
		"loop":       `for (;;) {}`,
		"try":        `for (;;) { try { wait() } catch (e) { print("caught") } finally { print("finally") } }`,
		"iterator":   `for (const x of { [Symbol.iterator]() { return { next() { return { done: false } }, return() { print("return"); return {} } } } }) wait()`,
		"generator":  `function* g() { try { for (;;) yield 1 } finally { print("finally") } } for (const x of g()) wait()`,
		"comparator": `[3, 2, 1].sort(() => { try { wait() } finally { print("finally") } })`,
		"getter":     `({ get x() { try { wait() } finally { print("finally") } } }).x`,
		"coroutine":  `coroutine.spawn(() => { try { wait() } finally { print("finally") } }); try { wait() } finally { print("finally") }`,
		"default":    `((x = wait()) => print("body"))()`,
	}
	for name, body := range victims {
		t.Run(name, func(t *testing.T) {
			simulate(t, map[string]hostapi.Program{
				"main": compile(t, "main", `exports.main = () => {
					const [pid] = process.spawn_monitored("app:victim", "app:host", process.pid());
					process.listen("ready")[0].receive();
					process.terminate(pid);
					return process.events().receive()[0].result.error.kind();
				}`),
				"victim": compile(t, "victim", `const wait = () => process.inbox().receive(); exports.main = main => { process.send(main, "ready"); `+body+`; print("after") }`),
			}, core.Limits{}, func(v hostapi.Value, err error, output string) {
				if err != nil || v.Str() != "Canceled" || output != "" {
					t.Errorf("got %s, %v, printed %q", v, err, output)
				}
			})
		})
	}
}

func TestSyntaxErrors(t *testing.T) {
	tests := []struct {
		name, text string
		line       int
	}{
		{"parser", "let a;\nlet b = ;", 2},
		{"compiler", "let a;\n\nlet a;", 3},
		{"return at the top level", "return 1", 1},
		{"with", "var o;\nwith (o) {}", 2},
		{"async", "\nconst f = async () => 1", 2},
		{"hidden shorthand", "\nconst o = { Date }", 2},
		{"nesting", "\n" + strings.Repeat("[", 10_000), 2},
		{"length", strings.Repeat("x\n", 200_000), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := javascript.New().Compile(hostapi.Source{Path: "a.js", Text: test.text})
			var e *hostapi.SyntaxError
			if !errors.As(err, &e) || e.Path != "a.js" || e.Line != test.line || e.Message == "" {
				t.Errorf("got %#v, want line %d", err, test.line)
			}
		})
	}
}

// Texts that recurse in the parser without brackets do not use up Go's stack.
func TestDeepSources(t *testing.T) {
	for _, part := range []string{"!", "a+", "a=", "a,", "a?a:", "if(a)", "- -", "new ", "a=>"} {
		text := "var a = 0; " + strings.Repeat(part, 60_000/len(part)) + "a"
		_, err := javascript.New().Compile(hostapi.Source{Path: "a.js", Text: text})
		if e := new(hostapi.SyntaxError); err != nil && !errors.As(err, &e) {
			t.Errorf("%s: %v", part, err)
		}
	}
}
