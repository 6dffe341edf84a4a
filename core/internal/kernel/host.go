package kernel

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// HostOptions describe a process host (14.11).
type HostOptions struct {
	ID           string // namespace:name
	Workers      int    // processes that execute at the same time; 0: number of CPUs
	MaxProcesses int    // live processes at most; 0: DefaultMaxProcesses; negative: no limit
	MaxOutside   int    // operations outside of all its processes under way at once (40.3); 0: no limit
	Limits       Limits // defaults for its processes
}

// DefaultMaxProcesses is how many live processes a host has at most that does not
// say, or one for each 20 KiB of the runtime's memory limit if these are fewer
// (17.8): more than most apps need, and few enough to survive a fork bomb.
const DefaultMaxProcesses = 1 << 18

func (rt *Runtime) maxProcesses(n int) int {
	const bytesPerProcess = 20 << 10 // that waits, on any engine, and some room
	switch {
	case n < 0:
		return math.MaxInt
	case n > 0:
		return n
	case rt.memory != nil && rt.memory.Limit() > 0:
		return int(min(DefaultMaxProcesses, max(1, rt.memory.Limit()/bytesPerProcess)))
	}
	return DefaultMaxProcesses
}

// Host schedules processes on a number of workers. Its methods are safe for
// concurrent use.
type Host struct {
	rt      *Runtime
	options HostOptions
	queue   schedule.Queue
	stacks  []schedule.Stacks // by worker

	operations atomic.Int64 // outside, of its processes, under way
	meter      hostMeter

	mu       sync.Mutex
	state    hostState
	live     int           // processes that are being created or alive
	unburied int           // processes that are not yet buried and unwound
	empty    chan struct{} // closed when unburied falls to zero, if somebody waits
}

type hostState uint8

const (
	hostDefined hostState = iota // not started
	hostRunning
	hostStopping
	hostStopped
)

// DefineHost implements core.Runtime.
func (rt *Runtime) DefineHost(o HostOptions) error {
	if err := hostapi.CheckID(o.ID); err != nil {
		return err
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	o.MaxProcesses = rt.maxProcesses(o.MaxProcesses)
	rt.catalog.mu.Lock()
	defer rt.catalog.mu.Unlock()
	if h := rt.catalog.hosts[o.ID]; h != nil && h.started() {
		return hostapi.Errorf(hostapi.AlreadyExists, "host is running").With("host_id", hostapi.String(o.ID))
	}
	rt.catalog.hosts[o.ID] = &Host{rt: rt, options: o}
	return nil
}

// StartHost implements core.Runtime.
func (rt *Runtime) StartHost(id string) error {
	h, err := rt.catalog.host(id)
	if err != nil {
		return err
	}
	defer rt.hostsChanged()
	h.mu.Lock()
	defer h.mu.Unlock()
	switch h.state {
	case hostDefined:
		h.stacks = make([]schedule.Stacks, h.options.Workers)
		h.queue = rt.scheduler.NewQueue(id, h.options.Workers)
		if rt.memory != nil {
			rt.memory.HostStarted()
		}
		h.state = hostRunning
	case hostStopping, hostStopped:
		return hostapi.Errorf(hostapi.Unavailable, "host is shutting down")
	}
	return nil
}

// admit makes room for one more process (2.6).
func (h *Host) admit() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.accepts(); err != nil {
		return err
	}
	if h.live >= h.options.MaxProcesses {
		return hostapi.Errorf(hostapi.Unavailable, "max processes limit exceeded")
	}
	h.live++
	h.unburied++
	return nil
}

// accepts gives the error of a spawn on a host that does not run. The lock is
// held.
func (h *Host) accepts() error {
	switch h.state {
	case hostDefined:
		return hostapi.Errorf(hostapi.Unavailable, "host is not running")
	case hostStopping, hostStopped:
		return hostapi.Errorf(hostapi.Unavailable, "host is shutting down")
	}
	return nil
}

// started reports whether the host was ever started.
func (h *Host) started() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state != hostDefined
}

// ended counts a process out that is dead.
func (h *Host) ended() {
	h.mu.Lock()
	h.live--
	h.mu.Unlock()
}

// unwound counts a process out that is buried and whose stacks are gone.
func (h *Host) unwound() {
	h.mu.Lock()
	h.unburied--
	if h.unburied == 0 && h.empty != nil {
		close(h.empty)
		h.empty = nil
	}
	h.mu.Unlock()
}

// refuse lets the host accept no more spawns.
func (h *Host) refuse() {
	h.mu.Lock()
	if h.state == hostRunning || h.state == hostDefined {
		h.state = hostStopping
	}
	h.mu.Unlock()
	h.rt.hostsChanged()
}

// whenEmpty gives a channel that is closed when no process is left, unwinding
// included.
func (h *Host) whenEmpty() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.empty == nil {
		h.empty = make(chan struct{})
		if h.unburied == 0 {
			close(h.empty)
			done := h.empty
			h.empty = nil
			return done
		}
	}
	return h.empty
}

// close stops the workers and returns when they have stopped. No process is
// left.
func (h *Host) close() {
	h.mu.Lock()
	queue := h.queue
	h.state = hostStopped
	h.mu.Unlock()
	if queue == nil {
		return
	}
	queue.Close()
	if m := h.rt.memory; m != nil {
		m.HostStopped()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.stacks {
		h.stacks[i].Clear()
	}
}
