package understudycli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// holdModelines finds, from every index file of an app, the schema that its first line
// names, and the app in keeping with it.
func holdModelines(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".yaml" {
			return err
		}
		files++
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(string(text), "\n")
		to, found := strings.CutPrefix(first, "# yaml-language-server: $schema=")
		if !found {
			t.Errorf("%s begins with %s", file, first)
		}
		_, err = os.Stat(filepath.Join(filepath.Dir(file), filepath.FromSlash(to)))
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d index files: %v", files, err)
	}
	holdForm(t, dir)
}

// 61.1: what init writes has no errors, passes its tests and runs.
func TestInit(t *testing.T) {
	command := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if got := run(append([]string{"understudy"}, args...), &out, &errs); got != want {
			t.Fatalf("%q: status %d, want %d\n%s%s", args, got, want, out.String(), errs.String())
		}
		return out.String() + errs.String()
	}
	for _, flags := range [][]string{nil, {"--language", "starlark"}, {"--language", "both"}, {"--from", "worker-pool"}} {
		dir := filepath.Join(t.TempDir(), "new", "app")
		command(0, append(append([]string{"init"}, flags...), dir)...)
		for _, name := range []string{".luarc.json", ".understudy/lua/process.lua", ".understudy/schema.json"} {
			if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
				t.Errorf("%q: %v", flags, err)
			}
		}
		holdModelines(t, dir)
		if out := command(0, "check", dir); !strings.Contains(out, "no errors") {
			t.Errorf("%q: check says %s", flags, out)
		}
		engine := []string{"test", "--schedules", "3"}
		if len(flags) > 0 && flags[len(flags)-1] != "starlark" {
			engine = append(engine, "--engine", "all")
		}
		if out := command(0, append(engine, dir)...); !strings.Contains(out, " 0 failed") || strings.HasPrefix(out, "0 passed") {
			t.Errorf("%q: test says %s", flags, out)
		}
		command(0, "run", "--for", "10ms", "--log-level", "error", dir)

		// A second time nothing is written, whichever file is in the way.
		if err := os.Remove(filepath.Join(dir, "README.md")); err != nil {
			t.Fatal(err)
		}
		if out := command(2, append(append([]string{"init"}, flags...), dir)...); !strings.Contains(out, "is there already; nothing was written") {
			t.Errorf("%q: a second time it says %s", flags, out)
		}
		if _, err := os.Stat(filepath.Join(dir, "README.md")); err == nil {
			t.Errorf("%q: something was written", flags)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"init"}, "init takes one DIR"},
		{[]string{"init", "--language", "ruby", t.TempDir()}, `unknown language "ruby"; there are: lua, starlark, both`},
		{[]string{"init", "--from", "workerpool", t.TempDir()}, `unknown example "workerpool" (did you mean "worker-pool"?)`},
		{[]string{"init", "--from", "polyglot", "--language", "lua", t.TempDir()}, "--language does not go with --from"},
	} {
		if out := command(2, c.args...); !strings.Contains(out, c.want) {
			t.Errorf("%q says %s, want %s", c.args, out, c.want)
		}
	}
}
