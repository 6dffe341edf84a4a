package kernel

import (
	"slices"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// loading is a process that does something in its top level, and then waits.
type loading struct {
	waiting
	do func()
}

func (l loading) Load(hostapi.Task) (hostapi.Instance, error) {
	l.do()
	return waiting{}, nil
}

// What a process holds counts with its mailbox, by what the payloads hold; what it has
// executed counts since the mark; whom it is just spawning is named; once it has ended
// and unwound it is gone.
func TestAccount(t *testing.T) {
	sim := schedule.NewSimulation(1)
	rt := New(Options{Scheduler: sim, Seed: 1}, Parts{})
	rt.DefineHost(HostOptions{ID: "test:host"})
	if err := rt.StartHost("test:host"); err != nil {
		t.Fatal(err)
	}
	checked := false
	rt.Define(Entry{ID: "test:child", Program: loading{do: func() {
		all := rt.All()
		spawner, child := all[len(all)-2], all[len(all)-1]
		if a := spawner.Account(); !slices.Equal(a.Creating, []uint64{child.serial}) {
			t.Errorf("%s creates %v, want %d", spawner, a.Creating, child.serial)
		}
		checked = true
	}}})
	launch := func(id string, do func(hostapi.Task) error) *process {
		rt.Define(Entry{ID: "test:" + id, Program: acting{do: do}})
		rt.Launch(&Program{OnLive: func(_ hostapi.PID, err error) {
			if err != nil {
				t.Error(err)
			}
		}}, hostapi.Spawn{ID: "test:" + id, Host: "test:host"}, nil)
		sim.Settle()
		all := rt.All()
		return all[len(all)-1]
	}
	main := launch("main", func(task hostapi.Task) error {
		if err := task.Grow(5 << 20); err != nil {
			return err
		}
		for {
			if err := task.Tick(70); err != nil {
				return err
			}
			if err := task.Process().Sleep(time.Minute); err != nil {
				return err
			}
		}
	})
	if a := main.Account(); a.Entry != "test:main" || a.Known < 5<<20 || a.Known > 6<<20 || a.Steps < 70 {
		t.Errorf("at first: %+v", a)
	}
	if newest := rt.Mark(); newest != main.Account().Serial || main.Account().Steps != 0 {
		t.Errorf("%+v after the mark at %d", main.Account(), newest)
	}
	sim.RunFor(2 * time.Minute)
	if a := main.Account(); a.Steps != 140 {
		t.Errorf("%d steps since the mark, want 140", a.Steps)
	}
	text := hostapi.String(string(make([]byte, 1<<20)))
	for range 3 {
		for _, topic := range []string{"a", "b"} {
			if err := rt.Send(main.pid, topic, hostapi.ListOf(text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if a := main.Account(); a.Known < 11<<20 || a.Known > 12<<20 {
		t.Errorf("%d bytes with a mailbox of 6 MiB", a.Known)
	}
	launch("spawner", func(task hostapi.Task) error {
		_, err := task.Process().Spawn(hostapi.Spawn{ID: "test:child", Host: "test:host"})
		return err
	})
	if !checked {
		t.Error("nothing was spawned")
	}
	if main.Gone() || main.Account().Ending {
		t.Error("it has ended")
	}
	main.Kill(ErrMemory(), nil)
	if !main.Account().Ending {
		t.Error("it does not end")
	}
	sim.Settle()
	if !main.Gone() {
		t.Error("something is left")
	}
	if err := rt.Shutdown(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
}
