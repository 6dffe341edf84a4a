package kernel

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Entry is the definition of a process: what code it runs and how. A runtime
// keeps the version defined last; processes keep the one they run.
type Entry struct {
	ID      string          // namespace:name
	Program hostapi.Program // compiled source
	Method  string          // default "main"
	Engine  string          // for reports
	Mailbox Mailbox         // policy; zero: unlimited
	Limits  Limits          // zero fields: those of the host, then the defaults
	// Resources are what it is granted (41.2).
	Resources []spec.Grant
	Imports   []string // ids of the libraries it uses, directly or not (13.17)

	// Host and Input are what the children of supervisors get that a script
	// starts and that give none themselves (16.2). Host may be "".
	Host  string
	Input []hostapi.Value
	// Home is the host of spawns of scripts that name none (70.4); "": Host, and
	// where that is "" too the host of the caller.
	Home string

	limits  Limits // complete
	metered bool   // there is a limit to its fuel
	meter   *entryMeter
	role    Role // what a process of the runtime's own does, Program being nil; nil: a script
}

// Role makes the behaviour of a process that runs no script.
type Role interface{ Behave(p *process) Behaviour }

// behaviour gives that of a process that runs the entry.
func (e *Entry) behaviour(p *process) Behaviour {
	if e.role == nil {
		return &Script{}
	}
	return e.role.Behave(p)
}

// What may be said of a process before it runs; package spec has the rest of it.
type (
	Limits  = spec.Limits
	Mailbox = spec.Mailbox
)

// on gives the entry as it runs on a host: with complete limits.
func (e *Entry) on(h *Host) *Entry {
	c := *e
	c.limits = e.Limits.Or(h.options.Limits).Or(spec.DefaultLimits).Unbounded()
	c.metered = c.limits.Fuel > 0 || c.limits.FuelPerMessage > 0
	if c.Method == "" {
		c.Method = "main"
	}
	c.meter = h.rt.meter.entries.Of(entryKey{h.options.ID, e.ID})
	return &c
}

// catalog is what a runtime knows by id. Its lock may be taken while no other
// is held.
type catalog struct {
	mu      sync.RWMutex
	entries map[string]*Entry
	bound   map[boundKey]*Entry // entries as they run on a host
	hosts   map[string]*Host
	others  map[string]bool // ids that are neither
	roles   map[string]Role

	resources map[string]resource
}

type boundKey struct {
	entry *Entry
	host  *Host
}

// has reports whether there is an entry of the id from which processes are made.
func (c *catalog) has(id string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.entries[id] != nil || c.roles[id] != nil
}

// entry gives the newest version of a process entry as it runs on h.
func (c *catalog) entry(id string, h *Host) (*Entry, error) {
	c.mu.RLock()
	e := c.entries[id]
	b := c.bound[boundKey{e, h}]
	c.mu.RUnlock()
	if e == nil {
		return nil, c.errUnknownProcess(id)
	}
	if b == nil {
		b = e.on(h)
		c.mu.Lock()
		if c.entries[id] == e { // or what was defined anew would be kept for ever
			c.bound[boundKey{e, h}] = b
		}
		c.mu.Unlock()
	}
	return b, nil
}

// home gives the host of a spawn that names none, by a process on that host (70.4).
func (c *catalog) home(id string, caller *Host) (string, error) {
	c.mu.RLock()
	e := c.entries[id]
	c.mu.RUnlock()
	if e == nil {
		return "", c.errUnknownProcess(id)
	}
	return cmp.Or(e.Home, e.Host, caller.options.ID), nil
}

// mostSuggested bounds the entries to compare with: a script may ask in a loop.
const mostSuggested = 100

// errUnknownProcess names the nearest entry too. The lock is not held.
func (c *catalog) errUnknownProcess(id string) error {
	c.mu.RLock()
	var known []string
	if len(c.entries) <= mostSuggested {
		known = slices.Collect(maps.Keys(c.entries))
	}
	c.mu.RUnlock()
	slices.Sort(known)
	return hostapi.Errorf(hostapi.NotFound, "unknown process entry: %s%s", id, spec.Suggest(id, known)).With("id", hostapi.String(id))
}

// host gives a host by id.
func (c *catalog) host(id string) (*Host, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if h := c.hosts[id]; h != nil {
		return h, nil
	}
	if c.entries[id] != nil || c.others[id] {
		return nil, hostapi.Errorf(hostapi.Invalid, "not a process host: %s", id)
	}
	return nil, hostapi.Errorf(hostapi.NotFound, "host not found: %s", id).With("host_id", hostapi.String(id))
}

// Define implements core.Runtime.
func (rt *Runtime) Define(e Entry) error {
	if err := hostapi.CheckID(e.ID); err != nil {
		return err
	}
	if e.Program == nil {
		return hostapi.Errorf(hostapi.Invalid, "%s has no program", e.ID)
	}
	c := &rt.catalog
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.entries[e.ID]; old != nil {
		for k := range c.bound {
			if k.entry == old {
				delete(c.bound, k)
			}
		}
	}
	e.Imports, e.Resources = slices.Clone(e.Imports), slices.Clone(e.Resources)
	c.entries[e.ID] = &e
	return nil
}

// Declare implements core.Runtime.
func (rt *Runtime) Declare(id string) {
	rt.catalog.mu.Lock()
	defer rt.catalog.mu.Unlock()
	rt.catalog.others[id] = true
}

// DefineRole makes an entry known, or replaces it, whose processes run no script.
func (rt *Runtime) DefineRole(id string, r Role) {
	c := &rt.catalog
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.roles == nil {
		c.roles = make(map[string]Role)
	}
	c.roles[id] = r
	c.others[id] = true
}

// RoleOf gives what the processes of an entry do, nil if it is not known or
// scripts run it.
func (rt *Runtime) RoleOf(id string) Role {
	rt.catalog.mu.RLock()
	defer rt.catalog.mu.RUnlock()
	return rt.catalog.roles[id]
}

// HostOf checks that there is a host with that id.
func (rt *Runtime) HostOf(id string) error {
	_, err := rt.catalog.host(id)
	return err
}

// ProcessOf gives what supervisors must know of a process entry.
func (rt *Runtime) ProcessOf(id string) (spec.Process, error) {
	rt.catalog.mu.RLock()
	e := rt.catalog.entries[id]
	rt.catalog.mu.RUnlock()
	if e == nil {
		return spec.Process{}, rt.catalog.errUnknownProcess(id)
	}
	return spec.Process{ID: id, Host: e.Host, Input: e.Input}, nil
}

// of gives what a new process runs on a host: what it plays or, if that is nothing, the
// process entry with that id.
func (c *catalog) of(id string, plays Role, h *Host) (*Entry, error) {
	if plays == nil {
		return c.entry(id, h)
	}
	return (&Entry{ID: id, role: plays}).on(h), nil
}
