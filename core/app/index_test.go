package app_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/understudy-run/understudy/core/app"
)

// Rules for index files: 14.1, 14.2, and the bounds that protect the loader.
func TestIndexFiles(t *testing.T) {
	const sound = "namespace: a\nentries: []\n"
	deep := strings.Repeat("[", 2000) + strings.Repeat("]", 2000)
	bomb := "x0: &x0 [1,1,1,1,1,1,1,1,1,1]\n"
	for i := range 8 {
		name := "x" + string(rune('0'+i))
		next := "x" + string(rune('1'+i))
		bomb += next + ": &" + next + " [" + strings.Repeat("*"+name+",", 10) + "]\n"
	}
	for _, c := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"no index file", []string{"a.yaml", "x: 1", "b.txt", sound, ".c/d.yaml", sound}, []string{"no index file"}},
		{"entries without namespace", []string{"a.yaml", "entries: []"}, []string{"a.yaml:1:1: namespace is required"}},
		{"namespace without entries", []string{"a.yaml", "namespace: a"}, []string{"a.yaml:1:1: entries is required"}},
		{"bad namespace", []string{"a.yaml", "namespace: a:b\nentries: []", "b.yaml", "namespace: ''\nentries: []", "c.yaml", "namespace: 1\nentries: []"},
			[]string{`a.yaml:1:12: invalid namespace "a:b"`, `b.yaml:1:12: invalid namespace ""`, `c.yaml:1:12: namespace must be a string, not a number`}},
		{"versions", []string{"a.yaml", "version: 1.0\n" + sound, "b.yaml", "version: '1.1'\n" + sound},
			[]string{`a.yaml:1:10: version must be a string, not a number: write "1.0", in quotes`, `b.yaml:1:10: unsupported version "1.1"`}},
		{"fields of another type", []string{"a.yaml", "namespace: a\nentries: {}\nmeta: []", "b.yaml", "namespace: b\nentries:"},
			[]string{`a.yaml:2:10: entries must be a list, not a map`, `a.yaml:3:7: meta must be a map, not a list`, `b.yaml:2:9: entries must be a list, not null`}},
		{"duplicate keys at the top", []string{"a.yaml", sound + "namespace: b\nmeta: {a: 1, a: 2}"},
			[]string{`a.yaml:3:1: duplicate key "namespace"`, `a.yaml:4:14: duplicate key "a"`}},
		{"files that cannot be parsed", []string{"a.yaml", sound, "b.yaml", "a: [1\nb", "c.json", "{\n  \"a\": }", "d/_index.yaml", "a: [1\nb", "d/_index.json", "{\n  \"a\": }", "d/_index.yml", "\"a"},
			[]string{"b.yaml:2:1: warning: file ignored: cannot parse:", "c.json:2:8: warning: file ignored: cannot parse: invalid character '}'",
				"d/_index.json:2:8: cannot parse: invalid character '}'", "d/_index.yaml:2:1: cannot parse: did not find expected", "d/_index.yml:1:1: cannot parse: "}},
		{"wrong indentation", []string{"_index.yaml", "namespace: a\nentries:\n  - name: x\n    kind: pg.scope\n  - name: y\n  kind: pg.scope\n  - name: z\n",
			"_index.yml", "namespace: a\nentries:\n  - name: x\n\tkind: pg.scope\n", "b/_index.yaml", "namespace: a\nmeta:\n  a: 1\n   b: 2\n c: 3\nentries: []"},
			[]string{"_index.yaml:6:1: cannot parse: did not find expected '-' indicator: check the indentation", "_index.yml:4:1: cannot parse: found a tab character that violates indentation: check",
				"b/_index.yaml:4:1: cannot parse: mapping values are not allowed in this context: a space is missing after a colon, or"}},
		{"more than one document", []string{"a.yaml", sound, "b.yaml", "x: 1\n---\ny: 1\n", "_index.yaml", sound + "---\n" + sound, "_index.yml", sound + "---\n[", "z.yml", "--- x\n--- ["},
			[]string{"_index.yaml:3:1: cannot parse: more than one document", "_index.yml:4:1: cannot parse: ", "z.yml:2:1: warning: "}},
		{"_index without content", []string{"a.yaml", sound, "x/_index.yaml", "", "y/_index.yaml", "x: 1"},
			[]string{"x/_index.yaml:1:1: warning: file ignored: neither", "y/_index.yaml:1:1: warning: file ignored: neither"}},
		{"JSON with positions", []string{"a.json", "\ufeff{\"namespace\": \"a\",\r\n\t\"entries\": [\n\t\t{\"näme\": 1, \"name\": \"x\", \"kind\": \"pg.scope\", \"name\": \"y\", \"max_groups\": 1.5,\n \"max_members_per_group\": null}]}"},
			[]string{`a.json:3:4: a:x: näme is an unknown field (did you mean "name"?)`, `a.json:3:48: a:x: duplicate key "name"`, `a.json:3:75: a:x: max_groups must be an integer`, `a.json:4:27: a:x: max_members_per_group must be an integer, not null`}},
		{"JSON that is not UTF-8", []string{"_index.json", "{\"a\": \"\xff\"}"}, []string{"_index.json:1:1: cannot parse: not UTF-8"}},
		{"nested too deep", []string{"_index.yaml", "namespace: a\nentries: " + deep, "_index.json", deep, "_index.yml", "namespace: a\nentries: &a [*a]"},
			[]string{"_index.json:1:1002: nested too deep: more than 1000 levels", "_index.yaml:2:1010: nested too deep", "_index.yml:2:10: nested too deep"}},
		{"aliases that multiply", []string{"_index.yaml", bomb}, []string{"_index.yaml:1:12: too many values: more than 1048576"}},
		{"unknown alias", []string{"_index.yaml", "namespace: *a"}, []string{"_index.yaml:1:1: cannot parse: unknown anchor 'a'"}},
		{"very large files", []string{"a.yaml", sound, "b.json", strings.Repeat(" ", 5<<20), "_index.yaml", sound + strings.Repeat("\n", 5<<20)},
			[]string{"_index.yaml:1:1: cannot be read: too large: more than 4194304 bytes", "b.json:1:1: warning: file ignored: cannot be read: too large"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, diags := load(t, files(c.files...), newWorld().options())
			expect(t, diags, c.want...)
		})
	}
}

// Several files may share a namespace, and refer to each other with and
// without it (14.3, 14.4). Aliases of YAML stand for what they name.
func TestNamespaces(t *testing.T) {
	a := mustLoad(t, files(
		"a.yaml", "namespace: a\nentries:\n  - {name: &p p, kind: process.lua, source: code, input: &in [1]}\n  - {name: q, kind: process.lua, source: code, input: *in, method: *p}\n",
		"b/c.yaml", "namespace: a\nentries:\n  - {name: s, kind: process.service, process: p}\n  - {name: h-1_ü.9, kind: process.host}\n",
		"d.yaml", "namespace: d\nentries:\n  - {name: s, kind: process.service, process: \"a:p\"}\n",
	))
	equal(t, "same namespace", lookup[*app.Service](t, a, "a:s").Process, "a:p")
	equal(t, "other namespace", lookup[*app.Service](t, a, "d:s").Process, "a:p")
	equal(t, "alias", lookup[*app.Process](t, a, "a:q").Method, "p")
	equal(t, "values behind an alias", lookup[*app.Process](t, a, "a:q").Input[0].Int(), 1)
}

func TestHasIndex(t *testing.T) {
	if app.HasIndex(files("a.yaml", "x: 1", "b.json", "{")) {
		t.Error("without index file")
	}
	if !app.HasIndex(files("a.yaml", "x: 1", "c/d.json", `{"entries": 1}`)) {
		t.Error("with index file")
	}
	if !app.HasIndex(files("c/_index.yaml", "entries: [")) {
		t.Error("with a broken index file")
	}
}

// brokenFS fails in ways that a MapFS does not.
type brokenFS struct{ files fstest.MapFS }

func (b brokenFS) Open(name string) (fs.File, error) {
	if strings.Contains(name, "broken") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("disk on fire")}
	}
	return b.files.Open(name)
}

func TestUnreadableFiles(t *testing.T) {
	fsys := brokenFS{files("a.yaml", "namespace: a\nentries:\n  - {name: x, kind: process.lua, source: file://broken.lua}\n", "broken/a.yaml", "", "broken.yaml", "x: 1")}
	fsys.files["pipe.yaml"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
	_, diags := load(t, fsys, newWorld().options())
	expect(t, diags,
		"a.yaml:3:42: a:x: source not found: broken.lua: disk on fire",
		"broken:1:1: cannot be read: open broken: disk on fire",
		"broken.yaml:1:1: warning: file ignored: cannot be read: disk on fire",
		"pipe.yaml:1:1: warning: file ignored: cannot be read: it is no regular file",
	)
}

// Links inside the app are followed, links out of it are not (14.17).
func TestLoadDir(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	write(filepath.Join(outside, "secret.lua"), "secret")
	write(filepath.Join(outside, "_index.yaml"), "namespace: out\nentries: []\n")
	write(filepath.Join(dir, "in.lua"), "code")
	write(filepath.Join(dir, "app.yaml"), `namespace: a
entries:
  - {name: x, kind: process.lua, source: file://link.lua}
`)
	link("in.lua", "link.lua")
	a, diags := app.LoadDir(dir, newWorld().options())
	expect(t, diags)
	equal(t, "source", lookup[*app.Process](t, a, "a:x").Source, "link.lua")

	link(filepath.Join(outside, "secret.lua"), "secret.lua")
	link(filepath.Join(outside, "_index.yaml"), "_index.yaml")
	link(outside, "folder")
	write(filepath.Join(dir, "app.yaml"), `namespace: a
entries:
  - {name: x, kind: process.lua, source: file://secret.lua}
  - {name: y, kind: process.script, source: file://secret}
  - {name: z, kind: process.lua, source: file://folder/secret.lua}
`)
	_, diags = app.LoadDir(dir, newWorld().options())
	expect(t, diags,
		"_index.yaml:1:1: cannot be read: source outside the app",
		"app.yaml:3:42: a:x: source outside the app: secret.lua",
		"app.yaml:4:45: a:y: source outside the app: secret.lua",
		"app.yaml:5:42: a:z: source outside the app: folder/secret.lua",
	)

	_, diags = app.LoadDir(filepath.Join(dir, "none"), newWorld().options())
	expect(t, diags, "app directory "+filepath.Join(dir, "none")+": no such file or directory")
}

func TestDiagnostics(t *testing.T) {
	d := app.Diagnostics{
		{Position: app.Position{File: "a", Line: 1, Column: 2}, Entry: "a:x", Message: "wrong"},
		{Position: app.Position{File: "a", Line: 3, Column: 4}, Message: "odd", Warning: true},
		{Message: "usage"},
	}
	equal(t, "text", d.Error(), "a:1:2: a:x: wrong\na:3:4: warning: odd\nusage")
	equal(t, "errors", d.Err().Error(), "a:1:2: a:x: wrong\nusage")
	equal(t, "warnings", d.Warnings().Error(), "a:3:4: warning: odd")
	if d.Warnings().Err() != nil {
		t.Error("warnings are an error")
	}
}
