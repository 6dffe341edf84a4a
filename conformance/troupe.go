package conformance

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world"
)

// troupe is the compiled puppet of one engine, and the stage it plays on now.
// A troupe plays on one stage at a time.
type troupe struct {
	engine  Engine
	modules []*hostapi.Module
	program hostapi.Program
	stage   atomic.Pointer[Stage]

	mu       sync.Mutex
	programs map[string]hostapi.Program // of languages, by text
}

func newTroupe(e Engine) (*troupe, error) {
	text, err := e.puppet()
	if err != nil {
		return nil, err
	}
	t := &troupe{engine: e, programs: make(map[string]hostapi.Program)}
	t.modules = slices.Concat(modules.Standard(), world.Modules(), []*hostapi.Module{t.module()})
	t.program, err = e.Compile(hostapi.Source{
		ID: "app:puppet", Path: "puppet" + e.Info().Extension, Text: text, Modules: t.modules,
	})
	if err != nil {
		return nil, fmt.Errorf("conformance: engine %s: the puppet does not compile: %w", e.Info().Name, err)
	}
	return t, nil
}

// on sets the stage to which the puppets report.
func (t *troupe) on(s *Stage) { t.stage.Store(s) }

// module is the module "stage" of the puppets.
func (t *troupe) module() *hostapi.Module {
	return &hostapi.Module{
		Name:  "stage",
		Doc:   "Through this module the puppets of the conformance suite talk to its scenarios.",
		Types: []*hostapi.ObjectType{badgeType},
		Funcs: []*hostapi.Func{
			makeBadge,
			{
				Name:   "report",
				Doc:    "Tells the scenario what was seen: any values.",
				Params: []hostapi.Param{{Name: "tag", Accept: hostapi.AcceptAny}},
				Rest:   "values",
				Run:    t.report,
			},
			{
				Name: "fault",
				Doc:  "Panics, as a module with a bug would.",
				Run:  func(hostapi.Call) error { panic("a fault on purpose") },
			},
			{
				Name:    "prologue",
				Doc:     "What the scenario wants done during the top level; nil for nothing.",
				Results: []hostapi.Param{{Name: "code", Accept: hostapi.AcceptAny}},
				Run:     t.prologue,
			},
		},
	}
}

func (t *troupe) report(c hostapi.Call) error {
	s, pid := t.stage.Load(), c.Task().Process().PID()
	seen := make(Seen, 0, c.Len())
	for i := 1; i < c.Len(); i++ {
		seen = append(seen, see(c, c.Arg(i)))
	}
	tag := c.Arg(0)
	s.trace.note("report  ", "%s %s: %s", pid, tag, seen)
	s.change(func() { s.notes = append(s.notes, note{pid, tag, seen}) })
	return nil
}

func (t *troupe) prologue(c hostapi.Call) error {
	s, id := t.stage.Load(), c.Task().Process().EntryID()
	s.mu.Lock()
	code, ok := s.prologues[id]
	s.mu.Unlock()
	if ok {
		c.Push(code.wire)
	} else {
		c.Push(hostapi.Value{})
	}
	return nil
}

// see gives what a scenario can know of a value: a payload as it is, anything
// else by the name of its type.
func see(c hostapi.Call, v hostapi.Value) hostapi.Value {
	limits := hostapi.PayloadLimits{Depth: 1 << 20, Size: 1 << 30}
	out, err := c.Copy(v, hostapi.NewCopier(limits))
	if err != nil || v.Type() == hostapi.TypeObject {
		return hostapi.Other(unsendable{v.TypeName()})
	}
	return out
}

// unsendable stands for a value that is no payload.
type unsendable struct{ typeName string }
