package core_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// population is what the processes of the stress test know of each other.
type population struct {
	mu   sync.Mutex
	pids []string
}

func (p *population) add(pid string) {
	p.mu.Lock()
	p.pids = append(p.pids, pid)
	p.mu.Unlock()
}

func (p *population) any(rng *rand.Rand) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pids[rng.IntN(len(p.pids))]
}

// Many processes do random things to each other. In the end every process has
// ended once, each watcher has got each EXIT once, names are free, and nothing
// is left.
func TestRandomOperations(t *testing.T) {
	rounds := 10
	if testing.Short() {
		rounds = 2
	}
	settle()
	goroutines := runtime.NumGoroutine()
	both(t, 5*rounds, func(h *house) {
		var all population
		ids := func(n int) []string { return []string{"x", "y", "z", "v", "w"}[:n] }
		h.define("short", func(a *actor) any { must(a.t.Tick(100)); return nil })
		h.define("new", func(a *actor) any { a.misbehave(h, &all, ids(5), 30); return nil })
		h.define("actor", func(a *actor) any {
			for range a.rng().IntN(3) {
				a.goes(func(a *actor) { a.misbehave(h, &all, ids(5), 30) })
			}
			a.misbehave(h, &all, ids(5), 60)
			if a.rng().IntN(3) == 0 {
				return errors.New("failed")
			}
			return nil
		})
		h.main("ok", func(a *actor) any {
			a.trap()
			all.add(a.self())
			watched := map[string]int{}
			for range 30 {
				pid := a.spawnMonitored("actor")
				watched[pid] = 0
				all.add(pid)
			}
			a.goes(func(a *actor) { // events of others may come as well
				for {
					if e := a.event(); kind(e) == "pid.exit" {
						watched[from(e)]++
					}
				}
			})
			for waits := 0; len(h.Processes()) > 1; waits++ {
				a.sleep(ms)
				if waits > 20 { // those that wait for what never comes
					for _, pid := range h.Processes() {
						if pid != a.PID() {
							_ = soft(a.Terminate(string(pid)))
						}
					}
				}
			}
			a.sleep(ms)
			for pid, n := range watched {
				if n != 1 {
					return lines(n, "EXITs of", pid)
				}
			}
			for _, name := range ids(5) {
				if text(lookupError(a, name)) == "ok" && must1(a.Lookup(name)) != a.PID() {
					return "name left: " + name
				}
			}
			return "ok"
		})
		h.close()
		ends := map[hostapi.PID]int{}
		for _, e := range h.ends {
			if ends[e.PID]++; ends[e.PID] > 1 {
				t.Errorf("%s ended twice", e.PID)
			}
		}
		if w := h.Waiting(); len(w) > 0 {
			t.Errorf("left: %q", w)
		}
	})
	settle()
	if now := runtime.NumGoroutine(); now > goroutines {
		t.Errorf("%d goroutines before, %d after", goroutines, now)
	}
}

func (a *actor) rng() *rand.Rand {
	return rand.New(rand.NewPCG(a.Seed(), uint64(a.t.Coroutine().String()[10])))
}

// misbehave does n random things. Errors but the kill are of no interest: half
// of what it does must fail.
func (a *actor) misbehave(h *house, all *population, names []string, n int) {
	rng := a.rng()
	name := func() string { return names[rng.IntN(len(names))] }
	someone := func() string {
		if rng.IntN(4) == 0 {
			return name()
		}
		return all.any(rng)
	}
	peer := func() string { // not main, whose end is the end of the test
		for {
			if pid := someone(); pid != all.pids0() {
				return pid
			}
		}
	}
	for range n {
		switch rng.IntN(26) {
		case 0, 1, 2, 3, 4:
			_ = soft(a.Send(someone(), name(), vals(a.self())))
		case 5:
			s := req([]string{"short", "short", "actor"}[rng.IntN(3)])
			s.Link, s.Monitor, s.Named = rng.IntN(2) == 0, rng.IntN(2) == 0, rng.IntN(3) == 0
			s.Name = name()
			if s.ID == "test:actor" && len(h.Processes()) > 60 {
				break
			}
			if pid, err := a.Spawn(s); soft(err) == nil {
				all.add(string(pid))
			}
		case 6, 7:
			_ = soft(a.Link(peer()))
		case 8:
			_ = soft(a.Unlink(someone()))
		case 9, 10:
			_ = soft(a.Monitor(someone()))
		case 11:
			_ = soft(a.Unmonitor(someone()))
		case 12:
			_ = soft(a.Cancel(peer(), []time.Duration{-1, 0, ms, 50 * ms}[rng.IntN(4)], "stress"))
		case 13:
			_ = soft(a.Terminate(peer()))
		case 14:
			_ = soft(a.Register(name(), ""))
		case 15:
			must1(a.Unregister(name()))
		case 16:
			must(a.SetOptions(hostapi.Options{TrapLinks: rng.IntN(2) == 0}))
		case 17:
			a.sleep(time.Duration(rng.IntN(100)) * time.Microsecond)
		case 18:
			timer := must1(a.NewTimer(time.Duration(rng.IntN(100)+1)*time.Microsecond, a.stamp))
			a.pick(receiving(a.Inbox()), receiving(timer.Channel()), receiving(a.Events()))
			timer.Stop()
		case 19:
			_, err := a.Exec(req("short"))
			_ = soft(err)
		case 20:
			if c, err := a.Listen(name(), rng.IntN(2) == 0); soft(err) == nil && rng.IntN(2) == 0 {
				_ = soft(a.Unlisten(c))
			}
		case 21:
			a.drain()
		case 22:
			must(a.t.Tick(rng.IntN(50000)))
		case 23:
			a.yield()
		case 24:
			if rng.IntN(20) == 0 {
				_ = soft(a.Upgrade([]string{"test:none", "test:new"}[rng.IntN(2)], nil))
			}
		case 25:
			c := a.channel(rng.IntN(2))
			a.goes(func(a *actor) { a.put(c, 1) })
			a.get(c)
		}
	}
}

func (p *population) pids0() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pids[0]
}

// Hosts wake each other's processes: the last of a batch is never forgotten.
func TestPingPongBetweenHosts(t *testing.T) {
	for _, workers := range []int{1, 2, 3} {
		h := onWorkers(t, workers)
		h.DefineHost(core.HostOptions{ID: "test:two", Workers: workers})
		if err := h.StartHost("test:two"); err != nil {
			t.Fatal(err)
		}
		h.define("echo", func(a *actor) any {
			for {
				m := a.message()
				if m.Topic == "stop" {
					return nil
				}
				a.send(string(m.From), "pong", m.Data())
			}
		})
		h.define("client", func(a *actor) any {
			pid := string(must1(a.Spawn(hostapi.Spawn{ID: "test:echo", Host: a.arg(0)})))
			for i := range 500 {
				a.send(pid, "ping", i)
				if got := a.message().Data().Int(); got != int64(i) {
					return fmt.Sprint(got, " instead of ", i)
				}
			}
			a.send(pid, "stop")
			return "ok"
		})
		h.main(strings.Repeat("ok ", 8), func(a *actor) any {
			got := ""
			for i := range 8 {
				a.spawnMonitored("client", []string{hostID, "test:two"}[i%2])
			}
			for range 8 {
				got += a.event().Get("result").Record().Get("value").Str() + " "
			}
			return got
		})
		h.close()
	}
}

// Processes on two hosts are killed and woken at once by third parties, in all
// directions: no wake-up is lost.
func TestKillsAndWakesAcrossHosts(t *testing.T) {
	for range 20 {
		h := onWorkers(t, 2)
		h.DefineHost(core.HostOptions{ID: "test:two", Workers: 2})
		if err := h.StartHost("test:two"); err != nil {
			t.Fatal(err)
		}
		h.define("leaf", func(a *actor) any { a.message(); return nil })
		h.define("killer", func(a *actor) any {
			for i, v := range a.args {
				if i%2 == 0 {
					_ = soft(a.Terminate(v.Str()))
				} else {
					_ = soft(a.Send(v.Str(), "end", nil))
				}
			}
			return nil
		})
		h.main(200, func(a *actor) any {
			var victims []any
			for i := range 200 {
				victims = append(victims, must1(a.Spawn(hostapi.Spawn{ID: "test:leaf", Host: []string{hostID, "test:two"}[i%2], Monitor: true})))
			}
			for i := range 4 {
				s := req("killer", victims...)
				s.Host = []string{hostID, "test:two"}[i%2]
				must1(a.Spawn(s))
			}
			for i := range 200 {
				if e := a.event(); kind(e) != "pid.exit" {
					return i
				}
			}
			return 200
		})
		h.close()
	}
}

// 5.3, 6.2: link and monitor race, on another worker, with the end of the peer:
// either they fail, or what they ask for comes, once, unless it was taken back.
func TestLinkAndMonitorRaceWithTheEnd(t *testing.T) {
	// A slow program makes the moment long in which the peer is dead and has told
	// nobody.
	slow := func(core.RuntimeEvent) {
		for range 20 {
			runtime.Gosched()
		}
	}
	h := (&house{t: t}).open(core.Options{OnEvent: slow}, 1)
	h.another()
	h.define("short", func(a *actor) any {
		for range a.Seed() % 10 {
			runtime.Gosched()
		}
		return errors.New("failed")
	})
	h.main("ok", func(a *actor) any {
		a.trap()
		for i := range 6000 {
			pid := string(must1(a.Spawn(hostapi.Spawn{ID: "test:short", Host: "test:another"})))
			want := ""
			if i%2 == 0 {
				if text(a.Link(pid)) == "ok" {
					want = "pid.link.down"
				}
			} else if text(a.Monitor(pid)) == "ok" {
				want = "pid.exit"
			}
			if i%4 > 1 { // takes it back: now nothing may come
				for range i % 16 {
					runtime.Gosched()
				}
				must(a.Unlink(pid))
				must(a.Unmonitor(pid))
			} else if want != "" {
				if e := a.event(); kind(e) != want || from(e) != pid {
					return lines(i, kind(e), "of", from(e))
				}
			}
		}
		if v, more := a.poll(a.Events()); more {
			return lines("too much:", v.Record().Values)
		}
		return "ok"
	})
	h.close()
}
