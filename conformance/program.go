package conformance

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
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
//	memory: the memory limit of its process in bytes; optional
//	coroutines: its max_coroutines; optional
//	schedules: how many schedules are worth the time; optional
//	fails: the kind and a part of the message it fails with; optional
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

// program is one case of a file.
type program struct {
	dialect dialect
	file    string
	text    string
	prints  []string
	limits  core.Limits
	fails   string
}

// cases reads the cases of a file.
func (d dialect) cases(file string) []Case {
	var out []Case
	var c Case
	var p program
	var body []string
	start := 0 // of the body, in lines
	finish := func() {
		if c.Name == "" {
			return
		}
		// The lines of the case keep their numbers.
		p.text = strings.Repeat("\n", start) + d.begin + strings.Join(body, "\n") + d.end
		c.Language, c.Solo, c.Scenario = d.language, true, p.play
		out = append(out, c)
	}
	for i, line := range strings.Split(source(file), "\n") {
		header, isComment := strings.CutPrefix(line, d.comment)
		key, value, _ := strings.Cut(header, ": ")
		if !isComment {
			key = ""
		}
		switch key {
		case "case":
			finish()
			c, p, body = Case{Name: value, Schedules: 5}, program{dialect: d, file: file}, nil
		case "claim":
			c.Claim = value
		case "clauses":
			c.Clauses = value
		case "prints":
			p.prints = append(p.prints, value)
		case "memory", "coroutines", "schedules":
			n, err := strconv.Atoi(value)
			if err != nil {
				panic(file + ": " + err.Error())
			}
			switch key {
			case "memory":
				p.limits.Memory = int64(n)
			case "coroutines":
				p.limits.MaxCoroutines = n
			default:
				c.Schedules = n
			}
		case "fails":
			p.fails = value
		default:
			body = append(body, line)
			continue
		}
		start = i + 1
	}
	finish()
	return out
}

// play runs the program to its end and checks how it ended and what it printed.
func (p program) play(s *Stage) {
	t := s.troupe[0]
	checks := p.dialect.language + "/checks" + p.dialect.extension
	library, err := t.compile("app:checks", checks, source(checks))
	if err != nil {
		s.Fail("%v", err)
	}
	compiled, err := t.compile("app:program", p.file, p.text, hostapi.Import{Alias: "checks", Program: library})
	if err != nil {
		s.Fail("%v", err)
	}
	s.Entry("app:lead.program", core.Entry{Program: compiled, Limits: p.limits})
	r := s.End(s.Start("app:lead.program", Code{}).PID)
	if p.fails != "" {
		kind, text, _ := strings.Cut(p.fails, " ")
		s.True(r.Err != nil && Fails(hostapi.Kind(kind), text).Match(hostapi.Wrap(r.Err)), "ended with %s, want a failure: %s", describe(r), p.fails)
	} else if r.Err != nil {
		s.Fail("%s\n%s", r.Err, r.Err.Stack)
	}
	if got := strings.Join(s.Lines(), "\n"); p.prints != nil && got != strings.Join(p.prints, "\n") {
		s.Fail("printed\n%s\nwant\n%s", got, strings.Join(p.prints, "\n"))
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
