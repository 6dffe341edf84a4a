package kernel

import (
	"context"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core/internal/container"
	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// question is what one asks of a process and gets an answer to: a call, whose answer is
// the reply, or an offer, whose answer is that the mailbox has taken the message. The
// first that settles it counts: the answer, the timeout, or the end of whoever is asked.
//
// Two processes hold it, each under its own lock; nobody takes both.
type question struct {
	rt      *Runtime
	from    *process // nil: the embedding program
	to      *process // fixed before anybody else can know the question
	topic   string
	message *hostapi.Message // of a call nil once it is sent: it belongs to who got it
	timeout time.Duration    // negative: none
	timer   schedule.Timer

	// Of who asks: guarded by the lock of from, or by own where that is nil.
	own     sync.Mutex
	settled bool
	gone    bool // nobody wants the answer any more
	result  hostapi.Result
	answer  channel       // closed when the question is settled; it yields nothing
	done    chan struct{} // the same for the embedding program
	far     uint64        // its number, if a process of another node is asked

	answered func(hostapi.Result) // is told the answer, if a process of another node asks; called with the lock held
	mine     int                  // place among those of from, from 1; 0: it is none of them

	// Of who is asked: guarded by the lock of to.
	theirs  int // place among the requests of to, from 1; 0: it is none of them
	replied bool
}

// talk is what a process has asked others and others have asked it. It is guarded by
// the lock of the process.
type talk struct {
	asked    []*question // by this process, in no order
	held     int64       // bytes of the messages that this process has yet to send
	requests []*question // calls that this process has taken and not replied to, in no order
	// offers are those that wait for room in the mailbox, in the order of asking.
	offers   container.Ordered[*question, *question]
	admitted []*question // offers that have found room, which those who made them do not know yet
}

// talking gives what the process has to do with others, nothing at first. The lock is
// held.
func (p *process) talking() *talk {
	own := p.rarely()
	if own.talk == nil {
		own.talk = &talk{}
	}
	return own.talk
}

// talks is talking, nil if there is nothing. The lock is held.
func (p *process) talks() *talk {
	if p.seldom == nil {
		return nil
	}
	return p.seldom.talk
}

func (q *question) place(mine bool) *int {
	if mine {
		return &q.mine
	}
	return &q.theirs
}

// include adds a question to a list in which it then knows its place.
func include(list []*question, q *question, mine bool) []*question {
	*q.place(mine) = len(list) + 1
	return append(list, q)
}

// exclude takes a question out of such a list, if it is there.
func exclude(list []*question, q *question, mine bool) []*question {
	i := *q.place(mine) - 1
	if i < 0 {
		return list
	}
	last := len(list) - 1
	list[i] = list[last]
	*list[i].place(mine) = i + 1
	list[last] = nil
	*q.place(mine) = 0
	return list[:last]
}

// newQuestion makes one of the running task. what names it for people.
func (p *process) newQuestion(what, topic string, timeout time.Duration, payloads []hostapi.Value) *question {
	q := &question{rt: p.rt, from: p, topic: topic, timeout: timeout}
	q.message = p.rt.NewMessage(p, topic, payloads)
	p.mu.Lock()
	p.channels++
	q.answer = channel{p: p, kind: answered, id: int(p.channels), topic: what + " " + topic}
	t := p.talking()
	t.asked = include(t.asked, q, true)
	p.keeps(bytesPerTimer, p)
	p.mu.Unlock()
	return q
}

func (q *question) lock() *sync.Mutex {
	mu := &q.own
	if q.from != nil {
		mu = &q.from.mu
	}
	mu.Lock()
	return mu
}

// expireAfter lets expire be called when the timeout is over, unless the question is
// settled before. The clock runs from now.
func (q *question) expireAfter(expire func()) {
	if q.timeout < 0 {
		return
	}
	due := q.rt.clock.Now().Add(q.timeout)
	defer q.lock().Unlock()
	if !q.settled && !q.gone {
		q.timer.Fire = func(time.Time) { expire() }
		q.rt.timers.Set(&q.timer, due)
	}
}

// settle gives the question its answer and wakes who waits; false if it has one, or if
// nobody wants it. by is as in process.enqueue.
func (q *question) settle(r hostapi.Result, by *process) bool {
	defer q.lock().Unlock()
	if q.settled || q.gone {
		return false
	}
	q.settled, q.result = true, r
	q.over()
	if q.from == nil {
		close(q.done)
		if q.answered != nil {
			q.answered(r)
		}
		return true
	}
	q.answer.shut(by)
	return true
}

// over takes the question off whoever has asked. The lock of that is held.
func (q *question) over() {
	if q.timer.Fire != nil {
		q.rt.timers.Remove(&q.timer)
	}
	if q.from == nil {
		return
	}
	if t := q.from.talks(); t != nil {
		t.asked = exclude(t.asked, q, true)
	}
}

// abandon says that nobody wants the answer; false if there is one.
func (q *question) abandon() bool {
	mu := q.lock()
	if q.settled {
		mu.Unlock()
		return false
	}
	q.gone = true
	q.over()
	mu.Unlock()
	q.withdraw()
	return true
}

// withdraw takes the question off whoever is asked, and reports whether it was an offer
// that still waited.
func (q *question) withdraw() bool {
	if q.to == nil {
		return false
	}
	q.to.mu.Lock()
	defer q.to.mu.Unlock()
	t := q.to.talks()
	if t == nil {
		return false
	}
	t.requests = exclude(t.requests, q, false)
	waits := t.offers.Find(q) != nil
	if waits {
		t.offers.Remove(q)
	}
	return waits
}

// await parks the task until the question is settled.
func (q *question) await(t *task) (hostapi.Value, error) {
	p := t.p
	p.mu.Lock()
	if q.settled {
		p.mu.Unlock()
	} else {
		t.wait.begin("await", true)
		q.answer.register(&t.wait, &t.wait.first, false)
		if err := t.park(); err != nil {
			return hostapi.Value{}, err
		}
	}
	return q.outcome()
}

// outcome is the answer of a question that is settled.
func (q *question) outcome() (hostapi.Value, error) {
	if q.result.Err != nil {
		return hostapi.Value{}, q.result.Err
	}
	return q.result.Value, nil
}

// wait lets the embedding program wait until the question is settled. what says what
// did not happen if ctx is done first.
func (q *question) wait(ctx context.Context, what string, sent bool) (hostapi.Value, error) {
	if q.rt.Await(ctx, q.done) || !q.abandon() {
		return q.outcome()
	}
	return hostapi.Value{}, undone(ctx, what, sent)
}

// forgetAsked drops what the process has asked others: it has ended, or its code is
// replaced. It gives the questions, which are to be withdrawn once the lock is released.
// The lock is held.
func (t *talk) forgetAsked(rt *Runtime) []*question {
	asked := t.asked
	t.asked = nil
	for _, q := range asked {
		q.gone, q.mine = true, 0
		if q.timer.Fire != nil {
			rt.timers.Remove(&q.timer)
		}
	}
	return asked
}

// tellEnd settles what others have asked of a process that has ended (2.23 e). The talk
// is no longer that of the process.
func (t *talk) tellEnd(p *process, r *hostapi.Result, by *process) {
	for _, q := range t.requests {
		q.settle(hostapi.Result{Err: errEndedBefore(p.pid, r)}, by)
	}
	for q := range t.offers.All() {
		if q.settle(hostapi.Result{Err: hostapi.AsError(p.notFound())}, by) {
			p.deadLetter(NoProcess, q.message)
		}
	}
}

func unanswered(kind hostapi.Kind, sent bool, format string, args ...any) *hostapi.Error {
	return hostapi.Errorf(kind, format, args...).With("sent", hostapi.Bool(sent))
}
