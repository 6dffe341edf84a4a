package inspect

import (
	"net/http"
	"reflect"
	"runtime/metrics"
	"slices"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core/measure"
)

// How often the node is measured while somebody looks, and how many measurements are kept.
const (
	metricsPeriod = time.Second
	metricsKept   = 300
)

// Metrics are what is measured of the node in one second. What is a second is missing in
// the first after a pause, since the node is not measured while nobody looks.
type Metrics struct {
	At          time.Time      `json:"at"`
	Processes   int            `json:"processes" doc:"that there are"`
	States      map[string]int `json:"states" doc:"processes by what they are doing"`
	Unread      int            `json:"unread" doc:"messages in all mailboxes"`
	Charged     int64          `json:"charged" doc:"bytes charged against the limits of processes"`
	Heap        int64          `json:"heap" doc:"bytes of the program's memory that are in use, garbage included"`
	MemoryLimit int64          `json:"memory_limit,omitempty" doc:"bytes that the program may use; absent if there is no limit"`
	Messages    *float64       `json:"messages,omitempty" doc:"taken into mailboxes a second"`
	Starts      *float64       `json:"starts,omitempty" doc:"processes a second"`
	Ends        *float64       `json:"ends,omitempty" doc:"processes a second"`
	WaitMean    *float64       `json:"wait_mean,omitempty" doc:"seconds that processes could run and did not"`
	WaitMost    *float64       `json:"wait_p99,omitempty" doc:"seconds within which 99 of 100 began to run: the bound of a bucket"`
	Collections *float64       `json:"collections,omitempty" doc:"of garbage, a second"`
	Restarts    int            `json:"restarts" doc:"by services and supervisors, since the node is looked into"`
	DeadLetters int            `json:"dead_letters" doc:"since the node is looked into"`
}

// gauge measures a runtime, once a second for all who look. It has no goroutine: the
// stream that comes first does it.
type gauge struct {
	rt  Runtime
	hub *hub

	mu      sync.Mutex
	looking int
	stop    func() // of Runtime.Measure; nil: nobody looks
	history recent[Metrics]
	before  *counters // of the newest of the history; nil after a pause
}

// counters are what only grows.
type counters struct {
	at                     time.Time
	messages, starts, ends float64
	waits                  measure.Snapshot
	collections            uint64
}

// enter begins to measure, and gives what was measured lately.
func (g *gauge) enter() []Metrics {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.looking++; g.looking == 1 {
		g.stop, g.before = g.rt.Measure(), nil
	}
	g.update()
	return slices.Clone(g.history.list[max(0, len(g.history.list)-metricsKept):])
}

func (g *gauge) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.looking--; g.looking == 0 {
		g.stop()
	}
}

// newest measures unless that was done just now.
func (g *gauge) newest() Metrics {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.update()
	return g.history.list[len(g.history.list)-1]
}

func (g *gauge) update() {
	now := g.rt.Now()
	if g.before != nil && now.Sub(g.before.at) < metricsPeriod*9/10 {
		return
	}
	m, c := g.measure(now)
	if b := g.before; b != nil {
		took := now.Sub(b.at).Seconds()
		rate := func(now, before float64) *float64 { r := (now - before) / took; return &r }
		m.Messages, m.Starts, m.Ends = rate(c.messages, b.messages), rate(c.starts, b.starts), rate(c.ends, b.ends)
		m.Collections = rate(float64(c.collections), float64(b.collections))
		m.WaitMean, m.WaitMost = between(c.waits, b.waits)
	}
	g.before = &c
	g.history.add(m, metricsKept)
}

// measure asks the runtime, and the program.
func (g *gauge) measure(now time.Time) (Metrics, counters) {
	m, c := Metrics{At: now, States: make(map[string]int)}, counters{at: now}
	for _, f := range g.rt.Measurements() {
		sum := 0.0
		for _, s := range f.Samples {
			sum += s.Number
			if f.Name == "understudy_processes" && s.Number > 0 {
				m.States[s.Values[2]] += int(s.Number)
			}
			if f.Name == "understudy_run_queue_wait_seconds" {
				c.waits.Sum += s.Times.Sum
				for i, n := range s.Times.Counts {
					c.waits.Counts[i] += n
				}
			}
		}
		switch f.Name {
		case "understudy_processes":
			m.Processes = int(sum)
		case "understudy_mailbox_messages":
			m.Unread = int(sum)
		case "understudy_memory_charged_bytes":
			m.Charged = int64(sum)
		case "understudy_memory_limit_bytes":
			m.MemoryLimit = int64(sum)
		case "understudy_messages_received_total":
			c.messages = sum
		case "understudy_processes_started_total":
			c.starts = sum
		case "understudy_processes_ended_total":
			c.ends = sum
		}
	}
	// These are read without stopping the program.
	program := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(program)
	m.Heap, c.collections = int64(program[0].Value.Uint64()), program[1].Value.Uint64()
	m.Restarts, m.DeadLetters = g.hub.counts()
	return m, c
}

// between gives the mean of the durations between two snapshots, and the bound below which
// 99 of 100 were; nil where there were none, or no bound is known.
func between(now, before measure.Snapshot) (mean, most *float64) {
	n := now.Count() - before.Count()
	if n == 0 {
		return nil, nil
	}
	average := (now.Sum - before.Sum).Seconds() / float64(n)
	var seen uint64
	for i, bound := range measure.Bounds {
		if seen += now.Counts[i] - before.Counts[i]; seen*100 >= n*99 {
			b := bound.Seconds()
			return &average, &b
		}
	}
	return &average, nil
}

func metricsRoutes() []*route {
	return []*route{{
		method: http.MethodGet, path: "/api/v1/metrics", stream: true,
		summary: "What is measured, as Server-Sent Events: history, a list of what was measured in the last minutes while somebody looked; then metrics, each second.",
		gives:   reflect.TypeFor[Metrics](),
		run:     (*Inspector).metrics,
	}}
}

func (i *Inspector) metrics(w http.ResponseWriter, r *request) {
	out, leave := i.streaming(w)
	if out == nil {
		return
	}
	defer leave()
	past := i.gauge.enter()
	defer i.gauge.leave()
	if out.send("history", 0, past) != nil || out.flush() != nil {
		return
	}
	tick := time.NewTicker(metricsPeriod)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		case <-i.closed:
			return
		}
		if out.send("metrics", 0, i.gauge.newest()) != nil || out.flush() != nil {
			return
		}
	}
}
