package core

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// StopHost lets a host accept no more processes, sends CANCEL with reason
// "shutdown" and the given grace to all it has, and waits until they are gone
// (21.4). If ctx is done first it gives up and names those left.
func (rt *Runtime) StopHost(ctx context.Context, id string, grace time.Duration) error {
	h, err := rt.catalog.host(id)
	if err != nil {
		return err
	}
	h.refuse()
	for _, p := range rt.table.all() {
		if p.host == h {
			_ = p.cancel(nil, grace, "shutdown") // one that has just ended needs none
		}
	}
	if !rt.await(ctx, h.whenEmpty()) {
		return fmt.Errorf("core: stop of host %s: still running: %s", id, strings.Join(h.left(), ", "))
	}
	h.close()
	return nil
}

// left names the processes of a host that have not ended.
func (h *Host) left() []string {
	var out []string
	for _, p := range h.rt.table.all() {
		if p.host == h {
			out = append(out, p.String())
		}
	}
	return out
}

// Cancel asks a process to stop, as the runtime itself: without a sender (7.1).
// A negative grace sets no deadline.
func (rt *Runtime) Cancel(dest string, grace time.Duration, reason string) error {
	p, err := rt.resolveLive(dest)
	if err != nil {
		return err
	}
	return p.cancel(nil, grace, reason)
}

// Shutdown stops all hosts at once, each with the given grace for its
// processes, and returns when no process and no goroutine of the runtime is
// left. If ctx is done first, what is left is dropped, and the error names it.
func (rt *Runtime) Shutdown(ctx context.Context, grace time.Duration) error {
	rt.catalog.mu.RLock()
	var hosts []*Host
	for _, h := range rt.catalog.hosts {
		hosts = append(hosts, h)
	}
	rt.catalog.mu.RUnlock()
	slices.SortFunc(hosts, func(a, b *Host) int { return strings.Compare(a.options.ID, b.options.ID) })
	for _, h := range hosts {
		h.refuse()
	}
	for _, p := range rt.table.all() {
		_ = p.cancel(nil, grace, "shutdown")
	}
	var left []string
	for _, h := range hosts {
		if !rt.await(ctx, h.whenEmpty()) {
			left = append(left, h.left()...)
			continue
		}
		h.close()
	}
	if len(left) > 0 {
		return fmt.Errorf("core: shutdown: still running: %s", strings.Join(left, ", "))
	}
	return nil
}
