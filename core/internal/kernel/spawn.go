package kernel

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Spawn implements hostapi.Spawner.
func (p *process) Spawn(s hostapi.Spawn) (hostapi.PID, error) { return p.SpawnRole(nil, s) }

// SpawnRole is Spawn of a process that plays r, unless that is nil.
func (p *process) SpawnRole(r Role, s hostapi.Spawn) (hostapi.PID, error) {
	return p.spawn(&Creation{Spawn: s, Plays: r, Creator: (*spawner)(p.current)})
}

// Exec implements hostapi.Spawner: the caller waits for the end of the new
// process; if the caller ends, the process goes on (13.3).
func (p *process) Exec(s hostapi.Spawn) (hostapi.Value, error) {
	t := p.current
	exec := &execution{spawner: (*spawner)(t)}
	if _, err := p.spawn(&Creation{Spawn: s, Creator: exec}); err != nil {
		return hostapi.Value{}, err
	}
	p.mu.Lock()
	if exec.end == nil {
		exec.waiting = true
		t.wait.begin("exec", true)
		if err := t.park(); err != nil {
			return hostapi.Value{}, err
		}
	} else {
		p.mu.Unlock()
	}
	if exec.end.Err != nil {
		return hostapi.Value{}, exec.end.Err
	}
	return exec.end.Value, nil
}

// spawn creates a process on behalf of p and waits until it is live (2.4).
func (p *process) spawn(c *Creation) (hostapi.PID, error) {
	t := p.current
	if err := p.EnterToWait(); err != nil {
		return "", err
	}
	if c.Host == "" && c.Plays == nil {
		var err error
		if c.Host, err = p.rt.catalog.home(c.ID, p.host); err != nil {
			return "", err
		}
	}
	c.Parent = p
	child, err := p.rt.Create(c, func(child *process) {
		p.mu.Lock()
		defer p.mu.Unlock()
		own := p.rarely()
		own.pending = append(own.pending, child)
		if c.Link && !child.abroad() {
			child.links.add(p)
			p.links.add(child)
		}
		if c.Monitor && !child.abroad() {
			child.watchers.add(p)
			p.watching.add(child)
		}
		t.wait.begin("spawn", true)
	})
	if err != nil {
		return "", err
	}
	if c.Link && !child.abroad() {
		p.noteRelation(TraceLink, child)
	}
	if c.Monitor && !child.abroad() {
		p.noteRelation(TraceMonitor, child)
	}
	p.mu.Lock()
	if err := t.park(); err != nil {
		return "", err
	}
	return hostapi.PID(t.wait.take().Str()), nil
}

// Creation is what is said of a process that is to be started.
type Creation struct {
	hostapi.Spawn
	Plays   Role      // instead of a process entry; nil: nothing
	Parent  *process  // whose context it inherits and who sends its first messages; nil: none
	Creator Creator   // who hears what becomes of it
	History []Failure // of the service or child that it runs for
	Avoid   string    // node that a host on any node is not chosen on, if there is another
}

// Create makes a process and lets it run: the one way to one. The checks are those of
// clause 2.6 in their order, up to the top level; with an error nothing was made.
// prepare, unless nil, is called before anybody else can know the process: so that its
// end, however early, finds all who are to be told.
func (rt *Runtime) Create(c *Creation, prepare func(*process)) (*process, error) {
	if strings.HasPrefix(c.Host, "@") {
		return rt.createAt(c, prepare)
	}
	h, err := rt.catalog.host(c.Host)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	err = h.accepts()
	h.mu.Unlock()
	if err != nil {
		return nil, err
	}
	e, err := rt.catalog.of(c.ID, c.Plays, h)
	if err != nil {
		return nil, err
	}
	if err := h.admit(); err != nil {
		return nil, err
	}
	p := &process{
		rt: rt, host: h, serial: rt.serial.Add(1), started: rt.clock.Now(),
		entry: e, loading: true, worker: -1, seed: rt.NextSeed(), creator: c.Creator,
	}
	p.behaviour = e.behaviour(p)
	p.remains.Store(2)
	p.pid = makePID(rt.prefix, h.options.ID, p.serial)
	if c.Parent != nil {
		p.context = c.Parent.context
	}
	p.context = extendContext(p.context, c.Context)
	if c.Named || c.Name != "" {
		err := hostapi.CheckName(c.Name)
		if err == nil {
			err = rt.names.claim(c.Name, p)
		}
		if err != nil {
			h.ended()
			h.unwound()
			return nil, err
		}
	}
	if c.History != nil {
		p.rarely().history = c.History
	}
	args := c.Args // the closure must not keep the whole of c
	p.newTask(func(t *task) *hostapi.Result { return p.behaviour.Run(p, t, args) })
	if c.Plays == nil {
		parent := c.Trace
		if c.Parent != nil {
			parent = c.Parent.here()
		}
		p.born(p.tasks.first, parent)
	}
	for _, m := range c.Messages {
		// The mailbox policy counts here too; what it refuses is a dead letter.
		p.Tell(rt.NewMessage(c.Parent, m.Topic, m.Payloads), nil)
	}
	if prepare != nil {
		prepare(p)
	}
	rt.noteSpawn(c.Parent, p)
	rt.table.add(p)
	rt.mark(p)
	p.behaviour.Created(p)
	// If the host began to stop before the process stood in the table, nobody
	// sends it CANCEL: it must not run.
	h.mu.Lock()
	err = h.accepts()
	h.mu.Unlock()
	if err != nil {
		p.Kill(hostapi.AsError(err), c.Parent)
	}
	p.mu.Lock()
	if p.state != ended && p.tasks.first != nil {
		p.wake(p.tasks.first, c.Parent)
	}
	p.mu.Unlock()
	return p, nil
}

// GoLive makes the process one that others can know, unless its creation was
// abandoned.
func (p *process) GoLive() bool {
	p.mu.Lock()
	p.loading = false
	abandoned := p.end != nil
	p.live = !abandoned
	creator := p.creator
	var linked []hostapi.PID
	if len(p.links.items) > 0 && p.rt.observer.everything() {
		linked = p.links.pids()
	}
	p.mu.Unlock()
	if abandoned {
		return false
	}
	p.startedEvent()
	for _, peer := range linked {
		p.rt.Emit(LinkMade{p.pid, peer})
	}
	if creator != nil && !creator.Live(p, p) {
		p.mu.Lock()
		p.creator = nil
		p.mu.Unlock()
	}
	return true
}

// load runs the top level of an entry and finds its method.
func (p *process) load(t *task, e *Entry) (hostapi.Instance, hostapi.Function, error) {
	began := p.rt.meter.begin()
	instance, err := e.Program.Load(t)
	p.rt.meter.loaded(e.Engine, began)
	if err != nil {
		t.Begin(nil)
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
		t.Begin(nil)
		return nil, nil, err
	}
	return instance, fn, nil
}
