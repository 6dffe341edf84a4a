package examples

import (
	"context"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// TestPlanner plays the days of the README: the program runs for two, is down for two
// nights, and runs again with what it has kept.
func TestPlanner(t *testing.T) {
	readme, err := os.ReadFile("planner/README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?m)(?:^    (?:\d{4}-\d\d-\d\d|report of) .*\n)+`).FindAllString(string(readme), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of output in the README", len(blocks))
	}
	const day = 24 * time.Hour
	eachEngine(t, func(t *testing.T, engine string) {
		for seed := range uint64(plannerSeeds()) {
			dir := t.TempDir()
			for i, run := range []struct{ from, length time.Duration }{{0, day + 20*time.Hour}, {3*day + 12*time.Hour, 8 * time.Hour}} {
				s := openData(t, "planner", engine, seed, dir, run.from)
				s.run.AutoStart()
				s.sim.RunFor(run.length)
				if err := s.run.Wait(context.Background()); err != nil {
					t.Fatal(err)
				}
				// What was missed is made up at once, in any order.
				if got, want := sorted(s.output.String()), sorted(strings.ReplaceAll(blocks[i], "    ", "")); got != want {
					t.Errorf("seed %d, run %d: output\n%swant\n%s", seed, i, got, want)
				}
				if i == 1 {
					s.plansAWalk(seed)
				}
				s.close()
			}
			if t.Failed() {
				return
			}
		}
	})
}

// plannerSeeds is how many schedules are tried: each run is three thousand minutes long.
func plannerSeeds() int {
	if os.Getenv("UNDERSTUDY_LONG") != "" {
		return seeds
	}
	return 2
}

// sorted sorts lines.
func sorted(text string) string {
	lines := strings.SplitAfter(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// plansAWalk adds a plan, as the README says, and another that is none. It is eight in the
// evening of 4 January.
func (s *stage) plansAWalk(seed uint64) {
	plan := func(expr string) (hostapi.Value, error) {
		return s.rt.Exec(context.Background(), hostapi.Spawn{
			ID: "app:plan", Host: "app:processes", Args: []hostapi.Value{hostapi.String("walk"), hostapi.String(expr), hostapi.String("walk the dog")},
		})
	}
	if v, err := plan("now and then"); !errors.Is(err, hostapi.Invalid) {
		s.t.Errorf("seed %d: a plan that is none gives %s, %v", seed, v, err)
	}
	if v, err := plan("0 18 * * *"); err != nil || v.Str() != "walk is due at 2020-01-05 18:00" {
		s.t.Errorf("seed %d: the plan gives %s, %v", seed, v, err)
	}
	if v, err := plan("0 19 * * *"); !errors.Is(err, hostapi.AlreadyExists) {
		s.t.Errorf("seed %d: another of the name gives %s, %v", seed, v, err)
	}
	s.output.Reset()
	s.sim.RunFor(22*time.Hour + time.Minute)
	if got := s.output.String(); !strings.Contains(got, "2020-01-05 18:00 walk: walk the dog\n") {
		s.t.Errorf("seed %d: the next day\n%s", seed, got)
	}
}
