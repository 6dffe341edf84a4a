package app

import (
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Extension is an entry of a kind from outside the core: a resource that processes are
// granted (41.1), or a part of such entries.
type Extension struct {
	Header
	Of   *spec.Kind
	Says any // what Of.Read gave

	refersTo []string // ids of entries
}

// ExtensionService is an entry of such a kind that has a lifecycle.
type ExtensionService struct {
	Extension
	// Lifecycle is complete with defaults.
	Lifecycle Lifecycle
}

// Life gives the lifecycle.
func (s *ExtensionService) Life() *Lifecycle { return &s.Lifecycle }

// extended is an Extension or ExtensionService.
type extended interface {
	Entry
	extension() *Extension
}

func (e *Extension) extension() *Extension { return e }

func decodeExtension(head *Header, of *spec.Kind) Entry {
	e := Extension{Header: *head, Of: of}
	if of.Role != spec.BesideThem {
		head.object(of.Fields...)
		return &e
	}
	head.object(append(slices.Clone(of.Fields), "lifecycle")...)
	s := &ExtensionService{Extension: e}
	s.read(spec.Decoder{}, func(f spec.Fields) { s.Lifecycle = s.lifecycle(f) }, "lifecycle")
	return s
}

// Resources gives the entries that processes are granted (41.1).
func (a *App) Resources() []*Extension {
	return slices.DeleteFunc(only[*Extension](a.Entries), func(e *Extension) bool { return e.Of.Role != spec.ForProcesses })
}

// entriesOf gives the entries of a kind from outside the core.
func (a *App) entriesOf(kind string) []spec.Defined {
	var out []spec.Defined
	for _, e := range only[extended](a.Entries) {
		if x := e.extension(); x.Kind == kind {
			out = append(out, spec.Defined{ID: x.ID, Says: x.Says})
		}
	}
	return out
}

// Place says where the app runs. conceal is told its secrets.
func (a *App) Place(conceal func(...string)) spec.Place {
	at := a.place
	at.Conceal = conceal
	return at
}

// KindOf gives the kind of an entry, if that is one from outside the core.
func (a *App) KindOf(id string) (*spec.Kind, bool) {
	if e, ok := a.Lookup(id).(extended); ok {
		return e.extension().Of, true
	}
	return nil, false
}

// linkExtensions reads the entries of kinds from outside the core, which may refer to any
// other.
func (l *loader) linkExtensions() {
	for _, e := range only[extended](l.all) {
		x := e.extension()
		s := surroundings{l, x}
		x.read(spec.Decoder{App: s}, func(f spec.Fields) { x.Says = x.Of.Read(f) }, x.Of.Fields...)
	}
	if l.failed {
		return
	}
	for _, k := range l.opts.Kinds {
		if k.Check == nil {
			continue
		}
		var entries []spec.Checked
		for _, e := range only[extended](l.all) {
			if x := e.extension(); x.Of == k || slices.Contains(k.CheckedWith, x.Of.Name) {
				entries = append(entries, spec.Checked{ID: x.ID, Says: x.Says, Fail: x.fail})
			}
		}
		k.Check(entries)
	}
}

// fail reports what is wrong with a field of the entry, or with the entry.
func (e *Extension) fail(name, format string, args ...any) {
	n := fieldNode(e.node, name)
	if n == nil {
		n = e.node
	}
	e.reporter.errorf(n, format, args...)
}

// surroundings are what an entry of a kind from outside the core refers to.
type surroundings struct {
	*loader
	e *Extension
}

func (s surroundings) reference(at spec.Path) reference {
	n := s.e.node
	for _, step := range at {
		switch step := step.(type) {
		case int:
			n = target(n.Content[step-1])
		case string:
			n = fieldNode(n, step)
		}
		if n == nil {
			return reference{}
		}
	}
	return reference{n, at.String()}
}

// Entry implements spec.App.
func (s surroundings) Entry(at spec.Path, kinds []string) (string, error) {
	e, ok := find(s.loader, &s.e.Header, s.reference(at), strings.Join(kinds, " or "), func(e Entry) bool { return slices.Contains(kinds, e.Head().Kind) })
	if !ok {
		return "", errReported
	}
	s.e.refersTo = append(s.e.refersTo, e.Head().ID)
	return e.Head().ID, nil
}

// Spawn implements spec.App.
func (s surroundings) Spawn(process, host spec.Path) (hostapi.Spawn, error) {
	p, ok := lookup[*Process](s.loader, &s.e.Header, s.reference(process), "process")
	if !ok {
		return hostapi.Spawn{}, errReported
	}
	chosen := s.hostOf(s.e, true, s.sole(),
		hostChoice{&s.e.Header, s.reference(host)}, hostChoice{&p.Header, p.hostRef},
		hostChoice{&s.e.Header, s.e.defaultHost}, hostChoice{&p.Header, p.defaultHost})
	if chosen == "" {
		return hostapi.Spawn{}, errReported
	}
	s.e.refersTo = append(s.e.refersTo, chosen)
	return hostapi.Spawn{ID: p.ID, Host: chosen, Args: p.Input}, nil
}

// needs gives the hosts and scopes without which a service of a kind from outside the
// core is of no use: those that it and its parts refer to (15.4).
func (l *loader) needs(s *ExtensionService, into map[string]bool) {
	for _, e := range only[extended](l.app.Entries) {
		x := e.extension()
		if x.ID != s.ID && (x.Of.Role != spec.OfAnotherKind || !slices.Contains(x.refersTo, s.ID)) {
			continue
		}
		for _, id := range x.refersTo {
			switch l.app.byID[id].(type) {
			case *Host, *Scope:
				into[id] = true
			}
		}
	}
}
