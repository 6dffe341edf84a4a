package enginetest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// Divergences holds the table of an engine against its interpreter: each probe gives
// what is said on the interpreter by itself, bare, and on the engine, ours. root is the
// folder of go.mod, which must name the version that the engine says it is for.
func Divergences(t *testing.T, e hostapi.Engine, root string, bare, ours func(t *testing.T, probe string) string) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	// Info says "module version", and perhaps more.
	words := strings.Fields(e.Info().Interpreter)
	if !strings.Contains(string(mod), words[0]+" "+words[1]+"\n") {
		t.Errorf("go.mod has another version than %s: look through the table, then change Info", e.Info().Interpreter)
	}
	tests := testNames(t, root)
	for _, d := range e.(hostapi.Divergent).Divergences() {
		t.Run(d.What, func(t *testing.T) {
			if d.Probe == "" {
				if !tests[d.Test] {
					t.Errorf("neither a probe nor a test: %q", d.Test)
				}
				return
			}
			if got := bare(t, d.Probe); got != d.Seen {
				t.Errorf("the interpreter has changed: %s\ngives %q, it was %q", d.Probe, got, d.Seen)
			}
			if got := ours(t, d.Probe); got != d.Right {
				t.Errorf("%s\ngives %q, want %q", d.Probe, got, d.Right)
			}
		})
	}
}

// testNames gives the names of all tests of the module.
func testNames(t *testing.T, root string) map[string]bool {
	names := make(map[string]bool)
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		for _, line := range strings.Split(string(text), "\n") {
			if name, ok := strings.CutPrefix(line, "func "); ok {
				name, _, _ = strings.Cut(name, "(")
				names[name] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
