package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/core/spec"
	"go.yaml.in/yaml/v3"
)

// reference is the id of another entry as written; its node is nil if there is
// none.
type reference struct {
	node  *yaml.Node
	field string // for error texts
}

func (r reference) given() bool { return r.node != nil }

// reference gives a field that refers to an entry, unchecked.
func (o *object) reference(name string) reference {
	n := o.value(name)
	if n == nil {
		return reference{}
	}
	return reference{n, name}
}

// lookup finds the entry that h refers to; the namespace may be left out if it
// is the same (clause 14.4). what is the error text's word for T. ok is false
// if there is no such entry.
func lookup[T Entry](l *loader, h *Header, ref reference, what string) (e T, ok bool) {
	found, ok := find(l, h, ref, what, func(e Entry) bool { _, is := e.(T); return is })
	if ok {
		e = found.(T)
	}
	return e, ok
}

// find is lookup by what fits.
func find(l *loader, h *Header, ref reference, what string, fits func(Entry) bool) (Entry, bool) {
	if !ref.given() {
		return nil, false
	}
	text, ok := h.reporter.textOf(ref.node, ref.field)
	if !ok {
		return nil, false
	}
	id := text
	if !strings.Contains(text, ":") {
		id = h.Namespace + ":" + text
	}
	d, exists := l.declared[id]
	if d.entry != nil && fits(d.entry) {
		return d.entry, true
	}
	switch {
	case exists && d.entry == nil: // its own errors are reported
	case exists:
		h.reporter.errorf(ref.node, "unknown %s %q: it is a %s", what, id, d.entry.Head().Kind)
	default:
		known := l.idsOf(fits)
		h.reporter.offer(ref.node, check.CandidateEntry, "", known...)
		guess := spec.Suggest(id, known)
		if meant := strings.Replace(text, ".", ":", 1); guess == "" && slices.Contains(known, meant) {
			guess = fmt.Sprintf(" (did you mean %q?)", meant)
		}
		h.reporter.errorf(ref.node, "unknown %s %q%s", what, id, guess)
	}
	return nil, false
}

func (l *loader) idsOf(fits func(Entry) bool) []string {
	var ids []string
	for _, e := range l.app.Entries {
		if fits(e) {
			ids = append(ids, e.Head().ID)
		}
	}
	return ids
}

// link resolves all references of all entries.
func (l *loader) link() {
	for _, e := range l.all {
		switch e := e.(type) {
		case *Process:
			e.Modules = l.grants(&e.Header, &e.code)
			e.Imports = l.imports(&e.Header, &e.code)
			e.Resources = l.resources(&e.Header, &e.code)
		case *Library:
			e.Modules = l.grants(&e.Header, &e.code)
			e.Imports = l.imports(&e.Header, &e.code)
			e.Resources = l.resources(&e.Header, &e.code)
		case *Service:
			if p, ok := lookup[*Process](l, &e.Header, e.processRef, "process"); ok {
				e.Process = p.ID
			}
		}
		if s, ok := e.(Startable); ok {
			l.linkRequires(s)
		}
	}
	l.importCycles()
	for _, p := range l.app.Processes() {
		p.Libraries = l.libraries(p)
	}
	l.place()
	l.linkSupervisors()
	l.linkExtensions()
	l.limitGrants()
	l.linkLibraries()
}

// linkRequires resolves the ids of lifecycle.requires (15.1, 15.2).
func (l *loader) linkRequires(s Startable) {
	h, life := s.Head(), s.Life()
	name, list := h.requires()
	if list == nil || list.Kind != yaml.SequenceNode {
		return
	}
	seen := map[string]bool{}
	for i, item := range list.Content {
		ref := reference{target(item), fmt.Sprintf("%s[%d]", name, i+1)}
		required, ok := lookup[Startable](l, h, ref, "id")
		if !ok {
			continue
		}
		id := required.Head().ID
		if p, is := required.(*Process); is && !p.Lifecycle.Given {
			h.reporter.errorf(ref.node, "unknown id %q: a process entry without lifecycle cannot be started", id)
			continue
		}
		l.required[id] = true
		if !seen[id] {
			seen[id] = true
			life.Requires = append(life.Requires, id)
		}
	}
}
