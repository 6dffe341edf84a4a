package conformance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/hostapi"
)

func playOn(t *testing.T, e conformance.Engine, o conformance.Options, cases ...conformance.Case) []conformance.Result {
	t.Helper()
	o.Engines = []conformance.Engine{e}
	o.Cases = cases
	results, err := conformance.Play(o)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func passing(*conformance.Stage) {}

func failing(s *conformance.Stage) {
	a := s.Actor()
	b := a.Spawns("spawn_monitored")
	b.Fail("broken")
	a.Gives(conformance.Event(), "no event")
}

func TestFailureIsExplained(t *testing.T) {
	c := conformance.Case{Name: "topic/claim", Claim: "It holds.", Clauses: "2.1, 2.2", Scenario: failing}
	r := playOn(t, nativeEngine(), conformance.Options{Seed: 7}, c)[0]
	if r.Status != conformance.Failed || r.Failure.Seed != 7 {
		t.Fatalf("status %s, failure %+v", r.Status, r.Failure)
	}
	for _, want := range []string{"It holds.", "2.1, 2.2", "--seed 7", "no event", "broken", "spawn_monitored", "app:peer"} {
		if !strings.Contains(r.Text(), want) {
			t.Errorf("no %q in\n%s", want, r.Text())
		}
	}
}

func TestSameSeedSameRun(t *testing.T) {
	c := conformance.Case{Name: "topic/claim", Claim: "It holds.", Clauses: "2.1", Scenario: func(s *conformance.Stage) {
		for _, a := range s.Actors(3) {
			a.Begin(conformance.Times(5, conformance.Report(string(a.PID), conformance.Call("coroutine.yield"))))
		}
		s.Quiet()
		s.Fail("%s", strings.Join(s.Order(), " "))
	}}
	orders := make(map[string]bool)
	for seed := range uint64(20) {
		var texts [2]string
		for i := range texts {
			texts[i] = playOn(t, nativeEngine(), conformance.Options{Seed: seed + 1, Schedules: 1}, c)[0].Text()
		}
		if texts[0] != texts[1] {
			t.Fatalf("seed %d gave\n%s\nand then\n%s", seed+1, texts[0], texts[1])
		}
		orders[strings.Split(texts[0], "\n")[3]] = true
	}
	if len(orders) < 5 {
		t.Errorf("20 seeds gave only %d interleavings", len(orders))
	}
}

func TestDeclaredLacks(t *testing.T) {
	cases := []conformance.Case{
		{Name: "topic/works", Claim: "It works.", Clauses: "2.1", Scenario: passing},
		{Name: "topic/fails", Claim: "It fails.", Clauses: "2.1", Scenario: failing},
	}
	e := nativeEngine()
	e.Lacks = map[string]string{"topic/works": "not yet", "topic/fails": "not yet"}
	results := playOn(t, e, conformance.Options{}, cases...)
	if r := results[0]; r.Status != conformance.Failed || !strings.Contains(r.Text(), "remove the declaration") {
		t.Errorf("a declared lack that works: %s", r.Text())
	}
	if r := results[1]; r.Status != conformance.Lacking || r.Reason != "not yet" {
		t.Errorf("a declared lack: %s %s", r.Status, r.Reason)
	}
}

func TestScheduleWithoutEndFails(t *testing.T) {
	for name, scenario := range map[string]func(*conformance.Stage){
		"busy": func(s *conformance.Stage) { s.Start(conformance.Lead, conformance.Spin()); s.Quiet() },
		"idle": func(s *conformance.Stage) { s.AwaitReports("never", 1) },
		"dead": func(s *conformance.Stage) { s.Actor().Do(conformance.Throw("x")) },
		"bug":  func(s *conformance.Stage) { panic("in the scenario") },
	} {
		c := conformance.Case{Name: "topic/" + name, Claim: "It ends.", Clauses: "2.1", Scenario: scenario}
		if r := playOn(t, nativeEngine(), conformance.Options{Schedules: 1}, c)[0]; r.Status != conformance.Failed {
			t.Errorf("%s: %s", name, r.Status)
		}
	}
}

func TestSelection(t *testing.T) {
	lua := conformance.Case{Name: "lua/x", Claim: "X.", Clauses: "2.1", Language: "lua", Scenario: passing}
	solo := conformance.Case{Name: "topic/solo", Claim: "X.", Clauses: "2.1", Solo: true, Scenario: passing}
	virtual := conformance.Case{Name: "topic/virtual", Claim: "X.", Clauses: "2.1", Virtual: true, Scenario: passing}
	e := engines()
	o := conformance.Options{Engines: e, Pairs: true, Cases: []conformance.Case{lua, solo, virtual}, Parallel: 2}
	results, err := conformance.Play(o)
	if err != nil {
		t.Fatal(err)
	}
	// Four engines; two speak Lua, and lead three pairs each.
	const want = (2 + 2*3) + 4 + 4*4
	if len(results) != want || o.Count() != want {
		t.Errorf("%d results, %d announced, want %d", len(results), o.Count(), want)
	}
	o.Case = "topic/*"
	if n := len(o.Selected()); n != 2 {
		t.Errorf("%d cases selected, want 2", n)
	}
	o.Real, o.Pairs = true, false
	results, _ = conformance.Play(o)
	for _, r := range results {
		if wantStatus := map[bool]conformance.Status{true: conformance.Skipped, false: conformance.Passed}[r.Case.Virtual]; r.Status != wantStatus {
			t.Errorf("%s on real workers: %s, want %s", r.Case.Name, r.Status, wantStatus)
		}
	}
	o.Case = "["
	if _, err := conformance.Play(o); err == nil {
		t.Error("a bad glob is accepted")
	}
	if _, err := conformance.Play(conformance.Options{Engines: []conformance.Engine{{Engine: double{}}}}); err == nil {
		t.Error("an engine of an unknown language needs no puppet")
	}
}

func TestCodeText(t *testing.T) {
	for want, c := range map[string]conformance.Code{
		`process.send("x", "t", 1)`:                           conformance.Send("x", "t", 1),
		`c = channel.new(2); c:send("v"); c:receive()`:        conformance.Seq(conformance.Let("c", conformance.Call("channel.new", 2)), conformance.Method(conformance.Get("c"), "send", "v"), conformance.Receive(conformance.Get("c"))),
		`a, b = c:receive()`:                                  conformance.Bind(conformance.Receive(conformance.Get("c")), "a", "b"),
		`process.set_options(trap_links = true)`:              conformance.CallWith("process.set_options", map[string]any{"trap_links": true}),
		`select{c:case_receive(), default = true}`:            conformance.SelectOr(true, conformance.Method(conformance.Get("c"), "case_receive")),
		`process.spawn("app:peer", "app:host", error("bad"))`: conformance.Spawn("spawn", conformance.Peer, conformance.Throw("bad")),
	} {
		if c.String() != want {
			t.Errorf("got %s, want %s", c, want)
		}
	}
}

// The suite is usable by strangers: T is what *testing.T satisfies, and anything
// like it.
func TestRunReportsFailures(t *testing.T) {
	l := &log{}
	conformance.RunSuite(l, conformance.Options{
		Engines: []conformance.Engine{nativeEngine()},
		Cases:   []conformance.Case{{Name: "topic/fails", Claim: "It fails.", Clauses: "2.1", Scenario: failing}},
	})
	if len(l.errors) != 1 || !strings.Contains(l.errors[0], "It fails.") || l.names[0] != "native/topic/fails" {
		t.Errorf("errors %q of %q", l.errors, l.names)
	}
}

type log struct{ errors, names []string }

func (l *log) Helper()                        {}
func (l *log) Logf(string, ...any)            {}
func (l *log) Errorf(format string, a ...any) { l.errors = append(l.errors, fmt.Sprintf(format, a...)) }
func (l *log) Run(name string, f func(*log)) bool {
	l.names = append(l.names, name)
	f(l)
	return true
}

var _ hostapi.Engine = double{}
