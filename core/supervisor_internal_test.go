package core

import (
	"context"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// bomb is a thing to do that the code of the supervisor fails at.
type bomb struct{}

func (bomb) handle(*supervisor) *hostapi.Result { panic("bomb") }

// waiting is a process that waits for ever.
type waiting struct{}

func (waiting) Load(hostapi.Task) (hostapi.Instance, error) { return waiting{}, nil }

func (waiting) Method(string) (hostapi.Function, error) { return waiting{}, nil }

func (waiting) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return cp.Value(v, nil)
}

func (waiting) Close() {}

func (waiting) Call(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
	_, _, err := t.Process().Inbox().Receive()
	return nil, err
}

// A supervisor whose own code fails takes its children along, nested ones too
// (16.6, 2.24).
func TestSupervisorFault(t *testing.T) {
	for seed := range uint64(100) {
		sim := NewSimulation(seed)
		rt := New(Options{Scheduler: sim, Seed: seed + 1})
		rt.DefineHost(HostOptions{ID: "test:host"})
		if err := rt.StartHost("test:host"); err != nil {
			t.Fatal(err)
		}
		rt.Define(Entry{ID: "test:waiting", Program: waiting{}})
		leaf := ChildSpec{Process: "test:waiting", Restart: Permanent, Shutdown: ChildShutdown{Infinity: true}}
		inner, outer := DefaultSupervisor, DefaultSupervisor
		for _, id := range []string{"a", "b"} {
			leaf.ID = id
			inner.Children = append(inner.Children, leaf)
		}
		outer.Children = []ChildSpec{leaf, {ID: "n", Supervisor: &inner, Restart: Permanent, Shutdown: ChildShutdown{Infinity: true}}}
		rt.DefineSupervisor("test:top", outer)
		var end *hostapi.Result
		pid, err := rt.Start(context.Background(), hostapi.Spawn{ID: "test:top", Host: "test:host"}, func(r hostapi.Result) { end = &r })
		if err != nil {
			t.Fatal(err)
		}
		if n := len(rt.Processes()); n != 5 {
			t.Fatalf("%d processes run, want 5", n)
		}
		p, err := rt.resolve(string(pid))
		if err != nil {
			t.Fatal(err)
		}
		p.supervisor.push(bomb{}, nil)
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
