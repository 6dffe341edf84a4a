package lifecycle_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// services are actors that tell when they run and why they stop. A "stubborn"
// one ignores events, a "short" one ends by itself, a "broken" one fails at
// once; a "flaky" one fails to load as often as its word has letters.
func services() behaviours {
	patient := func(s *stage, _ []string, t hostapi.Task) ([]hostapi.Value, error) {
		p := t.Process()
		s.see("%s runs", p.EntryID())
		v, _, err := p.Events().Receive()
		if err != nil {
			return nil, err
		}
		s.see("%s stops: %s", p.EntryID(), v.Record().Get("reason").Str())
		return nil, nil
	}
	return behaviours{
		"patient": patient,
		"flaky":   patient,
		"stubborn": func(s *stage, _ []string, t hostapi.Task) ([]hostapi.Value, error) {
			s.see("%s runs", t.Process().EntryID())
			t.Process().Events() // it could know that it is to stop
			_, _, err := t.Process().Inbox().Receive()
			return nil, err
		},
		"short": func(s *stage, _ []string, t hostapi.Task) ([]hostapi.Value, error) {
			s.see("%s runs", t.Process().EntryID())
			return nil, nil
		},
		"broken": func(s *stage, _ []string, t hostapi.Task) ([]hostapi.Value, error) {
			s.see("%s runs", t.Process().EntryID())
			return nil, hostapi.Errorf(hostapi.Internal, "broken")
		},
	}
}

func eachSeed(t *testing.T, n uint64, entries string, test func(s *stage)) {
	t.Helper()
	for seed := range n {
		t.Run("", func(t *testing.T) { test(open(t, seed, services(), entries)) })
	}
}

// A chain of requirements: c needs b needs a; d stands alone; only c and d have
// auto_start.
const chain = host + `
  - {name: a, kind: process.lua, engine: gopherlua, source: patient, lifecycle: {stop_timeout: 1s}}
  - {name: b, kind: process.lua, engine: gopherlua, source: patient, lifecycle: {requires: [a]}}
  - {name: c, kind: process.lua, engine: gopherlua, source: patient, lifecycle: {auto_start: true, depends_on: [b]}}
  - {name: d, kind: process.lua, engine: gopherlua, source: patient, lifecycle: {auto_start: true}}
  - {name: e, kind: process.lua, engine: gopherlua, source: patient, lifecycle: {auto_start: false}}
`

func TestRequirementsRunFirstAndStopLast(t *testing.T) {
	eachSeed(t, 50, chain, func(s *stage) {
		s.run.AutoStart()
		s.sim.Settle()
		if err := s.run.Wait(context.Background()); err != nil {
			t.Fatal(err)
		}
		// 15.4: what is required starts too, auto_start or not, and before.
		var order []string
		for _, line := range s.seen {
			if line != "a:d runs" {
				order = append(order, line)
			}
		}
		if !slices.Equal(order, []string{"a:a runs", "a:b runs", "a:c runs"}) || len(s.seen) != 4 {
			t.Errorf("started %q", s.seen)
		}
		s.seen = nil
		if err := s.run.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		// 21.3: reverse order; d is on the level of a.
		if len(s.seen) != 4 || s.seen[0] != "a:c stops: shutdown" || s.seen[1] != "a:b stops: shutdown" {
			t.Errorf("stopped %q", s.seen)
		}
		s.run.Start("a:e")
		s.sim.Settle()
		if len(s.seen) != 4 {
			t.Errorf("started after the stop: %q", s.seen) // 21.2
		}
	})
}

func TestDependentsWaitForARestartOfTheirRequirement(t *testing.T) {
	// 15.5, 15.6: the start of a fails twice; b starts when a's restart succeeds.
	eachSeed(t, 20, host+`
  - {name: a, kind: process.lua, engine: gopherlua, source: flaky xx, lifecycle: {restart: {initial_delay: 1s, jitter: 0}}}
  - {name: b, kind: process.lua, engine: gopherlua, source: patient, lifecycle: {auto_start: true, requires: [a]}}
`, func(s *stage) {
		s.run.AutoStart()
		s.sim.Settle()
		s.saw("a:a fails to load")
		s.sim.RunFor(time.Second)
		s.saw("a:a fails to load")
		s.sim.RunFor(2*time.Second - 1) // the delay has doubled
		s.saw()
		s.sim.RunFor(1)
		s.saw("a:a runs", "a:b runs")
		if state, pid, ok := s.run.State("a:b"); state != core.ServiceRunning || pid == "" || !ok {
			t.Errorf("b is %s", state)
		}
	})
}

func TestGivenUpEntriesAreNamed(t *testing.T) {
	s := open(t, 1, services(), host+`
  - {name: a, kind: process.lua, engine: gopherlua, source: flaky xxxxx, lifecycle: {restart: {initial_delay: 1s, max_attempts: 2}}}
  - {name: b, kind: process.lua, engine: gopherlua, source: patient, lifecycle: {auto_start: true, requires: [a]}}
  - {name: c, kind: process.lua, engine: gopherlua, source: patient, lifecycle: {auto_start: true, requires: [b]}}
`)
	s.run.AutoStart()
	err := s.run.Wait(context.Background())
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"a:a: failed to execute script: not yet", "a:b: requires a:a, which failed", "a:c: requires a:b, which failed"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %q", want, err)
		}
	}
	s.saw("a:a fails to load", "a:a fails to load", "a:a fails to load")
}

func TestLaterFailuresOfARequirementTouchNobody(t *testing.T) {
	s := open(t, 1, services(), host+`
  - {name: a, kind: process.lua, engine: gopherlua, source: short, lifecycle: {}}
  - {name: b, kind: process.lua, engine: gopherlua, source: patient, lifecycle: {auto_start: true, requires: [a]}}
`)
	s.run.AutoStart()
	s.sim.RunFor(time.Hour)
	s.saw("a:a runs", "a:b runs")
	if state, _, _ := s.run.State("a:a"); state != core.ServiceExited {
		t.Errorf("a is %s", state) // 15.7: a normal exit is final
	}
}

func TestStopKillsAtTheEndOfTheGrace(t *testing.T) {
	s := open(t, 1, services(), host+`
  - {name: a, kind: process.lua, engine: gopherlua, source: stubborn, lifecycle: {auto_start: true, stop_timeout: 7s}}
`)
	s.run.AutoStart()
	s.sim.Settle()
	before := s.sim.Now()
	if err := s.run.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if d := s.sim.Now().Sub(before); d != 7*time.Second {
		t.Errorf("stopped after %s, want 7s", d) // 21.8
	}
	log := s.log.String()
	if !strings.Contains(log, "shutdown: waiting") || !strings.Contains(log, `for="a:a (receive channel(inbox))"`) {
		t.Errorf("nobody says who is awaited: %s", log)
	}
	if n := strings.Count(log, "level=WARN"); n != 1 {
		t.Errorf("%d warnings, want one that names the process:\n%s", n, log) // 21.6
	}
}

func TestStopNamesProcessesOfAHost(t *testing.T) {
	// A process that no service started is stopped with its host (21.4).
	s := open(t, 1, services(), `
  - {name: host, kind: process.host, lifecycle: {stop_timeout: 5s}}
  - {name: a, kind: process.lua, engine: gopherlua, source: stubborn}
`)
	s.run.Start("a:host")
	pid, err := s.Start(context.Background(), hostapi.Spawn{ID: "a:a", Host: "a:host"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.sim.Settle()
	before := s.sim.Now()
	if err := s.run.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if d := s.sim.Now().Sub(before); d != 5*time.Second {
		t.Errorf("stopped after %s, want 5s", d)
	}
	if log := s.log.String(); !strings.Contains(log, `for="`+string(pid)+` a:a (receive channel(inbox))"`) {
		t.Errorf("the process awaited is not named: %s", log)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	s := open(t, 1, services(), host+`
  - {name: a, kind: process.lua, engine: gopherlua, source: flaky xxxxxxxxxxxx, lifecycle: {auto_start: true}}
`)
	s.run.AutoStart()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.run.Wait(ctx); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}

func TestServiceEntriesAndUnknownStates(t *testing.T) {
	s := open(t, 1, services(), host+`
  - {name: code, kind: process.lua, engine: gopherlua, source: patient}
  - {name: one, kind: process.service, process: code, lifecycle: {auto_start: true}}
  - {name: two, kind: process.service, process: code, lifecycle: {auto_start: true}}
`)
	s.run.AutoStart()
	s.sim.Settle()
	s.saw("a:code runs", "a:code runs")
	_, one, _ := s.run.State("a:one")
	_, two, _ := s.run.State("a:two")
	if one == "" || two == "" || one == two {
		t.Errorf("processes %q and %q", one, two)
	}
	if _, _, ok := s.run.State("a:host"); ok {
		t.Error("a host has a service state")
	}
}
