package kernel

import (
	"maps"
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// commission is what a node was asked for: to make a process (25.1). Until the node says that
// this is live, a stand-in without PID takes its place, of which only who has it made knows:
// it can be abandoned or killed like any other. Then the stand-in of the process itself
// follows, and gets the relations that it was to be born with.
type commission struct {
	number  uint64
	parent  *process // nil: the embedding program
	link    bool
	monitor bool

	// Guarded by the lock of the stand-in without PID.
	abandoned bool

	made *process // stands in for the process; of whom the frames arrive
}

// The fates of a process that was asked for, as the text of a frameFate.
const (
	fateLive   = "live"
	fateFailed = "failed"
	fateEnded  = "ended"  // before its watchers and links are told
	fateGaveUp = "gaveup" // likewise, of a supervisor, by 16.12
	fateBuried = "buried" // after that
)

// wish is what a commission asks for: the first value of a frameSpawn.
type wish int64

const (
	wantsLink wish = 1 << iota
	wantsMonitor
	wantsRole // it is an entry that no script runs
	wantsEnd  // its end is to be told
	wantsKept // it does not outlive the connection (28.5)
	wantsName
)

func (w *wish) also(more wish, on bool) {
	if on {
		*w |= more
	}
}

// createAt is Create for a host with an address (24.4).
func (rt *Runtime) createAt(c *Creation, prepare func(*process)) (*process, error) {
	peer, host, err := rt.place(c.Host, c.Avoid)
	if err != nil {
		return nil, err
	}
	there := *c
	there.Host = host
	if peer == nil {
		return rt.Create(&there, prepare)
	}
	return peer.commission(&there, prepare)
}

// commission asks the node to make a process. What is checked there is told the creator.
func (p *Peer) commission(c *Creation, prepare func(*process)) (*process, error) {
	w := &commission{parent: c.Parent, link: c.Link, monitor: c.Monitor}
	f := &frame{kind: frameSpawn, to: c.Host, text: c.ID, number: p.number()}
	w.number = f.number
	var wants wish
	wants.also(wantsLink, c.Link)
	wants.also(wantsMonitor, c.Monitor)
	wants.also(wantsRole, c.Plays != nil)
	wants.also(wantsName, c.Named || c.Name != "")
	_, awaited := c.Creator.(interface{ awaitsEnd() })
	wants.also(wantsEnd, awaited)
	context := c.Context
	if c.Parent != nil {
		f.from = string(c.Parent.pid)
		context = extendContext(c.Parent.context, c.Context)
		wants.also(wantsKept|wantsEnd, c.Parent.behaviour.Trusted())
	}
	messages := make([]hostapi.Value, len(c.Messages))
	for i, m := range c.Messages {
		messages[i] = hostapi.ListOf(append([]hostapi.Value{hostapi.String(m.Topic)}, m.Payloads...)...)
	}
	var carried []hostapi.Value
	for _, e := range context {
		carried = append(carried, e.Key, e.Value)
	}
	f.values = []hostapi.Value{
		hostapi.Int(int64(wants)), hostapi.String(c.Name), hostapi.ListOf(c.Args...), hostapi.ListOf(carried...), hostapi.ListOf(messages...),
	}
	b, err := f.append(nil)
	if err != nil {
		return nil, err
	}
	s := &process{
		rt: p.rt, started: p.rt.clock.Now(), entry: unknownEntry, worker: -1, creator: c.Creator,
		behaviour: &standIn{peer: p, commission: w},
	}
	if prepare != nil {
		prepare(s)
	}
	p.mu.Lock()
	if p.commissions == nil {
		p.commissions = make(map[uint64]*process)
	}
	p.commissions[w.number] = s
	p.mu.Unlock()
	if err := p.sendBytes(b); err != nil {
		p.mu.Lock()
		_, open := p.commissions[w.number]
		delete(p.commissions, w.number)
		p.mu.Unlock()
		if open { // else the end of the connection was told
			s.failed(hostapi.AsError(err))
		}
	}
	return s, nil
}

// dropCommission takes the stand-in without PID off who has the process made.
func (p *process) dropCommission() {
	parent := p.behaviour.(*standIn).commission.parent
	if parent == nil {
		return
	}
	parent.mu.Lock()
	defer parent.mu.Unlock()
	if own := parent.seldom; own != nil {
		own.pending = slices.DeleteFunc(own.pending, func(q *process) bool { return q == p })
	}
}

// fate takes what has become of a process that was asked for.
func (p *Peer) fate(f *frame) {
	p.mu.Lock()
	s := p.commissions[f.number]
	p.mu.Unlock()
	if s == nil {
		return
	}
	w := s.behaviour.(*standIn).commission
	over := true
	switch f.text {
	case fateLive:
		over = !p.born(s, w, hostapi.PID(f.from))
	case fateFailed:
		s.failed(f.result.Err)
	case fateEnded, fateGaveUp:
		if over = w.made == nil; !over {
			w.made.behaviour.(*standIn).gaveUp = f.text == fateGaveUp
			s.creator.Ended(w.made, &f.result, nil)
		}
	case fateBuried:
		if w.made != nil {
			s.creator.Buried(w.made, &f.result, nil)
		}
	}
	if over {
		p.mu.Lock()
		delete(p.commissions, f.number)
		p.mu.Unlock()
	}
}

// failed tells who wanted the process that there is none.
func (p *process) failed(err *hostapi.Error) {
	p.dropCommission()
	if p.creator != nil {
		p.creator.Failed(p, err, nil)
	}
}

// born puts the stand-in of a process that is live in the place of the one without PID, and
// reports whether more is to be told of it.
func (p *Peer) born(s *process, w *commission, pid hostapi.PID) (further bool) {
	s.mu.Lock()
	s.live = true
	unwanted := w.abandoned && w.parent == nil
	s.mu.Unlock()
	if unwanted {
		p.tell(&frame{kind: frameTerminate, to: string(pid)})
		s.failed(errAbandoned())
		return false
	}
	made := p.standIn(pid)
	w.made = made
	if w.link || w.monitor {
		p.relate(w, made)
	}
	s.dropCommission()
	return s.creator != nil && s.creator.Live(made, nil)
}

// relate gives a stand-in the relations that its process was born with. The other node has
// them already: who has ended meanwhile is told to have.
func (p *Peer) relate(w *commission, made *process) {
	q := w.parent
	q.mu.Lock()
	if q.state == ended {
		end := &frame{kind: frameEnd, from: string(q.pid), at: q.rt.clock.Now(), result: *q.end}
		q.mu.Unlock()
		p.tell(end)
		return
	}
	if w.link {
		q.links.add(made)
	}
	if w.monitor {
		q.watching.add(made)
	}
	q.mu.Unlock()
	made.mu.Lock()
	if w.link {
		made.links.add(q)
	}
	if w.monitor {
		made.watchers.add(q)
	}
	made.mu.Unlock()
	if w.link {
		p.rt.Emit(LinkMade{made.pid, q.pid})
		q.noteRelation(TraceLink, made)
	}
	if w.monitor {
		q.noteRelation(TraceMonitor, made)
	}
}

// abandonCommission tells the node that nobody wants the process any more. The lock of s is held.
func (p *Peer) abandonCommission(w *commission) {
	w.abandoned = true
	p.tell(&frame{kind: frameAbandon, number: w.number})
}

// lostCommissions gives what becomes of the processes that were asked for when the connection
// ends: those that are not live have failed, who waits for the end of one has it, and those of
// supervisors end as any do that are watched: ended is called before others are told, buried
// after.
func (p *Peer) lostCommissions(r *hostapi.Result) (buried func()) {
	p.mu.Lock()
	open := p.commissions
	p.commissions = nil
	p.mu.Unlock()
	var later []*process
	for _, n := range slices.Sorted(maps.Keys(open)) {
		s := open[n]
		w := s.behaviour.(*standIn).commission
		if w.made == nil {
			s.failed(r.Err)
			continue
		}
		s.creator.Ended(w.made, r, nil)
		if _, ok := s.creator.(*execution); ok {
			s.creator.Buried(w.made, r, nil)
			continue
		}
		later = append(later, s)
	}
	return func() {
		for _, s := range later {
			s.creator.Buried(s.behaviour.(*standIn).commission.made, r, nil)
		}
	}
}
