package understudycli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// 63.1: what is wrong with the flags of the inspector is said before anything starts.
func TestInspectFlags(t *testing.T) {
	dir := t.TempDir()
	token := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	short, words := token("short", "0123456789\n"), token("words", strings.Repeat("two words ", 5))
	for _, c := range []struct {
		flags []string
		want  string
	}{
		{[]string{"--inspect=0.0.0.0:0"}, "so it needs --inspect-token-file"},
		{[]string{"--inspect=:0"}, "so it needs --inspect-token-file"},
		{[]string{"--inspect=nowhere"}, "write it as 127.0.0.1:4477"},
		{[]string{"--inspect-token-file", short}, "goes with --inspect"},
		{[]string{"--inspect-read-only"}, "goes with --inspect"},
		{[]string{"--inspect=127.0.0.1:0", "--inspect-token-file", short}, "10 bytes, 32 at least"},
		{[]string{"--inspect=127.0.0.1:0", "--inspect-token-file", words}, "one word"},
		{[]string{"--inspect=127.0.0.1:0", "--inspect-token-file", dir + "/none"}, "no such file"},
	} {
		args := append(append([]string{"run"}, c.flags...), "../../examples/worker-pool")
		code, stdout, stderr := command(t, args...)
		if code != statusUsage || !strings.Contains(stderr, c.want) || stdout != "" {
			t.Errorf("%v: status %d, stdout %q, stderr %q; want %q", c.flags, code, stdout, stderr, c.want)
		}
	}
}

// The address is said, with a code where there is a token, and the run ends as without.
func TestInspectSaysItsAddress(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(strings.Repeat("t", 40)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		flags []string
		want  string
	}{
		{[]string{"--inspect=127.0.0.1:0"}, "/; views only"},
		{[]string{"--inspect=127.0.0.1:0", "--inspect-token-file", file}, "/#code="},
	} {
		args := append(append([]string{"run", "--for", "10ms"}, c.flags...), "../../examples/worker-pool")
		code, _, stderr := command(t, args...)
		if code != statusOK || !strings.Contains(stderr, "look into this node at http://127.0.0.1:") || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: status %d, stderr %q", c.flags, code, stderr)
		}
	}
}
