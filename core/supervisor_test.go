package core_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// manualClock is a clock for real workers that stands still between advances.
type manualClock struct {
	mu    sync.Mutex
	now   time.Time
	alarm time.Time
	ring  func()
}

func (c *manualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *manualClock) SetAlarm(at time.Time, ring func()) {
	c.mu.Lock()
	c.alarm, c.ring = at, ring
	c.mu.Unlock()
}

// advance moves the time on and rings what is due on the way.
func (c *manualClock) advance(d time.Duration) {
	c.mu.Lock()
	end := c.now.Add(d)
	for !c.alarm.IsZero() && !c.alarm.After(end) {
		ring := c.ring
		c.now = c.alarm
		c.alarm = time.Time{}
		c.mu.Unlock()
		ring()
		c.mu.Lock()
	}
	c.now = end
	c.mu.Unlock()
}

// stage plays histories on a house: it notes what is seen, in order.
type stage struct {
	*house
	clock  *manualClock // on real workers
	top    hostapi.PID
	opened chan struct{} // closed when top is set
	mu     sync.Mutex
	seen   []string
	more   chan struct{} // closed when something was seen
	hold   hold
	simple bool // the supervisor is a simple_one_for_one
	count  map[string]int
	fails  map[string][]int
}

// hold says whether starts of leaves are held back: the next, or one that is.
type hold int

const (
	holdNone hold = iota
	holdNext
	holdsOne
)

// wholeSlice are so many steps that somebody else has his turn.
const wholeSlice = 1_000_000

// heldBack is where a start waits that is held back.
func (s *stage) heldBack(t hostapi.Task) error {
	if s.hold != holdNext {
		return nil
	}
	for s.hold = holdsOne; s.hold == holdsOne; {
		if err := t.Tick(wholeSlice); err != nil {
			return err
		}
	}
	return nil
}

func newStage(t testing.TB, seed uint64, workers int) *stage {
	s := &stage{more: make(chan struct{}), opened: make(chan struct{}), count: map[string]int{}, fails: map[string][]int{"f": {1}}}
	if workers == 0 {
		s.house = simulated(t, seed)
		s.onEnd = func(r core.EndReport) { // by the supervisor, which has not gone on
			if r.Result.Err != nil && r.Result.Err.Kind == hostapi.Canceled && len(r.Names) > 0 && r.Entry != "test:top" {
				s.note("-%s killed", r.Names[0])
			}
		}
		return s
	}
	s.clock = &manualClock{now: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	s.house = (&house{t: t}).open(core.Options{Clock: s.clock}, workers)
	return s
}

func (s *stage) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, fmt.Sprintf(format, args...))
	close(s.more)
	s.more = make(chan struct{})
}

// quiet waits until n things were seen and gives all. Under the simulation all
// is quiet when nothing is runnable.
func (s *stage) quiet(n int) string {
	if s.sim != nil {
		s.sim.Settle()
	}
	limit := time.After(time.Minute)
	for {
		s.mu.Lock()
		more, done := s.more, s.sim != nil || len(s.seen) >= n
		text := strings.Join(s.seen, ", ")
		if done {
			s.seen = nil
		}
		s.mu.Unlock()
		if done {
			return text
		}
		select {
		case <-more:
		case <-limit:
			return text + ", and no more in a minute"
		}
	}
}

// play runs the program of a leaf: it ends as it is told.
func (s *stage) play(t hostapi.Task, id string, stubborn bool) ([]hostapi.Value, error) {
	p := t.Process()
	for {
		got, err := p.Select([]*hostapi.Case{{Channel: p.Events()}, {Channel: p.Inbox()}}, true)
		if err != nil {
			return nil, err
		}
		if got.Index == 0 {
			if stubborn {
				continue
			}
			s.note("-%s shutdown", id)
			return nil, nil
		}
		switch m := got.Value.Message(); m.Topic {
		case "ping":
			if err := p.Send(string(m.From), "pong", nil); err != nil {
				return nil, err
			}
		case "crash":
			s.note("-%s crash", id)
			return nil, hostapi.Errorf(hostapi.Internal, "crash of %s", id)
		default:
			s.note("-%s normal", id)
			return nil, nil
		}
	}
}

// cast defines the process entry of a leaf, whose top level fails as often as it
// should.
func (s *stage) cast(l leaf) {
	id := l.id
	s.Define(core.Entry{ID: "test:leaf." + id, Program: native.Loaded(func(t hostapi.Task) (func(string) native.Main, error) {
		if err := s.heldBack(t); err != nil {
			return nil, err
		}
		s.mu.Lock()
		s.count[id]++
		fail := slices.Contains(s.fails[id], s.count[id])
		decline := slices.Contains(l.declines, s.count[id])
		s.mu.Unlock()
		switch {
		case fail:
			s.note("!%s", id)
			return nil, hostapi.Errorf(hostapi.Internal, "no start of %s", id)
		case decline:
			s.note("~%s", id)
			return func(string) native.Main {
				return func(hostapi.Task, []hostapi.Value) ([]hostapi.Value, error) { return nil, nil }
			}, nil
		}
		s.note("+%s", id)
		return func(string) native.Main {
			return func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) { return s.play(t, id, l.stubborn) }
		}, nil
	})})
}

// spec gives the specification of a tree and defines its leaves.
func (s *stage) spec(t *tree) *spec.Supervisor {
	sup := spec.DefaultSupervisor
	sup.Strategy = spec.Strategy(t.strategy)
	sup.Intensity, sup.Period = t.intensity, time.Duration(t.period)*time.Second
	sup.AutoShutdown = spec.AutoShutdown(t.auto)
	for _, l := range t.children {
		c := spec.Child{
			ID: l.id, Name: l.id, Restart: spec.Restart(l.restart), Significant: l.significant,
			Shutdown: spec.Shutdown{Timeout: 5 * time.Second, Brutal: l.brutal},
		}
		if l.stubborn {
			c.Shutdown.Timeout = 0
		}
		switch {
		case l.sup != nil:
			c.Supervisor, c.Shutdown = s.spec(l.sup), spec.Shutdown{Infinity: true}
		case t.strategy == "simple_one_for_one":
			c.ID, c.Name, c.Process = "", "", "test:template"
		default:
			c.Process = "test:leaf." + l.id
			if len(l.fails) > 0 {
				s.fails[l.id] = l.fails
			}
			s.cast(l)
		}
		sup.Children = append(sup.Children, c)
	}
	return &sup
}

// open starts the supervisor of a history.
func (s *stage) open(t *tree) {
	s.simple = t.strategy == "simple_one_for_one"
	stubborn := s.simple && t.children[0].stubborn
	s.Define(core.Entry{ID: "test:template", Program: native.Program(func(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
		id := args[0].Str()
		if err := t.Process().Register(id, ""); err != nil {
			return nil, err
		}
		s.note("+%s", id)
		return s.play(t, id, stubborn)
	})})
	s.DefineSupervisor("test:top", *s.spec(t))
	s.Launch(hostapi.Spawn{ID: "test:top", Host: hostID}, func(pid hostapi.PID, err error) {
		if err != nil {
			checkError(s.t, err, hostapi.Internal, "failed to start child")
			s.note("end not_started")
		}
		s.top = pid
		close(s.opened)
	}, func(r hostapi.Result) {
		switch {
		case r.Err == nil:
			s.note("end normal")
		case strings.Contains(r.Err.Message, "restart intensity exceeded"):
			s.note("end gave_up")
		default:
			s.note("end %s", r.Err)
		}
	})
}

// do lets something happen.
func (s *stage) do(what string) {
	words := strings.Fields(what)
	switch words[0] {
	case "crash", "exit":
		s.define("end", func(a *actor) any {
			a.known(words[1])
			must(a.Monitor(words[1]))
			a.send(words[1], words[0])
			a.event() // from now on the supervisor knows
			return nil
		})
		if _, err := s.exec("end"); err != nil {
			s.note("%s: %s", what, err)
		}
	case "sleep":
		d, err := time.ParseDuration(words[1] + "ms")
		if err != nil {
			s.t.Fatal(err)
		}
		if s.sim != nil {
			s.sim.RunFor(d)
		} else {
			s.clock.advance(d)
		}
	case "stop":
		if err := s.Cancel(string(s.top), -1, ""); err != nil {
			s.note("stop: %s", err)
		}
	default:
		s.request(words, true)
		v, err := s.exec("request")
		if err != nil {
			s.t.Fatal(err)
		}
		s.note("= %s", v.Str())
	}
}

// request defines a process that makes a call of the module supervisor. Whom it
// starts it pings, if it is to return only when that has noted its start.
func (s *stage) request(words []string, ping bool) {
	verb, sup, id := words[0], words[1], ""
	if sup == "top" {
		sup = string(s.top)
	}
	if len(words) > 2 {
		id = words[2]
	}
	s.define("request", func(a *actor) any {
		a.known(sup)
		switch verb {
		case "start":
			child := val(id) // the argument of a template
			if !s.simple {
				s.cast(leaf{id: id})
				child = hostapi.MapOf(hostapi.Field("id", val(id)), hostapi.Field("process", val("test:leaf."+id)), hostapi.Field("name", val(id)))
			}
			pid, err := a.StartChild(sup, []hostapi.Value{child})
			if soft(err) == nil && ping { // a template notes its start itself
				a.send(string(pid), "ping")
				a.message()
			}
			return outcome(err)
		case "terminate":
			if s.simple {
				id = string(must1(a.Lookup(id)))
			}
			return outcome(a.TerminateChild(sup, id))
		case "restart":
			_, err := a.RestartChild(sup, id)
			return outcome(err)
		case "delete":
			return outcome(a.DeleteChild(sup, id))
		case "count":
			n := must1(a.CountChildren(sup))
			return fmt.Sprintf("specs %d active %d supervisors %d workers %d", n.Specs, n.Active, n.Supervisors, n.Processes)
		case "which":
			var list []string
			for _, c := range must1(a.WhichChildren(sup)) {
				list = append(list, c.ID+" "+string(c.Status))
			}
			return strings.Join(list, "; ")
		}
		return "unknown request " + verb
	})
}

// known waits until a name is: a start is seen before the process is live.
func (a *actor) known(name string) {
	for range 1_000_000 {
		if hostapi.IsPID(name) || soft(errOf(a.Lookup(name))) == nil {
			return
		}
		must(a.Yield())
	}
}

// outcome classifies the answer of a supervisor.
func outcome(err error) string {
	if soft(err) == nil {
		return "ok"
	}
	for _, known := range []struct {
		kind        hostapi.Kind
		text, class string
	}{
		{hostapi.AlreadyExists, "already started", "already_started"},
		{hostapi.AlreadyExists, "already present", "already_present"},
		{hostapi.NotFound, "child not found", "not_found"},
		{hostapi.Conflict, "child is running", "running"},
		{hostapi.Conflict, "child is restarting", "restarting"},
		{hostapi.Invalid, "not supported by simple_one_for_one", "simple_one_for_one"},
		{hostapi.Internal, "failed to execute script: no start", "failed"},
		{hostapi.Internal, "failed to start child", "failed"},
		{hostapi.Unavailable, "supervisor is shutting down", "shutting_down"},
	} {
		if e := hostapi.AsError(err); e.Kind == known.kind && strings.Contains(e.Message, known.text) {
			return known.class
		}
	}
	return err.Error()
}

// run plays a history.
func (s *stage) run(h history) {
	s.t.Helper()
	s.open(h.sup)
	for i, step := range h.steps {
		var answers []*string
		if all := strings.Split(step.do, " & "); i > 0 && len(all) > 1 {
			_, answers = s.together(all)
		} else if i > 0 {
			s.do(step.do)
		}
		n := 0
		if step.want != "" {
			n = strings.Count(step.want, ", ") + 1
		}
		got := s.quiet(n)
		for _, answer := range answers {
			got += *answer
		}
		if s.sim == nil && strings.HasPrefix(step.do, "which") {
			// What was seen last may not have reached the one who is asked.
			for tries := 0; got != step.want && tries < 10000; tries++ {
				s.do(step.do)
				got = s.quiet(n)
			}
		}
		if got != step.want {
			s.t.Errorf("%s: step %d, %s:\n got %s\nwant %s", h.name, i, step.do, got, step.want)
			return
		}
		<-s.opened
	}
}

// TestSupervisorHistories plays the table under many schedules and on real
// workers (16.4 to 16.13, 16.17).
func TestSupervisorHistories(t *testing.T) {
	for _, h := range histories() {
		t.Run(h.name, func(t *testing.T) {
			for seed := range uint64(40) {
				s := newStage(t, seed, 0)
				s.run(h)
				s.close()
				if t.Failed() {
					t.Fatalf("with seed %d", seed)
				}
			}
			for _, workers := range []int{1, 2} {
				if h.simulated() {
					break
				}
				s := newStage(t, 0, workers)
				s.run(h)
				s.close()
			}
		})
	}
}
