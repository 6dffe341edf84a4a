package lifecycle

import (
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
)

// supervisorSpec gives a specification as the core knows it.
func supervisorSpec(s *app.SupervisorSpec) *core.SupervisorSpec {
	spec := &core.SupervisorSpec{
		Strategy:        core.Strategy(s.Strategy),
		Intensity:       s.Intensity,
		Period:          s.Period,
		AutoShutdown:    core.AutoShutdown(s.AutoShutdown),
		Backoff:         core.Backoff(s.Backoff),
		StableThreshold: s.StableThreshold,
		Host:            s.Host,
	}
	for _, c := range s.Children {
		child := core.ChildSpec{
			ID: c.ID, Process: c.Process, SupervisorID: c.Supervisor,
			Host: c.Host, Input: c.Input, Name: c.Name,
			Restart:     core.ChildRestart(c.Restart),
			Shutdown:    core.ChildShutdown(c.Shutdown),
			Significant: c.Significant,
		}
		if c.Spec != nil {
			child.Supervisor = supervisorSpec(c.Spec)
		}
		spec.Children = append(spec.Children, child)
	}
	return spec
}
