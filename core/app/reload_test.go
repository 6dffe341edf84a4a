package app_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/app"
)

// What a new version of an app changes (13.14 to 13.17).
func TestCompare(t *testing.T) {
	const index = `namespace: a
meta: {owner: x}
entries:
  - {name: h, kind: process.host}
  - name: p
    kind: process.lua
    source: file://p.lua
    imports: {l: l}
  - {name: q, kind: process.lua, source: code}
  - {name: l, kind: library.script, source: file://l, imports: {base: base}}
  - {name: base, kind: library.lua, source: file://base.lua}
  - {name: s, kind: process.service, process: p}
`
	first := []string{"a.yaml", index, "p.lua", "1", "l.lua", "1", "l.star", "1", "base.lua", "1", "copy.lua", "1"}
	for _, c := range []struct {
		name     string
		change   []string // files
		from, to string   // replaced in the index
		want     app.Changes
		outdates string // of a:p
	}{
		{name: "nothing"},
		{name: "comments, order of files and layout", from: "  - {name: h, kind: process.host}\n", to: "  # text\n  - name: \"h\"\n    kind: process.host # more\n"},
		{name: "a file that is not used", change: []string{"l.star", "2"}},
		{name: "source of a process", change: []string{"p.lua", "2"}, want: app.Changes{Replaced: []string{"a:p"}}, outdates: "a:p"},
		{name: "source of libraries", change: []string{"base.lua", "2", "l.lua", "2"}, want: app.Changes{Replaced: []string{"a:base", "a:l"}}, outdates: "a:base a:l"},
		{name: "code in the index", from: "source: code", to: "source: other", want: app.Changes{Replaced: []string{"a:q"}}},
		{name: "another file with the same text", from: "p.lua", to: "copy.lua", want: app.Changes{Replaced: []string{"a:p"}}, outdates: "a:p"},
		{name: "a field of a process", from: "    source: file://p.lua", to: "    method: run\n    source: file://p.lua", want: app.Changes{Replaced: []string{"a:p"}}, outdates: "a:p"},
		{name: "new process", from: "  - {name: s", to: "  - {name: n, kind: process.lua, source: new}\n  - {name: s", want: app.Changes{Replaced: []string{"a:n"}}},
		{name: "removed process", from: "  - {name: q, kind: process.lua, source: code}\n", to: "", want: app.Changes{Removed: []string{"a:q"}}},
		{name: "service", from: "process: p}", to: "process: q}", want: app.Changes{NeedRun: []string{"a:s"}}},
		{name: "new and removed hosts", from: "{name: h,", to: "{name: h2,", want: app.Changes{NeedRun: []string{"a:h", "a:h2"}}},
		{name: "another kind", from: "{name: q, kind: process.lua,", to: "{name: q, kind: library.lua,", want: app.Changes{NeedRun: []string{"a:q"}}},
		{name: "meta of the file", from: "owner: x", to: "owner: y", want: app.Changes{Replaced: []string{"a:base", "a:l", "a:p", "a:q"}, NeedRun: []string{"a:h", "a:s"}}, outdates: "a:base a:l a:p"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := files(first...)
			after := maps.Clone(before)
			maps.Copy(after, files(c.change...))
			after["a.yaml"] = files("a.yaml", strings.Replace(index, c.from, c.to, 1))["a.yaml"]
			a, b := mustLoad(t, before), mustLoad(t, after)
			got := app.Compare(a, b)
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			equal(t, "empty", got.Empty(), reflect.DeepEqual(c.want, app.Changes{}))
			p := lookup[*app.Process](t, b, "a:p")
			equal(t, "outdates", strings.Join(p.Outdates(got.Replaced), " "), c.outdates)
			equal(t, "length of a hash in logs", len(p.Hash.String()), 12)
		})
	}
}
