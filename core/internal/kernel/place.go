package kernel

import "github.com/understudy-run/understudy/hostapi"

// Begin implements hostapi.Task.
func (t *task) Begin(in hostapi.Instance) {
	if u := t.p.upgrade; u != nil {
		u.instance = in
	} else {
		t.p.instance = in
	}
}

// where asks the engine where the code of a task stands, "" if that is not known. No
// code of the process runs meanwhile, or t does and calls. A fault of the engine must
// not be one of the process: the place is told for people only.
func (t *task) where() (stack string, frames []hostapi.Frame) {
	in := t.p.instance
	if u := t.p.upgrade; u != nil && u.task == t {
		in = u.instance
	}
	if in == nil {
		return "", nil
	}
	l, ok := in.(hostapi.Locator)
	if !ok {
		return "", nil
	}
	defer func() {
		if recover() != nil {
			stack, frames = "", nil
		}
	}()
	return l.Where(t)
}

// line is where as one place, "" if it is not known.
func (t *task) line() string {
	_, frames := t.where()
	return (&hostapi.Error{Frames: frames}).Place()
}

// next is the task that would run next, or else the oldest: whose place is told of a
// process that no worker runs. The lock is held.
func (p *process) next() *task {
	if p.runq.first != nil {
		return p.runq.first
	}
	return p.tasks.first
}

// Line says where the code of a process stands that no worker runs, "" if that is not
// known: for a simulation.
func (p *process) Line() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.line()
}

// line is Line. The lock is held.
func (p *process) line() string {
	if t := p.next(); t != nil {
		return t.line()
	}
	return ""
}

// Line implements core.Runtime. A process that a worker runs is nowhere that could be
// looked at.
func (rt *Runtime) Line(pid hostapi.PID) string {
	p, _ := rt.table.find(string(pid))
	if p == nil {
		return ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == running && rt.realTime {
		return ""
	}
	return p.line()
}

// place says in the error of a kill where the code of t stood (2.19). What dies with
// others says where those failed, and who is ended since it only reads messages is none
// that anybody looks for. The lock is held.
func (p *process) place(t *task) {
	if p.end == nil || p.end.Err == nil || t == nil {
		return
	}
	switch e := p.end.Err; {
	case e.Stack != "", p.seldom != nil && e == p.seldom.stop:
	case e.Kind == hostapi.LimitExceeded, e.Kind == hostapi.Canceled, e.Kind == hostapi.Timeout:
		placed := *e
		placed.Stack, placed.Frames = t.where()
		p.end = &hostapi.Result{Err: &placed}
	}
}

// killed is what a call gives to a task that must end. The first that learns of the end
// of its process says where it was.
func (t *task) killed() error {
	p := t.p
	if !t.discarded && p.current == t {
		p.mu.Lock()
		if p.state == running {
			p.place(t)
		}
		p.mu.Unlock()
	}
	return hostapi.ErrKilled
}
