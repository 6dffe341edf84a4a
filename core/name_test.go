package core_test

import (
	"testing"

	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// 12.1 to 12.4.
func TestRegistry(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("other", func(a *actor) any { return a.forever() })
		h.define("done", func(a *actor) any { return nil })
		h.main("ok", func(a *actor) any {
			other, dead := hostapi.PID(a.spawn("other")), hostapi.PID(a.spawnMonitored("done"))
			a.event()
			for i, c := range []struct {
				name string
				pid  hostapi.PID
				want string
			}{
				{"a", "", "ok"},
				{"a", "", "ok"},
				{"a", a.PID(), "ok"},
				{"a", other, "AlreadyExists: name already registered"},
				{"b", other, "ok"},
				{"b", "", "AlreadyExists: name already registered"},
				{"c", "", "ok"}, // many names
				{"d", dead, gone(dead, "done")},
				{"d", "{no|pid}", "NotFound: process not found: {no|pid}"},
				{"d", "{nopid", "Invalid: invalid pid"},
				{"d", "nopid", "Invalid: invalid pid"},
				{"", "", `Invalid: invalid name ""`},
				{"{x", "", `Invalid: invalid name "{x"`},
				{"@x", "", `Invalid: invalid name "@x"`},
				{"x@{}", "", "ok"},
			} {
				err := a.Register(c.name, c.pid)
				if text(err) != c.want {
					return lines(i, text(err))
				}
				if e := hostapi.AsError(err); e != nil && e.Kind == hostapi.AlreadyExists {
					if holder := must1(a.Lookup(c.name)); e.Details.Get("pid").Str() != string(holder) {
						return lines("details", e.Details)
					}
				}
			}
			if got := lines(must1(a.Lookup("a")) == a.PID(), must1(a.Lookup("b")) == other, text(lookupError(a, "d"))); got != "true true NotFound: name not registered: d" {
				return got
			}
			if got := lines(must1(a.Unregister("b")), must1(a.Unregister("b")), text(lookupError(a, "b")), text(a.Register("b", ""))); got != "true false NotFound: name not registered: b ok" {
				return got
			}
			if pid, ok := h.Lookup("a"); !ok || pid != a.PID() {
				return "the embedding program sees another holder"
			}
			if _, ok := h.Lookup("d"); ok {
				return "the embedding program sees a holder of d"
			}
			return "ok"
		})
		for _, name := range []string{"a", "b", "c"} { // 12.5
			if pid, ok := h.Lookup(name); ok {
				t.Errorf("%s is still held by %s", name, pid)
			}
		}
	})
}

// 13.20: claimed before the top level runs, seen by others when live, free again
// if the creation fails.
func TestNameOfANewProcess(t *testing.T) {
	both(t, 200, func(h *house) {
		h.Define(entryOf("child", native.Loaded(func(task hostapi.Task) (func(string) native.Main, error) {
			p := task.Process()
			if _, err := p.Lookup("name"); text(err) != "NotFound: name not registered: name" {
				h.t.Errorf("during the top level: %v", err)
			}
			for range 10 {
				if err := task.Tick(10000); err != nil {
					return nil, err
				}
			}
			return func(method string) native.Main {
				if h.failing() {
					return nil
				}
				return func(task hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
					pid, err := p.Lookup("name")
					if err != nil || pid != p.PID() {
						h.t.Errorf("in main: %s %v", pid, err)
					}
					_, _, err = p.Inbox().Receive()
					return nil, err
				}
			}, nil
		})))
		s := req("child")
		s.Name, s.Named, s.Monitor = "name", true, true
		h.define("rival", func(a *actor) any {
			_, err := a.Spawn(s)
			return text(err)
		})
		h.main("ok", func(a *actor) any {
			rival := a.spawnMonitored("rival")
			_, err := a.Spawn(s)
			got := text(err)
			var rivals string
			for rivals == "" {
				if e := a.event(); from(e) == rival {
					rivals = e.Get("result").Record().Get("value").Str()
				}
			}
			if taken := "AlreadyExists: name already registered"; (got != "ok" || rivals != taken) && (got != taken || rivals != "ok") {
				return got + " / " + rivals
			}
			h.see("fail")
			a.send("name", "end")
			for text(lookupError(a, "name")) == "ok" {
				a.yield()
			}
			if _, err := a.Spawn(s); text(err) != `NotFound: method "main" not found in module` {
				return text(err)
			}
			return text(a.Register("name", ""))
		})
	})
}

// failing reports whether something has been seen.
func (h *house) failing() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.seen) > 0
}

// A name is never held by two, and never lost, while processes fight for it.
func TestNamesUnderContention(t *testing.T) {
	both(t, 200, func(h *house) {
		h.define("rival", func(a *actor) any {
			for range 5 {
				if a.Register("crown", "") == nil {
					if must1(a.Lookup("crown")) != a.PID() {
						return "it is another's"
					}
					if a.arg(0) == "gives up" && !must1(a.Unregister("crown")) {
						return "nobody held it"
					}
				}
				a.yield()
			}
			return "ok"
		})
		h.main("ok", func(a *actor) any {
			for i := range 6 {
				a.spawnMonitored("rival", []string{"keeps", "gives up"}[i%2])
			}
			for range 6 {
				if got := a.event().Get("result").Record().Get("value").Str(); got != "ok" {
					return got
				}
			}
			return text(a.Register("crown", ""))
		})
	})
}

// Errors name what they are about, and the nearest there is.
func TestUnknownEntriesAreNamed(t *testing.T) {
	h := simulated(t, 1)
	h.define("worker", func(a *actor) any { return nil })
	if err := errOf(h.exec("wroker")); text(err) != `NotFound: unknown process entry: test:wroker (did you mean "test:worker"?)` {
		t.Errorf("the error is %s", text(err))
	}
	h.close()
}
