package apptest

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/internal/driven"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Options say what is tested and how. Engines and App or Dir are needed.
type Options struct {
	// Dir is the directory of the app; App is its file system instead, if set.
	Dir string
	App fs.FS
	// Engines are those available, Modules all that exist but test; Facilities are those
	// of the runtime.
	Engines    []hostapi.Engine
	Modules    []*hostapi.Module
	Facilities []any
	// Kinds and Data are those of app.Options.
	Kinds []*spec.Kind
	Data  string
	// Engine is as the flag --engine: "" for what the entries say, the name of one, or
	// "all" (60.11).
	Engine string
	// Lookup and Set are those of app.Options.
	Lookup func(name string) (string, bool)
	Set    []string
	// Patterns are test files or directories, or <file>:<test>; Matching is matched
	// against <file>:<test>. None and nil: all.
	Patterns []string
	Matching *regexp.Regexp
	// Schedules are how many each test is run under; 0: 25, or one for a test that
	// neither spawns nor sends (60.8).
	Schedules int
	// Seed is where schedules are drawn from, counted up for each.
	Seed uint64
	// Real runs on workers and the wall clock, once (60.8).
	Real bool
	// Coverage counts which statements of the app's scripts are executed (60.13).
	Coverage bool
	// Profile, if set, is told of each run where it has spent its steps, or on workers its
	// time (64.3). It is called at the end of the run, by who runs it, so several at once.
	Profile func([]core.ProfileSample)
	// Timeout is the real time that one run may take; 0: 10s (60.9).
	Timeout time.Duration
}

const (
	defaultSchedules = 25
	defaultTimeout   = 10 * time.Second
	allEngines       = "all"
)

// Suite is the tests of an app. Safe for concurrent use.
type Suite struct {
	// Cases are in the order of files, engines and the tests of a file.
	Cases []*Case
	// Unmatched are those of Options.Patterns that no test is matched by: most likely
	// misspelt, so whoever runs the suite refuses them (60.11).
	Unmatched []string
	// Broken are the files that cannot be tested and are not asked for: maybe what is
	// asked for is in them.
	Broken []*Case

	options Options
	apps    []*app.App
	modules []*hostapi.Module // Options.Modules, replaceable
	covers  *covers           // nil unless Options.Coverage
}

// Load reads the app and lists the tests that the options choose. The diagnostics are
// what is wrong with the app, and warnings; if there is an error among them there is no
// suite.
func Load(o Options) (*Suite, app.Diagnostics) {
	s := &Suite{options: o, modules: replaceable(o.Modules), Unmatched: slices.Clone(o.Patterns)}
	if o.Coverage {
		s.covers = &covers{}
		s.options.Engines = s.covers.engines(o.Engines)
	}
	engines := []string{o.Engine}
	if o.Engine == allEngines {
		engines = nil
		for _, e := range o.Engines {
			engines = append(engines, e.Info().Name)
		}
	}
	var found app.Diagnostics
	for _, engine := range engines {
		a, more := s.loadApp(engine)
		for _, d := range more {
			if !slices.Contains(found, d) {
				found = append(found, d)
			}
		}
		if a == nil {
			return nil, found
		}
		s.apps = append(s.apps, a)
		for _, f := range a.Tests {
			if o.Engine == allEngines && f.Engine.Info().Name != engine {
				continue
			}
			for _, d := range s.add(a, f) {
				if !slices.Contains(found, d) {
					found = append(found, d)
				}
			}
		}
	}
	s.covers.reset() // of what was executed to find the tests
	slices.SortStableFunc(s.Cases, func(a, b *Case) int { return strings.Compare(a.File, b.File) })
	return s, found
}

// loadApp loads the app for an engine. With all of them, one that no entry fits is no
// fault: the app is taken as it is.
func (s *Suite) loadApp(engine string) (*app.App, app.Diagnostics) {
	o := app.Options{
		Engines: s.options.Engines, Modules: s.modules, TestModules: []*hostapi.Module{module},
		EngineOverride: engine, Lookup: s.options.Lookup, AllowUnset: true, Kinds: s.options.Kinds, Data: s.options.Data, Set: s.options.Set, OwnHosts: true,
	}
	if s.options.App != nil {
		return app.Load(s.options.App, o)
	}
	return app.LoadDir(s.options.Dir, o)
}

// add adds the tests of a file that are asked for, and warns of functions that nobody calls.
func (s *Suite) add(a *app.App, f *app.TestFile) (found app.Diagnostics) {
	base := Case{File: f.Path, Engine: f.Engine.Info().Name, app: a, file: f}
	functions, err := s.functionsOf(&base)
	var names []string
	for _, name := range functions {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		} else if meant := meant(name); meant != "" {
			found = append(found, app.Diagnostic{Position: app.Position{File: f.Path}, Message: fmt.Sprintf("nothing calls %s; %s", name, meant), Warning: true})
		}
	}
	if err == nil && len(names) == 0 {
		err = errNoTests
	}
	if err != nil {
		base.Broken = err
		names = []string{""}
	}
	for _, name := range names {
		c := base
		c.Name = name
		if s.wanted(&c) {
			s.Cases = append(s.Cases, &c)
		} else if c.Broken != nil {
			s.Broken = append(s.Broken, &c)
		}
	}
	return found
}

// meant says what a function may be meant to be that is none of a test file's own; "" if
// it looks like a helper.
func meant(name string) string {
	special := []string{setup, teardown}
	if slices.Contains(special, name) {
		return ""
	}
	switch plain := strings.ToLower(strings.ReplaceAll(name, "_", "")); {
	case plain == setup, plain == "beforeeach":
		return "what runs before each test is named " + setup
	case plain == teardown, plain == "aftereach":
		return "what runs after each test is named " + teardown
	case strings.HasPrefix(plain, "test"):
		return "names of tests begin with " + prefix
	}
	if hint := spec.Suggest(name, special); hint != "" && len(name) >= len(setup) {
		return "what runs before and after each test is named " + setup + " and " + teardown
	}
	return ""
}

// errNoTests is what is wrong with a file that would pass whatever it says.
var errNoTests = hostapi.Errorf(hostapi.Invalid, "no tests in this file: in Lua they are functions test_* of the table that it returns, in Starlark global functions test_*")

// functionsOf lists the functions of a file: its top level is run for that.
func (s *Suite) functionsOf(c *Case) ([]string, error) {
	if errs := c.file.Found.Errors(); len(errs) > 0 {
		return nil, errs
	}
	var names []string
	p := newPlay(s, c, s.options.Seed)
	defer p.close()
	list := driven.Program{Program: c.file.Program, Drive: func(_ hostapi.Task, in hostapi.Instance) hostapi.Instance {
		if l, ok := in.(hostapi.Reflector); ok {
			names = l.Methods()
		}
		return driven.Instance{Instance: in, Run: driven.Function(func(hostapi.Task) ([]hostapi.Value, error) { return nil, nil })}
	}}
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout())
	defer cancel()
	if _, err := p.start(ctx, list); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("the top level of the file does not end in %s", s.timeout())
		}
		return nil, err
	}
	return names, nil
}

func (s *Suite) timeout() time.Duration {
	if s.options.Timeout > 0 {
		return s.options.Timeout
	}
	return defaultTimeout
}

// wanted says whether a case is asked for.
func (s *Suite) wanted(c *Case) bool {
	chosen := func(p string) bool {
		p = strings.TrimPrefix(strings.TrimSuffix(p, "/"), "./")
		inside := c.Broken != nil && strings.HasPrefix(p, c.File+":")
		return p == "." || p == c.File || p == c.String() || inside || strings.HasPrefix(c.File, p+"/")
	}
	s.Unmatched = slices.DeleteFunc(s.Unmatched, chosen)
	if m := s.options.Matching; m != nil && !m.MatchString(c.String()) {
		return false
	}
	return len(s.options.Patterns) == 0 || slices.ContainsFunc(s.options.Patterns, chosen)
}

// Run plays a case under as many schedules as it has, and gives the first failure.
func (s *Suite) Run(ctx context.Context, c *Case) Result {
	began := time.Now()
	r := Result{Case: c, Status: Failed}
	if c.Broken != nil {
		r.Err = hostapi.AsError(c.Broken)
		return r
	}
	n := 1
	for i := 0; i < n; i++ {
		var p *play
		r, p = s.run(ctx, c, s.options.Seed+uint64(i))
		r.Schedules = i + 1
		if r.Status != Passed || ctx.Err() != nil {
			break
		}
		if i == 0 && !s.options.Real {
			if n = s.options.Schedules; n == 0 && p.record.processes() > 1 {
				n = defaultSchedules
			}
		}
	}
	r.Took = time.Since(began)
	return r
}
