package app_test

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

// with are options with an environment and with what is set.
func with(env map[string]string, set ...string) app.Options {
	o := newWorld().options()
	o.Lookup = func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}
	o.Set = set
	return o
}

// processOf is an index file with variables and one process with an input.
func processOf(env, input string) string {
	return "namespace: a\nenv: " + env + "\nentries:\n  - {name: p, kind: process.lua, source: code, input: [" + input + "]}\n"
}

// What becomes of a value in which variables stand (71.5, 71.6).
func TestVariables(t *testing.T) {
	env := map[string]string{
		"TEXT": "a b", "INT": "7", "NUM": "2.5", "YES": "true", "WAIT": "1m30s", "ROOM": "16MiB", "EMPTY": "", "NUMBER_TEXT": "12", "JOKE": "${TEXT}",
	}
	const declared = `{TEXT: , INT: {type: integer}, NUM: {type: number}, YES: {type: bool}, WAIT: {type: duration}, ROOM: {type: size}, EMPTY: , NUMBER_TEXT: null, JOKE: ,
  HERE: {default: there}, COUNT: {type: integer, default: 3}, NOTHING: {default: }, PAUSE: {type: duration, default: 0}}`
	text := hostapi.String
	for _, c := range []struct {
		written string
		want    hostapi.Value
	}{
		{`"${TEXT}"`, text("a b")},
		{`'${TEXT}!'`, text("a b!")},
		{`"${INT}"`, hostapi.Int(7)},
		{`"${NUM}"`, hostapi.Float(2.5)},
		{`"${YES}"`, hostapi.Bool(true)},
		{`"${WAIT}"`, text("1m30s")},
		{`"${ROOM}"`, text("16MiB")},
		{`"${PAUSE}"`, hostapi.Int(0)},
		{`"${INT}${INT}"`, text("77")},
		{`"no ${INT}"`, text("no 7")},
		{`!!str "${INT}"`, text("7")},
		{`"${NUMBER_TEXT}"`, text("12")},
		{`"${HERE}"`, text("there")},
		{`"${COUNT}"`, hostapi.Int(3)},
		{`"${EMPTY}"`, text("")},
		{`"${EMPTY:-else}"`, text("else")},
		{`"${TEXT:-else}"`, text("a b")},
		{`"${NOTHING:-}"`, text("")},
		{`"${INT:-9}"`, hostapi.Int(7)},
		{`"${NOTHING:-a:-b}"`, text("a:-b")},
		{`"$${TEXT}"`, text("${TEXT}")},
		{`"$${TEXT} is ${TEXT}"`, text("${TEXT} is a b")},
		{`"$5 and $TEXT"`, text("$5 and $TEXT")},
		{`"${JOKE}"`, text("${TEXT}")}, // replaced once
		{`{name: "${TEXT}", "${TEXT}": 1}`, hostapi.MapOf(hostapi.Field("name", text("a b")), hostapi.Field("${TEXT}", hostapi.Int(1)))},
	} {
		a, diags := load(t, files("a.yaml", processOf(declared, c.written)), with(env))
		if err := diags.Err(); err != nil {
			t.Errorf("%s: %v", c.written, err)
			continue
		}
		if got := lookup[*app.Process](t, a, "a:p").Input[0]; got.String() != c.want.String() || got.Type() != c.want.Type() {
			t.Errorf("%s is %s, a %s; want %s, a %s", c.written, got, got.TypeName(), c.want, c.want.TypeName())
		}
	}
}

// Every error names file, line and entry (71.5, 71.6).
func TestVariablesThatAreWrong(t *testing.T) {
	env := map[string]string{"WORD": "abc", "BLANK": ""}
	use := func(declaration, use string) []string { return []string{"a.yaml", processOf(declaration, use)} }
	for _, c := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"undeclared", use("{PORT: }", `1, "${PROT}"`), []string{`a.yaml:4:59: a:p: undeclared variable: PROT (did you mean "PORT"?)`}},
		{"undeclared with a text", use("{}", `"${PORT:-1}"`), []string{"a.yaml:4:56: a:p: undeclared variable: PORT"}},
		{"not set", use("{PORT: }", `"${PORT}"`), []string{"a.yaml:4:56: a:p: variable not set: PORT"}},
		{"not set within text", use("{PORT: {type: integer}}", `":${PORT}"`), []string{"a.yaml:4:56: a:p: variable not set: PORT"}},
		{"ill-typed", use("{WORD: {type: integer}}", `"${WORD}"`), []string{`a.yaml:4:56: a:p: WORD must be an integer, not "abc"`}},
		{"number", use("{WORD: {type: number}}", `"${WORD}"`), []string{`a.yaml:4:56: a:p: WORD must be a number, not "abc"`}},
		{"bool", use("{WORD: {type: bool}}", `"${WORD}"`), []string{`a.yaml:4:56: a:p: WORD must be a bool, true or false, not "abc"`}},
		{"duration", use("{WORD: {type: duration}}", `"${WORD}"`), []string{`a.yaml:4:56: a:p: WORD must be a duration, as in 500ms, 10s or 1m30s, not "abc"`}},
		{"size", use("{WORD: {type: size}}", `"in ${WORD}"`), []string{`a.yaml:4:56: a:p: WORD must be a size: bytes, or text such as 16MiB, not "abc"`}},
		{"empty is a value", use("{BLANK: {type: integer, default: 1}}", `"${BLANK}"`), []string{`a.yaml:4:56: a:p: BLANK must be an integer, not ""`}},
		{"text of another type", use("{PORT: {type: integer}}", `"${PORT:-x}"`), []string{`a.yaml:4:56: a:p: PORT must be an integer, not "x"`}},
		{"a secret is not shown", use("{WORD: {type: integer, secret: true}}", `"${WORD}"`), []string{"a.yaml:4:56: a:p: WORD must be an integer"}},
		{"not closed", use("{WORD: }", `"${WORD"`), []string{"a.yaml:4:56: a:p: invalid variable: write ${NAME} or ${NAME:-text}, or $${ where ${ is meant"}},
		{"not a name", use("{WORD: }", `"${WORD-x}"`), []string{"a.yaml:4:56: a:p: invalid variable: write"}},
		{"declared twice", append(use("{WORD: }", ""), "b.yaml", "namespace: b\nentries: []\nenv:\n  WORD: {default: x}"), []string{"b.yaml:4:3: declared twice: WORD, first at a.yaml:2:7"}},
		{"twice in one file", use("{WORD: , WORD: }", ""), []string{`a.yaml:2:15: duplicate key "WORD"`}},
		{"bad names", use("{9A: , a-b: , '': , 1: }", ""), []string{`a.yaml:2:7: invalid variable "9A"`, `a.yaml:2:13: invalid variable "a-b"`, `a.yaml:2:20: invalid variable ""`, `a.yaml:2:26: invalid variable "1"`}},
		{"env is no map", use("[A]", ""), []string{"a.yaml:2:6: env must be a map, not a list"}},
		{"no map", use("{A: 1}", ""), []string{"a.yaml:2:10: env.A must be a map or null, not a number: write {default: ...}"}},
		{"unknown field", use("{A: {defualt: 1}}", ""), []string{`a.yaml:2:11: defualt is an unknown field (did you mean "default"?)`}},
		{"unknown type", use("{A: {type: integre}}", ""), []string{`a.yaml:2:17: env.A.type must be one of string, integer, number, bool, duration, size, not "integre" (did you mean "integer"?)`}},
		{"default of another type", use("{A: {default: 1}, B: {type: bool, default: 1}, C: {default: []}}", ""),
			[]string{`a.yaml:2:20: env.A.default must be a string, not a number: write it in quotes, "1"`, "a.yaml:2:49: env.B.default must be a bool, true or false", "a.yaml:2:66: env.C.default must be a string, not a list"}},
		{"secret is no bool", use("{A: {secret: 'yes'}}", ""), []string{"a.yaml:2:19: env.A.secret must be a boolean, not a string"}},
		{"secret with a default", use("{A: {secret: true, default: x}}", `"${A}"`), []string{"a.yaml:2:34: warning: secret in an app file: env.A.default"}},
		{"then checked as if written so", []string{"a.yaml", "namespace: a\nenv: {WORD: }\nentries:\n  - {name: h, kind: process.host, host: {workers: \"${WORD}\"}}\n"},
			[]string{"a.yaml:4:51: a:h: host.workers must be an integer, not a string"}},
		{"a reference", []string{"a.yaml", "namespace: a\nenv: {WORD: }\nentries:\n  - {name: p, kind: process.lua, source: x, host: \"${WORD}\"}\n"},
			[]string{`a.yaml:4:51: a:p: unknown host "a:abc"`}},
		{"nothing else is said of what is unknown", []string{"a.yaml", "namespace: a\nenv: {N: {type: integer}, H: }\nentries:\n  - {name: h, kind: process.host, host: {workers: \"${N}\"}}\n  - {name: p, kind: process.lua, source: x, host: \"${H}\", lifecycle: {auto_start: true}}\n"},
			[]string{"a.yaml:4:51: a:h: variable not set: N", "a.yaml:5:51: a:p: variable not set: H"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, diags := load(t, files(c.files...), with(env))
			expect(t, diags, c.want...)
		})
	}
}

// What says which code runs takes nothing from outside (71.5).
func TestVariablesStayOutOfCode(t *testing.T) {
	const index = `namespace: a
env: {X: {default: other}}
entries:
  - {name: p, kind: process.lua, source: "return '${X}'", method: "${X}", meta: {name: "${X}"}}
  - {name: q, kind: process.lua, source: x, modules: ["${X}"], engine: "${X}", imports: {"${X}": "${X}"}}
  - {name: s, kind: process.service, process: "${X}"}
  - {name: sup, kind: process.supervisor, host: "${X}", children: [{id: "${X}", process: "${X}"}]}
  - {name: other, kind: process.host}
  - {name: third, kind: process.host}
`
	w := newWorld()
	o := w.options()
	o.Lookup = func(string) (string, bool) { return "", false }
	_, broken := load(t, files("a.yaml", index), o)
	expect(t, broken,
		`a.yaml:5:55: a:q: unknown module "${X}"`,
		`a.yaml:5:72: a:q: unknown engine "${X}"`,
		`a.yaml:5:98: a:q: unknown import "a:${X}"`,
		`a.yaml:6:47: a:s: unknown process "a:${X}"`,
		`a.yaml:7:90: a:sup: unknown process "a:${X}"`,
	)
	lines := strings.SplitAfter(index, "\n")
	a, diags := load(t, files("a.yaml", strings.Join(append(lines[:4:4], lines[7:]...), "")), o)
	expect(t, diags)
	p := lookup[*app.Process](t, a, "a:p")
	equal(t, "method", p.Method, "${X}")
	equal(t, "meta", p.Meta["name"], any("other"))
	for _, s := range w.gopherlua.compiled {
		if s.ID == "a:p" {
			equal(t, "code", strings.TrimSpace(s.Text), "return '${X}'")
		}
	}
}

// An alias is a value of its own: what is data here and code there (14.7, 71.5).
func TestVariablesBehindAliases(t *testing.T) {
	a, diags := load(t, files("a.yaml", `namespace: a
env: {X: }
entries:
  - {name: p, kind: process.lua, source: code, input: [&x "${X}"]}
  - {name: q, kind: process.lua, source: code, method: *x, input: [*x]}
`), with(map[string]string{"X": "main"}))
	expect(t, diags)
	q := lookup[*app.Process](t, a, "a:q")
	equal(t, "method", q.Method, "${X}")
	equal(t, "input", q.Input[0].Str(), "main")
	equal(t, "input of p", lookup[*app.Process](t, a, "a:p").Input[0].Str(), "main")
}

// In JSON too, and where a file has not the declaration itself.
func TestVariablesOfOtherFiles(t *testing.T) {
	a, diags := load(t, files(
		"a.yaml", "namespace: a\nentries: []\nenv:\n  N: {type: integer}\n",
		"b.json", `{"namespace": "b", "meta": {"m": "${N}"}, "entries": [{"name": "h", "kind": "process.host", "host": {"workers": "${N}"}}]}`,
	), with(map[string]string{"N": "3"}))
	expect(t, diags)
	h := lookup[*app.Host](t, a, "b:h")
	equal(t, "workers", h.Workers, 3)
	equal(t, "meta", h.Meta["m"], any(int64(3)))
}

// A variable without a value is a warning of check, which then says nothing about the
// value (71.6).
func TestUnsetVariablesOfCheck(t *testing.T) {
	o := with(nil)
	o.AllowUnset = true
	a, diags := load(t, files("a.yaml", "namespace: a\nenv: {N: {type: integer}, S: }\nentries:\n  - {name: h, kind: process.host, host: {workers: \"${N}\"}}\n  - {name: p, kind: process.lua, source: x, host: \"${S}\"}\n"), o)
	expect(t, diags, "a.yaml:4:51: a:h: warning: variable not set: N", "a.yaml:5:51: a:p: warning: variable not set: S")
	if a == nil {
		t.Error("the app cannot be used")
	}
}

// The value of a secret is in no diagnostic: one that is too short to be looked for
// everywhere is not in what is said of its own place (71.6).
func TestSecretsInDiagnostics(t *testing.T) {
	const index = "namespace: a\nenv: {S: {secret: true}}\nentries:\n" +
		"  - {name: p, kind: process.lua, source: x, host: \"${S}\"}\n" +
		"  - {name: h, kind: process.host, limits: {memory: \"${S}\"}}\n" +
		"  - {name: sup, kind: process.supervisor, children: [{id: \"x${S}\", process: p}, {id: \"x${S}\", process: p}]}\n"
	for _, value := range []string{"tell \"nobody\"", "#7"} {
		_, diags := load(t, files("a.yaml", index), with(map[string]string{"S": value}))
		text := diags.Error()
		if len(diags) < 3 || strings.Contains(text, value) || strings.Contains(text, `tell`) {
			t.Errorf("diagnostics:\n%s", text)
		}
		if !strings.Contains(text, "***") {
			t.Errorf("nothing stands in place of the secret:\n%s", text)
		}
	}
}

// Fields that the caller sets (71.7).
func TestSet(t *testing.T) {
	const index = `namespace: a
env: {N: {type: integer}}
entries:
  - {name: h, kind: process.host}
  - {name: p, kind: process.lua, source: code, input: [1, {list: [x]}], meta: &m {k: 1}}
  - {name: p.q, kind: process.lua, source: code, meta: *m}
`
	a, diags := load(t, files("a.yaml", index), with(map[string]string{"N": "5"},
		"a:h.host.workers=3", "h.limits.memory=2MiB", "p.input.1=two", "a:p.input.2.list.2={\"a\":[true]}", "a:p.input.3=null",
		"a:p.mailbox.limit=${N}", "a:p.q.input.1=b.c=d", "a:p.q.meta.k=2", "a:p.input.2.name=free", "a:p.mailbox.overflow=drop_new", "a:p.mailbox.overflow=drop_old"))
	expect(t, diags)
	h := lookup[*app.Host](t, a, "a:h")
	equal(t, "workers", h.Workers, 3)
	equal(t, "memory", h.Limits.Memory, 2<<20)
	p, q := lookup[*app.Process](t, a, "a:p"), lookup[*app.Process](t, a, "a:p.q")
	equal(t, "input", hostapi.ListOf(p.Input...).String(), hostapi.ListOf(hostapi.String("two"), hostapi.MapOf(
		hostapi.Field("list", hostapi.ListOf(hostapi.String("x"), hostapi.MapOf(hostapi.Field("a", hostapi.ListOf(hostapi.Bool(true)))))),
		hostapi.Field("name", hostapi.String("free"))), hostapi.Value{}).String())
	equal(t, "a variable in it", p.Mailbox.Limit, 5)
	equal(t, "the last one counts", string(p.Mailbox.Overflow), "drop_old")
	equal(t, "longest id", q.Input[0].Str(), "b.c=d")
	equal(t, "meta of q", q.Meta["k"], any(int64(2)))
	equal(t, "meta of p, which is another value", p.Meta["k"], any(int64(1)))
}

func TestSetThatIsWrong(t *testing.T) {
	const index = "namespace: a\nentries:\n  - {name: h, kind: process.host}\n  - {name: p, kind: process.lua, source: code, input: [1], host: h}\n  - {name: s, kind: process.supervisor, children: [{id: c, process: p}]}\n"
	for _, c := range []struct{ set, want string }{
		{"a:p", "--set: write it as ENTRY.path=value, not a:p"},
		{"a:x.host=h", `--set: no entry a:x (did you mean "a:h"?)`},
		{"other.host=h", "--set: no entry a:other"},
		{"a:p=1", "--set: a:p: a field is missing: write ENTRY.path=value"},
		{"a:p.input.=1", "--set: a:p.input.: a field is missing"},
		{"a:p.source=x", "--set: a:p.source: source says which code runs with which rights, and cannot be set"},
		{"a:p.kind=x", "--set: a:p.kind: kind says which"},
		{"a:p.modules=[\"log\"]", "--set: a:p.modules: modules says which"},
		{"a:s.children.1.process=x", "--set: a:s.children.1.process: process says which"},
		{"a:s.children.2={\"id\":\"d\",\"process\":\"p\"}", "--set: a:s.children.2: process says which"},
		{"a:p.input.3=1", "--set: a:p.input.3: input: no position 3: the list has 1"},
		{"a:p.input.x=1", "--set: a:p.input.x: input: no position x"},
		{"a:p.host.x=1", "--set: a:p.host.x: host: it is a string, which has no x"},
		{"a:h.host.workers=0", "--set: a:h: host.workers must be an integer of at least 1"},
		{"a:h.host.worker=1", `--set: a:h: host.worker is an unknown field (did you mean "workers"?)`},
		{"a:p.input.1=1e999", "--set: a:p.input.1: "},
		{"a:p.input.1={\"a\":1,\"a\":2}", "--set: a:p.input.1: "},
		{"a:p.input.1=${X}", "--set: a:p: undeclared variable: X"},
	} {
		_, diags := load(t, files("a.yaml", index), with(nil, c.set))
		expect(t, diags, c.want)
	}
	_, diags := load(t, files("a.yaml", index, "b.yaml", "namespace: b\nentries: []"), with(nil, "p.host=h"))
	expect(t, diags, "--set: p.host: write the entry as namespace:name, the app has 2 namespaces")
}
