//go:build unix

package understudycli

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// person is one at a terminal on which the command runs.
type person struct {
	t    *testing.T
	tty  *os.File
	seen strings.Builder // since the last that was expected
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[a-zA-Z]")

// expect reads until a text is there, and gives what was there before.
func (s *person) expect(text string) string {
	s.t.Helper()
	b := make([]byte, 1024)
	for {
		all := escapes.ReplaceAllString(s.seen.String(), "")
		if before, after, ok := strings.Cut(all, text); ok {
			s.seen.Reset()
			s.seen.WriteString(after)
			return before
		}
		n, err := s.tty.Read(b)
		s.seen.Write(b[:n])
		if err != nil {
			s.t.Fatalf("no %q, but %q: %v", text, all, err)
		}
	}
}

func (s *person) typed(text string) {
	s.t.Helper()
	if _, err := s.tty.WriteString(text); err != nil {
		s.t.Fatal(err)
	}
}

// 61.7 at a terminal: values, lines that go on, completion, what is printed meanwhile,
// Ctrl-C at a line and in an input, history, Ctrl-D.
func TestReplAtATerminal(t *testing.T) {
	state := t.TempDir()
	cmd := exec.Command(os.Args[0], "repl", writeApp(t, map[string]string{"_index.yaml": replApp, "counter.lua": replCounter}))
	cmd.Env = append(os.Environ(), asCommand+"=1", "XDG_STATE_HOME="+state, "TERM=xterm")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Skip("no pseudo-terminal: ", err)
	}
	defer tty.Close()
	defer time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() }).Stop() // so that expect says what is there
	s := &person{t: t, tty: tty}
	s.expect("lua on gopherlua, app:processes;")
	s.expect("1> ")
	s.typed("local x = 4\r")
	s.expect("2> ")
	s.typed("x * 2\r")
	s.expect("\n8\r\n3> ")
	s.typed("function f()\r")
	s.expect("4. ")
	s.typed("return 'f' end\r")
	s.expect("5> ")
	s.typed("f()\r")
	s.expect("\"f\"\r\n6> ")

	s.typed("process.spawn_linked_m\t")
	s.expect("process.spawn_linked_monitored")
	s.typed("\x03")
	s.expect("6> ")
	s.typed("pro\t.spawn_linked\t\t") // the second one lists
	s.expect("spawn_linked  spawn_linked_monitored")
	s.typed("\x03")
	s.expect("6> ")
	s.typed("process.spawn('app:cou\t')\r")
	s.expect("app:counter')")
	s.expect("{app:processes|")
	s.expect("7> ")

	s.typed("print('run' .. 'ning') while true do end\r")
	s.expect("running")
	s.typed("\x03")
	s.expect("interrupted\r\n8> ")
	s.typed("print('wait' .. 'ing') process.inbox():receive()\r")
	s.expect("waiting")
	s.typed("\x03")
	s.expect("interrupted\r\n9> ")
	s.typed("x\r")
	s.expect("\n4\r\n10> ")

	s.typed("coroutine.spawn(function() require('time').sleep('10ms') print('la' .. 'ter') end)\r")
	s.expect("11> ")
	s.typed("x + ")
	s.expect("later")
	s.expect("11> x + ")
	s.typed("1\r")
	s.expect("\n5\r\n12> ")
	s.typed("process.send(process.pid(), 'to', 1)\r")
	s.expect("(1 unread: process.inbox(), process.events())")
	s.expect("13> ")

	s.typed("\x1b[A\x1b[A\r") // the last but one
	s.expect("x + 1")
	s.expect("\n5\r\n14> ")
	s.typed("\x04")
	if _, err := io.Copy(io.Discard, tty); err != nil && !errors.Is(err, syscall.EIO) {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(filepath.Join(state, "understudy", "repl_history_lua"))
	if err != nil || !strings.HasPrefix(string(text), "local x = 4\nx * 2\nfunction f()\n") || strings.Contains(string(text), "spawn_linked") {
		t.Errorf("%s, %v", text, err)
	}
}

// What was typed before is there again, and not without end.
func TestHistory(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	h := openHistory("lua")
	for _, line := range []string{"a", "a", "", "  ", "b"} {
		h.Add(line)
	}
	if h = openHistory("lua"); h.Len() != 2 || h.At(0) != "b" || h.At(1) != "a" {
		t.Errorf("%q", h.lines)
	}
	if info, err := os.Stat(h.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if other := openHistory("starlark"); other.Len() != 0 {
		t.Errorf("%q", other.lines)
	}
	for range maxHistory {
		h.Add("x")
		h.Add("y")
	}
	if h = openHistory("lua"); h.Len() != maxHistory || h.At(0) != "y" {
		t.Errorf("%d lines", h.Len())
	}
}
