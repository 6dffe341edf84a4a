package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/store"
)

// run runs a script that is granted app:store, and gives its result as text.
func run(t *testing.T, o understudy.Options, d store.Driver, file, script string) string {
	t.Helper()
	o.Engines, o.Modules = []hostapi.Engine{gopherlua.New(), starlark.New()}, []*hostapi.Module{store.Module}
	rt, err := understudy.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		over, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		if err := rt.Shutdown(over, 0); err != nil {
			t.Error(err)
		}
	}()
	if d != nil {
		rt.DefineResource("app:store", store.KindMemory, d)
	}
	if err := rt.LoadEntry(core.Entry{ID: "app:main", Resources: []core.Grant{{ID: "app:store"}}}, fstest.MapFS{file: {Data: []byte(script)}}, file); err != nil {
		t.Fatal(err)
	}
	p, err := rt.Start(t.Context(), "app:main")
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v.String()
}

// stuck is a driver whose Get waits until nobody wants it any more.
type stuck struct{ *store.Memory }

func (stuck) Get(ctx context.Context, _ time.Time, _ string) (store.Item, error) {
	<-ctx.Done()
	return store.Item{}, ctx.Err()
}

// 40.2: an operation is over at its timeout; the wait for the turn of the process is part
// of it.
func TestTimeout(t *testing.T) {
	got := run(t, understudy.Options{}, stuck{store.NewMemory(store.MemoryConfig{})}, "main.lua", `
		local store = require("store")
		return function()
			local s = assert(store.get("app:store"))
			local _, own = s:get("k", { timeout = "1ms" })
			coroutine.spawn(function() s:get("k", { timeout = "1h" }) end)
			local _, turn = s:set("k", 1, nil, { timeout = "1ms" })
			return own:kind() .. " " .. own .. ", " .. turn:kind() .. " " .. turn
		end`)
	if got != `"Timeout timed out after 1ms, Timeout timed out after 1ms"` {
		t.Errorf("got %s", got)
	}
}

// 40.14, 40.15: a simulated run sees what is asked as data and answers likewise; there need
// be no store.
func TestStandIn(t *testing.T) {
	var seen []string
	o := understudy.Options{Simulation: core.NewSimulation(1), Outside: func(entry string, op hostapi.Op) core.Handling {
		seen = append(seen, entry+" "+op.Name+" "+op.Resource+" "+op.Timeout.String()+" "+hostapi.ListOf(op.Args...).String())
		entry1 := hostapi.MapOf(
			hostapi.Field("key", hostapi.String("a")), hostapi.Field("value", hostapi.Int(7)),
			hostapi.Field("version", hostapi.String("v")), hostapi.Field("expires", hostapi.Float(1.5)),
		)
		v := hostapi.Bool(true)
		switch op.Name {
		case "store.get":
			return core.Refuse(hostapi.Errorf(hostapi.Unavailable, "not today"))
		case "store.put", "store.entry":
			v = entry1
		case "store.list":
			v = hostapi.MapOf(hostapi.Field("items", hostapi.ListOf(entry1)), hostapi.Field("has_more", hostapi.Bool(true)), hostapi.Field("cursor", hostapi.String("a")))
		case "store.incr":
			v = hostapi.Int(4)
		}
		return core.Answer(time.Second, hostapi.Done{Value: v}, nil)
	}}
	got := run(t, o, store.NewMemory(store.MemoryConfig{}), "main.star", `
store = require("store")

def main():
    s, err = store.get("app:store")
    if err:
        fail(err)
    _, err = s.get("a")
    s.set("a", [1], "1m")
    e, _ = s.put("a", None, if_version = "u", timeout = "2s")
    f, _ = s.entry("a")
    page, _ = s.list(prefix = "a", limit = 3)
    n, _ = s.incr("n", n = 2, ttl = "5s")
    was, _ = s.delete("a", if_version = "v")
    return [err.kind(), e.version, f.expires, page.items[0].value, page.cursor, page.has_more, n, was]
`)
	if want := `["Unavailable", "v", 1.5, 7, "a", true, 4, true]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := []string{
		`app:main store.get app:store 5s ["a"]`,
		`app:main store.set app:store 5s ["a", [1], {ttl: 60000000000}]`,
		`app:main store.put app:store 2s ["a", nil, {if_version: "u"}]`,
		`app:main store.entry app:store 5s ["a"]`,
		`app:main store.list app:store 5s [{prefix: "a", limit: 3}]`,
		`app:main store.incr app:store 5s ["n", 2, {ttl: 5000000000}]`,
		`app:main store.delete app:store 5s ["a", {if_version: "v"}]`,
	}
	if a, b := strings.Join(seen, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("seen\n%s\nwant\n%s", a, b)
	}
}

// 40.7: a page that is too much for the process ends it, while it is read.
func TestWhatIsReadCounts(t *testing.T) {
	d := store.NewMemory(store.MemoryConfig{})
	for _, key := range []string{"a", "b", "c"} {
		put(t, d, start, key, store.Put{Value: hostapi.String(strings.Repeat("x", 1<<20-100))})
	}
	for script, fits := range map[string]bool{`s:get("a")`: true, `s:list()`: false} {
		rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{gopherlua.New()}, Modules: []*hostapi.Module{store.Module}})
		if err != nil {
			t.Fatal(err)
		}
		rt.DefineResource("app:store", store.KindMemory, d)
		e := core.Entry{ID: "app:main", Resources: []core.Grant{{ID: "app:store"}}, Limits: core.Limits{Memory: 5 << 19}}
		file := fstest.MapFS{"main.lua": {Data: []byte(`local s = require("store").get("app:store") return function() assert(` + script + `) end`)}}
		if err := rt.LoadEntry(e, file, "main.lua"); err != nil {
			t.Fatal(err)
		}
		p, err := rt.Start(t.Context(), "app:main")
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Wait(t.Context())
		if fits && err != nil {
			t.Errorf("%s gives %v", script, err)
		} else if !fits {
			fails(t, err, hostapi.LimitExceeded, "memory")
		}
		over, cancel := context.WithTimeout(ctx, time.Minute)
		if err := rt.Shutdown(over, 0); err != nil {
			t.Error(err)
		}
		cancel()
	}
}

// 47.1, 1.9: what Starlark tells apart comes back so from a file.
func TestValuesOfStarlark(t *testing.T) {
	f := open(t, store.FileConfig{Path: filepath.Join(t.TempDir(), "db")})
	defer closes(t, f)
	got := run(t, understudy.Options{}, f, "main.star", `
store = require("store")

def main():
    s, _ = store.get("app:store")
    _, err = s.set("k", {"z": 1.0, "a": 1, 3: None, 2.5: True, False: [None]})
    if err:
        fail(err)
    v, err = s.get("k")
    if err:
        fail(err)
    v["more"] = 1
    again, _ = s.get("k")
    return [repr(again), type(again["z"]), type(again["a"]), repr(v == again)]
`)
	if want := `["{\"z\": 1.0, \"a\": 1, 3: None, 2.5: True, False: [None]}", "float", "int", "False"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// load gives the app of some entries, beside a host, with a data directory.
func load(t *testing.T, data, entries string) (*understudy.App, error) {
	t.Helper()
	rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{gopherlua.New()}, Modules: []*hostapi.Module{store.Module}, Kinds: store.Kinds(), Data: data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		over, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		if err := rt.Shutdown(over, 0); err != nil {
			t.Error(err)
		}
	})
	return rt.LoadApp(fstest.MapFS{"_index.yaml": {Data: []byte("namespace: app\nentries:\n  - { name: host, kind: process.host }\n" + entries)}})
}

// 47.6: what is wrong with an entry is said with its place, before anything is opened.
func TestMistakesInEntries(t *testing.T) {
	for _, row := range []struct{ entry, want string }{
		{"kind: store.file", "file is required"},
		{"kind: store.file, file: ''", "file must not be empty"},
		{"kind: store.file, file: 5", "file must be a string"},
		{"kind: store.file, file: db, sync: no", "sync must be a boolean"},
		{"kind: store.file, file: db, max_value: lots", "max_value must be a size"},
		{"kind: store.file, file: db, max_value: 2GiB", "max_value must be at most 1GiB"},
		{"kind: store.file, file: db, max_size: 1KiB", "max_size must be at least 65536 bytes"},
		{"kind: store.file, file: db, max_size: 1048576GiB", "max_size must be at most 65536GiB"},
		{"kind: store.file, file: db, lifecycle: { auto_start: true }", "lifecycle is an unknown field"},
		{"kind: store.memory, file: db", "file is an unknown field"},
		{"kind: store.files, file: db", "unknown kind"},
	} {
		data := t.TempDir()
		_, err := load(t, data, "  - { name: s, "+row.entry+" }\n")
		if err == nil || !strings.Contains(err.Error(), "_index.yaml:4:") || !strings.Contains(err.Error(), "app:s: ") || !strings.Contains(err.Error(), row.want) {
			t.Errorf("{%s} gives %v, want %q", row.entry, err, row.want)
		}
		if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
			t.Errorf("{%s} leaves %v, %v", row.entry, left, err)
		}
	}
}

// 47.6, 41.6: a file that somebody has open ends the start, by its entry; afterwards it is
// made where the data is.
func TestEntryInUse(t *testing.T) {
	data := t.TempDir()
	a, err := load(t, data, "  - { name: s, kind: store.file, file: db, max_size: 1 MiB }\n")
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, store.FileConfig{Path: filepath.Join(data, "db")})
	err = a.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "_index.yaml:4:") || !strings.Contains(err.Error(), "app:s: ") || !strings.Contains(err.Error(), "in use") {
		t.Errorf("start gives %v", err)
	}
	closes(t, f)
	if err := a.Start(t.Context()); err != nil {
		t.Error(err)
	}
}

// 47.6: two entries cannot have one file.
func TestTwoEntriesOfOneFile(t *testing.T) {
	a, err := load(t, t.TempDir(), "  - { name: s, kind: store.file, file: db }\n  - { name: r, kind: store.file, file: ./db }\n")
	if err == nil {
		err = a.Start(t.Context())
	}
	if err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("it gives %v", err)
	}
}
