package kernel

import (
	"log/slog"
	"maps"
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Memory looks after the memory of the whole program. Safe for concurrent use.
type Memory interface {
	// Limit is how many bytes the program may use; 0: there is no limit.
	Limit() int64
	// Used is how many of these it uses.
	Used() int64
	// HostStarted and HostStopped are called for each host that begins and ends to run
	// processes.
	HostStarted()
	HostStopped()
	// Reserve is told that n bytes are about to be allocated at once. It gives a
	// channel that is closed when they should be, nil if that is now.
	Reserve(n int64) <-chan struct{}
}

// Reserve implements hostapi.Task.
func (t *task) Reserve(n int64) error {
	if t.dead() {
		return hostapi.ErrKilled
	}
	m := t.p.rt.memory
	if m == nil {
		return nil
	}
	ready := m.Reserve(n)
	for ready != nil {
		select {
		case <-ready:
			return nil
		default:
		}
		// Not parked: no other task of the process may run. Nor does it sleep: the
		// collector would take over what is idle, for 10 ms in which no timer fires.
		t.p.slice = 0
		if err := t.give(taskPreempted); err != nil {
			return err
		}
	}
	return nil
}

// Account is what a process holds and does, for who looks after the memory.
type Account struct {
	Serial   uint64 // grows with each process made
	Entry    string
	Trusted  bool     // a part of the runtime
	Ending   bool     // its end is decided
	Known    int64    // bytes that it holds: charged by its engine, or kept by the core
	Steps    int64    // executed since Mark
	Creating []uint64 // serials of the processes that it is just spawning
}

// Account gives the account of a process.
func (p *process) Account() Account {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := Account{
		Serial: p.serial, Entry: p.entry.ID, Trusted: p.behaviour.Trusted(), Ending: p.is(flagDying),
		Known: p.memory.Load() + p.estimate(), Steps: p.steps.Load() - p.noted,
	}
	for _, child := range p.rare().pending {
		a.Creating = append(a.Creating, child.serial)
	}
	return a
}

// Progress is what changes while a process gets on.
type Progress struct {
	steps int64
	turns int32
}

// Progress gives how far a process is; false if it does not run, or is a part of the
// runtime.
func (p *process) Progress() (Progress, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Progress{p.steps.Load(), p.turns}, p.state == running && !p.behaviour.Trusted()
}

// Gone reports whether nothing is left of a process that has ended.
func (p *process) Gone() bool { return p.remains.Load() == 0 }

// Mark lets Account count steps anew, and gives the serial of the last process made.
// Only one goroutine may call it.
func (rt *Runtime) Mark() (newest uint64) {
	newest = rt.serial.Load()
	rt.table.each(func(p *process) { p.noted = p.steps.Load() })
	return newest
}

// Unwinding reports whether the stacks of a process that has ended are still there.
func (rt *Runtime) Unwinding() bool {
	rt.catalog.mu.RLock()
	hosts := slices.Collect(maps.Values(rt.catalog.hosts))
	rt.catalog.mu.RUnlock()
	for _, h := range hosts {
		h.mu.Lock()
		left := h.unburied > h.live
		h.mu.Unlock()
		if left {
			return true
		}
	}
	return false
}

// All gives all processes, oldest first.
func (rt *Runtime) All() []*Process { return rt.table.all() }

// Logger is where the runtime writes its log.
func (rt *Runtime) Logger() *slog.Logger { return rt.log.Logger }
