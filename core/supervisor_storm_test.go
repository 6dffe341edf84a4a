package core_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// storm is a tree of supervisors over many workers, of which random ones are
// killed, crashed and cancelled all the time.
type storm struct {
	*house
	workers, attacks int

	mu      sync.Mutex
	starts  map[string]int // of each worker, by id
	ends    map[hostapi.PID]int
	results map[string]int // how processes ended
}

const stormGroups = 20

func (s *storm) id(i int) string { return fmt.Sprintf("w%d", i) }

// specs gives the tree: groups of one_for_one under one top.
func (s *storm) specs() spec.Supervisor {
	top := spec.DefaultSupervisor
	top.Intensity, top.Period, top.Host = 1<<30, time.Hour, hostID
	for g := range stormGroups {
		group := top
		group.Children = nil
		for i := g; i < s.workers; i += stormGroups {
			group.Children = append(group.Children, spec.Child{
				ID: s.id(i), Process: "test:worker", Input: vals(s.id(i)), Name: s.id(i), Restart: spec.Permanent,
				Shutdown: spec.Shutdown{Timeout: 5 * time.Second},
			})
		}
		top.Children = append(top.Children, spec.Child{
			ID: fmt.Sprintf("g%d", g), Name: fmt.Sprintf("g%d", g), Supervisor: &group, Restart: spec.Permanent,
			Shutdown: spec.Shutdown{Infinity: true},
		})
	}
	return top
}

// worker ends when it is asked to, in one way or another.
func (s *storm) worker(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
	p := t.Process()
	s.mu.Lock()
	s.starts[args[0].Str()]++
	s.mu.Unlock()
	got, err := p.Select([]*hostapi.Case{{Channel: p.Events()}, {Channel: p.Inbox()}}, true)
	if err != nil || got.Index == 0 {
		return nil, err
	}
	return nil, hostapi.Errorf(hostapi.Internal, "crash")
}

// attack is the body of an attacker: it makes its share of attacks, each on a
// worker it watches, and waits for the EXIT before it looks for the successor.
func (s *storm) attack(a *actor, seed uint64) any {
	rng := rand.New(rand.NewPCG(seed, 11))
	for done := 0; done < s.attacks; {
		pid, err := a.Lookup(s.id(rng.IntN(s.workers)))
		if soft(err) != nil || soft(a.Monitor(string(pid))) != nil {
			continue // being restarted, or gone meanwhile
		}
		// Somebody else may have struck it: then it is his attack.
		switch dest := string(pid); rng.IntN(4) {
		case 0:
			err = a.Terminate(dest)
		case 1:
			err = a.Cancel(dest, -1, "storm")
		case 2:
			err = a.Cancel(dest, 0, "storm")
		case 3:
			err = a.Send(dest, "crash", nil)
		}
		if soft(err) == nil {
			done++
		}
		for {
			if e := a.event(); kind(e) == "pid.exit" {
				if from(e) != string(pid) {
					s.t.Errorf("EXIT of %s, expected that of %s", from(e), pid)
				}
				break
			}
		}
		if v, more := a.poll(a.Events()); more {
			s.t.Errorf("one event too many: %v", v)
		}
	}
	return nil
}

func (s *storm) run(attackers int) {
	s.starts, s.ends, s.results = map[string]int{}, map[hostapi.PID]int{}, map[string]int{}
	s.Define(core.Entry{ID: "test:worker", Program: native.Program(s.worker)})
	s.DefineSupervisor("test:storm", s.specs())
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	var end *hostapi.Result
	ended := make(chan struct{})
	pid, err := s.Start(ctx, hostapi.Spawn{ID: "test:storm", Host: hostID}, func(r hostapi.Result) {
		end = &r
		close(ended)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range attackers {
		s.define(fmt.Sprintf("attacker%d", i), func(a *actor) any { return s.attack(a, uint64(i)) })
	}
	s.define("main", func(a *actor) any {
		for i := range attackers {
			a.spawnMonitored(fmt.Sprintf("attacker%d", i))
		}
		for range attackers {
			if text := failure(a.event()); text != "" {
				return hostapi.Errorf(hostapi.Internal, "attacker failed: %s", text)
			}
		}
		for g := range stormGroups {
			if n := must1(a.CountChildren(fmt.Sprintf("g%d", g))); n.Active != s.workers/stormGroups || n.Specs != n.Active {
				return hostapi.Errorf(hostapi.Internal, "group %d is not whole: %v", g, n)
			}
		}
		return nil
	})
	if _, err := s.Exec(ctx, req("main")); err != nil {
		s.t.Fatal(err)
	}
	// Top, groups and workers are left, nobody else.
	if n := len(s.Processes()); n != 1+stormGroups+s.workers {
		s.t.Errorf("%d processes are left, want %d", n, 1+stormGroups+s.workers)
	}
	if err := s.Cancel(string(pid), -1, ""); err != nil {
		s.t.Fatal(err)
	}
	if !s.Await(ctx, ended) || end.Err != nil {
		s.t.Fatalf("the top supervisor ended with %v", end)
	}
	if left := s.Processes(); len(left) > 0 {
		s.t.Errorf("16.6: %v outlive the tree", left)
	}
	s.check(attackers)
}

// check compares the numbers of starts and ends.
func (s *storm) check(attackers int) {
	s.house.mu.Lock()
	defer s.house.mu.Unlock()
	workers := 0
	for _, r := range s.house.ends {
		s.ends[r.PID]++
		if r.Entry == "test:worker" {
			workers++
			switch {
			case r.Result.Err == nil:
				s.results["normal"]++
			default:
				s.results[r.Result.Err.Message]++
			}
		}
	}
	for pid, n := range s.ends {
		if n != 1 {
			s.t.Errorf("%s ended %d times", pid, n)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	starts := 0
	for i := range s.workers {
		starts += s.starts[s.id(i)]
	}
	// A worker that is killed before its first instruction ends without a start.
	if starts > workers {
		s.t.Errorf("%d starts and %d ends", starts, workers)
	}
	restarts := workers - s.workers
	if restarts > attackers*s.attacks || restarts < attackers*s.attacks/2 {
		s.t.Errorf("%d restarts after %d attacks", restarts, attackers*s.attacks)
	}
	s.t.Logf("%d workers, %d attacks: %d restarts; ends %v", s.workers, attackers*s.attacks, restarts, s.results)
}

// TestStorm strikes 1,000 supervised workers 10,000 times on real workers, in
// long runs 100,000 times: no EXIT is lost or seen twice, the tree is whole
// afterwards, and nothing is left when it has been stopped.
func TestStorm(t *testing.T) {
	s := &storm{workers: 1000, attacks: 625}
	switch {
	case testing.Short() || raceEnabled:
		s.workers, s.attacks = 200, 500
	case long():
		s.attacks = 6250
	}
	s.house = onWorkers(t, 4)
	s.run(16)
	s.close()
}

// TestSimulatedStorm does it on a small scale under many schedules.
func TestSimulatedStorm(t *testing.T) {
	n := uint64(20)
	if testing.Short() || raceEnabled {
		n = 3
	}
	for seed := range n {
		s := &storm{workers: 40, attacks: 50}
		s.house = simulated(t, seed)
		s.run(5)
		s.close()
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}
