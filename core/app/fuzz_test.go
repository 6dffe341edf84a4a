package app_test

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/app"
)

// FuzzLoad checks that no index file makes Load panic, whatever is set in it, that an
// app without errors is given, and that every error in a file has a place.
func FuzzLoad(f *testing.F) {
	f.Add(everything, "")
	f.Add(libraries, "")
	f.Add(engines, "")
	f.Add("namespace: a\nentries: &a [*a, {<<: *a, ? [x] : y}]\n--- x", "a:x.input.1.b=[1]")
	f.Add("namespace: a\nentries:\n  - {name: x, kind: process.supervisor, children: [{id: a, supervisor: x}]}", "a:x.input.1.b=[1]")
	f.Add("namespace: a\nentries:\n  - name: x\n    kind: process.lua\n    source: |2-\n\n      code\n    input: [!!binary x, !y z, 0o17, 1_0, +.inf, 1e5]", "a:x.input.1.b=[1]")
	f.Add("namespace: a\nenv: {A: {type: size, secret: true}, B: &b {default: ''}}\nentries:\n  - {name: x, kind: pg.scope, max_groups: \"${A:-7}\", meta: {k: &k \"$${${B}\", l: [*k, *b]}}", "x.meta.l.2=${A}")
	f.Fuzz(func(t *testing.T, text, set string) {
		for _, name := range []string{"_index.yaml", "_index.json"} {
			options := with(map[string]string{"A": "16", "C": ""}, set)
			if set == "" {
				options.Set = nil
			}
			a, diags := app.Load(files(name, text, "src/counter.lua", "1", "src/own.lua", "2", "src/plain.lua", "3", "any.lua", "4", "lib/base.star", "5"), options)
			if (a == nil) != (diags.Err() != nil) {
				t.Fatalf("app %v with diagnostics %v", a, diags)
			}
			for _, d := range diags {
				if d.Message == "" || d.File != "" && d.File != "--set" && (d.Line < 1 || d.Column < 1) {
					t.Fatalf("bad diagnostic %#v", d)
				}
			}
			if a != nil && !app.Compare(a, a).Empty() {
				t.Fatal("an app differs from itself")
			}
		}
	})
}

// FuzzParseArg checks that values survive the way to JSON and back.
func FuzzParseArg(f *testing.F) {
	f.Add(`{"a": [1, 2.5, null, true, "x"], "a": -0}`)
	f.Add(`[1e400]`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := app.ParseArg(text)
		if err != nil {
			return
		}
		once, _ := v.MarshalJSON()
		again, err := app.ParseArg(string(once))
		if err != nil {
			// Integral floats beyond 2^53 are written without fraction (22.6) and
			// read as integers (22.4).
			if strings.Contains(err.Error(), "integer out of range") {
				return
			}
			t.Fatalf("%s: %v", once, err)
		}
		if twice, _ := again.MarshalJSON(); string(once) != string(twice) {
			t.Fatalf("%s became %s", once, twice)
		}
	})
}
