package kernel

import "sync"

// mostIdle is how many goroutines that have worked outside wait for more such work, at
// most. To begin one anew takes longer than many works do: its stack has to grow again.
const mostIdle = 16

// abroad is the goroutines that work outside the runtime.
type abroad struct {
	working sync.WaitGroup // works under way
	all     sync.WaitGroup // goroutines, those that wait included

	mu   sync.Mutex
	idle []chan func() // of those that wait; the last one that began to first
	over bool          // nobody waits any more
}

// do has a work done by another goroutine.
func (a *abroad) do(work func()) {
	a.working.Add(1)
	a.mu.Lock()
	if n := len(a.idle); n > 0 {
		next := a.idle[n-1]
		a.idle = a.idle[:n-1]
		a.mu.Unlock()
		next <- work
		return
	}
	a.mu.Unlock()
	a.all.Add(1)
	go a.run(work)
}

func (a *abroad) run(work func()) {
	defer a.all.Done()
	next := make(chan func(), 1)
	for work != nil {
		a.work(work)
		a.mu.Lock()
		if a.over || len(a.idle) == mostIdle {
			a.mu.Unlock()
			return
		}
		a.idle = append(a.idle, next)
		a.mu.Unlock()
		work = <-next
	}
}

func (a *abroad) work(work func()) {
	defer a.working.Done()
	work()
}

// wait returns when all works have ended, and nobody waits for more.
func (a *abroad) wait() {
	a.working.Wait()
	a.mu.Lock()
	a.over = true
	for _, next := range a.idle {
		close(next)
	}
	a.idle = nil
	a.mu.Unlock()
	a.all.Wait()
}
