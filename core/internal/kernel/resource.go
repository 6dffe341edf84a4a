package kernel

import (
	"context"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// resource is what entries may be granted (41.1).
type resource struct {
	kind string
	says any // of it, before it is open
	open func(context.Context) (any, error)
}

// DeclareResource implements core.Runtime.
func (rt *Runtime) DeclareResource(id, kind string, says any, open func(context.Context) (any, error)) {
	c := &rt.catalog
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resources[id] = resource{kind, says, open}
	c.others[id] = true
}

func (c *catalog) resource(id string) (resource, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	r, ok := c.resources[id]
	return r, ok
}

// OpenResource implements core.Runtime.
func (rt *Runtime) OpenResource(ctx context.Context, id string, kinds []string) (any, error) {
	r, ok := rt.catalog.resource(id)
	if !ok {
		return nil, hostapi.Errorf(hostapi.NotFound, "no resource %s", id)
	}
	if err := r.serves(id, kinds); err != nil {
		return nil, err
	}
	return r.open(ctx)
}

// serves gives the error of who wants a resource of other kinds.
func (r resource) serves(id string, kinds []string) error {
	if len(kinds) == 0 || slices.Contains(kinds, r.kind) {
		return nil
	}
	return hostapi.Errorf(hostapi.Invalid, "%s is a %s", id, r.kind)
}

// Resource implements hostapi.Outside.
func (p *process) Resource(id string, kinds ...string) (hostapi.Grant, error) {
	if err := p.current.call(); err != nil {
		return hostapi.Grant{}, err
	}
	if id == "" {
		return p.onlyResource(kinds)
	}
	return p.rt.granted(p.entry, id, kinds)
}

// Granted implements core.Runtime.
func (rt *Runtime) Granted(entry, id string, kinds []string) (hostapi.Grant, error) {
	rt.catalog.mu.RLock()
	e := rt.catalog.entries[entry]
	rt.catalog.mu.RUnlock()
	if e == nil {
		return hostapi.Grant{}, hostapi.Errorf(hostapi.PermissionDenied, "not granted: %s", id)
	}
	return rt.granted(e, id, kinds)
}

// granted gives a resource that an entry lists.
func (rt *Runtime) granted(e *Entry, id string, kinds []string) (hostapi.Grant, error) {
	for _, g := range e.Resources {
		if g.ID != id {
			continue
		}
		r, ok := rt.catalog.resource(id)
		if !ok { // it was not there when the app was started
			return hostapi.Grant{}, hostapi.Errorf(hostapi.Unavailable, "%s needs a new run", id)
		}
		return hostapi.Grant{ID: id, Kind: r.kind, ReadOnly: g.ReadOnly, Says: r.says, Open: r.open}, r.serves(id, kinds)
	}
	return hostapi.Grant{}, hostapi.Errorf(hostapi.PermissionDenied, "not granted: %s", id)
}

// onlyResource gives the only resource of some kinds.
func (p *process) onlyResource(kinds []string) (hostapi.Grant, error) {
	list := p.Resources(kinds...)
	switch len(list) {
	case 0:
		return hostapi.Grant{}, hostapi.Errorf(hostapi.PermissionDenied, "no %s is granted", strings.Join(kinds, " or "))
	case 1:
		return list[0], nil
	}
	ids := make([]string, len(list))
	for i, g := range list {
		ids[i] = g.ID
	}
	return hostapi.Grant{}, hostapi.Errorf(hostapi.Invalid, "which one is required: %s", strings.Join(ids, ", "))
}

// Resources implements hostapi.Outside.
func (p *process) Resources(kinds ...string) []hostapi.Grant {
	var out []hostapi.Grant
	for _, g := range p.entry.Resources {
		if r, ok := p.rt.catalog.resource(g.ID); ok && r.serves(g.ID, kinds) == nil {
			out = append(out, hostapi.Grant{ID: g.ID, Kind: r.kind, ReadOnly: g.ReadOnly, Says: r.says, Open: r.open})
		}
	}
	return out
}
