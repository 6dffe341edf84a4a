package core_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// m makes a payload map of names and values.
func m(pairs ...any) hostapi.Value {
	var entries []hostapi.Entry
	for i := 0; i < len(pairs); i += 2 {
		entries = append(entries, hostapi.Field(pairs[i].(string), val(pairs[i+1])))
	}
	return hostapi.MapOf(entries...)
}

// l makes a payload list.
func l(values ...any) hostapi.Value { return hostapi.ListOf(vals(values...)...) }

// one is the specification of a child that runs test:<process>.
func one(id, process string, more ...any) hostapi.Value {
	return m(append([]any{"id", id, "process", "test:" + process}, more...)...)
}

// wards defines the entries that these tests supervise. Their first argument
// names them in what is seen.
func (h *house) wards() {
	// polite ends when asked to, and fails when told to.
	h.define("polite", func(a *actor) any {
		h.see("+%s", a.arg(0))
		for {
			s := must1(a.Select([]*hostapi.Case{{Channel: a.Events()}, {Channel: a.Inbox()}}, true))
			if s.Index == 0 {
				e := s.Value.Record()
				h.see("-%s %s %s", a.arg(0), kind(e), e.Get("reason").Str())
				return nil
			}
			if s.Value.Message().Topic == "crash" {
				return hostapi.Errorf(hostapi.Internal, "crash of %s", a.arg(0))
			}
		}
	})
	// deaf never looks at its events.
	h.define("deaf", func(a *actor) any {
		h.see("+%s", a.arg(0))
		a.Events() // it could know, and keeps its grace (71.1)
		a.message()
		return hostapi.Errorf(hostapi.Internal, "crash of %s", a.arg(0))
	})
	// brittle fails in its top level from the second start on.
	starts := map[string]int{}
	h.Define(core.Entry{ID: "test:brittle", Program: native.Loaded(func(t hostapi.Task) (func(string) native.Main, error) {
		h.mu.Lock()
		starts["brittle"]++
		n := starts["brittle"]
		h.mu.Unlock()
		if n > 1 {
			h.see("brittle fails after %s", t.Process().Now().Sub(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)))
			return nil, hostapi.Errorf(hostapi.Internal, "brittle")
		}
		return func(string) native.Main {
			return func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
				_, _, err := t.Process().Inbox().Receive()
				return nil, err
			}
		}, nil
	})})
	// stubborn never gets through its top level.
	h.Define(core.Entry{ID: "test:stubborn", Program: native.Loaded(func(t hostapi.Task) (func(string) native.Main, error) {
		h.see("stubborn loads")
		for {
			if err := t.Tick(1000); err != nil {
				return nil, err
			}
		}
	})})
}

// watch gives how a process that the actor monitors ends.
func (a *actor) watch(pid hostapi.PID) string {
	for {
		if e := a.event(); kind(e) == "pid.exit" && from(e) == string(pid) {
			if text := failure(e); text != "" {
				return string(e.Get("result").Record().Get("error").Err().Kind) + " " + text
			}
			return "normal"
		}
	}
}

func (a *actor) supervise(spec hostapi.Value) hostapi.PID {
	pid := must1(a.StartSupervisor(spec, false))
	must(a.Monitor(string(pid)))
	return pid
}

// list shows the children of a supervisor.
func (a *actor) list(sup hostapi.PID) string {
	var texts []string
	for _, c := range must1(a.WhichChildren(string(sup))) {
		texts = append(texts, c.ID+" "+string(c.Status))
	}
	return strings.Join(texts, ", ")
}

// sawn gives what was seen and forgets it.
func (h *house) sawn() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	text := strings.Join(h.seen, ", ")
	h.seen = nil
	return text
}

func (h *house) equal(what, got, want string) {
	h.t.Helper()
	if got != want {
		h.t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

// abc are three polite children.
func abc(more ...any) hostapi.Value {
	return l(one("a", "polite", append([]any{"input", l("a")}, more...)...),
		one("b", "polite", append([]any{"input", l("b")}, more...)...),
		one("c", "polite", append([]any{"input", l("c")}, more...)...))
}

// ready waits until children have begun to run: their supervisor does not wait
// for their methods.
func (a *actor) ready(h *house, n int) {
	for {
		h.mu.Lock()
		started := 0
		for _, s := range h.seen {
			if strings.HasPrefix(s, "+") {
				started++
			}
		}
		h.mu.Unlock()
		if started >= n {
			return
		}
		a.sleep(time.Millisecond)
	}
}

// Ways of ending a supervisor from outside (16.5, 16.6, 16.14).
func TestSupervisorIsStopped(t *testing.T) {
	order := "-c pid.cancel shutdown, -b pid.cancel shutdown, -a pid.cancel shutdown"
	for _, c := range []struct {
		name, child, shutdown string
		stop                  func(a *actor, sup string)
		seen, end             string
		after                 time.Duration
	}{
		{"cancel", "polite", "5s", func(a *actor, sup string) { must(a.Cancel(sup, -1, "")) }, order, "normal", 0},
		{"cancel in time", "polite", "5s", func(a *actor, sup string) { must(a.Cancel(sup, time.Second, "")) }, order, "normal", 0},
		{"cancel, children need their time", "deaf", "1s", func(a *actor, sup string) { must(a.Cancel(sup, -1, "")) }, "", "normal", 3 * time.Second},
		{"cancel, brutal", "deaf", "brutal", func(a *actor, sup string) { must(a.Cancel(sup, -1, "")) }, "", "normal", 0},
		{"cancel, deadline", "deaf", "infinity", func(a *actor, sup string) { must(a.Cancel(sup, 2*time.Second, "enough")) }, "",
			"Canceled process cancelled: grace period expired", 2 * time.Second},
		{"cancel, no grace", "polite", "5s", func(a *actor, sup string) { must(a.Cancel(sup, 0, "")) }, "",
			"Canceled process cancelled: grace period expired", 0},
		{"terminate", "polite", "infinity", func(a *actor, sup string) { must(a.Terminate(sup)) }, "", "Canceled process terminated", 0},
		{"terminate while stopping", "deaf", "infinity", func(a *actor, sup string) {
			must(a.Cancel(sup, -1, ""))
			a.sleep(time.Second)
			must(a.Terminate(sup))
		}, "", "Canceled process terminated", time.Second},
		{"link", "polite", "5s", func(a *actor, sup string) { a.linkAndFail(sup) }, order, "Internal linked process failed", 0},
		{"link, children need their time", "deaf", "1s", func(a *actor, sup string) { a.linkAndFail(sup) }, "", "Internal linked process failed", 3 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			seeds(t, 40, func(h *house) {
				h.wards()
				h.define("fails", func(a *actor) any {
					must(a.Link(a.arg(0)))
					return hostapi.Errorf(hostapi.Internal, "oops")
				})
				h.define("main", func(a *actor) any {
					spec := m("children", l(one("a", c.child, "input", l("a"), "shutdown", c.shutdown),
						one("b", c.child, "input", l("b"), "shutdown", c.shutdown), one("c", c.child, "input", l("c"), "shutdown", c.shutdown)))
					sup := a.supervise(spec)
					a.ready(h, 3)
					h.sawn()
					var children []hostapi.PID
					for _, x := range must1(a.WhichChildren(string(sup))) {
						children = append(children, x.PID)
					}
					before := a.Now()
					c.stop(a, string(sup))
					end := a.watch(sup)
					for _, pid := range children {
						if err := soft(a.Send(string(pid), "x", nil)); err == nil {
							t.Errorf("16.6: %s outlives its supervisor", pid)
						}
					}
					if d := a.Now().Sub(before); d < c.after || d > c.after+100*time.Millisecond {
						t.Errorf("took %s, want %s", d, c.after)
					}
					return end
				})
				h.want(c.end, "main")
				h.equal("seen", h.sawn(), c.seen)
			})
		})
	}
}

func (a *actor) linkAndFail(sup string) { a.spawn("fails", sup) }

// What becomes of the ends of children, from the outside: the order in which
// they are seen, and that they are told as failures or not (16.5, 7.3, 7.9).
func TestChildrenAreStopped(t *testing.T) {
	both(t, 40, func(h *house) {
		h.wards()
		h.define("main", func(a *actor) any {
			sup := a.supervise(m("children", l(
				one("asked", "polite", "input", l("asked")),
				one("killed", "polite", "input", l("killed"), "shutdown", "brutal"),
				one("late", "deaf", "input", l("late"), "shutdown", "1ms"),
			)))
			a.ready(h, 3)
			who := map[string]string{}
			for _, c := range must1(a.WhichChildren(string(sup))) {
				must(a.Monitor(string(c.PID)))
				who[string(c.PID)] = c.ID
			}
			must(a.Cancel(string(sup), -1, ""))
			var ends []string
			for range 4 {
				e := a.event()
				ends = append(ends, who[from(e)]+": "+failure(e))
			}
			return strings.Join(ends, ", ")
		})
		h.want("late: process cancelled: grace period expired, killed: process terminated, asked: , : ", "main")
		h.sawn()
	})
}

// The start of a supervisor is given up when its starter ends, in order and
// without anything left (2.11, 16.6).
func TestSupervisorStartAbandoned(t *testing.T) {
	both(t, 40, func(h *house) {
		h.wards()
		h.define("starter", func(a *actor) any {
			_, err := a.StartSupervisor(m("children", l(one("a", "polite", "input", l("a"), "name", "a"), one("b", "stubborn"))), true)
			return err
		})
		h.define("main", func(a *actor) any {
			pid := a.spawnMonitored("starter")
			for {
				h.mu.Lock()
				loads := strings.Contains(strings.Join(h.seen, " "), "stubborn loads")
				h.mu.Unlock()
				if loads {
					break
				}
				must(a.Yield()) // the time stands still while it loads
			}
			child := must1(a.Lookup("a"))
			must(a.Monitor(string(child)))
			must(a.Terminate(pid))
			return a.watch(child)
		})
		h.want("normal", "main")
		h.sawn()
	})
}

// The delays of restarts (16.11, 15.9).
func TestSupervisorBackoff(t *testing.T) {
	seeds(t, 10, func(h *house) {
		h.wards()
		h.define("main", func(a *actor) any {
			sup := a.supervise(m("intensity", 4, "period", "1h",
				"backoff", m("initial_delay", "1s", "backoff_factor", 3, "max_delay", "5s", "jitter", 0),
				"children", l(one("a", "brittle", "name", "a"))))
			a.send("a", "end")
			return a.watch(sup)
		})
		h.want("Internal restart intensity exceeded: child a: failed to execute script: brittle", "main")
		h.equal("starts", h.sawn(), "brittle fails after 1s, brittle fails after 4s, brittle fails after 9s, brittle fails after 14s")
	})
}

// A child that has run for stable_threshold starts anew with the delays.
func TestSupervisorStableThreshold(t *testing.T) {
	seeds(t, 10, func(h *house) {
		h.wards()
		h.define("main", func(a *actor) any {
			sup := a.supervise(m("intensity", 100,
				"backoff", m("initial_delay", "1s", "jitter", 0, "stable_threshold", "3s"),
				"children", l(one("a", "polite", "input", l("a"), "name", "a"))))
			var delays []string
			crash := func() {
				a.send("a", "crash")
				before := a.Now()
				for must1(a.WhichChildren(string(sup)))[0].Status != hostapi.ChildRestarting {
					must(a.Yield())
				}
				for must1(a.WhichChildren(string(sup)))[0].Status != hostapi.ChildRunning {
					a.sleep(100 * time.Millisecond)
				}
				delays = append(delays, a.Now().Sub(before).String())
			}
			crash()
			crash()
			a.sleep(2900 * time.Millisecond)
			crash()
			a.sleep(3 * time.Second)
			crash()
			return strings.Join(delays, " ")
		})
		h.want("1s 2s 4s 1s", "main")
		h.sawn()
	})
}

// While a group waits for its restart it can be listed, and single children be
// taken out (16.11, 16.17).
func TestWaitingGroup(t *testing.T) {
	for _, c := range []struct{ strategy, waiting, less, after, seen string }{
		{"one_for_all", "a restarting, b restarting, c restarting", "a restarting, b restarting, c stopped", "a running, b running, c stopped", "+a, +b"},
		{"rest_for_one", "a running, b restarting, c restarting", "a running, b restarting, c stopped", "a running, b running, c stopped", "+b"},
		{"one_for_one", "a running, b restarting, c running", "a running, b restarting, c stopped", "a running, b running, c stopped", "+b"},
	} {
		t.Run(c.strategy, func(t *testing.T) {
			seeds(t, 40, func(h *house) {
				h.wards()
				h.define("main", func(a *actor) any {
					sup := string(a.supervise(m("strategy", c.strategy, "backoff", m("initial_delay", "10s"), "children", abc())))
					b := must1(a.WhichChildren(sup))[1].PID
					must(a.Monitor(string(b)))
					a.send(string(b), "crash")
					a.watch(b)
					a.sleep(time.Millisecond)
					h.equal("waiting", a.list(hostapi.PID(sup)), c.waiting)
					checkError(t, soft(errOf(a.RestartChild(sup, "b"))), hostapi.Conflict, "child is restarting")
					checkError(t, soft(a.DeleteChild(sup, "b")), hostapi.Conflict, "child is restarting")
					checkError(t, soft(errOf(a.StartChild(sup, []hostapi.Value{one("b", "polite")}))), hostapi.AlreadyExists, "already present")
					must(a.TerminateChild(sup, "c"))
					h.equal("one taken out", a.list(hostapi.PID(sup)), c.less)
					h.sawn()
					a.sleep(12 * time.Second)
					h.equal("after the delay", a.list(hostapi.PID(sup)), c.after)
					must1(a.RestartChild(sup, "c"))
					return a.list(hostapi.PID(sup))
				})
				h.want("a running, b running, c running", "main")
				if got := h.sawn(); !strings.HasPrefix(got, c.seen) {
					t.Errorf("started %s, want %s first", got, c.seen)
				}
			})
		})
	}
}

func errOf[T any](_ T, err error) error { return err }

// A child that is the only one of a delayed restart takes it along.
func TestRestartDropped(t *testing.T) {
	seeds(t, 20, func(h *house) {
		h.wards()
		h.define("main", func(a *actor) any {
			sup := a.supervise(m("backoff", m("initial_delay", "10s"), "children", l(one("a", "polite", "input", l("a"), "name", "a"))))
			a.ready(h, 1)
			a.send("a", "crash")
			a.sleep(time.Second)
			must(a.TerminateChild(string(sup), "a"))
			before := a.list(sup)
			a.sleep(time.Minute)
			return before + ", later " + a.list(sup)
		})
		h.want("a stopped, later a stopped", "main")
		h.equal("seen", h.sawn(), "+a")
	})
}

// A restart that is exactly one period old still counts (16.10).
func TestIntensityAtTheBoundary(t *testing.T) {
	for _, c := range []struct {
		gap  time.Duration
		want string
	}{
		{5 * time.Second, "Internal restart intensity exceeded: child a: crash of a"},
		{5*time.Second + 1, "normal"},
	} {
		seeds(t, 20, func(h *house) {
			h.wards()
			h.define("main", func(a *actor) any {
				sup := a.supervise(m("intensity", 1, "period", "5s", "children", l(one("a", "polite", "input", l("a"), "name", "a"))))
				a.send("a", "crash")
				a.sleep(c.gap)
				a.send("a", "crash")
				a.sleep(1)
				_ = soft(a.Cancel(string(sup), -1, ""))
				return a.watch(sup)
			})
			h.want(c.want, "main")
			h.sawn()
		})
	}
}

// Details of a failed start and of giving up (16.4, 16.12).
func TestSupervisorErrors(t *testing.T) {
	both(t, 20, func(h *house) {
		h.wards()
		h.define("noStart", func(a *actor) any {
			return errOf(a.StartSupervisor(m("children", l(one("a", "polite", "input", l("a"), "name", "a"), one("b", "polite", "name", "a"))), false))
		})
		h.define("gaveUp", func(a *actor) any {
			sup := a.supervise(m("intensity", 0, "children", l(one("x", "deaf", "input", l("x"), "name", "x"))))
			a.send("x", "crash")
			for {
				if e := a.event(); from(e) == string(sup) {
					return e.Get("result").Record().Get("error").Err()
				}
			}
		})
		if e := h.wantError(hostapi.Internal, "failed to start child", "noStart"); e != nil {
			h.equal("details", hostapi.Wrap(e.Details).String(), `{child: "b", reason: "name already registered"}`)
		}
		if e := h.wantError(hostapi.Internal, "restart intensity exceeded", "gaveUp"); e != nil {
			h.equal("details", hostapi.Wrap(e.Details).String(), `{child: "x", reason: "crash of x"}`)
		}
	})
}

// Children inherit the context values of whoever started their supervisor, run
// on the hosts they name, and are found under their names after each restart.
func TestChildrenAreOrdinaryProcesses(t *testing.T) {
	both(t, 20, func(h *house) {
		h.wards()
		h.DefineHost(core.HostOptions{ID: "test:other", Workers: 1})
		if err := h.StartHost("test:other"); err != nil {
			t.Fatal(err)
		}
		h.define("child", func(a *actor) any {
			v, _ := a.ContextValue("who")
			h.see("%s %s on %v", a.arg(0), v, strings.HasPrefix(a.self(), "{test:other|"))
			a.message()
			return nil
		})
		h.define("main", func(a *actor) any {
			sup := a.supervise(m("host", "test:other", "strategy", "one_for_all", "children", l(
				one("a", "child", "input", l("a"), "name", "a", "shutdown", "brutal"),
				one("b", "child", "input", l("b"), "name", "b", "host", hostID))))
			before := must1(a.Lookup("a"))
			a.send("b", "end")
			for {
				if now, err := a.Lookup("a"); soft(err) == nil && now != before {
					break
				}
				a.sleep(time.Millisecond)
			}
			for a.list(sup) != "a running, b running" {
				a.sleep(time.Millisecond)
			}
			return must1(a.Lookup("b")) != "" && strings.HasPrefix(string(sup), "{test:other|")
		})
		s := req("main")
		s.Context = []hostapi.Entry{hostapi.Field("who", val("me"))}
		v, err := h.Exec(context.Background(), s)
		if err != nil || !v.Bool() {
			t.Errorf("main gave %s, %v", v, err)
		}
		seen := map[string]bool{}
		for _, s := range strings.Split(h.sawn(), ", ") {
			seen[s] = true
		}
		for s := range seen {
			if s != `a "me" on true` && s != `b "me" on false` {
				t.Errorf("a child saw %s", s)
			}
		}
		h.StopHosts(context.Background(), map[string]time.Duration{"test:other": 0})
	})
}

// A stopping host leaves the children of supervisors to these (21.4).
func TestShutdownInOrder(t *testing.T) {
	seeds(t, 40, func(h *house) {
		h.wards()
		h.define("main", func(a *actor) any {
			a.supervise(m("children", l(one("a", "polite", "input", l("a")),
				m("id", "n", "supervisor", m("children", l(one("b", "polite", "input", l("b")), one("c", "polite", "input", l("c"))))),
				one("d", "polite", "input", l("d")))))
			a.ready(h, 4)
			return nil
		})
		h.want(hostapi.Value{}, "main")
		h.sawn()
		if err := h.Shutdown(context.Background(), time.Minute); err != nil {
			t.Error(err)
		}
		h.equal("order", h.sawn(), "-d pid.cancel shutdown, -c pid.cancel shutdown, -b pid.cancel shutdown, -a pid.cancel shutdown")
	})
}

// Messages to a supervisor become dead letters at once, and are not kept
// (16.15).
func TestSupervisorReadsNoMessages(t *testing.T) {
	seeds(t, 10, func(h *house) {
		h.wards()
		h.define("main", func(a *actor) any {
			sup := a.supervise(m("children", l(one("a", "polite", "input", l("a")))))
			for i := range 100 {
				a.send(string(sup), "hello", i)
				if len(h.letters) != i+1 {
					t.Fatalf("%d dead letters after %d messages", len(h.letters), i+1)
				}
			}
			h.equal("children", a.list(sup), "a running")
			must(a.Cancel(string(sup), -1, ""))
			return a.watch(sup)
		})
		h.want("normal", "main")
		if len(h.letters) != 100 {
			t.Errorf("%d dead letters, want 100", len(h.letters))
		}
		for i, d := range h.letters {
			if d.Reason != core.Unread || d.Topic != "hello" || d.Payloads[0].Int() != int64(i) || d.From == "" {
				t.Errorf("dead letter %d: %+v", i, d)
			}
		}
	})
}

// The supervisor itself fails for reasons of the host.
func TestSupervisorHost(t *testing.T) {
	both(t, 10, func(h *house) {
		h.wards()
		h.DefineHost(core.HostOptions{ID: "test:idle"})
		h.DefineHost(core.HostOptions{ID: "test:small", Workers: 1, MaxProcesses: 2})
		if err := h.StartHost("test:small"); err != nil {
			t.Fatal(err)
		}
		h.define("start", func(a *actor) any {
			return errOf(a.StartSupervisor(a.args[0], false))
		})
		children := l(one("a", "polite"), one("b", "polite"))
		try := func(spec hostapi.Value, kind hostapi.Kind, text string) {
			t.Helper()
			_, err := h.Exec(context.Background(), hostapi.Spawn{ID: "test:start", Host: hostID, Args: []hostapi.Value{spec}})
			checkError(t, err, kind, text)
		}
		try(m("host", "test:idle"), hostapi.Unavailable, "host is not running")
		try(m("host", "test:none"), hostapi.NotFound, "host not found")
		try(m("host", "test:polite"), hostapi.Invalid, "not a process host")
		try(m("host", "test:small", "children", children), hostapi.Internal, "failed to start child b: max processes limit exceeded")
		try(m("children", l(one("a", "polite", "host", "test:idle"))), hostapi.Internal, "failed to start child a: host is not running")
		try(m("children", l(one("a", "nothing"))), hostapi.NotFound, "unknown process entry")
		try(val("test:polite"), hostapi.NotFound, "unknown supervisor entry")
		h.sawn()
		h.StopHosts(context.Background(), map[string]time.Duration{"test:small": 0})
	})
}

// Children started by request while a group waits begin anew with it; one that
// ends meanwhile joins it and does not count again (16.11).
func TestJoiningAWaitingGroup(t *testing.T) {
	for _, strategy := range []string{"one_for_all", "rest_for_one"} {
		t.Run(strategy, func(t *testing.T) {
			seeds(t, 40, func(h *house) {
				h.wards()
				h.define("main", func(a *actor) any {
					sup := string(a.supervise(m("strategy", strategy, "intensity", 1, "period", "1h", "backoff", m("initial_delay", "10s"),
						"children", l(one("a", "polite", "input", l("a"), "name", "a"), one("b", "polite", "input", l("b"), "name", "b")))))
					a.ready(h, 2)
					a.send("a", "crash")
					a.sleep(time.Second)
					must1(a.StartChild(sup, []hostapi.Value{one("d", "polite", "input", l("d"), "name", "d")}))
					must1(a.StartChild(sup, []hostapi.Value{one("e", "polite", "input", l("e"), "name", "e")}))
					a.ready(h, 4)
					a.send("d", "crash")
					a.sleep(time.Second)
					h.equal("while it waits", a.list(hostapi.PID(sup)), "a restarting, b restarting, d restarting, e running")
					h.sawn()
					a.sleep(12 * time.Second)
					return a.list(hostapi.PID(sup))
				})
				h.want("a running, b running, d running, e running", "main")
				if got := h.sawn(); !strings.HasPrefix(got, "-e pid.cancel shutdown, +") || strings.Count(got, "+") != 4 {
					t.Errorf("seen %s, want e stopped and all four started", got)
				}
			})
		})
	}
}
