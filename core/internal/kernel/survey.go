package kernel

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Brief is what is known of one process in a list of all. It is the caller's own.
type Brief struct {
	PID     hostapi.PID
	Serial  uint64 // larger than those of all that are older
	Entry   string // whose code runs
	Engine  string // "" for what runs no script
	Host    string
	Name    string // the first that it has, "" if none
	Started time.Time
	State   string // as of an Inspection
	Unread  int    // messages in the mailbox
	Links   int
	Steps   int64 // interpreter steps executed
	Memory  int64 // bytes charged, as estimated last
}

// Survey implements core.Runtime.
func (rt *Runtime) Survey() iter.Seq[Brief] {
	return func(yield func(Brief) bool) {
		for _, p := range rt.table.some() {
			if b, live := p.brief(); live && !yield(b) {
				return
			}
		}
	}
}

func (p *process) brief() (b Brief, live bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.live || p.end != nil {
		return Brief{}, false
	}
	b = Brief{
		PID: p.pid, Serial: p.serial, Entry: p.entry.ID, Engine: p.entry.Engine, Host: p.host.options.ID, Started: p.started, State: p.phase(),
		Unread: int(p.unread), Links: len(p.links.items), Steps: p.steps.Load(),
		Memory: p.memory.Load() + int64(p.kept.Load())<<10,
	}
	if p.seldom != nil && len(p.seldom.names) > 0 {
		b.Name = p.seldom.names[0]
	}
	return b, true
}

// phase is the state of the process for people. The lock is held.
func (p *process) phase() string {
	switch {
	case p.end != nil || p.state == ended:
		return "ending"
	case p.halted() && p.state != running:
		return "suspended"
	case p.state == queued:
		return "runnable"
	case p.state == running:
		return "running"
	}
	return "waiting"
}

// HostView is what is known of one host at one moment.
type HostView struct {
	ID           string
	State        string // "defined", "running", "stopping" or "stopped"
	Workers      int
	Processes    int // being created or alive
	MaxProcesses int
	Operations   int // outside, of its processes, under way
	MaxOutside   int // 0: no limit
}

// Hosts implements core.Runtime.
func (rt *Runtime) Hosts() []HostView {
	rt.catalog.mu.RLock()
	hosts := make([]*Host, 0, len(rt.catalog.hosts))
	for _, h := range rt.catalog.hosts {
		hosts = append(hosts, h)
	}
	rt.catalog.mu.RUnlock()
	out := make([]HostView, len(hosts))
	for i, h := range hosts {
		h.mu.Lock()
		out[i] = HostView{
			ID: h.options.ID, Workers: h.options.Workers, Processes: h.live,
			State:        [...]string{hostDefined: "defined", hostRunning: "running", hostStopping: "stopping", hostStopped: "stopped"}[h.state],
			MaxProcesses: h.options.MaxProcesses, Operations: int(h.operations.Load()), MaxOutside: h.options.MaxOutside,
		}
		h.mu.Unlock()
	}
	slices.SortFunc(out, func(a, b HostView) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
