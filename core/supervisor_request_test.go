package core_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// What a script may write into a specification (16.1 to 16.3).
func TestSpecifications(t *testing.T) {
	child := func(more ...any) hostapi.Value { return m("children", l(one("a", "polite", more...))) }
	simple := func(more ...any) hostapi.Value {
		return m(append([]any{"strategy", "simple_one_for_one", "children", l(m("process", "test:polite"))}, more...)...)
	}
	for _, c := range []struct {
		name string
		spec hostapi.Value
		want string // "" if it is legal
	}{
		{"empty", m(), ""},
		{"everything", m("strategy", "rest_for_one", "intensity", 0, "period", "1ms", "auto_shutdown", "any_significant", "host", hostID,
			"backoff", m("initial_delay", "1s", "max_delay", "1s", "backoff_factor", 1, "jitter", 1, "stable_threshold", 0),
			"children", l(m("id", "a", "process", "test:polite", "host", hostID, "input", l(), "name", "x", "restart", "transient",
				"shutdown", "infinity", "significant", true))), ""},
		{"period in nanoseconds", m("period", 5_000_000_000), ""},
		{"empty tables of Lua", m("children", m()), ""},
		{"nested", m("children", l(m("id", "n", "supervisor", m("children", l(one("a", "polite")))))), ""},
		{"same id at another level", m("children", l(one("a", "polite"), m("id", "n", "supervisor", child()))), ""},
		{"template", simple(), ""},
		{"no map", val(1), "must be a map"},
		{"unknown field", m("intensty", 1), "intensty is an unknown field"},
		{"lifecycle", m("lifecycle", m()), "lifecycle is an unknown field"},
		{"strategy", m("strategy", "one_for_none"), "strategy must be one of"},
		{"strategy type", m("strategy", 1), "strategy must be a string"},
		{"intensity", m("intensity", -1), "intensity must be"},
		{"intensity type", m("intensity", hostapi.Float(1.5)), "intensity must be"},
		{"period", m("period", 0), "period must be"},
		{"period text", m("period", "soon"), "period must be"},
		{"auto_shutdown", m("auto_shutdown", "always"), "auto_shutdown must be one of"},
		{"auto_shutdown of a template", simple("auto_shutdown", "any_significant"), "auto_shutdown must be never"},
		{"backoff type", m("backoff", 1), "backoff must be a map"},
		{"backoff field", m("backoff", m("delay", "1s")), "backoff.delay is an unknown field"},
		{"max_delay", m("backoff", m("initial_delay", "2s", "max_delay", "1s")), "backoff.max_delay must be"},
		{"backoff_factor", m("backoff", m("backoff_factor", hostapi.Float(0.5))), "backoff.backoff_factor must be"},
		{"jitter", m("backoff", m("jitter", 2)), "backoff.jitter must be"},
		{"children", m("children", 1), "children must be a list"},
		{"child type", m("children", l(1)), "children[1] must be a map"},
		{"no template", m("strategy", "simple_one_for_one"), "children must be exactly one"},
		{"two templates", m("strategy", "simple_one_for_one", "children", l(m("process", "test:polite"), m("process", "test:polite"))), "children must be exactly one"},
		{"no id", m("children", l(m("process", "test:polite"))), "children[1].id is required"},
		{"empty id", m("children", l(one("", "polite"))), "children[1].id must not be empty"},
		{"id twice", m("children", l(one("a", "polite"), one("a", "polite"))), "children[2].id must be unique"},
		{"no process", m("children", l(m("id", "a"))), "children[1].process or supervisor is required"},
		{"both", child("supervisor", m()), "children[1].supervisor is not possible beside process"},
		{"nested violation", m("children", l(m("id", "n", "supervisor", m("period", "x")))), "children[1].supervisor.period must be"},
		{"nested host", m("children", l(m("id", "n", "supervisor", m(), "host", hostID))), "children[1].host is for processes"},
		{"nested input", m("children", l(m("id", "n", "supervisor", m(), "input", l(1)))), "children[1].input is for processes"},
		{"input", child("input", m("a", 1)), "children[1].input must be a list"},
		{"name", child("name", "@x"), "children[1].name is an invalid name"},
		{"name of a template", m("strategy", "simple_one_for_one", "children", l(m("process", "test:polite", "name", "x"))), "children[1].name is not allowed"},
		{"restart", child("restart", "always"), "children[1].restart must be one of"},
		{"shutdown", child("shutdown", "gently"), "children[1].shutdown must be"},
		{"shutdown negative", child("shutdown", "-1s"), "children[1].shutdown must be"},
		{"significant type", child("significant", 1), "children[1].significant must be a boolean"},
		{"significant, never", child("significant", true, "restart", "transient"), "children[1].significant needs an auto_shutdown"},
		{"significant, permanent", m("auto_shutdown", "any_significant", "children", l(one("a", "polite", "significant", true))), "children[1].significant needs a restart"},
		{"child field", child("kind", "x"), "children[1].kind is an unknown field"},
	} {
		h := simulated(t, 1)
		h.wards()
		h.define("main", func(a *actor) any { return errOf(a.StartSupervisor(c.spec, false)) })
		_, err := h.exec("main")
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %s", c.name, err)
		case c.want != "":
			if err == nil {
				t.Errorf("%s: started, want %q", c.name, c.want)
				break
			}
			checkError(t, err, hostapi.Invalid, "invalid supervisor specification: "+c.want)
			if t.Failed() {
				t.Fatal(c.name)
			}
		}
		h.close()
	}
}

// The entry of a process gives its children's host and input, if they give none
// themselves; the supervisor gives the host otherwise (16.2).
func TestChildDefaults(t *testing.T) {
	h := simulated(t, 1)
	for _, id := range []string{"test:own", "test:given", "test:sup"} {
		h.DefineHost(core.HostOptions{ID: id})
		if err := h.StartHost(id); err != nil {
			t.Fatal(err)
		}
	}
	tell := program(func(a *actor) any {
		h.see("%s on %s", hostapi.ListOf(a.args...), strings.Split(a.self(), "|")[0])
		return nil
	})
	h.Define(core.Entry{ID: "test:homely", Program: tell, Host: "test:own", Input: vals("default")})
	h.Define(core.Entry{ID: "test:homeless", Program: tell})
	h.define("main", func(a *actor) any {
		a.supervise(m("host", "test:sup", "children", l(
			one("a", "homely", "restart", "temporary"),
			one("b", "homely", "restart", "temporary", "host", "test:given", "input", l()),
			one("c", "homeless", "restart", "temporary"),
			m("id", "n", "supervisor", m("children", l(one("d", "homeless", "restart", "temporary")))),
		)))
		a.sleep(time.Second)
		return nil
	})
	h.want(hostapi.Value{}, "main")
	seen := map[string]int{}
	for _, s := range strings.Split(h.sawn(), ", ") {
		seen[s]++
	}
	if seen[`["default"] on {test:own`] != 1 || seen[`[] on {test:given`] != 1 || seen[`[] on {test:sup`] != 2 {
		t.Errorf("children saw %v", seen)
	}
	h.close()
}

// Requests that no supervisor can answer (16.17).
func TestRequestsRefused(t *testing.T) {
	both(t, 20, func(h *house) {
		h.wards()
		h.define("ask", func(a *actor) any { return errOf(a.WhichChildren(a.arg(0))) })
		h.define("top", func(a *actor) any {
			sup := a.supervise(m("children", l(one("a", "deaf", "input", l("a"), "shutdown", "infinity"))))
			must(a.Cancel(string(sup), -1, ""))
			for {
				err := soft(errOf(a.WhichChildren(string(sup))))
				if err != nil {
					checkError(h.t, err, hostapi.Unavailable, "supervisor is shutting down")
					break
				}
			}
			must(a.Terminate(string(sup)))
			a.watch(sup)
			return errOf(a.WhichChildren(string(sup)))
		})
		h.define("self", func(a *actor) any { return errOf(a.WhichChildren(a.self())) })
		h.wantError(hostapi.NotFound, "process not found", "ask", "nobody")
		h.wantError(hostapi.NotFound, "process not found", "ask", "{test:host|zz}")
		h.wantError(hostapi.Invalid, "not a supervisor", "self")
		h.wantError(hostapi.NotFound, "process not found", "top")
		h.sawn()
	})
}

// Requests that wait when the supervisor begins to stop are answered.
func TestRequestsAreAnsweredAtTheEnd(t *testing.T) {
	both(t, 40, func(h *house) {
		h.wards()
		h.define("ask", func(a *actor) any {
			err := soft(errOf(a.CountChildren(a.arg(0))))
			a.send(a.arg(1), "answer", err == nil || hostapi.AsError(err).Kind == hostapi.Unavailable || hostapi.AsError(err).Kind == hostapi.NotFound)
			return nil
		})
		h.define("main", func(a *actor) any {
			sup := string(a.supervise(m("intensity", 0, "children", l(one("a", "deaf", "input", l("a"), "name", "a", "shutdown", "1ms"), one("b", "deaf", "input", l("b"), "shutdown", "1ms")))))
			for i := range 20 {
				if i == 10 {
					a.send("a", "crash")
				}
				a.spawn("ask", sup, a.self())
			}
			for range 20 {
				if !a.message().Values[0].Bool() {
					return "wrong error"
				}
			}
			return "all answered"
		})
		h.want("all answered", "main")
		h.sawn()
	})
}

// A request whose caller ends before its turn is dropped (16.16).
func TestRequestOfADeadCaller(t *testing.T) {
	seeds(t, 40, func(h *house) {
		h.wards()
		h.define("adds", func(a *actor) any {
			_, err := a.StartChild(a.arg(0), []hostapi.Value{one("late", "polite", "input", l("late"))})
			return err
		})
		h.define("main", func(a *actor) any {
			sup := string(a.supervise(m("children", l(one("a", "deaf", "input", l("a"), "shutdown", "10s")))))
			a.goes(func(b *actor) { must(b.TerminateChild(sup, "a")) }) // takes ten seconds
			adds := a.spawnMonitored("adds", sup)
			a.sleep(time.Second)
			must(a.Terminate(adds))
			return a.list(hostapi.PID(sup))
		})
		h.want("a stopped", "main")
		h.sawn()
	})
}

// A child that asks its supervisor to stop it waits in that call, and is killed
// when its time is over (16.18).
func TestChildAsksToBeStopped(t *testing.T) {
	seeds(t, 40, func(h *house) {
		h.define("tired", func(a *actor) any {
			must(a.TerminateChild("sup", "tired"))
			return nil
		})
		h.define("main", func(a *actor) any {
			before := a.Now()
			sup := a.supervise(m("children", l(
				m("id", "n", "supervisor", m("children", l(one("tired", "tired", "shutdown", "3s"))), "name", "sup"))))
			for {
				if a.sleep(time.Millisecond); a.list("sup") == "tired stopped" {
					break
				}
			}
			return a.Now().Sub(before) >= 3*time.Second && a.list(sup) == "n running"
		})
		h.want(true, "main")
	})
}

// Instances of a template get the template's input and further arguments, are
// named by their PIDs, and all stop at once.
func TestTemplate(t *testing.T) {
	seeds(t, 40, func(h *house) {
		h.wards()
		h.define("main", func(a *actor) any {
			sup := string(a.supervise(m("strategy", "simple_one_for_one",
				"children", l(m("process", "test:deaf", "input", l("x"), "shutdown", "3s")))))
			var pids []string
			for i := range 3 {
				pids = append(pids, string(must1(a.StartChild(sup, vals(i)))))
			}
			for i, c := range must1(a.WhichChildren(sup)) {
				if c.ID != "" || string(c.PID) != pids[i] || c.Status != hostapi.ChildRunning || c.Restart != "permanent" || c.Supervisor {
					t.Errorf("child %d is %v", i, c)
				}
			}
			checkError(t, soft(a.TerminateChild(sup, "x")), hostapi.NotFound, "child not found")
			a.ready(h, 3)
			before := a.Now()
			must(a.Cancel(sup, -1, ""))
			a.watch(hostapi.PID(sup))
			return a.Now().Sub(before) == 3*time.Second
		})
		h.want(true, "main")
		h.equal("seen", h.sawn(), "+x, +x, +x")
	})
}

// A template may be a supervisor.
func TestTemplateOfSupervisors(t *testing.T) {
	both(t, 20, func(h *house) {
		h.wards()
		h.define("main", func(a *actor) any {
			sup := string(a.supervise(m("strategy", "simple_one_for_one",
				"children", l(m("supervisor", m("children", l(one("a", "polite", "input", l("a")))), "restart", "temporary")))))
			checkError(t, soft(errOf(a.StartChild(sup, vals(1)))), hostapi.Invalid, "takes no arguments")
			one := string(must1(a.StartChild(sup, nil)))
			must1(a.StartChild(sup, nil))
			if n := must1(a.CountChildren(sup)); n != (hostapi.ChildCount{Specs: 1, Active: 2, Supervisors: 2}) {
				t.Errorf("count %v", n)
			}
			must(a.TerminateChild(sup, one))
			return a.list(hostapi.PID(sup))
		})
		h.want(" running", "main")
		h.sawn()
	})
}

// supervisor.start of an entry, and supervisors as services of the embedding
// program (15.1, 16.17).
func TestSupervisorEntries(t *testing.T) {
	both(t, 20, func(h *house) {
		h.wards()
		leaf := spec.Child{ID: "a", Process: "test:polite", Input: vals("a"), Restart: spec.Permanent, Name: "a"}
		inner := spec.DefaultSupervisor
		inner.Host = hostID
		inner.Intensity = 0
		inner.Children = []spec.Child{leaf}
		h.DefineSupervisor("test:inner", inner)
		h.define("main", func(a *actor) any {
			sup := must1(a.StartSupervisor(val("test:inner"), true))
			checkError(t, soft(errOf(a.Spawn(req("inner")))), hostapi.NotFound, "unknown process entry")
			text := a.list(sup)
			must(a.Unlink(string(sup)))
			must(a.Monitor(string(sup)))
			must(a.Cancel(string(sup), -1, ""))
			return text + ", " + a.watch(sup)
		})
		h.want("a running, normal", "main")
		if h.sim == nil {
			return // what follows takes a second
		}
		o := core.DefaultService
		o.Spawn = hostapi.Spawn{ID: "test:inner", Host: hostID}
		s := h.NewService(o)
		s.Start()
		h.sim.RunFor(time.Millisecond)
		_, first := s.State()
		if err := h.Send("a", "crash"); err != nil {
			t.Fatal(err)
		}
		h.sim.RunFor(500 * time.Millisecond)
		if state, _ := s.State(); state != core.ServiceWaiting {
			t.Errorf("the service is %s after the supervisor gave up, want waiting", state)
		}
		h.sim.RunFor(time.Second)
		if state, pid := s.State(); state != core.ServiceRunning || pid == first {
			t.Errorf("the service is %s as %s, want running anew", state, pid)
		}
		s.Stop("test")
		h.Await(context.Background(), s.Done())
		if _, alive := h.Lookup("a"); alive {
			t.Error("the child outlives the service")
		}
		h.sawn()
	})
}
