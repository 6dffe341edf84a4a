package cluster

import (
	"sync"
	"time"

	"github.com/understudy-run/understudy/core"
)

// state is how far a connection is.
type state byte

const (
	apart    state = iota // a hello goes out with each heartbeat
	answered              // the other's hello was answered: it counts neither as contact nor as up
	up
)

const (
	gather      = 32 << 10  // bytes that wait for those before them at most
	piece       = 256 << 10 // bytes of a frame at most
	ackBytes    = 256 << 10 // that arrive at most without an acknowledgement
	ackTime     = 5 * time.Millisecond
	resendAfter = 250 * time.Millisecond
	patience    = 6 // times DownAfter without any acknowledgement of what was sent
)

// peer is another node.
type peer struct {
	c    *Cluster
	name string

	// mu guards the state of the connection. The runtime is not called while it is held.
	mu      sync.Mutex
	state   state
	node    core.Node // its life
	mine    uint64    // number of the connection on this side
	theirs  uint64    // on the other
	link    *core.Peer
	beat    uint64    // of its heartbeats, the last heard
	heardAt time.Time // when
	contact time.Time // when what it has certainly received was sent
	in      incoming
	acked   uint64 // of in
	ackDue  bool   // an acknowledgement goes out soon

	// telling keeps what the runtime is told in order. It comes before mu.
	telling sync.Mutex

	// out guards what is sent. It comes after all other locks.
	out      sync.Mutex
	stream   outgoing
	to       core.Node
	header   frame     // of data frames; kind 0: nothing is sent
	moved    time.Time // when something was acknowledged last, or there was nothing to be
	watching bool      // it is looked whether what is on its way is acknowledged
}

func (p *peer) isUp() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state == up
}

// look is called with each heartbeat. It gives what was heard of the node, if anything was.
func (p *peer) look(now time.Time) (h heard, ok bool) {
	p.mu.Lock()
	node, st := p.node, p.state
	h, ok = heard{p.node.String(), p.beat}, p.beat > 0
	lost := st == up && now.Sub(p.contact) > p.c.o.DownAfter
	if st != up && node.Name != "" {
		p.hello()
	}
	p.mu.Unlock()
	if st == up && !lost {
		p.out.Lock()
		if p.stream.underway() > 0 {
			lost = now.Sub(p.moved) > patience*p.c.o.DownAfter
		} else {
			p.moved = now
		}
		p.out.Unlock()
	}
	if lost {
		p.down("lost", true)
	} else if st == up {
		p.tellHosts()
	}
	return h, ok
}

// tellHosts tells the node how full the hosts are.
func (p *peer) tellHosts() {
	p.mu.Lock()
	link := p.link
	p.mu.Unlock()
	if link != nil {
		link.TellHosts()
	}
}

// heardBeat takes a heartbeat.
func (p *peer) heardBeat(from core.Node, f *frame) {
	now := p.c.rt.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.node != from {
		if p.state != apart || p.node.Name != "" && !later(from, p.node) {
			return // another life: it has to say hello
		}
		p.meet(from)
		p.hello()
	}
	p.beat, p.heardAt = max(p.beat, f.number), now
	if p.state != up {
		return
	}
	self := p.c.self.String()
	for _, h := range f.heard {
		if h.node == self {
			if at, ok := p.c.sentAt(h.beat); ok && at.After(p.contact) {
				p.contact = at
			}
		}
	}
}

// hello asks for a connection. The lock is held.
func (p *peer) hello() {
	p.c.o.Driver.Send(p.node, (&frame{kind: hello, number: p.mine, text: p.c.o.Name}).append(nil))
}

// meet begins to try for a connection with a life of the node. The lock is held.
func (p *peer) meet(node core.Node) {
	p.node, p.state, p.beat = node, apart, 0
	p.mine, p.theirs = p.c.number(), 0
}

// receive takes a frame that the node has sent to this one.
func (p *peer) receive(from core.Node, f *frame) {
	switch f.kind {
	case hello:
		if f.text == p.c.o.Name {
			p.greeted(from, f.number)
		}
	case answer:
		p.mu.Lock()
		fits := p.node == from && p.state != up && f.echo == p.mine
		if fits {
			p.theirs = f.number
		}
		mine := p.mine
		p.mu.Unlock()
		if fits {
			p.c.o.Driver.Send(from, (&frame{kind: ready, number: mine, echo: f.number}).append(nil))
			p.rise()
		}
	case ready:
		if p.fits(from, f) {
			p.rise()
		}
	case data:
		if p.fits(from, f) {
			p.rise()
			p.arrived(f)
		}
	case bye:
		if p.fits(from, f) {
			reason := f.text
			if reason != "left" {
				reason = "lost"
			}
			p.down(reason, false)
		}
	}
}

// fits reports whether a frame belongs to the connection there is.
func (p *peer) fits(from core.Node, f *frame) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.node == from && p.state != apart && f.number == p.theirs && f.echo == p.mine
}

// greeted answers a hello.
func (p *peer) greeted(from core.Node, number uint64) {
	p.mu.Lock()
	over := ""
	switch {
	case p.state == up && p.node == from && p.theirs == number:
		// Its answer was lost, or is older than what it has learnt since.
	case p.state == up && p.node == from:
		over = "lost" // it has ended the connection
	case p.state == up && later(from, p.node):
		if p.c.rt.Now().Sub(p.heardAt) < 2*p.c.o.Heartbeat {
			p.mu.Unlock()
			return // the older life lives
		}
		over = "restarted"
	case p.node != from && p.node.Name != "" && !later(from, p.node):
		p.mu.Unlock()
		return // of an earlier life
	}
	p.mu.Unlock()
	if over != "" {
		p.down(over, false)
	}
	p.mu.Lock()
	if p.node != from {
		p.meet(from)
	}
	if p.state != up {
		p.state, p.theirs = answered, number
	}
	mine := p.mine
	p.mu.Unlock()
	p.c.o.Driver.Send(from, (&frame{kind: answer, number: mine, echo: number}).append(nil))
}

// rise makes the connection one, if it is not yet.
func (p *peer) rise() {
	p.telling.Lock()
	defer p.telling.Unlock()
	now := p.c.rt.Now()
	p.mu.Lock()
	if p.state == up {
		p.mu.Unlock()
		return
	}
	p.state, p.contact, p.in, p.acked, p.ackDue = up, now, incoming{}, 0, false
	node, header := p.node, frame{kind: data, number: p.mine, echo: p.theirs}
	p.mu.Unlock()
	p.out.Lock()
	p.stream, p.to, p.header, p.moved = outgoing{}, node, header, now
	p.out.Unlock()
	link, err := p.c.rt.Connect(node, p.post)
	if err != nil { // the program has connected them itself
		p.mu.Lock()
		p.state = apart
		p.mu.Unlock()
		return
	}
	p.mu.Lock()
	p.link = link
	p.mu.Unlock()
	p.c.tell(Event{Node: node, Up: true})
}

// down ends the connection, if there is one. say has the other side told.
func (p *peer) down(reason string, say bool) {
	p.telling.Lock()
	defer p.telling.Unlock()
	p.mu.Lock()
	if p.state != up {
		p.mu.Unlock()
		return
	}
	node, link := p.node, p.link
	over := frame{kind: bye, number: p.mine, echo: p.theirs, text: reason}
	p.meet(node)
	p.link = nil
	p.mu.Unlock()
	p.out.Lock()
	if reason == "left" && say { // the last that this node has to tell: how its processes ended
		p.flush()
	}
	p.stream, p.header = outgoing{}, frame{}
	p.out.Unlock()
	if say {
		p.c.o.Driver.Send(node, over.append(nil))
	}
	link.Down(reason)
	p.c.tell(Event{Node: node, Reason: reason})
}

// post takes a frame of the runtime. Locks of that are held.
func (p *peer) post(b []byte) {
	p.out.Lock()
	defer p.out.Unlock()
	if p.header.kind == 0 {
		return
	}
	if p.stream.underway() == 0 && p.stream.unsent() == 0 {
		p.moved = p.c.rt.Now()
	}
	p.stream.add(b)
	if p.stream.underway() == 0 || p.stream.unsent() >= gather {
		p.flush()
	}
}

// flush sends what was not sent. The lock out is held.
func (p *peer) flush() {
	for p.stream.unsent() > 0 {
		f := p.header
		f.at, f.bytes = p.stream.next(piece)
		p.c.o.Driver.Send(p.to, f.append(nil))
	}
	if !p.watching && p.stream.underway() > 0 {
		p.watching = true
		p.watch()
	}
}

// watch has sent again what is not acknowledged in time. The lock out is held.
func (p *peer) watch() {
	base, number := p.stream.base, p.header.number
	p.c.rt.AfterFunc(resendAfter, func() {
		p.out.Lock()
		defer p.out.Unlock()
		if p.stream.underway() == 0 {
			p.watching = false
			return
		}
		if p.header.number == number && p.stream.base == base {
			p.stream.again()
			p.flush()
		}
		p.watch()
	})
}

// arrived takes data.
func (p *peer) arrived(f *frame) {
	p.mu.Lock()
	if f.number != p.theirs || p.state != up {
		p.mu.Unlock()
		return
	}
	records, ok := p.in.take(f.at, f.bytes)
	link, got := p.link, p.in.got
	if len(f.bytes) > 0 && !p.ackDue {
		p.ackDue = true
		p.c.rt.AfterFunc(ackTime, p.acknowledge)
	}
	now := got-p.acked >= ackBytes
	p.mu.Unlock()
	p.out.Lock()
	if p.header.kind == data && p.stream.acknowledged(f.ack) {
		p.moved = p.c.rt.Now()
		p.flush()
	}
	p.out.Unlock()
	for _, r := range records {
		if ok = ok && link.Receive(r) == nil; !ok {
			break
		}
	}
	if !ok {
		p.down("lost", true)
		return
	}
	if now {
		p.acknowledge()
	}
}

// acknowledge says what has arrived, with what is to be sent or alone.
func (p *peer) acknowledge() {
	p.mu.Lock()
	if p.state != up {
		p.mu.Unlock()
		return
	}
	p.ackDue, p.acked = false, p.in.got
	got := p.in.got
	p.mu.Unlock()
	p.out.Lock()
	defer p.out.Unlock()
	if p.header.kind != data {
		return
	}
	p.header.ack = got
	f := p.header
	f.at = p.stream.sent
	p.c.o.Driver.Send(p.to, f.append(nil))
}
