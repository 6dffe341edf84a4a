package kernel

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// mostLeft is how many processes an error names that did not stop.
const mostLeft = 10

// StopHosts implements core.Runtime.
func (rt *Runtime) StopHosts(ctx context.Context, graces map[string]time.Duration) error {
	hosts := make(map[*Host]time.Duration)
	for id, grace := range graces {
		h, err := rt.catalog.host(id)
		if err != nil {
			return err
		}
		h.refuse()
		hosts[h] = grace
	}
	for _, p := range rt.table.all() {
		if s := p.stopper(); s != nil {
			if _, stops := hosts[s.host]; stops {
				continue
			}
		}
		if grace, ok := hosts[p.host]; ok {
			_ = p.behaviour.Cancel(p, cancellation{grace: grace, reason: shutdownReason, stop: true}) // one that has just ended needs none
		}
	}
	var left []string
	for h := range hosts {
		if !rt.Await(ctx, h.whenEmpty()) {
			left = append(left, h.left()...)
			continue
		}
		h.close()
	}
	if len(left) > 0 {
		slices.Sort(left)
		return fmt.Errorf("core: still running: %s", strings.Join(abridged(left, mostLeft), ", "))
	}
	return nil
}

// Cancel implements core.Runtime.
func (rt *Runtime) Cancel(dest hostapi.Dest, grace time.Duration, reason string) error {
	p, err := rt.whomLive(dest)
	if err != nil {
		return err
	}
	return p.behaviour.Cancel(p, cancellation{grace: grace, reason: reason})
}

// Shutdown implements core.Runtime.
func (rt *Runtime) Shutdown(ctx context.Context, grace time.Duration) error {
	graces := make(map[string]time.Duration)
	rt.catalog.mu.RLock()
	for id := range rt.catalog.hosts {
		graces[id] = grace
	}
	rt.catalog.mu.RUnlock()
	err := rt.StopHosts(ctx, graces)
	rt.stop()
	if err == nil {
		err = rt.comeHome(ctx)
	}
	rt.log.flush()
	rt.timers.Clear()
	if lines, _ := rt.outlet.settle(); lines > 0 {
		rt.log.Warn("printed lines are lost, nobody takes them", "count", lines)
		rt.outlet.settle()
	}
	return err
}

// comeHome waits for the goroutines that work outside, though no process waits for
// them any more.
func (rt *Runtime) comeHome(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		rt.abroad.wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return errors.New("core: operations outside the runtime have not returned")
	}
}

// AwaitNone implements core.Runtime.
func (rt *Runtime) AwaitNone(ctx context.Context) bool {
	for {
		made := rt.serial.Load()
		rt.catalog.mu.RLock()
		hosts := slices.Collect(maps.Values(rt.catalog.hosts))
		rt.catalog.mu.RUnlock()
		for _, h := range hosts {
			if !rt.Await(ctx, h.whenEmpty()) {
				return false
			}
		}
		if rt.serial.Load() == made { // nobody was made meanwhile, on a host that was empty
			return true
		}
	}
}
