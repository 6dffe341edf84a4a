package lifecycle

import (
	"slices"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Reload lets a newer version of the app serve spawns, restarts and upgrades
// from now on (13.15), lets running supervisors take over changed specifications
// (16.19), and sends OUTDATED to the processes whose code was replaced and who
// asked for that (13.17). Running processes keep their code; nothing is started,
// restarted or stopped.
//
// It gives what has changed. Replaced are the process, library and supervisor
// entries that differ from the version loaded before. Removed and NeedRun take
// effect with a new run only, so they are told as long as they differ from the
// app that was started: entries that are gone, which stay as they are; entries of
// other kinds; started process and supervisor entries whose host, input or
// lifecycle differ; and supervisors that need a host that is not started.
func (r *Run) Reload(a *app.App) app.Changes {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rt.Conceal(a.Secrets...)
	started, loaded := app.Compare(r.app, a), app.Compare(r.loaded, a)
	changes := app.Changes{
		Removed: slices.Compact(slices.Sorted(slices.Values(slices.Concat(started.Removed, loaded.Removed)))),
	}
	for _, id := range started.NeedRun {
		if s := r.supervisor(a, id); s == nil || r.needsRun(s) {
			changes.NeedRun = append(changes.NeedRun, id)
		}
	}
	for _, id := range loaded.Replaced {
		if !slices.Contains(changes.NeedRun, id) { // it is another kind of thing now
			changes.Replaced = append(changes.Replaced, id)
		}
	}
	for _, id := range started.Replaced {
		if n := r.nodes[id]; n != nil && startsOtherwise(n.entry, a.Lookup(id)) {
			changes.NeedRun = append(changes.NeedRun, id)
		}
	}
	var supervisors []*app.Supervisor
	for _, id := range loaded.NeedRun {
		if s := r.supervisor(a, id); s != nil {
			supervisors = append(supervisors, s)
			changes.Replaced = append(changes.Replaced, id)
		}
	}
	slices.Sort(changes.Replaced)
	slices.Sort(changes.NeedRun)
	for _, p := range a.Processes() {
		if len(p.Outdates(changes.Replaced)) > 0 && !slices.Contains(started.NeedRun, p.ID) {
			if err := r.rt.Define(EntryOf(p)); err != nil {
				r.log.Error("cannot reload", "entry", p.ID, "error", err)
			}
		}
	}
	for _, s := range supervisors {
		r.rt.ChangeSupervisor(s.ID, s.Spec)
	}
	r.loaded = a
	if len(changes.Replaced) > 0 {
		r.log.Info("reloaded", "entries", changes.Replaced)
		r.rt.Outdated(changes.Replaced)
	}
	if rest := slices.Sorted(slices.Values(slices.Concat(changes.NeedRun, changes.Removed))); len(rest) > 0 {
		r.log.Warn("changed, needs a new run", "entries", rest)
	}
	return changes
}

// supervisor gives a supervisor entry whose new version can take effect; nil if
// there is none, it was another kind of thing, or it needs a host that is not
// started. The lock is held.
func (r *Run) supervisor(a *app.App, id string) *app.Supervisor {
	s, ok := a.Lookup(id).(*app.Supervisor)
	if !ok {
		return nil
	}
	if before := r.app.Lookup(id); before != nil {
		if _, same := before.(*app.Supervisor); !same {
			return nil
		}
	}
	if r.nodes[id] != nil && !r.hosts(&s.Spec) {
		return nil
	}
	return s
}

// hosts reports whether the hosts that a supervisor names are asked for. The
// lock is held.
func (r *Run) hosts(s *spec.Supervisor) bool {
	asked := func(id string) bool { return id == "" || r.nodes[id] != nil }
	return asked(s.Host) && !slices.ContainsFunc(s.Children, func(c spec.Child) bool {
		return !asked(c.Host) || c.Supervisor != nil && !r.hosts(c.Supervisor)
	})
}

// needsRun reports whether a supervisor entry is to be started, or was, in
// another way than it has been. The lock is held.
func (r *Run) needsRun(s *app.Supervisor) bool {
	if n := r.nodes[s.ID]; n != nil {
		return startsOtherwise(n.entry, s)
	}
	return s.Lifecycle.AutoStart
}

// startsOtherwise reports whether the runtime would start the new version of an
// entry in another way than it has started the old one.
func startsOtherwise(from, to app.Entry) bool {
	switch p := from.(type) {
	case *app.Process:
		q, same := to.(*app.Process)
		return same && (p.Host != q.Host || !slices.EqualFunc(p.Input, q.Input, hostapi.Value.Equal) ||
			livesOtherwise(&p.Lifecycle, &q.Lifecycle))
	case *app.Supervisor:
		q, same := to.(*app.Supervisor)
		return same && (p.Spec.Host != q.Spec.Host || livesOtherwise(&p.Lifecycle, &q.Lifecycle))
	}
	return false
}

func livesOtherwise(a, b *app.Lifecycle) bool {
	return a.AutoStart != b.AutoStart || a.Service != b.Service || !slices.Equal(a.Requires, b.Requires)
}
