package conformance_test

import (
	"os"
	"runtime/debug"
	"testing"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(300) // as the command does
	os.Exit(m.Run())
}

// nativeEngine is the test double as an engine under test.
func nativeEngine() conformance.Engine {
	return conformance.Engine{Engine: double{}, Puppet: "the puppet of puppet_test.go"}
}

func engines() []conformance.Engine {
	return []conformance.Engine{nativeEngine(), {Engine: gopherlua.New()}, {Engine: golua.New()}, {Engine: starlark.New()}}
}

// long says that the long explorations are made too (CONTRIBUTING.md).
func long() bool { return os.Getenv("UNDERSTUDY_LONG") != "" }

// schedules gives how many of n schedules are played: all in the long run, else a
// sixth; few with -short, which is how the race detector runs, since a simulation
// has nothing for it to find.
func schedules(n int) int {
	switch {
	case testing.Short():
		return min(n, 2)
	case long():
		return n
	}
	return max(1, n/6)
}

func TestEngines(t *testing.T) {
	conformance.RunSuite(t, conformance.Options{Engines: engines(), Parallel: 2, Schedules: schedules(20)})
}

func TestPairs(t *testing.T) {
	conformance.RunSuite(t, conformance.Options{Engines: engines(), Pairs: true, Parallel: 2, Schedules: schedules(5), Seed: 100})
}

// The same on real workers; run with -race to find data races. Pairs are left to that
// and to the long run.
func TestRealWorkers(t *testing.T) {
	conformance.RunSuite(t, conformance.Options{Engines: engines(), Pairs: testing.Short() || long(), Real: true, Parallel: 4})
}
