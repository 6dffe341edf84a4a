package core

import (
	"container/heap"
	"sync"
	"time"
)

// timers is the timer queue of a runtime: what is due first comes first, and of
// what is due at the same instant what was set first (clause 20.9).
//
// Lock order: a process's lock may be held when timers is called; fire is
// called without the queue's lock, so it may take a process's.
type timers struct {
	clock Clock

	mu    sync.Mutex
	heap  timerHeap
	seq   uint64
	alarm time.Time // what the clock was told
}

// timer is one entry of the queue. The owner embeds or allocates it and keeps
// it until it has fired or was removed.
type timer struct {
	due   time.Time
	seq   uint64
	index int // in the heap, from 1; 0 if not queued
	// fire is called once, without locks. It must check under its owner's lock
	// that the timer still counts, since remove may have come too late.
	fire func(now time.Time)
}

// set queues t to fire at due.
func (q *timers) set(t *timer, due time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if t.index > 0 {
		heap.Remove(&q.heap, t.index-1)
	}
	q.seq++
	t.due, t.seq = due, q.seq
	heap.Push(&q.heap, t)
	q.setAlarm()
}

// remove takes t out of the queue and reports whether it was there.
func (q *timers) remove(t *timer) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if t.index == 0 {
		return false
	}
	heap.Remove(&q.heap, t.index-1)
	return true
}

// setAlarm tells the clock when the first timer is due. An alarm that comes too
// early, because its timer was removed, costs less than telling the clock each
// time.
func (q *timers) setAlarm() {
	if len(q.heap) == 0 {
		return
	}
	if first := q.heap[0].due; q.alarm.IsZero() || first.Before(q.alarm) {
		q.alarm = first
		q.clock.SetAlarm(first, q.ring)
	}
}

// ring fires what is due.
func (q *timers) ring() {
	q.mu.Lock()
	q.alarm = time.Time{}
	for {
		now := q.clock.Now()
		if len(q.heap) == 0 || q.heap[0].due.After(now) {
			break
		}
		t := heap.Pop(&q.heap).(*timer)
		q.mu.Unlock()
		t.fire(now)
		q.mu.Lock()
	}
	q.setAlarm()
	q.mu.Unlock()
}

// pending counts the timers in the queue.
func (q *timers) pending() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.heap)
}

type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].seq < h[j].seq
	}
	return h[i].due.Before(h[j].due)
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i+1, j+1
}
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
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
