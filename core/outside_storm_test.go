package core_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// ledger knows what is held, and by whom.
type ledger struct {
	t      testing.TB
	places *hostapi.Places

	mu    sync.Mutex
	open  map[string][]*possession // by PID, in order of opening
	stuck map[string]bool          // whose end was told early (40.9)
	total int
}

// possession is one thing that is held.
type possession struct {
	l     *ledger
	owner string
	place bool
}

func newLedger(t testing.TB) *ledger {
	return &ledger{t: t, places: hostapi.NewPlaces(3), open: map[string][]*possession{}, stuck: map[string]bool{}}
}

func (l *ledger) add(owner string, place bool) *possession {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := &possession{l, owner, place}
	l.open[owner] = append(l.open[owner], e)
	l.total++
	return e
}

func (e *possession) Release(context.Context, bool) {
	l := e.l
	l.mu.Lock()
	found := false
	list := l.open[e.owner]
	for i := range list {
		if list[i] == e {
			l.open[e.owner] = append(list[:i:i], list[i+1:]...)
			found = true
			break
		}
	}
	l.mu.Unlock()
	if !found {
		l.t.Errorf("%s: released twice", e.owner)
	}
	if e.place {
		l.places.Leave()
	}
}

// left gives how much a process holds whose EXIT was seen; 0 if that was told early.
func (l *ledger) left(owner string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stuck[owner] {
		return 0
	}
	return len(l.open[owner])
}

// busybody does all that can be done with what is outside, in a random order, for ever.
func (l *ledger) busybody(h *house) func(a *actor) any {
	return func(a *actor) any {
		rng := a.rng()
		var mine []hostapi.Held
		open := func(a *actor, op hostapi.Op) {
			owner, place := a.self(), op.Places != nil
			d, err := a.Await(op, func(ctx context.Context) (hostapi.Done, error) {
				_ = hostapi.Grow(ctx, 100<<10)
				return hostapi.Done{Held: l.add(owner, place)}, nil
			})
			if soft(err) == nil {
				mine = append(mine, d.Held)
			}
		}
		for {
			op := hostapi.Op{Name: "storm.open"}
			switch rng.IntN(9) {
			case 0:
				op.Places = l.places
			case 1:
				op.Thread = true
			case 2:
				op.Timeout = 1 + time.Duration(rng.IntN(int(time.Millisecond)))
			case 3:
				op.Places, op.Thread, op.Timeout = l.places, true, time.Millisecond
			}
			switch rng.IntN(8) {
			case 0:
				if len(mine) > 0 {
					i := rng.IntN(len(mine))
					_, err := a.Release(mine[i])
					_ = soft(err)
				}
			case 1:
				a.goes(func(a *actor) { open(a, op) })
			case 2:
				f := must1(a.Feed(1))
				_ = f.Put(context.Background(), val(1))
				if rng.IntN(2) == 0 {
					f.Close()
				}
				a.pick(receiving(f.Channel()))
			case 3:
				if rng.IntN(4) == 0 {
					return a.Upgrade("", nil)
				}
			case 4:
				_, err := a.Await(op, func(ctx context.Context) (hostapi.Done, error) {
					if h.sim == nil {
						<-ctx.Done()
					}
					if op.Places != nil {
						return hostapi.Done{}, ctx.Err()
					}
					return hostapi.Done{Held: l.add(a.self(), false)}, ctx.Err()
				})
				_ = soft(err)
			case 5:
				a.sleep(time.Duration(rng.IntN(int(time.Millisecond))))
			case 6:
				if rng.IntN(20) == 0 {
					return hostapi.Errorf(hostapi.Internal, "enough")
				}
			default:
				open(a, op)
			}
		}
	}
}

// storm keeps some busybodies, kills one after the other, and looks whether anything of
// it is left when its EXIT is seen.
func (l *ledger) storm(h *house, kills int) func(a *actor) any {
	return func(a *actor) any {
		rng := a.rng()
		var crowd []string
		for len(crowd) < 10 {
			crowd = append(crowd, a.spawnMonitored("busybody"))
		}
		for range kills {
			if rng.IntN(3) == 0 {
				a.sleep(time.Duration(rng.IntN(int(time.Millisecond))))
			} else {
				a.yield()
			}
			i := rng.IntN(len(crowd))
			_ = a.Terminate(crowd[i]) // it may have ended by itself
			gone := a.event().Get("from").Str()
			if n := l.left(gone); n > 0 {
				l.t.Errorf("%s: EXIT seen while %d are held", gone, n)
			}
			for j := range crowd {
				if crowd[j] == gone {
					crowd[j] = a.spawnMonitored("busybody")
				}
			}
		}
		for _, pid := range crowd {
			_ = a.Terminate(pid)
		}
		return nil
	}
}

// 40.3, 40.9, 40.11: whatever processes do with what is outside, and whenever they are
// killed: all is released once, before the EXIT, and no place is lost.
func TestOutsideStorm(t *testing.T) {
	t.Run("simulated", func(t *testing.T) {
		for seed := range uint64(atLength(1000, 30)) {
			l := newLedger(t)
			h := &house{t: t, sim: core.NewSimulation(seed)}
			h.open(core.Options{Scheduler: h.sim, Seed: seed + 1, Outside: performed}, 1)
			h.define("busybody", l.busybody(h))
			h.define("main", l.storm(h, 30))
			h.want(nil, "main")
			h.close()
			l.nothingLeft(t, h)
			if t.Failed() {
				t.Fatalf("with seed %d", seed)
			}
		}
	})
	for _, workers := range []int{1, 2} {
		t.Run(map[int]string{1: "workers=1", 2: "workers=2"}[workers], func(t *testing.T) {
			before := runtime.NumGoroutine()
			l := newLedger(t)
			h := (&house{t: t}).open(core.Options{OnEvent: func(e core.RuntimeEvent) {
				if s, ok := e.(core.OutsideStuck); ok {
					l.mu.Lock()
					l.stuck[string(s.PID)] = true
					l.mu.Unlock()
				}
			}}, workers)
			h.define("busybody", l.busybody(h))
			h.define("main", l.storm(h, atLength(20_000, 300)))
			h.want(nil, "main")
			h.close()
			l.nothingLeft(t, h)
			late := time.Now().Add(time.Minute)
			for runtime.NumGoroutine() > before { // of those that have done their last statement
				if time.Now().After(late) {
					all := make([]byte, 1<<20)
					t.Fatalf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), all[:runtime.Stack(all, true)])
				}
				runtime.Gosched()
			}
		})
	}
}

// nothingLeft checks the books at the end.
func (l *ledger) nothingLeft(t *testing.T, h *house) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for owner, list := range l.open {
		if len(list) > 0 {
			t.Errorf("%s holds %d at the end", owner, len(list))
		}
	}
	if l.total == 0 {
		t.Error("nothing was ever opened")
	}
	if _, taken, waiting := l.places.Count(); taken != 0 || waiting != 0 {
		t.Errorf("%d places are taken, %d wait", taken, waiting)
	}
}
