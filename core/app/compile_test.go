package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

const engines = `namespace: a
entries:
  - {name: lua, kind: process.lua, source: code}
  - {name: go, kind: process.lua, source: code, engine: golua}
  - {name: star, kind: process.starlark, source: code}
  - {name: any, kind: process.script, source: file://any}
  - {name: own, kind: process.script, source: file://any, engine: starlark}
  - {name: inline, kind: process.script, source: code, engine: golua}
`

// The engine of an entry: its own, the default of its language, or that of the
// command line (14.13).
func TestEngineChoice(t *testing.T) {
	for _, c := range []struct{ override, want string }{
		{"", "gopherlua golua starlark gopherlua starlark golua"},
		{"golua", "golua golua starlark golua golua golua"},
		{"starlark", "gopherlua golua starlark starlark starlark starlark"},
	} {
		o := newWorld().options()
		o.EngineOverride = c.override
		a, diags := load(t, files("a.yaml", engines, "any.lua", "", "any.star", ""), o)
		expect(t, diags)
		var got, sources []string
		for _, p := range a.Processes() {
			got = append(got, p.Engine.Info().Name)
			sources = append(sources, p.Source)
			equal(t, "engine of the program", p.Program.(*fakeProgram).engine.info.Name, p.Engine.Info().Name)
		}
		equal(t, "engines with override "+c.override, strings.Join(got, " "), c.want)
		if c.override == "starlark" {
			equal(t, "sources", strings.Join(sources, " "), "a.yaml a.yaml a.yaml any.star any.star a.yaml")
		}
	}
}

// An engine of the command line that is unknown or serves nothing is an error
// without place: a usage error (14.13).
func TestEngineOverride(t *testing.T) {
	o := newWorld().options()
	o.EngineOverride = "starlark"
	_, diags := load(t, files("a.yaml", "namespace: a\nentries:\n  - {name: x, kind: process.lua, source: code}\n"), o)
	expect(t, diags, `no entry for engine "starlark"`)
	o.EngineOverride = "golau"
	_, diags = load(t, files("a.yaml", "namespace: a\nentries:\n  - {name: x, kind: process.lua, source: code}\n"), o)
	expect(t, diags, `unknown engine "golau" (did you mean "golua"?)`)
}

// Other languages bring their own kinds; without gopherlua the first engine of
// the language serves.
func TestOtherEngines(t *testing.T) {
	o := app.Options{Engines: []hostapi.Engine{newEngine("ficl", "forth", ".fs"), newEngine("golua", "lua", ".lua")}}
	fsys := files("a.yaml", `namespace: a
entries:
  - {name: w, kind: library.forth, source: words}
  - {name: f, kind: process.forth, source: code, imports: {w: w}}
  - {name: l, kind: process.lua, source: code}
  - {name: any, kind: process.script, source: file://any}
`, "any.fs", "")
	a, diags := load(t, fsys, o)
	expect(t, diags)
	var got []string
	for _, p := range a.Processes() {
		got = append(got, p.Engine.Info().Name)
	}
	equal(t, "engines", strings.Join(got, " "), "ficl golua ficl")

	_, diags = load(t, files("a.yaml", `namespace: a
entries:
  - {name: x, kind: process.starlark, source: code}
  - {name: y, kind: library.starlark, source: code}
  - {name: z, kind: library.script, source: file://none}
`), o)
	expect(t, diags,
		`a.yaml:3:21: a:x: unknown engine: none runs process.starlark`,
		`a.yaml:4:21: a:y: unknown engine: none runs library.starlark`,
		`a.yaml:5:45: a:z: no source for engine ficl`)
}

// Each library is compiled once for each engine that needs it, before its
// importers; its program is the same for all of them.
func TestLibrariesPerEngine(t *testing.T) {
	w := newWorld()
	a, diags := load(t, files("a.yaml", `namespace: a
entries:
  - {name: p1, kind: process.lua, source: code, modules: [time], imports: {top: top, base: base}}
  - {name: p2, kind: process.lua, source: code, imports: {again: top}}
  - {name: s, kind: process.starlark, source: code, imports: {top: top}}
  - {name: top, kind: library.script, source: file://top, modules: [log], imports: {b: base}}
  - {name: base, kind: library.script, source: file://base}
  - {name: idle, kind: library.lua, source: code}
  - {name: bare, kind: library.script, source: file://bare}
`, "top.lua", "1", "top.star", "2", "base.lua", "3", "base.star", "4", "bare.star", "5"), w.options())
	expect(t, diags)
	equal(t, "gopherlua", strings.Join(w.gopherlua.compilations(), " "), "a:base a:top a:p1 a:p2 a:idle")
	equal(t, "golua", strings.Join(w.golua.compilations(), " "), "")
	equal(t, "starlark", strings.Join(w.starlark.compilations(), " "), "a:base a:top a:s a:bare")

	source := func(id string) hostapi.Source {
		i := slices.Index(w.gopherlua.compilations(), id)
		return w.gopherlua.compiled[i]
	}
	p1, p2, top := source("a:p1"), source("a:p2"), source("a:top")
	equal(t, "first import", p1.Imports[0].Alias, "top")
	equal(t, "second import", p1.Imports[1].Alias, "base")
	if p1.Imports[0].Program != p2.Imports[0].Program || p1.Imports[1].Program != top.Imports[0].Program {
		t.Error("importers have different programs of one library")
	}
	if lib := lookup[*app.Library](t, a, "a:top"); lib.Programs["gopherlua"] != p1.Imports[0].Program || len(lib.Programs) != 2 {
		t.Errorf("programs of the library: %v", lib.Programs)
	}
	modules := func(s hostapi.Source) string {
		var names []string
		for _, m := range s.Modules {
			names = append(names, m.Name)
		}
		return strings.Join(names, " ")
	}
	equal(t, "modules of the entry", modules(p1), "channel errors process time")
	equal(t, "modules of the library are its own", modules(top), "channel errors log process")
	equal(t, "path", top.Path, "top.lua")
	equal(t, "text", top.Text, "1")
}

// A library that does not compile does not hide the errors of its importers.
func TestErrorsBehindABrokenLibrary(t *testing.T) {
	_, diags := load(t, files("a.yaml", `namespace: a
entries:
  - {name: lib, kind: library.script, source: file://lib}
  - {name: x, kind: process.lua, source: file://x.lua, imports: {l: lib, gone: nothing}}
  - {name: y, kind: process.starlark, source: file://y.star, imports: {l: lib}}
`, "lib.lua", "\n syntax error", "lib.star", "syntax error", "x.lua", "ab syntax error", "y.star", "unknown place"), newWorld().options())
	expect(t, diags,
		`a.yaml:4:80: a:x: unknown import "a:nothing"`,
		`lib.lua:2:2: a:lib: unexpected error`,
		`lib.star:1:1: a:lib: unexpected error`,
		`x.lua:1:4: a:x: unexpected error`,
		`y.star:1:1: a:y: somewhere`)
}

// Errors in code that is written in an index file are reported at their place
// there, where the code stands there line by line (14.6).
func TestPlacesOfInlineCode(t *testing.T) {
	for _, c := range []struct{ name, file, source, want string }{
		{"literal block", "a.yaml", "|\n      one\n\n        two syntax error\n", "a.yaml:8:13: a:x: unexpected error"},
		{"literal block with indicators", "a.yaml", "&code |2- # text\n      one\n\n        two syntax error\n", "a.yaml:8:13: a:x: unexpected error"},
		{"literal block with CRLF", "a.yaml", "|\r\n      one\r\n      syntax error\r\n", "a.yaml:7:7: a:x: unexpected error"},
		{"plain", "a.yaml", "ab syntax error", "a.yaml:5:16: a:x: unexpected error"},
		{"quoted", "a.yaml", `"ab syntax error"`, "a.yaml:5:17: a:x: unexpected error"},
		{"quoted with line breaks", "a.yaml", `"ab\n syntax error"`, "a.yaml:5:13: a:x: line 2 of the code: unexpected error"},
		{"folded", "a.yaml", ">\n      one\n      syntax error\n", "a.yaml:5:13: a:x: line 1 of the code: unexpected error"},
		{"without place", "a.yaml", "unknown place", "a.yaml:5:13: a:x: somewhere"},
		{"JSON", "a.json", `"one\nsyntax error"`, "a.json:1:79: a:x: line 2 of the code: unexpected error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "namespace: a\nentries:\n  - name: x\n    kind: process.lua\n    source: " + c.source
			if strings.HasSuffix(c.file, ".json") {
				text = `{"namespace": "a", "entries": [{"name": "x", "kind": "process.lua", "source": ` + c.source + `}]}`
			}
			_, diags := load(t, files(c.file, text), newWorld().options())
			expect(t, diags, c.want)
		})
	}
}

// Entries with the same code, modules and imports have one program, others have not.
func TestEntriesShareTheirProgram(t *testing.T) {
	a, diags := load(t, files("a.yaml", `namespace: a
entries:
  - {name: one, kind: process.lua, source: "file://x.lua"}
  - {name: two, kind: process.lua, source: "file://x.lua", limits: {memory: 1MiB}}
  - {name: granted, kind: process.lua, source: "file://x.lua", modules: [time]}
  - {name: other, kind: process.lua, source: "file://y.lua"}
  - {name: engine, kind: process.lua, source: "file://x.lua", engine: golua}
  - {name: lib, kind: library.lua, source: "file://y.lua"}
  - {name: imports, kind: process.lua, source: "file://x.lua", imports: {l: lib}}
`, "x.lua", "code", "y.lua", "code"), newWorld().options())
	expect(t, diags)
	programs := map[string]hostapi.Program{}
	for _, p := range a.Processes() {
		programs[p.ID] = p.Program
	}
	if programs["a:one"] != programs["a:two"] {
		t.Error("two entries of one file have two programs")
	}
	for _, id := range []string{"a:granted", "a:other", "a:engine", "a:imports"} {
		if programs[id] == programs["a:one"] {
			t.Errorf("%s has the program of a:one", id)
		}
	}
}
