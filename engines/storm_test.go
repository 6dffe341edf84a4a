package engines_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
)

// attacks is how many attacks a storm makes in all on each engine; see
// CONTRIBUTING.md.
var attacks = flag.Int("storm.attacks", 0, "attacks of TestStorm on each engine; 0: a number that takes little time")

// luaWorker waits with a coroutine, a timer and a helper that is linked to it,
// and ends in the way it is told to.
const luaWorker = `
local time = require("time")

local ends = {
	["return"] = function() return "returned" end,
	fail = function() return nil, "failed" end,
	throw = function() error("thrown") end,
	raise = function() error(errors.new{kind = "Raised", message = "raised", details = {n = 1}}) end,
	bug = function() local x; return x.y end,
	deep = function() local function f() return 1 + f() end return f() end,
	pcall = function() pcall(process.terminate, process.pid()) while true do end end,
	terminate = function() process.terminate(process.pid()) channel.new(0):receive() end,
	cancel = function() process.cancel(process.pid(), 0) channel.new(0):receive() end,
	coroutine = function() coroutine.spawn(function() error("in coroutine") end) channel.new(0):receive() end,
	link = function(helper) process.send(helper, "die") while true do process.inbox():receive() end end,
	spin = function() while true do end end,
}

return function(id, name)
	local inbox, events, timer = process.inbox(), process.events(), time.after("1h")
	local silent = channel.new(0)
	coroutine.spawn(function() silent:receive() end)
	local helper = id % 10 == 0 and process.spawn_linked("app:helper", "app:host", process.pid())
	local seen = {}
	while true do
		local r = channel.select{events:case_receive(), inbox:case_receive(), timer:case_receive()}
		if r.channel == events then
			if r.value.kind == process.event.CANCEL then return "cancelled" end
		else
			local topic, data = r.value:topic(), r.value:payload():data()
			if topic == "pass" then
				seen[#seen + 1] = data
				if data.hops > 0 then
					process.send(data.to[data.hops], "pass", {hops = data.hops - 1, to = data.to})
				end
			elseif topic ~= "link" or helper then
				return ends[topic](helper)
			else
				return ends.fail()
			end
		end
	end
end`

// The helper fails when it is told to. A normal end of its worker, which does
// not touch it as linked process, it sees as EXIT.
const luaHelper = `return function(worker)
	local _, gone = process.monitor(worker)
	if gone then return end
	local inbox, events = process.inbox(), process.events()
	if channel.select{inbox:case_receive(), events:case_receive()}.channel == inbox then
		error("the helper failed")
	end
end`

const starlarkWorker = `
time = require("time")

def recurse():
    return 1 + recurse()

def spin():
    while True:
        pass

def throw_in_coroutine():
    error("in coroutine")

def wait():
    channel.new(0).receive()

def end_throw(helper): error("thrown")
def end_raise(helper): error(errors.new({"kind": "Raised", "message": "raised", "details": {"n": 1}}))
def end_bug(helper): return None.y
def end_deep(helper): return recurse()
def end_spin(helper): spin()

def end_pcall(helper):
    pcall(process.terminate, process.pid())
    spin()

def end_terminate(helper):
    process.terminate(process.pid())
    wait()

def end_cancel(helper):
    process.cancel(process.pid(), 0)
    wait()

def end_coroutine(helper):
    coroutine.spawn(throw_in_coroutine)
    wait()

def end_link(helper):
    process.send(helper, "die")
    while True:
        process.inbox().receive()

ENDS = {
    "return": lambda helper: "returned", "fail": lambda helper: (None, "failed"),
    "throw": end_throw, "raise": end_raise, "bug": end_bug, "deep": end_deep, "pcall": end_pcall,
    "terminate": end_terminate, "cancel": end_cancel, "coroutine": end_coroutine, "link": end_link,
    "spin": end_spin,
}

def main(id, name):
    inbox, events, timer = process.inbox(), process.events(), time.after("1h")
    silent = channel.new(0)
    coroutine.spawn(silent.receive)
    helper, _ = process.spawn_linked("app:helper", "app:host", process.pid()) if id % 10 == 0 else (None, None)
    seen = []
    while True:
        r = channel.select([events.case_receive(), inbox.case_receive(), timer.case_receive()])
        if r.channel == events:
            if r.value.kind == process.event.CANCEL:
                return "cancelled"
        else:
            topic, data = r.value.topic(), r.value.payload().data()
            if topic == "pass":
                seen.append(data)
                if data["hops"] > 0:
                    pcall(process.send, data["to"][data["hops"] - 1], "pass", {"hops": data["hops"] - 1, "to": data["to"]})
            elif topic != "link" or helper:
                return ENDS[topic](helper)
            else:
                return ENDS["fail"](helper)
`

const starlarkHelper = `
def main(worker):
    if not pcall(process.monitor, worker)[0]:
        return
    inbox, events = process.inbox(), process.events()
    if channel.select([inbox.case_receive(), events.case_receive()]).channel == inbox:
        error("the helper failed")
`

// causes are the topics that end a worker.
var causes = []string{
	"return", "fail", "throw", "raise", "bug", "pcall", "terminate", "cancel", "coroutine", "link", "spin",
}

// outcomes are the beginnings of what ends of workers say, and whether a storm of
// some size must have seen one; there are no others.
var outcomes = map[string]bool{
	`value "returned"`: true, `value "cancelled"`: true, "failed": true, "thrown": true, "raised": true, "in coroutine": true,
	"process terminated": true, "process cancelled: grace period expired": true, "linked process failed": false,
	"stack overflow": false, "src/test.lua:10: stack overflow": false, // likewise
	"src/test.lua:9: attempt to index local 'x'": false, "NoneType has no .y field": false, // one of them, by the engine
}

// storm is a tree of supervisors over workers of one engine, of which random
// ones are struck all the time.
type storm struct {
	*core.Runtime
	t       *testing.T
	workers []string // names
	groups  []stormGroup

	mu       sync.Mutex
	restarts map[string]int         // decided on, by worker
	lives    map[string]int         // ended, by worker
	helpers  int                    // ended
	started  map[string]int         // live, by entry
	ends     map[hostapi.PID]int    // of all processes
	told     map[hostapi.PID]string // how workers ended, by their reports
	seen     []exit                 // by attackers
	texts    map[string]int         // how workers ended, with numbers
	outcomes map[string]int         // the same, by outcome
}

// exit is an EXIT as an attacker saw it.
type exit struct {
	pid  hostapi.PID
	text string
}

// stormGroup is a supervisor and its workers, from first on.
type stormGroup struct {
	name     string
	strategy spec.Strategy
	first, n int
}

// newStorm makes the tree: nine tenths of the workers in groups of one_for_one,
// the others in small groups that are restarted together.
func newStorm(t *testing.T, engine hostapi.Engine, worker, helper string, workers int) *storm {
	s := &storm{t: t}
	s.Runtime = core.New(core.Options{OnEvent: s.event})
	s.DefineHost(core.HostOptions{ID: hostID, Workers: 4})
	if err := s.StartHost(hostID); err != nil {
		t.Fatal(err)
	}
	s.Define(core.Entry{ID: "app:worker", Program: compile(t, engine, worker)})
	s.Define(core.Entry{ID: "app:helper", Program: compile(t, engine, helper)})
	for i := range workers {
		s.workers = append(s.workers, fmt.Sprintf("w%d", i))
	}
	for first := 0; first < workers; {
		g := stormGroup{fmt.Sprintf("g%d", len(s.groups)), spec.OneForOne, first, 50}
		if first >= workers*9/10 {
			g.strategy, g.n = spec.OneForAll, 4
			if len(s.groups)%2 == 0 {
				g.strategy = spec.RestForOne
			}
		}
		g.n = min(g.n, workers-first)
		first += g.n
		s.groups = append(s.groups, g)
	}
	s.DefineSupervisor("app:storm", s.tree())
	return s
}

func (s *storm) tree() spec.Supervisor {
	top := spec.DefaultSupervisor
	top.Intensity, top.Period, top.Host = 1<<30, 24*time.Hour, hostID
	for _, g := range s.groups {
		group := top
		group.Strategy, group.Children = g.strategy, nil
		for i := g.first; i < g.first+g.n; i++ {
			group.Children = append(group.Children, spec.Child{
				ID: s.workers[i], Process: "app:worker", Name: s.workers[i], Restart: spec.Permanent,
				Input:    []hostapi.Value{hostapi.Int(int64(i)), hostapi.String(s.workers[i])},
				Shutdown: spec.Shutdown{Timeout: time.Minute},
			})
		}
		top.Children = append(top.Children, spec.Child{
			ID: g.name, Name: g.name, Supervisor: &group, Restart: spec.Permanent,
			Shutdown: spec.Shutdown{Infinity: true},
		})
	}
	return top
}

// event counts what happens.
func (s *storm) event(e core.RuntimeEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := e.(type) {
	case core.ProcessStarted:
		s.started[e.Entry]++
	case core.SupervisorRestart:
		s.restarts[e.Child]++
	case core.EndReport:
		s.ends[e.PID]++
		switch {
		case e.Entry == "app:helper":
			s.helpers++
		case e.Entry == "app:worker":
			if len(e.Names) != 1 {
				s.t.Errorf("%s ended with the names %q", e.PID, e.Names)
				return
			}
			s.lives[e.Names[0]]++
			s.told[e.PID] = endText(e.Result)
		}
	}
}

func endText(r hostapi.Result) string {
	if r.Err != nil {
		return r.Err.Error()
	}
	return "value " + r.Value.String()
}

// strike is the body of an attacker: it makes n attacks, each on a worker that
// it watches, and waits for the EXIT before it goes on.
func (s *storm) strike(t hostapi.Task, n int, rng *rand.Rand) error {
	p := t.Process()
	var seen []exit
	for len(seen) < n {
		dest, err := p.Lookup(s.workers[rng.IntN(len(s.workers))])
		if err == nil {
			err = p.Monitor(string(dest))
		}
		if errors.Is(err, hostapi.ErrKilled) {
			return err
		} else if err != nil {
			continue // being restarted, or gone meanwhile
		}
		if err := s.blow(p, string(dest), causes[rng.IntN(len(causes))], rng); errors.Is(err, hostapi.ErrKilled) {
			return err
		}
		v, _, err := p.Events().Receive()
		if err != nil {
			return err
		}
		e := v.Record()
		if e.Get("kind").Str() != "pid.exit" || e.Get("from").Str() != string(dest) {
			return fmt.Errorf("the event is %s, expected EXIT of %s", v, dest)
		}
		text := "value " + e.Get("result").Record().Get("value").String()
		if err := e.Get("result").Record().Get("error").Err(); err != nil {
			text = err.Error()
		}
		seen = append(seen, exit{dest, text})
		if more, err := p.Select([]*hostapi.Case{{Channel: p.Events()}}, false); err != nil {
			return err
		} else if more.Index == 0 {
			return fmt.Errorf("one event too many: %s", more.Value)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, seen...)
	return nil
}

// blow makes one attack, with messages under way to others. That the worker is
// gone already, by somebody else's attack, is no error.
func (s *storm) blow(p hostapi.Process, dest, topic string, rng *rand.Rand) error {
	for range rng.IntN(3) {
		to := make([]hostapi.Value, 1+rng.IntN(3))
		for i := range to {
			to[i] = hostapi.String(s.workers[rng.IntN(len(s.workers))])
		}
		pass := hostapi.MapOf(hostapi.Field("hops", hostapi.Int(int64(len(to)))), hostapi.Field("to", hostapi.ListOf(to...)))
		if err := p.Send(dest, "pass", []hostapi.Value{pass}); err != nil {
			return err
		}
	}
	switch rng.IntN(8) {
	case 0, 1:
		return p.Terminate(dest)
	case 2:
		return p.Cancel(dest, -1, "storm")
	case 3:
		return p.Cancel(dest, 0, "storm")
	case 4:
		return p.Cancel(dest, time.Hour, "storm")
	}
	if rng.IntN(500) == 0 {
		topic = "deep" // which takes long
	}
	err := p.Send(dest, topic, nil)
	if err == nil && topic == "spin" {
		return p.Terminate(dest)
	}
	return err
}

// rage starts the tree, lets attackers make n attacks, checks that the tree is
// whole, stops it, and checks that all adds up.
func (s *storm) rage(n int, seed uint64) {
	const attackers = 16
	s.restarts, s.lives, s.started = make(map[string]int), make(map[string]int), make(map[string]int)
	s.outcomes = make(map[string]int)
	s.ends, s.told, s.seen, s.helpers = make(map[hostapi.PID]int), make(map[hostapi.PID]string), nil, 0
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	var end *hostapi.Result
	ended := make(chan struct{})
	top, err := s.Start(ctx, hostapi.Spawn{ID: "app:storm", Host: hostID}, func(r hostapi.Result) {
		end = &r
		close(ended)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Define(core.Entry{ID: "app:attacker", Program: native.Program(func(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
		return nil, s.strike(t, n/attackers, rand.New(rand.NewPCG(seed, uint64(args[0].Int()))))
	})})
	s.Define(core.Entry{ID: "app:judge", Program: native.Program(func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
		return nil, s.judge(t.Process(), attackers)
	})})
	if _, err := s.Exec(ctx, hostapi.Spawn{ID: "app:judge", Host: hostID}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.Cancel(top, -1, ""); err != nil {
		s.t.Fatal(err)
	}
	if !s.Await(ctx, ended) || end.Err != nil {
		s.t.Fatalf("the top supervisor ended with %v", end)
	}
	s.Define(core.Entry{ID: "app:last", Program: native.Program(func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
		for len(s.Processes()) > 1 || !s.helped() { // helpers see the end of their workers
			if err := t.Process().Sleep(time.Millisecond); err != nil {
				return nil, err
			}
		}
		return nil, nil
	})})
	if _, err := s.Exec(ctx, hostapi.Spawn{ID: "app:last", Host: hostID}); err != nil {
		s.t.Fatalf("%v outlive the tree: %v", s.Processes(), err)
	}
	for _, name := range append(slices.Clone(s.workers), s.groups[0].name) {
		if pid, ok := s.Lookup(name); ok {
			s.t.Errorf("the name %s is left to %s", name, pid)
		}
	}
	s.add(n / attackers * attackers)
}

// helped reports whether all helpers are known to have ended.
func (s *storm) helped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.started["app:helper"] == s.helpers
}

// judge lets the attackers run and looks at the tree when they have ended.
func (s *storm) judge(p hostapi.Process, attackers int) error {
	for i := range attackers {
		if _, err := p.Spawn(hostapi.Spawn{ID: "app:attacker", Host: hostID, Monitor: true, Args: []hostapi.Value{hostapi.Int(int64(i))}}); err != nil {
			return err
		}
	}
	for range attackers {
		v, _, err := p.Events().Receive()
		if err != nil {
			return err
		}
		if err := v.Record().Get("result").Record().Get("error").Err(); err != nil {
			return err
		}
	}
	for _, g := range s.groups {
		supervision, _ := hostapi.FacilityOf[hostapi.Supervision](p)
		children, err := supervision.WhichChildren(g.name)
		if err != nil {
			return err
		}
		if len(children) != g.n {
			return fmt.Errorf("group %s has %d children", g.name, len(children))
		}
		for i, c := range children {
			if pid, err := p.Lookup(s.workers[g.first+i]); err != nil || c.Status != hostapi.ChildRunning || pid != c.PID {
				return fmt.Errorf("group %s is not whole: %v, looked up %s, %v", g.name, c, pid, err)
			}
		}
	}
	return nil
}

// add checks the numbers after a storm of n attacks.
func (s *storm) add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for pid, n := range s.ends {
		if n != 1 {
			s.t.Errorf("%s ended %d times", pid, n)
		}
	}
	if len(s.seen) != n {
		s.t.Errorf("%d EXITs were seen after %d attacks", len(s.seen), n)
	}
	s.texts = make(map[string]int)
	for _, e := range s.seen {
		if s.told[e.pid] != e.text {
			s.t.Errorf("%s ended with %q, but its EXIT says %q", e.pid, s.told[e.pid], e.text)
		}
	}
	total := 0
	for _, text := range s.told {
		text, _, _ = strings.Cut(text, "\n")
		s.texts[text]++
	}
	for outcome := range outcomes {
		found := 0
		for text := range s.texts {
			if strings.HasPrefix(text, outcome) {
				found += s.texts[text]
				delete(s.texts, text)
			}
		}
		s.outcomes[outcome] = found
	}
	if len(s.texts) > 0 {
		s.t.Errorf("workers ended in other ways: %v", s.texts)
	}
	for _, g := range s.groups {
		all := 0
		for i := g.first; i < g.first+g.n; i++ {
			all += s.restarts[s.workers[i]]
		}
		before := 0
		for i := g.first; i < g.first+g.n; i++ {
			name := s.workers[i]
			before += s.restarts[name]
			want := 1 + map[spec.Strategy]int{spec.OneForOne: s.restarts[name], spec.OneForAll: all, spec.RestForOne: before}[g.strategy]
			if s.lives[name] != want {
				s.t.Errorf("%s of a %s group lived %d times, its restarts say %d", name, g.strategy, s.lives[name], want)
			}
			total += s.lives[name]
		}
	}
	if s.started["app:worker"] != total {
		s.t.Errorf("%d workers were live, %d ended", s.started["app:worker"], total)
	}
	if total-len(s.workers) < n/2 {
		s.t.Errorf("only %d restarts after %d attacks", total-len(s.workers), n)
	}
}

// heap is what is in use after a collection.
func heap() int64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// forget drops what a storm has counted.
func (s *storm) forget() {
	s.restarts, s.lives, s.started, s.ends, s.told, s.seen, s.texts = nil, nil, nil, nil, nil, nil, nil
}

// TestStorm strikes 1,000 supervised scripts of each engine again and again, by
// kills, cancels and by letting them end or fail by themselves in every way:
// every EXIT is seen once, restarts and lives add up, the tree is whole in the
// end, no process outlives it, and no name, goroutine or memory is left; nor are
// processes, links and timers, which are memory.
func TestStorm(t *testing.T) {
	workers, n := 1000, 10000
	if testing.Short() || raceEnabled {
		workers, n = 100, 1000
	}
	if *attacks > 0 {
		n = *attacks
	}
	for _, c := range []struct {
		engine         hostapi.Engine
		worker, helper string
	}{
		{gopherlua.New(), luaWorker, luaHelper},
		{golua.New(), luaWorker, luaHelper},
		{starlark.New(), starlarkWorker, starlarkHelper},
	} {
		t.Run(c.engine.Info().Name, func(t *testing.T) {
			goroutines := runtime.NumGoroutine()
			s := newStorm(t, c.engine, c.worker, c.helper, workers)
			s.rage(n/10, 1) // until all that is reused has been made; too few for every outcome
			s.forget()
			before := heap()
			start := time.Now()
			s.rage(n, 2)
			for outcome, needed := range outcomes {
				if needed && s.outcomes[outcome] == 0 {
					t.Errorf("no worker ended with %s", outcome)
				}
			}
			took, restarts := time.Since(start), len(s.told)-workers
			s.forget()
			grown := heap() - before
			t.Logf("%d workers, %d attacks in %s: %d restarts; heap grown by %d bytes; ends: %v", workers, n, took.Round(time.Millisecond), restarts, grown, s.outcomes)
			if grown > 256<<10+4*int64(n) {
				t.Errorf("%d bytes are left of %d processes", grown, restarts)
			}
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if err := s.Shutdown(ctx, time.Hour); err != nil {
				t.Error(err)
			}
			if left := s.Waiting(); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
			for runtime.NumGoroutine() > goroutines {
				if ctx.Err() != nil {
					t.Fatalf("%d goroutines before, %d after", goroutines, runtime.NumGoroutine())
				}
				runtime.Gosched()
			}
		})
	}
}
