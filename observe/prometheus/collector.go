package prometheus

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/understudy-run/understudy/core/measure"
)

// Runtime is what is measured; *core.Runtime has it.
type Runtime interface {
	Measure() (stop func())
	Measurements() []measure.Family
}

// Collector gives the families of a runtime to a registry of the program: for programs
// that have one. Counters count while the program has called Runtime.Measure.
func Collector(rt Runtime) prometheus.Collector { return collector{rt} }

type collector struct{ rt Runtime }

// Describe implements prometheus.Collector. What there is depends on what has happened.
func (collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c collector) Collect(out chan<- prometheus.Metric) {
	for _, f := range c.rt.Measurements() {
		d := prometheus.NewDesc(f.Name, f.Help, f.Labels, nil)
		for _, s := range f.Samples {
			m, err := metric(d, f.Kind, s)
			if err != nil {
				m = prometheus.NewInvalidMetric(d, err)
			}
			out <- m
		}
	}
}

func metric(d *prometheus.Desc, k measure.Kind, s measure.Sample) (prometheus.Metric, error) {
	switch k {
	case measure.Counter:
		return prometheus.NewConstMetric(d, prometheus.CounterValue, s.Number, s.Values...)
	case measure.Gauge:
		return prometheus.NewConstMetric(d, prometheus.GaugeValue, s.Number, s.Values...)
	}
	buckets, below := make(map[float64]uint64), uint64(0)
	for i, bound := range measure.Bounds {
		below += s.Times.Counts[i]
		buckets[bound.Seconds()] = below
	}
	return prometheus.NewConstHistogram(d, s.Times.Count(), s.Times.Sum.Seconds(), buckets, s.Values...)
}
