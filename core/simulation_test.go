package core_test

import (
	"errors"
	"fmt"

	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
)

// traceOf runs a busy app under a seed and gives all that can be observed of it.
func traceOf(t *testing.T, seed uint64) []string {
	var seen []string
	h := &house{t: t, sim: core.NewSimulation(seed)}
	h.sim.Trace = func(step int, r core.Runnable) { seen = append(seen, fmt.Sprint(step, " ", r)) }
	log := slog.New(slog.NewTextHandler(writer(func(line string) { seen = append(seen, line) }),
		&slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{} // that of the log, not of the runtime
			}
			return a
		}}))
	h.open(core.Options{Scheduler: h.sim, Seed: 5, Log: log}, 1)
	h.define("worker", func(a *actor) any {
		must(a.Print(lines("seed", a.Seed())))
		for {
			s := a.pick(receiving(a.Events()), receiving(a.Inbox()))
			if s.Index == 0 {
				return errors.New("cancelled")
			}
			a.sleep(ms)
			_ = soft(a.Send(s.Value.Message().Data().Str(), "done", vals(a.self())))
			must(a.t.Tick(500))
		}
	})
	h.main("ok", func(a *actor) any {
		a.trap()
		var pids []string
		for range 5 {
			s := req("worker")
			s.Link, s.Monitor = true, true
			pids = append(pids, string(must1(a.Spawn(s))))
		}
		for i := range 40 {
			a.send(pids[i%5], "work", a.self())
		}
		for range 20 {
			a.message()
		}
		for _, pid := range pids {
			must(a.Cancel(pid, ms, ""))
		}
		for range 10 {
			e := a.event()
			must(a.Print(lines(kind(e), from(e), failure(e), e.Get("at"))))
		}
		return "ok"
	})
	h.close()
	return append(seen, h.seen...)
}

// The same seed gives the same run, another one another.
func TestSameSeedSameRun(t *testing.T) {
	different := false
	first := traceOf(t, 0)
	for seed := range uint64(20) {
		one, two := traceOf(t, seed), traceOf(t, seed)
		if !slices.Equal(one, two) {
			for i := range one {
				if i >= len(two) || one[i] != two[i] {
					t.Fatalf("seed %d: step %d: %s / %s", seed, i, one[i], strings.Join(two[i:], "")[:80])
				}
			}
			t.Fatalf("seed %d: one run is longer", seed)
		}
		different = different || !slices.Equal(one, first)
	}
	if !different {
		t.Error("all seeds give one run")
	}
}

// A simulation explores orders: two senders' messages arrive both ways round.
func TestSimulationExploresOrders(t *testing.T) {
	orders := map[string]int{}
	seeds(t, 100, func(h *house) {
		h.define("sender", func(a *actor) any { a.send(a.arg(0), a.arg(1)); return nil })
		h.define("main", func(a *actor) any {
			a.spawn("sender", a.self(), "a")
			a.spawn("sender", a.self(), "b")
			return a.message().Topic + a.message().Topic
		})
		v, err := h.exec("main")
		if err != nil {
			t.Fatal(err)
		}
		orders[v.Str()]++
	})
	if orders["ab"] == 0 || orders["ba"] == 0 || len(orders) != 2 {
		t.Errorf("orders: %v", orders)
	}
}

// The seed of the runtime decides those of the processes, which differ.
func TestSeeds(t *testing.T) {
	draw := func(seed uint64) string {
		sim := core.NewSimulation(1)
		h := (&house{t: t, sim: sim}).open(core.Options{Scheduler: sim, Seed: seed}, 1)
		defer h.close()
		h.define("child", func(a *actor) any { return fmt.Sprint(a.Seed(), a.Seed()) })
		one, _ := h.exec("child")
		two, _ := h.exec("child")
		if fields := strings.Fields(one.Str()); len(fields) != 2 || fields[0] != fields[1] || one.Str() == two.Str() {
			t.Errorf("seeds %s and %s", one, two)
		}
		return one.Str() + two.Str()
	}
	one, again, two := draw(1), draw(1), draw(2)
	if one != again || one == two {
		t.Error("seeds do not follow the option")
	}
}

// The zero Options are useful.
func TestZeroOptions(t *testing.T) {
	rt := core.New(core.Options{})
	rt.DefineHost(core.HostOptions{ID: hostID})
	if err := rt.StartHost(hostID); err != nil {
		t.Fatal(err)
	}
	rt.Define(core.Entry{ID: "test:main", Program: program(func(a *actor) any {
		must(a.Print("nowhere"))
		must(a.Log(slog.LevelError, "nowhere", nil))
		_ = soft(a.Send("nobody", "x", nil))
		return "ok"
	})})
	if v, err := rt.Exec(t.Context(), req("main")); err != nil || v.Str() != "ok" {
		t.Errorf("%v, %v", v, err)
	}
	if err := rt.Shutdown(t.Context(), 0); err != nil {
		t.Error(err)
	}
}

// 13.25, 13.26.
func TestPrintAndLog(t *testing.T) {
	h := &house{t: t, sim: core.NewSimulation(1)}
	log := h.logged(core.Options{Scheduler: h.sim})
	defer h.close()
	h.main("ok", func(a *actor) any {
		must(a.Print("one line"))
		must(a.Log(slog.LevelWarn, "message", []slog.Attr{slog.Int("n", 3)}))
		return "ok"
	})
	h.saw("print one line")
	if !strings.Contains(log(), "level=WARN msg=message pid={test:host|1} entry=test:main fields.n=3") {
		t.Error(log())
	}
}
