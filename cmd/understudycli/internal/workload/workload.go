// Package workload holds the benchmarks of the command: what is done, in every
// language, and how it is measured.
package workload

import (
	"context"
	"embed"
	"fmt"
	"math"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

//go:embed *.lua *.star
var sources embed.FS

// Native names the workloads written in Go, in place of an engine.
const Native = "native"

// Workload is one benchmark.
type Workload struct {
	Name string
	Doc  string
	Unit string // of Result.Value
	run  func(b *bench) (float64, error)
}

// Result is what one run of a workload gave.
type Result struct {
	Workload string             `json:"workload"`
	Engine   string             `json:"engine"`
	Unit     string             `json:"unit"`
	Value    float64            `json:"value"`
	More     map[string]float64 `json:"more,omitempty"` // further figures
}

// bench is one run.
type bench struct {
	engine hostapi.Engine // nil for native
	rt     *core.Runtime
	ends   atomic.Int64
	scale  float64
	more   map[string]float64
}

// Match gives the workloads whose name matches a glob.
func Match(glob string) ([]Workload, error) {
	if _, err := path.Match(glob, ""); err != nil {
		return nil, fmt.Errorf("bad pattern %q", glob)
	}
	var out []Workload
	for _, w := range All() {
		if ok, _ := path.Match(glob, w.Name); ok {
			out = append(out, w)
		}
	}
	return out, nil
}

// Run runs a workload once, on an engine or, if that is nil, as Go functions.
// scale multiplies the amount of work; 1 takes some seconds.
func Run(w Workload, engine hostapi.Engine, scale float64) (Result, error) {
	r := Result{Workload: w.Name, Engine: Native, Unit: w.Unit}
	if engine != nil {
		r.Engine = engine.Info().Name
	}
	b := &bench{engine: engine, scale: scale, more: map[string]float64{}}
	value, err := w.run(b)
	if err != nil {
		return r, fmt.Errorf("%s on %s: %w", w.Name, r.Engine, err)
	}
	r.Value = value
	if len(b.more) > 0 {
		r.More = b.more
	}
	return r, nil
}

// n scales an amount of work.
func (b *bench) n(base int) int { return max(1, int(float64(base)*b.scale)) }

// open makes a runtime on which all entries are known.
func (b *bench) open(workers int) error {
	b.rt = core.New(core.Options{
		OnEnd:       func(core.EndReport) { b.ends.Add(1) },
		MemoryLimit: math.MaxInt64, // GOMEMLIMIT is for Go only: nobody is to be killed
	})
	// The queues of benchmarks are longer than scripts may have by default.
	b.rt.DefineHost(core.HostOptions{ID: host, Workers: workers, Limits: core.Limits{Memory: 1 << 40}})
	if err := b.rt.StartHost(host); err != nil {
		return err
	}
	if b.engine == nil {
		for name, body := range natives {
			b.rt.Define(core.Entry{ID: "bench:" + name, Program: body.program()})
		}
		b.rt.Define(core.Entry{ID: "bench:loop", Program: native.Program(func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
			sum := 0
			for {
				for i := range 1000 {
					sum += i
				}
				if err := t.Tick(1000); err != nil {
					return []hostapi.Value{hostapi.Int(int64(sum))}, err
				}
			}
		})})
		return nil
	}
	for _, file := range []string{"bench", "small"} {
		program, err := b.compile(file)
		if err != nil {
			return err
		}
		for name := range natives {
			if small(name) == (file == "small") {
				b.rt.Define(core.Entry{ID: "bench:" + name, Program: program, Method: name})
			}
		}
		if file == "bench" {
			b.rt.Define(core.Entry{ID: "bench:loop", Program: program, Method: "loop"})
		}
	}
	return nil
}

// small reports whether a workload stands in the file of processes of which
// there are many.
func small(name string) bool { return name == "nothing" || name == "idle" || name == "chain_node" }

func (b *bench) compile(file string) (hostapi.Program, error) {
	info := b.engine.Info()
	path := file + ".lua"
	if info.Language == "starlark" {
		path = file + ".star"
	}
	text, err := sources.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return b.engine.Compile(hostapi.Source{ID: file, Path: path, Text: string(text), Modules: modules.Standard()})
}

func (b *bench) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return b.rt.Shutdown(ctx, 0)
}

// exec runs an entry to its end and gives the time that took.
func (b *bench) exec(method string, args ...hostapi.Value) (hostapi.Value, time.Duration, error) {
	start := time.Now()
	v, err := b.rt.Exec(context.Background(), hostapi.Spawn{ID: "bench:" + method, Host: host, Args: args})
	return v, time.Since(start), err
}

// perOp gives a workload that runs a boss entry for n operations, after a tenth
// of them to warm up, and measures nanoseconds for each.
func perOp(name, doc, method string, workers, base int, args ...hostapi.Value) Workload {
	return Workload{name, doc, "ns/op", func(b *bench) (float64, error) {
		if err := b.open(workers); err != nil {
			return 0, err
		}
		n := b.n(base)
		if _, _, err := b.exec(method, append([]hostapi.Value{hostapi.Int(int64(max(10, n/10)))}, args...)...); err != nil {
			return 0, err
		}
		runtime.GC()
		_, d, err := b.exec(method, append([]hostapi.Value{hostapi.Int(int64(n))}, args...)...)
		if err != nil {
			return 0, err
		}
		return float64(d.Nanoseconds()) / float64(n), b.close()
	}}
}

// All gives the workloads in their order.
func All() []Workload {
	kilobyte := hostapi.MapOf(hostapi.Field("name", hostapi.String(strings.Repeat("x", 64))))
	for i := range 24 {
		kilobyte.Map().Entries = append(kilobyte.Map().Entries,
			hostapi.Field(fmt.Sprintf("field_%02d", i), hostapi.Int(int64(i))))
	}
	megabyte := hostapi.String(strings.Repeat("m", 1<<20))
	return []Workload{
		perOp("ping-pong-raw", "round trip between two processes, one listened topic each", "ping_raw_boss", 1, 300_000),
		perOp("ping-pong", "round trip with inbox, message and payload", "ping_boss", 1, 300_000, hostapi.Int(1)),
		perOp("ping-pong-2-workers", "round trip on two workers", "ping_raw_boss", 2, 300_000),
		perOp("ring", "one round of a token through 100 processes", "ring_boss", 2, 3_000, hostapi.Int(100)),
		perOp("fan-in", "a message of one of 4 senders to one receiver, 2 workers", "fan_in_boss", 2, 1_000_000, hostapi.Int(4)),
		perOp("fan-out", "a message of one sender to one of 100 receivers, 2 workers", "fan_out_boss", 2, 500_000, hostapi.Int(100)),
		perOp("spawn", "spawn with a monitor, exit, EXIT read", "spawn_boss", 1, 100_000),
		{"idle", "memory of a process that waits, stack included", "B/process", idle},
		{"crowd", "answer of one of 100,000 processes that wait, 99th percentile", "ms", crowd},
		{"cascade-chain", "one failure down a chain of linked processes", "ns/process", cascade(false)},
		{"cascade-star", "one failure to all processes linked to it", "ns/process", cascade(true)},
		perOp("payload-1KB", "round trip of a map of 25 fields", "ping_boss", 1, 30_000, kilobyte),
		perOp("payload-1MB", "round trip of a string of one megabyte", "ping_boss", 1, 3_000, megabyte),
		perOp("channel", "a value through an unbuffered channel between two coroutines", "channel_boss", 1, 500_000),
		perOp("timers", "a timer set and fired, with all others pending", "timers_boss", 1, 100_000),
		{"cpu", "a computing script", "ms", cpu},
		{"cpu-bare", "a computing script against its interpreter alone", "ratio", cpuBare},
		{"cpu-2-workers", "computing of two processes on two workers against one on one", "ratio", cpuParallel},
		{"fairness", "echo latency beside 100 endless loops on one worker, 99th percentile", "ms", fairness},
		{"send-among-million", "a round trip beside a million processes against one beside ten", "ratio", amongMillion},
	}
}

func timerDelay(i int) time.Duration { return time.Millisecond + time.Duration(i) }

func usedMemory() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

func idle(b *bench) (float64, error) {
	if err := b.open(runtime.GOMAXPROCS(0)); err != nil {
		return 0, err
	}
	n := b.n(100_000)
	if _, _, err := b.exec("idle_boss", hostapi.Int(1000)); err != nil {
		return 0, err
	}
	before := usedMemory()
	_, d, err := b.exec("idle_boss", hostapi.Int(int64(n)))
	if err != nil {
		return 0, err
	}
	each := (usedMemory() - before) / float64(n)
	b.more["spawns_per_second"] = float64(n) / d.Seconds()
	start := time.Now()
	err = b.close()
	b.more["kill_ns_each"] = float64(time.Since(start).Nanoseconds()) / float64(n)
	return each, err
}

func cascade(star bool) func(*bench) (float64, error) {
	return func(b *bench) (float64, error) {
		if err := b.open(runtime.GOMAXPROCS(0)); err != nil {
			return 0, err
		}
		n := b.n(100_000)
		first, _, err := b.exec("cascade_setup", hostapi.Int(int64(n)), hostapi.Bool(star))
		if err != nil {
			return 0, err
		}
		runtime.GC()
		ended := b.ends.Load()
		start := time.Now()
		if err := b.rt.Terminate(hostapi.PID(first.Str())); err != nil {
			return 0, err
		}
		for b.ends.Load() < ended+int64(n) {
			runtime.Gosched()
		}
		d := time.Since(start)
		return float64(d.Nanoseconds()) / float64(n), b.close()
	}
}

func cpu(b *bench) (float64, error) {
	if err := b.open(1); err != nil {
		return 0, err
	}
	n := b.fib(27)
	if _, _, err := b.exec("cpu_boss", hostapi.Int(20)); err != nil {
		return 0, err
	}
	_, d, err := b.exec("cpu_boss", n)
	if err != nil {
		return 0, err
	}
	return float64(d.Nanoseconds()) / 1e6, b.close()
}

// fib scales the argument of the computing entry, whose work grows by the golden
// ratio with each step.
func (b *bench) fib(base int) hostapi.Value {
	return hostapi.Int(int64(max(1, base+int(math.Round(math.Log(b.scale)/math.Log(math.Phi))))))
}

func cpuParallel(b *bench) (float64, error) {
	one, err := b.computing(1)
	if err != nil {
		return 0, err
	}
	two, err := b.computing(2)
	return 2 * float64(one) / float64(two), err
}

// computing runs the computing entry once on each of some workers.
func (b *bench) computing(workers int) (time.Duration, error) {
	if err := b.open(workers); err != nil {
		return 0, err
	}
	base := 29
	if b.engine == nil {
		base = 38 // as long, compiled
	}
	done := make(chan error, workers)
	start := time.Now()
	for range workers {
		_, err := b.rt.Start(context.Background(), hostapi.Spawn{ID: "bench:cpu_boss", Host: host, Args: []hostapi.Value{b.fib(base)}},
			func(r hostapi.Result) {
				if r.Err != nil {
					done <- r.Err
				} else {
					done <- nil
				}
			})
		if err != nil {
			return 0, err
		}
	}
	for range workers {
		if err := <-done; err != nil {
			return 0, err
		}
	}
	d := time.Since(start)
	return d, b.close()
}

func fairness(b *bench) (float64, error) {
	if err := b.open(1); err != nil {
		return 0, err
	}
	for range 100 {
		if _, err := b.rt.Start(context.Background(), hostapi.Spawn{ID: "bench:loop", Host: host}, nil); err != nil {
			return 0, err
		}
	}
	echo, err := b.rt.Start(context.Background(), hostapi.Spawn{ID: "bench:pong", Host: host}, nil)
	if err != nil {
		return 0, err
	}
	// The asking side runs outside, as a process on a host of its own.
	b.rt.DefineHost(core.HostOptions{ID: "bench:outside", Workers: 1})
	if err := b.rt.StartHost("bench:outside"); err != nil {
		return 0, err
	}
	n := b.n(300)
	latencies := make([]time.Duration, 0, n)
	b.rt.Define(core.Entry{ID: "bench:asker", Program: body(func(a *actor) (hostapi.Value, error) {
		inbox := a.Inbox()
		for range n {
			start := time.Now()
			if err := a.send(string(echo), "ping", hostapi.Int(1)); err != nil {
				return none, err
			}
			if _, err := receive(inbox); err != nil {
				return none, err
			}
			latencies = append(latencies, time.Since(start))
		}
		return none, nil
	}).program()})
	if _, err := b.rt.Exec(context.Background(), hostapi.Spawn{ID: "bench:asker", Host: "bench:outside"}); err != nil {
		return 0, err
	}
	slices.Sort(latencies)
	ms := func(q float64) float64 { return float64(latencies[int(q*float64(n-1))].Nanoseconds()) / 1e6 }
	b.more["p50"], b.more["max"] = ms(0.5), ms(1)
	return ms(0.99), b.close()
}
