package understudycli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/define"
)

// 61.2: definitions of all modules, also of an embedding program; settings are written
// once and lead to them.
func TestTypes(t *testing.T) {
	p := &program{options: Options{Modules: []*hostapi.Module{define.Module("inventory", "What the shop has.",
		define.Func("price", "The price of one item.", func(string) (int, error) { return 0, nil }, "item"))}}}
	command := func(want int, args ...string) string {
		t.Helper()
		var out strings.Builder
		if got := p.run(append([]string{"understudy", "types"}, args...), &out, &out); got != want {
			t.Fatalf("%q: status %d, want %d\n%s", args, got, want, out.String())
		}
		return out.String()
	}
	read := func(path ...string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(path...))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	library := func(dir string) string {
		t.Helper()
		var settings struct {
			Library []string `json:"workspace.library"`
		}
		if err := json.Unmarshal([]byte(read(dir, ".luarc.json")), &settings); err != nil || len(settings.Library) != 1 {
			t.Fatalf("%v: %v", settings, err)
		}
		return filepath.Join(dir, settings.Library[0])
	}

	dir := t.TempDir()
	command(0, dir)
	if text := read(library(dir), "inventory.lua"); !strings.Contains(text, "---@param item string\n---@return number? ") {
		t.Errorf("of a module of the program: %s", text)
	}
	if text := read(dir, ".understudy", "starlark", "understudy.pyi"); !strings.Contains(text, "class inventory:") {
		t.Error("the stub lacks a module of the program")
	}

	if text := read(dir, ".understudy", "schema.json"); !strings.Contains(text, `"inventory"`) {
		t.Error("by the schema no entry may list a module of the program")
	}

	// A second time definitions are made anew, and settings are kept.
	for _, name := range []string{".luarc.json", filepath.Join(".understudy", "lua", "time.lua")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out := command(0, dir); !strings.Contains(out, "kept "+filepath.ToSlash(filepath.Join(dir, ".luarc.json"))) || read(dir, ".luarc.json") != "mine" {
		t.Errorf("settings were not kept: %s", out)
	}
	if text := read(dir, ".understudy", "lua", "time.lua"); text == "mine" {
		t.Error("definitions were kept")
	}

	dir = t.TempDir()
	elsewhere := filepath.Join(t.TempDir(), "types")
	command(0, "--out", elsewhere, dir)
	if got := library(dir); got != filepath.Join(elsewhere, "lua") {
		t.Errorf("settings lead to %s, want %s", got, elsewhere)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{filepath.Join(dir, "none")}, "no such directory"},
		{[]string{dir, dir}, "types takes one APPDIR, got 2 arguments"},
	} {
		if out := command(2, c.args...); !strings.Contains(out, c.want) {
			t.Errorf("%q says %s, want %s", c.args, out, c.want)
		}
	}
}
