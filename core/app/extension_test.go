package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// drawer is what an entry of the kind test.drawer says.
type drawer struct {
	File, Volume, Schema, Mode string
	Timeout                    time.Duration
	Size                       int64
	Sync                       bool
	Hosts                      []string
	Headers                    map[string]string
	Key                        spec.Secret
}

func (d *drawer) Open(context.Context, spec.Place) (any, error) { return d, nil }

// route is a part of a server.
type route struct {
	Server, Scope, Path string
	Spawn               hostapi.Spawn
}

// kinds are one of each role.
func kinds() []*spec.Kind {
	return []*spec.Kind{
		{
			Name: "test.drawer", Module: "time", Fields: []string{"file", "volume", "schema", "mode", "timeout", "size", "sync", "hosts", "headers", "key"},
			Read: func(f spec.Fields) any {
				d := &drawer{
					File: f.File("file", spec.Database), Schema: f.AppText("schema"), Mode: spec.Choose(f, "mode", "write", "read"),
					Timeout: f.Duration("timeout", time.Millisecond, time.Second), Size: f.Size("size", 1, 1<<20), Sync: f.Switch("sync", true),
					Hosts: f.Texts("hosts"), Key: f.Secret("key"),
				}
				use := spec.WrittenVolume
				if d.Mode == "read" {
					use = spec.ReadVolume
				}
				d.Volume = f.File("volume", use)
				_, d.Headers = f.TextMap("headers")
				f.OneOf("file", "volume")
				return d
			},
		},
		{
			Name: "test.server", Role: spec.BesideThem, Fields: []string{"addr"},
			Read: func(f spec.Fields) any {
				f.Require("addr")
				return f.TextOr("addr", "")
			},
		},
		{
			Name: "test.route", Role: spec.OfAnotherKind, Fields: []string{"server", "path", "process", "host", "group"},
			Read: func(f spec.Fields) any {
				f.Require("server")
				group := f.Map("group", "scope")
				return &route{f.Entry("server", "test.server"), group.Entry("scope", app.KindScope), f.TextOr("path", "/"), f.Spawn("process", "host")}
			},
			Check: func(entries []spec.Checked) {
				first := map[string]string{}
				for _, e := range entries {
					path := e.Says.(*route).Path
					if id := first[path]; id != "" {
						e.Fail("path", "path %s conflicts with %s", path, id)
					}
					first[path] = e.ID
				}
			},
		},
	}
}

func loadExtended(t testing.TB, entries string, more ...string) (*app.App, app.Diagnostics) {
	o := newWorld().options()
	o.Kinds, o.Lookup = kinds(), func(name string) (string, bool) { return "value of " + name, name == "KEY" }
	return load(t, files(append([]string{"_index.yaml", "namespace: a\nentries:\n" + entries}, more...)...), o)
}

func TestExtension(t *testing.T) {
	a, found := loadExtended(t, `
  - {name: h, kind: process.host}
  - {name: g, kind: process.host}
  - {name: s, kind: pg.scope}
  - name: d
    kind: test.drawer
    file: some.db
    schema: schema.sql
    mode: read
    timeout: 2s
    size: 3KiB
    sync: false
    hosts: [x, y]
    headers: {b: c}
    key: {env: KEY}
  - {name: e, kind: test.drawer, volume: files}
  - {name: w, kind: test.server, addr: ":1", lifecycle: {auto_start: true}}
  - {name: r1, kind: test.route, server: w, process: p, host: g}
  - {name: r2, kind: test.route, server: "a:w", path: /two, group: {scope: s}}
  - {name: l, kind: library.lua, source: "file://l.lua", resources: [{id: d, mode: read}]}
  - {name: p, kind: process.lua, source: pass, input: [1], host: h, imports: {l: l}, modules: [time], resources: [{id: d, mode: read}, "a:e"]}
`, "schema.sql", "create", "l.lua", "return")
	if len(found) > 0 {
		t.Fatal(found)
	}
	d := lookup[*app.Extension](t, a, "a:d").Says.(*drawer)
	key, err := d.Key.Value(a.Place(nil))
	if key != "value of KEY" || err != nil {
		t.Errorf("key %q, %v", key, err)
	}
	d.Key = spec.Secret{}
	want := &drawer{File: "some.db", Schema: "create", Mode: "read", Timeout: 2 * time.Second, Size: 3072, Hosts: []string{"x", "y"}, Headers: map[string]string{"b": "c"}}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("%+v, want %+v", d, want)
	}
	if e := lookup[*app.Extension](t, a, "a:e").Says.(*drawer); e.Timeout != time.Second || e.Size != 1<<20 || !e.Sync || e.Mode != "write" || e.Key.Given() {
		t.Errorf("defaults: %+v", e)
	}
	p := lookup[*app.Process](t, a, "a:p")
	if want := []spec.Grant{{ID: "a:d", ReadOnly: true}, {ID: "a:e"}}; !slices.Equal(p.Resources, want) {
		t.Errorf("resources %v, want %v", p.Resources, want)
	}
	r1 := lookup[*app.Extension](t, a, "a:r1").Says.(*route)
	if r1.Server != "a:w" || r1.Spawn.ID != "a:p" || r1.Spawn.Host != "a:g" || len(r1.Spawn.Args) != 1 {
		t.Errorf("route %+v", r1)
	}
	// 48.1: what its routes name runs before a server.
	if got, want := a.Requires("a:w"), []string{"a:g", "a:s"}; !slices.Equal(got, want) {
		t.Errorf("the server requires %v, want %v", got, want)
	}
	if got := a.Place(nil).Entries("test.route"); len(got) != 2 || got[0].ID != "a:r1" || got[1].Says.(*route).Path != "/two" {
		t.Errorf("routes %v", got)
	}
	if got := a.Resources(); len(got) != 2 || got[0].ID != "a:d" {
		t.Errorf("%d resources", len(got))
	}
	if !slices.Contains(a.Files, "schema.sql") {
		t.Errorf("files %q", a.Files)
	}
}

func TestExtensionMistakes(t *testing.T) {
	// The place is where the ^ stands.
	for _, c := range []struct{ entry, want string }{
		{`{name: d, kind: ^test.drawr}`, `a:d: unknown kind "test.drawr" (did you mean "test.drawer"?)`},
		{`{name: d, kind: test.drawer, file: x, ^fil: x}`, `a:d: fil is an unknown field`},
		{`{name: d, kind: test.drawer, file: x, timeout: ^5}`, `a:d: timeout must be a duration with its unit`},
		{`{name: d, kind: test.drawer, file: x, timeout: ^10us}`, `a:d: timeout must be a duration of at least 1ms, not "10us"`},
		{`{name: d, kind: test.drawer, file: x, size: ^big}`, `a:d: size must be a size: bytes, or text such as "16MiB", not "big"`},
		{`{name: d, kind: test.drawer, file: x, size: ^0}`, `a:d: size must be at least 1 bytes`},
		{`{name: d, kind: test.drawer, file: x, sync: ^"no"}`, `a:d: sync must be a boolean, not a string`},
		{`{name: d, kind: test.drawer, file: x, mode: ^rw}`, `a:d: mode must be one of write, read, not "rw"`},
		{`{name: d, kind: test.drawer, file: x, hosts: [a, ^1]}`, `a:d: hosts[2] must be a string, not a number: write it in quotes, "1"`},
		{`{name: d, kind: test.drawer, file: x, headers: {a: ^1}}`, `a:d: headers.a must be a string, not a number`},
		{`{name: d, kind: test.drawer, file: ^""}`, `a:d: file must not be empty`},
		{`^{name: d, kind: test.drawer}`, `a:d: exactly one of file or volume is required`},
		{`{name: d, kind: test.drawer, file: x, schema: ^none.sql}`, `a:d: schema: none.sql: not found`},
		{`{name: d, kind: test.drawer, file: x, schema: ^../x.sql}`, `a:d: schema: ../x.sql: outside the app`},
		{`{name: d, kind: test.drawer, file: x, key: ^long secret}`, `a:d: warning: key: secret in an app file: write {env: NAME} or {file: PATH}`},
		{`{name: d, kind: test.drawer, file: x, key: ^{env: A, file: b}}`, `a:d: key must be {env: NAME} or {file: PATH}`},
		{`{name: d, kind: test.drawer, file: x, key: ^{}}`, `a:d: key must be {env: NAME} or {file: PATH}`},
		{`{name: d, kind: test.drawer, file: x, key: {env: ^1}}`, `a:d: key.env must be a string, not a number`},
		{`{name: d, kind: test.drawer, file: x, key: {^name: KEY}}`, `a:d: key.name is an unknown field`},
		{`{name: d, kind: test.drawer, file: x, key: ^12}`, `a:d: key must be {env: NAME}, {file: PATH} or a string, not a number`},
		{`{name: d, kind: test.drawer, file: x, ^lifecycle: {}}`, `a:d: lifecycle is an unknown field`},
		{`^{name: w, kind: test.server}`, `a:w: addr is required`},
		{`{name: r, kind: test.route, server: ^h}`, `a:r: unknown test.server "a:h": it is a process.host`},
		{`{name: r, kind: test.route, server: ^q}`, `a:r: unknown test.server "a:q"`},
		{`{name: p, kind: process.lua, source: pass, resources: [^q]}`, `a:p: unknown resource "a:q"`},
		{`{name: p, kind: process.lua, source: pass, resources: [^h]}`, `a:p: unknown resource "a:h": it is a process.host`},
		{`{name: p, kind: process.lua, source: pass, resources: ^{q: 1}}`, `a:p: resources must be a list, not a map`},
		{`{name: p, kind: process.lua, source: pass, modules: [time], resources: [{id: o, mode: ^rw}]}`, `a:p: unknown mode "rw": it is read, or left out`},
		{`{name: p, kind: process.lua, source: pass, modules: [time], resources: [o, ^o]}`, `a:p: resources[2]: a:o is listed twice`},
		{`{name: p, kind: process.lua, source: pass, resources: [^{mode: read}]}`, `a:p: resources[1].id is required`},
		{`{name: p, kind: process.lua, source: pass, resources: [^7]}`, `a:p: resources[1] must be a string, not a number`},
	} {
		t.Run(c.entry, func(t *testing.T) {
			line := "  - " + c.entry
			at := strings.Index(line, "^")
			_, found := loadExtended(t, "  - {name: h, kind: process.host}\n  - {name: o, kind: test.drawer, file: o}\n"+strings.Replace(line, "^", "", 1)+"\n")
			expect(t, found, fmt.Sprintf("_index.yaml:5:%d: %s", at+1, c.want))
		})
	}
}

// 41.3, 41.5: libraries say what they need; what is of no use is a warning.
func TestResourcesThatAreNeeded(t *testing.T) {
	const base = `
  - {name: h, kind: process.host}
  - {name: d, kind: test.drawer, file: d}
  - {name: l, kind: library.lua, source: "file://l.lua", resources: [d]}
`
	for _, c := range []struct{ entries, want string }{
		{"  - {name: p, kind: process.lua, source: pass, imports: {l: ^l}, modules: [log]}", "a:p: library a:l needs a:d: list it under resources too"},
		{"  - {name: p, kind: process.lua, source: pass, imports: {l: ^l}, modules: [time], resources: [{id: d, mode: read}]}", "a:p: library a:l needs a:d without mode: read"},
		{"  - {name: m, kind: library.lua, source: \"file://l.lua\", imports: {l: ^l}}", "a:m: library a:l needs a:d: list it under resources too"},
		{"  - {name: p, kind: process.lua, source: pass, modules: [log], resources: [^d]}", "a:p: warning: a:d is of no use without the module time: list it under modules"},
		{"  - {name: p, kind: process.lua, source: pass, modules: [log, ^time]}", "a:p: warning: module time is of no use without a resource of kind test.drawer: list one under resources"},
	} {
		t.Run(c.entries, func(t *testing.T) {
			at := strings.Index(c.entries, "^")
			_, found := loadExtended(t, base+strings.Replace(c.entries, "^", "", 1)+"\n", "l.lua", "return")
			expect(t, found, fmt.Sprintf("_index.yaml:7:%d: %s", at+1, c.want))
		})
	}
	// Through a library that uses the module.
	_, found := loadExtended(t, base+`  - {name: m, kind: library.lua, source: "file://l.lua", modules: [time]}
  - {name: p, kind: process.lua, source: pass, imports: {l: l, m: m}, resources: [d]}
`, "l.lua", "return")
	expect(t, found)

	o := newWorld().options()
	o.Kinds, o.OwnHosts = kinds(), true
	_, found = load(t, files("_index.yaml", "namespace: a\nentries:\n"+base, "l.lua", "return"), o)
	expect(t, found, "_index.yaml:5:5: a:d: warning: no entry lists it under resources, so nobody can use it")
}

func TestExtensionsCheckedTogether(t *testing.T) {
	_, found := loadExtended(t, `
  - {name: h, kind: process.host}
  - {name: w, kind: test.server, addr: ":1"}
  - {name: r1, kind: test.route, server: w, path: /a}
  - {name: r2, kind: test.route, server: w, path: /a}
`)
	expect(t, found, "_index.yaml:7:51: a:r2: path /a conflicts with a:r1")
}

// 41.7: a script must not get at databases and at the app by other means.
func TestVolumes(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"_index.yaml": `namespace: a
entries:
  - {name: h, kind: process.host}
  - {name: whole, kind: test.drawer, volume: .}
  - {name: inner, kind: test.drawer, volume: data/files}
  - {name: read, kind: test.drawer, volume: data, mode: read}
  - {name: base, kind: test.drawer, file: data/files/a.db}
  - {name: linked, kind: test.drawer, file: link/b.db, key: {file: data/key}}
  - {name: other, kind: test.drawer, file: elsewhere.db}
`,
		"data/key":        "secret of some length\n",
		"data/files/note": "",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "data", "files"), filepath.Join(dir, "link")); err != nil {
		t.Skip("no links here: ", err)
	}
	o := newWorld().options()
	o.Kinds = kinds()
	_, found := app.LoadDir(dir, o)
	got := map[string]bool{}
	for _, d := range found {
		got[fmt.Sprintf("%s %t %s", d.Entry, d.Warning, d.Message)] = true
	}
	want := map[string]bool{
		"a:whole false app inside a:whole: scripts could change which code runs with which rights": true,
		"a:base false database inside a:whole":                                                     true,
		"a:base false database inside a:inner":                                                     true,
		"a:base false database inside a:read":                                                      true,
		"a:linked false database inside a:whole":                                                   true,
		"a:linked false database inside a:inner":                                                   true,
		"a:linked false database inside a:read":                                                    true,
		"a:other false database inside a:whole":                                                    true,
		"a:linked true secret inside a:whole":                                                      true,
		"a:linked true secret inside a:read":                                                       true,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}
