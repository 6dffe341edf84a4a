package env_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world/env"
)

// output is what was printed or logged, from any goroutine.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// run loads and runs an app until its only process has ended, and gives what it printed,
// what was logged, and what went wrong before it started.
func run(t *testing.T, system map[string]string, dir, entries, script string) (printed, logged string, err error) {
	t.Helper()
	var out, log output
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()}, Modules: append(modules.Standard(), env.Module), Kinds: []*spec.Kind{env.Entries},
		Data: dir, Output: &out, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Lookup: func(name string) (string, bool) {
			v, ok := system[name]
			return v, ok
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := rt.LoadApp(fstest.MapFS{
		"_index.yaml": {Data: []byte("namespace: app\nentries:\n  - {name: host, kind: process.host}\n" + entries)},
		"main.lua":    {Data: []byte("local env, log = require('env'), require('log') return function() " + script + " end")},
	})
	if err == nil {
		if err = a.Start(t.Context()); err == nil {
			err = a.Wait(t.Context())
		}
	}
	over, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := rt.Shutdown(over, 0); err != nil {
		t.Error(err)
	}
	return out.String(), log.String(), err
}

const process = "\n  - {name: main, kind: process.lua, source: file://main.lua, modules: [env, log], resources: [e, late], lifecycle: {auto_start: true, restart: {max_attempts: 1}}}\n"

// 45.1: values come from the system, then from the file, then from default; they are read
// once; secrets are not shown in what is logged.
func TestValues(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("B='from file'\nC='from file'\nUNLISTED=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	system := map[string]string{"A": "from system", "C": "from system", "OTHER": "renamed", "TOKEN": "a secret token", "HIDDEN": "x", "EMPTY": ""}
	printed, logged, err := run(t, system, dir, `
  - name: e
    kind: env
    file: .env
    variables: { A: null, B: { required: true }, C: {}, D: { default: fallback }, E: { from: OTHER }, TOKEN: { secret: true }, EMPTY: { default: unused }, NONE: null }
  - { name: late, kind: env, variables: { A: { default: never }, F: { default: last } } }`+process, `
		local names = { "A", "B", "C", "D", "E", "F", "EMPTY", "NONE", "HIDDEN", "UNLISTED", "OTHER" }
		local texts = {}
		for i, name in ipairs(names) do
			local v, err = env.get(name)
			texts[i] = name .. "=" .. (v or tostring(err))
		end
		print(table.concat(texts, "; "))
		local n = 0
		for name, value in pairs(env.get_all()) do
			n = n + 1
			assert(env.get(name) == value)
		end
		print(n)
		log.info("the token is " .. env.get("TOKEN"))
		log.info("logged", { with = "failed with " .. env.get("TOKEN") })`)
	if err != nil {
		t.Fatal(err)
	}
	want := "A=from system; B=from file; C=from system; D=fallback; E=renamed; F=last; EMPTY=; " +
		"NONE=variable not found: NONE; HIDDEN=variable not found: HIDDEN; UNLISTED=variable not found: UNLISTED; OTHER=variable not found: OTHER\n8\n"
	if printed != want {
		t.Errorf("printed is\n%s\nwant\n%s", printed, want)
	}
	if strings.Contains(logged, "secret token") || !strings.Contains(logged, "the token is ***") || !strings.Contains(logged, "failed with ***") {
		t.Errorf("logged is %s", logged)
	}
}

// 45.1, 50.1: what is wrong is said before anything starts.
func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bad"), []byte("A=1\nnot a secret line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for entry, want := range map[string]string{
		`{name: e, kind: env}`:                                                           "variables is required",
		`{name: e, kind: env, variables: [A]}`:                                           "variables must be a map",
		`{name: e, kind: env, variables: {A: text}}`:                                     "variables.A must be a map",
		`{name: e, kind: env, variables: {A: {form: B}}}`:                                "form is an unknown field",
		`{name: e, kind: env, variables: {A: {from: "B C"}}}`:                            "variables.A.from is no name of a variable",
		`{name: e, kind: env, variables: {A: {default: 5}}}`:                             "variables.A.default must be a string",
		`{name: e, kind: env, variables: {A: {default: x, required: true}}}`:             "has no meaning with required",
		`{name: e, kind: env, variables: {A: {required: true}, B: {required: true}}}`:    "variable not set: A, B",
		`{name: e, kind: env, variables: {A: {required: true, from: C, secret: false}}}`: "variable not set: C",
		`{name: e, kind: env, variables: {A: null}, file: none}`:                         "none: not found",
		`{name: e, kind: env, variables: {A: null}, file: bad}`:                          "bad: line 2: write NAME=value",
		`{name: e, kind: env, variables: {A: null}, file: "."}`:                          "not a regular file",
	} {
		printed, _, err := run(t, nil, dir, "  - "+entry+"\n  - {name: late, kind: env, variables: {}}"+process, `print("started")`)
		if err == nil || !strings.Contains(err.Error(), want) || printed != "" || strings.Contains(err.Error(), "secret line") {
			t.Errorf("%s gives %v, printed %q, want %s", entry, err, printed, want)
		}
	}
}
