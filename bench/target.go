package main

// target is a bound that a figure has to keep.
type target struct {
	workload string
	system   string
	against  string // the system whose figure divides; "": the figure itself
	limit    float64
	atLeast  bool                  // the limit is the least, not the most
	shown    func(float64) float64 // what is shown and bounded, nil: the figure
	unit     string
	title    string // of a row outside of the main table
}

func perSecond(ns float64) float64    { return 1e3 / ns } // millions
func kilobytes(bytes float64) float64 { return bytes / 1024 }

// targets are those that Understudy sets itself.
func targets() []target {
	var out []target
	toBEAM := func(workload string, native, gopherlua, golua, starlark float64) {
		for i, limit := range []float64{native, gopherlua, golua, starlark} {
			if limit > 0 {
				out = append(out, target{workload: workload, system: engines()[i], against: beam, limit: limit})
			}
		}
	}
	absolute := func(t target, native, gopherlua, golua, starlark float64) {
		for i, limit := range []float64{native, gopherlua, golua, starlark} {
			if limit > 0 {
				t.system, t.limit = engines()[i], limit
				out = append(out, t)
			}
		}
	}
	toBEAM("ping-pong-raw", 1.5, 3.5, 3.5, 4)
	toBEAM("ping-pong", 0, 5, 5, 5.5)
	toBEAM("spawn", 1.5, 8, 8, 4)
	toBEAM("cascade-chain", 1, 3, 3, 2.5)
	absolute(target{workload: "fan-in", title: "fan-in, 4 senders, 2 workers", atLeast: true, shown: perSecond, unit: "M msg/s"},
		4, 1.2, 1.2, 1)
	absolute(target{workload: "idle", title: "memory of a waiting process", shown: kilobytes, unit: "KiB"}, 4, 12, 9, 7)
	absolute(target{workload: "cpu-bare", title: "computing, against the bare interpreter", unit: "x"}, 0, 1.3, 1.1, 1.05)
	absolute(target{workload: "cpu-2-workers", title: "computing on two workers against one", atLeast: true, unit: "x"}, 1.8, 1.8, 1.8, 1.8)
	absolute(target{workload: "send-among-million", title: "round trip among 1,000,000 processes against 10", unit: "x"}, 1.5, 1.5, 1.5, 1.5)
	absolute(target{workload: "fairness", title: "echo beside 100 endless loops, p99", unit: "ms"}, 5, 5, 5, 5)
	return append(out, target{workload: "ping-pong-raw", system: "protoactor", against: "native",
		title: "ping-pong of protoactor-go, in times of native", limit: 3, atLeast: true, unit: "x"})
}

// figure is what the target bounds.
func (t target) figure(r *record) spread {
	if t.against != "" {
		return r.ratios(t.system, t.against, t.workload)
	}
	s := r.values(t.system, t.workload)
	if t.shown != nil && s.n > 0 {
		a, b := t.shown(s.min), t.shown(s.max)
		s.median, s.min, s.max = t.shown(s.median), min(a, b), max(a, b)
	}
	return s
}

// met reports whether the median keeps the bound.
func (t target) met(s spread) bool {
	if t.atLeast {
		return s.median >= t.limit
	}
	return s.median <= t.limit
}
