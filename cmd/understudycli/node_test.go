package understudycli

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nodeApp is an app whose nodes tell each other texts. Nodes are down after a time that is
// short for a test and long for a busy machine.
func nodeApp(t *testing.T) string {
	return writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - { name: cluster, kind: cluster, heartbeat: 200ms, down_after: 4s }
  - { name: echo, kind: process.lua, source: file://echo.lua, modules: [process], lifecycle: { auto_start: true } }
  - { name: say, kind: process.lua, source: file://say.lua, modules: [process] }
`,
		"echo.lua": `local process = require("process")
return function()
  process.registry.register("echo")
  local inbox = process.inbox()
  while true do
    local m = inbox:receive()
    print("got " .. m:payload():data())
  end
end`,
		"say.lua": `local process = require("process")
return function(node, text) return process.send("@" .. node .. "/echo", "say", text) end`,
	})
}

// freePort is a port of this machine that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func secretFile(t *testing.T) string {
	t.Helper()
	code, secret, errs := command(t, "cluster", "secret")
	if code != 0 {
		t.Fatal(errs)
	}
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// startNode starts a node that does not outlive the test.
func startNode(t *testing.T, dir, secret, name, listen, join string, more ...string) *child {
	t.Helper()
	c := startChild(t, append(append([]string{"run", "--node", name, "--listen", listen, "--join", join, "--secret-file", secret}, more...), dir)...)
	// Its end makes whoever waits for what it says fail.
	late := time.AfterFunc(2*time.Minute, func() { _ = c.cmd.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		_ = c.cmd.Process.Kill()
	})
	return c
}

// Two nodes in programs of their own (30.1, 31.4, 31.10): a message crosses; one is killed and
// restarted under its name, stands still and goes on, and at last leaves by SIGTERM.
func TestTwoNodesInProgramsOfTheirOwn(t *testing.T) {
	dir, secret := nodeApp(t), secretFile(t)
	at, there := freePort(t), freePort(t)
	a := startNode(t, dir, secret, "a", at, at+","+there, "--join-timeout", "0s")
	a.expect(a.stderr, "node a listens on "+at)
	code, out, errs := command(t, "exec", "--node", "c", "--listen", "127.0.0.1:0", "--join", at, "--secret-file", secret, "--json", dir, "say", "a", "hallo")
	if code != 0 || !strings.Contains(out, `"value":true`) {
		t.Errorf("exec on a third node: %d %s %s", code, out, errs)
	}
	a.expect(a.stdout, "got hallo")
	a.expect(a.stderr, "node c is down: left")

	b := startNode(t, dir, secret, "b", there, at)
	a.expect(a.stderr, "node b is up")
	b.expect(b.stderr, "started")
	for try := 0; ; try++ { // one who is met late on a busy machine is not listed
		code, out, errs := command(t, "cluster", "nodes", "--join", at, "--secret-file", secret, dir)
		if code == 0 && out == "a\nb\n" {
			break
		}
		if try == 20 {
			t.Fatalf("cluster nodes: %d %q %s", code, out, errs)
		}
	}

	_ = b.cmd.Process.Kill()
	b.wait()
	b = startNode(t, dir, secret, "b", there, at)
	a.expect(a.stderr, "node b is down: restarted")
	a.expect(a.stderr, "node b is up")
	b.expect(b.stderr, "started")

	_ = b.cmd.Process.Signal(syscall.SIGSTOP)
	a.expect(a.stderr, "node b is down: lost")
	_ = b.cmd.Process.Signal(syscall.SIGCONT)
	a.expect(a.stderr, "node b is up")
	b.expect(b.stderr, "node a is up")

	_ = b.cmd.Process.Signal(syscall.SIGTERM)
	a.expect(a.stderr, "node b is down: left")
	if code, _, errs := b.wait(); code != 0 {
		t.Errorf("a node that leaves ends with %d: %s", code, errs)
	}
	_ = a.cmd.Process.Signal(syscall.SIGTERM)
	if code, _, errs := a.wait(); code != 0 {
		t.Errorf("the last node ends with %d: %s", code, errs)
	}
}

// What makes no sense is one clear line and status 2 (30.1, 30.3, 30.4).
func TestNodeMistakes(t *testing.T) {
	dir := nodeApp(t)
	short := filepath.Join(t.TempDir(), "short")
	open := filepath.Join(t.TempDir(), "open")
	if err := os.WriteFile(short, []byte("abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(open, []byte(strings.Repeat("x", 40)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct {
		args string
		want string
	}{
		{"--listen 127.0.0.1:1", "--listen has no meaning without --node"},
		{"--node a#b", "--node must be"},
		{"--node a --listen 7946", "invalid address"},
		{"--node a --join here", "invalid address"},
		{"--node a --listen 0.0.0.0:7946 --insecure", "--advertise is required"},
		{"--node a --listen 192.0.2.1:7946", "cluster: a secret or certificates are required"},
		{"--node a --secret-file " + short, "secret too short"},
		{"--node a --secret-file " + open, "secret file is readable by others"},
		{"--node a --tls-cert x", "--tls-cert, --tls-key and --tls-ca are given together"},
	} {
		code, _, errs := command(t, append(append([]string{"run"}, strings.Fields(m.args)...), dir)...)
		if code != 2 || !strings.Contains(errs, m.want) {
			t.Errorf("run %s: %d %s", m.args, code, errs)
		}
	}
	for text, want := range map[string]string{
		"{ name: c, kind: cluster, heartbeat: 10ms }":                "heartbeat",
		"{ name: c, kind: cluster, heartbeat: 1s, down_after: 2s }":  "down_after must be at least three heartbeats",
		"{ name: c, kind: cluster, cluster: \"a b\" }":               "cluster must be 1 to 63",
		"{ name: c, kind: cluster }\n  - { name: d, kind: cluster }": "duplicate cluster",
	} {
		app := writeApp(t, map[string]string{"_index.yaml": oneHost + "  - " + text + "\n"})
		if code, _, errs := command(t, "check", app); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%s: %d %s", text, code, errs)
		}
	}
}
