// Package lifecycle runs an app on a runtime: it defines the app's entries,
// starts those that are to be started in the order of what they require, keeps
// services running, and stops all in reverse order (sections 15 and 21 of
// docs/spec).
package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Options configure a run. The zero value is useful.
type Options struct {
	// Workers, if positive, replaces the workers of all hosts.
	Workers int
	// Log takes what happens to entries. nil: dropped.
	Log *slog.Logger
	// WaitLevel is the level at which a shutdown says whom it waits for (21.8).
	WaitLevel slog.Level
	// Test, if not "", says that this is one run of a test, whose data directory it is
	// (60.7).
	Test string
}

// Run is an app on a runtime. Its methods are safe for concurrent use.
type Run struct {
	rt        *core.Runtime
	app       *app.App
	log       *slog.Logger
	waitLevel slog.Level
	test      string

	mu       sync.Mutex
	loaded   *app.App // whose code runs: app, or what Reload was given last
	nodes    map[string]*node
	pending  int           // nodes that are neither running nor given up
	settled  chan struct{} // closed while pending is zero
	news     chan struct{} // closed and replaced when an entry is over
	stopping bool

	resources []*resource // in the order of the index files
	open      []*resource // in the order of opening
}

// node is an entry that was asked for.
type node struct {
	id         string
	entry      app.Startable
	service    *core.Service // nil for what is no process
	companion  *companion    // nil for all but services of kinds from outside the core
	unmet      int           // requirements that have not run yet
	dependents []*node
	ready      bool              // has been running
	settled    bool              // has been running, or is given up
	final      core.ServiceState // exited or failed, once it is that
	err        *hostapi.Error
}

// New makes the entries of an app known to the runtime. It starts nothing. The error
// is that of the runtime for an entry that it cannot take, such as a host that runs
// already.
func New(rt *core.Runtime, a *app.App, o Options) (*Run, error) {
	r := &Run{rt: rt, app: a, loaded: a, log: o.Log, waitLevel: o.WaitLevel, test: o.Test, nodes: make(map[string]*node), settled: make(chan struct{}), news: make(chan struct{})}
	close(r.settled)
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	r.log = rt.LoggerTo(r.log)
	rt.Conceal(a.Secrets...)
	for _, e := range a.Entries {
		var err error
		switch e := e.(type) {
		case *app.Host:
			workers := e.Workers
			if o.Workers > 0 {
				workers = o.Workers
			}
			err = rt.DefineHost(core.HostOptions{
				ID: e.ID, Workers: workers, MaxProcesses: e.MaxProcesses, MaxOutside: e.MaxOutside, Limits: e.Limits,
			})
		case *app.Process:
			err = rt.Define(EntryOf(e))
		case *app.Scope:
			rt.DefineScope(core.ScopeOptions{ID: e.ID, MaxGroups: e.MaxGroups, MaxMembers: e.MaxMembersPerGroup})
		case *app.Supervisor:
			rt.DefineSupervisor(e.ID, e.Spec)
		case *app.Extension:
			if rt.Declare(e.ID); e.Of.Role == spec.ForProcesses {
				r.declare(e)
			}
		default:
			rt.Declare(e.Head().ID)
		}
		if err != nil {
			return nil, fmt.Errorf("lifecycle: %s: %w", e.Head().ID, err)
		}
	}
	return r, nil
}

// EntryOf gives a process entry as the core knows it.
func EntryOf(e *app.Process) core.Entry {
	return core.Entry{
		ID: e.ID, Program: e.Program, Method: e.Method, Engine: e.Engine.Info().Name,
		Mailbox: e.Mailbox,
		Limits:  e.Limits,
		Imports: e.Libraries, Resources: e.Resources,
		Host:  e.OwnHost(),
		Home:  e.Host,
		Input: e.Input,
	}
}

// App gives the version of the app that serves: that of the last Reload.
func (r *Run) App() *app.App {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.loaded
}

// Start starts entries and whatever they require, directly or not: each when
// all it requires has been running (15.4, 15.5). It returns at once. After Stop
// it does nothing.
func (r *Run) Start(ids ...string) {
	r.mu.Lock()
	if r.stopping {
		r.mu.Unlock()
		return
	}
	var added []*node
	for _, level := range r.app.StartLevels(ids...) {
		for _, id := range level {
			if r.nodes[id] == nil {
				added = append(added, r.add(id))
			}
		}
	}
	var first []*node
	for _, n := range added {
		if n.unmet == 0 {
			first = append(first, n)
		}
	}
	r.mu.Unlock()
	for _, n := range first {
		r.begin(n)
	}
}

// AutoStart starts the entries that the app starts with.
func (r *Run) AutoStart() { r.Start(r.app.AutoStart()...) }

// add makes the node of an entry whose requirements have theirs. The lock is
// held.
func (r *Run) add(id string) *node {
	n := &node{id: id, entry: r.app.Lookup(id).(app.Startable)}
	for _, required := range r.app.Requires(id) {
		if m := r.nodes[required]; m != nil && !m.ready {
			n.unmet++
			m.dependents = append(m.dependents, n)
		}
	}
	if spawn, ok := spawnOf(n.entry); ok {
		n.service = r.rt.NewService(core.ServiceOptions{
			Name: id, Spawn: spawn, Service: n.entry.Life().Service,
			OnState: func(_ *core.Service, to core.ServiceState, err *hostapi.Error) { r.changed(n, to, err) },
		})
	}
	if e, ok := n.entry.(*app.ExtensionService); ok {
		n.companion = &companion{r: r, n: n, e: e, of: e.Says.(core.CompanionEntry)}
	}
	r.nodes[id] = n
	if r.pending++; r.pending == 1 {
		r.settled = make(chan struct{})
	}
	return n
}

// spawnOf gives what an entry runs; false for hosts and scopes.
func spawnOf(e app.Startable) (hostapi.Spawn, bool) {
	switch e := e.(type) {
	case *app.Process:
		return hostapi.Spawn{ID: e.ID, Host: e.Host, Args: e.Input}, true
	case *app.Service:
		return hostapi.Spawn{ID: e.Process, Host: e.Host, Args: e.Input}, true
	case *app.Supervisor:
		return hostapi.Spawn{ID: e.ID, Host: e.Spec.Host}, true
	}
	return hostapi.Spawn{}, false
}

// begin starts an entry whose requirements have been running.
func (r *Run) begin(n *node) {
	switch e := n.entry.(type) {
	case *app.Host:
		if err := r.rt.StartHost(e.ID); err != nil {
			r.log.Error("host not started", "entry", n.id, "error", err)
			r.settle(n, hostapi.AsError(err))
			return
		}
		r.running(n)
	case *app.Scope:
		if err := r.rt.StartScope(e.ID); err != nil {
			r.log.Error("scope not started", "entry", n.id, "error", err)
			r.settle(n, hostapi.AsError(err))
			return
		}
		r.running(n)
	case *app.ExtensionService:
		n.companion.start()
	default:
		n.service.Start()
	}
}

// changed is told each state of a service; the runtime logs it.
func (r *Run) changed(n *node, to core.ServiceState, err *hostapi.Error) {
	switch to {
	case core.ServiceRunning:
		r.running(n)
	case core.ServiceFailed:
		r.settle(n, err)
		r.over(n, to)
	case core.ServiceExited:
		r.over(n, to)
	}
}

// running lets those start that waited for an entry.
func (r *Run) running(n *node) {
	r.mu.Lock()
	var next []*node
	if !n.ready && !r.stopping {
		n.ready = true
		for _, d := range n.dependents {
			if d.unmet--; d.unmet == 0 {
				next = append(next, d)
			}
		}
	}
	r.mu.Unlock()
	r.settle(n, nil)
	for _, d := range next {
		r.begin(d)
	}
}

// settle notes that an entry is running or given up. Entries that wait for one
// that is given up are given up with it.
func (r *Run) settle(n *node, err *hostapi.Error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settleLocked(n, err)
}

func (r *Run) settleLocked(n *node, err *hostapi.Error) {
	if n.settled {
		return
	}
	n.settled, n.err = true, err
	if err != nil {
		for _, d := range n.dependents {
			r.settleLocked(d, hostapi.Errorf(hostapi.Unavailable, "requires %s, which failed: %s", n.id, err))
		}
	}
	if r.pending--; r.pending == 0 {
		close(r.settled)
	}
}

// Wait waits until every entry that was started is running or given up. The
// error names those given up, or is that of ctx.
func (r *Run) Wait(ctx context.Context) error {
	r.mu.Lock()
	settled := r.settled
	r.mu.Unlock()
	if !r.rt.Await(ctx, settled) {
		if err := ctx.Err(); err != nil {
			return err
		}
		return fmt.Errorf("lifecycle: entries still starting, and nothing left to run")
	}
	return r.givenUp()
}

// Settled reports whether Wait would return at once, and what.
func (r *Run) Settled() (bool, error) {
	r.mu.Lock()
	settled := r.settled
	r.mu.Unlock()
	select {
	case <-settled:
		return true, r.givenUp()
	default:
		return false, nil
	}
}

// givenUp names the entries that were given up.
func (r *Run) givenUp() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var failed []string
	for _, n := range r.nodes {
		if n.err != nil {
			failed = append(failed, fmt.Sprintf("%s: %s", n.id, n.err))
		}
	}
	if len(failed) > 0 {
		slices.Sort(failed)
		return fmt.Errorf("lifecycle: not started: %s", strings.Join(failed, "; "))
	}
	return nil
}

// State gives the state of a service and the PID of its process.
func (r *Run) State(id string) (core.ServiceState, hostapi.PID, bool) {
	r.mu.Lock()
	n := r.nodes[id]
	r.mu.Unlock()
	if n == nil || n.service == nil {
		return core.ServiceStopped, "", false
	}
	state, pid := n.service.State()
	return state, pid, true
}

// awaitReport is how often a shutdown says who is still awaited (21.8).
const awaitReport = 2 * time.Second

// Stop stops all entries in reverse order of their start, those of one level in
// parallel, the services that bring work first (40.13) and the hosts last (21.3), and returns when they have stopped. If
// ctx is done first, what is left is dropped, and the error names it (21.7).
func (r *Run) Stop(ctx context.Context) error {
	r.mu.Lock()
	r.stopping = true
	var ids []string
	for id := range r.nodes {
		ids = append(ids, id)
	}
	r.mu.Unlock()

	var waiting []*core.Service
	stopReport := r.ReportWaiting(func() string {
		r.mu.Lock()
		services := waiting
		r.mu.Unlock()
		if text := r.awaited(services); text != "" {
			return text
		}
		return r.remaining()
	})
	defer stopReport()
	r.stopCompanions(ctx)
	for _, level := range slices.Backward(r.app.StartLevels(ids...)) {
		r.stopLevel(ctx, level, &waiting)
	}
	graces := make(map[string]time.Duration)
	for _, e := range r.app.Entries {
		if h, ok := e.(*app.Host); ok {
			graces[h.ID] = h.Lifecycle.StopTimeout
		}
	}
	return r.rt.StopHosts(ctx, graces)
}

// stopLevel stops the services of one level and waits for them. waiting holds
// those awaited; it is guarded by the lock.
func (r *Run) stopLevel(ctx context.Context, level []string, waiting *[]*core.Service) {
	var services []*core.Service
	r.mu.Lock()
	for _, id := range level {
		n := r.nodes[id]
		if n.service != nil {
			services = append(services, n.service)
		} else if _, ok := n.entry.(*app.Scope); ok {
			_ = r.rt.StopScope(id) // it is defined
		}
	}
	*waiting = services
	r.mu.Unlock()
	for _, s := range services {
		s.Stop("shutdown")
	}
	for _, s := range services {
		if !r.rt.Await(ctx, s.Done()) {
			break // the hosts drop what is left
		}
	}
	r.mu.Lock()
	*waiting = nil
	r.mu.Unlock()
}

// remaining names the processes that are left, with what they do.
func (r *Run) remaining() string {
	return strings.Join(r.rt.Remaining(10), ", ")
}

// awaited names the processes of services, with what they do; those that have
// stopped are left out.
func (r *Run) awaited(services []*core.Service) string {
	var out []string
	for _, s := range services {
		_, pid := s.State()
		if doing := r.rt.Doing(pid); doing != "" {
			out = append(out, fmt.Sprintf("%s (%s)", s.Name(), doing))
		}
	}
	return strings.Join(out, ", ")
}

// ReportWaiting says every now and then who is awaited, until stop is called (21.8).
// who is called on any goroutine.
func (r *Run) ReportWaiting(who func() string) (stop func()) {
	var mu sync.Mutex
	stopped := false
	var again func()
	again = func() {
		mu.Lock()
		defer mu.Unlock()
		if !stopped {
			r.log.Log(context.Background(), r.waitLevel, "shutdown: waiting", "for", who())
			r.rt.AfterFunc(awaitReport, again)
		}
	}
	r.rt.AfterFunc(awaitReport, again)
	return func() {
		mu.Lock()
		stopped = true
		mu.Unlock()
	}
}
