package core_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// 20.6, 7.9: terminate ends a process in whatever it does.
func TestKillInEveryState(t *testing.T) {
	for name, body := range states {
		t.Run(name, func(t *testing.T) {
			both(t, 100, func(h *house) {
				h.slow()
				h.define("idle", func(a *actor) any { return a.forever() })
				h.define("child", func(a *actor) any {
					body(a)
					h.see("went on")
					return nil
				})
				h.main("process terminated", func(a *actor) any {
					pid := a.spawnMonitored("child")
					a.yield()
					must(a.Terminate(pid))
					e := a.event()
					return failure(e)
				})
				h.saw()
			})
		})
	}
}

// 20.8: a process that takes no notice of the kill has no effect any more.
func TestKilledProcessHasNoEffect(t *testing.T) {
	both(t, 100, func(h *house) {
		h.define("stubborn", func(a *actor) any {
			for range 50 {
				_ = a.Send(a.arg(0), "x", nil)
				_ = a.t.Tick(100)
			}
			p := a.Process
			err := p.Terminate(a.self())
			for what, err := range map[string]error{
				"terminate": err, "send": p.Send(a.arg(0), "after", nil), "sleep": p.Sleep(1), "register": p.Register("after", ""),
				"link": p.Link(a.arg(0)), "unlink": p.Unlink(a.arg(0)), "monitor": p.Monitor(a.arg(0)), "unmonitor": p.Unmonitor(a.arg(0)),
				"cancel": p.Cancel(a.arg(0), 0, ""), "options": p.SetOptions(hostapi.Options{}), "yield": p.Yield(), "upgrade": p.Upgrade("", nil),
				"print": p.Print("after"), "log": p.Log(0, "after", nil), "close": a.Inbox().Close(), "unlisten": p.Unlisten(a.Inbox()),
				"put": a.Inbox().Send(val(1)), "tick": a.t.Tick(1), "grow": a.t.Grow(1),
				"spawn": second(p.Spawn(req("stubborn"))), "exec": second(p.Exec(req("stubborn"))), "listen": second(p.Listen("x", true)),
				"channel": second(p.NewChannel(0)), "go": second(p.Go(nil, nil)), "select": second(p.Select(nil, false)),
				"lookup": second(p.Lookup("x")), "unregister": second(p.Unregister("x")),
				"timer": second(p.NewTimer(1, nil)), "ticker": second(p.NewTicker(1, nil)), "receive": third(a.Inbox().Receive()),
			} {
				if !errors.Is(err, hostapi.ErrKilled) {
					h.see("%s: %v", what, err)
				}
			}
			return "pretends to end normally"
		})
		h.main("process terminated", func(a *actor) any {
			a.spawnMonitored("stubborn", a.self())
			e := a.event()
			for _, topic := range a.drain() {
				if topic != "x" {
					return topic
				}
			}
			return failure(e)
		})
		h.saw()
	})
}

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }

// 20.6: a kill needs no free worker: neither that of the killed nor its own.
func TestKillNeedsNoWorker(t *testing.T) {
	h := onWorkers(t, 1)
	h.DefineHost(core.HostOptions{ID: "test:busy", Workers: 1})
	if err := h.StartHost("test:busy"); err != nil {
		t.Fatal(err)
	}
	release, occupied := make(chan struct{}), make(chan struct{})
	h.define("occupies", func(a *actor) any { // does not tick
		close(occupied)
		<-release
		return nil
	})
	h.define("waits", func(a *actor) any { must(a.Register("name", "")); return a.forever() })
	h.define("other", func(a *actor) any { return nil })
	on := func(name string) hostapi.Spawn {
		return hostapi.Spawn{ID: "test:" + name, Host: "test:busy", Monitor: true}
	}
	h.main("ok", func(a *actor) any {
		waiting := string(must1(a.Spawn(on("waits"))))
		for lookupError(a, "name") != nil {
			a.yield()
		}
		must1(a.Spawn(on("occupies")))
		<-occupied
		must(a.Terminate(waiting))
		e := a.event()
		if from(e) != waiting || failure(e) != "process terminated" {
			return lines("got", e.Values)
		}
		if text(lookupError(a, "name")) != "NotFound: name not registered: name" {
			return "the name is not free"
		}
		close(release)
		a.event()
		return "ok"
	})
	h.close()
}

// 20.2, 20.4: endless loops on one worker do not stop others, woken or
// preempted, and are killed all the same.
func TestLoopsDoNotStopOthers(t *testing.T) {
	both(t, atLength(20, 5), func(h *house) {
		h.define("loop", func(a *actor) any { a.spin(); return nil })
		h.define("calls", func(a *actor) any { a.spinOnCalls(); return nil })
		h.define("ping", func(a *actor) any {
			for range 100 {
				m := a.message()
				a.send(string(m.From), "pong")
			}
			return nil
		})
		h.main("ok", func(a *actor) any {
			var loops []string
			for range 3 {
				loops = append(loops, a.spawnMonitored("loop"), a.spawnMonitored("calls"))
			}
			ping := a.spawnMonitored("ping")
			for range 100 {
				a.send(ping, "ping")
				a.message()
			}
			a.event()
			for _, pid := range loops {
				must(a.Terminate(pid))
			}
			for range loops {
				if got := failure(a.event()); got != "process terminated" {
					return got
				}
			}
			return "ok"
		})
	})
}

// 20.2: processes that wake each other for ever do not starve one that was
// preempted, nor one that comes from outside.
func TestWakersDoNotStarveOthers(t *testing.T) {
	for _, workers := range []int{1, 2} {
		h := onWorkers(t, workers)
		h.define("echo", func(a *actor) any {
			for {
				m := a.message()
				_ = soft(a.Send(m.Data().Str(), "x", vals(a.self())))
			}
		})
		h.define("computes", func(a *actor) any {
			for range 100 {
				must(a.t.Tick(30000)) // is preempted each time
			}
			return "done"
		})
		h.define("outside", func(a *actor) any { return a.message().Topic })
		outside, end := h.start("outside")
		h.main("ok", func(a *actor) any {
			var echoes []string
			for range 2 * workers {
				one, other := a.spawn("echo"), a.spawn("echo")
				echoes = append(echoes, one, other)
				a.send(one, "x", other)
			}
			if got := must1(a.Exec(req("computes"))).Str(); got != "done" {
				return got
			}
			go func() { _ = h.Send(outside, "hello") }()
			must(a.Monitor(outside))
			a.event()
			for _, pid := range echoes {
				must(a.Terminate(pid))
			}
			return "ok"
		})
		h.wait(end)
		h.close()
	}
}

// 20.1: no more than the given number of processes execute at a time.
func TestWorkersBoundParallelism(t *testing.T) {
	for _, workers := range []int{1, 2, 4} {
		h := onWorkers(t, workers)
		running, most := make(chan int, 1), 0
		running <- 0
		h.define("child", func(a *actor) any {
			for range 20 {
				n := <-running + 1
				most = max(most, n)
				running <- n
				runtime.Gosched()
				running <- <-running - 1
				a.yield()
				must(a.t.Tick(30000))
			}
			return nil
		})
		h.main("ok", func(a *actor) any {
			for range 20 {
				a.spawnMonitored("child")
			}
			for range 20 {
				a.event()
			}
			return "ok"
		})
		h.close()
		if most > workers {
			t.Errorf("%d at a time on %d workers", most, workers)
		}
	}
}

// 20.3: what is preempted or woken is taken by a worker that has nothing to do.
// The occupying process ends only when the other has run.
func TestIdleWorkersTakeOver(t *testing.T) {
	h := onWorkers(t, 2)
	ran := make(chan struct{})
	h.define("other", func(a *actor) any {
		a.message()
		close(ran)
		return nil
	})
	h.main("ok", func(a *actor) any {
		pid := a.spawn("other")
		a.send(pid, "go") // lies on this worker
		for {
			select {
			case <-ran:
				return "ok"
			default:
				must(a.t.Tick(1))
				runtime.Gosched()
			}
		}
	})
	h.close()
}

// Exceptional ends of native code do not take a worker with them (2.24).
func TestFaultsOfEnginesEndOneProcess(t *testing.T) {
	both(t, 5, func(h *house) {
		h.Define(entryOf("load", native.Loaded(func(hostapi.Task) (func(string) native.Main, error) { panic("load") })))
		h.Define(entryOf("method", native.Loaded(func(hostapi.Task) (func(string) native.Main, error) {
			return func(string) native.Main { panic("method") }, nil
		})))
		h.Define(entryOf("instance", faultyProgram{}))
		h.define("timer", func(a *actor) any {
			timer := must1(a.NewTimer(1, func(time.Time) hostapi.Value { panic("value of a timer") }))
			a.get(timer.Channel())
			return nil
		})
		h.main("ok", func(a *actor) any {
			for _, name := range []string{"load", "method", "timer"} {
				if _, err := a.Exec(req(name)); text(err) != "Internal: internal error" {
					return name + ": " + text(err)
				}
			}
			return text(second(a.Exec(req("instance"))))
		})
	})
}

// faultyProgram panics when its state is released.
type faultyProgram struct{}

func (faultyProgram) Load(t hostapi.Task) (hostapi.Instance, error) {
	i, err := native.Program(func(hostapi.Task, []hostapi.Value) ([]hostapi.Value, error) { return nil, nil }).Load(t)
	return faultyInstance{i}, err
}

type faultyInstance struct{ hostapi.Instance }

func (faultyInstance) Close() { panic("close") }

// A star of 10,000 and a chain of 10,000: all die, each once, and leave nothing.
func TestCascadesLeaveNothing(t *testing.T) {
	const n = 10000
	shapes := map[string]func(a *actor){
		"star": func(a *actor) {
			for range n {
				a.spawnLinked("leaf", a.arg(0))
			}
		},
		"chain": func(a *actor) { a.spawnLinked("link", a.arg(0), n-1) },
	}
	for name, build := range shapes {
		t.Run(name, func(t *testing.T) {
			for i, workers := range []int{0, 0, 1, 2} {
				settle()
				goroutines, heap := runtime.NumGoroutine(), heapInUse()
				var h *house
				if workers == 0 {
					h = simulated(t, 7)
				} else {
					h = onWorkers(t, workers)
				}
				h.define("leaf", func(a *actor) any { return a.forever() })
				h.define("link", func(a *actor) any {
					if k := int(a.args[1].Int()); k > 0 {
						a.spawnLinked("link", a.arg(0), k-1)
					} else {
						a.send(a.arg(0), "complete")
					}
					return a.forever()
				})
				h.define("centre", func(a *actor) any {
					build(a)
					a.send(a.arg(0), "complete")
					a.message()
					return errors.New("centre failed")
				})
				h.main("ok", func(a *actor) any {
					pid := a.spawnMonitored("centre", a.self())
					a.message()
					if name == "chain" {
						a.message()
					}
					a.send(pid, "fail")
					if got := failure(a.event()); got != "centre failed" {
						return got
					}
					for len(h.Processes()) > 1 {
						a.sleep(ms)
					}
					return "ok"
				})
				h.close()
				ends := make(map[hostapi.PID]int)
				linked := 0
				for _, e := range h.ends {
					ends[e.PID]++
					if e.Result.Err != nil && e.Result.Err.Message == "linked process failed" {
						linked++
					}
				}
				if len(ends) != n+2 || len(h.ends) != n+2 || linked != n {
					t.Errorf("%d ends of %d processes, %d by links; want %d", len(h.ends), len(ends), linked, n+2)
				}
				h = nil
				settle()
				if now := runtime.NumGoroutine(); now > goroutines {
					t.Errorf("%d goroutines before, %d after", goroutines, now)
				}
				// Go keeps the descriptors of goroutines that have ended: only the
				// first round may leave those.
				if now := heapInUse(); i > 0 && now > heap+2<<20 {
					t.Errorf("heap of %d KiB before, %d KiB after", heap>>10, now>>10)
				}
			}
		})
	}
}

// settle lets finished goroutines go.
func settle() {
	for range 100 {
		runtime.Gosched()
	}
	runtime.GC()
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// What Waiting tells.
func TestWaitingTellsWhoWaitsForWhat(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.slow()
	h.define("child", func(a *actor) any {
		a.goes(func(a *actor) { a.sleep(time.Hour) })
		a.goes(func(a *actor) { a.put(a.channel(0), 1) })
		a.goes(func(a *actor) { a.get(must1(a.Listen("topic", false))) })
		a.goes(func(a *actor) { must1(a.Exec(req("idle"))) })
		a.pick(receiving(a.Events()), receiving(a.Inbox()))
		return nil
	})
	h.define("idle", func(a *actor) any { return a.forever() })
	pid, _ := h.start("child")
	h.sim.Settle()
	want := []string{
		pid + " test:child coroutine(1): select channel(events), channel(inbox)",
		pid + " test:child coroutine(2): sleep",
		pid + " test:child coroutine(3): send channel(1)",
		pid + " test:child coroutine(4): receive channel(listen topic)",
		pid + " test:child coroutine(5): exec",
		" test:idle coroutine(1): receive channel(events)",
	}
	got := h.Waiting()
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if !strings.HasSuffix(got[i], want[i]) {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
	// The error of a call that waits in vain tells it, too.
	_, err := h.Exec(t.Context(), req("idle"))
	checkError(t, err, hostapi.Internal, "nothing left to run; waiting: ")
	checkError(t, err, hostapi.Internal, pid+" test:child coroutine(3): send channel(1)")
}

// 20.12: who floods a process gives way on the worker that they share, so what waits in
// its mailbox stays about as much as it reads in some slices.
func TestFloodsGiveWay(t *testing.T) {
	const (
		all   = 300_000
		most  = all / 10
		costs = 100 // steps to read one, where a call costs ten
	)
	h := onWorkers(t, 1)
	sent, longest := 0, 0 // one worker: one of both runs
	h.define("reader", func(a *actor) any {
		for got := 0; a.message().Topic != "last"; got++ {
			longest = max(longest, sent-got)
			must(a.t.Tick(costs))
		}
		return nil
	})
	h.main("", func(a *actor) any {
		reader := a.spawnMonitored("reader")
		for sent < all {
			sent++
			must(a.Send(reader, "more", nil))
		}
		must(a.Send(reader, "last", nil))
		a.event()
		return ""
	})
	if longest > most {
		t.Errorf("%d messages waited of %d, want at most %d", longest, all, most)
	}
}
