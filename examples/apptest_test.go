package examples

import (
	"testing"

	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world"
	"github.com/understudy-run/understudy/world/sql/drivers"
)

// The tests that examples have of their own, on every engine, as understudy test runs them.
func TestAppsTestThemselves(t *testing.T) {
	for _, dir := range []string{"orders", "planner", "polyglot", "shipper", "supervision", "supervision-tree", "webhook", "worker-pool"} {
		t.Run(dir, func(t *testing.T) {
			o := apptest.Options{
				Dir: dir, Engines: engines(), Engine: "all", Kinds: append(world.Kinds(), drivers.Kinds()...),
				Modules: append(modules.Standard(), world.Modules()...),
			}
			if testing.Short() {
				o.Schedules = 3
			}
			apptest.Run(t, o)
		})
	}
}
