package understudycli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// command runs the command and gives status, stdout and stderr.
func command(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(append([]string{"understudy"}, args...), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// writeApp makes an app directory from file names and contents.
func writeApp(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		writeBelow(t, dir, name, text)
	}
	return dir
}

// writeBelow writes a file below a directory, and the directories in between.
func writeBelow(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const oneHost = `version: "1.0"
namespace: app
entries:
  - { name: processes, kind: process.host, host: { workers: 1 } }
`

// calculator is an app whose one process does what its arguments say.
func calculator(t *testing.T) string {
	return writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - { name: main, kind: process.lua, source: "file://main.lua", modules: [time], input: [default] }
`,
		"main.lua": `
local time = require("time")
return { main = function(what, v)
  if what == "echo" then return v end
  if what == "type" then return type(v) end
  if what == "print" then print("a", 1, nil, true) return end
  if what == "fail" then return nil, v end
  if what == "throw" then error(v) end
  if what == "details" then
    return nil, errors.new{message = "no", kind = errors.CONFLICT, retryable = true, details = {n = 1}}
  end
  if what == "sleep" then time.sleep("1h") end
  if what == "loop" then while true do end end
  return what
end }`,
	})
}

func TestExecPrintsTheResult(t *testing.T) {
	dir := calculator(t)
	for _, c := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr string
	}{
		{"string as it is", []string{"exec", dir, "main", "echo", "hello world"}, 0, "hello world\n", ""},
		{"input without arguments", []string{"exec", dir, "app:main"}, 0, "default\n", ""},
		{"nil is nothing", []string{"exec", dir, "main", "echo", "null"}, 0, "", ""},
		{"number", []string{"exec", dir, "main", "echo", "4"}, 0, "4\n", ""},
		{"argument of JSON type", []string{"exec", dir, "main", "type", "4"}, 0, "number\n", ""},
		{"quoted number is text", []string{"exec", dir, "main", "type", `"4"`}, 0, "string\n", ""},
		{"map", []string{"exec", dir, "main", "echo", `{"b":[1,2.5],"a":true}`}, 0, `{"a":true,"b":[1,2.5]}` + "\n", ""},
		{"print", []string{"exec", dir, "main", "print"}, 0, "a 1 nil true\n", ""},
		{"failure", []string{"exec", "--log-level", "error", dir, "main", "details"}, 1, "", "error: Conflict: no"},
		{"thrown", []string{"exec", dir, "main", "throw", "boom"}, 1, "", "error: Internal: boom"},
		{"json", []string{"exec", "--json", dir, "main", "echo", "[1]"}, 0, `{"value":[1]}` + "\n", ""},
		{"json nothing", []string{"exec", "--json", dir, "main", "echo"}, 0, "{}\n", ""},
		{"json failure", []string{"exec", "--json", dir, "main", "details"}, 1,
			`{"error":{"kind":"Conflict","message":"no","retryable":true,"details":{"n":1}}}` + "\n", ""},
		{"timeout", []string{"exec", "--timeout", "20ms", dir, "main", "sleep"}, 124, "", "error: Timeout: timed out after 20ms"},
		{"timeout of a loop", []string{"exec", "--timeout", "20ms", dir, "main", "loop"}, 124, "", "error: Timeout: timed out after 20ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := command(t, c.args...)
			if code != c.code || stdout != c.stdout || !strings.Contains(stderr, c.stderr) {
				t.Errorf("status %d, stdout %q, stderr %q\nwant %d, %q, %q", code, stdout, stderr, c.code, c.stdout, c.stderr)
			}
		})
	}
}

// What the first operand of exec is: a directory with an app, sound or broken, else
// an entry (22.3).
func TestExecTellsWhatIsWrongWithItsDirectory(t *testing.T) {
	app := calculator(t)
	bare := t.TempDir()
	for _, dir := range []string{app, bare} {
		for _, d := range []string{"empty", "broken"} {
			if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "broken", "shop.yaml"), []byte("entries: [1"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	index := func(dir, name string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("entries: [1"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sound := writeApp(t, map[string]string{"in/_index.yaml": oneHost, "bad/_index.yaml": "entries: [1"})
	index(filepath.Join(bare, "empty"), "notes.txt")
	for _, c := range []struct {
		in   string
		args string
		want []string
	}{
		{app, "empty", []string{"no entry app:empty; process entries: app:main; the directory empty holds no app"}},
		{app, "nosuch x", []string{"no entry app:nosuch; process entries: app:main"}},
		{app, "./main.lua", []string{"not a directory: ./main.lua"}},
		{app, "./empty main", []string{"no index file", "1 error in ./empty"}},
		{bare, "broken main", []string{"shop.yaml:1:1: warning: file ignored: cannot parse", "no index file", "1 error in broken"}},
		{bare, "empty main", []string{"no index file", "1 error in empty"}},
		{bare, "nosuch", []string{"exec nosuch: no app in the current directory"}},
		{bare, "nosuch/x", []string{"no such directory: nosuch/x"}},
		{sound, "bad main", []string{"_index.yaml:1:1: cannot parse", "1 error in bad"}},
		{sound, "./bad main", []string{"_index.yaml:1:1: cannot parse", "1 error in ./bad"}},
		{sound, "bad", []string{"_index.yaml:1:1: cannot parse", "1 error in bad"}},
		{sound, "in main", []string{"no entry app:main"}},
	} {
		t.Chdir(c.in)
		code, stdout, stderr := command(t, append([]string{"exec"}, strings.Fields(c.args)...)...)
		if code != statusUsage || stdout != "" {
			t.Errorf("exec %s: status %d, stdout %q", c.args, code, stdout)
		}
		for _, want := range c.want {
			if !strings.Contains(stderr, want) {
				t.Errorf("exec %s: no %q in %q", c.args, want, stderr)
			}
		}
	}
}

func TestEntryWithoutNamespace(t *testing.T) {
	dir := writeApp(t, map[string]string{
		"a/_index.yaml": "version: '1.0'\nnamespace: a\nentries: [{ name: host, kind: process.host }]\n",
		"b/_index.yaml": "version: '1.0'\nnamespace: b\nentries: [{ name: main, kind: process.lua, source: 'return function() end' }]\n",
	})
	for name, hint := range map[string]string{"main": ` (did you mean "b:main"?)`, "other": ""} {
		code, _, stderr := command(t, "exec", dir, name)
		if want := fmt.Sprintf("understudy: entry %q: write it as namespace:name, the app has 2 namespaces%s\n", name, hint); code != 2 || stderr != want {
			t.Errorf("exec %s: %d %q, want %q", name, code, stderr, want)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	dir := calculator(t)
	t.Chdir(t.TempDir()) // below the package there is an app
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"frob"}, `unknown command "frob"; 'understudy help'`},
		{[]string{"chek"}, `unknown command "chek" (did you mean "check"?); 'understudy help'`},
		{[]string{"help", "frob"}, "No help topic for 'frob'; 'understudy help' lists the commands"},
		{[]string{"help", "process"}, "'understudy modules process' shows it"},
		{[]string{"help", "process.call"}, "'understudy modules process.call' shows it"},
		{[]string{"help", "channel:receive"}, "'understudy modules channel:receive' shows it"},
		{[]string{"help", "process.cal"}, "'understudy modules process' shows the module"},
		{[]string{"help", "16.5"}, "'understudy docs 16.5' shows it"},
		{[]string{"modules", "process.cal"}, `unknown function "process.cal" (did you mean "process.call"?)`},
		{[]string{"modules", "process.frobnicate"}, `unknown function "process.frobnicate"; 'understudy modules process' lists`},
		{[]string{"--frob"}, "-frob; 'understudy help' tells more"},
		{[]string{"run", "--for", "0s", dir}, "--for must be greater than 0"},
		{[]string{"run", "--for", "-1s", dir}, "--for must not be negative, got -1s"},
		{[]string{"exec", "--timeout", "0", dir, "main"}, "--timeout must be greater than 0"},
		{[]string{"exec", dir, "--json", "main"}, "exec: --json stands where the ENTRY is expected; flags stand before"},
		{[]string{"exec", dir, "main", `{"a":1,"a":2}`}, `duplicate key "a"`},
		{[]string{"modules", "os", "--json"}, "modules takes one NAME, got 2 arguments; flags stand before it"},
		{[]string{"modules", ""}, `unknown module ""`},
		{[]string{"run", "--frob"}, "flag provided but not defined: -frob"},
		{[]string{"run", "no/such/dir"}, "no such directory: no/such/dir"},
		{[]string{"run", "a", "b"}, "run takes one APPDIR"},
		{[]string{"run", "--workers", "0", dir}, "--workers must be greater than 0"},
		{[]string{"run", "--for", "5", dir}, `--for: invalid duration "5"`},
		{[]string{"run", "--log", "xml", dir}, "--log must be text or json"},
		{[]string{"run", "--log-level", "loud", dir}, "--log-level must be"},
		{[]string{"run", "--engine", "perl", dir}, `unknown engine "perl"; there are: gopherlua`},
		{[]string{"check", dir, "x"}, "check takes one APPDIR"},
		{[]string{"exec"}, "exec needs an ENTRY"},
		{[]string{"exec", dir}, "exec needs an ENTRY; process entries: app:main"},
		{[]string{"exec", "no/such/dir", "app:main"}, "no such directory: no/such/dir"},
		{[]string{"exec", dir, "nosuch"}, "no entry app:nosuch; process entries: app:main"},
		{[]string{"exec", dir, "processes"}, "entry app:processes is a process.host, not a process"},
		{[]string{"exec", dir, "main", "9007199254740993"}, "integer"},
		{[]string{"exec", "--timeout", "soon", dir, "main"}, `--timeout: invalid duration "soon"`},
		{[]string{"bench", "--workload", "nosuch"}, `no workload matches "nosuch"`},
		{[]string{"bench", "--engine", "perl"}, `unknown engine "perl"`},
		{[]string{"modules", "nosuch"}, `unknown module "nosuch"`},
		{[]string{"modules", "table"}, "table is a library of Lua"},
		{[]string{"engines", "x"}, "engines takes no arguments"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			code, stdout, stderr := command(t, c.args...)
			if code != statusUsage || stdout != "" || !strings.Contains(stderr, c.want) {
				t.Errorf("status %d, stdout %q, stderr %q, want 2 and %q", code, stdout, stderr, c.want)
			}
			if n := strings.Count(strings.TrimSpace(stderr), "\n"); n > 0 {
				t.Errorf("more than one line: %q", stderr)
			}
		})
	}
}

func TestCheckReportsEverythingAtOnce(t *testing.T) {
	dir := writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - { name: a, kind: process.lua, source: "file://a.lua", modules: [tiem] }
  - { name: b, kind: process.frob, source: "file://a.lua" }
  - { name: c, kind: process.lua, source: "file://none.lua" }
`,
		"a.lua": "local x = \n\nreturn }",
	})
	for _, args := range [][]string{{"check", dir}, {"run", dir}, {"exec", dir, "a"}} {
		code, stdout, stderr := command(t, args...)
		if code != statusUsage || stdout != "" {
			t.Errorf("%v: status %d, stdout %q", args, code, stdout)
		}
		for _, want := range []string{
			"a.lua:3:", "app:a: ", "unknown module", "_index.yaml:7:", "app:b: ", "unknown kind",
			"_index.yaml:8:", "app:c: ", "source not found: none.lua", "4 errors in ", "nothing was started",
		} {
			if !strings.Contains(stderr, want) {
				t.Errorf("%v: no %q in\n%s", args, want, stderr)
			}
		}
	}
}

// What a load statement of Starlark asks for is known before anything starts (2.7).
func TestCheckReportsLoads(t *testing.T) {
	dir := writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - { name: a, kind: process.starlark, source: "file://a.star" }
  - { name: b, kind: process.starlark, source: "file://b.star", modules: [time], imports: { lib: lib } }
  - { name: c, kind: process.starlark, source: "file://c.star", imports: { bad: bad } }
  - { name: lib, kind: library.starlark, source: "file://lib.star" }
  - { name: bad, kind: library.starlark, source: "file://bad.star" }
`,
		"a.star":   "load('time', 'sleep')\n",
		"b.star":   "load('time', 'sleep')\nload('lib',\n  'item')\n",
		"c.star":   "load('bad', 'anything')\n",
		"lib.star": "items = []\n",
		"bad.star": "x = (\n",
	})
	for _, args := range [][]string{{"check", dir}, {"run", dir}, {"exec", dir, "a"}} {
		code, stdout, stderr := command(t, args...)
		if code != statusUsage || stdout != "" {
			t.Errorf("%v: status %d, stdout %q", args, code, stdout)
		}
		for _, want := range []string{
			"a.star:1:6: app:a: module 'time' not found: the entry of a.star lists it in neither modules nor imports",
			"b.star:3:4: app:b: load: name item not found in module lib (did you mean items?)",
			"bad.star:2:1: app:bad: ", "c.star:1:1: app:c: method \"main\" not found in module", "4 errors in ", "nothing was started",
		} {
			if !strings.Contains(stderr, want) {
				t.Errorf("%v: no %q in\n%s", args, want, stderr)
			}
		}
	}
}

func TestCheckOfAGoodApp(t *testing.T) {
	code, stdout, stderr := command(t, "check", calculator(t))
	if code != 0 || stdout != "2 entries, no errors\n" || stderr != "" {
		t.Errorf("status %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestRunStopsAfterTheTimeGiven(t *testing.T) {
	dir := writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - { name: main, kind: process.lua, source: "file://main.lua", lifecycle: { auto_start: true } }
`,
		"main.lua": `
return function()
  print("up")
  local event = process.events():receive()
  print(event.kind, event.reason, event.from)
end`,
	})
	code, stdout, stderr := command(t, "run", "--for", "50ms", dir)
	if code != 0 || stdout != "up\npid.cancel shutdown nil\n" || stderr != "understudy: started app:processes, app:main\n" {
		t.Errorf("status %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// A run that starts nothing says why nothing happens.
func TestRunWithoutAnythingToStart(t *testing.T) {
	code, stdout, stderr := command(t, "run", "--for", "10ms", calculator(t))
	if code != 0 || stdout != "" || !strings.Contains(stderr, "nothing has auto_start") {
		t.Errorf("status %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// Where a top level fails is told with the error, although no process ended.
func TestStackOfAFailedStart(t *testing.T) {
	dir := writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - name: main
    kind: process.lua
    source: "file://main.lua"
    lifecycle: { auto_start: true, restart: { initial_delay: 1h } }
`,
		"main.lua": "local name = 'ti' .. 'me'\nlocal time = require(name)\nreturn function() end\n",
	})
	for _, args := range [][]string{{"exec", dir, "main"}, {"run", "--for", "50ms", dir}} {
		_, _, stderr := command(t, args...)
		for _, want := range []string{"module 'time' not found: the entry of main.lua lists it in neither", "main.lua:2: in"} {
			if !strings.Contains(stderr, want) {
				t.Errorf("%s: no %q in %q", args[0], want, stderr)
			}
		}
	}
}

func TestLogFormats(t *testing.T) {
	dir := calculator(t)
	// A crash is told once (64.4).
	_, _, text := command(t, "exec", dir, "main", "throw", "boom")
	if !strings.HasPrefix(text, "error: Internal: boom\n    ") || !strings.Contains(text, "main.lua:8") ||
		strings.Contains(text, "ERROR") || strings.Count(text, "boom") != 1 {
		t.Errorf("told is %q", text)
	}
	_, _, lines := command(t, "exec", "--log", "json", dir, "main", "throw", "boom")
	var record map[string]any
	if err := json.Unmarshal([]byte(strings.SplitN(lines, "\n", 2)[0]), &record); err != nil {
		t.Fatalf("%v in %q", err, lines)
	}
	if record["level"] != "ERROR" || record["entry"] != "app:main" || record["message"] != "boom" {
		t.Errorf("record %v", record)
	}
}

func TestEngines(t *testing.T) {
	_, text, _ := command(t, "engines")
	_, lines, _ := command(t, "engines", "--json")
	var list []engineInfo
	if err := json.Unmarshal([]byte(lines), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != len((&program{}).engines()) {
		t.Errorf("%d engines, want %d", len(list), len((&program{}).engines()))
	}
	for _, e := range list {
		if e.Name == "" || e.Language == "" || e.Extension == "" || e.Interpreter == "" {
			t.Errorf("incomplete: %+v", e)
		}
		if !strings.Contains(text, e.Name) {
			t.Errorf("%s is not in %q", e.Name, text)
		}
	}
}

func TestModules(t *testing.T) {
	_, summary, _ := command(t, "modules")
	_, lines, _ := command(t, "modules", "--json")
	var list []moduleReference
	if err := json.Unmarshal([]byte(lines), &list); err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if !strings.Contains(summary, m.Name) {
			t.Errorf("%s is not in the summary", m.Name)
		}
		_, text, _ := command(t, "modules", m.Name)
		for _, f := range m.Functions {
			if !strings.Contains(text, m.Name+"."+f.Signature) {
				t.Errorf("%s.%s is not in its reference", m.Name, f.Signature)
			}
		}
	}
	_, text, _ := command(t, "modules", "process")
	for _, want := range []string{"process.spawn(id [, host], ...) -> PID | nil, error", "process.registry.lookup(name) -> PID | nil, error", "process.event.EXIT"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the reference of process", want)
		}
	}
}

func TestEveryHelpTextShowsAnExample(t *testing.T) {
	for _, c := range (&program{}).application(nil, nil).Commands {
		code, stdout, _ := command(t, "help", c.Name)
		if code != 0 || !strings.Contains(stdout, "understudy "+c.Name) {
			t.Errorf("help %s: status %d\n%s", c.Name, code, stdout)
		}
	}
}

// TestBench runs every workload once, on everything there is, with little work:
// too little for a figure of memory, which may come out below zero.
func TestBench(t *testing.T) {
	_, list, _ := command(t, "bench", "--list")
	workloads := strings.Count(list, "\n")
	code, stdout, stderr := command(t, "bench", "--json", "--scale", "0.001")
	if code != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", code, stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if want := workloads * (len((&program{}).engines()) + 1); len(lines) != want {
		t.Errorf("%d results, want %d", len(lines), want)
	}
	for _, line := range lines {
		var r struct {
			Workload, Engine, Unit string
			Value                  float64
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Workload == "" || r.Engine == "" || r.Unit == "" || r.Value <= 0 && r.Unit != "B/process" {
			t.Errorf("bad result %s: %v", line, err)
		}
	}
}

func TestVersion(t *testing.T) {
	code, stdout, stderr := command(t, "--version")
	if code != 0 || !strings.HasPrefix(stdout, "understudy version ") || !strings.Contains(stdout, runtime.Version()) || stderr != "" {
		t.Errorf("status %d, %q, %q", code, stdout, stderr)
	}
}

// Small things that a first hour asks for.
func TestSmallThings(t *testing.T) {
	one := writeApp(t, map[string]string{"_index.yaml": "namespace: app\nentries:\n  - name: processes\n    kind: process.host\n"})
	if _, stdout, _ := command(t, "check", one); stdout != "1 entry, no errors\n" {
		t.Errorf("check says %q", stdout)
	}
	_, flag, _ := command(t, "--version")
	if code, stdout, _ := command(t, "version"); code != 0 || stdout != flag || flag == "" {
		t.Errorf("version gives %d, %q; --version %q", code, stdout, flag)
	}
	if _, _, stderr := command(t, "check", t.TempDir()); strings.Contains(stderr, "all:DIR") {
		t.Errorf("a directory is not embedded: %q", stderr)
	}
}

// What scripts call is found by the name by which they call it, in each language.
func TestModulesShowsOneFunction(t *testing.T) {
	for _, c := range []struct{ language, name, want string }{
		{"lua", "process.call", "process.call(dest, topic"},
		{"lua", "process.registry.lookup", "process.registry.lookup(name)"},
		{"lua", "channel:receive", "channel:receive()"},
		{"lua", "message.reply", "message:reply("},
		{"starlark", "message.reply", "message.reply("},
		{"starlark", "errors.is_", "errors.is_("},
	} {
		status, stdout, stderr := command(t, "modules", "--language", c.language, c.name)
		if status != 0 || !strings.HasPrefix(strings.TrimSpace(stdout), c.want) || strings.Count(stdout, "\n\n") > 1 {
			t.Errorf("%s: %s: status %d, %s%s", c.language, c.name, status, stdout, stderr)
		}
	}
}

// 14.1: where a directory above several apps is given, that is said once.
func TestDirectoryAboveSeveralApps(t *testing.T) {
	one := "version: \"1.0\"\nnamespace: app\nentries:\n  - { name: processes, kind: process.host }\n"
	dir := writeApp(t, map[string]string{"shop/_index.yaml": one, "bank/src/_index.yaml": one})
	status, _, stderr := command(t, "run", dir)
	if status != 2 || strings.Count(stderr, "if bank, shop are apps of their own, name one of them as APPDIR") != 1 {
		t.Errorf("status %d, %s", status, stderr)
	}
	dir = writeApp(t, map[string]string{"shop/_index.yaml": one, "shop/more/_index.yaml": one})
	if status, _, stderr := command(t, "run", dir); status != 2 || strings.Contains(stderr, "apps of their own") {
		t.Errorf("one app: status %d, %s", status, stderr)
	}
}
