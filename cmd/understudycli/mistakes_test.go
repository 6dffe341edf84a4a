package understudycli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/schema/schematest"
)

// mistake is one that people make: what they wrote, and what they need to read to find
// it. Every diagnostic must be one of those wanted, so nothing else is said of it.
type mistake struct {
	what  string
	index string // the index file from line 5 on, or all of it with a version
	lua   string // the text of main.lua
	star  string // the text of main.star
	want  []need
	// exec says that only running it shows it: want is what exec says then.
	exec bool
}

// need is what one diagnostic must say.
type need struct {
	at    string // file:line
	words []string
}

// says is a need.
func says(at string, words ...string) need { return need{at, words} }

const (
	mistakenHead = "version: \"1.0\"\nnamespace: shop\nentries:\n  - { name: host, kind: process.host }\n"
	mistakenLua  = `  - { name: main, kind: process.lua, source: "file://main.lua", modules: [time, log, supervisor, pg], imports: { lib: lib } }
  - { name: lib, kind: library.lua, source: "file://lib.lua" }
  - { name: worker, kind: process.lua, source: "file://worker.lua" }
`
	mistakenStar = `  - { name: main, kind: process.starlark, source: "file://main.star", modules: [time, log, supervisor, pg], imports: { lib: lib } }
  - { name: lib, kind: library.starlark, source: "file://lib.star" }
  - { name: worker, kind: process.lua, source: "file://worker.lua" }
`
)

var mistakes = slices.Concat(mistakesInIndexes, mistakesInLua, mistakesInStarlark, mistakesAboutStores, mistakesAtRunTime)

func (m mistake) files() map[string]string {
	files := map[string]string{
		"lib.lua":    "return { hello = function() return 'hello' end }\n",
		"lib.star":   "def hello():\n    return 'hello'\n",
		"worker.lua": "return { main = function() return 1 end }\n",
	}
	index := m.index
	switch {
	case m.lua != "":
		files["main.lua"] = m.lua
		if index == "" {
			index = mistakenLua
		}
	case m.star != "":
		files["main.star"] = m.star
		if index == "" {
			index = mistakenStar
		}
	}
	if !strings.Contains(index, "version:") {
		index = mistakenHead + index
	}
	files["_index.yaml"] = index
	return files
}

var diagnostic = regexp.MustCompile(`^([\w./]+:\d+):\d+: `)

// holdForm holds the schema of index files by an app (61.3).
func holdForm(t *testing.T, dir string) {
	t.Helper()
	p := &program{}
	schematest.Load(t, os.DirFS(dir), app.Options{
		Engines: p.engines(), Modules: p.modules(), Kinds: p.kinds(), OwnHosts: true, AllowUnset: true,
	})
}

func TestMistakes(t *testing.T) {
	byCheck := 0
	for _, m := range mistakes {
		t.Run(m.what, func(t *testing.T) {
			dir := writeApp(t, m.files())
			holdForm(t, dir)
			args := []string{"check", dir}
			if m.exec {
				args = []string{"exec", dir, "main"}
			}
			code, _, stderr := command(t, args...)
			if m.exec {
				if code == 0 {
					t.Error("status 0")
				}
				for _, w := range m.want {
					for _, word := range append([]string{w.at}, w.words...) {
						if !strings.Contains(stderr, word) {
							t.Errorf("no %q in\n%s", word, stderr)
						}
					}
				}
				if quiet, _, text := command(t, "check", dir); quiet != 0 || text != "" {
					t.Errorf("check finds it: %s", text)
				}
				return
			}
			byCheck++
			wants := slices.Clone(m.want)
			failed := false
			for line := range strings.Lines(stderr) {
				if strings.HasPrefix(line, "understudy: ") {
					continue
				}
				at := ""
				if found := diagnostic.FindStringSubmatch(line); found != nil {
					at = found[1]
				}
				failed = failed || !strings.Contains(line, "warning: ")
				i := slices.IndexFunc(wants, func(n need) bool {
					return n.at == at && !slices.ContainsFunc(n.words, func(w string) bool { return !strings.Contains(line, w) })
				})
				if i < 0 {
					t.Errorf("says also: %s", line)
					continue
				}
				wants = slices.Delete(wants, i, i+1)
			}
			for _, w := range wants {
				t.Errorf("does not say at %s: %q in\n%s", w.at, w.words, stderr)
			}
			if want := map[bool]int{true: statusUsage}[failed]; code != want {
				t.Errorf("status %d, want %d", code, want)
			}
		})
	}
	if len(mistakes) < 80 || byCheck*80 < 70*len(mistakes) {
		t.Errorf("%d of %d mistakes are found by check alone, want 70 of 80 at least", byCheck, len(mistakes))
	}
}

// What check finds must not be what people mean: everything that is here to be run.
func TestNoMistakesInExamples(t *testing.T) {
	apps, err := filepath.Glob("../../examples/*/_index.yaml")
	more, err2 := filepath.Glob("../../examples/*/*/_index.yaml")
	if err != nil || err2 != nil || len(apps)+len(more) < 3 {
		t.Fatal("no examples", apps, more, err, err2)
	}
	for _, index := range append(apps, more...) {
		dir := filepath.Dir(index)
		if strings.Contains(filepath.ToSlash(dir), "custom-engine") { // its engine is elsewhere
			continue
		}
		holdForm(t, dir)
		for _, engine := range []string{"", "golua"} {
			args := []string{"check", dir}
			if engine != "" {
				args = []string{"check", "--engine", engine, dir}
			}
			code, _, stderr := command(t, args...)
			if stderr != "" && !strings.Contains(stderr, "no entry for engine") || code != 0 && stderr == "" {
				t.Errorf("%v: status %d\n%s", args, code, stderr)
			}
		}
	}
}
