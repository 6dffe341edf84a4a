package lifecycle_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

type behaviours = map[string]func(*stage, []string, hostapi.Task) ([]hostapi.Value, error)

// actors are what the apps of the tests run: "server <version>" tells its
// version and every event, and does what the topics of its messages say; "library"
// is imported.
func actors() behaviours {
	b := behaviours{
		"server": func(s *stage, words []string, t hostapi.Task) ([]hostapi.Value, error) {
			p := t.Process()
			name := strings.Join(append([]string{p.EntryID()}, words...), " ")
			s.see("%s runs", name)
			if err := p.SetOptions(hostapi.Options{Upgradable: words[len(words)-1] != "deaf"}); err != nil {
				return nil, err
			}
			for {
				selected, err := p.Select([]*hostapi.Case{{Channel: p.Inbox()}, {Channel: p.Events()}}, true)
				if err != nil {
					return nil, err
				}
				if selected.Index == 0 {
					switch selected.Value.Message().Topic {
					case "upgrade":
						return nil, p.Upgrade("", nil)
					case "fail":
						return nil, hostapi.Errorf(hostapi.Internal, "asked to")
					case "wait": // without reading events
						if _, _, err := p.Inbox().Receive(); err != nil {
							return nil, err
						}
					}
					continue
				}
				e := selected.Value.Record()
				if e.Get("kind").Str() == string(hostapi.EventCancel) {
					return nil, nil
				}
				s.see("%s: %s %s", name, e.Get("kind").Str(), e.Get("sources"))
			}
		},
	}
	b["library"] = b["server"] // compiled, not run
	return b
}

const host = "  - {name: host, kind: process.host}\n"

func (s *stage) startAll(ids ...string) []hostapi.PID {
	s.t.Helper()
	s.run.Start(ids...)
	if err := s.run.Wait(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	s.sim.Settle()
	var pids []hostapi.PID
	for _, id := range ids {
		_, pid, _ := s.run.State(id)
		pids = append(pids, pid)
	}
	return pids
}

func (s *stage) sendTo(pid hostapi.PID, topic string) {
	s.t.Helper()
	if err := s.Send(pid, topic); err != nil {
		s.t.Fatal(err)
	}
	s.sim.Settle()
}

// 13.15 to 13.17.
func TestReload(t *testing.T) {
	const lib = "  - {name: lib, kind: library.lua, source: library 1, imports: {base: base}}\n  - {name: base, kind: library.lua, source: library 1}\n"
	const x = "  - {name: x, kind: process.lua, source: server 1, imports: {lib: lib}, lifecycle: {restart: {initial_delay: 0s}}}\n"
	const y = "  - {name: y, kind: process.lua, source: server 1, lifecycle: {}}\n"
	const deaf = "  - {name: d, kind: process.lua, source: server 1 deaf, lifecycle: {}}\n"
	all := host + lib + x + y + deaf
	with := func(changes ...string) string { return strings.NewReplacer(changes...).Replace(all) }
	for seed := range uint64(50) {
		s := open(t, seed, actors(), all)
		pids := s.startAll("a:x")
		pids = append(pids, s.startAll("a:y")...)
		pids = append(pids, s.startAll("a:d")...)
		s.saw("a:x 1 with 1 with 1 runs", "a:y 1 runs", "a:d 1 deaf runs")

		changes := func(entries string, want app.Changes) {
			t.Helper()
			if got := s.run.Reload(s.load(entries)); !reflect.DeepEqual(got, want) {
				t.Errorf("reload gave %+v, want %+v", got, want)
			}
			s.sim.Settle()
		}
		changes(all, app.Changes{})
		s.saw()

		// Running code goes on; who is not upgradable is not told.
		changes(with("server 1, lif", "server 2, lif", "server 1 deaf", "server 2 deaf"), app.Changes{Replaced: []string{"a:d", "a:y"}})
		s.saw("a:y 1: pid.outdated [\"a:y\"]")
		s.sendTo(pids[1], "upgrade")
		s.sendTo(pids[2], "upgrade")
		s.saw("a:y 2 runs", "a:d 2 deaf runs")

		// Libraries, one of them imported by the other, while the events of x are
		// not read: the second reload extends what is unread.
		s.sendTo(pids[0], "wait")
		two := []string{"server 1, lif", "server 2, lif", "server 1 deaf", "server 2 deaf", "base, kind: library.lua, source: library 1", "base, kind: library.lua, source: library 2"}
		changes(with(two...), app.Changes{Replaced: []string{"a:base"}})
		three := append(two, "lib, kind: library.lua, source: library 1", "lib, kind: library.lua, source: library 2")
		changes(with(three...), app.Changes{Replaced: []string{"a:lib"}})
		s.saw()
		s.sendTo(pids[0], "go on")
		s.saw("a:x 1 with 1 with 1: pid.outdated [\"a:base\", \"a:lib\"]")

		// A restart runs the newest version, of libraries too; nothing was
		// restarted before.
		s.sendTo(pids[0], "fail")
		s.sim.RunFor(1)
		s.saw("a:x 1 with 2 with 2 runs")
		_, pids[0], _ = s.run.State("a:x")
		four := append(three, "server 1, imports", "server 4, imports")
		changes(with(four...), app.Changes{Replaced: []string{"a:x"}})
		s.saw("a:x 1 with 2 with 2: pid.outdated [\"a:x\"]")
		s.sendTo(pids[0], "fail")
		s.sim.RunFor(1)
		s.saw("a:x 4 with 2 with 2 runs")
		if _, pid, _ := s.run.State("a:y"); pid != pids[1] {
			t.Errorf("a:y was restarted")
		}
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

// 13.15: what does not take effect is told, as long as it differs from what was
// started.
func TestReloadNeedsRun(t *testing.T) {
	const p = "  - {name: p, kind: process.lua, source: server 1, lifecycle: {auto_start: true}}\n"
	const q = "  - {name: q, kind: process.lua, source: server 1}\n"
	const svc = "  - {name: s, kind: process.service, process: q}\n"
	start := host + p + q + svc
	type step struct {
		entries string
		want    app.Changes
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"service", []step{
			{strings.Replace(start, "process: q", "process: p", 1), app.Changes{NeedRun: []string{"a:s"}}},
			{strings.Replace(start, "process: q", "process: p", 1), app.Changes{NeedRun: []string{"a:s"}}},
			{start, app.Changes{}},
		}},
		{"lifecycle of a started process", []step{
			{strings.Replace(start, "auto_start: true", "auto_start: true, stop_timeout: 1s", 1), app.Changes{Replaced: []string{"a:p"}, NeedRun: []string{"a:p"}}},
			{start, app.Changes{Replaced: []string{"a:p"}}},
		}},
		{"lifecycle of a process that was not started", []step{
			{strings.Replace(start, "name: q,", "name: q, input: [1],", 1), app.Changes{Replaced: []string{"a:q"}}},
		}},
		{"input of a started process", []step{
			{strings.Replace(start, "name: p,", "name: p, input: [1],", 1), app.Changes{Replaced: []string{"a:p"}, NeedRun: []string{"a:p"}}},
		}},
		{"removed", []step{
			{host + p, app.Changes{Removed: []string{"a:q"}, NeedRun: []string{"a:s"}}},
		}},
		{"added and removed", []step{
			{start + strings.Replace(q, "name: q", "name: r", 1), app.Changes{Replaced: []string{"a:r"}}},
			{start, app.Changes{Removed: []string{"a:r"}}},
		}},
		{"service becomes a process, which then changes", []step{
			{host + p + q + "  - {name: s, kind: process.lua, source: server 1}\n", app.Changes{NeedRun: []string{"a:s"}}},
			{host + p + q + "  - {name: s, kind: process.lua, source: server 2}\n", app.Changes{NeedRun: []string{"a:s"}}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, 1, actors(), start)
			s.run.AutoStart()
			s.sim.Settle()
			s.saw("a:p 1 runs")
			for i, step := range c.steps {
				s.log.Reset()
				if got := s.run.Reload(s.load(step.entries)); !reflect.DeepEqual(got, step.want) {
					t.Errorf("step %d: %+v, want %+v", i+1, got, step.want)
				}
				warned := strings.Contains(s.log.String(), "needs a new run")
				if need := len(step.want.NeedRun)+len(step.want.Removed) > 0; warned != need {
					t.Errorf("step %d: warned %v, want %v: %s", i+1, warned, need, &s.log)
				}
			}
			s.sim.Settle()
			if state, _, _ := s.run.State("a:p"); state.String() != "running" {
				t.Errorf("a:p is %s", state)
			}
		})
	}
}

// 16.19: running supervisors take over what their entries say.
func TestReloadSupervisors(t *testing.T) {
	const processes = host + "  - {name: far, kind: process.host}\n" +
		"  - {name: p, kind: process.lua, source: server 1}\n  - {name: q, kind: process.lua, source: server 2}\n"
	sup := func(rest string) string {
		return "  - {name: sup, kind: process.supervisor, host: host, lifecycle: {auto_start: true}, " + rest + "}\n"
	}
	one := processes + sup("children: [{id: c, process: p, name: child}]")
	s := open(t, 1, actors(), one)
	changes := func(entries string, want app.Changes) {
		t.Helper()
		if got := s.run.Reload(s.load(entries)); !reflect.DeepEqual(got, want) {
			t.Errorf("reload gave %+v, want %+v", got, want)
		}
		s.sim.Settle()
	}
	fail := func() {
		t.Helper()
		pid, _ := s.Lookup("child")
		s.sendTo(pid, "fail")
	}
	s.run.AutoStart()
	s.sim.Settle()
	s.saw("a:p 1 runs")
	_, pid, _ := s.run.State("a:sup")

	two := processes + sup("intensity: 5, children: [{id: new, process: p}, {id: c, process: q, name: child}]")
	changes(two, app.Changes{Replaced: []string{"a:sup"}})
	s.saw()
	fail()
	s.saw("a:q 2 runs")
	changes(two, app.Changes{})

	// Another version of the process is that of the next restart, as ever.
	three := strings.Replace(two, "server 2", "server 3", 1)
	changes(three, app.Changes{Replaced: []string{"a:q"}})
	s.saw("a:q 2: pid.outdated [\"a:q\"]")
	fail()
	s.saw("a:q 3 runs")

	// How the supervisor itself is started, and hosts that are not, need a new
	// run, which is told as long as it is so.
	four := strings.Replace(three, "auto_start: true", "auto_start: true, stop_timeout: 1s", 1)
	changes(four, app.Changes{Replaced: []string{"a:sup"}, NeedRun: []string{"a:sup"}})
	changes(four, app.Changes{NeedRun: []string{"a:sup"}})
	changes(three, app.Changes{Replaced: []string{"a:sup"}})
	changes(processes[:len(processes)-len("  - {name: q, kind: process.lua, source: server 2}\n")]+
		"  - {name: q, kind: process.lua, source: server 3}\n"+sup("intensity: 5, children: [{id: c, process: p, name: child, host: far}]"),
		app.Changes{NeedRun: []string{"a:sup"}})
	fail()
	s.saw("a:q 3 runs")
	changes(three, app.Changes{Replaced: []string{"a:sup"}})

	// New supervisors can be started by scripts; with auto_start they need a run.
	other := "  - {name: other, kind: process.supervisor, host: host, children: [{id: c, process: p}]}\n"
	changes(three+other, app.Changes{Replaced: []string{"a:other"}})
	if _, err := s.Start(t.Context(), hostapi.Spawn{ID: "a:other", Host: "a:host"}, nil); err != nil {
		t.Error(err)
	}
	s.saw("a:p 1 runs")
	changes(three+strings.Replace(other, "host: host,", "host: host, lifecycle: {auto_start: true},", 1),
		app.Changes{Replaced: []string{"a:other"}, NeedRun: []string{"a:other"}})
	changes(processes+"  - {name: sup, kind: process.service, process: p}\n", app.Changes{Replaced: []string{"a:q"}, NeedRun: []string{"a:sup"}})
	if _, now, _ := s.run.State("a:sup"); now != pid {
		t.Errorf("the supervisor was started again: %s, then %s", pid, now)
	}
}

// 18.1, 15.4: a scope is started with what requires it, and stopped after it.
func TestScopeIsStarted(t *testing.T) {
	var opened []string
	s := open(t, 1, behaviours{"opener": func(s *stage, _ []string, t hostapi.Task) ([]hostapi.Value, error) {
		scopes, _ := hostapi.FacilityOf[hostapi.Grouper](t.Process())
		try := func(when string) error {
			_, err := scopes.OpenScope("a:scope")
			if err == nil {
				opened = append(opened, when)
			}
			return err
		}
		if err := try("started"); err != nil {
			return nil, err
		}
		if _, _, err := t.Process().Events().Receive(); err != nil {
			return nil, err
		}
		return nil, try("stopping")
	}}, host+"  - {name: scope, kind: pg.scope}\n  - {name: p, kind: process.lua, source: opener, lifecycle: {requires: [scope]}}\n")
	s.startAll("a:p")
	if err := s.run.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(opened, " "); got != "started stopping" {
		t.Errorf("opened when %q", got)
	}
}
