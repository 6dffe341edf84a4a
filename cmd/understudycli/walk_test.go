package understudycli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// From an empty directory to a program for others with nothing but the command: init, an
// edit that a test refuses, a better one, build, and run where nothing else is.
func TestFromNothingToAProgram(t *testing.T) {
	whole(t)
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ language, source, plus, minus string }{
		{"lua", "counter.lua", "n = n + r.value:payload():data()", "n = n - r.value:payload():data()"},
		{"starlark", "counter.star", "n += r.value.payload().data()", "n -= r.value.payload().data()"},
	} {
		t.Run(c.language, func(t *testing.T) {
			dir := t.TempDir()
			step := func(want int, args ...string) string {
				t.Helper()
				code, stdout, stderr := execute(t, own, dir, args...)
				if code != want {
					t.Fatalf("understudy %s: %d, want %d\n%s%s", strings.Join(args, " "), code, want, stdout, stderr)
				}
				return stdout + stderr
			}
			edit := func(old, new string) {
				t.Helper()
				file := filepath.Join(dir, "counter", c.source)
				text, err := os.ReadFile(file)
				if err != nil || !strings.Contains(string(text), old) {
					t.Fatalf("%s has no %q: %v", c.source, old, err)
				}
				if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			step(0, "init", "--language", c.language, "counter")
			edit(c.plus, c.minus)
			if out := step(1, "test", "--schedules", "2", "counter"); !strings.Contains(out, "test_counts") {
				t.Errorf("the wrong counter: %s", out)
			}
			edit(c.minus, c.plus)
			step(0, "test", "--schedules", "2", "counter")
			step(0, "build", "--output", "out/counter", "--with-tests", "counter")
			moved := filepath.Join(t.TempDir(), "counter")
			if err := os.Rename(filepath.Join(dir, "out", "counter"), moved); err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			code, _, stderr := execute(t, moved, filepath.Dir(moved), "--for", "1ms")
			if code != 0 || !strings.Contains(stderr, "started app:processes, app:root") {
				t.Errorf("run: %d, %s", code, stderr)
			}
			if code, stdout, stderr := execute(t, moved, filepath.Dir(moved), "test", "--schedules", "2"); code != 0 {
				t.Errorf("test: %d, %s%s", code, stdout, stderr)
			}
		})
	}
}
