package groups

import (
	"testing"

	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// A scope keeps nothing of processes that have ended, nor of subscriptions that
// were closed or whose code was replaced.
func TestScopeKeepsNothing(t *testing.T) {
	for name, last := range map[string]func(p hostapi.Process, g hostapi.Groups, subs ...hostapi.Subscription) error{
		"end": func(hostapi.Process, hostapi.Groups, ...hostapi.Subscription) error { return nil },
		"close": func(_ hostapi.Process, _ hostapi.Groups, subs ...hostapi.Subscription) error {
			for _, s := range subs {
				if err := s.Close(true); err != nil {
					return err
				}
			}
			return nil
		},
		"release": func(_ hostapi.Process, g hostapi.Groups, _ ...hostapi.Subscription) error { return g.Release() },
		"upgrade": func(p hostapi.Process, _ hostapi.Groups, _ ...hostapi.Subscription) error {
			return p.Upgrade("test:next", nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			sim := schedule.NewSimulation(1)
			scopes := &Scopes{}
			rt := kernel.New(kernel.Options{Scheduler: sim, Seed: 1}, kernel.Parts{Facilities: []func(*kernel.Process) any{scopes.Of}})
			rt.DefineHost(kernel.HostOptions{ID: "test:host"})
			scopes.Define(Options{ID: "test:scope"})
			if err := rt.StartHost("test:host"); err != nil {
				t.Fatal(err)
			}
			if err := scopes.Start("test:scope"); err != nil {
				t.Fatal(err)
			}
			s := scopes.find("test:scope")
			wait := func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
				_, _, err := t.Process().Events().Receive()
				return nil, err
			}
			rt.Define(kernel.Entry{ID: "test:next", Program: native.Program(wait)})
			rt.Define(kernel.Entry{ID: "test:main", Program: native.Program(func(task hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
				p := task.Process()
				grouper, _ := hostapi.FacilityOf[hostapi.Grouper](p)
				g, err := grouper.OpenScope("test:scope")
				if err != nil {
					return nil, err
				}
				if err := g.Join([]string{"a", "b", "a"}); err != nil {
					return nil, err
				}
				one, _, err := g.Monitor("a")
				if err != nil {
					return nil, err
				}
				all, _, err := g.MonitorAll()
				if err != nil {
					return nil, err
				}
				if err := last(p, g, one, all); err != nil || name == "end" {
					return nil, err
				}
				return wait(task, nil)
			})})
			for range 3 {
				if _, err := rt.Start(t.Context(), hostapi.Spawn{ID: "test:main", Host: "test:host"}, nil); err != nil {
					t.Fatal(err)
				}
			}
			sim.Settle()
			if len(s.monitors)+len(s.observers) > 0 {
				t.Errorf("subscriptions left: %d, %d", len(s.monitors), len(s.observers))
			}
			if members := len(s.members("a")); name != "end" && members != 6 {
				t.Errorf("%d memberships, want 6", members)
			}
			if err := rt.Shutdown(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			if len(s.groups)+len(s.residents) > 0 {
				t.Errorf("left: groups %v, residents %v", s.groups, s.residents)
			}
		})
	}
}
