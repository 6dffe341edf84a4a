package kernel

import "github.com/understudy-run/understudy/hostapi"

// waiter is what a parked task waits for: one or several channels, or something
// that will call complete. It is guarded by the lock of its process.
type waiter struct {
	task *task
	// waiting is true from the moment of registration to completion.
	waiting bool
	// external says that something outside the process can complete the wait,
	// so that it is no part of a deadlock (20.11).
	external bool
	ok       bool           // part of the outcome
	unread   bool           // the value is a message, and the task has not gone on yet
	doing    string         // the call that waits, for reports
	first    registration   // the only one of a plain receive or send
	more     []registration // those of a select, in the order of its cases

	// The outcome.
	index int
	value hostapi.Value
	err   error
}

// registration is one place in the queue of a channel.
type registration struct {
	w          *waiter
	channel    *channel
	index      int // of the case
	value      hostapi.Value
	queue      *waitQueue // nil if not queued
	prev, next *registration
}

// waitQueue holds the waiters of a channel in one direction, in the order in
// which they began to wait.
type waitQueue struct{ first, last *registration }

func (q *waitQueue) add(r *registration) {
	r.queue, r.prev, r.next = q, q.last, nil
	if q.last == nil {
		q.first = r
	} else {
		q.last.next = r
	}
	q.last = r
}

func (r *registration) remove() {
	q := r.queue
	if q == nil {
		return
	}
	if r.prev == nil {
		q.first = r.next
	} else {
		r.prev.next = r.next
	}
	if r.next == nil {
		q.last = r.prev
	} else {
		r.next.prev = r.prev
	}
	r.queue, r.prev, r.next = nil, nil, nil
}

// begin starts a wait. The lock is held.
func (w *waiter) begin(doing string, external bool) {
	w.waiting, w.external, w.doing = true, external, doing
	w.value, w.ok, w.err, w.index = hostapi.Value{}, false, nil, -1
}

// complete ends the wait with an outcome and wakes the task; nothing happens if
// it does not wait any more. It withdraws the waiter from all its channels, so
// that a select is completed by exactly one event (8.14). The lock is held.
func (w *waiter) complete(index int, v hostapi.Value, ok bool, err error, by *process) {
	if !w.waiting {
		return
	}
	w.withdraw()
	w.index, w.value, w.ok, w.err = index, v, ok, err
	w.task.p.wake(w.task, by)
}

// take gives the value to the task, which runs.
func (w *waiter) take() hostapi.Value {
	w.unread = false
	return w.value
}

// withdraw ends the wait without an outcome. The lock is held.
func (w *waiter) withdraw() {
	w.waiting, w.external = false, false
	w.first.remove()
	w.first.value = hostapi.Value{}
	for i := range w.more {
		w.more[i].remove()
	}
	w.more = nil
}

// mayWait gives the error of a call that would have to wait during the top
// level (2.10).
func (t *task) mayWait() error {
	if t.p.loading {
		return hostapi.Raise(hostapi.ErrBlockedDuringLoad())
	}
	return nil
}

// park gives up the worker until the wait begun by the task is completed. The
// lock is held; the worker takes it over. It is not held when park returns. An
// error is ErrKilled or that of complete.
func (t *task) park() error {
	if err := t.give(taskParked); err != nil {
		return err
	}
	return t.wait.err
}

// Until parks the main task, which calls it, until cond holds. cond is called with the
// lock of the process held. Whoever changes what it looks at calls Rouse then.
func (p *process) Until(doing string, cond func() bool) error {
	t := &p.first
	p.mu.Lock()
	for !cond() {
		t.wait.begin(doing, true)
		if err := t.park(); err != nil {
			return err
		}
		p.mu.Lock()
	}
	p.mu.Unlock()
	return nil
}

// Rouse lets the main task look again at what it waits for by Until.
func (p *process) Rouse(by *process) {
	p.mu.Lock()
	p.RouseLocked(by)
	p.mu.Unlock()
}

// RouseLocked is Rouse with the lock of the process held.
func (p *process) RouseLocked(by *process) {
	p.first.wait.complete(-1, hostapi.Value{}, true, nil, by)
}
