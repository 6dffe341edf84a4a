package core_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// 2.16 to 2.19: every way in which main can end, as the watcher sees it.
func TestResultShapes(t *testing.T) {
	custom := hostapi.Errorf("Custom", "own words").With("n", hostapi.Int(3))
	unknown := &hostapi.Error{Message: "no kind"}
	cases := []struct {
		name  string
		body  func(a *actor) any
		value hostapi.Value
		kind  hostapi.Kind // "" for a normal exit
		text  string
	}{
		{"nothing", func(a *actor) any { return nil }, hostapi.Value{}, "", ""},
		{"nil", func(a *actor) any { return hostapi.Value{} }, hostapi.Value{}, "", ""},
		{"a value", func(a *actor) any { return 7 }, hostapi.Int(7), "", ""},
		{"nil and a text", func(a *actor) any { return vals(hostapi.Value{}, "x") }, hostapi.Value{}, hostapi.Internal, "x"},
		{"false and a text", func(a *actor) any { return vals(false, "x") }, hostapi.Value{}, hostapi.Internal, "x"},
		{"a value and an error", func(a *actor) any { return vals(1, hostapi.Wrap(custom)) }, hostapi.Value{}, "Custom", "own words"},
		{"an error of no kind", func(a *actor) any { return vals(1, hostapi.Wrap(unknown)) }, hostapi.Value{}, hostapi.Internal, "no kind"},
		{"two values", func(a *actor) any { return vals(1, false) }, hostapi.Int(1), "", ""},
		{"three values", func(a *actor) any { return vals(1, 2, "not read") }, hostapi.Int(1), "", ""},
		{"a thrown error", func(a *actor) any { return custom }, hostapi.Value{}, "Custom", "own words"},
		{"a thrown Go error", func(a *actor) any { return errors.New("plain") }, hostapi.Value{}, hostapi.Internal, "plain"},
		{"an unsendable value", func(a *actor) any { return hostapi.Wrap(a.Inbox()) }, hostapi.Value{}, hostapi.Invalid, "cannot send a channel at #1"},
		{"terminated", func(a *actor) any { return a.Terminate(a.self()) }, hostapi.Value{}, hostapi.Canceled, "process terminated"},
		{"a panic", func(a *actor) any { panic("broken") }, hostapi.Value{}, hostapi.Internal, "internal error"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			both(t, 20, func(h *house) {
				h.define("child", c.body)
				h.main(true, func(a *actor) any {
					a.spawnMonitored("child")
					result := a.event().Get("result").Record()
					value, err := result.Get("value"), result.Get("error").Err()
					if !value.Equal(c.value) {
						return "value " + value.String()
					}
					if c.kind == "" {
						return err == nil
					}
					return err.Kind == c.kind && err.Message == c.text
				})
				if r, n := h.ended("child"); n != 1 || !r.Result.Value.Equal(c.value) {
					t.Errorf("%d reports, last %v", n, r)
				}
			})
		})
	}
}

// 2.6: the checks of a spawn in their order. Each request is wrong in its own
// point and in all that are checked later.
func TestSpawnChecks(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("child", func(a *actor) any { return a.forever() })
		h.define("holder", func(a *actor) any { must(a.Register("taken", "")); return a.forever() })
		h.Define(core.Entry{ID: "test:top", Program: native.Loaded(func(hostapi.Task) (func(string) native.Main, error) {
			return nil, errors.New("top level broke")
		})})
		h.Define(core.Entry{ID: "test:methodless", Method: "start", Program: native.Loaded(func(hostapi.Task) (func(string) native.Main, error) {
			return func(string) native.Main { return nil }, nil
		})})
		h.Declare("test:library")
		h.DefineHost(core.HostOptions{ID: "test:off"})
		h.DefineHost(core.HostOptions{ID: "test:full", Workers: 1, MaxProcesses: 1})
		if err := h.StartHost("test:full"); err != nil {
			t.Fatal(err)
		}
		h.DefineHost(core.HostOptions{ID: "test:stopping", Workers: 1})
		if err := h.StopHosts(t.Context(), map[string]time.Duration{"test:stopping": 0}); err != nil {
			t.Fatal(err)
		}
		spawn := func(id, host, name string) hostapi.Spawn {
			return hostapi.Spawn{ID: id, Host: host, Name: name, Named: name != ""}
		}
		h.define("main", func(a *actor) any {
			must1(a.Spawn(spawn("test:child", "test:full", "")))
			a.spawn("holder")
			for !strings.HasPrefix(text(lookupError(a, "taken")), "ok") {
				a.sleep(time.Millisecond)
			}
			for _, c := range []struct {
				s    hostapi.Spawn
				want string
			}{
				{spawn("test:none", "test:nohost", "taken"), "NotFound: host not found: test:nohost"},
				{spawn("test:none", "test:library", "taken"), "Invalid: not a process host: test:library"},
				{spawn("test:none", "test:child", "taken"), "Invalid: not a process host: test:child"},
				{spawn("test:none", "test:off", "taken"), "Unavailable: host is not running"},
				{spawn("test:none", "test:stopping", "taken"), "Unavailable: host is shutting down"},
				{spawn("test:none", "test:full", "taken"), "NotFound: unknown process entry: test:none"},
				{spawn("test:library", "test:full", "taken"), "NotFound: unknown process entry: test:library"},
				{spawn("test:top", "test:full", "taken"), "Unavailable: max processes limit exceeded"},
				{spawn("test:top", hostID, "taken"), "AlreadyExists: name already registered"},
				{spawn("test:top", hostID, "{bad"), `Invalid: invalid name "{bad"`},
				{spawn("test:top", hostID, ""), "Internal: failed to execute script: top level broke"},
				{spawn("test:methodless", hostID, ""), `NotFound: method "start" not found in module`},
			} {
				for _, monitor := range []bool{false, true} {
					s := c.s
					s.Monitor, s.Link = monitor, monitor
					if _, err := a.Spawn(s); text(err) != c.want {
						return lines(s, "gave", text(err), "want", c.want)
					}
				}
				if _, err := a.Exec(c.s); text(err) != c.want {
					return lines("exec of", c.s, "gave", text(err), "want", c.want)
				}
			}
			if v, ok := a.poll(a.Events()); ok {
				return lines("an event of a process that never was:", v) // 2.7
			}
			return "all"
		})
		h.want("all", "main")
		if _, n := h.ended("top"); n != 0 {
			t.Error("a failed creation was reported as an end")
		}
	})
}

func lookupError(a *actor, name string) error {
	_, err := a.Lookup(name)
	return err
}

func TestSpawnErrorsHaveDetails(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.main("test:h test:e", func(a *actor) any {
		_, err1 := a.Spawn(hostapi.Spawn{ID: "test:e", Host: "test:h"})
		_, err2 := a.Spawn(hostapi.Spawn{ID: "test:e", Host: hostID})
		return hostapi.AsError(err1).Details.Get("host_id").Str() + " " + hostapi.AsError(err2).Details.Get("id").Str()
	})
}

// 2.4: the spawner waits for the top level, not for the method.
func TestSpawnReturnsWhenLive(t *testing.T) {
	seeds(t, 200, func(h *house) {
		h.Define(core.Entry{ID: "test:child", Program: native.Loaded(func(task hostapi.Task) (func(string) native.Main, error) {
			if !task.Loading() {
				h.see("not loading")
			}
			for range 5 {
				if err := task.Tick(10 * 20000); err != nil { // is preempted each time
					return nil, err
				}
			}
			h.see("loaded")
			return func(string) native.Main {
				return func(task hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
					if task.Loading() {
						h.see("still loading")
					}
					return nil, nil
				}
			}, nil
		})})
		h.main("ok", func(a *actor) any {
			a.spawn("child")
			h.see("spawned")
			return "ok"
		})
		h.saw("loaded", "spawned")
	})
}

// 2.10: what would wait is refused while the top level runs, what completes at
// once is not.
func TestNothingWaitsDuringLoad(t *testing.T) {
	both(t, 10, func(h *house) {
		h.Define(core.Entry{ID: "test:child", Program: native.Loaded(func(task hostapi.Task) (func(string) native.Main, error) {
			p := task.Process()
			refused := func(what string, err error) {
				if hostapi.AsError(err) == nil || hostapi.AsError(err).Message != "cannot block during module load" {
					h.t.Errorf("%s during load: %v", what, err)
				}
			}
			allowed := func(what string, err error) {
				if err != nil {
					h.t.Errorf("%s during load: %v", what, err)
				}
			}
			ch, err := p.NewChannel(1)
			allowed("channel.new", err)
			allowed("send with room", ch.Send(val(1)))
			refused("send without room", ch.Send(val(2)))
			_, _, err = ch.Receive()
			allowed("receive of a buffered value", err)
			_, _, err = ch.Receive()
			refused("receive that waits", err)
			_, _, err = p.Inbox().Receive()
			refused("receive from the inbox", err)
			_, err = p.Select([]*hostapi.Case{receiving(ch)}, true)
			refused("select that waits", err)
			_, err = p.Select([]*hostapi.Case{receiving(ch)}, false)
			allowed("select with default", err)
			refused("sleep", p.Sleep(1))
			refused("yield", p.Yield())
			_, err = p.Go(native.Function(nil), nil)
			refused("coroutine.spawn", err)
			_, err = p.Spawn(req("other"))
			refused("spawn", err)
			_, err = p.Exec(req("other"))
			refused("exec", err)
			refused("upgrade", p.Upgrade("", nil))
			allowed("set_options", p.SetOptions(hostapi.Options{TrapLinks: true}))
			allowed("send to oneself", p.Send(string(p.PID()), "early", vals(1)))
			_, err = p.Listen("early", true)
			allowed("listen", err)
			return func(string) native.Main {
				return func(task hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
					ch, err := task.Process().Listen("early", true)
					if err != nil {
						return nil, err
					}
					v, _, err := ch.Receive()
					return []hostapi.Value{hostapi.Wrap(v.Message()).Message().Data()}, err
				}
			}, nil
		})})
		h.want(1, "child")
	})
}

// 2.3, 2.11: a creation ends with its spawner, whoever spawned and however.
func TestSpawnerEndsDuringLoad(t *testing.T) {
	for _, link := range []bool{false, true} {
		seeds(t, 300, func(h *house) {
			h.Define(core.Entry{ID: "test:child", Program: native.Loaded(func(task hostapi.Task) (func(string) native.Main, error) {
				for range 20 {
					if err := task.Tick(50); err != nil {
						return nil, err
					}
				}
				return func(string) native.Main {
					return func(task hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
						h.see("ran")
						_, _, err := task.Process().Events().Receive()
						return nil, err
					}
				}, nil
			})})
			h.define("spawner", func(a *actor) any {
				s := req("child")
				s.Link = link
				must1(a.Spawn(s))
				h.see("live")
				return a.forever()
			})
			h.main("ok", func(a *actor) any {
				pid := a.spawnMonitored("spawner")
				a.yield()
				must(a.Terminate(pid))
				a.event()
				return "ok"
			})
			h.sim.Settle()
			_, ended := h.ended("child")
			switch len(h.seen) {
			case 0: // abandoned: nothing is left of it, and no end is reported
				if ended != 0 || len(h.Processes()) != 0 {
					t.Error("an abandoned creation left traces")
				}
			default:
				if link && (ended != 1 || len(h.Processes()) != 0) {
					t.Error("a linked child outlived its spawner")
				}
				if !link && len(h.Processes()) != 1 {
					t.Error("a child without link did not outlive its spawner")
				}
			}
		})
	}
}

// 2.22: the first cause counts.
func TestFirstEndCounts(t *testing.T) {
	seeds(t, 500, func(h *house) {
		h.define("child", func(a *actor) any {
			a.goes(func(a *actor) { must(errors.New("coroutine failed")) })
			return "normal"
		})
		h.main("ok", func(a *actor) any {
			pid := a.spawnMonitored("child")
			_ = soft(a.Terminate(pid))
			e := a.event()
			switch failure(e) {
			case "process terminated", "coroutine failed":
			default:
				return "ended with " + failure(e)
			}
			if _, again := a.poll(a.Events()); again {
				return "two events"
			}
			return "ok"
		})
		if r, n := h.ended("child"); n != 1 {
			t.Errorf("%d ends, last %v", n, r)
		}
	})
}

// 2.23: whoever sees EXIT or LINK_DOWN can rely on all that comes before.
func TestOrderOfAnEnd(t *testing.T) {
	both(t, 300, func(h *house) {
		h.define("child", func(a *actor) any {
			must(a.Register("name", ""))
			a.send(a.arg(0), "last words")
			return errors.New("over")
		})
		h.main("ok", func(a *actor) any {
			a.trap()
			for range 3 {
				s := req("child", a.self())
				s.Link, s.Monitor = true, true
				pid := string(must1(a.Spawn(s)))
				_ = soft(a.Send(pid, "never read", nil))
				for _, want := range []string{"pid.exit", "pid.link.down"} { // 4.3
					if e := a.event(); kind(e) != want || from(e) != pid || failure(e) != "over" {
						return "got " + kind(e) + " " + failure(e)
					}
					for _, err := range []error{a.Send(pid, "x", nil), a.Monitor(pid), a.Link(pid), a.Terminate(pid), a.Cancel(pid, 0, "")} {
						if text(err) != gone(pid, "child") {
							return "of a dead one: " + text(err)
						}
					}
					if text(lookupError(a, "name")) != "NotFound: name not registered: name" {
						return "the name is not free"
					}
				}
				if got := strings.Join(a.drain(), " "); got != "last words" { // 3.22
					return "messages " + got
				}
				must(a.Register("name", ""))
				must1(a.Unregister("name"))
			}
			return "ok"
		})
	})
}

// 2.23 (d), 17.4: unread messages become dead letters before EXIT is seen.
func TestUnreadMessagesAreDeadLettersBeforeExit(t *testing.T) {
	both(t, 100, func(h *house) {
		h.define("child", func(a *actor) any {
			must1(a.Listen("c", false))
			a.message()
			return nil
		})
		h.main("Unread a Unread b Unread c", func(a *actor) any {
			pid := a.spawn("child")
			must(a.Monitor(pid))
			for _, topic := range []string{"read", "a", "b", "c"} {
				if err := a.Send(pid, topic, vals(topic)); topic == "read" {
					must(err)
				} else {
					_ = soft(err)
				}
			}
			a.event()
			h.mu.Lock()
			defer h.mu.Unlock()
			got := make(map[string]bool)
			for _, l := range h.letters {
				if string(l.From) == a.self() && l.To == pid && len(l.Payloads) == 1 && l.Payloads[0].Str() == l.Topic {
					got[l.Topic] = true
				}
			}
			if len(got) != 3 || len(h.letters) != 3 {
				return lines(h.letters)
			}
			return "Unread a Unread b Unread c"
		})
	})
}

// 6.7: room and name are there for the successor when EXIT is seen.
func TestSuccessorFindsRoomAndName(t *testing.T) {
	both(t, 1000, func(h *house) {
		h.DefineHost(core.HostOptions{ID: "test:small", Workers: 2, MaxProcesses: 1})
		if err := h.StartHost("test:small"); err != nil {
			t.Fatal(err)
		}
		h.define("child", func(a *actor) any { return nil })
		h.main("ok", func(a *actor) any {
			for range 10 {
				_, err := a.Spawn(hostapi.Spawn{ID: "test:child", Host: "test:small", Monitor: true, Named: true, Name: "only"})
				must(err)
				a.event()
			}
			return "ok"
		})
	})
}

// 2.3, 6.6: EXIT is never missed, however short the life of the child, and
// comes once.
func TestExitIsNeverMissed(t *testing.T) {
	both(t, 1000, func(h *house) {
		h.define("child", func(a *actor) any { return a.arg(0) })
		h.main("ok", func(a *actor) any {
			pending := map[string]bool{}
			for range 10 {
				pending[a.spawnMonitored("child")] = true
			}
			for range 10 {
				pid := from(a.event())
				if !pending[pid] {
					return "EXIT twice or of a stranger"
				}
				delete(pending, pid)
			}
			if _, more := a.poll(a.Events()); more {
				return "one EXIT too many"
			}
			return "ok"
		})
	})
}

func TestThousandMonitoredChildrenEndAtOnce(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("child", func(a *actor) any { a.message(); return nil })
		h.main(1000, func(a *actor) any {
			pids := make(map[string]bool)
			for range 1000 {
				pids[a.spawnMonitored("child")] = true
			}
			for pid := range pids {
				a.send(pid, "end")
			}
			for range 1000 {
				delete(pids, from(a.event()))
			}
			return 1000 - len(pids)
		})
	})
}
