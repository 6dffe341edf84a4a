package core_test

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// benchmark runs main, which does its work n times, on one and on two workers.
func benchmark(b *testing.B, setUp func(h *house), main func(a *actor, n int)) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			h := (&house{t: b}).quiet(workers)
			defer h.close()
			setUp(h)
			h.define("main", func(a *actor) any { main(a, b.N); return nil })
			b.ReportAllocs()
			b.ResetTimer()
			if _, err := h.Exec(b.Context(), req("main")); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
		})
	}
}

// quiet opens the house without log and observers, which would be measured.
func (h *house) quiet(workers int) *house {
	h.Runtime = core.New(core.Options{})
	// The queues of benchmarks are longer than scripts may have by default.
	h.DefineHost(core.HostOptions{ID: hostID, Workers: workers, Limits: core.Limits{Memory: 1 << 40}})
	if err := h.StartHost(hostID); err != nil {
		h.t.Fatal(err)
	}
	return h
}

// echo sends each message back until it gets another topic.
func echo(a *actor) any {
	for {
		m := a.message()
		if m.Topic != "ping" {
			return nil
		}
		must(a.Send(string(m.From), "pong", m.Values))
	}
}

func BenchmarkPingPong(b *testing.B) {
	benchmark(b, func(h *house) { h.define("echo", echo) }, func(a *actor, n int) {
		pid := a.spawn("echo")
		payload := vals(1)
		for range n {
			must(a.Send(pid, "ping", payload))
			a.message()
		}
		a.send(pid, "stop")
	})
}

func BenchmarkPingPongAcrossHosts(b *testing.B) {
	benchmark(b, func(h *house) { h.define("echo", echo); h.another() }, func(a *actor, n int) {
		pid := string(must1(a.Spawn(hostapi.Spawn{ID: "test:echo", Host: "test:another"})))
		payload := vals(1)
		for range n {
			must(a.Send(pid, "ping", payload))
			a.message()
		}
		a.send(pid, "stop")
	})
}

func BenchmarkSpawnMonitorExit(b *testing.B) {
	benchmark(b, func(h *house) { h.define("child", func(a *actor) any { return nil }) }, func(a *actor, n int) {
		for range n {
			a.spawnMonitored("child")
			a.event()
		}
	})
}

// Four senders, one receiver; one operation is one message.
func BenchmarkFanIn(b *testing.B) {
	benchmark(b, func(h *house) {
		h.define("sender", func(a *actor) any {
			payload := vals(1)
			for range a.args[1].Int() {
				must(a.Send(a.arg(0), "x", payload))
			}
			return nil
		})
	}, func(a *actor, n int) {
		for range 4 {
			a.spawn("sender", a.self(), n/4)
		}
		for range n / 4 * 4 {
			a.message()
		}
	})
}

// One operation is the death of one process in a star of 1000.
func BenchmarkCascade(b *testing.B) {
	benchmark(b, func(h *house) {
		h.define("leaf", func(a *actor) any { return a.forever() })
		h.define("centre", func(a *actor) any {
			for range a.args[0].Int() {
				a.spawnLinked("leaf")
			}
			return errors.New("failed")
		})
	}, func(a *actor, n int) {
		for n > 0 {
			a.spawnMonitored("centre", min(n, 1000))
			a.event()
			n -= 1000
		}
	})
}

func BenchmarkCoroutineYield(b *testing.B) {
	benchmark(b, func(*house) {}, func(a *actor, n int) {
		for range n {
			a.yield()
		}
	})
}

func BenchmarkSelectOfThree(b *testing.B) {
	benchmark(b, func(*house) {}, func(a *actor, n int) {
		c := a.channel(0)
		a.goes(func(a *actor) {
			for {
				a.put(c, 1)
			}
		})
		cases := []*hostapi.Case{receiving(a.Events()), receiving(a.Inbox()), receiving(c)}
		for range n {
			a.pick(cases...)
		}
	})
}

// A timer that is set and stopped again, as in a receive with a timeout.
func BenchmarkTimerSetAndStop(b *testing.B) {
	benchmark(b, func(*house) {}, func(a *actor, n int) {
		for range n {
			must1(a.NewTimer(time.Minute, nil)).Stop()
		}
	})
}

// Ten thousand pending timers; one operation is one more that is set and fires.
func BenchmarkTimerFires(b *testing.B) {
	benchmark(b, func(*house) {}, func(a *actor, n int) {
		for range 10000 {
			a.timer(time.Hour)
		}
		for range n {
			a.get(a.timer(1).Channel())
		}
	})
}

// What an idle process of native code holds, its coroutine included.
func BenchmarkIdleProcess(b *testing.B) {
	const n = 10000
	for range b.N {
		before := memory()
		h := (&house{t: b}).quiet(2)
		h.define("idle", func(a *actor) any { return a.forever() })
		h.define("main", func(a *actor) any {
			for range n {
				a.spawn("idle")
			}
			return nil
		})
		if _, err := h.Exec(b.Context(), req("main")); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(memory()-before)/n, "B/process")
		h.close()
	}
}

// memory is what Go holds in heap and stacks.
func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
