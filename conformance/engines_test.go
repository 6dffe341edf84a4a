package conformance_test

import (
	"testing"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
)

// nativeEngine is the test double as an engine under test.
func nativeEngine() conformance.Engine {
	return conformance.Engine{Engine: double{}, Puppet: "the puppet of puppet_test.go"}
}

func engines() []conformance.Engine {
	return []conformance.Engine{nativeEngine(), {Engine: gopherlua.New()}, {Engine: golua.New()}, {Engine: starlark.New()}}
}

// schedules gives the number of schedules to play: few with -short, which is
// how the race detector runs, since a simulation has nothing for it to find.
func schedules(n int) int {
	if testing.Short() {
		return min(n, 2)
	}
	return n
}

func TestEngines(t *testing.T) {
	conformance.RunSuite(t, conformance.Options{Engines: engines(), Parallel: 2, Schedules: schedules(20)})
}

func TestPairs(t *testing.T) {
	conformance.RunSuite(t, conformance.Options{Engines: engines(), Pairs: true, Parallel: 2, Schedules: schedules(5), Seed: 100})
}

// The same on real workers; run with -race to find data races.
func TestRealWorkers(t *testing.T) {
	conformance.RunSuite(t, conformance.Options{Engines: engines(), Pairs: true, Real: true, Parallel: 4})
}
