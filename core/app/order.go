package app

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/spec"
)

// edge leads from an entry to one that it needs.
type edge struct{ from, to string }

// Requires gives the ids of the entries that must run before an entry: those of
// lifecycle.requires, its host, and the hosts of a supervisor's children
// (15.4). Sorted; nil for libraries and unknown ids.
func (a *App) Requires(id string) []string { return slices.Clone(a.requires[id]) }

// AutoStart gives the ids of the entries to start with the app, in the order of
// the index files.
func (a *App) AutoStart() []string {
	var ids []string
	for _, e := range a.Entries {
		if s, ok := e.(Startable); ok && s.Life().AutoStart {
			ids = append(ids, s.Head().ID)
		}
	}
	return ids
}

// StartLevels gives the order in which to start entries with all they require,
// directly or not (15.4): each level when those before it are running, the
// entries of one level in parallel. The reverse is the order to stop in.
func (a *App) StartLevels(ids ...string) [][]string {
	level := map[string]int{}
	var visit func(id string) int
	visit = func(id string) int {
		if n, done := level[id]; done {
			return n
		}
		n := 0
		for _, r := range a.requires[id] {
			n = max(n, visit(r)+1)
		}
		level[id] = n
		return n
	}
	for _, id := range ids {
		visit(id)
	}
	var out [][]string
	for _, id := range sortedKeys(level) {
		for len(out) <= level[id] {
			out = append(out, nil)
		}
		out[level[id]] = append(out[level[id]], id)
	}
	return out
}

// order gathers what each entry requires and reports cycles (15.2).
func (l *loader) order() {
	var startable []Startable
	for _, e := range l.app.Entries {
		s, ok := e.(Startable)
		if !ok {
			continue
		}
		startable = append(startable, s)
		needed := map[string]bool{}
		for _, id := range s.Life().Requires {
			needed[id] = true
		}
		switch e := e.(type) {
		case *Process:
			needed[e.Host] = true
		case *Service:
			needed[e.Host] = true
		case *Supervisor:
			hosts(&e.Spec, needed, map[*spec.Supervisor]bool{})
		case *ExtensionService:
			l.needs(e, needed)
		}
		delete(needed, "")
		l.app.requires[s.Head().ID] = sortedKeys(needed)
	}
	for _, cycle := range cycles(startable, func(s Startable) []string { return l.app.requires[s.Head().ID] }) {
		s := l.app.Lookup(cycle[0]).(Startable)
		_, at := s.Head().requires()
		if at == nil {
			at = s.Head().node
		}
		s.Head().reporter.errorf(at, "requires cycle: %s", joinCycle(cycle))
	}
}

// hosts adds the hosts of a supervisor and of its children, nested ones
// included. seen guards against supervisors that nest in a cycle.
func hosts(s *spec.Supervisor, into map[string]bool, seen map[*spec.Supervisor]bool) {
	if seen[s] {
		return
	}
	seen[s] = true
	into[s.Host] = true
	for _, c := range s.Children {
		if c.Supervisor != nil {
			hosts(c.Supervisor, into, seen)
		} else {
			into[c.Host] = true
		}
	}
}

// cycles finds ids that lead back to themselves: each cycle begins and ends
// with its smallest id. Of cycles that touch each other not all are given.
func cycles[E Entry](entries []E, next func(E) []string) [][]string {
	byID := map[string]E{}
	for _, e := range entries {
		byID[e.Head().ID] = e
	}
	var out [][]string
	var path []string
	place := map[string]int{} // position on path + 1; -1 if done
	reported := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		path = append(path, id)
		place[id] = len(path)
		for _, to := range next(byID[id]) {
			if _, known := byID[to]; !known {
				continue
			}
			switch at := place[to]; {
			case at == 0:
				visit(to)
			case at > 0 && !reported[to]:
				cycle := slices.Clone(path[at-1:])
				for _, c := range cycle {
					reported[c] = true
				}
				out = append(out, cycle)
			}
		}
		path = path[:len(path)-1]
		place[id] = -1
	}
	for _, id := range sortedKeys(byID) {
		if place[id] == 0 {
			visit(id)
		}
	}
	for i, c := range out {
		first := slices.Index(c, slices.Min(c))
		c = append(slices.Clone(c[first:]), c[:first]...)
		out[i] = append(c, c[0])
	}
	return out
}

func joinCycle(ids []string) string { return strings.Join(ids, " -> ") }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
