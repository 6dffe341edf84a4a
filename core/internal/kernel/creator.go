package kernel

import (
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Creator is whoever has a process made, and hears what becomes of it. Each of its
// methods is called at most once for a process, on any goroutine and with no lock
// held; by is as in process.enqueue.
type Creator interface {
	// Live is told that the top level has been executed (2.4), and says whether it
	// wants to hear of the end.
	Live(p, by *process) (further bool)
	// Failed is told that the creation has failed: nothing else is told then.
	Failed(p *process, err error, by *process)
	// Ended is told of the end of a process that was live, before its monitors and
	// links are: whoever sees the EXIT finds that the creator knows of it.
	Ended(p *process, r *hostapi.Result, by *process)
	// Buried is told when all others were told of that end.
	Buried(p *process, r *hostapi.Result, by *process)
	// Stopper gives the process that stops this one when the runtime shuts down
	// (21.4), nil if the runtime does.
	Stopper() *process
}

// Program is the embedding program as creator of a process: it hears what it asked to
// hear; nil: nothing.
type Program struct {
	OnLive func(hostapi.PID, error)
	OnEnd  func(hostapi.Result)
	// Answers says that OnEnd tells people of a failure, so that the log need not.
	Answers bool
	// Facilities are what this process offers its modules, and no other.
	Facilities []any
}

func (c *Program) Live(p, _ *process) bool {
	if c.OnLive != nil {
		c.OnLive(p.pid, nil)
	}
	return c.OnEnd != nil || len(c.Facilities) > 0
}

func (c *Program) Failed(_ *process, err error, _ *process) {
	if c.OnLive != nil {
		c.OnLive("", err)
	}
}

func (c *Program) Ended(*process, *hostapi.Result, *process) {}

func (c *Program) Buried(_ *process, r *hostapi.Result, _ *process) {
	if c.OnEnd != nil {
		c.OnEnd(*r)
	}
}

func (c *Program) awaitsEnd() {}

func (c *Program) Stopper() *process { return nil }

// spawner is a task that has a process made and waits until that is live.
type spawner task

func (s *spawner) Live(p, by *process) bool {
	s.loaded(p, nil, by)
	return false
}

func (s *spawner) Failed(p *process, err error, by *process) { s.loaded(p, err, by) }

func (s *spawner) loaded(child *process, err error, by *process) {
	p := s.p
	p.mu.Lock()
	defer p.mu.Unlock()
	own := p.rarely()
	own.pending = slices.DeleteFunc(own.pending, func(q *process) bool { return q == child })
	pid := hostapi.PID("")
	if child != nil {
		pid = child.pid
	}
	s.wait.complete(-1, hostapi.String(string(pid)), err == nil, err, by)
}

func (s *spawner) Ended(*process, *hostapi.Result, *process) {}

func (s *spawner) Buried(*process, *hostapi.Result, *process) {}

func (s *spawner) Stopper() *process { return nil }

// execution is a spawner that waits for the end too. It is guarded by the lock of the
// caller.
type execution struct {
	*spawner
	end     *hostapi.Result
	waiting bool
}

func (e *execution) Live(p, by *process) bool {
	e.loaded(p, nil, by)
	return true
}

// awaitsEnd marks those of commissions that want to hear of the end.
func (*execution) awaitsEnd() {}

func (e *execution) Buried(_ *process, r *hostapi.Result, _ *process) {
	p := e.p
	p.mu.Lock()
	e.end = r
	if e.waiting {
		e.wait.complete(-1, hostapi.Value{}, true, nil, nil)
	}
	p.mu.Unlock()
}

// stopper gives the process that stops p when the runtime shuts down, nil if the
// runtime does.
func (p *process) stopper() *process {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.creator == nil {
		return nil
	}
	return p.creator.Stopper()
}
