package schedule

import (
	"container/heap"
	"sync"
	"time"
)

// Timers is the timer queue of a runtime: what is due first comes first, and of
// what is due at the same instant what was set first (clause 20.9).
//
// Lock order: a process's lock may be held when timers is called; fire is
// called without the queue's lock, so it may take a process's.
type Timers struct {
	Clock Clock // set before anything else

	mu      sync.Mutex
	heap    timerHeap
	seq     uint64
	alarm   time.Time // what the clock was told
	ringing bool      // what is due is being fired, by one goroutine at a time
}

// Timer is one entry of the queue. The owner embeds or allocates it and keeps
// it until it has fired or was removed.
type Timer struct {
	Due   time.Time
	seq   uint64
	index int // in the heap, from 1; 0 if not queued
	// Fire is called once, without locks. It must check under its owner's lock
	// that the timer still counts, since remove may have come too late.
	Fire func(now time.Time)
}

// Set queues t to fire at due.
func (q *Timers) Set(t *Timer, due time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if t.index > 0 {
		heap.Remove(&q.heap, t.index-1)
	}
	q.seq++
	t.Due, t.seq = due, q.seq
	heap.Push(&q.heap, t)
	q.setAlarm()
}

// Remove takes t out of the queue and reports whether it was there.
func (q *Timers) Remove(t *Timer) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if t.index == 0 {
		return false
	}
	first := t.index == 1
	heap.Remove(&q.heap, t.index-1)
	if first && virtual(q.Clock) {
		// An alarm for nothing would move a virtual time.
		q.alarm = time.Time{}
		q.setAlarm()
	}
	return true
}

// Len is how many are queued.
func (q *Timers) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.heap)
}

// setAlarm tells the clock when the first timer is due. An alarm that comes too
// early, because its timer was removed, costs less than telling the clock each
// time. While timers are being fired it leaves that to their firing. The lock
// is held.
func (q *Timers) setAlarm() {
	switch {
	case q.ringing:
		return
	case len(q.heap) == 0:
		if q.alarm.IsZero() {
			q.Clock.SetAlarm(time.Time{}, nil)
		}
		return
	}
	if first := q.heap[0].Due; q.alarm.IsZero() || first.Before(q.alarm) {
		q.alarm = first
		q.Clock.SetAlarm(first, q.ring)
	}
}

// Clear takes the alarm back if no timer is left, so that a clock does not keep
// the runtime alive until then.
func (q *Timers) Clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.heap) == 0 {
		q.alarm = time.Time{}
		q.setAlarm()
	}
}

// ring fires what is due.
func (q *Timers) ring() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ringing {
		return // a late alarm: whoever fires sees what is due now, too
	}
	q.ringing = true
	q.alarm = time.Time{}
	for {
		now := q.Clock.Now()
		if len(q.heap) == 0 || q.heap[0].Due.After(now) {
			break
		}
		t := heap.Pop(&q.heap).(*Timer)
		q.mu.Unlock()
		t.Fire(now)
		q.mu.Lock()
	}
	q.ringing = false
	q.setAlarm()
}

type timerHeap []*Timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].Due.Equal(h[j].Due) {
		return h[i].seq < h[j].seq
	}
	return h[i].Due.Before(h[j].Due)
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i+1, j+1
}
func (h *timerHeap) Push(x any) {
	t := x.(*Timer)
	*h = append(*h, t)
	t.index = len(*h)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = 0
	return t
}
