package kernel

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Detail is all that is known of one process at one moment (63.3). It is the caller's own.
type Detail struct {
	Inspection
	Coroutines []CoroutineView // those of the runtime that are alive, oldest first
	// Stacks says whether it is known where the coroutines stand: not if the process did
	// not come to a point where that can be seen.
	Stacks  bool
	Limits  Limits // those in force
	Mailbox Mailbox
	// SinceRead are the steps executed since the last read from the mailbox; 0 while a
	// task runs, who counts them itself.
	SinceRead  int64
	Supervisor hostapi.PID // whose child it is; "" if it is none
	Underway   []OperationView
	Handles    []string // what it holds outside, by type, in order of opening
	History    []Failure
	Arrived    uint64             // messages and events that have come into its mailbox
	Sent       int64              // messages
	First      []*hostapi.Message // those of the mailbox that were asked for, oldest first
}

// CoroutineView is what is known of one coroutine.
type CoroutineView struct {
	Name    string
	State   string // "waiting", "runnable" or "running"
	Waiting string // what it waits for, "" if for nothing
	Stack   []hostapi.Frame
}

// OperationView is one operation outside that is under way.
type OperationView struct {
	PID      hostapi.PID
	Entry    string // of the code that has begun it
	Name     string
	Resource string // "" for none
	Began    time.Time
	Timeout  time.Duration // 0: none
}

// probe is somebody who wants to know where the code of a process stands that runs.
type probe struct{ done chan []CoroutineView } // has room for what is told; closed if the process has ended

// answerProbes tells where the code stands, between two tasks. The lock is held.
func (p *process) answerProbes() {
	for _, q := range p.seldom.probes {
		q.done <- p.coroutineViews()
	}
	p.seldom.probes = nil
}

// coroutineViews gives what is known of the coroutines, none of which runs. The lock is
// held.
func (p *process) coroutineViews() []CoroutineView {
	var out []CoroutineView
	for t := p.tasks.first; t != nil; t = t.after {
		v := CoroutineView{Name: t.String(), State: "runnable"}
		if t.wait.waiting {
			v.State, v.Waiting = "waiting", t.wait.describe()
		}
		_, v.Stack = t.where()
		out = append(out, v)
	}
	return out
}

// Detail implements core.Runtime.
func (rt *Runtime) Detail(ctx context.Context, pid hostapi.PID, messages int) (Detail, bool) {
	p, _ := rt.table.find(string(pid))
	if p == nil || !p.isLive() {
		return Detail{}, false
	}
	coroutines, stacks := p.probe(ctx)
	d := Detail{Inspection: p.inspect(), Coroutines: coroutines, Stacks: stacks}
	d.Doing = p.doing()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.live || p.end != nil {
		return Detail{}, false
	}
	if !stacks {
		for t := p.tasks.first; t != nil; t = t.after {
			v := CoroutineView{Name: t.String(), State: "runnable"}
			if t.wait.waiting {
				v.State, v.Waiting = "waiting", t.wait.describe()
			} else if t == p.current {
				v.State = "running"
			}
			d.Coroutines = append(d.Coroutines, v)
		}
	}
	d.Limits, d.Arrived, d.Sent = *p.limits(), p.seq, p.sent.Load()
	d.Mailbox = *p.mailboxPolicy()
	if p.state != running {
		d.SinceRead = p.sinceRead
	}
	if p.creator != nil {
		if s := p.creator.Stopper(); s != nil {
			d.Supervisor = s.pid
		}
	}
	few := p.rare()
	d.History = slices.Clone(few.history)
	if few.away != nil {
		d.Underway = few.away.underway()
		for _, h := range few.away.held {
			d.Handles = append(d.Handles, typeOf(h))
		}
	}
	d.First = p.firstMessages(messages)
	return d, true
}

// probe finds out where the coroutines of the process stand: now, if nothing of it runs,
// else when it next comes to a point where that can be seen. It waits for that no longer
// than ctx allows.
func (p *process) probe(ctx context.Context) (coroutines []CoroutineView, known bool) {
	p.mu.Lock()
	switch {
	case p.end != nil:
		p.mu.Unlock()
		return nil, false
	case p.state != running:
		defer p.mu.Unlock()
		return p.coroutineViews(), true
	}
	q := &probe{make(chan []CoroutineView, 1)}
	own := p.rarely()
	own.probes = append(own.probes, q)
	p.mu.Unlock()
	select {
	case coroutines, known = <-q.done:
		return coroutines, known
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if own := p.seldom; own != nil {
		own.probes = slices.DeleteFunc(own.probes, func(other *probe) bool { return other == q })
		if len(own.probes) == 0 {
			own.probes = nil
		}
	}
	return nil, false
}

// underway gives the operations, oldest first. The lock is held.
func (a *away) underway() (out []OperationView) {
	for o := range a.operations.All() {
		out = append(out, OperationView{
			PID: o.p.pid, Entry: o.entry, Name: o.op.Name, Resource: o.op.Resource, Began: o.began, Timeout: o.op.Timeout,
		})
	}
	return out
}

// typeOf names what is held outside, as scripts see it if they can.
func typeOf(h hostapi.Held) string {
	if o, ok := h.(hostapi.Object); ok {
		return o.ObjectType().Name
	}
	return "handle"
}

// firstMessages gives at most so many unread messages, oldest first. The lock is held.
func (p *process) firstMessages(most int) (out []*hostapi.Message) {
	var items []item
	for _, c := range append([]*channel{p.views.inbox}, p.views.topics...) {
		if c != nil {
			for i := range min(most, c.buffer.Len()) {
				items = append(items, *c.buffer.At(i))
			}
		}
	}
	slices.SortFunc(items, func(a, b item) int { return cmp.Compare(a.seq, b.seq) })
	for _, it := range items[:min(most, len(items))] {
		out = append(out, it.value.Message())
	}
	return out
}

// Operations implements core.Runtime.
func (rt *Runtime) Operations() (out []OperationView) {
	for _, p := range rt.table.all() {
		p.mu.Lock()
		if a := p.outside(); a != nil {
			out = append(out, a.underway()...)
		}
		p.mu.Unlock()
	}
	slices.SortStableFunc(out, func(a, b OperationView) int { return a.Began.Compare(b.Began) })
	return out
}
