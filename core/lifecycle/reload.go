package lifecycle

import (
	"slices"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

// Reload lets a newer version of the app serve spawns, restarts and upgrades
// from now on (13.15), and sends OUTDATED to the processes whose code was
// replaced and who asked for that (13.17). Running processes keep their code;
// nothing is started, restarted or stopped.
//
// It gives what has changed. Replaced are the process and library entries that
// differ from the version loaded before. Removed and NeedRun take effect with a
// new run only, so they are told as long as they differ from the app that was
// started: entries that are gone, which stay as they are; entries of other
// kinds; and started process entries whose host, input or lifecycle differ.
func (r *Run) Reload(a *app.App) app.Changes {
	r.mu.Lock()
	defer r.mu.Unlock()
	started, loaded := app.Compare(r.app, a), app.Compare(r.loaded, a)
	changes := app.Changes{
		Removed: slices.Compact(slices.Sorted(slices.Values(slices.Concat(started.Removed, loaded.Removed)))),
		NeedRun: slices.Clone(started.NeedRun),
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
	slices.Sort(changes.NeedRun)
	for _, p := range a.Processes() {
		if len(p.Outdates(changes.Replaced)) > 0 && !slices.Contains(started.NeedRun, p.ID) {
			r.rt.Define(processEntry(p))
		}
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

// startsOtherwise reports whether the runtime would start the new version of an
// entry in another way than it has started the old one.
func startsOtherwise(from, to app.Entry) bool {
	p, ok := from.(*app.Process)
	q, same := to.(*app.Process)
	if !ok || !same {
		return false
	}
	a, b := p.Lifecycle, q.Lifecycle
	return p.Host != q.Host || !slices.EqualFunc(p.Input, q.Input, hostapi.Value.Equal) ||
		a.AutoStart != b.AutoStart || a.StartTimeout != b.StartTimeout || a.StopTimeout != b.StopTimeout ||
		a.StableThreshold != b.StableThreshold || a.Restart != b.Restart || !slices.Equal(a.Requires, b.Requires)
}
