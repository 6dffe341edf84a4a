package kernel

import "github.com/understudy-run/understudy/hostapi"

// upgrade is the replacement of a process's code while it is under way: the new
// top level runs in a task of its own, beside the old state, which stands still
// (13.8).
type upgrade struct {
	task     *task   // runs the new code
	caller   *task   // waits in process.upgrade
	held     []*task // of the old code: could run, but not while the new one loads
	old      *Entry
	instance hostapi.Instance // of the new code
	read     []*question      // calls that the old code has read and not replied to

	// Of the old code, for the case that the new one fails.
	views    views
	timers   *timerList
	runnable taskQueue
	count    int32
	memory   int64
}

// upgradeSteps is what an upgrade costs, of fuel too: the steps that the engine of
// the old code has not yet reported are lost with it, and a script that upgrades
// itself again and again must not run for ever on that.
const upgradeSteps = 2000

// Upgrade implements hostapi.Spawner.
func (p *process) Upgrade(id string, args []hostapi.Value) error {
	t := p.current
	if err := t.call(); err != nil {
		return err
	}
	if err := t.Tick(upgradeSteps); err != nil {
		return err
	}
	if err := t.mayWait(); err != nil {
		return err
	}
	if id == "" {
		id = p.entry.ID
	}
	e, err := p.rt.catalog.entry(id, p.host)
	if err != nil {
		return err
	}
	p.mu.Lock()
	u := &upgrade{
		caller: t, old: p.entry,
		views: p.views, timers: p.timers, runnable: p.runq, count: p.count, memory: p.memory.Load(),
	}
	items := p.unreadItems()
	u.read = p.talks().read(items)
	p.views, p.timers, p.runq = views{}, nil, taskQueue{}
	p.count = 0
	p.memory.Store(0)
	p.distribute(items)
	p.entry, p.loading = e, true
	u.task = p.newTask(func(t *task) *hostapi.Result { return p.runUpgrade(t, u, args) })
	p.upgrade = u
	p.inherits(u.task, t)
	t.wait.begin("upgrade", true)
	p.wake(u.task, p)
	return t.park()
}

// runUpgrade is the task of the new code.
func (p *process) runUpgrade(t *task, u *upgrade, args []hostapi.Value) *hostapi.Result {
	instance, fn, err := p.load(t, p.entry)
	if t.dead() {
		if instance != nil {
			instance.Close()
		}
		return nil
	}
	if err != nil {
		p.abortUpgrade(u, hostapi.AsError(err))
		return nil
	}
	u.instance = instance
	if err := t.give(taskUpgraded); err != nil {
		return nil
	}
	values, err := fn.Call(t, args)
	return t.resultOf(values, err)
}

// abortUpgrade lets the old code go on with the error (13.7).
func (p *process) abortUpgrade(u *upgrade, err *hostapi.Error) {
	failed := *err
	failed.Message = "upgrade failed: " + err.Message
	p.mu.Lock()
	defer p.unlockRead() // who waits in the old code may take a message
	items := p.unreadItems()
	p.timers.cancelAll()
	p.upgrade = nil
	p.entry, p.loading = u.old, false
	p.views, p.timers, p.runq = u.views, u.timers, u.runnable
	p.count = u.count + 1 // the task of the new code ends now
	p.memory.Store(u.memory)
	for _, t := range u.held {
		p.runq.pushBack(t)
	}
	p.distribute(items)
	u.caller.wait.complete(-1, hostapi.Value{}, false, &failed, p)
}

// replaceCode discards the old code after the new one's top level has
// succeeded: from here there is no way back (13.9). It runs on the worker,
// between two tasks.
func (p *process) replaceCode(t *task) {
	u := p.upgrade
	p.mu.Lock()
	u.timers.cancelAll()
	p.mu.Unlock()
	for _, w := range p.rare().witnesses {
		w.Replaced(p)
	}
	p.replaceTalk(u.read)
	p.discardTasks(func(other *task) bool { return other != t })
	p.closeInstance()
	p.mu.Lock()
	p.instance = u.instance
	p.upgrade = nil
	p.loading, p.sinceRead = false, 0
	p.runq.pushFront(t)
	p.unlockRead() // the new policy may have more room
}
