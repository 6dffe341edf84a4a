package understudycli

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// The test binary serves as the command when this variable is set.
const asCommand = "UNDERSTUDY_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		Main(Options{})
	}
	os.Exit(m.Run())
}

// child is the command in a process of its own.
type child struct {
	t              *testing.T
	cmd            *exec.Cmd
	stdout, stderr *bufio.Reader
}

func startChild(t *testing.T, args ...string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(os.Args[0], args...)}
	c.cmd.Env = append(os.Environ(), asCommand+"=1")
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := c.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdout, c.stderr = bufio.NewReader(stdout), bufio.NewReader(stderr)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// expect reads lines until one contains text.
func (c *child) expect(r *bufio.Reader, text string) {
	c.t.Helper()
	for {
		line, err := r.ReadString('\n')
		if strings.Contains(line, text) {
			return
		}
		if err != nil {
			c.t.Fatalf("no %q: %v", text, err)
		}
	}
}

// wait gives the exit status and what is left of both outputs.
func (c *child) wait() (code int, stdout, stderr string) {
	out, _ := io.ReadAll(c.stdout)
	errs, _ := io.ReadAll(c.stderr)
	_ = c.cmd.Wait() // the status says it
	return c.cmd.ProcessState.ExitCode(), string(out), string(errs)
}

// interruptTwice sends a signal, and another one when the first has been seen.
func (c *child) interruptTwice() {
	c.t.Helper()
	c.cmd.Process.Signal(os.Interrupt)
	c.expect(c.stderr, "shutting down")
	c.cmd.Process.Signal(os.Interrupt)
}

func signalApp(t *testing.T, body string) string {
	return writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - name: main
    kind: process.lua
    source: file://main.lua
    modules: [time]
    lifecycle: { auto_start: true, stop_timeout: 1h }
`,
		"main.lua": "return function()\nprint('up')\n" + body + "\nend",
	})
}

func TestSignalStopsInOrder(t *testing.T) {
	c := startChild(t, "run", signalApp(t, "process.events():receive() print('leaving')"))
	c.expect(c.stdout, "up")
	c.cmd.Process.Signal(syscall.SIGTERM)
	code, stdout, stderr := c.wait()
	if code != 0 || stdout != "leaving\n" || !strings.Contains(stderr, "terminated, shutting down") {
		t.Errorf("status %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	c := startChild(t, "run", "--shutdown-timeout", "1h", signalApp(t, "while true do end"))
	c.expect(c.stdout, "up")
	c.interruptTwice()
	if code, _, stderr := c.wait(); code != 1 || !strings.Contains(stderr, "second signal") {
		t.Errorf("status %d, stderr %q", code, stderr)
	}
}

func TestSignalCancelsExec(t *testing.T) {
	dir := signalApp(t, "local e = process.events():receive() return e.reason")
	c := startChild(t, "exec", dir, "main")
	c.expect(c.stdout, "up")
	c.cmd.Process.Signal(syscall.SIGTERM)
	if code, stdout, stderr := c.wait(); code != 0 || stdout != "shutdown\n" {
		t.Errorf("status %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// A process that does not stop when asked is left behind by the second signal
// (21.1), whatever its stop_timeout.
func TestSecondSignalEndsExecAtOnce(t *testing.T) {
	c := startChild(t, "exec", "--shutdown-timeout", "1h", signalApp(t, "while true do end"), "main")
	c.expect(c.stdout, "up")
	c.interruptTwice()
	if code, stdout, stderr := c.wait(); code != 1 || stdout != "" || !strings.Contains(stderr, "second signal") {
		t.Errorf("status %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// Nor does it matter that nobody reads what is printed.
func TestSecondSignalEndsAnUnreadExec(t *testing.T) {
	c := startChild(t, "exec", signalApp(t, "for i = 1, 1000 do print(string.rep('x', 1000)) end"), "main")
	c.expect(c.stdout, "up")
	c.interruptTwice()
	stderr, err := io.ReadAll(c.stderr) // until the process has ended
	if err != nil {
		t.Fatal(err)
	}
	if code, _, _ := c.wait(); code != 1 || !strings.Contains(string(stderr), "second signal") {
		t.Errorf("status %d, stderr %q", code, stderr)
	}
}

// A signal that comes before the process is live gives up its start (22.7).
func TestSignalBeforeTheProcessIsLive(t *testing.T) {
	const loading = "print('up')\nwhile true do end\nreturn function() end\n"
	for name, files := range map[string]map[string]string{
		"while its top level runs": {
			"_index.yaml": oneHost + "  - { name: main, kind: process.lua, source: \"file://main.lua\" }\n",
			"main.lua":    loading,
		},
		"while what it requires starts": {
			"_index.yaml": oneHost + `
  - { name: first, kind: process.lua, source: "file://first.lua", lifecycle: { start_timeout: 1h } }
  - { name: main, kind: process.lua, source: "file://main.lua", lifecycle: { requires: [first] } }
`,
			"first.lua": loading,
			"main.lua":  "return function() print('never') end",
		},
	} {
		c := startChild(t, "exec", "--json", writeApp(t, files), "main")
		c.expect(c.stdout, "up")
		c.cmd.Process.Signal(syscall.SIGTERM)
		const want = `{"error":{"kind":"Canceled","message":"interrupted before app:main was started"}}` + "\n"
		if code, stdout, stderr := c.wait(); code != 1 || stdout != want || strings.Contains(stderr, "could not be started") {
			t.Errorf("%s: status %d, stdout %q, stderr %q", name, code, stdout, stderr)
		}
	}
}

// The first signal is the first, also if it comes when the process has ended and the
// rest is being stopped.
func TestSignalsWhileExecStopsTheRest(t *testing.T) {
	c := startChild(t, "exec", "--shutdown-timeout", "1h", writeApp(t, map[string]string{
		"_index.yaml": `version: "1.0"
namespace: app
entries:
  - { name: processes, kind: process.host, host: { workers: 1 }, lifecycle: { stop_timeout: 1h } }
  - { name: main, kind: process.lua, source: "file://main.lua" }
  - { name: left, kind: process.lua, source: "file://left.lua" }
`,
		"main.lua": "return function() return process.spawn('app:left', 'app:processes') end",
		"left.lua": "return function() process.events():receive() print('stopping') process.inbox():receive() end",
	}), "main")
	c.expect(c.stdout, "stopping")
	c.interruptTwice()
	if code, _, stderr := c.wait(); code != 1 || !strings.Contains(stderr, "second signal") {
		t.Errorf("status %d, stderr %q", code, stderr)
	}
}

// 71.2: exec says for whom it waits, for the process and then for the rest.
func TestExecSaysForWhomItWaits(t *testing.T) {
	c := startChild(t, "exec", signalApp(t, "process.events() process.inbox():receive()"), "main")
	c.expect(c.stdout, "up")
	c.cmd.Process.Signal(syscall.SIGTERM)
	c.expect(c.stderr, `WARN shutdown: waiting for="app:main (receive channel(inbox))"`)
	c.cmd.Process.Signal(syscall.SIGTERM) // the second
	if code, _, stderr := c.wait(); code != 1 {
		t.Errorf("status %d, stderr %q", code, stderr)
	}
}

// 71.1: exec of who only reads messages ends at once.
func TestExecStopsReadersAtOnce(t *testing.T) {
	c := startChild(t, "exec", "--shutdown-timeout", "1h", signalApp(t, "process.inbox():receive()"), "main")
	c.expect(c.stdout, "up")
	c.cmd.Process.Signal(syscall.SIGTERM)
	if code, _, stderr := c.wait(); code != 1 || !strings.Contains(stderr, "error: Canceled: stopped") {
		t.Errorf("status %d, stderr %q", code, stderr)
	}
}

func TestShutdownTimeoutDropsWhatIsLeft(t *testing.T) {
	c := startChild(t, "run", "--shutdown-timeout", "50ms", signalApp(t, "process.events() process.inbox():receive()"))
	c.expect(c.stdout, "up")
	c.cmd.Process.Signal(syscall.SIGTERM)
	if code, _, stderr := c.wait(); code != 0 || !strings.Contains(stderr, "took longer than 50ms, dropped what was left") || !strings.Contains(stderr, "app:main") {
		t.Errorf("status %d, stderr %q", code, stderr)
	}
}
