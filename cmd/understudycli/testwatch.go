package understudycli

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/apptest"
)

// watchTests runs the tests, and again what a change concerns, until a signal (60.12).
func (p *program) watchTests(c *cli.Context, options apptest.Options) error {
	switch {
	case options.Dir == builtIn:
		return usage("--watch needs an APPDIR: the app is part of the program")
	case options.Coverage, c.Bool("list"), c.String("junit") != "":
		return usage("--watch runs what a change concerns: it goes without --coverage, --coverage-out, --coverage-html, --junit and --list")
	}
	files, err := p.watch(options.Dir, c.App.ErrWriter) // before the app is read, so that no change is missed
	if err != nil {
		return usage("--watch: %v", err)
	}
	defer files.close()
	return attend(c.App.ErrWriter, func(asked context.Context) error {
		w := &testWatch{program: p, c: c, options: options, files: files, last: map[string]apptest.Result{}}
		for {
			w.round(asked)
			select {
			case <-files.changed:
			case <-asked.Done():
				return nil
			}
		}
	})
}

// testWatch is what is known from one round to the next.
type testWatch struct {
	program *program
	c       *cli.Context
	options apptest.Options
	files   *watcher
	suite   *apptest.Suite            // the last that could be loaded; nil: none yet
	last    map[string]apptest.Result // of each case
}

// round reads the app and runs what has changed.
func (w *testWatch) round(asked context.Context) {
	stderr := w.c.App.ErrWriter
	suite, found := apptest.Load(w.options)
	if err := w.program.refuse(w.c, found, w.options.Dir, "waiting for a change"); err != nil {
		fmt.Fprintln(stderr, err)
		return
	}
	for _, a := range suite.Apps() {
		w.files.include(a)
	}
	if err := noMatch(w.c, suite, w.options.Dir); err != nil {
		fmt.Fprintln(stderr, err)
		return
	}
	cases := suite.Cases
	if w.suite != nil {
		cases = suite.Concerned(w.suite, w.last)
	}
	w.suite = suite
	if len(cases) == 0 {
		fmt.Fprintln(stderr, "understudy: no test is concerned")
		return
	}
	r := &testReport{c: w.c, dir: w.options.Dir}
	runCases(asked, w.c, suite, cases, func(result apptest.Result) {
		w.last[result.Case.Key()] = result
		r.add(result)
	})
	if asked.Err() != nil {
		return
	}
	_ = r.finish(len(cases)) // which has told what has failed
	fmt.Fprintf(stderr, "understudy: %d of %d tests were concerned; waiting for a change\n", len(cases), len(suite.Cases))
}
