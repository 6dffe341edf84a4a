package kernel

import (
	"fmt"
	"slices"

	"github.com/understudy-run/understudy/core/internal/container"
	"github.com/understudy-run/understudy/hostapi"
)

// channel implements hostapi.Channel: private channels, and the views through
// which a process reads its mailbox, timers and subscriptions. It is guarded by
// the lock of its process.
type channel struct {
	hostapi.Handle
	p        *process
	kind     channelKind
	id       int
	topic    string // of a listener
	capacity int    // of a private channel
	closed   bool
	opened   bool // of the view of events: the code has asked for it
	buffer   container.Deque[item]
	senders  waitQueue
	readers  waitQueue
}

// item is a value in a channel. seq is the order of arrival in the mailbox.
type item struct {
	seq   uint64
	value hostapi.Value
}

type channelKind uint8

const (
	private       channelKind = iota
	inboxView                 // items are *hostapi.Message
	rawListener               // likewise
	messageListen             // likewise
	eventsView                // items are *hostapi.Event
	systemChannel             // of a timer or subscription: items are values
	fedChannel                // of a feed: likewise
	answered                  // of a question: closed when that is settled
)

func (k channelKind) messages() bool {
	return inboxView <= k && k <= messageListen
}

// mailbox reports whether it is a view of the mailbox.
func (k channelKind) mailbox() bool { return inboxView <= k && k <= eventsView }

// newChannel makes a channel. The lock is held.
func (p *process) newChannel(kind channelKind) *channel {
	p.channels++
	return &channel{p: p, kind: kind, id: int(p.channels)}
}

func (c *channel) ObjectType() *hostapi.ObjectType { return hostapi.ChannelType }

func (c *channel) String() string {
	switch c.kind {
	case inboxView:
		return "channel(inbox)"
	case eventsView:
		return "channel(events)"
	case rawListener, messageListen:
		return fmt.Sprintf("channel(listen %s)", c.topic)
	case answered:
		return c.topic
	}
	return fmt.Sprintf("channel(%d)", c.id)
}

// System implements hostapi.Channel.
func (c *channel) System() bool { return c.kind != private }

// NewChannel implements hostapi.Concurrency.
func (p *process) NewChannel(capacity int) (hostapi.Channel, error) {
	if err := p.current.call(); err != nil {
		return nil, err
	}
	if capacity < 0 {
		return nil, hostapi.Errorf(hostapi.Invalid, "invalid capacity")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.newChannel(private)
	c.capacity = capacity
	return c, nil
}

func errReceiveOnly() error { return hostapi.Errorf(hostapi.Invalid, "channel is receive-only") }
func errSendClosed() error  { return hostapi.Errorf(hostapi.Invalid, "send on closed channel") }

// Holds implements hostapi.Holder. What lies in a view of the mailbox the core
// charges itself.
func (c *channel) Holds(visit func(hostapi.Value)) {
	if c.kind != private {
		return
	}
	// The buffer of a private channel is the running task's, but a select may
	// leave the queue of senders when something else completes it.
	for i := range c.buffer.Len() {
		visit(c.buffer.At(i).value)
	}
	var sent []hostapi.Value
	c.p.mu.Lock()
	for r := c.senders.first; r != nil; r = r.next {
		sent = append(sent, r.value)
	}
	c.p.mu.Unlock()
	for _, v := range sent {
		visit(v)
	}
}

// Send implements hostapi.Channel.
func (c *channel) Send(v hostapi.Value) error {
	t := c.p.current
	if err := t.call(); err != nil {
		return err
	}
	if c.System() {
		return errReceiveOnly()
	}
	c.p.mu.Lock()
	if done, err := c.trySend(v); done || err != nil {
		c.p.mu.Unlock()
		return err
	}
	if err := t.mayWait(); err != nil {
		c.p.mu.Unlock()
		return err
	}
	t.wait.begin("send", false)
	t.wait.first.value = v
	c.register(&t.wait, &t.wait.first, true)
	return t.park()
}

// Receive implements hostapi.Channel.
func (c *channel) Receive() (hostapi.Value, bool, error) {
	t := c.p.current
	if err := t.call(); err != nil {
		return hostapi.Value{}, false, err
	}
	c.p.mu.Lock()
	v, ok, done := c.tryReceive()
	if !done && c.p.offered() && c.p.admitTo(c) {
		v, ok, done = c.tryReceive()
	}
	if done {
		if c.p.seldom != nil { // something may be offered
			c.p.unlockRead()
		} else {
			c.p.mu.Unlock()
		}
		return c.form(v, ok), ok, nil
	}
	err := c.beginReceive(t)
	if err == nil {
		err = t.park()
	}
	if err != nil {
		return hostapi.Value{}, false, err
	}
	return c.form(t.wait.take(), t.wait.ok), t.wait.ok, nil
}

// beginReceive makes t wait for a value. The lock is held, and stays so unless
// there is an error. The frame of Receive lies on the stack of most processes:
// hence a function of its own.
//
//go:noinline
func (c *channel) beginReceive(t *task) error {
	if err := t.mayWait(); err != nil {
		c.p.mu.Unlock()
		return err
	}
	if c.p.rt.tracer != nil && c.kind.mailbox() {
		c.p.asks(t)
	}
	t.wait.begin("receive", c.System())
	c.register(&t.wait, &t.wait.first, false)
	return nil
}

// Close implements hostapi.Channel.
func (c *channel) Close() error {
	if err := c.p.current.call(); err != nil {
		return err
	}
	if c.System() {
		return errReceiveOnly()
	}
	c.p.mu.Lock()
	c.shut(c.p)
	c.p.mu.Unlock()
	return nil
}

// shut closes the channel and wakes who waits (8.5, 8.6). by is as in process.enqueue.
// The lock is held.
func (c *channel) shut(by *process) {
	if c.closed {
		return
	}
	c.closed = true
	for c.readers.first != nil {
		c.dismiss(c.readers.first.w, by)
	}
	for c.senders.first != nil {
		c.dismiss(c.senders.first.w, by)
	}
}

// dismiss completes a wait by the closing of the channel. Of several cases of a
// select the first in list order is taken (8.16). The lock is held.
func (c *channel) dismiss(w *waiter, by *process) {
	r := &w.first
	for i := range w.more {
		if r = &w.more[i]; r.channel == c {
			break
		}
	}
	var err error
	if r.queue == &c.senders {
		err = errSendClosed()
	}
	w.complete(r.index, hostapi.Value{}, false, err, by)
}

func (c *channel) register(w *waiter, r *registration, send bool) {
	r.w, r.channel = w, c
	if send {
		c.senders.add(r)
	} else {
		c.readers.add(r)
	}
}

// trySend sends if that needs no waiting. The lock is held.
func (c *channel) trySend(v hostapi.Value) (done bool, err error) {
	if c.closed {
		return false, errSendClosed()
	}
	if r := c.readers.first; r != nil {
		r.w.complete(r.index, v, true, nil, c.p)
		return true, nil
	}
	if c.buffer.Len() < c.capacity {
		c.buffer.PushBack(item{value: v})
		return true, nil
	}
	return false, nil
}

// tryReceive receives if that needs no waiting. What it gives goes through form
// once the lock is released. The lock is held.
//
//go:noinline
func (c *channel) tryReceive() (v hostapi.Value, ok, done bool) {
	if c.buffer.Len() > 0 {
		v := c.buffer.PopFront().value
		if c.kind.messages() {
			c.p.unread--
		} else if c.kind == fedChannel {
			c.p.taken(c)
		}
		if r := c.senders.first; r != nil {
			c.buffer.PushBack(item{value: r.value})
			r.w.complete(r.index, r.value, true, nil, c.p)
		}
		return v, true, true
	}
	if r := c.senders.first; r != nil {
		v := r.value
		r.w.complete(r.index, v, true, nil, c.p)
		return v, true, true
	}
	return hostapi.Value{}, false, c.closed
}

// form gives what was received the form in which scripts see it. It is called
// by the receiving task, without the lock: the value of a timer is made by code
// outside the core.
//
//go:noinline
func (c *channel) form(v hostapi.Value, ok bool) hostapi.Value {
	if !ok {
		return v
	}
	switch c.kind {
	case inboxView, messageListen, rawListener:
		m := v.Message()
		c.p.sinceRead, c.p.topic = 0, m.Topic
		if m.Trail != nil || c.p.is(flagTraced) {
			c.p.hasRead(m)
		}
		if c.kind == rawListener {
			if q := callOf(m); q != nil {
				q.refuse(errNobodyReplies(), c.p)
			}
			return m.Data()
		}
	case eventsView:
		c.p.sinceRead = 0
		return hostapi.Wrap(v.Ref().(*hostapi.Event).Record())
	case systemChannel:
		if f, ok := v.Ref().(firedAt); ok {
			if c.p.rt.tracer != nil {
				c.p.fires(f.t)
			}
			return f.t.value(f.at)
		}
	}
	return v
}

// Select implements hostapi.Concurrency.
func (p *process) Select(cases []*hostapi.Case, wait bool) (hostapi.Selected, error) {
	none := hostapi.Selected{Index: -1}
	t := p.current
	if err := t.call(); err != nil {
		return none, err
	}
	p.mu.Lock()
	external := false
	for i, cs := range cases {
		c := cs.Channel.(*channel)
		external = external || c.System()
		if cs.Send {
			if c.System() {
				p.mu.Unlock()
				return none, errReceiveOnly()
			}
			done, err := c.trySend(cs.Value)
			if done || err != nil {
				p.mu.Unlock()
				return hostapi.Selected{Index: i, Value: cs.Value, OK: true}, err
			}
		} else if v, ok, done := c.tryReceive(); done {
			p.unlockRead()
			return c.selected(cs, i, v, ok), nil
		}
	}
	if p.offered() {
		for i, cs := range cases {
			if c := cs.Channel.(*channel); p.admitTo(c) {
				v, ok, _ := c.tryReceive()
				p.unlockRead()
				return c.selected(cs, i, v, ok), nil
			}
		}
	}
	if !wait || len(cases) == 0 {
		p.mu.Unlock()
		return none, nil
	}
	if err := t.mayWait(); err != nil {
		p.mu.Unlock()
		return none, err
	}
	if p.rt.tracer != nil && slices.ContainsFunc(cases, func(cs *hostapi.Case) bool { return cs.Channel.(*channel).kind.mailbox() }) {
		p.asks(t)
	}
	t.wait.begin("select", external)
	t.wait.more = make([]registration, len(cases))
	for i, cs := range cases {
		r := &t.wait.more[i]
		r.index, r.value = i, cs.Value
		cs.Channel.(*channel).register(&t.wait, r, cs.Send)
	}
	if err := t.park(); err != nil {
		return none, err
	}
	taken := hostapi.Selected{Index: t.wait.index, Value: t.wait.take(), OK: t.wait.ok}
	if cs := cases[taken.Index]; !cs.Send {
		taken = cs.Channel.(*channel).selected(cs, taken.Index, taken.Value, taken.OK)
	}
	return taken, nil
}

// selected gives what a select has received from the channel, by the case of that index.
func (c *channel) selected(cs *hostapi.Case, i int, v hostapi.Value, ok bool) hostapi.Selected {
	if c.kind != answered {
		return hostapi.Selected{Index: i, Value: c.form(v, ok), OK: ok}
	}
	v, err := cs.Call.(*question).outcome()
	if err != nil {
		return hostapi.Selected{Index: i, Value: hostapi.ErrorOf(hostapi.AsError(err))}
	}
	return hostapi.Selected{Index: i, Value: v, OK: true}
}
