package understudycli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/app"
)

// typed runs the repl on what is no terminal.
func typed(t *testing.T, input string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &program{stdin: strings.NewReader(input)}
	code = p.run(append([]string{"understudy", "repl"}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

const replApp = oneHost + `
  - { name: counter, kind: process.lua, source: "file://counter.lua" }
  - { name: lib, kind: library.lua, source: "return { three = 3 }" }
`

const replCounter = `
return function()
    local n = 0
    while true do
        local m = process.inbox():receive()
        n = n + m:payload():data()
        m:reply(n)
    end
end
`

// 61.7: without a terminal inputs are read and values printed plainly, in order with what
// is printed; errors are told on stderr, and the process goes on. The end is status 0.
func TestReplReadsAPipe(t *testing.T) {
	dir := writeApp(t, map[string]string{"_index.yaml": replApp, "counter.lua": replCounter})
	code, stdout, stderr := typed(t, `1 + 1
local c = process.spawn("app:counter")
process.call(c, "add", "5s", 2)
(process.call(c, "add", "5s", 3))
function f()
  print("in f")
  error("no")
end
f() local x = 1
print("still", require("lib").three)
local y = 7
y
return "unfinished" ..
`, dir)
	if want := "2\n2\n5\nin f\nstill 3\n7\n"; code != statusOK || stdout != want {
		t.Errorf("status %d, stdout %q, want %q", code, stdout, want)
	}
	for _, want := range []string{"error: Internal: no\n", "repl:7: in function", "error: repl:1"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr lacks %q: %s", want, stderr)
		}
	}
}

// Starlark: a block ends by an empty line, or by what is no part of it.
func TestReplOfStarlark(t *testing.T) {
	dir := writeApp(t, map[string]string{"_index.yaml": replApp, "counter.lua": replCounter})
	code, stdout, stderr := typed(t, `def f(n):
    if n == 0:
        return "end"

x = 1
def g():
    return f(0)
g()
c, err = process.spawn("app:counter")
process.call(c, "add", "5s", 2)
x = x + 1
x`, "--language", "starlark", dir)
	if want := "\"end\"\n(2, None)\n2\n"; code != statusOK || stdout != want || stderr != "" {
		t.Errorf("status %d, stdout %q, want %q, stderr %s", code, stdout, want, stderr)
	}
}

// Where there is no app, it is one with a host.
func TestReplWithoutAnApp(t *testing.T) {
	t.Chdir(t.TempDir())
	code, stdout, stderr := typed(t, "process.send(process.pid(), 'to', 5)\n(process.inbox():receive()):payload():data()\n")
	if code != statusOK || stdout != "true\n5\n" || stderr != "" {
		t.Errorf("status %d, stdout %q, stderr %s", code, stdout, stderr)
	}
}

// An input that ends the process is told, and the next one has another process.
func TestReplBeginsAnotherProcess(t *testing.T) {
	t.Chdir(t.TempDir())
	code, stdout, stderr := typed(t, "local x = 1\nprocess.terminate(process.pid())\nx\ny = \n= 2\n")
	if code != statusOK || stdout != "nil\n" || !strings.Contains(stderr, "the process has ended; a new one begins") || !strings.Contains(stderr, "error: repl:5") {
		t.Errorf("status %d, stdout %q, stderr %s", code, stdout, stderr)
	}
}

func TestReplUsage(t *testing.T) {
	dir := writeApp(t, map[string]string{"_index.yaml": "namespace: app\nentries: []\n"})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--language", "perl"}, `unknown language "perl"; there are: lua, starlark`},
		{[]string{"--language", "lua", "--engine", "starlark"}, "--engine starlark does not go with --language lua: it speaks starlark"},
		{[]string{"a", "b"}, "repl takes one APPDIR, got 2 arguments"},
		{[]string{dir}, "no host"},
	} {
		if code, _, stderr := typed(t, "1\n", c.args...); code != statusUsage || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: status %d, %s", c.args, code, stderr)
		}
	}
}

// Completion knows members of modules, methods, globals, what was typed, and ids.
func TestCompletion(t *testing.T) {
	dir := writeApp(t, map[string]string{"_index.yaml": replApp, "counter.lua": replCounter})
	p := &program{}
	for _, c := range []struct{ language, before, want string }{
		{"lua", "process.spawn_l", "spawn_linked spawn_linked_monitored"},
		{"lua", "x = chan", "channel"},
		{"lua", "chan:x(chan", "channel"},
		{"lua", "inbox:rece", "receive"},
		{"lua", "process.event.CAN", "CANCEL"},
		{"lua", "string.gs", "gsub"},
		{"lua", "own_na", "own_name"},
		{"lua", `process.spawn("app:co`, "app:counter"},
		{"lua", `f("a\"b", 'app:l`, "app:lib"},
		{"lua", `f("closed") requ`, "require"},
		{"lua", "nothing.x", ""},
		{"starlark", "process.inb", "inbox"},
		{"starlark", "x.rece", "receive"},
	} {
		a, found := app.LoadDir(dir, app.Options{Engines: p.engines(), Modules: p.modules(), Typed: &app.Typed{Language: c.language}})
		if a == nil {
			t.Fatal(found)
		}
		known := p.completionOf(a)
		known.names([]string{"channel", "own_name", "require"})
		if _, found := known.candidates(c.before); strings.Join(found, " ") != c.want {
			t.Errorf("%s, %s: %q, want %q", c.language, c.before, found, c.want)
		}
	}
}
