package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/spec"
	"go.yaml.in/yaml/v3"
)

// resources checks the field resources (41.2, 41.3).
func (l *loader) resources(h *Header, c *code) []spec.Grant {
	var out []spec.Grant
	for i, n := range c.resources {
		name := fmt.Sprintf("resources[%d]", i+1)
		var g spec.Grant
		ref := reference{target(n), name}
		if ref.node.Kind == yaml.MappingNode {
			o := h.reporter.object(ref.node, "id", "mode")
			if mode, given := o.text("mode"); given && mode != "read" {
				o.errorf(o.value("mode"), "unknown mode %q: it is read, or left out", mode)
			}
			g.ReadOnly = o.value("mode") != nil
			if ref = o.reference("id"); !ref.given() {
				o.errorf(o.node, "%s.id is required", name)
				continue
			}
			ref.field = name + ".id"
		}
		e, ok := find(l, h, ref, "resource", func(e Entry) bool {
			x, is := e.(*Extension)
			return is && x.Of.Role == spec.ForProcesses
		})
		if !ok {
			continue
		}
		g.ID = e.Head().ID
		if slices.ContainsFunc(out, func(other spec.Grant) bool { return other.ID == g.ID }) {
			h.reporter.errorf(ref.node, "%s: %s is listed twice", name, g.ID)
			continue
		}
		out = append(out, g)
	}
	return out
}

// limitGrants makes ReadOnly the grants of what is to be read only.
func (l *loader) limitGrants() {
	limit := func(grants []spec.Grant) {
		for i, g := range grants {
			x, _ := l.app.Lookup(g.ID).(*Extension)
			if x == nil {
				continue
			}
			if limited, ok := x.Says.(spec.Limited); ok && limited.ReadOnly() {
				grants[i].ReadOnly = true
			}
		}
	}
	for _, e := range l.all {
		switch e := e.(type) {
		case *Process:
			limit(e.Resources)
		case *Library:
			limit(e.Resources)
		}
	}
}

// linkLibraries reports libraries whose importers are not granted what they need (41.3).
func (l *loader) linkLibraries() {
	for _, e := range l.all {
		switch e := e.(type) {
		case *Process:
			l.needed(&e.Header, e.Resources, e.Imports)
		case *Library:
			l.needed(&e.Header, e.Resources, e.Imports)
		}
	}
}

// useless reports what is of no use as it is (41.5). Where there are errors that may be
// what is wrong.
func (l *loader) useless() {
	if l.failed {
		return
	}
	used := map[string]bool{}
	for _, e := range l.app.Entries {
		switch e := e.(type) {
		case *Process:
			l.incomplete(e)
			for _, g := range e.Resources {
				used[g.ID] = true
			}
		case extended:
			for _, id := range e.extension().refersTo {
				used[id] = true
			}
		}
	}
	if !l.opts.OwnHosts {
		return
	}
	for _, r := range l.app.Resources() {
		if !used[r.ID] {
			r.reporter.warnf(r.node, "no entry lists it under resources, so nobody can use it")
		}
	}
}

// needed reports what a library needs that its importer does not list. One that imports
// it through another library is told by what that one needs.
func (l *loader) needed(h *Header, has []spec.Grant, imports []Import) {
	for _, i := range imports {
		if i.lib == nil {
			continue
		}
		for _, g := range i.lib.Resources {
			switch at := slices.IndexFunc(has, func(other spec.Grant) bool { return other.ID == g.ID }); {
			case at < 0:
				h.reporter.errorf(i.node, "library %s needs %s: list it under resources too", i.Library, g.ID)
			case has[at].ReadOnly && !g.ReadOnly:
				h.reporter.errorf(i.node, "library %s needs %s without mode: read", i.Library, g.ID)
			}
		}
	}
}

// incomplete reports resources that a process lists without the module for them, and the
// reverse.
func (l *loader) incomplete(p *Process) {
	modules := slices.Clone(p.Modules)
	for _, id := range p.Libraries {
		if lib, ok := l.app.Lookup(id).(*Library); ok {
			modules = append(modules, lib.Modules...)
		}
	}
	served := map[string]bool{}
	for i, g := range p.Resources {
		of := l.app.Lookup(g.ID).(*Extension).Of
		served[of.Module] = true
		if of.Module != "" && !slices.Contains(modules, of.Module) && l.isModule(of.Module) {
			p.reporter.warnf(p.code.resources[i], "%s is of no use without the module %s: list it under modules", g.ID, of.Module)
		}
	}
	for _, n := range p.code.modules {
		name := target(n).Value
		if kinds := l.kindsOf(name); kinds != nil && !served[name] {
			p.reporter.warnf(n, "module %s is of no use without a resource of kind %s: list one under resources", name, strings.Join(kinds, " or "))
		}
	}
}

// kindsOf gives the kinds of the resources that a module is for.
func (l *loader) kindsOf(module string) []string {
	var kinds []string
	for _, k := range l.opts.Kinds {
		if k.Role == spec.ForProcesses && k.Module == module {
			kinds = append(kinds, k.Name)
		}
	}
	return kinds
}
