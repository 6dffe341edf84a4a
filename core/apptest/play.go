package apptest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/internal/driven"
	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

const (
	// HostID is the host on which tests run (60.5).
	HostID = "test:host"
	// maxSteps are those of all processes of one run together (60.9).
	maxSteps = 10_000_000
	// lookEvery is how many turns of a simulation are taken between two looks at the
	// steps.
	lookEvery = 256
	// stopTimeout is how long an app that a test has started may take to stop.
	stopTimeout = time.Minute
)

// play is one run of a test. Its process finds it as a facility.
type play struct {
	*Case
	suite  *Suite
	record record
	rt     *core.Runtime
	life   *lifecycle.Run
	sim    *core.Simulation // nil: on workers
	broken error            // nothing can run
	data   string           // the directory of its files

	pid hostapi.PID
	in  hostapi.Instance // of the test file
	// What the test says, on the goroutine of its process.
	skip      string
	skipped   bool
	allowLeft bool
	started   bool // the app

	requests  hostapi.Feed // calls of replaced functions; nil: there are none
	replacing sync.Mutex
	replaced  map[*hostapi.Func]*replacement

	profile func() []core.ProfileSample // nil: nobody wants one
}

func newPlay(s *Suite, c *Case, seed uint64) *play {
	p := &play{Case: c, suite: s}
	o := core.Options{OnEvent: p.record.observe, Output: &p.record, Facilities: append(slices.Clone(s.options.Facilities), p)}
	o.Outside, o.Substitute = p.outside, p.substitute
	if !s.options.Real {
		p.sim = core.NewSimulation(seed)
		o.Scheduler, o.Seed = p.sim, seed+1
	}
	p.rt = core.New(o)
	p.record.now = p.rt.Now
	if s.options.Profile != nil {
		p.profile, _ = p.rt.Profile(core.ProfileOptions{}) // the runtime is new
	}
	if len(p.resources()) > 0 {
		if p.data, p.broken = os.MkdirTemp("", "understudy-test-"); p.broken != nil {
			return p
		}
	}
	if p.life, p.broken = lifecycle.New(p.rt, c.app, lifecycle.Options{Test: p.data}); p.broken != nil {
		return p
	}
	p.broken = errors.Join(p.rt.DefineHost(core.HostOptions{ID: HostID, Workers: 1}), p.rt.StartHost(HostID))
	return p
}

// close ends all that still runs.
func (p *play) close() {
	if p.profile != nil {
		p.suite.options.Profile(p.profile())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = p.rt.Shutdown(ctx, 0)
	if p.life != nil {
		closing, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		_ = p.life.Close(closing)
	}
	if p.data != "" {
		_ = os.RemoveAll(p.data)
	}
}

// resources grants everything (60.2).
func (p *play) resources() (grants []spec.Grant) {
	for _, e := range p.app.Entries {
		if of, ok := p.app.KindOf(e.Head().ID); ok && of.Role == spec.ForProcesses {
			grants = append(grants, spec.Grant{ID: e.Head().ID})
		}
	}
	return grants
}

// outside performs the operations of what each run of a test has its own of (60.7).
func (p *play) outside(_ string, op hostapi.Op) core.Handling {
	if p.suite.options.Real {
		return core.Perform()
	}
	of, ok := p.app.KindOf(op.Resource)
	switch {
	case ok && of.InTests:
		return core.Perform()
	case op.Resource == "" && !strings.HasPrefix(op.Name, "io."): // on what is open already
		return core.Perform()
	}
	return core.Refuse(hostapi.Errorf(hostapi.Unavailable, "%s needs --real or test.replace", op.Name))
}

// start runs the program of a test file to its end.
func (p *play) start(ctx context.Context, program hostapi.Program) (hostapi.Value, error) {
	if p.broken != nil {
		return hostapi.Value{}, p.broken
	}
	var first []string
	for _, e := range p.app.Entries {
		switch e.(type) {
		case *app.Host, *app.Scope:
			first = append(first, e.Head().ID)
		}
	}
	p.life.Start(first...)
	if err := p.life.Wait(ctx); err != nil {
		return hostapi.Value{}, err
	}
	id := testID(p.File)
	if err := p.rt.Define(core.Entry{ID: id, Program: program, Method: "main", Engine: p.Engine, Imports: p.file.Libraries, Resources: p.resources(), Home: HostID}); err != nil {
		return hostapi.Value{}, err
	}
	var result hostapi.Result
	done := make(chan struct{})
	_, err := p.rt.Start(ctx, hostapi.Spawn{ID: id, Host: HostID}, func(r hostapi.Result) {
		result = r
		close(done)
	})
	if err == nil && !p.rt.Await(ctx, done) {
		if err = ctx.Err(); err == nil {
			err = errStuck
		}
	}
	if err != nil {
		return hostapi.Value{}, err
	}
	if result.Err != nil {
		return hostapi.Value{}, result.Err
	}
	return result.Value, nil
}

var (
	errStuck = errors.New("nothing can run any more, and no timer is set")
	errSteps = fmt.Errorf("all processes together took more than %d steps", maxSteps)
)

// bounded is done when the processes of a play have taken too many steps.
type bounded struct {
	context.Context
	play  *play
	turns int
	over  bool
}

// Err is asked at each turn of a simulation.
func (b *bounded) Err() error {
	if b.turns++; b.turns%lookEvery == 0 && b.play.steps() > b.play.mostSteps() {
		b.over = true
	}
	if b.over {
		return errSteps
	}
	return b.Context.Err()
}

// mostSteps are those that all processes may take. What notes coverage takes some too, two
// for each of the script at most.
func (p *play) mostSteps() int64 {
	if p.suite.covers != nil {
		return 3 * maxSteps
	}
	return maxSteps
}

// steps are those that all processes have taken so far.
func (p *play) steps() int64 {
	n := p.record.steps()
	for _, pid := range p.rt.Processes() {
		if i, ok := p.rt.Inspect(pid); ok {
			n += i.Steps
		}
	}
	return n
}

// run plays the test once.
func (s *Suite) run(ctx context.Context, c *Case, seed uint64) (Result, *play) {
	r := Result{Case: c, Status: Passed, Seed: seed, Schedules: 1}
	p := newPlay(s, c, seed)
	defer p.close()
	timed, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	_, err := p.start(&bounded{Context: timed, play: p}, driven.Program{Program: c.file.Program, Drive: p.sequence})
	switch {
	case p.skipped:
		r.Status, r.Reason = Skipped, p.skip
	case err != nil:
		r.Status = Failed
		var raised *hostapi.Error
		switch {
		case errors.As(err, &raised):
			r.Err = raised
		case errors.Is(err, context.DeadlineExceeded):
			r.Err = hostapi.Errorf(hostapi.Timeout, "the test has not ended in %s", s.timeout())
		default:
			r.Err = hostapi.Errorf(hostapi.Timeout, "%s", err)
		}
		if raised == nil {
			r.Where = p.where()
		}
	case p.started:
		stopping, cancel := context.WithTimeout(ctx, stopTimeout)
		defer cancel()
		if err := p.life.Stop(stopping); err != nil {
			r.Status, r.Err = Failed, hostapi.Errorf(hostapi.Timeout, "the app does not stop: %s", err)
		}
	}
	r.Events, r.Output = p.record.snapshot()
	return r, p
}

// where says where each process is.
func (p *play) where() []string {
	var lines []string
	for _, pid := range p.rt.Processes() {
		if i, ok := p.rt.Inspect(pid); ok {
			lines = append(lines, fmt.Sprintf("%s %s (%s)%s: %s", pid, i.Entry, i.State, p.at(pid), i.Doing))
		}
	}
	return lines
}

// at says where the code of a process stands, "" if that is not known.
func (p *play) at(pid hostapi.PID) string {
	if line := p.rt.Line(pid); line != "" {
		return " at " + line
	}
	return ""
}

// sequence gives the instance of a test file whose method is the test, with what runs
// before and after it.
func (p *play) sequence(t hostapi.Task, in hostapi.Instance) hostapi.Instance {
	p.pid, p.in = t.Process().PID(), in
	return driven.Instance{Instance: in, Run: driven.Function(func(t hostapi.Task) ([]hostapi.Value, error) {
		results, err := p.call(t, in, setup)
		if failed(results, err) {
			return results, err
		}
		results, err = p.call(t, in, p.Name)
		if errors.Is(err, hostapi.ErrKilled) && !p.skipped {
			return nil, err
		}
		after, afterErr := p.call(t, in, teardown)
		switch {
		case failed(results, err):
			return results, err
		case failed(after, afterErr):
			return ofTeardown(after, afterErr)
		}
		return nil, p.left(t)
	})}
}

// call calls a function of the file, if it has it.
func (p *play) call(t hostapi.Task, in hostapi.Instance, name string) ([]hostapi.Value, error) {
	if l, ok := in.(hostapi.Reflector); ok && !slices.Contains(l.Methods(), name) {
		return nil, nil
	}
	fn, err := in.Method(name)
	if err != nil || fn == nil {
		return nil, err
	}
	return fn.Call(t, nil)
}

// failed reports whether a function has failed (2.16).
func failed(results []hostapi.Value, err error) bool {
	return err != nil || len(results) == 2 && results[0].IsNil() && !results[1].IsNil()
}

// ofTeardown says of a failure that it is that of teardown: the test itself has passed.
func ofTeardown(results []hostapi.Value, err error) ([]hostapi.Value, error) {
	if errors.Is(err, hostapi.ErrKilled) {
		return nil, err
	}
	told := hostapi.Errorf(hostapi.Unknown, "")
	switch {
	case err != nil:
		*told = *hostapi.AsError(err)
	case results[1].Err() != nil:
		*told = *results[1].Err()
	default:
		told.Message = strings.Trim(results[1].String(), `"`)
	}
	told.Message = teardown + ": " + told.Message
	return nil, told
}

// left settles the runtime and says what is left behind (60.10).
func (p *play) left(t hostapi.Task) error {
	if p.allowLeft || p.started {
		return nil
	}
	process := t.Process()
	if err := p.settle(process); err != nil {
		return err
	}
	var left []string
	for _, pid := range p.rt.Processes() {
		if i, ok := p.rt.Inspect(pid); ok && pid != p.pid {
			text := fmt.Sprintf("process %s of %s%s", pid, i.Entry, p.at(pid))
			if len(i.Names) > 0 {
				text += fmt.Sprintf(", named %s", strings.Join(i.Names, ", "))
			}
			left = append(left, text+": "+i.Doing)
		}
	}
	for {
		s, err := process.Select([]*hostapi.Case{{Channel: process.Inbox()}}, false)
		if err != nil {
			return err
		}
		if s.Index < 0 || !s.OK {
			break
		}
		m := s.Value.Object().(*hostapi.Message)
		left = append(left, fmt.Sprintf("an unread message %q from %s", m.Topic, m.From))
	}
	if len(left) == 0 {
		return nil
	}
	return hostapi.Errorf(hostapi.Conflict, "left behind: %s", strings.Join(left, "; "))
}

// settle waits until no process can run before the clock moves.
func (p *play) settle(process hostapi.Process) error { return process.Sleep(time.Nanosecond) }
