package conformance_test

import (
	"fmt"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
)

// A case says one sentence and shows it with puppets, whatever the engine.
func ExampleCase() {
	c := conformance.Case{
		Name:    "link/abnormal_exit_kills",
		Claim:   "When a process fails, a linked process that traps no links is killed.",
		Clauses: "5.6",
		Scenario: func(s *conformance.Stage) {
			a := s.Actor()
			b := a.Spawns("spawn_linked")
			b.Fail("broken")
			s.Fails(a.PID, conformance.Fails(hostapi.Internal, "linked process failed"))
		},
	}
	results, err := conformance.Play(conformance.Options{
		Engines: []conformance.Engine{{Engine: gopherlua.New()}},
		Cases:   []conformance.Case{c},
	})
	if err != nil {
		panic(err)
	}
	for _, r := range results {
		fmt.Println(r.Case.Name, r.Status, "under", r.Schedules, "schedules")
	}
	// Output: link/abnormal_exit_kills passed under 20 schedules
}

// Codes are small programs for puppets; they print as a reader of Lua would
// write them.
func ExampleCode() {
	fmt.Println(conformance.Seq(
		conformance.Let("c", conformance.Call("channel.new", 1)),
		conformance.Go(conformance.Method(conformance.Get("c"), "send", "hello")),
		conformance.Receive(conformance.Get("c")),
	))
	// Output: c = channel.new(1); go { c:send("hello") }; c:receive()
}
