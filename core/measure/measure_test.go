package measure_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core/measure"
)

// A duration is counted in the first bucket whose bound it does not exceed.
func TestDurationIsInTheFirstBucketThatHoldsIt(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	durations := []time.Duration{0, 1, 67108864*time.Microsecond + 1, 1 << 60}
	for _, b := range measure.Bounds {
		durations = append(durations, b-1, b, b+1)
	}
	for range 10000 {
		durations = append(durations, time.Duration(rng.Int64N(int64(1)<<rng.IntN(62)+1)))
	}
	for _, d := range durations {
		want := slices.IndexFunc(measure.Bounds[:], func(b time.Duration) bool { return d <= b })
		if want < 0 {
			want = len(measure.Bounds)
		}
		var h measure.Histogram
		h.Observe(d)
		s := h.Snapshot()
		if s.Counts[want] != 1 || s.Count() != 1 || s.Sum != d {
			t.Fatalf("%v is not in bucket %d alone: %v", d, want, s)
		}
	}
}

func TestDurationBelowZeroIsZero(t *testing.T) {
	var h measure.Histogram
	h.Observe(-time.Second)
	if s := h.Snapshot(); s.Counts[0] != 1 || s.Sum != 0 {
		t.Errorf("got %v", s)
	}
}

func TestFamiliesOfOneNameAreOne(t *testing.T) {
	got := measure.Sorted([]measure.Family{
		{Name: "b", Samples: []measure.Sample{{Values: []string{"y"}}}},
		{Name: "a"},
		{Name: "b", Samples: []measure.Sample{{Values: []string{"x"}}}},
	})
	if len(got) != 2 || got[0].Name != "a" || len(got[1].Samples) != 2 || got[1].Samples[0].Values[0] != "x" {
		t.Errorf("got %v", got)
	}
}
