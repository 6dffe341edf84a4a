package core_test

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// What cannot be run is refused when it is defined.
func TestDefineIsChecked(t *testing.T) {
	h := onWorkers(t, 1)
	defer h.close()
	checkError(t, h.Define(core.Entry{ID: "test:none"}), hostapi.Invalid, "test:none has no program")
	for _, id := range []string{"", "x", ":x", "x:", "a:b:c"} {
		checkError(t, h.Define(core.Entry{ID: id, Program: program(func(*actor) any { return nil })}), hostapi.Invalid, "invalid ID")
		checkError(t, h.DefineHost(core.HostOptions{ID: id}), hostapi.Invalid, "invalid ID")
	}
	checkError(t, errOf(h.exec("none")), hostapi.NotFound, "unknown process entry")
}

// A host that was started is not replaced: its processes would have no owner.
func TestHostIsDefinedOnce(t *testing.T) {
	h := onWorkers(t, 1)
	h.define("main", func(a *actor) any { return a.forever() })
	_, done := h.start("main")
	checkError(t, h.DefineHost(core.HostOptions{ID: hostID}), hostapi.AlreadyExists, "host is running")
	if err := h.DefineHost(core.HostOptions{ID: "test:other", MaxProcesses: 1}); err != nil {
		t.Error(err)
	}
	if err := h.DefineHost(core.HostOptions{ID: "test:other"}); err != nil {
		t.Errorf("a host that was not started is not replaced: %v", err)
	}
	h.close()
	h.wait(done)
}

// 1.1: what the embedding program sends and gives as arguments is a payload, or
// refused with its place.
func TestProgramGivesPayloads(t *testing.T) {
	h := onWorkers(t, 1)
	h.define("main", func(a *actor) any { return a.message().Values[0] })
	pid, done := h.start("main")
	list := []hostapi.Value{val("mine")}
	for _, c := range []struct {
		v    hostapi.Value
		want string
	}{
		{hostapi.Other(&struct{}{}), "cannot send"},
		{hostapi.Int(1<<53 + 1), "integer out of range at #2"},
		{hostapi.ListOf(val(1), hostapi.Other(t)), "at #2[2]"},
	} {
		checkError(t, h.Send(pid, "t", val(1), c.v), hostapi.Invalid, c.want)
		s := req("main", 1)
		s.Args = append(s.Args, c.v)
		checkError(t, errOf(h.Exec(t.Context(), s)), hostapi.Invalid, c.want)
		checkError(t, errOf(h.Start(t.Context(), s, nil)), hostapi.Invalid, c.want)
		s.Args, s.Context = nil, []hostapi.Entry{hostapi.Field("k", c.v)}
		checkError(t, errOf(h.Start(t.Context(), s, nil)), hostapi.Invalid, "")
		s.Context, s.Messages = nil, []hostapi.Outgoing{{Topic: "t", Payloads: []hostapi.Value{val(1), c.v}}}
		checkError(t, errOf(h.Start(t.Context(), s, nil)), hostapi.Invalid, c.want)
	}
	if err := h.Send(pid, "t", hostapi.ListOf(list...)); err != nil {
		t.Fatal(err)
	}
	list[0] = val("changed") // 1.3: the copy was taken
	h.wait(done)
	r, _ := h.ended("main")
	if got := r.Result.Value.String(); !strings.Contains(got, "mine") {
		t.Errorf("received %s", got)
	}
}

// A name is registered whether or not Named says so.
func TestSpawnWithName(t *testing.T) {
	h := onWorkers(t, 1)
	h.define("main", func(a *actor) any { return a.forever() })
	s := req("main")
	s.Name = "here"
	pid, err := h.Start(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	if holder, _ := h.Lookup("here"); holder != pid {
		t.Errorf("the name is held by %q, want %s", holder, pid)
	}
	h.close()
}

// An observer that sends messages nobody can read is told of them one after the
// other, and is not called within itself.
func TestObserverMayCauseEvents(t *testing.T) {
	h := &house{t: t}
	depth, deepest, told := 0, 0, 0
	h.open(core.Options{OnEvent: func(e core.RuntimeEvent) {
		depth++
		deepest = max(deepest, depth)
		if _, ok := e.(core.DeadLetter); ok && told < 1000 {
			told++
			_ = h.Send("nobody", "again")
		}
		depth--
	}}, 1)
	_ = h.Send("nobody", "first")
	h.close()
	if told != 1000 || deepest != 1 {
		t.Errorf("told %d times, %d deep", told, deepest)
	}
}
