package kernel

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// relay is a third behaviour: it runs nothing and notes what it is told, as one
// would that passes it on to somewhere else.
type relay struct {
	*Script
	told []string
}

func (s *relay) Behave(*process) Behaviour { return s }

func (s *relay) Trusted() bool { return true }

func (s *relay) Run(p *process, t *task, _ []hostapi.Value) *hostapi.Result {
	p.GoLive()
	_ = t.p.Until("elsewhere", func() bool { return false })
	return nil
}

func (s *relay) Message(_ *process, m *hostapi.Message, _ *process) error {
	s.told = append(s.told, "message "+m.Topic)
	return nil
}

func (s *relay) Event(_ *process, e *hostapi.Event, _ *process) {
	s.told = append(s.told, "event "+string(e.Kind))
}

func (s *relay) Cancel(_ *process, c cancellation) error {
	s.told = append(s.told, fmt.Sprintf("cancel %s %s", c.grace, c.reason))
	return nil
}

func (s *relay) Related(_, _ *process, r relation, on bool) {
	s.told = append(s.told, fmt.Sprintf("%s %t", [...]string{"linked", "monitored"}[r], on))
}

// What others do to a process reaches its behaviour, and its end is that of any
// process: monitors get EXIT, links die of it, its name is free.
func TestBehaviourIsToldWhatOthersDo(t *testing.T) {
	sim := schedule.NewSimulation(1)
	rt := New(Options{Scheduler: sim, Seed: 1}, Parts{})
	rt.DefineHost(HostOptions{ID: "test:host"})
	if err := rt.StartHost("test:host"); err != nil {
		t.Fatal(err)
	}
	s := &relay{}
	rt.DefineRole("test:elsewhere", s)
	pid, err := rt.Start(context.Background(), hostapi.Spawn{ID: "test:elsewhere", Host: "test:host", Name: "there", Named: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	actor := func(name string, do func(hostapi.Process)) (end *hostapi.Result) {
		end = &hostapi.Result{}
		rt.Define(Entry{ID: "test:" + name, Program: acting{do: func(t hostapi.Task) error {
			do(t.Process())
			_, _, err := t.Process().Inbox().Receive()
			return err
		}}})
		if _, err := rt.Start(context.Background(), hostapi.Spawn{ID: "test:" + name, Host: "test:host"}, func(r hostapi.Result) { *end = r }); err != nil {
			t.Fatal(err)
		}
		sim.Settle()
		return end
	}
	var exit *hostapi.Record
	actor("watcher", func(p hostapi.Process) {
		must(p.Send("there", "hello", nil))
		must(p.Monitor("there"))
		must(p.Cancel("there", time.Second, "why"))
		v, _, err := p.Events().Receive()
		must(err)
		exit = v.Record()
	})
	actor("passing", func(p hostapi.Process) {
		must(p.Link(string(pid)))
		must(p.Unlink(string(pid)))
		must(p.Monitor(string(pid)))
		must(p.Unmonitor(string(pid)))
	})
	linkedEnd := actor("linked", func(p hostapi.Process) { must(p.Link("there")) })
	want := []string{
		"message hello", "monitored true", "cancel 1s why",
		"linked true", "linked false", "monitored true", "monitored false",
		"linked true",
	}
	if !slices.Equal(s.told, want) {
		t.Errorf("told %q, want %q", s.told, want)
	}
	must(rt.Terminate(pid))
	sim.Settle()
	if exit == nil || exit.Get("kind").Str() != string(hostapi.EventExit) || exit.Get("from").Str() != string(pid) {
		t.Errorf("the watcher got %v, want EXIT of %s", exit, pid)
	}
	if linkedEnd.Err == nil || linkedEnd.Err.Message != "linked process failed" {
		t.Errorf("the linked process ended with %v", linkedEnd.Err)
	}
	if holder, held := rt.Lookup("there"); held {
		t.Errorf("the name is held by %s", holder)
	}
	must(rt.Shutdown(context.Background(), 0))
}

// acting is a program that does something in Go.
type acting struct {
	waiting
	do func(hostapi.Task) error
}

func (a acting) Load(hostapi.Task) (hostapi.Instance, error) { return a, nil }
func (a acting) Method(string) (hostapi.Function, error)     { return a, nil }
func (a acting) Call(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
	return nil, a.do(t)
}
