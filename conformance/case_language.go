package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// languageCases are those on sources of a language as engines compile and load
// them; its programs are in the directories of the languages.
func languageCases() []Case {
	refused := func(texts map[string]int) func(*Stage) {
		return func(s *Stage) {
			for text, line := range texts {
				_, err := s.troupe[0].compile("app:bad", "src/bad", text)
				var syntax *hostapi.SyntaxError
				if !errors.As(err, &syntax) {
					s.Fail("%q: got %v, want a syntax error", text, err)
				}
				s.True(syntax.Path == "src/bad" && syntax.Line == line && syntax.Message != "",
					"%q: the error is at %s line %d: %q; want src/bad line %d", text, syntax.Path, syntax.Line, syntax.Message, line)
			}
		}
	}
	// load starts a source and gives the error of the spawn.
	load := func(text string) func(s *Stage) (hostapi.Value, error) {
		return func(s *Stage) (hostapi.Value, error) {
			p, err := s.troupe[0].compile("app:source", "src/source", text)
			if err != nil {
				s.Fail("%v", err)
			}
			s.Entry("app:lead.source", core.Entry{Program: p})
			got := s.Actor().Do(Call("process.exec", "app:lead.source", Host, 1))
			if e := got.At(1).Err(); e != nil {
				return hostapi.Value{}, e
			}
			return got.First(), nil
		}
	}
	cases := []Case{
		{
			Name:     "source/lua_syntax_errors",
			Claim:    "What is no Lua of 19.4 is an error of compilation with file and line.",
			Clauses:  "2.7, 19.4",
			Language: "lua",
			Scenario: refused(map[string]int{
				"x = = 1": 1, "local x\nlocal y = 1 // 2": 2, "return 1 & 2": 1, "return 1 << 2": 1, "local x <const> = 1": 1,
				"return ~1": 1, "for i = 1 do end": 1, "x = 'open": 1, "function f( end": 1, "\n\nif true then\nelseif": 4,
			}),
		},
		{
			Name:     "source/starlark_syntax_errors",
			Claim:    "What is no Starlark, or uses an unknown name, is an error of compilation with file and line.",
			Clauses:  "2.7, 19.12",
			Language: "starlark",
			Scenario: refused(map[string]int{
				"def main(:\n    pass": 1, "def main():\n    return unknown": 2, "x = 1\ny = 'open": 2, "def main():\n  import os": 2,
				"class X: pass": 1, "def main():\n    try:\n        pass": 2, "x = f'{1}'": 1, "def f(a, a):\n    pass": 1,
				"load('nothing', 'x')": 1, "x = 1\nload('errors', 'nothing')": 2,
			}),
		},
		{
			Name:     "source/lua_chunk_results",
			Claim:    "A chunk returns a table that holds the method, or a function for any method; anything else has no method.",
			Clauses:  "2.12, 2.6",
			Language: "lua",
			Scenario: func(s *Stage) {
				for text, want := range map[string]any{
					"return { main = function(n) return n + 1 end }": 2, "return function(n) return n + 2 end": 3,
					"return {}": nil, "": nil, "return 5": nil, "return { main = 5 }": nil, "return { Main = function() end }": nil,
				} {
					v, err := load(text)(s)
					if want == nil {
						s.True(err != nil && Fails(hostapi.NotFound, `method "main" not found in module`).Match(hostapi.ErrorOf(hostapi.AsError(err))),
							"%q: got %v, %v, want that the method is missing", text, v, err)
					} else {
						s.True(err == nil && matches(v, want), "%q: got %v, %v, want %v", text, v, err, want)
					}
				}
			},
		},
		{
			Name:     "source/starlark_methods",
			Claim:    "The method is the global function; a missing or not callable one is NOT_FOUND, a keyword-only parameter without default INVALID.",
			Clauses:  "2.12, 2.14, 2.6",
			Language: "starlark",
			Scenario: func(s *Stage) {
				for text, want := range map[string]any{
					"def main(n):\n    return n + 1":                          2,
					"main = lambda n: n + 2":                                  3,
					"def main():\n    return 4":                               4,
					"def main(n, m = 5, *rest, k = 6):\n    return [n, m, k]": []any{1, 5, 6},
					"def start():\n    pass":                                  Fails(hostapi.NotFound, `method "main" not found in module`),
					"main = 5":                                                Fails(hostapi.NotFound, `method "main" not found in module`),
					"def main(*, k):\n    pass":                               Fails(hostapi.Invalid, "keyword-only parameter"),
				} {
					v, err := load(text)(s)
					if err != nil {
						v = hostapi.ErrorOf(hostapi.AsError(err))
					}
					s.True(matches(v, want), "%q: got %s, want %s", text, show(v), describeWanted([]any{want}))
				}
			},
		},
		{
			Name:    "source/first_line",
			Claim:   "A byte order mark and a first line that begins with #! are passed over, and lines keep their numbers.",
			Clauses: "14.18",
			Scenario: func(s *Stage) {
				text := "return function(n)\n    if n == 2 then error('here') end return n\nend"
				if s.Language() == "starlark" {
					text = "def main(n):\n    return error('here') if n == 2 else n\n"
				} else if s.Language() != "lua" {
					return
				}
				for before, line := range map[string]string{
					"": "2", "\uFEFF": "2", "#!/usr/bin/env understudy\n": "3", "\uFEFF#! x\r\n": "3", "\n\n#!\n": "5",
				} {
					v, err := load(before + text)(s)
					s.True(err == nil && matches(v, 1), "%q: got %v, %v, want 1", before, v, err)
					_, err = load(before + strings.Replace(text, "n == 2", "n == 1", 1))(s)
					e := hostapi.AsError(err)
					s.True(e != nil && strings.Contains(e.Stack, "src/source:"+line), "%q: got %v, want an error in src/source:%s", before, err, line)
				}
			},
		},
		{
			Name:    "source/positions",
			Claim:   "The stack of an error names file and line of the source.",
			Clauses: "2.18, 11.8, 19.10",
			Scenario: func(s *Stage) {
				text := "\n\nreturn function()\n    error('here')\nend"
				if s.Language() == "starlark" {
					text = "\n\ndef main():\n    error('here')\n"
				} else if s.Language() != "lua" {
					return // an engine of another language shows this in its own tests
				}
				_, err := load(text)(s)
				e := hostapi.AsError(err)
				s.True(e != nil && e.Message == "here", "got %v, want the error here", err)
				s.True(strings.Contains(e.Stack, "src/source:4"), "the stack does not name src/source:4:\n%s", e.Stack)
			},
		},
		{
			Name:    "source/coverage",
			Claim:   "An engine that tells which statements were executed tells it of those that a process has begun, in the order of the text, and of no other.",
			Clauses: "60.13",
			Scenario: func(s *Stage) {
				coverer, able := s.troupe[0].engine.Engine.(hostapi.Coverer)
				if !able {
					return // which the test command tells
				}
				puppet, err := s.troupe[0].engine.puppet()
				s.True(err == nil, "%v", err)
				text, want := puppet, []string(nil)
				switch s.Language() {
				case "lua":
					text = "local a = 1\nreturn function()\n  if a == 1 then\n    a = 5\n  else\n    a = 2\n  end\n  error(a)\n  a = 3\nend"
					want = []string{"1 true", "2 true", "3 true", "4 true", "6 false", "8 true", "9 false"}
				case "starlark":
					text = "def main(n = None):\n    'doc'\n    a = 1\n    if a == 1:\n        a = 5\n    else:\n        a = 2\n    error('5')\n    a = 3\n"
					want = []string{"1 true", "3 true", "4 true", "5 true", "7 false", "8 true", "9 false"}
				}
				p, coverage, err := coverer.CompileCovered(hostapi.Source{ID: "app:covered", Path: "src/covered", Text: text, Modules: s.troupe[0].modules})
				if err != nil {
					s.Fail("%v", err)
				}
				line := 1
				for i := range coverage.Len() {
					at, executed := coverage.Statement(i)
					s.True(!executed && at >= line && at <= 1+strings.Count(text, "\n"), "statement %d: line %d, executed: %t, before there was a process", i, at, executed)
					line = at
				}
				s.Entry("app:lead.covered", core.Entry{Program: p})
				r := s.End(s.Start("app:lead.covered", Code{}).PID)
				if want == nil {
					executed := 0
					for i := range coverage.Len() {
						if _, did := coverage.Statement(i); did {
							executed++
						}
					}
					s.True(r.Err == nil && executed > 0 && executed < coverage.Len(), "%d of %d statements executed, %s", executed, coverage.Len(), describe(r))
					return
				}
				var got []string
				for i := range coverage.Len() {
					line, executed := coverage.Statement(i)
					got = append(got, fmt.Sprintf("%d %t", line, executed))
				}
				s.True(slices.Equal(got, want), "got %v, want %v; %s", got, want, describe(r))
			},
		},
	}
	for i := range cases {
		cases[i].Solo, cases[i].Schedules = true, 2
	}
	return cases
}
