package definitions

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/define"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world"
)

const root = "../../../.."

func allModules() []*hostapi.Module {
	return append(slices.Concat(modules.Standard(), world.Modules()), apptest.Module())
}

// inventory is a module of an embedding program, as examples/embed has one.
func inventory() *hostapi.Module {
	return define.Module("inventory", "What the shop has.",
		define.Func("price", "The price of one item.", func(item string) (int, error) { return 0, nil }, "item"),
		define.Func("reserve", "Takes items.", func(item string, n int) (bool, error) { return true, nil }, "item", "n"))
}

// outline is of a script that may require every module.
func outline(t testing.TB, path, text string, modules []*hostapi.Module) *hostapi.Outline {
	t.Helper()
	out := gopherlua.New().(hostapi.Outliner).Outline(hostapi.Source{ID: "app:x", Path: path, Text: text, Modules: modules})
	if out == nil {
		t.Fatalf("%s: no outline", path)
	}
	return out
}

// 61.2: right calls are not flagged.
func TestExamplesHaveNoFinding(t *testing.T) {
	known := append(allModules(), inventory())
	s := readStubs(t, Lua(known))
	files := 0
	for _, dir := range []string{"examples", "cmd/understudycli/start", "bench", "docs"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".lua" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			for _, found := range s.check(outline(t, path, string(text), known)) {
				t.Errorf("%s:%s", path, found)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 40 {
		t.Errorf("only %d files", files)
	}
}

// 61.2: wrong calls are.
func TestMistakesAreFlagged(t *testing.T) {
	known := append(allModules(), inventory())
	s := readStubs(t, Lua(known))
	const time, log, store, json, sql, http, pg, fsys = `local time = require("time")` + "\n", `local log = require("log")` + "\n", `local store = require("store")` + "\n",
		`local json = require("json")` + "\n", `local sql = require("sql")` + "\n", `local http_client = require("http_client")` + "\n", `local pg = require("pg")` + "\n", `local fs = require("fs")` + "\n"
	for _, c := range []struct{ script, want string }{
		{`process.sned("a", "b")`, "undefined-field sned"},
		{`process.send("a")`, "missing-parameter topic"},
		{`process.send(1, "topic")`, "param-type-mismatch integer for string"},
		{`process.send("a", {})`, "param-type-mismatch table for string"},
		{`process.pid(1)`, "redundant-parameter 1"},
		{`process.spawn()`, "missing-parameter id"},
		{`process.spawn("app:a", 5)`, "param-type-mismatch integer for string"},
		{`process.call("a", "b", true)`, "param-type-mismatch boolean for understudy.duration"},
		{`process.registry.regster("a")`, "undefined-field regster"},
		{`process.registry.register(7)`, "param-type-mismatch integer for string"},
		{`print(process.event.EXITED)`, "undefined-field EXITED"},
		{`process.events():recieve()`, "undefined-field recieve"},
		{`process.inbox():case_receive(1)`, "redundant-parameter 1"},
		{`process.inbox().receive()`, "missing-parameter self"},
		{`process.listen({})`, "param-type-mismatch table for string"},
		{`channel.new("3")`, "param-type-mismatch string for number"},
		{`channel.select()`, "missing-parameter cases"},
		{`local c = channel.new()
channel.select(c)`, "param-type-mismatch channel.channel for channel.select.cases"},
		{`local r = channel.select{ channel.new():case_receive() }
print(r.chanel)`, "undefined-field chanel"},
		{`process.with_name("a"):spwan("app:a")`, "undefined-field spwan"},
		{`process.with_context("a")`, "param-type-mismatch string for table"},
		{`coroutine.spawn(5)`, "param-type-mismatch integer for function"},
		{`print(errors.NOTFOUND)`, "undefined-field NOTFOUND"},
		{`local v, err = process.call("a", "b")
print(err:knd())`, "undefined-field knd"},
		{`load("return 1")`, "undefined-global load"},
		{`io.write("a")`, "undefined-global io"},
		{`print(os.getenv("HOME"))`, "undefined-field getenv"},
		{`string.rep("a")`, "missing-parameter n"},
		{`print(("a"):uper())`, "undefined-field uper"},
		{`table.concat("a", ",")`, "param-type-mismatch string for table"},
		{`math.floor("1")`, "param-type-mismatch string for number"},
		{`print(math.tointeger(1))`, "undefined-field tointeger"},
		{time + `time.sleep()`, "missing-parameter"},
		{time + `time.sleep(true)`, "param-type-mismatch boolean for understudy.duration"},
		{time + `time.now():formatt("x")`, "undefined-field formatt"},
		{time + `time.after("1s"):receve()`, "undefined-field receve"},
		{log + `log.warning("x")`, "undefined-field warning"},
		{log + `log.info("x", 5)`, "param-type-mismatch integer for table"},
		{store + `local s = store.get("app:s")
s:set(1, 2)`, "param-type-mismatch integer for string"},
		{store + `local s = store.get("app:s")
local e = s:entry("k")
print(e.versoin)`, "undefined-field versoin"},
		{json + `json.encod({})`, "undefined-field encod"},
		{json + `json.decode(5)`, "param-type-mismatch integer for string"},
		{sql + `sql.get("app:db"):qurey("select 1")`, "undefined-field qurey"},
		{sql + `local db = sql.get("app:db")
db:query()`, "missing-parameter"},
		{http + `local r = http_client.get("https://a")
print(r.status_cod)`, "undefined-field status_cod"},
		{pg + `pg.open()`, "missing-parameter id"},
		{fsys + `fs.get("app:d"):readfile(1)`, "param-type-mismatch integer for string"},
		{`local inventory = require("inventory")
inventory.reserve("apples")`, "missing-parameter n"},
		{`local inventory = require("inventory")
inventory.price(5)`, "param-type-mismatch integer for string"},
		{`local test = require("test")
test.near(1, 1)`, "missing-parameter tolerance"},
		{`local test = require("test")
test.spwan("app:a")`, "undefined-field spwan"},
	} {
		found := s.check(outline(t, "x.lua", c.script, known))
		if len(found) != 1 || !strings.Contains(found[0], c.want) {
			t.Errorf("%s\ngives %q, want %s", c.script, found, c.want)
		}
	}
}

// What is written out is what scripts have, no less and no more: 19.5, 19.6.
func TestStandardIsComplete(t *testing.T) {
	s := readStubs(t, Lua(allModules()))
	clause := func(first, last string) map[string]bool {
		text, err := os.ReadFile(filepath.Join(root, "docs/spec/19-sandbox.md"))
		if err != nil {
			t.Fatal(err)
		}
		_, after, found := strings.Cut(string(text), first)
		within, _, closed := strings.Cut(after, last)
		if !found || !closed {
			t.Fatalf("no clause with %s", first)
		}
		names := map[string]bool{}
		for i, quoted := range strings.Split(within, "`") {
			if i%2 == 1 {
				for _, name := range strings.Fields(quoted) {
					names[name] = true
				}
			}
		}
		return names
	}
	compare := func(what string, got []string, want map[string]bool) {
		t.Helper()
		if w := slices.Sorted(maps.Keys(want)); !slices.Equal(got, w) {
			t.Errorf("%s: got %q, want %q", what, got, w)
		}
	}
	compare("globals", slices.Sorted(maps.Keys(s.globals)), clause("Globals, complete:", ". Absent"))
	for _, library := range []string{"string", "table", "math", "coroutine", "os"} {
		want := clause("\n| `"+library+"` |", " |\n")
		if library == "table" {
			want = clause("\n| `table` | ", " (")
		} else if library == "coroutine" || library == "os" {
			want = clause("\n| `"+library+"` | ", " (")
		}
		compare(library, slices.Sorted(maps.Keys(s.classes[s.globals[library]].fields)), want)
	}
}
