package conformance

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/store"
)

// The ids that every stage has.
const (
	Host = "app:host" // a running host
	Lead = "app:lead" // the puppet on the first engine
	Peer = "app:peer" // the puppet on the second engine; the same as Lead but for its id where only one is tested

	Scope = "app:groups" // a started scope of process groups, without limits

	Store = "app:store" // an empty store in memory that every puppet is granted
	Shelf = "app:shelf" // another one, granted to be read
	Vault = "app:vault" // another one, not granted
)

// Stage is what a scenario plays on: a runtime with a host and puppets. Its
// methods, and those of its actors, end the scenario when what is said does not
// come true.
type Stage struct {
	*core.Runtime
	sim      *core.Simulation // nil on real workers
	troupe   [2]*troupe       // of Lead and of Peer
	patience time.Duration    // on real workers, for one expectation

	mu        sync.Mutex
	notes     []note
	ends      []core.EndReport
	letters   []core.DeadLetter
	lines     []string
	prologues map[string]Code
	outside   func(hostapi.Op) core.Handling // nil: all is performed
	records   []Record
	changed   chan struct{} // closed and replaced with every note
	commands  int
	actors    int
	trace     *trace
}

// note is one report of a puppet.
type note struct {
	pid  hostapi.PID
	tag  hostapi.Value
	seen Seen
}

// maxSteps bounds a simulated schedule: one that takes more does not end.
const maxSteps = 100_000

// failure is what a scenario panics with when a claim does not hold.
type failure struct{ text string }

// open builds a stage for one schedule. seed is ignored on real workers.
func open(lead, peer *troupe, seed uint64, real bool, tr *trace) *Stage {
	s := &Stage{
		troupe: [2]*troupe{lead, peer}, prologues: make(map[string]Code),
		changed: make(chan struct{}), trace: tr, patience: time.Minute,
	}
	o := core.Options{
		Output: lineWriter(func(line string) { s.change(func() { s.lines = append(s.lines, line) }) }),
		OnEnd: func(r core.EndReport) {
			s.trace.note("end     ", "%s %s: %s", r.PID, r.Entry, describe(r.Result))
			s.change(func() { s.ends = append(s.ends, r) })
		},
		OnEvent: func(e core.RuntimeEvent) {
			if d, ok := e.(core.DeadLetter); ok {
				s.trace.note("letter  ", "%s to %s: topic %q", d.Reason, d.To, d.Topic)
				s.change(func() { s.letters = append(s.letters, d) })
			}
		},
		Log:     newLog(s),
		Seed:    seed + 1,
		Outside: s.handling,
	}
	workers := 2
	if !real {
		s.sim = core.NewSimulation(seed)
		s.sim.Trace = func(step int, r core.Runnable) {
			if s.trace != nil {
				s.trace.ran(fmt.Sprint(r))
			}
			if step > maxSteps {
				s.Fail("the schedule does not end: more than %d steps", maxSteps)
			}
		}
		o.Scheduler = s.sim
	}
	s.Runtime = core.New(o)
	if err := s.DefineHost(core.HostOptions{ID: Host, Workers: workers}); err != nil {
		s.Fail("%v", err)
	}
	lead.on(s)
	peer.on(s)
	if err := s.StartHost(Host); err != nil {
		s.Fail("the host does not start: %v", err)
	}
	s.Scope(core.ScopeOptions{ID: Scope})
	for _, id := range []string{Store, Shelf, Vault} {
		s.DefineResource(id, store.KindMemory, store.NewMemory(store.MemoryConfig{}))
	}
	s.defineFiles()
	s.Entry(Lead, core.Entry{})
	s.Entry(Peer, core.Entry{})
	return s
}

// Entry defines a further entry that runs the puppet: on the first engine if
// its id begins with app:lead, on the second otherwise. Of e the id, program,
// engine and resources are filled in.
func (s *Stage) Entry(id string, e core.Entry) {
	t := s.troupe[1]
	if strings.HasPrefix(id, Lead) {
		t = s.troupe[0]
	}
	e.ID, e.Engine = id, t.engine.Info().Name
	e.Resources = append(e.Resources, core.Grant{ID: Store}, core.Grant{ID: Shelf, ReadOnly: true},
		core.Grant{ID: Files}, core.Grant{ID: Papers, ReadOnly: true}, core.Grant{ID: Variables}, core.Grant{ID: Defaults})
	if e.Program == nil {
		e.Program = t.program
	}
	if err := s.Define(e); err != nil {
		s.Fail("%v", err)
	}
}

// Scope defines and starts a further scope of process groups.
func (s *Stage) Scope(o core.ScopeOptions) {
	s.DefineScope(o)
	if err := s.StartScope(o.ID); err != nil {
		s.Fail("the scope %s does not start: %v", o.ID, err)
	}
}

// Prologue sets what the puppet of an entry does during its top level.
func (s *Stage) Prologue(id string, code Code) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prologues[id] = code
}

// Outside says what becomes of operations outside the runtime from now on; until then
// they are performed. It is called on any goroutine.
func (s *Stage) Outside(outside func(hostapi.Op) core.Handling) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outside = outside
}

// handling is core.Options.Outside.
func (s *Stage) handling(_ string, op hostapi.Op) core.Handling {
	s.mu.Lock()
	outside := s.outside
	s.mu.Unlock()
	if outside == nil {
		return core.Perform()
	}
	return outside(op)
}

// Language is that of the first engine.
func (s *Stage) Language() string { return s.troupe[0].engine.Info().Language }

// Simulated reports whether the stage runs on a simulation.
func (s *Stage) Simulated() bool { return s.sim != nil }

// change makes a change under the lock and wakes who waits for one.
func (s *Stage) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

// await runs until cond, which is called with the lock held, is true; false if
// it never will be.
func (s *Stage) await(cond func() bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), s.patience)
	defer cancel()
	for {
		s.mu.Lock()
		ok, changed := cond(), s.changed
		s.mu.Unlock()
		if ok {
			return true
		}
		if !s.Await(ctx, changed) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return cond()
		}
	}
}

// Quiet runs until nothing is runnable, without letting time pass. On real
// workers it waits until nobody runs at two looks and nothing has changed between
// them, but not for ever, since some cases have scripts that loop. So a failure
// there is real but may be missed.
func (s *Stage) Quiet() {
	if s.sim != nil {
		s.sim.Settle()
		return
	}
	before := ""
	for range quietLooks {
		s.idle(quietTime)
		now := strings.Join(s.Remaining(math.MaxInt), "\n")
		if now == before && !strings.Contains(now, "(running)") {
			return
		}
		before = now
	}
}

// What Quiet waits on real workers between two looks, and how often it looks.
const (
	quietTime  = 3 * time.Millisecond
	quietLooks = 50
)

// Pass lets time pass.
func (s *Stage) Pass(d time.Duration) {
	if s.sim != nil {
		s.sim.RunFor(d)
		return
	}
	s.idle(d)
}

func (s *Stage) idle(d time.Duration) {
	done := make(chan struct{})
	s.AfterFunc(d, func() { close(done) })
	s.Await(context.Background(), done)
}

// Fail ends the scenario.
func (s *Stage) Fail(format string, args ...any) {
	panic(failure{fmt.Sprintf(format, args...)})
}

// True ends the scenario unless ok.
func (s *Stage) True(ok bool, format string, args ...any) {
	if !ok {
		s.Fail(format, args...)
	}
}

// Same ends the scenario unless the results are those wanted; see Seen.Match. what
// gave them, a text or a Code.
func (s *Stage) Same(what any, got Seen, want ...any) {
	if !got.Match(want...) {
		s.Fail("%s gave %s, want %s", what, got, describeWanted(want))
	}
}

// End waits for the end of a process and gives how it ended.
func (s *Stage) End(pid hostapi.PID) hostapi.Result {
	var r hostapi.Result
	if !s.await(func() bool {
		for _, e := range s.ends {
			if e.PID == pid {
				r = e.Result
				return true
			}
		}
		return false
	}) {
		s.Fail("process %s does not end", pid)
	}
	return r
}

// Ended tells how a process has ended; false if it has not.
func (s *Stage) Ended(pid hostapi.PID) (hostapi.Result, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.ends {
		if e.PID == pid {
			return e.Result, true
		}
	}
	return hostapi.Result{}, false
}

// Exits checks that a process ends normally with the value wanted, nil for
// none.
func (s *Stage) Exits(pid hostapi.PID, want any) {
	r := s.End(pid)
	if r.Err != nil || !matches(r.Value, want) {
		s.Fail("process %s ended with %s, want the value %s", pid, describe(r), describeWanted([]any{want}))
	}
}

// Fails checks that a process ends with the error wanted.
func (s *Stage) Fails(pid hostapi.PID, want Matcher) {
	r := s.End(pid)
	if r.Err == nil || !want.Match(hostapi.Wrap(r.Err)) {
		s.Fail("process %s ended with %s, want %s", pid, describe(r), want)
	}
}

// Alive checks that a process has not ended.
func (s *Stage) Alive(pid hostapi.PID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.ends {
		if e.PID == pid {
			s.Fail("process %s has ended with %s, should be alive", pid, describe(e.Result))
		}
	}
}

// Reports gives what was reported under a tag so far, in order.
func (s *Stage) Reports(tag string) []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reports(tag)
}

func (s *Stage) reports(tag string) []Seen {
	var out []Seen
	for _, n := range s.notes {
		if n.tag.Str() == tag {
			out = append(out, n.seen)
		}
	}
	return out
}

// AwaitReports waits until n reports were made under a tag and gives them.
func (s *Stage) AwaitReports(tag string, n int) []Seen {
	if !s.await(func() bool { return len(s.reports(tag)) >= n }) {
		s.Fail("%d reports %q, want %d", len(s.Reports(tag)), tag, n)
	}
	return s.Reports(tag)
}

// Order gives the tags of all reports so far, in order, commands left out.
func (s *Stage) Order() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, n := range s.notes {
		if t := n.tag.Str(); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// Ordered checks that the tags of all reports so far, commands left out, are
// these in this order.
func (s *Stage) Ordered(tags ...string) {
	if got := s.Order(); !slices.Equal(got, tags) {
		s.Fail("reports in the order %q, want %q", got, tags)
	}
}

// Lines gives the lines printed so far.
func (s *Stage) Lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.lines...)
}

// Letters gives the dead letters so far.
func (s *Stage) Letters() []core.DeadLetter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]core.DeadLetter(nil), s.letters...)
}

// Stopping begins the shutdown of the runtime: every process gets CANCEL and an
// hour's grace. The function returned waits for its end.
func (s *Stage) Stopping() (wait func()) {
	stopped := make(chan error, 1)
	shut := func() {
		ctx, cancel := context.WithTimeout(context.Background(), s.patience)
		defer cancel()
		stopped <- s.Shutdown(ctx, time.Hour)
	}
	if s.sim != nil {
		shut() // drives the simulation until all is gone
	} else {
		go shut()
	}
	return func() {
		if err := <-stopped; err != nil {
			s.Fail("the shutdown: %v", err)
		}
	}
}

// close shuts the runtime down and checks that nothing is left of it.
func (s *Stage) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.patience)
	defer cancel()
	if s.sim != nil {
		s.sim.Trace = nil
	}
	s.trace.stop()
	if err := s.Shutdown(ctx, 0); err != nil {
		return fmt.Errorf("the runtime does not shut down: %w", err)
	}
	return nil
}

type lineWriter func(string)

var _ io.Writer = lineWriter(nil)

func (w lineWriter) Write(b []byte) (int, error) {
	w(strings.TrimSuffix(string(b), "\n"))
	return len(b), nil
}

func describe(r hostapi.Result) string {
	if r.Err != nil {
		return fmt.Sprintf("error %s: %s", kindName(r.Err.Kind), r.Err)
	}
	return "value " + r.Value.String()
}

func kindName(k hostapi.Kind) string {
	if k == hostapi.Unknown {
		return "UNKNOWN"
	}
	return string(k)
}
