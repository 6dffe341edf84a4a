package conformance_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/hostapi"
)

// script is a program for several processes: rounds of actions that are begun
// at the same time, by different processes.
type script [][]action

func (s script) String() string {
	var lines []string
	for _, round := range s {
		lines = append(lines, fmt.Sprint(round))
	}
	return strings.Join(lines, "\n")
}

// kinds are the actions drawn, the frequent ones several times.
var kinds = []string{
	"link", "link", "link", "unlink", "monitor", "monitor", "unmonitor", "send", "sendname", "cancel", "kill", "terminate",
	"trap", "trap", "untrap", "return", "fail", "fail", "register", "unregister", "lookup",
}

func drawScript(t *rapid.T, people int) script {
	var s script
	for range rapid.IntRange(1, 8).Draw(t, "rounds") {
		var round []action
		for actor := range people {
			if rapid.IntRange(0, 2).Draw(t, "acts") == 0 {
				continue
			}
			if len(round) == 3 {
				break
			}
			round = append(round, action{
				actor: actor, kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
				target: rapid.IntRange(0, people-1).Draw(t, "target"), name: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "name"),
			})
		}
		s = append(s, round)
	}
	return s
}

// TestRandomPrograms runs random programs on the runtime and on the model:
// what is observed must be what the model allows.
func TestRandomPrograms(t *testing.T) {
	for _, e := range engines() {
		t.Run(e.Info().Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				people := rapid.IntRange(2, 4).Draw(t, "processes")
				agree(t, e, people, rapid.Uint64Range(1, 1<<32).Draw(t, "seed"), drawScript(t, people))
			})
		})
	}
}

// TestRegressions replays what once went wrong, and corners drawn by hand,
// under many schedules.
func TestRegressions(t *testing.T) {
	for name, s := range map[string]script{
		"cascade around a trapping process": {
			{{0, "link", 1, ""}, {1, "link", 2, ""}, {2, "link", 0, ""}}, {{0, "trap", 0, ""}}, {{1, "fail", 0, ""}, {0, "monitor", 2, ""}},
		},
		"unlink races with the failure": {
			{{0, "link", 1, ""}}, {{0, "unlink", 1, ""}, {1, "fail", 0, ""}}, {{0, "lookup", 0, "x"}},
		},
		"unmonitor races with the end": {
			{{0, "monitor", 1, ""}}, {{0, "unmonitor", 1, ""}, {1, "return", 0, ""}},
		},
		"two killers": {
			{{0, "monitor", 2, ""}, {1, "monitor", 2, ""}}, {{0, "terminate", 2, ""}, {1, "kill", 2, ""}, {2, "send", 0, ""}},
		},
		"mutual termination": {
			{{2, "monitor", 0, ""}}, {{2, "monitor", 1, ""}}, {{0, "terminate", 1, ""}, {1, "terminate", 0, ""}},
		},
		"a name passes on": {
			{{0, "register", 0, "x"}}, {{0, "fail", 0, ""}, {1, "register", 0, "x"}, {2, "sendname", 0, "x"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, e := range engines() {
				for seed := range uint64(schedules(50)) {
					agree(t, e, 3, seed+1, s)
				}
			}
		})
	}
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

// agree plays a script on an engine and compares with the model.
func agree(t fataler, e conformance.Engine, people int, seed uint64, s script) {
	t.Helper()
	c := conformance.Case{
		Name: "model/agrees", Claim: "What is observed is what the model allows.", Clauses: "2.23",
		Scenario: func(stage *conformance.Stage) { follow(stage, people, s) },
	}
	results, err := conformance.Play(conformance.Options{Engines: []conformance.Engine{e}, Cases: []conformance.Case{c}, Seed: seed, Schedules: 1})
	if err != nil {
		t.Fatalf("%v", err)
	}
	if r := results[0]; r.Status != conformance.Passed {
		t.Fatalf("%s\nthe script:\n%s", r.Text(), s)
	}
}

// follow plays a script and keeps the states of the model that agree with what
// was seen.
func follow(s *conformance.Stage, people int, rounds script) {
	actors := s.Actors(people)
	numbers := make(map[string]int)
	for i, a := range actors {
		numbers[string(a.PID)] = i
	}
	begin := &world{people: make([]person, people), names: make(map[string]int)}
	worlds := []*world{begin}
	for n, round := range rounds {
		commands := make(map[int]*conformance.Command)
		var begun []action
		for _, a := range round {
			if _, ended := s.Ended(actors[a.actor].PID); !ended && commands[a.actor] == nil {
				commands[a.actor] = actors[a.actor].Begin(code(a, actors))
				begun = append(begun, a)
			}
		}
		s.Quiet()
		seen := observe(s, actors, commands, numbers)
		var agreeing []*world
		allowed := make(map[string]bool)
		for _, w := range worlds {
			c := w.clone()
			for _, a := range begun {
				c.people[a.actor].todo = &a
			}
			for _, out := range c.outcomes() {
				allowed[out.seen()] = true
				if out.seen() == seen {
					agreeing = append(agreeing, out.read())
				}
			}
		}
		if len(agreeing) == 0 {
			var texts []string
			for text := range allowed {
				texts = append(texts, text)
			}
			s.Fail("round %d %v: seen\n%s\nallowed are\n%s", n+1, begun, seen, strings.Join(texts, "\nor\n"))
		}
		worlds = distinct(agreeing)
	}
}

// read gives the world after all results, events and messages have been read.
func (w *world) read() *world {
	for i := range w.people {
		p := &w.people[i]
		p.result, p.events, p.inbox = "", nil, nil
	}
	return w
}

func distinct(worlds []*world) []*world {
	seen := make(map[string]bool)
	var out []*world
	for _, w := range worlds {
		if k := w.key(); !seen[k] {
			seen[k] = true
			out = append(out, w)
		}
	}
	return out
}

// code gives an action as code for a puppet.
func code(a action, actors []*conformance.Actor) conformance.Code {
	pid := actors[a.target].PID
	switch a.kind {
	case "send":
		return conformance.Send(pid, "t")
	case "sendname":
		return conformance.Send(a.name, "t")
	case "cancel":
		return conformance.Call("process.cancel", pid)
	case "kill":
		return conformance.Call("process.cancel", pid, 0)
	case "trap", "untrap":
		return conformance.CallWith("process.set_options", map[string]any{"trap_links": a.kind == "trap"})
	case "return":
		return conformance.Finish()
	case "fail":
		return conformance.Throw("failed")
	case "register", "unregister", "lookup":
		return conformance.Call("process.registry."+a.kind, a.name)
	}
	return conformance.Call("process."+a.kind, pid)
}

// observe tells what each process has seen, in the words of the model.
func observe(s *conformance.Stage, actors []*conformance.Actor, commands map[int]*conformance.Command, numbers map[string]int) string {
	who := func(pid hostapi.Value) string { return fmt.Sprintf("p%d", numbers[pid.Str()]) }
	var ending func(r hostapi.Result) string
	ending = func(r hostapi.Result) string {
		if r.Err == nil {
			return "value"
		}
		if d := r.Err.Details; d != nil && r.Err.Message == "linked process failed" {
			// The reason is the message of the peer's error: its own end says more.
			peer, _ := s.Ended(hostapi.PID(d.Get("pid").Str()))
			if peer.Err == nil || peer.Err.Error() != d.Get("reason").Str() {
				return fmt.Sprintf("linked to %s for a reason that is not its end", who(d.Get("pid")))
			}
			return "linked process failed: " + who(d.Get("pid")) + " " + ending(peer)
		}
		return r.Err.Message
	}
	p := make([]person, len(actors))
	for i, a := range actors {
		if c := commands[i]; c != nil && c.Done() {
			p[i].result = describe(c.Wait(), numbers)
		}
		if r, ended := s.Ended(a.PID); ended {
			p[i].state, p[i].end = dead, ending(r)
			continue
		}
		for {
			e := a.Do(conformance.PollEvent()).First()
			if e.Str() == "empty" {
				break
			}
			m := e.Map()
			line := map[string]string{"pid.exit": "EXIT ", "pid.link.down": "LINK_DOWN ", "pid.cancel": "CANCEL "}[m.Get("kind").Str()] + who(m.Get("from"))
			if r := m.Get("result").Map(); r != nil {
				line += " " + ending(hostapi.Result{Value: r.Get("value"), Err: r.Get("error").Err()})
			}
			p[i].events = append(p[i].events, line)
		}
		for {
			from := a.Do(conformance.Let("m", conformance.Poll(conformance.Call("process.inbox"))),
				conformance.If(conformance.Equal(conformance.Get("m"), "empty"), "empty", conformance.Method(conformance.Get("m"), "from"))).First()
			if from.Str() == "empty" {
				break
			}
			p[i].inbox = append(p[i].inbox, who(from))
		}
	}
	return (&world{people: p}).seen()
}

// describe gives the results of a command in the words of the model.
func describe(seen conformance.Seen, numbers map[string]int) string {
	v := seen.First()
	if err := seen.At(1).Err(); err != nil {
		return string(err.Kind)
	}
	if i, ok := numbers[v.Str()]; ok {
		return fmt.Sprintf("p%d", i)
	}
	if v.Type() == hostapi.TypeBool {
		return fmt.Sprint(v.Bool())
	}
	return ""
}

// TestModelCatchesMutants shows that random programs can tell a wrong core from
// the right one.
func TestModelCatchesMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("played under one simulation after the other: the full run covers it")
	}
	wanted := map[string]bool{
		"monitor does nothing": true, "unmonitor does nothing": true, "link does nothing": true, "unlink does nothing": true,
		"an untrapped link does not kill": true, "set_options does nothing": true, "terminate only asks": true,
		"terminate has the error of cancel": true, "cancel without timeout forces": true, "send to the dead is true": true,
		"send delivers twice": true, "register steals names": true, "unregister is always true": true,
		"a normal exit signals links": true, "monitoring twice is accepted": true,
	}
	scripts := rapid.Custom(func(t *rapid.T) script { return drawScript(t, 3) })
	for _, m := range append(coreMutants(), engineMutants()...) {
		if !wanted[m.name] {
			continue
		}
		delete(wanted, m.name)
		t.Run(m.name, func(t *testing.T) {
			e := conformance.Engine{Engine: m.engine, Puppet: "the puppet of puppet_test.go"}
			for i := range 500 {
				var r recorder
				agree(&r, e, 3, uint64(i+1), scripts.Example(i))
				if r.failed {
					return
				}
			}
			t.Error("500 random programs did not tell it from the right one")
		})
	}
	for name := range wanted {
		t.Errorf("there is no mutant %q", name)
	}
}

type recorder struct{ failed bool }

func (r *recorder) Helper()               {}
func (r *recorder) Fatalf(string, ...any) { r.failed = true }
