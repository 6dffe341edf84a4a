package kernel

import (
	"context"
	"fmt"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Offer implements hostapi.Talker.
func (p *process) Offer(dest, topic string, timeout time.Duration, payloads []hostapi.Value) error {
	t := p.current
	if err := t.call(); err != nil {
		return err
	}
	if err := hostapi.CheckTopic(topic, "send"); err != nil {
		return err
	}
	to, err := p.rt.resolve(dest)
	if err != nil {
		p.rt.undeliverable(dest, p.rt.NewMessage(p, topic, payloads))
		return err
	}
	q := p.newQuestion("offer", topic, timeout, payloads)
	q.to = to
	if waits, err := q.offer(timeout > 0); err != nil || !waits {
		q.abandon()
		return err
	}
	bytes := payloadBytes(payloads)
	p.mu.Lock()
	p.talking().held += bytes
	p.keeps(bytes, p)
	p.mu.Unlock()
	_, err = q.await(t)
	p.mu.Lock()
	if t := p.talks(); t != nil {
		t.held -= bytes
	}
	p.mu.Unlock()
	return err
}

func errStillFull() *hostapi.Error { return hostapi.Errorf(hostapi.Timeout, "mailbox full") }

// offer puts the message into the mailbox, or lets it wait for room; an error if it may
// not wait, or nobody is there.
func (q *question) offer(wait bool) (waits bool, err error) {
	p, m := q.to, q.message
	p.mu.Lock()
	limit := p.mailboxPolicy().Limit
	if limit <= 0 || p.state == ended || p.end != nil {
		p.mu.Unlock()
		return false, p.behaviour.Message(p, m, q.from)
	}
	if c := p.view(m); p.fits(c, limit) {
		p.put(c, m, q.from)
		p.mu.Unlock()
		return false, nil
	}
	if !wait {
		p.mu.Unlock()
		return false, errStillFull()
	}
	t := p.talking()
	t.offers.Add(q, q)
	p.mu.Unlock()
	q.expireAfter(func() {
		if q.withdraw() {
			q.settle(hostapi.Result{Err: errStillFull()}, nil)
		}
	})
	return true, nil
}

// fits reports whether a message may go into a view: somebody waits for it, or there is
// room in the mailbox for which nothing else waits. The lock is held.
func (p *process) fits(c *channel, limit int) bool {
	return c.readers.first != nil || int(p.unread) < limit && !p.offered()
}

// offered reports whether offers wait for room. The lock is held.
func (p *process) offered() bool {
	t := p.talks()
	return t != nil && t.offers.Len() > 0
}

// admit lets in what is offered as far as there is room, in the order of asking (70.5).
// The lock is held; unlockTold releases it.
func (p *process) admit() {
	limit, t := p.mailboxPolicy().Limit, p.talks()
	for q := range t.offers.All() {
		if limit > 0 && int(p.unread) >= limit {
			return
		}
		p.admitOne(t, q)
	}
}

// admitTo lets in what is offered to a view that is empty and that somebody is about to
// wait for, though other views may fill the mailbox. The lock is held; unlockTold
// releases it.
func (p *process) admitTo(c *channel) bool {
	if !c.kind.messages() {
		return false
	}
	t := p.talks()
	for q := range t.offers.All() {
		if p.view(q.message) == c {
			p.admitOne(t, q)
			return true
		}
	}
	return false
}

func (p *process) admitOne(t *talk, q *question) {
	t.offers.Remove(q)
	t.admitted = append(t.admitted, q)
	p.put(p.view(q.message), q.message, p)
}

// unlockRead releases the lock of the running process after it may have read a message:
// what is offered finds room.
func (p *process) unlockRead() {
	if p.talks() == nil {
		p.mu.Unlock()
		return
	}
	if p.offered() && p.end == nil {
		p.admit()
	}
	p.unlockTold(p)
}

// unlockTold releases the lock, and tells those whose offers have found room.
func (p *process) unlockTold(by *process) {
	t := p.talks()
	if t == nil || len(t.admitted) == 0 {
		p.mu.Unlock()
		return
	}
	admitted := t.admitted
	t.admitted = nil
	p.mu.Unlock()
	for _, q := range admitted {
		q.settle(hostapi.Result{}, by)
	}
}

// Offer implements core.Runtime.
func (rt *Runtime) Offer(ctx context.Context, dest hostapi.Dest, topic string, payloads ...hostapi.Value) error {
	q, err := rt.question(ctx, topic, payloads)
	if err != nil {
		return err
	}
	if q.to, err = rt.whom(dest); err != nil {
		rt.undeliverable(fmt.Sprint(dest), q.message)
		return err
	}
	if waits, err := q.offer(true); err != nil || !waits {
		return err
	}
	_, err = q.wait(ctx, "mailbox full", false)
	return err
}
