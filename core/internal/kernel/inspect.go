package kernel

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Inspection is what a runtime knows of one process at one moment. It is the
// caller's own.
type Inspection struct {
	PID     hostapi.PID
	Entry   string // whose code runs
	Engine  string // "" for what runs no script
	Host    string
	Started time.Time
	Names   []string
	Options hostapi.Options
	Context []hostapi.Entry

	// State is "waiting", "runnable", "running", "suspended", or "ending" once the end is
	// decided.
	State string
	// Doing is what Runtime.Doing says.
	Doing string
	// Coroutines are those alive, manual ones included; Waiting says what the others
	// wait for, a line for each.
	Coroutines int
	Waiting    []string
	Operations int // outside the runtime, under way
	Held       int // outside the runtime

	Unread   int           // messages in the mailbox
	Links    []hostapi.PID // in no order
	Watchers []hostapi.PID // who monitor it
	Watching []hostapi.PID // whom it monitors
	Steps    int64         // interpreter steps executed
	Memory   int64         // bytes charged, as estimated last
}

// Inspect implements core.Runtime.
func (rt *Runtime) Inspect(pid hostapi.PID) (Inspection, bool) {
	p, _ := rt.table.find(string(pid))
	if p == nil || !p.isLive() {
		return Inspection{}, false
	}
	i := p.inspect()
	i.Doing = p.doing()
	return i, true
}

func (p *process) inspect() Inspection {
	p.mu.Lock()
	defer p.mu.Unlock()
	few := p.rare()
	i := Inspection{
		PID: p.pid, Entry: p.entry.ID, Engine: p.entry.Engine, Host: p.host.options.ID,
		Started: p.started, Options: p.options,
		Names:      append([]string(nil), few.names...),
		Context:    append([]hostapi.Entry(nil), p.rt.secrets.Entries(p.context)...),
		State:      p.phase(),
		Coroutines: int(p.count), Unread: int(p.unread),
		Links: p.links.pids(), Watchers: p.watchers.pids(), Watching: p.watching.pids(),
		Steps: p.steps.Load(), Memory: p.memory.Load() + p.estimate(),
	}
	if few.away != nil {
		i.Operations, i.Held = few.away.operations.Len(), len(few.away.held)
	}
	for t := p.tasks.first; t != nil; t = t.after {
		if t.wait.waiting {
			i.Waiting = append(i.Waiting, t.String()+": "+t.wait.describe())
		}
	}
	return i
}
