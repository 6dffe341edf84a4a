package workload

import (
	"runtime"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// amongMillion measures a round trip between two processes beside ten others
// that wait, and beside a million. The others are Go functions on a host of
// their own, whatever the engine: they only stand in the tables of the core.
func amongMillion(b *bench) (float64, error) {
	if err := b.open(1); err != nil {
		return 0, err
	}
	const crowd = "bench:crowd"
	b.rt.DefineHost(core.HostOptions{ID: crowd, Workers: runtime.GOMAXPROCS(0)})
	if err := b.rt.StartHost(crowd); err != nil {
		return 0, err
	}
	b.rt.Define(core.Entry{ID: "bench:bystander", Program: natives["idle"].program()})
	b.rt.Define(core.Entry{ID: "bench:gather", Program: body(func(a *actor) (hostapi.Value, error) {
		for range a.int(0) {
			if _, err := a.Spawn(hostapi.Spawn{ID: "bench:bystander", Host: crowd}); err != nil {
				return none, err
			}
		}
		return none, nil
	}).program()})
	few, err := b.roundTripBeside(10)
	if err != nil {
		return 0, err
	}
	many, err := b.roundTripBeside(b.n(1_000_000))
	if err != nil {
		return 0, err
	}
	b.more["ns_among_few"], b.more["ns_among_many"] = few, many
	return many / few, b.close()
}

// roundTripBeside adds processes that wait and measures a round trip in
// nanoseconds: the shortest of some measurements, since whatever else the
// machine does only lengthens them.
func (b *bench) roundTripBeside(others int) (float64, error) {
	if _, _, err := b.exec("gather", hostapi.Int(int64(others))); err != nil {
		return 0, err
	}
	const rounds = 5
	trips := max(200, b.n(50_000))
	runtime.GC()
	best := 0.0
	for range rounds {
		_, d, err := b.exec("ping_raw_boss", hostapi.Int(int64(trips)))
		if err != nil {
			return 0, err
		}
		if each := float64(d.Nanoseconds()) / float64(trips); best == 0 || each < best {
			best = each
		}
	}
	return best, nil
}
