package kernel

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// fakeMemory is what the guard sees of the Go runtime: live is what is in use,
// garbage what a collection takes away.
type fakeMemory struct {
	live, garbage int64
	collections   int
	takes         time.Duration // a collection
}

func (m *fakeMemory) heap() goMemory {
	return goMemory{
		used:    func() int64 { return m.live + m.garbage },
		collect: func() time.Duration { m.garbage = 0; m.collections++; return m.takes },
	}
}

// sleeping is a process that sleeps for ever.
type sleeping struct{ waiting }

func (sleeping) Load(hostapi.Task) (hostapi.Instance, error) { return sleeping{}, nil }

func (sleeping) Method(string) (hostapi.Function, error) { return sleeping{}, nil }

func (sleeping) Call(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
	return nil, t.Process().Sleep(1000 * time.Hour)
}

// guarded is a runtime on real workers, with processes that sleep and a guard
// that looks when the test says so.
type guarded struct {
	t      *testing.T
	rt     *Runtime
	guard  *memoryGuard
	memory *fakeMemory
	all    []*process

	mu   sync.Mutex
	ends []*hostapi.Error
}

const guardedLimit = 1000 << 20

func openGuarded(t *testing.T, n int) *guarded {
	g := &guarded{t: t, memory: &fakeMemory{}}
	g.rt = New(Options{MemoryLimit: -1, OnEnd: func(r EndReport) {
		g.mu.Lock()
		g.ends = append(g.ends, r.Result.Err)
		g.mu.Unlock()
	}})
	g.rt.DefineHost(HostOptions{ID: "test:host", Workers: 1})
	g.rt.Define(Entry{ID: "test:sleeps", Program: sleeping{}})
	if err := g.rt.StartHost("test:host"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, pid := range g.rt.Processes() {
			_ = g.rt.Terminate(pid)
		}
		if err := g.rt.Shutdown(context.Background(), time.Minute); err != nil {
			t.Error(err)
		}
	})
	for range n {
		if _, err := g.rt.Start(context.Background(), hostapi.Spawn{ID: "test:sleeps", Host: "test:host"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	g.all = g.rt.table.all()
	g.settle()
	g.guard = &memoryGuard{rt: g.rt, limit: guardedLimit, heap: g.memory.heap(), wait: func(time.Duration) {}}
	return g
}

// settle waits until nobody runs.
func (g *guarded) settle() {
	for _, p := range g.all {
		for _, runs := p.progress(); runs; _, runs = p.progress() {
			runtime.Gosched()
		}
	}
}

// expect lets the guard look, each time after the victims have unwound, and
// compares who is dead.
func (g *guarded) expect(when string, looks int, want ...int) {
	g.t.Helper()
	for range looks {
		g.guard.look()
		for _, p := range g.guard.victims {
			for p.remains.Load() > 0 {
				runtime.Gosched()
			}
		}
	}
	var got []int
	for i, p := range g.all {
		if p.dying.Load() {
			got = append(got, i)
		}
	}
	if !slices.Equal(got, want) {
		g.t.Errorf("%s: processes %v are dead, want %v", when, got, want)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.ends) != len(got) {
		g.t.Errorf("%s: %d ends reported of %d", when, len(g.ends), len(got))
	}
	for _, e := range g.ends {
		if !errors.Is(e, hostapi.LimitExceeded) || e.Message != "memory limit exceeded" {
			g.t.Errorf("%s: killed with %v", when, e)
		}
	}
}

// 17.13: while there is room, nobody is killed, whatever was charged.
func TestGuardLeavesRoomAlone(t *testing.T) {
	g := openGuarded(t, 3)
	g.all[1].memory.Store(900 << 20)
	g.memory.live = 700 << 20
	g.expect("in the calm", 10)
	g.memory.live = 800 << 20
	g.expect("watching", 10)
	if g.memory.collections > 0 {
		t.Error("the guard collected garbage without need")
	}
}

// What is only garbage is collected, and nobody is killed for it.
func TestGuardCollectsFirst(t *testing.T) {
	g := openGuarded(t, 2)
	g.all[0].memory.Store(100 << 20)
	for range 3 {
		g.memory.live, g.memory.garbage = 500<<20, 490<<20
		g.expect("with garbage", 2)
	}
	if g.memory.collections != 3 {
		t.Errorf("%d collections, want 3", g.memory.collections)
	}
}

// A collection that takes long is not followed by the next at once, unless
// the limit is reached.
func TestGuardRestsBetweenCollections(t *testing.T) {
	g := openGuarded(t, 1)
	g.memory.takes = 10 * watchInterval
	for _, step := range []struct {
		garbage int64
		looks   int
		want    int
	}{
		{450 << 20, 1, 1},
		{450 << 20, 10*collectEvery - 1, 1},
		{450 << 20, 1, 2},
		{600 << 20, 1, 3},
	} {
		g.memory.live, g.memory.garbage = 500<<20, step.garbage
		g.expect("with garbage", step.looks)
		if g.memory.collections != step.want {
			t.Errorf("%d collections, want %d", g.memory.collections, step.want)
		}
	}
}

// The process that was charged most is killed first.
func TestGuardKillsTheLargest(t *testing.T) {
	g := openGuarded(t, 4)
	g.all[0].memory.Store(10 << 20)
	g.all[2].memory.Store(300 << 20)
	g.all[3].memory.Store(200 << 20)
	g.memory.live = 950 << 20
	g.expect("near the limit", 1, 2)
	g.memory.live = 600 << 20
	g.expect("after relief", 10, 2)
}

// Without relief, each round kills twice as many.
func TestGuardKillsMoreWithoutRelief(t *testing.T) {
	g := openGuarded(t, 8)
	for i, p := range g.all {
		p.memory.Store(int64(100-i) << 20)
	}
	g.memory.live = 990 << 20
	g.expect("first round", 1, 0)
	g.expect("second round", 1, 0, 1, 2)
	g.expect("third round", 1, 0, 1, 2, 3, 4, 5, 6)
}

// What was not charged is judged by the steps since memory became short: not by
// those before.
func TestGuardBlamesWhoWorksWhileMemoryFalls(t *testing.T) {
	g := openGuarded(t, 3)
	g.all[0].steps.Store(1 << 40)
	g.memory.live = 800 << 20
	g.expect("watching", 1)
	g.all[1].steps.Add(10_000_000)
	g.memory.live = 950 << 20
	g.expect("near the limit", 1, 1)
}

// Who is known to hold much is to blame, and not who only works much.
func TestGuardSparesWhoWorks(t *testing.T) {
	g := openGuarded(t, 3)
	g.memory.live = 800 << 20
	g.expect("watching", 1)
	g.all[1].steps.Add(1 << 40)
	g.all[2].memory.Store(200 << 20)
	g.memory.live = 950 << 20
	g.expect("near the limit", 1, 2)
}

// While a victim unwinds, nobody else is killed, unless memory runs out.
func TestGuardWaitsForVictims(t *testing.T) {
	g := openGuarded(t, 3)
	for _, p := range g.all {
		p.memory.Store(100 << 20)
	}
	g.memory.live = 950 << 20
	g.expect("first round", 1, 0)
	g.guard.victims[0].remains.Add(1)
	for range longPatience / 2 {
		g.guard.look()
	}
	g.guard.victims[0].remains.Add(-1)
	g.expect("after waiting", 0, 0)
	g.expect("second round", 1, 0, 1, 2)
}

// A long mailbox counts for its owner, by what the payloads hold.
func TestGuardCountsMailboxes(t *testing.T) {
	g := openGuarded(t, 3)
	g.all[0].memory.Store(30 << 20)
	text := hostapi.String(string(make([]byte, 1<<20)))
	for range 20 {
		for _, topic := range []string{"a", "b"} {
			if err := g.rt.Send(g.all[2].pid, topic, hostapi.ListOf(text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	g.memory.live = 950 << 20
	g.expect("near the limit", 1, 2)
}

// Processes that account for nothing are left alone: it is the program itself
// that fills the memory.
func TestGuardSparesTheInnocent(t *testing.T) {
	g := openGuarded(t, 3)
	g.memory.live = 2 * guardedLimit
	g.expect("far beyond the limit", 5)
	if !g.guard.helpless {
		t.Error("the guard does not know that it is helpless")
	}
}

// deaf is a process in an instruction that lasts until it is told to end.
type deaf struct {
	waiting
	begun, end chan struct{}
}

func (d deaf) Load(hostapi.Task) (hostapi.Instance, error) { return d, nil }

func (d deaf) Method(string) (hostapi.Function, error) { return d, nil }

func (d deaf) Call(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
	close(d.begun)
	<-d.end
	return nil, t.Tick(1000)
}

// Who is in one instruction while memory falls is the cause, and nobody else is
// killed before that has ended.
func TestGuardBlamesWhoDoesNotGetOn(t *testing.T) {
	g := openGuarded(t, 3)
	d := deaf{begun: make(chan struct{}), end: make(chan struct{})}
	g.rt.Define(Entry{ID: "test:deaf", Program: d})
	if _, err := g.rt.Start(context.Background(), hostapi.Spawn{ID: "test:deaf", Host: "test:host"}, nil); err != nil {
		t.Fatal(err)
	}
	<-d.begun
	g.all = g.rt.table.all()
	for _, p := range g.all {
		p.memory.Store(2 << 20)
	}
	g.memory.live = 800 << 20
	g.expect("watching", 1)
	g.memory.live = 1500 << 20
	for range guardPatience + 10 {
		g.guard.look()
	}
	close(d.end)
	for g.all[3].remains.Load() > 0 {
		runtime.Gosched()
	}
	g.expect("after the instruction", 0, 3)
	g.memory.live = 500 << 20
	g.expect("after relief", 10, 3)
}
