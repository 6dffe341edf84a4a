package kernel

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// ProfileOptions say what a profile is of.
type ProfileOptions struct {
	Entry  string        // only of processes that run it; "": of all
	Period time.Duration // between two looks at the workers; 0: 5ms
}

// ProfileSample is what was spent where the code of some processes stood: at one call stack
// of one entry.
type ProfileSample struct {
	Entry  string
	Engine string // "" for what runs no script
	Host   string
	Stack  []hostapi.Frame // innermost first; none if the code was seen nowhere
	Count  int64           // how often it was seen there
	Time   time.Duration   // on a worker; 0 in a simulated run, which has none
	Steps  int64           // of the interpreter, in a simulated run; else 0
}

const (
	profilePeriod = 5 * time.Millisecond
	// mostStacks bounds how many stacks a profile keeps apart; of the others only the
	// entries.
	mostStacks = 20000
)

// profile is one that is being taken. In real time a goroutine looks which processes run,
// now and then, and each of these notes where it stands when it next counts its steps: a
// process is found as often as it runs, however short its slices are. In a simulated run,
// in which time stands still, each count of steps is noted.
type profile struct {
	rt    *Runtime
	entry string

	mu      sync.Mutex
	running map[seat]*process // who was last seen to get a worker
	due     map[*process]spent
	stacks  map[string]*ProfileSample

	stop, stopped chan struct{}
}

// seat is a worker of a host.
type seat struct {
	host   *Host
	worker int32
}

// spent is what is to be noted of a process.
type spent struct {
	count int64
	time  time.Duration
}

// Profile implements core.Runtime.
func (rt *Runtime) Profile(o ProfileOptions) (stop func() []ProfileSample, err error) {
	pr := &profile{
		rt: rt, entry: o.Entry, running: make(map[seat]*process), due: make(map[*process]spent), stacks: make(map[string]*ProfileSample),
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	if !rt.profile.CompareAndSwap(nil, pr) {
		return nil, hostapi.Errorf(hostapi.Unavailable, "a profile is being taken already")
	}
	if rt.realTime {
		period := o.Period
		if period <= 0 {
			period = profilePeriod
		}
		go pr.watch(period)
	} else {
		close(pr.stopped)
	}
	return sync.OnceValue(func() []ProfileSample {
		close(pr.stop)
		<-pr.stopped
		rt.profile.Store(nil)
		return pr.samples()
	}), nil
}

// watch looks which processes run, until stop.
func (pr *profile) watch(period time.Duration) {
	defer close(pr.stopped)
	tick := time.NewTicker(period)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-pr.stop:
			return
		case <-tick.C:
		}
		now := time.Now()
		pr.look(now.Sub(last))
		last = now
	}
}

// look finds out who runs, which counts as so much time of each.
func (pr *profile) look(took time.Duration) {
	pr.mu.Lock()
	seated := make(map[seat]*process, len(pr.running))
	for s, p := range pr.running {
		seated[s] = p
	}
	pr.mu.Unlock()
	for s, p := range seated {
		p.mu.Lock()
		runs := p.state == running && p.worker == s.worker
		p.mu.Unlock()
		if !runs {
			continue
		}
		pr.mu.Lock()
		d := pr.due[p]
		pr.due[p] = spent{d.count + 1, d.time + took}
		pr.mu.Unlock()
	}
}

// seated notes that a process has got a worker.
func (pr *profile) seated(p *process, worker int) {
	if pr.entry != "" && p.entry.ID != pr.entry {
		return
	}
	pr.mu.Lock()
	pr.running[seat{p.host, int32(worker)}] = p
	pr.mu.Unlock()
}

// ticked notes where a task stands that has made n steps, if that is due.
func (pr *profile) ticked(t *task, n int) {
	var s spent
	pr.mu.Lock()
	if pr.rt.realTime {
		if s = pr.due[t.p]; s.count > 0 {
			delete(pr.due, t.p)
		}
	} else if pr.entry == "" || t.p.entry.ID == pr.entry {
		s.count = 1
	}
	pr.mu.Unlock()
	if s.count == 0 {
		return
	}
	_, frames := t.where()
	pr.add(t.p, frames, s, n)
}

func (pr *profile) add(p *process, frames []hostapi.Frame, s spent, steps int) {
	var b strings.Builder
	b.WriteString(p.entry.ID)
	for _, f := range frames {
		b.WriteString("\n" + f.Source + ":" + strconv.Itoa(f.Line) + " " + f.Name)
	}
	pr.mu.Lock()
	defer pr.mu.Unlock()
	key := b.String()
	x := pr.stacks[key]
	if x == nil && len(pr.stacks) >= mostStacks {
		key, frames = p.entry.ID, nil
		x = pr.stacks[key]
	}
	if x == nil {
		x = &ProfileSample{Entry: p.entry.ID, Engine: p.entry.Engine, Host: p.host.options.ID, Stack: frames}
		pr.stacks[key] = x
	}
	x.Count += s.count
	x.Time += s.time
	if !pr.rt.realTime {
		x.Steps += int64(steps)
	}
}

// samples gives what was found, most first. Of processes that have not counted steps since
// they were seen, as those that are written in Go, only the entry is known.
func (pr *profile) samples() []ProfileSample {
	for p, s := range pr.due {
		pr.add(p, nil, s, 0)
	}
	out := make([]ProfileSample, 0, len(pr.stacks))
	for _, x := range pr.stacks {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b ProfileSample) int {
		return cmp.Or(cmp.Compare(b.Steps, a.Steps), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Entry, b.Entry),
			slices.CompareFunc(a.Stack, b.Stack, func(f, g hostapi.Frame) int {
				return cmp.Or(cmp.Compare(f.Source, g.Source), cmp.Compare(f.Line, g.Line), cmp.Compare(f.Name, g.Name))
			}))
	})
	return out
}
