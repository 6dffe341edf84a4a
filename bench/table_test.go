package main

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// threeRounds is a comparison in which the machine is twice as slow in the
// second round, for all systems alike.
func threeRounds() *record {
	r := &record{Runs: 3}
	for run, slow := range []float64{1, 2, 1} {
		add := func(system, workload, unit string, value float64) {
			r.Samples = append(r.Samples, sample{Run: run + 1, System: system, Workload: workload, Unit: unit, Value: value * slow})
		}
		add(beam, "ping-pong-raw", "ns/op", 400)
		add("native", "ping-pong-raw", "ns/op", 500)
		add("gopherlua", "ping-pong-raw", "ns/op", 1600)
		add("protoactor", "ping-pong-raw", "ns/op", 2000)
		add("native", "fan-in", "ns/op", 100)
		add("starlark", "idle", "B/process", 10240)
	}
	r.Samples = append(r.Samples, sample{Run: 1, System: "golua", Workload: "ping-pong-raw", Error: "exit status 1"})
	return r
}

func TestRatiosAreTakenWithinARound(t *testing.T) {
	got := threeRounds().ratios("native", beam, "ping-pong-raw")
	if want := (spread{median: 1.25, min: 1.25, max: 1.25, n: 3}); got != want {
		t.Errorf("ratio %v, want %v", got, want)
	}
}

func TestSpread(t *testing.T) {
	tests := []struct {
		values []float64
		want   spread
	}{
		{nil, spread{}},
		{[]float64{7}, spread{7, 7, 7, 1}},
		{[]float64{3, 1, 2}, spread{2, 1, 3, 3}},
		{[]float64{4, 1, 3, 2}, spread{2.5, 1, 4, 4}},
	}
	for _, tt := range tests {
		if got := spreadOf(tt.values); got != tt.want {
			t.Errorf("spread of %v is %v, want %v", tt.values, got, tt.want)
		}
	}
}

func TestTableTellsWhatIsMet(t *testing.T) {
	table := threeRounds().table()
	for _, want := range []string{
		"| 1.25 (1.25..1.25) met ≤ 1.5 |",
		"| 4 (4..4) **missed** ≤ 3.5 |",
		"| 4 (4..4) **missed** ≤ 3.5 | failed |",
		"| fan-in, 4 senders, 2 workers | native | 10 (5..10) M msg/s | ≥ 4 | met |",
		"| memory of a waiting process | starlark | 10 (10..20) KiB | ≤ 7 | **missed** |",
		"| ping-pong of protoactor-go, in times of native | protoactor | 4 (4..4) x | ≥ 3 | met |",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
}

func TestChartIsXML(t *testing.T) {
	d := xml.NewDecoder(strings.NewReader(threeRounds().chart()))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestNumber(t *testing.T) {
	for f, want := range map[float64]string{0.051: "0.05", 1: "1", 2.5: "2.5", 12.346: "12.35", 123.4: "123", 1234567.8: "1,234,568"} {
		if got := number(f); got != want {
			t.Errorf("number(%v) is %s, want %s", f, got, want)
		}
	}
}

func TestTargetsAreOfKnownWorkloads(t *testing.T) {
	known := map[string]bool{}
	for _, w := range workloads() {
		known[w.name] = true
	}
	for _, target := range targets() {
		if !known[target.workload] {
			t.Errorf("target of an unknown workload %s", target.workload)
		}
	}
}
