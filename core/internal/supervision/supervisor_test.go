package supervision

import (
	"context"
	"slices"
	"testing"

	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// bomb is a thing to do that the code of the supervisor fails at.
type bomb struct{}

func (bomb) handle(*supervisor) *hostapi.Result { panic("bomb") }

// waits is a process that waits for ever.
var waits = native.Program(func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
	_, _, err := t.Process().Inbox().Receive()
	return nil, err
})

// A supervisor whose own code fails takes its children along, nested ones too
// (16.6, 2.24).
func TestSupervisorFault(t *testing.T) {
	for seed := range uint64(100) {
		sim := schedule.NewSimulation(seed)
		rt := kernel.New(kernel.Options{Scheduler: sim, Seed: seed + 1}, kernel.Parts{})
		rt.DefineHost(kernel.HostOptions{ID: "test:host"})
		if err := rt.StartHost("test:host"); err != nil {
			t.Fatal(err)
		}
		rt.Define(kernel.Entry{ID: "test:waiting", Program: waits})
		leaf := spec.Child{Process: "test:waiting", Restart: spec.Permanent, Shutdown: spec.Shutdown{Infinity: true}}
		inner, outer := spec.DefaultSupervisor, spec.DefaultSupervisor
		for _, id := range []string{"a", "b"} {
			leaf.ID = id
			inner.Children = append(inner.Children, leaf)
		}
		outer.Children = []spec.Child{leaf, {ID: "n", Supervisor: &inner, Restart: spec.Permanent, Shutdown: spec.Shutdown{Infinity: true}}}
		Define(rt, "test:top", outer)
		var end *hostapi.Result
		pid, err := rt.Start(context.Background(), hostapi.Spawn{ID: "test:top", Host: "test:host"}, func(r hostapi.Result) { end = &r })
		if err != nil {
			t.Fatal(err)
		}
		if n := len(rt.Processes()); n != 5 {
			t.Fatalf("%d processes run, want 5", n)
		}
		p, err := rt.ResolveLive(string(pid))
		if err != nil {
			t.Fatal(err)
		}
		p.Behaviour().(*supervisor).push(bomb{}, nil)
		sim.Settle()
		if end == nil || end.Err == nil || end.Err.Kind != hostapi.Internal || end.Err.Message != "internal error" || end.Err.Stack == "" {
			t.Errorf("the supervisor ended with %v, want an internal error", end)
		}
		if left := rt.Processes(); len(left) > 0 {
			t.Errorf("seed %d: %v outlive it", seed, left)
		}
		if err := rt.Shutdown(context.Background(), 0); err != nil {
			t.Error(err)
		}
	}
}

// A supervisor that is just being made when its entry changes has the new
// specification (16.19).
func TestSupervisorMadeDuringChange(t *testing.T) {
	sim := schedule.NewSimulation(1)
	rt := kernel.New(kernel.Options{Scheduler: sim}, kernel.Parts{})
	rt.DefineHost(kernel.HostOptions{ID: "test:host"})
	if err := rt.StartHost("test:host"); err != nil {
		t.Fatal(err)
	}
	rt.Define(kernel.Entry{ID: "test:waiting", Program: waits})
	boss := spec.DefaultSupervisor
	boss.Children = []spec.Child{{ID: "old", Process: "test:waiting"}}
	Define(rt, "test:top", boss)
	spawn := hostapi.Spawn{ID: "test:top", Host: "test:host"}
	p, err := rt.Create(&kernel.Creation{Spawn: spawn, Plays: rt.RoleOf("test:top")}, func(*kernel.Process) {
		boss.Children = append([]spec.Child{{ID: "new", Process: "test:waiting"}}, boss.Children...)
		Change(rt, "test:top", boss)
	})
	if err != nil {
		t.Fatal(err)
	}
	sim.Run()
	var ids []string
	for c := range p.Behaviour().(*supervisor).children.All() {
		ids = append(ids, c.spec.ID)
	}
	if want := []string{"new", "old"}; !slices.Equal(ids, want) {
		t.Errorf("children %v, want %v", ids, want)
	}
}
