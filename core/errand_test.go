package core_test

import (
	"context"
	"slices"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// What is entrusted to a process is lost with its end, once, or when its mailbox drops it;
// after the release nothing is told. Nobody who has ended, or has no room, is entrusted
// with anything.
func TestEntrust(t *testing.T) {
	performing(t, 50, func(h *house) {
		idle := program(func(a *actor) any { a.event(); return nil })
		must(h.Define(core.Entry{ID: "test:idle", Program: idle}))
		must(h.Define(core.Entry{ID: "test:two", Program: idle, Mailbox: core.Mailbox{Limit: 2, Overflow: spec.DropOld}}))
		must(h.Define(core.Entry{ID: "test:full", Program: idle, Mailbox: core.Mailbox{Limit: 1, Overflow: spec.DropNew}}))
		ends := make(chan struct{}, 3)
		start := func(name string) hostapi.PID {
			return must1(h.Start(context.Background(), req(name), func(hostapi.Result) { ends <- struct{}{} }))
		}
		entrust := func(to hostapi.Dest, name string) func() {
			release, err := h.Entrust(to, hostapi.Outgoing{Topic: "work", Payloads: vals(name)}, func() { h.see("lost %s", name) })
			if err != nil {
				h.see("%s %s", name, hostapi.AsError(err).Kind)
			}
			return release
		}
		expect := func(want ...string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			slices.Sort(h.seen)
			if !slices.Equal(h.seen, want) {
				t.Errorf("seen %q, want %q", h.seen, want)
			}
			h.seen = nil
		}
		one, two, full := start("idle"), start("two"), start("full")
		entrust(hostapi.Name("nobody"), "a")
		entrust(one, "b")
		entrust(one, "c")()
		for _, name := range []string{"d", "e", "f"} {
			entrust(two, name)
		}
		entrust(full, "g")
		entrust(full, "h")
		expect("a NotFound", "h Unavailable", "lost d")
		for _, pid := range []hostapi.PID{one, two, full} {
			must(h.Terminate(pid))
			done := make(chan struct{})
			if h.sim != nil {
				h.sim.Settle()
				close(done)
			} else {
				go func() { <-ends; close(done) }()
			}
			<-done
		}
		entrust(one, "i")
		expect("i NotFound", "lost b", "lost e", "lost f", "lost g")
	})
}
