package core_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// records gives the lines of a log from level info on that hold a text.
func records(log, text string) (lines []string) {
	for line := range strings.Lines(log) {
		if strings.Contains(line, text) && !strings.Contains(line, "level=DEBUG") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// 64.4: whom a failure takes with it is one record, however long the chain is.
func TestCascadeIsOneRecord(t *testing.T) {
	for seed := range uint64(20) {
		h := &house{t: t, sim: core.NewSimulation(seed)}
		log := h.logged(core.Options{Scheduler: h.sim})
		h.define("leaf", func(a *actor) any { return a.forever() })
		h.define("node", func(a *actor) any {
			for range 3 {
				a.spawnLinked("leaf")
			}
			return a.forever()
		})
		h.define("busy", func(a *actor) any {
			a.message()
			for {
				must(a.t.Tick(100)) // dies on a worker, later than who waits
			}
		})
		h.define("culprit", func(a *actor) any {
			for range 40 {
				a.spawnLinked("node")
			}
			busy := a.spawnLinked("busy")
			a.sleep(time.Second)
			a.send(busy, "go")
			return errors.New("no disk")
		})
		h.main("ok", func(a *actor) any {
			a.spawnMonitored("culprit")
			a.event()
			a.sleep(time.Second)
			return "ok"
		})
		h.close()
		failed := records(log(), "process failed")
		if len(failed) != 1 || !strings.Contains(failed[0], `level=ERROR msg="process failed" entry=test:culprit pid={test:host|2} kind=Internal message="no disk"`) {
			t.Errorf("single records:\n%s", strings.Join(failed, "\n"))
		}
		took := records(log(), "took")
		if want := `level=ERROR msg="took 161 linked processes with it: test:leaf x120, test:node x40, test:busy x1" entry=test:culprit pid={test:host|2}`; len(took) != 1 || !strings.HasSuffix(took[0], want) {
			t.Errorf("summary:\n%s\nwant %s", strings.Join(took, "\n"), want)
		}
		if n := strings.Count(log(), `level=DEBUG msg="process failed"`); n != 161 {
			t.Errorf("%d records at debug, want one for each", n)
		}
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

// A process that a cascade strikes while it ends otherwise is none that it has taken;
// one that traps links and then fails begins another.
func TestCascadeTakesOnlyItsOwn(t *testing.T) {
	for seed := range uint64(20) {
		o := observe(t, seed)
		var cascades []core.Cascade
		o.define("leaf", func(a *actor) any { return a.forever() })
		o.define("trapping", func(a *actor) any {
			a.trap()
			a.spawnLinked("leaf")
			a.event()
			return errors.New("gave up")
		})
		o.define("culprit", func(a *actor) any {
			a.spawnLinked("trapping")
			a.sleep(time.Second)
			return errors.New("no disk")
		})
		o.main("ok", func(a *actor) any {
			a.spawnMonitored("culprit")
			a.event()
			a.sleep(time.Second)
			return "ok"
		})
		for _, e := range o.events {
			if e, ok := e.(core.Cascade); ok {
				cascades = append(cascades, e)
			}
		}
		if len(cascades) != 1 || cascades[0].First.Entry != "test:trapping" || fmt.Sprint(cascades[0].Killed) != "[{test:leaf 1}]" {
			t.Errorf("with seed %d: cascades %+v", seed, cascades)
		}
		o.close()
	}
}

// 64.4: from its second failure on a service that fails alike is one record a failure.
func TestCrashLoopIsShort(t *testing.T) {
	h := &house{t: t, sim: core.NewSimulation(1)}
	log := h.logged(core.Options{Scheduler: h.sim})
	runs := 0
	h.define("loops", func(a *actor) any {
		if runs++; runs == 4 {
			return errors.New("another")
		}
		err := hostapi.Errorf(hostapi.Internal, "down")
		err.Stack = "loops.lua:1: down\nwhere it was"
		return err
	})
	options := core.DefaultService
	options.Name, options.Spawn, options.MaxAttempts = "test:loops", req("loops"), 5
	options.Restart.Jitter = 0
	h.NewService(options).Start()
	h.sim.Run()
	h.close()
	var got []string
	for _, line := range records(log(), "test:loops") {
		_, line, _ = strings.Cut(line, "level=")
		line, _, _ = strings.Cut(line, " history=")
		got = append(got, line)
	}
	want := []string{
		`ERROR msg="process failed" entry=test:loops pid={test:host|1} kind=Internal message=down stack="where it was"`,
		`WARN msg="entry failed, to be restarted" entry=test:loops restart=1 delay=1s kind=Internal error=down`,
		`WARN msg="entry failed as before, to be restarted" entry=test:loops restart=2 delay=2s kind=Internal error=down`,
		`WARN msg="entry failed as before, to be restarted" entry=test:loops restart=3 delay=4s kind=Internal error=down`,
		`ERROR msg="process failed" entry=test:loops pid={test:host|4} kind=Internal message=another`,
		`WARN msg="entry failed, to be restarted" entry=test:loops restart=4 delay=8s kind=Internal error=another`,
		`ERROR msg="process failed" entry=test:loops pid={test:host|5} kind=Internal message=down`,
		`WARN msg="entry failed, to be restarted" entry=test:loops restart=5 delay=16s kind=Internal error=down`,
		`ERROR msg="entry failed for good" entry=test:loops restarts=5 kind=Internal error=down`,
	}
	h.equal("log", strings.Join(got, "\n"), strings.Join(want, "\n"))
}
