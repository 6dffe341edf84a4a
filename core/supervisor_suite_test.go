package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// This file holds what OTP's own suite of supervisors asks and the histories do
// not answer: docs/otp.md has the list.

// instances starts children of a template and gives their PIDs.
func (a *actor) instances(sup hostapi.PID, n int, args ...any) (pids []string) {
	for range n {
		pids = append(pids, string(must1(a.StartChild(string(sup), vals(args...)))))
	}
	return pids
}

func template(strategy ...any) hostapi.Value {
	return m("strategy", "simple_one_for_one", "intensity", 1000, "children", l(m(strategy...)))
}

// mortals makes test:mortal known, which ends as it is told, or when asked to.
func (h *house) mortals() {
	h.define("mortal", func(a *actor) any {
		h.see("+%s", a.arg(0))
		s := must1(a.Select([]*hostapi.Case{{Channel: a.Events()}, {Channel: a.Inbox()}}, true))
		if s.Index == 0 {
			h.see("-%s", a.arg(0))
		} else if s.Value.Message().Topic == "crash" {
			return hostapi.Errorf(hostapi.Internal, "crash of %s", a.arg(0))
		}
		return nil
	})
}

// Children that end while their supervisor stops, by themselves and in their own
// way, neither hold it up nor come back (16.5).
func TestChildrenEndDuringShutdown(t *testing.T) {
	for _, restart := range []string{"permanent", "transient", "temporary"} {
		seeds(t, 20, func(h *house) {
			h.wards()
			h.mortals()
			h.define("main", func(a *actor) any {
				sup := a.supervise(m("children", l(
					one("a", "mortal", "input", l("a"), "restart", restart),
					one("b", "mortal", "input", l("b"), "restart", restart, "name", "b"),
					one("c", "mortal", "input", l("c"), "restart", restart, "name", "c"),
					one("z", "deaf", "input", l("z"), "shutdown", "10s"))))
				a.ready(h, 4)
				h.sawn()
				must(a.Cancel(string(sup), -1, "")) // z takes its time
				a.sleep(time.Second)
				a.send("b", "crash")
				a.send("c", "end")
				return a.watch(sup)
			})
			h.want("normal", "main")
			h.equal("seen", h.sawn(), "-a")
		})
	}
}

// Instances of a template that answer CANCEL with a failure of their own have been
// stopped all the same (16.5, 16.14).
func TestInstancesThatFailWhenStopped(t *testing.T) {
	for _, restart := range []string{"permanent", "transient", "temporary"} {
		seeds(t, 20, func(h *house) {
			h.define("fails", func(a *actor) any {
				a.event()
				h.see("-%s", a.arg(0))
				if a.arg(0) == "failure" {
					return hostapi.Errorf(hostapi.Internal, "not like this")
				}
				return nil
			})
			h.define("main", func(a *actor) any {
				sup := a.supervise(template("process", "test:fails", "restart", restart))
				a.instances(sup, 2, "failure")
				a.instances(sup, 2, "normal")
				must(a.Cancel(string(sup), -1, ""))
				return a.watch(sup)
			})
			h.want("normal", "main")
			seen := strings.Split(h.sawn(), ", ")
			slices.Sort(seen)
			h.equal("seen", strings.Join(seen, ", "), "-failure, -failure, -normal, -normal")
		})
	}
}

// Instances of a template are killed, at once or when their time is over, and
// that is no failure of their supervisor.
func TestInstancesAreKilled(t *testing.T) {
	for shutdown, want := range map[string]string{
		"brutal": "process terminated",
		"1s":     "process cancelled: grace period expired",
	} {
		seeds(t, 20, func(h *house) {
			h.wards()
			h.define("main", func(a *actor) any {
				sup := a.supervise(template("process", "test:deaf", "input", l("x"), "shutdown", shutdown))
				pids := a.instances(sup, 10)
				for _, pid := range pids {
					must(a.Monitor(pid))
				}
				must(a.Cancel(string(sup), -1, ""))
				for range pids {
					if text := failure(a.event()); text != want {
						return text
					}
				}
				return a.watch(sup)
			})
			h.want("normal", "main")
			h.sawn()
		})
	}
}

// A child cannot leave its supervisor: that needs no link.
func TestChildCannotLeaveItsSupervisor(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("leaver", func(a *actor) any {
			must(a.Unlink("sup"))
			must(a.Unmonitor("sup"))
			h.see("+")
			for {
				if e, ready := a.poll(a.Events()); ready && kind(e.Record()) == "pid.cancel" {
					h.see("-")
					return nil
				}
				if _, ready := a.poll(a.Inbox()); ready {
					return hostapi.Errorf(hostapi.Internal, "crash")
				}
				must(a.Yield())
			}
		})
		h.define("main", func(a *actor) any {
			top := a.supervise(m("children", l(m("id", "n", "name", "sup", "supervisor", m("children", l(one("c", "leaver", "name", "c", "shutdown", "infinity")))))))
			for starts := 1; starts < 3; starts++ {
				for h.count("+") < starts {
					must(a.Yield())
				}
				if starts == 1 {
					a.send("c", "crash")
				}
			}
			must(a.TerminateChild("sup", "c"))
			text := a.list("sup")
			must(a.Cancel(string(top), -1, ""))
			return text + ", " + a.watch(top)
		})
		h.want("c stopped, normal", "main")
		h.equal("seen", h.sawn(), "+, +, -")
	})
}

// count gives how often something was seen.
func (h *house) count(what string) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.seen {
		if s == what {
			n++
		}
	}
	return n
}

// count_children counts thousands, of either type.
func TestCountOfManyChildren(t *testing.T) {
	const n = 2000
	for _, supervisors := range []bool{false, true} {
		seeds(t, 1, func(h *house) {
			h.wards()
			h.define("main", func(a *actor) any {
				child := template("process", "test:polite", "input", l("x"), "restart", "temporary")
				if supervisors {
					child = template("supervisor", m(), "restart", "temporary")
				}
				sup := a.supervise(child)
				count := func(active int) {
					want := hostapi.ChildCount{Specs: 1, Active: active, Processes: active}
					if supervisors {
						want = hostapi.ChildCount{Specs: 1, Active: active, Supervisors: active}
					}
					if got := must1(a.CountChildren(string(sup))); got != want {
						t.Errorf("count %v, want %v", got, want)
					}
				}
				count(0)
				pids := a.instances(sup, n/2)
				count(n / 2)
				pids = append(pids, a.instances(sup, n/2)...)
				count(n)
				if list := must1(a.WhichChildren(string(sup))); len(list) != n || string(list[n-1].PID) != pids[n-1] {
					t.Errorf("%d children, the last %s, want %s", len(list), list[len(list)-1].PID, pids[n-1])
				}
				for _, pid := range pids {
					must(a.Monitor(pid))
					must(a.Terminate(pid))
					a.event()
				}
				count(0)
				return nil
			})
			h.want(nil, "main")
			h.sawn()
		})
	}
}

// Children that wait for their restart are counted, but not as active, and what
// is asked of them gets the answers of the table in 16.17.
func TestRequestsWhileRestarting(t *testing.T) {
	backoff := m("initial_delay", "10s", "max_delay", "10s", "jitter", 0)
	for _, c := range []struct{ strategy, before, after string }{
		{"one_for_one", "a running, b restarting, c running", "a running, b stopped, c running"},
		{"rest_for_one", "a running, b restarting, c restarting", "a running, b stopped, c restarting"},
	} {
		seeds(t, 20, func(h *house) {
			h.wards()
			h.define("main", func(a *actor) any {
				b := one("b", "polite", "input", l("b"), "name", "b")
				sup := string(a.supervise(m("strategy", c.strategy, "backoff", backoff, "intensity", 8,
					"children", l(one("a", "polite", "input", l("a")), b, one("c", "polite", "input", l("c"))))))
				a.ready(h, 3)
				fail := func() { a.send("b", "crash"); a.sleep(time.Second) }
				fail()
				h.equal("children", a.list(hostapi.PID(sup)), c.before)
				checkError(t, errOf(a.StartChild(sup, []hostapi.Value{b})), hostapi.AlreadyExists, "already present")
				checkError(t, errOf(a.RestartChild(sup, "b")), hostapi.Conflict, "child is restarting")
				checkError(t, soft(a.DeleteChild(sup, "b")), hostapi.Conflict, "child is restarting")
				active := strings.Count(c.before, "running")
				if n := must1(a.CountChildren(sup)); n != (hostapi.ChildCount{Specs: 3, Active: active, Processes: 3}) {
					t.Errorf("count %v", n)
				}
				must(a.TerminateChild(sup, "b"))
				h.equal("children", a.list(hostapi.PID(sup)), c.after)
				must1(a.RestartChild(sup, "b"))
				a.sleep(time.Minute)
				h.equal("children", a.list(hostapi.PID(sup)), "a running, b running, c running")
				fail()
				must(a.Cancel(sup, -1, "")) // a pending restart does not hold it up
				return a.watch(hostapi.PID(sup))
			})
			h.want("normal", "main")
			h.sawn()
		})
	}
}

// The same of instances of a template, whose starts fail.
func TestInstancesThatWaitForTheirRestart(t *testing.T) {
	seeds(t, 20, func(h *house) {
		h.wards()
		h.define("main", func(a *actor) any {
			sup := a.supervise(m("strategy", "simple_one_for_one", "intensity", 1000,
				"backoff", m("initial_delay", "1s", "max_delay", "1s", "jitter", 0),
				"children", l(m("process", "test:polite", "input", l("x")))))
			pids := a.instances(sup, 3)
			a.ready(h, 3)
			for _, pid := range pids[:2] {
				a.send(pid, "crash")
			}
			a.sleep(ms)
			count := func(active, processes int) {
				if n := must1(a.CountChildren(string(sup))); n != (hostapi.ChildCount{Specs: 1, Active: active, Processes: processes}) {
					t.Errorf("count %v, want %d active of %d", n, active, processes)
				}
			}
			count(1, 3)
			checkError(t, errOf(a.RestartChild(string(sup), pids[0])), hostapi.Invalid, "not supported by simple_one_for_one")
			checkError(t, soft(a.DeleteChild(string(sup), pids[0])), hostapi.Invalid, "not supported by simple_one_for_one")
			must(a.TerminateChild(string(sup), pids[0])) // by the PID it had
			count(1, 2)
			a.sleep(2 * time.Second)
			count(2, 2)
			must(a.TerminateChild(string(sup), pids[2]))
			count(1, 1)
			checkError(t, soft(a.TerminateChild(string(sup), pids[2])), hostapi.NotFound, "child not found")
			return a.list(sup)
		})
		h.want(" running", "main")
		h.sawn()
	})
}

// A template whose instances cannot be started: nothing of them is kept, and
// when one cannot be started again the supervisor gives up (16.11, 16.17).
func TestInstancesThatCannotBeStarted(t *testing.T) {
	seeds(t, 20, func(h *house) {
		h.wards()
		h.Define(core.Entry{ID: "test:unable", Program: native.Loaded(func(hostapi.Task) (func(string) native.Main, error) {
			return nil, hostapi.Errorf(hostapi.Internal, "unable")
		})})
		h.define("main", func(a *actor) any {
			none := string(a.supervise(template("process", "test:unable")))
			checkError(t, errOf(a.StartChild(none, vals("x"))), hostapi.Internal, "failed to execute script: unable")
			h.equal("children", a.list(hostapi.PID(none)), "")
			sup := a.supervise(m("strategy", "simple_one_for_one", "intensity", 4, "children", l(m("process", "test:brittle"))))
			pid := a.instances(sup, 1)[0]
			a.send(pid, "end")
			return strings.HasPrefix(a.watch(sup), "Internal restart intensity exceeded: child "+pid)
		})
		h.want(true, "main")
	})
}

// A supervisor that is killed takes its children along and is restarted with new
// ones, under their names (16.6, 16.14).
func TestKilledSupervisorIsRestarted(t *testing.T) {
	both(t, 20, func(h *house) {
		h.wards()
		h.define("main", func(a *actor) any {
			top := a.supervise(m("strategy", "one_for_all", "intensity", 3, "children", l(
				m("id", "n", "name", "sup", "supervisor", m("strategy", "one_for_all", "intensity", 3, "children", l(one("server", "polite", "input", l("server"), "name", "server")))))))
			for _, strike := range []func(){
				func() { must(a.Terminate("sup")) },
				func() { must(a.Terminate("server")) },
				func() { a.send("server", "crash") },
				func() { must(a.TerminateChild("sup", "server")); must1(a.RestartChild("sup", "server")) },
			} {
				before := must1(a.Lookup("server"))
				must(a.Monitor(string(before)))
				strike()
				a.watch(before)
				for {
					if now, err := a.Lookup("server"); soft(err) == nil && now != before {
						break
					}
					must(a.Yield())
				}
			}
			must(a.Terminate(string(top)))
			return a.watch(top)
		})
		h.want("Canceled process terminated", "main")
		for _, name := range []string{"sup", "server"} {
			if _, alive := h.Lookup(name); alive {
				t.Errorf("%s outlives its supervisor", name)
			}
		}
		h.sawn()
	})
}

// A child whose name somebody else holds cannot be started by request either.
func TestChildWhoseNameIsTaken(t *testing.T) {
	seeds(t, 20, func(h *house) {
		h.wards()
		h.define("main", func(a *actor) any {
			must(a.Register("taken", ""))
			sup := a.supervise(m())
			err := errOf(a.StartChild(string(sup), []hostapi.Value{one("c", "polite", "name", "taken")}))
			checkError(t, err, hostapi.AlreadyExists, "name already registered")
			if holder := hostapi.AsError(err).Details.Get("pid").Str(); holder != a.self() {
				t.Errorf("held by %s, want %s", holder, a.self())
			}
			return a.list(sup)
		})
		h.want("", "main")
	})
}

// 16.19: auto_shutdown and significant children, each changed to each.
func TestAutoShutdownChange(t *testing.T) {
	tree := func(auto spec.AutoShutdown, significant bool) spec.Supervisor {
		a, b := wardSpec("a"), wardSpec("b")
		a.Process, b.Process = "test:mortal", "test:mortal"
		a.Restart, b.Restart = spec.Transient, spec.Transient
		a.Significant, b.Significant = significant, significant
		s := specOf(spec.OneForOne, a, b)
		s.AutoShutdown = auto
		return s
	}
	// What follows of the normal exits of a, then of b, after the change.
	for _, c := range []struct {
		from, to spec.Supervisor
		want     string
	}{
		{tree(spec.NeverShutdown, false), tree(spec.AnySignificant, true), "end"},
		{tree(spec.AnySignificant, true), tree(spec.NeverShutdown, false), "a stopped, b running; a stopped, b stopped"},
		{tree(spec.NeverShutdown, false), tree(spec.AllSignificant, true), "a stopped, b running; end"},
		{tree(spec.AllSignificant, true), tree(spec.NeverShutdown, false), "a stopped, b running; a stopped, b stopped"},
		{tree(spec.AnySignificant, true), tree(spec.AllSignificant, true), "a stopped, b running; end"},
		{tree(spec.AllSignificant, true), tree(spec.AnySignificant, true), "end"},
		{tree(spec.AnySignificant, false), tree(spec.AnySignificant, true), "end"},
		{tree(spec.AnySignificant, true), tree(spec.AnySignificant, false), "a stopped, b running; a stopped, b stopped"},
	} {
		name := fmt.Sprintf("%s %v to %s %v", c.from.AutoShutdown, c.from.Children[0].Significant, c.to.AutoShutdown, c.to.Children[0].Significant)
		t.Run(name, func(t *testing.T) {
			seeds(t, 10, func(h *house) {
				h.mortals()
				h.DefineSupervisor("test:sup", c.from)
				h.define("main", func(a *actor) any {
					sup := must1(a.StartSupervisor(val("test:sup"), false))
					must(a.Monitor(string(sup)))
					a.ready(h, 2)
					children := must1(a.WhichChildren(string(sup)))
					h.ChangeSupervisor("test:sup", c.to)
					a.sleep(ms)
					h.equal("children", a.list(sup), "a running, b running")
					var seen []string
					for _, child := range children {
						a.send(string(child.PID), "end")
						a.sleep(ms)
						if _, ended := a.poll(a.Events()); ended {
							return strings.Join(append(seen, "end"), "; ")
						}
						seen = append(seen, a.list(sup))
					}
					return strings.Join(seen, "; ")
				})
				h.want(c.want, "main")
				h.sawn()
			})
		})
	}
}
