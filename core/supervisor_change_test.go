package core_test

import (
	"testing"
	"time"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// wardSpec is a child that runs test:polite under its id, or under another name.
func wardSpec(id string, input ...any) spec.Child {
	if input == nil {
		input = []any{id}
	}
	return spec.Child{
		ID: id, Process: "test:polite", Input: vals(input...), Restart: spec.Permanent,
		Shutdown: spec.Shutdown{Timeout: 5 * time.Second},
	}
}

func specOf(strategy spec.Strategy, children ...spec.Child) spec.Supervisor {
	s := spec.DefaultSupervisor
	s.Strategy, s.Intensity, s.Period, s.Children = strategy, 10, time.Hour, children
	return s
}

func nestedSpec(id, entry string, s spec.Supervisor) spec.Child {
	return spec.Child{ID: id, Supervisor: &s, SupervisorID: entry, Restart: spec.Permanent, Shutdown: spec.Shutdown{Infinity: true}}
}

// crash lets the n-th child of a supervisor, from 0, fail.
func (a *actor) crash(sup hostapi.PID, n int) {
	a.send(string(must1(a.WhichChildren(string(sup)))[n].PID), "crash")
	a.sleep(ms)
}

// 16.19: what running supervisors take over.
func TestSupervisorChange(t *testing.T) {
	start := func(h *house, a *actor, s spec.Supervisor) hostapi.PID {
		h.wards()
		h.DefineSupervisor("test:sup", s)
		sup := must1(a.StartSupervisor(hostapi.String("test:sup"), false))
		must(a.Monitor(string(sup)))
		a.sleep(ms)
		h.sawn()
		return sup
	}
	change := func(h *house, a *actor, s spec.Supervisor) {
		h.ChangeSupervisor("test:sup", s)
		a.sleep(ms)
	}
	for _, c := range []struct {
		name string
		do   func(h *house, a *actor)
	}{
		{"children go on, new ones are stopped, others are kept", func(h *house, a *actor) {
			sup := start(h, a, specOf(spec.OneForOne, wardSpec("a"), wardSpec("b")))
			before := must1(a.WhichChildren(string(sup)))
			change(h, a, specOf(spec.OneForOne, wardSpec("c"), wardSpec("b", "b2")))
			h.equal("children", a.list(sup), "c stopped, b running, a running")
			after := must1(a.WhichChildren(string(sup)))
			if after[1].PID != before[1].PID || after[2].PID != before[0].PID {
				t.Errorf("children %v became %v", before, after)
			}
			h.equal("nothing happens", h.sawn(), "")
			a.crash(sup, 1)
			a.crash(sup, 2)
			h.equal("restarts", h.sawn(), "+b2, +a")
			must1(a.RestartChild(string(sup), "c"))
			must(a.TerminateChild(string(sup), "a"))
			must(a.DeleteChild(string(sup), "a"))
			h.equal("children", a.list(sup), "c running, b running")
		}},
		{"the strategy", func(h *house, a *actor) {
			sup := start(h, a, specOf(spec.OneForOne, wardSpec("a"), wardSpec("b")))
			change(h, a, specOf(spec.OneForAll, wardSpec("a"), wardSpec("b"), wardSpec("c")))
			a.crash(sup, 0)
			h.equal("the group", h.sawn(), "-b pid.cancel shutdown, +a, +b, +c")
		}},
		{"the intensity", func(h *house, a *actor) {
			sup := start(h, a, specOf(spec.OneForOne, wardSpec("a")))
			a.crash(sup, 0)
			s := specOf(spec.OneForOne, wardSpec("a"))
			s.Intensity = 1
			change(h, a, s)
			a.crash(sup, 0)
			h.equal("the end", a.watch(sup), "Internal restart intensity exceeded: child a: crash of a")
		}},
		{"auto_shutdown", func(h *house, a *actor) {
			sup := start(h, a, specOf(spec.OneForOne, wardSpec("a")))
			s := specOf(spec.OneForOne, wardSpec("a"))
			s.AutoShutdown, s.Children[0].Significant, s.Children[0].Restart = spec.AnySignificant, true, spec.Temporary
			change(h, a, s)
			a.crash(sup, 0)
			h.equal("the end", a.watch(sup), "normal")
		}},
		{"the template", func(h *house, a *actor) {
			sup := start(h, a, specOf(spec.SimpleOneForOne, wardSpec("", "x")))
			must1(a.StartChild(string(sup), vals("1")))
			must1(a.StartChild(string(sup), vals("2")))
			change(h, a, specOf(spec.SimpleOneForOne, wardSpec("", "y")))
			a.sleep(ms)
			h.sawn()
			a.crash(sup, 0)
			must1(a.StartChild(string(sup), vals("3")))
			a.sleep(ms)
			h.equal("starts", h.sawn(), "+y, +y")
			h.equal("children", a.list(sup), " running,  running,  running")
			change(h, a, specOf(spec.SimpleOneForOne, spec.Child{Process: "test:args", Restart: spec.Temporary, Input: vals("in")}))
			h.define("args", func(a *actor) any { h.see("args %s %s", a.arg(0), a.arg(1)); return nil })
			h.equal("running", h.sawn(), "")
			a.crash(sup, 0) // temporary now
			h.equal("gone", a.list(sup), " running,  running")
			must1(a.StartChild(string(sup), vals("4")))
			a.sleep(ms)
			h.equal("the new template", h.sawn(), "args in 4")
		}},
		{"the arguments of an instance are kept", func(h *house, a *actor) {
			h.define("args", func(a *actor) any { h.see("args %s %s", a.arg(0), a.arg(1)); a.message(); return nil })
			template := spec.Child{Process: "test:args", Restart: spec.Permanent, Input: vals("old")}
			sup := start(h, a, specOf(spec.SimpleOneForOne, template))
			must1(a.StartChild(string(sup), vals("1")))
			a.sleep(ms)
			template.Input = vals("new")
			change(h, a, specOf(spec.SimpleOneForOne, template))
			a.crash(sup, 0)
			h.equal("starts", h.sawn(), "args old 1, args new 1")
		}},
		{"simple_one_for_one takes a new start", func(h *house, a *actor) {
			sup := start(h, a, specOf(spec.OneForOne, wardSpec("a")))
			change(h, a, specOf(spec.SimpleOneForOne, wardSpec("", "x")))
			a.crash(sup, 0)
			h.equal("as before", h.sawn()+"; "+a.list(sup), "+a; a running")
			sup = must1(a.StartSupervisor(hostapi.String("test:sup"), false))
			must1(a.StartChild(string(sup), nil))
			a.sleep(ms)
			h.equal("a new one", h.sawn(), "+x")
		}},
		{"nested supervisors", func(h *house, a *actor) {
			h.DefineSupervisor("test:inner", specOf(spec.OneForOne, wardSpec("i")))
			tree := func(place, inner string) spec.Supervisor {
				return specOf(spec.OneForOne,
					nestedSpec("n", "", specOf(spec.OneForOne, wardSpec("p", place))),
					nestedSpec("e", "test:inner", specOf(spec.OneForOne, wardSpec("i", inner))))
			}
			sup := start(h, a, tree("p", "i"))
			children := must1(a.WhichChildren(string(sup)))
			change(h, a, tree("p2", "i"))
			a.crash(children[0].PID, 0)
			h.equal("in place", h.sawn(), "+p2")
			h.ChangeSupervisor("test:inner", specOf(spec.OneForOne, wardSpec("i", "i2")))
			a.crash(children[1].PID, 0)
			h.equal("entry", h.sawn(), "+i2")
			must(a.Terminate(string(children[1].PID)))
			a.sleep(ms)
			h.equal("restarted", h.sawn(), "+i2")
		}},
		{"a waiting group", func(h *house, a *actor) {
			s := specOf(spec.OneForAll, wardSpec("a"), wardSpec("b"))
			s.Backoff.InitialDelay, s.Backoff.Jitter = time.Second, 0
			sup := start(h, a, s)
			a.crash(sup, 0)
			s.Strategy, s.Children = spec.OneForOne, []spec.Child{wardSpec("c"), wardSpec("a", "a2"), wardSpec("b")}
			change(h, a, s)
			h.equal("children", a.list(sup), "c stopped, a restarting, b restarting")
			must1(a.RestartChild(string(sup), "c"))
			a.sleep(time.Second)
			h.equal("children", h.sawn()+"; "+a.list(sup), "-b pid.cancel shutdown, +c, +a2, +b; c running, a running, b running")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			seeds(t, 10, func(h *house) {
				h.define("main", func(a *actor) any { c.do(h, a); return nil })
				h.want(nil, "main")
			})
		})
	}
}
