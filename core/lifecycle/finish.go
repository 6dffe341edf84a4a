package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core"
)

// ErrEssential is the error of Finish when an entry has failed without which the app is
// not to go on (71.3).
var ErrEssential = errors.New("essential entry failed")

// Finish waits until the app is done: an essential entry has failed, or every entry that
// was started is exited or failed and no process is left on any host (71.4). The error is
// ErrEssential, or names the entries that failed, or is that of ctx. It stops nothing.
func (r *Run) Finish(ctx context.Context) error {
	for {
		r.mu.Lock()
		news := r.news
		fallen, failed, over := r.tally()
		r.mu.Unlock()
		switch {
		case fallen != "":
			r.log.Error("essential entry failed: " + fallen)
			return fmt.Errorf("%w: %s", ErrEssential, fallen)
		case over && r.rt.AwaitNone(ctx):
			if len(failed) > 0 {
				return fmt.Errorf("lifecycle: failed: %s", strings.Join(failed, ", "))
			}
			return nil
		case over || !r.rt.Await(ctx, news):
			if err := ctx.Err(); err != nil {
				return err
			}
			return errors.New("lifecycle: the app is not done, and nothing is left to run")
		}
	}
}

// tally gives the first essential entry that has failed, all that have, and whether all
// that were started are over. The lock is held.
func (r *Run) tally() (fallen string, failed []string, over bool) {
	over = true
	for id, n := range r.nodes {
		switch {
		case n.service == nil && n.companion == nil:
			continue
		case n.final == core.ServiceFailed, n.err != nil: // the latter with what it requires
			failed = append(failed, id)
			if n.final == core.ServiceFailed && n.entry.Life().Essential && (fallen == "" || id < fallen) {
				fallen = id
			}
		case n.final != core.ServiceExited:
			over = false
		}
	}
	slices.Sort(failed)
	return fallen, failed, over
}

// over notes that an entry is exited or failed for good.
func (r *Run) over(n *node, to core.ServiceState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n.final = to
	if !r.stopping {
		close(r.news)
		r.news = make(chan struct{})
	}
}

// Started gives the entries that were started, in the order of their start.
func (r *Run) Started() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for id := range r.nodes {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Concat(r.app.StartLevels(ids...)...)
}
