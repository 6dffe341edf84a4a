package workload

import (
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// crowdAsked is how many of a crowd are asked.
const crowdAsked = 1000

// crowd spawns very many processes that wait, asks some of them, and kills all.
// The answer of one that is asked is its EXIT: the message it waits for is all
// that it needs to end. It gives the 99th percentile of the time to the answer.
func crowd(b *bench) (float64, error) {
	if err := b.open(runtime.GOMAXPROCS(0)); err != nil {
		return 0, err
	}
	n := b.n(100_000)
	latencies := make([]time.Duration, 0, crowdAsked)
	b.rt.Define(core.Entry{ID: "bench:crowd", Program: body(func(a *actor) (hostapi.Value, error) {
		before := usedMemory()
		start := time.Now()
		asked := make([]string, 0, crowdAsked)
		for i := range n {
			pid, err := a.spawn("idle")
			if err != nil {
				return none, err
			}
			if i%max(1, n/crowdAsked) == 0 && len(asked) < crowdAsked {
				asked = append(asked, pid)
			}
		}
		b.more["spawn_s"] = time.Since(start).Seconds()
		b.more["peak_GB"] = taken() / 1e9
		b.more["B_each"] = (usedMemory() - before) / float64(n)
		events := a.Events()
		for _, pid := range asked {
			start := time.Now()
			if err := a.Monitor(pid); err != nil {
				return none, err
			}
			if err := a.send(pid, "asked"); err != nil {
				return none, err
			}
			if _, err := receive(events); err != nil {
				return none, err
			}
			latencies = append(latencies, time.Since(start))
		}
		return none, nil
	}).program()})
	empty := usedMemory()
	if _, err := b.rt.Exec(context.Background(), hostapi.Spawn{ID: "bench:crowd", Host: host}); err != nil {
		return 0, err
	}
	start := time.Now()
	err := b.close()
	b.more["kill_s"] = time.Since(start).Seconds()
	b.more["left_MB"] = (usedMemory() - empty) / 1e6
	slices.Sort(latencies)
	ms := func(q float64) float64 {
		return float64(latencies[int(q*float64(len(latencies)-1))].Nanoseconds()) / 1e6
	}
	b.more["p50"], b.more["max"] = ms(0.5), ms(1)
	return ms(0.99), err
}

// taken gives the bytes that the program has from the system.
func taken() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys - m.HeapReleased)
}
