package understudycli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/inspect"
)

// watched is a child that lets itself be looked into.
type watched struct {
	*child
	at, token string // --at and --token-file
}

// The app has a counter that is registered, two deaf processes, and one that fails when it
// is told to.
func startWatched(t *testing.T) *watched {
	t.Helper()
	dir := writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - { name: counter, kind: process.lua, source: file://counter.lua, modules: [log], lifecycle: { auto_start: true } }
  - { name: deaf, kind: process.lua, source: file://deaf.lua }
  - name: tree
    kind: process.supervisor
    host: processes
    children: [{ id: left, process: deaf }, { id: right, process: deaf }]
    lifecycle: { auto_start: true }
`,
		"counter.lua": `
local log = require("log")
return function()
  process.registry.register("counter")
  log.info("ready \27[2J")
  local n = 0
  while true do
    local m = process.inbox():receive()
    if m:topic() == "fail" then error("as told \27[31m") end
    n = n + m:payload():data()
    print("count", n)
  end
end`,
		"deaf.lua": "return function() process.events():receive() end",
	})
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(strings.Repeat("t", 40)), 0o600); err != nil {
		t.Fatal(err)
	}
	c := startChild(t, "run", "--inspect=127.0.0.1:0", "--inspect-token-file", token, dir)
	t.Cleanup(func() {
		_ = c.cmd.Process.Signal(os.Interrupt)
		c.wait()
	})
	w := &watched{child: c, token: token}
	for w.at == "" {
		line, err := c.stderr.ReadString('\n')
		if err != nil {
			t.Fatalf("it ended, last with %q", line)
		}
		if m := regexp.MustCompile(`http://([^/]+)/#code`).FindStringSubmatch(line); m != nil {
			w.at = m[1]
		}
	}
	w.expect(c.stderr, "ready")
	return w
}

// do runs a command that looks into the child.
func (w *watched) do(name string, args ...string) (code int, stdout, stderr string) {
	w.t.Helper()
	return command(w.t, append([]string{name, "--at", w.at, "--token-file", w.token}, args...)...)
}

// says expects a command to succeed and its output to hold all these.
func (w *watched) says(wanted []string, name string, args ...string) string {
	w.t.Helper()
	code, stdout, stderr := w.do(name, args...)
	if code != statusOK {
		w.t.Errorf("%s %q: status %d, %q", name, args, code, stderr)
	}
	for _, want := range wanted {
		if !strings.Contains(stdout, want) {
			w.t.Errorf("%s %q: no %q in:\n%s", name, args, want, stdout)
		}
	}
	if strings.ContainsRune(stdout+stderr, 27) {
		w.t.Errorf("%s %q: what a script wrote drives the terminal: %q", name, args, stdout+stderr)
	}
	return stdout
}

// 63.7: what the commands show of a node is what is there.
func TestLookIntoANode(t *testing.T) {
	w := startWatched(t)
	w.says([]string{"PID", "app:counter", "counter", "waiting", "app:deaf"}, "ps")
	w.says([]string{"and 3 more"}, "ps", "--limit", "1")
	var list inspect.ProcessList
	if err := json.Unmarshal([]byte(w.says(nil, "ps", "--json", "--entry", "app:deaf")), &list); err != nil || list.Total != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	deaf := list.Processes[0].PID
	w.says([]string{"app:tree", "one_for_one", "├─ left  running", "└─ right  running"}, "tree")
	w.says([]string{"process", deaf, "app:deaf", "waiting", "deaf.lua:1"}, "show", deaf)
	w.says([]string{deaf}, "show", strings.Trim(deaf, "{}"))
	w.says([]string{"counter.lua:8"}, "stacks", "counter")
	if out := w.says([]string{"app:counter", "app:deaf"}, "stacks"); strings.Count(out, "  deaf.lua:1 in ") != 2 {
		t.Errorf("stacks of all: %s", out)
	}
	w.says([]string{"service.state", "service=app:counter"}, "events")
	if out := w.says([]string{`"kind":"service.state"`}, "events", "--tail", "1", "--kind", "service.state", "--json"); strings.Count(out, "\n") != 1 {
		t.Errorf("--tail 1 gives %s", out)
	}
	w.says([]string{`INFO "ready \x1b[2J"`}, "logs")
	w.says([]string{"sent to {"}, "send", "counter", "add", "5")
	w.expect(w.stdout, "5")
	w.says([]string{"is killed"}, "terminate", deaf)
	w.says([]string{"child.restarted", "child=left"}, "events")
	code, _, stderr := w.do("show", deaf)
	if code != statusFailed || !strings.Contains(stderr, "process not found: "+deaf) || !strings.Contains(stderr, "terminated") {
		t.Errorf("status %d, %s", code, stderr)
	}
	w.says(nil, "send", "counter", "fail")
	w.expect(w.stderr, "as told")
	w.says([]string{`as told \x1b[31m`}, "logs", "--level", "error")
	w.says([]string{"is asked to stop"}, "cancel", "--grace", "1ms", "--reason", "tired", strings.Trim(list.Processes[1].PID, "{}"))
}

// A trace says what its process does until it ends.
func TestTraceOfANode(t *testing.T) {
	w := startWatched(t)
	c := startChild(t, "trace", "--at", w.at, "--token-file", w.token, "--payloads", "app:counter")
	c.expect(c.stderr, "tracing the entry app:counter for 10s")
	w.says(nil, "send", "counter", "add", "7")
	c.expect(c.stdout, "  add #")
	_ = c.cmd.Process.Signal(os.Interrupt)
	if code, _, stderr := c.wait(); code != statusOK || stderr != "" {
		t.Errorf("status %d, %q", code, stderr)
	}
}

// What goes wrong is said in plain words.
func TestLookMistakes(t *testing.T) {
	w := startWatched(t)
	none := filepath.Join(t.TempDir(), "none")
	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, []byte(strings.Repeat("x", 40)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"ps", "--at", "127.0.0.1:1"}, statusUsage, "start one with 'understudy run --inspect'"},
		{[]string{"ps", "--at", "nowhere"}, statusUsage, "--at: "},
		{[]string{"ps", "--at", w.at}, statusFailed, "give it with --token-file"},
		{[]string{"ps", "--at", w.at, "--token-file", other}, statusFailed, "the token is missing or wrong"},
		{[]string{"ps", "--token-file", none}, statusUsage, "--token-file: "},
		{[]string{"ps", "--sort", "memroy"}, statusUsage, `did you mean "memory"`},
		{[]string{"ps", "--limit", "-1"}, statusUsage, "--limit must not be negative"},
		{[]string{"ps", "app:counter"}, statusUsage, "ps: write it as ps [flags]"},
		{[]string{"show"}, statusUsage, "show: write it as show [flags] PROCESS"},
		{[]string{"send", "--at", w.at, "--token-file", w.token, "counter"}, statusUsage, "PROCESS TOPIC"},
		{[]string{"send", "--at", w.at, "--token-file", w.token, "counter", "@t"}, statusUsage, "topic"},
		{[]string{"show", "--at", w.at, "--token-file", w.token, "nobody"}, statusFailed, "'understudy ps' lists them"},
		{[]string{"show", "--at", w.at, "--token-file", w.token, "app:deaf"}, statusFailed, "of entry app:deaf 2 processes run: {"},
		{[]string{"events", "--at", w.at, "--token-file", w.token, "--kind", "process.end"}, statusUsage, "process.ended"},
		{[]string{"logs", "--level", "loud"}, statusUsage, "--level must be"},
		{[]string{"trace", "--at", w.at, "--token-file", w.token, "--for", "1h", "t"}, statusUsage, "at most 10m"},
		{[]string{"cancel", "--grace", "soon", "x"}, statusUsage, "--grace: invalid duration"},
	} {
		code, stdout, stderr := command(t, c.args...)
		if code != c.code || !strings.Contains(stderr, c.want) || stdout != "" {
			t.Errorf("%v: status %d, want %d; stdout %q; stderr %q, want %q", c.args, code, c.code, stdout, stderr, c.want)
		}
	}
}

func TestAmountsForPeople(t *testing.T) {
	for n, want := range map[int64]string{0: "0B", 1023: "1023B", 1024: "1.0KiB", 200 << 10: "200KiB", 5 << 30: "5.0GiB", 3 << 42: "12288GiB"} {
		if got := bytesOf(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	for text, want := range map[string]string{"0s": "0ms", "999ms": "999ms", "61s": "1m1s", "11m30s": "11m", "25h": "1d1h", "-1s": "0ms"} {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := ago(d); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got := clipped("abc\x1bdef", 6); got != `abc\x`+"…" {
		t.Errorf("clipped to %q", got)
	}
}
