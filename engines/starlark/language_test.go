package starlark

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
)

// checks is a library for the test scripts.
const checksSource = `
def eq(got, want):
    if type(got) != type(want) or got != want:
        error("got %r, want %r" % (got, want))

def has(text, part):
    if part not in text:
        error("%r not in %r" % (part, text))

def fails(f, text, kind = None):
    ok, e = pcall(f)
    if ok:
        error("no failure %r" % text)
    has(e.message(), text)
    if kind != None:
        eq(e.kind(), kind)
    return e
`

// TestScripts runs every function test_* of every script, each in a process of
// its own.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.star")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	checks := compile(t, checksSource)
	text, err := os.ReadFile("testdata/library.txt")
	if err != nil {
		t.Fatal(err)
	}
	library := compile(t, string(text))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := compile(t, string(text), hostapi.Import{Alias: "checks", Program: checks}, hostapi.Import{Alias: "library", Program: library})
		t.Run(strings.TrimSuffix(filepath.Base(file), ".star"), func(t *testing.T) { runScript(t, p) })
	}
}

func runScript(t *testing.T, p hostapi.Program) {
	first, err := loadProgram(t, p, &enginetest.Task{})
	if err != nil {
		t.Fatal(enginetest.Describe(err))
	}
	var names []string
	for name := range first.(*instance).globals {
		if strings.HasPrefix(name, "test_") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	if len(names) == 0 {
		t.Fatal("no tests")
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			task := &enginetest.Task{}
			in, err := loadProgram(t, p, task)
			if err != nil {
				t.Fatal(enginetest.Describe(err))
			}
			defer in.Close()
			if _, err := callMethod(t, in, task, name); err != nil {
				t.Error(enginetest.Describe(err))
			}
		})
	}
}
