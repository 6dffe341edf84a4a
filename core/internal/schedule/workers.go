package schedule

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/understudy-run/understudy/core/internal/container"
)

// WorkerScheduler runs processes on goroutines.
type WorkerScheduler struct{}

func (WorkerScheduler) NewQueue(_ string, workers int) Queue {
	q := &workerQueue{workers: make([]*worker, workers)}
	for i := range q.workers {
		q.workers[i] = &worker{queue: q, id: i, wake: make(chan struct{}, 1)}
	}
	q.done.Add(workers)
	for _, w := range q.workers {
		go w.run()
	}
	return q
}

// workerQueue is the run queue of a host with workers on goroutines. Processes
// that were woken come before those that were preempted. A process woken by
// another one runs next on the same worker, where the message is warm; idle
// workers steal from busy ones.
type workerQueue struct {
	workers []*worker
	outside runList      // made ready by no worker of this queue
	idle    atomic.Int32 // workers that sleep or are about to
	closed  atomic.Bool
	done    sync.WaitGroup

	mu       sync.Mutex
	sleepers []*worker
}

// worker is one goroutine of a workerQueue.
type worker struct {
	queue *workerQueue
	id    int
	wake  chan struct{}
	turn  int

	next    Runnable // woken last by the process that runs here; for this goroutine alone
	woken   runList  // other woken processes
	waiting runList  // preempted processes
}

// runList is a queue of Runnables with a length that can be read without lock.
type runList struct {
	n    atomic.Int32
	mu   sync.Mutex
	list container.Deque[Runnable]
}

func (l *runList) push(r Runnable) {
	l.mu.Lock()
	l.list.PushBack(r)
	l.n.Add(1)
	l.mu.Unlock()
}

func (l *runList) pop() Runnable {
	if l.n.Load() == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.list.Len() == 0 {
		return nil
	}
	l.n.Add(-1)
	return l.list.PopFront()
}

func (q *workerQueue) Ready(r Runnable, from int) {
	if from < 0 {
		q.outside.push(r)
		q.rouse()
		return
	}
	w := q.workers[from]
	old := w.next
	w.next = r
	if old != nil {
		w.woken.push(old)
		q.rouse()
	}
}

func (q *workerQueue) Busy(worker int) {
	if q.idle.Load() == 0 {
		return
	}
	w := q.workers[worker]
	if w.next != nil {
		w.woken.push(w.next) // where others can take it
		w.next = nil
	}
	if w.woken.n.Load() > 0 || w.waiting.n.Load() > 0 {
		q.rouse()
	}
}

// rouse wakes one sleeping worker, if there is one.
func (q *workerQueue) rouse() {
	if q.idle.Load() == 0 {
		return
	}
	q.mu.Lock()
	if n := len(q.sleepers); n > 0 {
		w := q.sleepers[n-1]
		q.sleepers = q.sleepers[:n-1]
		q.idle.Add(-1)
		w.wake <- struct{}{}
	}
	q.mu.Unlock()
}

func (q *workerQueue) Close() {
	q.closed.Store(true)
	for range q.workers {
		q.rouse()
	}
	q.done.Wait()
}

func (w *worker) run() {
	defer w.queue.done.Done()
	for {
		r := w.find()
		if r == nil {
			if !w.sleep() {
				return
			}
			continue
		}
		if r.Step(w.id, TimeSlice) {
			w.waiting.push(r)
			// Go itself takes a goroutine off its thread after 10 ms: timers, the
			// garbage collector and the embedding program would wait for that
			// behind a process that never does.
			runtime.Gosched()
		}
	}
}

// fairShare: one pick in so many goes to a preempted process first, and one to
// what came from outside, however many are woken.
const fairShare = 16

// find takes the next process to run, nil if there is none.
func (w *worker) find() Runnable {
	w.turn++
	q := w.queue
	switch w.turn % fairShare {
	case 0:
		if r := w.waiting.pop(); r != nil {
			return r
		}
	case 1:
		if r := q.outside.pop(); r != nil {
			return r
		}
	case 2:
		// A pair that wakes each other must not keep the rest out.
		if r := w.woken.pop(); r != nil {
			return r
		}
	}
	if r := w.next; r != nil {
		w.next = nil
		return r
	}
	if r := w.woken.pop(); r != nil {
		return r
	}
	if r := q.outside.pop(); r != nil {
		return r
	}
	for i := 1; i < len(q.workers); i++ {
		if r := q.workers[(w.id+i)%len(q.workers)].woken.pop(); r != nil {
			return r
		}
	}
	if r := w.waiting.pop(); r != nil {
		return r
	}
	for i := 1; i < len(q.workers); i++ {
		if r := q.workers[(w.id+i)%len(q.workers)].waiting.pop(); r != nil {
			return r
		}
	}
	return nil
}

// available reports whether find would have anything.
func (q *workerQueue) available() bool {
	if q.outside.n.Load() > 0 {
		return true
	}
	for _, v := range q.workers {
		if v.woken.n.Load() > 0 || v.waiting.n.Load() > 0 {
			return true
		}
	}
	return false
}

// sleep waits until there may be work; false if the queue is closed.
func (w *worker) sleep() bool {
	q := w.queue
	q.mu.Lock()
	q.sleepers = append(q.sleepers, w)
	q.idle.Add(1)
	q.mu.Unlock()
	// What became ready before idle was raised woke nobody: look once more.
	if q.closed.Load() || q.available() {
		q.mu.Lock()
		asleep := false
		for i, s := range q.sleepers {
			if s == w {
				q.sleepers = append(q.sleepers[:i], q.sleepers[i+1:]...)
				q.idle.Add(-1)
				asleep = true
				break
			}
		}
		q.mu.Unlock()
		if asleep {
			return !q.closed.Load()
		}
	}
	<-w.wake
	return !q.closed.Load()
}
