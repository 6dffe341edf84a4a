// Package examples tests the example apps: each runs on the virtual clock, on
// every engine, and its output is checked against its README.
package examples

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world"
	"github.com/understudy-run/understudy/world/sql/drivers"
)

func engines() []hostapi.Engine {
	return []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()}
}

// stage is an example app on a simulated runtime.
type stage struct {
	t      *testing.T
	app    *app.App
	sim    *core.Simulation
	rt     *core.Runtime
	run    *lifecycle.Run
	output bytes.Buffer
}

func open(t *testing.T, dir, engine string, seed uint64) *stage {
	t.Helper()
	return openData(t, dir, engine, seed, "", 0)
}

// openData opens an app with a data directory, after some virtual time. What it does
// outside is done.
func openData(t *testing.T, dir, engine string, seed uint64, data string, after time.Duration) *stage {
	t.Helper()
	a, found := app.LoadDir(dir, app.Options{Engines: engines(), Modules: append(modules.Standard(), world.Modules()...), Kinds: append(world.Kinds(), drivers.Kinds()...), Data: data, EngineOverride: engine})
	if len(found) > 0 {
		t.Fatal(found)
	}
	s := &stage{t: t, app: a, sim: core.NewSimulation(seed)}
	s.sim.RunFor(after)
	s.rt = core.New(core.Options{
		Scheduler: s.sim, Output: &s.output, Seed: seed + 1,
		Outside: func(string, hostapi.Op) core.Handling { return core.Perform() },
	})
	run, err := lifecycle.New(s.rt, a, lifecycle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.run = run
	return s
}

func (s *stage) close() {
	s.t.Helper()
	if err := s.run.Stop(context.Background()); err != nil {
		s.t.Error(err)
	}
	if left := s.rt.Processes(); len(left) > 0 {
		s.t.Errorf("processes left: %v", left)
	}
	if err := s.run.Close(context.Background()); err != nil {
		s.t.Error(err)
	}
}

// eachEngine runs a test on every engine.
func eachEngine(t *testing.T, test func(t *testing.T, engine string)) {
	for _, e := range engines() {
		t.Run(e.Info().Name, func(t *testing.T) { test(t, e.Info().Name) })
	}
}

// seeds is how many schedules of each program are tried.
const seeds = 10

// TestSupervision runs every program of the table in the README and compares
// what it returns.
func TestSupervision(t *testing.T) {
	readme, err := os.ReadFile("supervision/README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `(app:\\w+)` \\|.*\\| `([^`]+)` \\|$").FindAllStringSubmatch(string(readme), -1)
	if len(rows) != 11 {
		t.Fatalf("%d programs in the README, want 11", len(rows))
	}
	eachEngine(t, func(t *testing.T, engine string) {
		for _, row := range rows {
			t.Run(row[1], func(t *testing.T) {
				for seed := range uint64(seeds) {
					s := open(t, "supervision", engine, seed)
					s.run.Start("app:processes")
					v, err := s.rt.Exec(context.Background(), hostapi.Spawn{ID: row[1], Host: "app:processes"})
					if err != nil {
						t.Errorf("seed %d: %v", seed, err)
					} else if v.Str() != row[2] {
						t.Errorf("seed %d: returned %s, README says %q", seed, v, row[2])
					}
					s.close()
				}
			})
		}
	})
}

// TestSupervisionCoversTheNamespace checks that the README leaves no program out.
func TestSupervisionCoversTheNamespace(t *testing.T) {
	readme, err := os.ReadFile("supervision/README.md")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, "supervision", "", 1)
	for _, e := range s.app.Entries {
		if p, ok := e.(*app.Process); ok && p.Namespace == "app" && !strings.Contains(string(readme), "`"+p.ID+"`") {
			t.Errorf("%s is not in the README", p.ID)
		}
	}
	s.close()
}

// TestWorkerPool watches a pool for ten seconds: every worker the saboteur
// terminates is replaced, and jobs go on being done.
func TestWorkerPool(t *testing.T) {
	eachEngine(t, func(t *testing.T, engine string) {
		for seed := range uint64(seeds) {
			s := open(t, "worker-pool", engine, seed)
			s.run.AutoStart()
			s.sim.RunFor(10 * time.Second)
			if err := s.run.Wait(context.Background()); err != nil {
				t.Fatal(err)
			}
			output := s.output.String()
			killed := regexp.MustCompile(`(?m)^Saboteur: terminating worker-(\d) `).FindAllStringSubmatch(output, -1)
			if len(killed) != 4 && len(killed) != 5 {
				t.Errorf("seed %d: %d workers terminated in ten seconds, want one every two", seed, len(killed))
			}
			for _, k := range killed[:len(killed)-1] {
				_, after, _ := strings.Cut(output, k[0])
				if !strings.Contains(after, "Worker "+k[1]+" died after ") || !strings.Contains(after, "Worker "+k[1]+" started: ") {
					t.Errorf("seed %d: worker %s was not replaced", seed, k[1])
				}
			}
			if n := strings.Count(output, "Result: worker "); n < 15 {
				t.Errorf("seed %d: %d results in ten seconds, want at least 15 of 24 jobs", seed, n)
			}
			s.close()
			for _, want := range []string{"Worker 1 cancelled", "Worker 2 cancelled", "Worker 3 cancelled", "Worker 4 cancelled"} {
				if !strings.Contains(s.output.String(), want) {
					t.Errorf("seed %d: no %q after the shutdown", seed, want)
				}
			}
			if t.Failed() {
				t.Log(s.output.String())
				return
			}
		}
	})
}

// TestPolyglot runs the app of three interpreters as it is, and with every Lua
// entry moved to one engine: the output is that of the README.
func TestPolyglot(t *testing.T) {
	readme, err := os.ReadFile("polyglot/README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?m)(^    (sums|lost|6 workers).*\n)+`).FindString(string(readme))
	want := strings.ReplaceAll(block, "    ", "")
	if strings.Count(want, "\n") != 6 {
		t.Fatalf("no output in the README, but %q", want)
	}
	for _, engine := range []string{"", "gopherlua", "golua", "starlark"} {
		for seed := range uint64(seeds) {
			s := open(t, "polyglot", engine, seed)
			s.run.Start("poly:processes")
			v, err := s.rt.Exec(context.Background(), hostapi.Spawn{ID: "poly:supervisor", Host: "poly:processes"})
			if err != nil {
				t.Fatalf("engine %q, seed %d: %v", engine, seed, err)
			}
			if got := s.output.String() + v.Str() + "\n"; got != want {
				t.Errorf("engine %q, seed %d: output\n%swant\n%s", engine, seed, got, want)
			}
			s.close()
		}
	}
}
