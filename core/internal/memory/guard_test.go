package memory

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core/internal/kernel"
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

// program is a process as a test tells the guard of it.
type program struct {
	serial  uint64
	entry   string
	memory  atomic.Int64
	steps   atomic.Int64
	noted   int64
	remains atomic.Int32 // of its unwinding
	kept    int64
	running bool
	makes   []uint64
	end     *hostapi.Error
}

func (p *program) Account() kernel.Account {
	return kernel.Account{
		Serial: p.serial, Entry: p.entry, Ending: p.end != nil, Creating: p.makes,
		Known: p.memory.Load() + p.kept, Steps: p.steps.Load() - p.noted,
	}
}

func (p *program) Progress() (kernel.Progress, bool) { return kernel.Progress{}, p.running }

func (p *program) Gone() bool { return p.remains.Load() == 0 }

func (p *program) Kill(err *hostapi.Error, _ *kernel.Process) { p.end = err }

// guarded are processes and a guard that looks when the test says so.
type guarded struct {
	t      *testing.T
	guard  *memoryGuard
	memory *fakeMemory
	all    []*program
	blamed int // times that nobody could be
	left   bool
}

const guardedLimit = 1000 << 20

func openGuarded(t *testing.T, n int) *guarded {
	g := &guarded{t: t, memory: &fakeMemory{}}
	g.spawn("test:sleeps", n)
	g.guard = &memoryGuard{world: g, limit: guardedLimit, heap: g.memory.heap(), wait: func(time.Duration) {}}
	return g
}

func (g *guarded) spawn(id string, n int) {
	for range n {
		g.all = append(g.all, &program{serial: uint64(len(g.all) + 1), entry: id})
	}
}

func (g *guarded) mark() (newest uint64) {
	for _, p := range g.all {
		p.noted = p.steps.Load()
		newest = p.serial
	}
	return newest
}

func (g *guarded) subjects() (list []subject) {
	for _, p := range g.all {
		list = append(list, p)
	}
	return list
}

func (g *guarded) unwinding() bool { return g.left }

func (g *guarded) helpless(int64, int64) { g.blamed++ }

// expect lets the guard look, and compares who is dead.
func (g *guarded) expect(when string, looks int, want ...int) {
	g.t.Helper()
	for range looks {
		g.guard.look()
	}
	var got []int
	for i, p := range g.all {
		if p.end == nil {
			continue
		}
		got = append(got, i)
		if !errors.Is(p.end, hostapi.LimitExceeded) || p.end.Message != "memory limit exceeded" {
			g.t.Errorf("%s: process %d was killed with %v", when, i, p.end)
		}
	}
	if !slices.Equal(got, want) {
		g.t.Errorf("%s: processes %v are dead, want %v", when, got, want)
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
	g.all[0].remains.Add(1)
	for range longPatience / 2 {
		g.guard.look()
	}
	g.all[0].remains.Add(-1)
	g.expect("after waiting", 0, 0)
	g.expect("second round", 1, 0, 1, 2)
}

// Who ends already may be the cause: before that is seen nobody else is killed, once.
func TestGuardWaitsForWhoEndsAlready(t *testing.T) {
	g := openGuarded(t, 3)
	for _, p := range g.all {
		p.memory.Store(2 << 20)
	}
	g.all[1].end = hostapi.Errorf(hostapi.LimitExceeded, "memory limit exceeded") // its own
	g.all[1].remains.Store(1)
	g.memory.live = 950 << 20
	g.expect("while it unwinds", guardPatience, 1)
	g.all[1].remains.Store(0)
	g.memory.live = 100 << 20
	g.expect("after that", 10, 1)

	g.memory.live, g.left = 950<<20, true
	g.expect("while the stacks of another are there", guardPatience, 1)
	g.left = false
	g.memory.live = 100 << 20
	g.expect("after that", 10, 1)

	g.all[1].remains.Store(1)
	g.memory.live = 950 << 20
	g.expect("it is not the cause", longPatience+2, 0, 1)
}

// Processes that account for nothing are left alone: it is the program itself
// that fills the memory.
func TestGuardSparesTheInnocent(t *testing.T) {
	g := openGuarded(t, 3)
	g.memory.live = 2 * guardedLimit
	g.expect("far beyond the limit", 5)
	if g.blamed != 1 {
		t.Errorf("it was told %d times that nobody is to blame, want once", g.blamed)
	}
}

// Who is in one instruction while memory falls is the cause, and nobody else is
// killed before that has ended.
func TestGuardBlamesWhoDoesNotGetOn(t *testing.T) {
	g := openGuarded(t, 4)
	for _, p := range g.all {
		p.memory.Store(2 << 20)
	}
	deaf := g.all[3]
	deaf.running = true
	deaf.remains.Store(1) // until its instruction ends
	g.memory.live = 800 << 20
	g.expect("watching", 1)
	g.memory.live = 1500 << 20
	g.expect("during the instruction", guardPatience+10, 3)
	deaf.running = false
	deaf.remains.Store(0)
	g.memory.live = 500 << 20
	g.expect("after relief", 10, 3)
}
