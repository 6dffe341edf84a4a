package kernel

import (
	"cmp"
	"slices"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// views are the channels through which a process reads its mailbox. Each item
// lies in the buffer of the view it belongs to at present; its number of
// arrival tells its place when it changes the view (3.8, 3.9).
type views struct {
	inbox  *channel
	events *channel
	topics []*channel // listeners, in order of listen
}

func (p *process) inboxChannel() *channel {
	if p.views.inbox == nil {
		p.views.inbox = p.newChannel(inboxView)
	}
	return p.views.inbox
}

func (p *process) eventsChannel() *channel {
	if p.views.events == nil {
		p.views.events = p.newChannel(eventsView)
	}
	return p.views.events
}

// topicsPerStep is how many topics are looked through in the time of one step of
// an interpreter: who listens to many pays for it (20.5).
const topicsPerStep = 8

// listener gives the view of a topic, nil if nobody listens.
func (v *views) listener(topic string) *channel {
	for _, c := range v.topics {
		if c.topic == topic {
			return c
		}
	}
	return nil
}

// offer puts an item into a view: to the task that waits longest, or into the
// buffer. The lock is held.
func (c *channel) offer(it item, by *process) {
	if r := c.readers.first; r != nil {
		r.w.complete(r.index, it.value, true, nil, by)
		r.w.unread = c.kind.messages()
		return
	}
	if c.kind.messages() {
		c.p.unread++
	}
	c.buffer.PushBack(it)
}

// unreadPerStep is how many messages the receiver of a message has not read for
// each step that sending it costs of the time slice (20.12). So on a worker that
// they share, who floods a process gives way until that has caught up: a message
// waits behind as many as the receiver reads in a few slices, not behind ever more.
const unreadPerStep = 64

// Message puts a message into the mailbox (3.2).
func (*Script) Message(p *process, m *hostapi.Message, by *process) error {
	p.mu.Lock()
	if p.state == ended || p.end != nil {
		p.mu.Unlock()
		p.deadLetter(NoProcess, m)
		return p.notFound()
	}
	c := p.view(m)
	if c.readers.first != nil { // it does not lie in the mailbox
		p.put(c, m, by)
		p.mu.Unlock()
		return nil
	}
	var dropped *hostapi.Message
	policy := p.mailboxPolicy()
	if policy.Limit > 0 && !p.fits(c, policy.Limit) {
		if policy.Overflow != spec.DropOld {
			p.mu.Unlock()
			if policy.Overflow == spec.DropNew && m.Request == nil {
				p.deadLetter(MailboxFull, m)
				return nil
			}
			return hostapi.Errorf(hostapi.Unavailable, "mailbox full")
		}
		dropped = p.dropOldest()
	}
	p.put(c, m, by)
	unread, entry := p.unread, p.entry
	warn := !p.warned && int(unread) >= policy.Warning()
	if warn {
		p.warned = true
	}
	p.mu.Unlock()
	if by != nil { // it runs
		by.slice -= int(unread) / unreadPerStep
	}
	if dropped != nil {
		p.deadLetter(MailboxFull, dropped)
		switch r := dropped.Request.(type) {
		case *question:
			r.refuse(errRequestDropped(), by)
		case *errand:
			r.drop()
		}
	}
	if warn {
		p.rt.Emit(LongMailbox{p.pid, entry.ID, int(unread)})
	}
	return nil
}

// view gives the view that a message belongs to (3.9). The lock is held.
func (p *process) view(m *hostapi.Message) *channel {
	if c := p.views.listener(m.Topic); c != nil {
		return c
	}
	return p.inboxChannel()
}

// put puts a message into its view. The lock is held.
func (p *process) put(c *channel, m *hostapi.Message, by *process) {
	p.seq++
	if q := callOf(m); q != nil {
		p.requested(q)
	}
	if p.rt.meter.measuring() {
		p.entry.meter.received.Add(1)
	}
	if p.is(flagTraced) {
		p.rt.number(m)
	}
	if numbered(m) {
		if t := p.rt.recording.Load(); t != nil {
			t.noteSend(p, p.entry.ID, m)
		}
	}
	waited := c.readers.first != nil
	c.offer(item{p.seq, hostapi.ObjectOf(m)}, by)
	if !waited {
		p.keeps(bytesPerItem+payloadBytes(m.Values), by)
	}
}

// Tell is Behaviour.Message for a message whose sender does not learn what becomes of
// it: if it is refused, it is a dead letter (17.4).
func (p *process) Tell(m *hostapi.Message, by *process) {
	if err := p.behaviour.Message(p, m, by); err != nil && hostapi.AsError(err).Kind == hostapi.Unavailable {
		p.deadLetter(MailboxFull, m)
	}
}

// mailboxPolicy is the policy in force: that of a new entry counts once its
// code has replaced the old one (13.13). The lock is held.
func (p *process) mailboxPolicy() *Mailbox {
	if p.upgrade != nil {
		return &p.upgrade.old.Mailbox
	}
	return &p.entry.Mailbox
}

// dropOldest takes out the oldest unread message. The lock is held; there is one.
func (p *process) dropOldest() *hostapi.Message {
	var oldest *channel
	for _, c := range append([]*channel{p.inboxChannel()}, p.views.topics...) {
		if c.buffer.Len() > 0 && (oldest == nil || c.buffer.At(0).seq < oldest.buffer.At(0).seq) {
			oldest = c
		}
	}
	p.unread--
	return oldest.buffer.PopFront().value.Message()
}

// queueEvent puts an event into the mailbox, whatever its length (17.3). The lock
// is held.
func (p *process) queueEvent(e *hostapi.Event, by *process) {
	p.noteNews(TraceNews, e.From, string(e.Kind))
	p.seq++
	p.eventsChannel().offer(item{p.seq, hostapi.Other(e)}, by)
	p.keeps(bytesPerItem, by)
}

// dropEvents removes the unread events of a kind from a process (5.4, 6.4). The
// lock is held.
func (p *process) dropEvents(kind hostapi.EventKind, from hostapi.PID) {
	if p.views.events == nil {
		return
	}
	p.views.events.buffer.Filter(func(it *item) bool {
		e := it.value.Ref().(*hostapi.Event)
		return e.Kind != kind || e.From != from
	})
}

// unreadMessages takes all messages out of the views, in order of arrival. The
// lock is held.
func (p *process) unreadMessages() []item {
	var all []item
	for _, c := range append([]*channel{p.views.inbox}, p.views.topics...) {
		if c != nil {
			for c.buffer.Len() > 0 {
				all = append(all, c.buffer.PopFront())
			}
		}
	}
	p.unread = 0
	sortItems(all)
	return all
}

// handed takes the messages that tasks have waited for, and of which they know nothing
// yet: nobody will read them. The lock is held; no task runs.
func (p *process) handed() (items []item) {
	for t := p.tasks.first; t != nil; t = t.after {
		if t.wait.unread {
			items = append(items, item{value: t.wait.take()})
		}
	}
	return items
}

// unreadItems takes the whole mailbox out of the views: messages and events, in
// order of arrival. The lock is held.
func (p *process) unreadItems() []item {
	all := p.unreadMessages()
	if e := p.views.events; e != nil {
		for e.buffer.Len() > 0 {
			all = append(all, e.buffer.PopFront())
		}
	}
	sortItems(all)
	return all
}

func sortItems(items []item) {
	slices.SortFunc(items, func(a, b item) int { return cmp.Compare(a.seq, b.seq) })
}

// distribute puts items that are already numbered into the views they belong
// to. The lock is held; it is the running task that calls.
func (p *process) distribute(items []item) {
	for _, it := range items {
		m := it.value.Message()
		if m == nil {
			p.eventsChannel().offer(it, p)
			continue
		}
		p.view(m).offer(it, p)
	}
}

// Inbox implements hostapi.Messenger.
func (p *process) Inbox() hostapi.Channel {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inboxChannel()
}

// Events implements hostapi.Messenger.
func (p *process) Events() hostapi.Channel {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.eventsChannel()
	c.opened = true
	return c
}

// Listen implements hostapi.Messenger.
func (p *process) Listen(topic string, messages bool) (hostapi.Channel, error) {
	if err := p.current.call(); err != nil {
		return nil, err
	}
	if err := hostapi.CheckTopic(topic, "listen"); err != nil {
		return nil, err
	}
	kind := rawListener
	if messages {
		kind = messageListen
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slice -= len(p.views.topics) / topicsPerStep
	if c := p.views.listener(topic); c != nil {
		if c.kind != kind {
			return nil, hostapi.Errorf(hostapi.Conflict, "already listening to '%s' in the other mode", topic)
		}
		return c, nil
	}
	c := p.newChannel(kind)
	c.topic = topic
	p.views.topics = append(p.views.topics, c)
	p.keeps(bytesPerListener+int64(len(topic)), p)
	if in := p.views.inbox; in != nil {
		in.buffer.Filter(func(it *item) bool {
			if it.value.Message().Topic != topic {
				return true
			}
			c.buffer.PushBack(*it)
			return false
		})
	}
	return c, nil
}

// Unlisten implements hostapi.Messenger.
func (p *process) Unlisten(ch hostapi.Channel) error {
	if err := p.current.call(); err != nil {
		return err
	}
	c := ch.(*channel)
	p.mu.Lock()
	defer p.unlockRead() // who waits for the inbox may take a message
	if i := slices.Index(p.views.topics, c); i >= 0 {
		messages := p.unreadMessages()
		p.views.topics = slices.Delete(p.views.topics, i, i+1)
		c.shut(p)
		p.distribute(messages)
		return nil
	}
	if c.kind == inboxView || c.kind == eventsView || c.kind == systemChannel || c.kind == fedChannel {
		return hostapi.Errorf(hostapi.Invalid, "not a listen channel")
	}
	return hostapi.Errorf(hostapi.NotFound, "channel not found")
}
