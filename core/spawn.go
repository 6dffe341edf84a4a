package core

import (
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Spawn implements hostapi.Spawner.
func (p *process) Spawn(s hostapi.Spawn) (hostapi.PID, error) {
	child, err := p.spawn(s, nil)
	if err != nil {
		return "", err
	}
	return child.pid, nil
}

// Exec implements hostapi.Spawner: the caller waits for the end of the new
// process; if the caller ends, the process goes on (13.3).
func (p *process) Exec(s hostapi.Spawn) (hostapi.Value, error) {
	t := p.current
	exec := &execution{}
	_, err := p.spawn(s, exec)
	if err != nil {
		return hostapi.Value{}, err
	}
	p.mu.Lock()
	if exec.result == nil {
		exec.waiting = true
		t.wait.begin("exec", true)
		if err := t.park(); err != nil {
			return hostapi.Value{}, err
		}
	} else {
		p.mu.Unlock()
	}
	if exec.result.Err != nil {
		return hostapi.Value{}, exec.result.Err
	}
	return exec.result.Value, nil
}

// spawn creates a process on behalf of p and waits until it is live (2.4).
func (p *process) spawn(s hostapi.Spawn, exec *execution) (*process, error) {
	return p.spawnFrom(p.rt.catalog.process(s.ID), s, exec)
}

func (p *process) spawnFrom(find finder, s hostapi.Spawn, exec *execution) (*process, error) {
	t := p.current
	if err := t.call(); err != nil {
		return nil, err
	}
	if err := t.mayWait(); err != nil {
		return nil, err
	}
	// Before anybody can know the child, so that its end, however early, finds
	// all who are to be told.
	child, err := p.rt.createFrom(find, s, p, func(child *process) {
		child.creator = &spawner{t, exec}
		p.mu.Lock()
		defer p.mu.Unlock()
		own := p.rarely()
		own.pending = append(own.pending, child)
		if s.Link {
			child.links.add(p)
			p.links.add(child)
		}
		if s.Monitor {
			child.watchers.add(p)
			p.watching.add(child)
		}
		t.wait.begin("spawn", true)
	})
	if err != nil {
		return nil, err
	}
	child.launch(p)
	p.mu.Lock()
	if err := t.park(); err != nil {
		return nil, err
	}
	return child, nil
}

// create makes a process for the embedding program.
func (rt *Runtime) create(s hostapi.Spawn, prepare func(*process)) (*process, error) {
	s, err := payloadsOf(s)
	if err != nil {
		return nil, err
	}
	return rt.createFrom(rt.catalog.startable(s.ID), s, nil, prepare)
}

// payloadsOf gives a request of the embedding program with copies of its values, if
// they are payloads. What scripts give is copied by their engines.
func payloadsOf(s hostapi.Spawn) (_ hostapi.Spawn, err error) {
	limits := hostapi.DefaultPayloadLimits
	if s.Args, err = hostapi.CopyPayloads(s.Args, limits); err != nil {
		return s, err
	}
	s.Context, s.Messages = slices.Clone(s.Context), slices.Clone(s.Messages)
	for i := range s.Context {
		v, err := hostapi.CopyPayloads([]hostapi.Value{s.Context[i].Value}, limits)
		if err != nil {
			return s, err
		}
		s.Context[i].Value = v[0]
	}
	for i := range s.Messages {
		if s.Messages[i].Payloads, err = hostapi.CopyPayloads(s.Messages[i].Payloads, limits); err != nil {
			return s, err
		}
	}
	return s, nil
}

// createFrom makes a process that is not yet runnable: the checks of clause 2.6
// in their order, up to the top level. prepare is called before anybody else can
// know the process, unless createFrom fails.
func (rt *Runtime) createFrom(find finder, s hostapi.Spawn, parent *process, prepare func(*process)) (*process, error) {
	h, err := rt.catalog.host(s.Host)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	err = h.accepts()
	h.mu.Unlock()
	if err != nil {
		return nil, err
	}
	e, err := find(h)
	if err != nil {
		return nil, err
	}
	if err := h.admit(); err != nil {
		return nil, err
	}
	p := &process{
		rt: rt, host: h, serial: rt.serial.Add(1), started: rt.clock.Now(),
		entry: e, loading: true, worker: -1, seed: rt.nextSeed(),
	}
	p.behaviour = e.behave(p)
	p.remains.Store(2)
	p.pid = makePID(h.options.ID, p.serial)
	if parent != nil {
		p.context = parent.context
	}
	p.context = extendContext(p.context, s.Context)
	if s.Named || s.Name != "" {
		err := hostapi.CheckName(s.Name)
		if err == nil {
			err = rt.names.claim(s.Name, p)
		}
		if err != nil {
			h.ended()
			h.unwound()
			return nil, err
		}
	}
	args := s.Args // the closure must not keep the whole of s
	p.newTask(func(t *task) *hostapi.Result { return p.behaviour.run(p, t, args) })
	for _, m := range s.Messages {
		message := &hostapi.Message{Topic: m.Topic, Values: m.Payloads}
		if parent != nil {
			message.From = parent.pid
		}
		// The mailbox policy counts here too; what it refuses is a dead letter.
		_ = p.behaviour.message(p, message, nil)
	}
	prepare(p)
	rt.table.add(p)
	p.behaviour.created(p)
	// If the host began to stop before the process stood in the table, nobody
	// sends it CANCEL: it must not start.
	h.mu.Lock()
	err = h.accepts()
	h.mu.Unlock()
	if err != nil {
		p.kill(hostapi.AsError(err), parent)
	}
	return p, nil
}

// launch makes a created process runnable.
func (p *process) launch(by *process) {
	p.mu.Lock()
	if p.state != ended {
		p.wake(p.tasks.first, by)
	}
	p.mu.Unlock()
}

// goLive makes the process one that others can know, unless its creation was
// abandoned.
func (p *process) goLive() bool {
	p.mu.Lock()
	p.loading = false
	abandoned := p.end != nil
	p.live = !abandoned
	creator := p.creator
	p.mu.Unlock()
	if abandoned {
		return false
	}
	p.startedEvent()
	if creator != nil && !creator.live(p, p) {
		p.mu.Lock()
		p.creator = nil
		p.mu.Unlock()
	}
	return true
}

// load runs the top level of an entry and finds its method.
func (p *process) load(t *task, e *Entry) (hostapi.Instance, hostapi.Function, error) {
	instance, err := e.Program.Load(t)
	if err != nil {
		if t.dead() {
			return nil, nil, hostapi.ErrKilled
		}
		cause := p.rt.secrets.Error(hostapi.AsError(err))
		failed := hostapi.Errorf(hostapi.Internal, "failed to execute script: %s", cause)
		failed.Stack, failed.Frames = cause.Stack, cause.Frames
		return nil, nil, failed
	}
	fn, err := instance.Method(e.Method)
	if err == nil && fn == nil {
		err = hostapi.Errorf(hostapi.NotFound, "method \"%s\" not found in module", e.Method)
	}
	if err != nil {
		instance.Close()
		return nil, nil, err
	}
	return instance, fn, nil
}
