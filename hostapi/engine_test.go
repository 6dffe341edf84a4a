package hostapi_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// library is a compiled library.
type library struct{ hostapi.Program }

func TestRequire(t *testing.T) {
	module, lib := &hostapi.Module{Name: "time"}, &library{}
	source := &hostapi.Source{
		ID: "app:main", Modules: []*hostapi.Module{{Name: "process"}, module},
		Imports: []hostapi.Import{{Alias: "lib", Program: lib}, {Alias: "other", Program: &library{}}},
	}
	if m, p, err := source.Require("time"); m != module || p != nil || err != nil {
		t.Errorf("module: %v, %v, %v", m, p, err)
	}
	if m, p, err := source.Require("lib"); m != nil || p != hostapi.Program(lib) || err != nil {
		t.Errorf("library: %v, %v, %v", m, p, err)
	}
	for _, name := range []string{"pg", "", "app:lib"} {
		m, p, err := source.Require(name)
		if m != nil || p != nil || !errors.Is(err, hostapi.NotFound) || !strings.Contains(err.Error(), "module '"+name+"' not found") {
			t.Errorf("%q: %v, %v, %v", name, m, p, err)
		}
	}
}

func TestCodeOfASource(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"return 1":                 "return 1",
		"\uFEFFreturn 1":           "return 1",
		"#!/usr/bin/env x\nreturn": "\nreturn",
		"#! x\r\nreturn":           "\r\nreturn",
		"#!x":                      "",
		"\uFEFF#!x\n#!y\nreturn":   "\n#!y\nreturn",
		"\n\n#!x\nreturn":          "\n\n\nreturn",
		" #!x\n":                   " #!x\n",
		"# x\n":                    "# x\n",
		"return '\uFEFF#!'\n#!\n":  "return '\uFEFF#!'\n#!\n",
		"\uFEFF\uFEFFreturn":       "\uFEFFreturn",
	} {
		if got := (&hostapi.Source{Text: text}).Code(); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
