package kernel

import (
	"context"
	"fmt"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// callOf gives the call that a message came by, nil if it came by none.
func callOf(m *hostapi.Message) *question {
	q, _ := m.Request.(*question)
	return q
}

// Call implements hostapi.Talker.
func (p *process) Call(dest, topic string, timeout time.Duration, payloads []hostapi.Value) (hostapi.Value, error) {
	t := p.current
	q, err := p.startCall(dest, topic, timeout, payloads)
	if err != nil {
		return hostapi.Value{}, err
	}
	return q.await(t)
}

// CallCase implements hostapi.Talker.
func (p *process) CallCase(dest, topic string, timeout time.Duration, payloads []hostapi.Value) (*hostapi.Case, error) {
	q, err := p.startCall(dest, topic, timeout, payloads)
	if err != nil {
		return nil, err
	}
	return &hostapi.Case{Channel: &q.answer, Call: q}, nil
}

// Topic implements hostapi.Answered.
func (q *question) Topic() string { return q.topic }

// Holds implements hostapi.Answered.
func (q *question) Holds(visit func(hostapi.Value)) {
	mu := q.lock()
	r := q.result
	mu.Unlock() // the visitor may let others have their turn
	visit(r.Value)
	if r.Err != nil {
		visit(hostapi.ErrorOf(r.Err))
	}
}

// startCall sends the message of a call of the running task.
func (p *process) startCall(dest, topic string, timeout time.Duration, payloads []hostapi.Value) (*question, error) {
	if err := p.current.call(); err != nil {
		return nil, err
	}
	if err := hostapi.CheckTopic(topic, "send"); err != nil {
		return nil, err
	}
	to, err := p.rt.resolve(dest)
	q := p.newQuestion("call", topic, timeout, payloads)
	if err == nil {
		q.to = to
	} else {
		p.rt.undeliverable(dest, q.message)
	}
	return q, q.send(err)
}

// send sends the message of a call, unless err says that this cannot be. An error says
// what became of it.
func (q *question) send(err error) error {
	m := q.message
	m.Request, q.message = q, nil
	if err == nil {
		err = q.to.behaviour.Message(q.to, m, q.from)
	}
	if err != nil {
		q.abandon()
		e := hostapi.AsError(err)
		if e.Details.Get("sent").IsNil() {
			e = e.With("sent", hostapi.Bool(false))
		}
		return e
	}
	q.expireAfter(func() {
		if q.settle(hostapi.Result{Err: unanswered(hostapi.Timeout, true, "no reply within %s", q.timeout)}, nil) {
			q.withdraw()
		}
	})
	return nil
}

// requested notes that the process has taken the message of a call. The lock is held.
func (p *process) requested(q *question) {
	t := p.talking()
	t.requests = include(t.requests, q, false)
}

// refuse settles a call whose message nobody can reply to any more.
func (q *question) refuse(err *hostapi.Error, by *process) {
	q.withdraw()
	q.settle(hostapi.Result{Err: err}, by)
}

func errNobodyReplies() *hostapi.Error {
	return unanswered(hostapi.Invalid, true, "nobody can reply")
}

func errRequestDropped() *hostapi.Error {
	return unanswered(hostapi.Unavailable, true, "request dropped")
}

func errEndedBefore(pid hostapi.PID, r *hostapi.Result) *hostapi.Error {
	reason := "exited normally"
	if r.Err != nil {
		reason = r.Err.Error()
	}
	return unanswered(hostapi.Unavailable, true, "process ended before it replied").
		With("pid", hostapi.String(string(pid))).With("reason", hostapi.String(reason))
}

// Reply implements hostapi.Talker.
func (p *process) Reply(m *hostapi.Message, r hostapi.Result) error {
	if err := p.current.call(); err != nil {
		return err
	}
	q := callOf(m)
	if q == nil {
		return hostapi.ErrNotACall()
	}
	return q.reply(r, p)
}

// Reply implements hostapi.Request.
func (q *question) Reply(r hostapi.Result) error { return q.reply(r, nil) }

// reply answers a call. What comes too late is a dead letter if somebody lives who could
// have got it.
func (q *question) reply(r hostapi.Result, by *process) error {
	to := q.to
	to.mu.Lock()
	if q.replied {
		to.mu.Unlock()
		return hostapi.Errorf(hostapi.Conflict, "already replied")
	}
	q.replied = true
	if t := to.talks(); t != nil {
		t.requests = exclude(t.requests, q, false)
	}
	to.mu.Unlock()
	if q.settle(r, by) || q.from == nil || q.from.ending() {
		return nil
	}
	late := &hostapi.Message{Topic: q.topic, From: to.pid, Values: []hostapi.Value{r.Value}}
	if r.Err != nil {
		late.Values[0] = hostapi.ErrorOf(r.Err)
	}
	q.from.deadLetter(LateReply, late)
	return nil
}

// read gives the calls that the process has read and not replied to: those whose message
// is not among the items. The lock is held.
func (t *talk) read(items []item) (read []*question) {
	if t == nil || len(t.requests) == 0 {
		return nil
	}
	unread := make(map[*question]bool)
	for _, it := range items {
		if m := it.value.Message(); m != nil && m.Request != nil {
			unread[callOf(m)] = true
		}
	}
	for _, q := range t.requests {
		if !unread[q] {
			read = append(read, q)
		}
	}
	return read
}

// replaceTalk drops what the old code of a process has asked others, and the calls that
// it has read (70.1, 70.3).
func (p *process) replaceTalk(read []*question) {
	p.mu.Lock()
	var asked []*question
	if t := p.talks(); t != nil {
		asked = t.forgetAsked(p.rt)
	}
	p.mu.Unlock()
	for _, q := range asked {
		q.withdraw()
	}
	for _, q := range read {
		q.refuse(errRequestDropped(), p)
	}
}

// undone is the error of who waited for a question until ctx was done.
func undone(ctx context.Context, what string, sent bool) error {
	switch err := ctx.Err(); {
	case err == nil:
		return hostapi.Errorf(hostapi.Internal, "%s: nothing is left to run", what)
	case err == context.DeadlineExceeded:
		return fmt.Errorf("%w: %w", unanswered(hostapi.Timeout, sent, "%s", what), err)
	default:
		return fmt.Errorf("%w: %w", unanswered(hostapi.Canceled, sent, "%s", what), err)
	}
}

// question makes a question of the embedding program, whose payloads are copied.
func (rt *Runtime) question(ctx context.Context, topic string, payloads []hostapi.Value) (*question, error) {
	payloads, err := hostapi.CopyPayloads(payloads, hostapi.DefaultPayloadLimits)
	if err != nil {
		return nil, err
	}
	if err := hostapi.CheckTopic(topic, "send"); err != nil {
		return nil, err
	}
	q := &question{
		rt: rt, topic: topic, timeout: -1, done: make(chan struct{}),
		message: rt.NewMessage(nil, topic, payloads),
	}
	rt.traced(q.message, rt.outer(ctx))
	return q, nil
}

// Call implements core.Runtime.
func (rt *Runtime) Call(ctx context.Context, dest hostapi.Dest, topic string, payloads ...hostapi.Value) (hostapi.Value, error) {
	q, err := rt.question(ctx, topic, payloads)
	if err != nil {
		return hostapi.Value{}, err
	}
	if q.to, err = rt.whom(dest); err != nil {
		rt.undeliverable(fmt.Sprint(dest), q.message)
	}
	if err := q.send(err); err != nil {
		return hostapi.Value{}, err
	}
	return q.wait(ctx, "no reply", true)
}
