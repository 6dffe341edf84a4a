package kernel

import "github.com/understudy-run/understudy/hostapi"

// Suspend implements core.Runtime.
func (rt *Runtime) Suspend(pid hostapi.PID) error { return rt.halt(pid, true) }

// Resume implements core.Runtime.
func (rt *Runtime) Resume(pid hostapi.PID) error { return rt.halt(pid, false) }

// halt lets a process run no more, or again. What it is halted with stays as it is: a task
// that runs goes on to the end of its slice, what wakes others is noted in the run queue of
// the process, and a kill needs no worker.
func (rt *Runtime) halt(pid hostapi.PID, on bool) error {
	p, err := rt.ResolveLive(string(pid))
	if err != nil {
		return err
	}
	if p.behaviour.Trusted() {
		return hostapi.Errorf(hostapi.Invalid, "%s is a part of the runtime: it cannot be suspended", pid)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rarely().halted = on; !on && p.runq.first != nil {
		p.enqueue(nil)
	}
	return nil
}

// halted reports whether the process is to run no more. The lock is held.
func (p *process) halted() bool { return p.seldom != nil && p.seldom.halted }
