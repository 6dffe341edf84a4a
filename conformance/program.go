package conformance

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// programFiles are the programs for what lives in a language itself. Each file
// holds several cases, each of which begins with comment lines
//
//	case: lua/several_results
//	claim: A function gives several results.
//	clauses: 0.5
//	prints: what the program prints, a line each; optional
//
// and goes on with a program that fails if the claim does not hold. It may
// require "checks", the library in the file of that name.
//
//go:embed lua starlark
var programFiles embed.FS

// dialect is how programs of a language are written.
type dialect struct {
	language, extension, comment string
	// begin and end go around a Lua case, whose body is that of main.
	begin, end string
}

var dialects = [...]dialect{
	{"lua", ".lua", "-- ", `local check = require("checks") return function(...) `, "\nend"},
	{"starlark", ".star", "# ", "", ""},
}

// programCases gives the cases of all program files.
func programCases() []Case {
	var out []Case
	for _, d := range dialects {
		files, err := fs.Glob(programFiles, d.language+"/*"+d.extension)
		if err != nil {
			panic(err)
		}
		for _, file := range files {
			if base := strings.TrimSuffix(path.Base(file), d.extension); base != "puppet" && base != "checks" {
				out = append(out, d.cases(file)...)
			}
		}
	}
	return out
}

func source(file string) string {
	text, err := programFiles.ReadFile(file)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

// cases reads the cases of a file.
func (d dialect) cases(file string) []Case {
	var out []Case
	var body []string
	var prints []string
	var c Case
	start := 0
	finish := func() {
		if c.Name == "" {
			return
		}
		// The lines of the case keep their numbers.
		text := strings.Repeat("\n", start) + d.begin + strings.Join(body, "\n") + d.end
		want := prints
		c.Scenario = func(s *Stage) { playProgram(s, d, file, text, want) }
		c.Language, c.Solo = d.language, true
		out = append(out, c)
	}
	for i, line := range strings.Split(source(file), "\n") {
		key, value, _ := strings.Cut(strings.TrimPrefix(line, d.comment), ": ")
		if strings.HasPrefix(line, d.comment) {
			switch key {
			case "case":
				finish()
				c, body, prints = Case{Name: value, Schedules: 5}, nil, nil
				start = i + 1
				continue
			case "claim":
				c.Claim = value
				start = i + 1
				continue
			case "clauses":
				c.Clauses = value
				start = i + 1
				continue
			case "prints":
				prints = append(prints, value)
				start = i + 1
				continue
			}
		}
		body = append(body, line)
	}
	finish()
	return out
}

// playProgram runs a program to its end and checks what it printed.
func playProgram(s *Stage, d dialect, file, text string, prints []string) {
	t := s.troupe[0]
	library, err := t.compile("app:checks", d.language+"/checks"+d.extension, source(d.language+"/checks"+d.extension))
	if err != nil {
		s.Fail("the library checks does not compile: %v", err)
	}
	program, err := t.compile("app:program", file, text, hostapi.Import{Alias: "checks", Program: library})
	if err != nil {
		s.Fail("%v", err)
	}
	s.Entry("app:lead.program", core.Entry{Program: program})
	r := s.End(s.Start("app:lead.program", Code{}).PID)
	if r.Err != nil {
		s.Fail("%s\n%s", r.Err, r.Err.Stack)
	}
	if got := strings.Join(s.Lines(), "\n"); prints != nil && got != strings.Join(prints, "\n") {
		s.Fail("printed\n%s\nwant\n%s", got, strings.Join(prints, "\n"))
	}
}

// compile compiles a program with all modules, once for each text.
func (t *troupe) compile(id, file, text string, imports ...hostapi.Import) (hostapi.Program, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := file + "\n" + text
	if p, ok := t.programs[key]; ok {
		return p, nil
	}
	p, err := t.engine.Compile(hostapi.Source{ID: id, Path: file, Text: text, Modules: t.modules, Imports: imports})
	if err != nil {
		return nil, fmt.Errorf("%s does not compile: %w", file, err)
	}
	t.programs[key] = p
	return p, nil
}
