package understudycli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/observe/pprof"
)

const testName = "test"

func (p *program) testCommand() *cli.Command {
	return &cli.Command{
		Name:      testName,
		Usage:     "runs the tests of an app, in virtual time and under many schedules",
		UsageText: "understudy test [flags] [APPDIR] [PATTERN...]\n\nExample: understudy test examples/worker-pool",
		Description: "Runs the functions test_* of the files *_test.lua and *_test.star below APPDIR.\n" +
			"Time is virtual; a test that starts processes is run under several schedules, and\n" +
			"the first that fails is told with the seed that repeats it. PATTERN is a test file\n" +
			"or a directory below APPDIR, or file:test.\n\n" +
			"Exit status: 0 if all passed or were skipped, 1 if one failed, 2 for a usage error,\n" +
			"an error in the app, or if no test matches.",
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "engine", Usage: "as for run, or all: every test on each engine of its language; `E` is one of " + p.engineNames()},
			&cli.StringFlag{Name: "run", Usage: "only tests whose file:test matches `REGEXP`"},
			&cli.IntFlag{Name: "schedules", Usage: "run each test under `N` schedules (default: 25, or 1 if it starts no process)", DefaultText: ""},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "draw the first schedule from `SEED`, the next from the one after it"},
			&cli.BoolFlag{Name: "real", Usage: "run once, on workers and the wall clock", DisableDefaultText: true},
			&cli.StringFlag{Name: "timeout", Value: "10s", Usage: "one run of a test may take `DURATION` of real time"},
			&cli.BoolFlag{Name: "fail-fast", Usage: "stop at the first failure", DisableDefaultText: true},
			&cli.BoolFlag{Name: "watch", Usage: "run again what a changed file concerns, until Ctrl-C", DisableDefaultText: true},
			&cli.BoolFlag{Name: "list", Usage: "list the tests, run none", DisableDefaultText: true},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object a test, and one at the end", DisableDefaultText: true},
			&cli.StringFlag{Name: "junit", Usage: "write the results to `FILE` as JUnit XML"},
			&cli.StringFlag{Name: "profile", Usage: "write `FILE`, for go tool pprof: where scripts spent their steps, or with --real their time"},
			&cli.IntFlag{Name: "parallel", Value: runtime.NumCPU(), Usage: "run `N` tests at the same time"},
		}, coverageFlags(), settingFlags()),
		Action: p.runTests,
	}
}

func (p *program) runTests(c *cli.Context) error {
	options, err := p.testOptions(c)
	if err != nil {
		return err
	}
	if c.Bool("watch") {
		if c.String("profile") != "" {
			return usage("--profile does not go with --watch")
		}
		return p.watchTests(c, options)
	}
	var spent runsProfile
	if c.String("profile") != "" {
		options.Profile = spent.add
	}
	suite, found := apptest.Load(options)
	if err := p.refuse(c, found, options.Dir, "no test was run"); err != nil {
		return err
	}
	if err := noMatch(c, suite, options.Dir); err != nil {
		return err
	}
	if c.Bool("list") {
		for _, t := range suite.Cases {
			fmt.Fprintf(c.App.Writer, "%s  %s\n", t, t.Engine)
		}
		return nil
	}
	out, err := profileFile(c, "profile")
	if err != nil {
		return err
	}
	r := &testReport{c: c, dir: options.Dir}
	start := time.Now()
	runCases(context.Background(), c, suite, suite.Cases, r.add)
	r.coverage = suite.Coverage()
	if out != nil {
		if err := finish(out, pprof.Write(out, spent.samples, time.Now(), time.Since(start))); err != nil {
			return err
		}
	}
	return r.finish(len(suite.Cases))
}

// runsProfile gathers the profiles of the runs of tests.
type runsProfile struct {
	mu      sync.Mutex
	samples []core.ProfileSample
}

func (r *runsProfile) add(samples []core.ProfileSample) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.samples = append(r.samples, samples...)
}

// noMatch is the error if no test is asked for.
func noMatch(c *cli.Context, suite *apptest.Suite, dir string) error {
	if len(suite.Unmatched) == 0 && len(suite.Cases) > 0 {
		return nil
	}
	for _, t := range suite.Broken {
		fmt.Fprintf(c.App.ErrWriter, "understudy: the tests in %s are not known: %s\n", t.File, block(t.Broken.Error()))
	}
	unmatched := append([]string{""}, suite.Unmatched...)
	return usage("no test matches%s; tests are functions test_* of files *_test.lua and *_test.star below %s, and --list lists them", strings.Join(unmatched, " "), cmp.Or(filepath.ToSlash(dir), "the app"))
}

// testOptions reads the flags and operands.
func (p *program) testOptions(c *cli.Context) (o apptest.Options, err error) {
	o = apptest.Options{
		Engines: p.engines(), Modules: p.modules(), Facilities: p.options.Facilities, Engine: p.engine(c),
		Kinds: p.kinds(), Data: c.String("data"),
		Set: c.StringSlice("set"), Schedules: c.Int("schedules"), Seed: c.Uint64("seed"), Real: c.Bool("real"),
		Coverage: wantsCoverage(c),
	}
	if o.Engine != "" && o.Engine != "all" && !p.knownEngine(o.Engine) {
		return o, usage("unknown engine %q; there are: %s, all", o.Engine, p.engineNames())
	}
	if o.Schedules < 0 {
		return o, usage("--schedules must not be negative")
	}
	if o.Timeout, err = positiveFlag(c, "timeout"); err != nil {
		return o, err
	}
	if text := c.String("run"); text != "" {
		if o.Matching, err = regexp.Compile(text); err != nil {
			return o, usage("--run: %v", err)
		}
	}
	if _, err = p.lookup(c); err != nil { // reads --env-file
		return o, err
	}
	o.Lookup = func(name string) (string, bool) {
		value, ok := p.fileEnv[name]
		return value, ok
	}
	operands := c.Args().Slice()
	o.Dir = p.here()
	switch {
	case o.Dir == builtIn:
		o.App = p.options.App
	case len(operands) > 0 && (isApp(operands[0]) || !isApp(o.Dir)):
		o.Dir, operands = operands[0], operands[1:]
		if info, err := os.Stat(o.Dir); err != nil {
			return o, usage("no such directory: %s", o.Dir)
		} else if !info.IsDir() {
			return o, usage("not a directory: %s; PATTERN stands behind APPDIR", o.Dir)
		}
	}
	o.Patterns = operands
	return o, nil
}

// refuse prints what is wrong with an app; the error is not nil if that is not only
// warnings.
func (p *program) refuse(c *cli.Context, found app.Diagnostics, dir, consequence string) error {
	for _, d := range found {
		fmt.Fprintln(c.App.ErrWriter, d)
	}
	errs := found.Errors()
	if len(errs) == 0 {
		return nil
	}
	noun := "error"
	if len(errs) > 1 {
		noun = "errors"
	}
	return status{statusUsage, fmt.Sprintf("understudy: %d %s in %s; %s%s", len(errs), noun, cmp.Or(filepath.ToSlash(dir), "the app"), consequence, severalApps(errs))}
}

// runCases runs cases on as many goroutines as the flags say, and tells each result, one
// at a time. With --fail-fast it ends at the first that fails.
func runCases(ctx context.Context, c *cli.Context, s *apptest.Suite, all []*apptest.Case, tell func(apptest.Result)) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cases := make(chan *apptest.Case)
	var running sync.WaitGroup
	var telling sync.Mutex
	for range max(c.Int("parallel"), 1) {
		running.Go(func() {
			for next := range cases {
				r := s.Run(ctx, next)
				telling.Lock()
				if ctx.Err() == nil {
					tell(r)
					if r.Status == apptest.Failed && c.Bool("fail-fast") {
						stop()
					}
				}
				telling.Unlock()
			}
		})
	}
	for _, next := range all {
		if ctx.Err() != nil {
			break
		}
		cases <- next
	}
	close(cases)
	running.Wait()
}
