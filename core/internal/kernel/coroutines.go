package kernel

import "github.com/understudy-run/understudy/hostapi"

// Go implements hostapi.Concurrency: the new coroutine runs to its first
// waiting point before the caller goes on (9.4).
func (p *process) Go(fn hostapi.Function, args []hostapi.Value) (hostapi.Coroutine, error) {
	t := p.current
	if err := p.EnterToWait(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	if err := p.addCoroutine(); err != nil {
		p.mu.Unlock()
		return nil, hostapi.Raise(hostapi.AsError(err))
	}
	p.count-- // newTask counts it
	child := p.newTask(func(t *task) *hostapi.Result {
		if _, err := fn.Call(t, args); err != nil {
			return t.failure(err)
		}
		return nil // what a spawned coroutine returns is ignored (9.6)
	})
	p.inherits(child, t)
	handle := child.Coroutine()
	p.wake(child, p)
	if err := p.yield(t); err != nil {
		return nil, err
	}
	return handle, nil
}

// Yield implements hostapi.Concurrency.
func (p *process) Yield() error {
	t := p.current
	if err := p.EnterToWait(); err != nil {
		return err
	}
	p.mu.Lock()
	return p.yield(t)
}

// yield puts the task at the end of the run queue and gives up the worker. The
// lock is held and released.
func (p *process) yield(t *task) error {
	t.wait.begin("yield", true)
	t.wait.complete(-1, hostapi.Value{}, true, nil, p)
	return t.park()
}
