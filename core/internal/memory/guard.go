package memory

import (
	"cmp"
	"runtime"
	"runtime/metrics"
	"slices"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/hostapi"
)

// memoryGuard keeps the Go program below a memory limit (17.13). Engines cannot
// charge all that scripts allocate, what the core keeps for a process is an estimate
// (17.8), and what the rest of the program uses nobody charges; and memory that Go
// does not get ends all processes. So the guard looks at what the program uses, and near
// the limit kills the processes that seem to be the cause.
//
// It does not prevent: what allocates faster than the guard looks goes beyond
// the limit. The limit should leave room below what the system grants.
type memoryGuard struct {
	world world
	limit int64
	heap  goMemory
	wait  func(time.Duration)

	mu    sync.Mutex
	hosts int // that run
	stop  chan struct{}
	done  chan struct{}

	watching bool
	newest   uint64    // serial of the last process spawned before it watches
	before   int64     // bytes in use then
	round    int       // kills since memory was last sufficient
	victims  []subject // of the last round
	looks    int       // since then
	patient  bool      // with these
	rest     int       // looks until the next collection, if there is room
	leaving  bool      // it waits for those that are no subjects any more
	waited   int       // rounds for which it has waited for who ends already
	helpless bool      // said that nothing can be killed
}

// goMemory is what the guard needs of the Go runtime.
type goMemory struct {
	used    func() int64         // bytes in use, garbage included
	collect func() time.Duration // collects garbage, and says how long it took
}

// The guard's thresholds, as parts of the limit, and how it looks.
const (
	watchAbove   = 0.75 // notes who executes how much
	collectAbove = 0.90 // looks what of it is garbage
	killAbove    = 0.80 // without garbage: kills

	calmInterval  = 20 * time.Millisecond
	watchInterval = 2 * time.Millisecond
	// collectEvery keeps collections, which slow everybody down, from following
	// one another: of so many times what one takes, one is spent on them.
	collectEvery = 4

	guardPatience = 50   // looks, while victims unwind and memory grows
	longPatience  = 1000 // looks, while victims unwind

	mostVictims = 1 << 12
	// leastVictim is what a process must account for to be killed, as a part of
	// the limit: less would not help, and the program itself may be what fills
	// the memory.
	leastVictim = 1.0 / 1024
	// knownCause is the part of the limit from which on what a process is known
	// to hold decides, and not what it may hold.
	knownCause = 1.0 / 8
)

// What the guard supposes that a process holds beyond what was charged.
const bytesPerStep = 16 // executed since the guard watches

// world is the runtime as the guard sees it.
type world interface {
	// mark lets steps be counted anew, and gives the serial of the last process made.
	mark() (newest uint64)
	subjects() []subject // oldest first
	unwinding() bool     // a process that is no subject any more still holds what it held
	helpless(limit, used int64)
}

// subject is a process as the guard sees it.
type subject interface {
	Account() kernel.Account
	Progress() (kernel.Progress, bool)
	Gone() bool
	Kill(err *hostapi.Error, by *kernel.Process)
}

// goHeap reads the metrics of the Go runtime.
func goHeap() goMemory {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
	}
	return goMemory{
		used: func() int64 {
			metrics.Read(samples)
			n := int64(samples[0].Value.Uint64())
			for _, s := range samples[1:] {
				n -= int64(s.Value.Uint64())
			}
			return n
		},
		collect: func() time.Duration {
			start := time.Now()
			runtime.GC()
			return time.Since(start)
		},
	}
}

// HostStarted starts the guard with the first host.
func (g *memoryGuard) HostStarted() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hosts++; g.hosts == 1 {
		g.stop, g.done = make(chan struct{}), make(chan struct{})
		go g.run(g.stop, g.done)
	}
}

// HostStopped stops the guard with the last host, and returns when it is gone.
func (g *memoryGuard) HostStopped() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hosts--; g.hosts == 0 {
		close(g.stop)
		<-g.done
	}
}

func (g *memoryGuard) run(stop, done chan struct{}) {
	defer close(done)
	timer := time.NewTimer(calmInterval)
	defer timer.Stop()
	for {
		select {
		case <-stop:
			return
		case <-timer.C:
			timer.Reset(g.look())
		}
	}
}

// look looks at the memory once, acts, and gives the time until the next look.
func (g *memoryGuard) look() time.Duration {
	used := g.heap.used()
	if used < g.part(watchAbove) {
		g.watching, g.round, g.waited, g.victims, g.helpless = false, 0, 0, nil, false
		return calmInterval
	}
	if !g.watching {
		g.watching = true
		g.newest, g.before = g.world.mark(), used
	}
	if g.unwinding(used) || used < g.part(collectAbove) {
		return watchInterval
	}
	if g.rest--; g.rest > 0 && used < g.limit {
		return watchInterval
	}
	// What the last collection found in use may have been dropped since.
	took := g.heap.collect()
	if g.heap.used() < g.part(killAbove) {
		g.round, g.waited, g.rest = 0, 0, int(collectEvery*took/watchInterval)
		return watchInterval
	}
	g.rest = 0
	g.kill()
	return watchInterval
}

func (g *memoryGuard) part(share float64) int64 { return int64(share * float64(g.limit)) }

// unwinding reports whether victims of the last round still hold what they
// held; it loses patience, sooner if memory runs out meanwhile.
func (g *memoryGuard) unwinding(used int64) bool {
	g.looks++
	if g.looks > longPatience || g.looks > guardPatience && used >= g.limit && !g.patient {
		return false
	}
	if g.leaving && g.looks <= guardPatience && g.world.unwinding() {
		return true
	}
	return slices.ContainsFunc(g.victims, func(p subject) bool { return !p.Gone() })
}

// suspect is a process with the bytes that it accounts for.
type suspect struct {
	p            subject
	known, bytes int64
}

// accounted is a process with its account.
type accounted struct {
	subject
	kernel.Account
}

// kill kills the process that accounts for most, and in each further round
// without relief twice as many; or who is in one instruction for long; or a part of
// a crowd.
func (g *memoryGuard) kill() {
	var all []accounted
	for _, p := range g.world.subjects() {
		all = append(all, accounted{p, p.Account()})
	}
	if list, leaving := ending(all), g.world.unwinding(); (len(list) > 0 || leaving) && g.waited <= g.round {
		g.waited = g.round + 1
		g.victims, g.looks, g.patient, g.leaving = list, 0, false, leaving
		return
	}
	suspects := g.suspects(all)
	if len(suspects) == 0 || suspects[0].known < g.part(knownCause) {
		if list := g.stuck(all); list != nil {
			g.killStuck(list)
			return
		}
		if c := g.crowd(all); c != nil {
			g.killCrowd(c)
			return
		}
	}
	if len(suspects) == 0 {
		if !g.helpless {
			g.helpless = true
			g.world.helpless(g.limit, g.heap.used())
		}
		return
	}
	suspects = suspects[:min(len(suspects), mostVictims, 1<<min(g.round, 30))]
	victims := make([]subject, len(suspects))
	for i, s := range suspects {
		victims[i] = s.p
	}
	g.round++
	g.condemn(victims, false, func(i int) int64 { return suspects[i].bytes })
}

// condemn kills processes, of each of which is said how many bytes it accounts for.
// patient says that nobody else is killed until they have ended.
func (g *memoryGuard) condemn(victims []subject, patient bool, estimate func(i int) int64) {
	g.victims, g.looks, g.patient, g.leaving = victims, 0, patient, false
	for i, p := range victims {
		p.Kill(errGuard(estimate(i)), nil)
	}
}

// killCrowd kills a part of a crowd.
func (g *memoryGuard) killCrowd(c *crowd) {
	g.round++
	g.condemn(c.victims(g.heap.used() >= g.limit), false, func(int) int64 { return bytesPerProcess })
}

// errGuard is what a process fails with that the guard kills.
func errGuard(estimate int64) *hostapi.Error {
	return kernel.ErrMemory().
		With("scope", hostapi.String("runtime")).
		With("estimate", hostapi.Int(estimate))
}

// ending gives the processes whose end is decided and that still hold what they
// held: they may be the cause, and nobody else is killed before that is seen. Once a
// round, since in a busy program some process always ends.
func ending(all []accounted) []subject {
	var list []subject
	for _, p := range all {
		if p.Ending && !p.Gone() {
			list = append(list, p.subject)
		}
	}
	return list
}

// suspects gives the processes that may be killed, the worst first.
func (g *memoryGuard) suspects(all []accounted) []suspect {
	var list []suspect
	most := int64(0)
	for _, p := range all {
		if !p.Trusted && !p.Ending {
			list = append(list, suspect{p.subject, p.Known, p.Known + bytesPerStep*p.Steps})
			most = max(most, p.Known)
		}
	}
	if most >= g.part(knownCause) {
		for i := range list {
			list[i].bytes = list[i].known
		}
	}
	list = slices.DeleteFunc(list, func(s suspect) bool { return s.bytes < g.part(leastVictim) })
	slices.SortStableFunc(list, func(a, b suspect) int { return cmp.Compare(b.bytes, a.bytes) })
	return list
}
