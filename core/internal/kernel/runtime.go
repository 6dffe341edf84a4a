package kernel

import (
	"context"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/core/secret"
	"github.com/understudy-run/understudy/hostapi"
)

// Options configure a runtime. The zero value is useful.
type Options struct {
	// Scheduler decides who runs next. nil: workers on goroutines. A
	// *Simulation serves as Scheduler and Clock at once.
	Scheduler schedule.Scheduler
	// Clock is where the time comes from. nil: the Scheduler if it is a Clock,
	// else the wall clock.
	Clock schedule.Clock
	// Output takes the lines that scripts print, one at a time, on a goroutine of the
	// runtime: while it does not return, processes that print wait (13.25). Its errors are its
	// own affair, since no script could do anything about them. nil: dropped.
	Output io.Writer
	// Log takes structured records: ends of processes, dead letters, what
	// scripts log. nil: they are dropped.
	Log *slog.Logger
	// OnEvent, if set, is told everything that happens: processes that start and
	// end, dead letters and links among it; an EndReport before anybody else hears
	// of the end. It gets one event at a time, on the goroutine where one has arisen,
	// and must not block; it may call the methods of the runtime that do not wait.
	// What it causes itself it is told later.
	OnEvent func(RuntimeEvent)
	// OnEnd, if set, is called for every process that has ended, after its watchers
	// were told: for programs that only count ends, at less cost. It is called on the
	// goroutine where that happens, possibly on several at once, and must neither
	// block nor call the runtime.
	OnEnd func(EndReport)
	// MemoryLimit is the number of bytes that the whole Go program may use,
	// counted as debug.SetMemoryLimit does. Before it is reached, processes that
	// seem to be the cause fail with LimitExceeded "memory limit exceeded"
	// (17.13). 0: the limit of debug.SetMemoryLimit or GOMEMLIMIT, if one is set;
	// negative: none. Without effect if Scheduler is set.
	MemoryLimit int64
	// Outside decides what becomes of operations outside the runtime: of which
	// process entry and what operation. It is called on the goroutine of the process
	// and must not block. nil: they are performed, or refused where the Scheduler is
	// a Simulation (40.14).
	Outside func(entry string, op hostapi.Op) Handling
	// MaxOutside is how many operations outside may be under way at once (40.3). 0:
	// DefaultMaxOutside; negative: any number.
	MaxOutside int
	// Substitute, if set, may carry out what scripts call in place of the functions that
	// they name: for tests (60.16). It is called on the goroutine of the process.
	Substitute hostapi.Substitute
	// Facilities are found by modules (hostapi.FacilityOf).
	Facilities []any
	// Node makes the runtime a node of a cluster (section 23). The zero value is none.
	Node Node
	// Tracer is told of spans: of messages, starts, operations outside (64.2). nil: there
	// are none.
	Tracer hostapi.Tracer
	// Flight is how many events each process keeps, which stand in the report if it fails
	// (63.5). 0: none, at no cost.
	Flight int
	// Seed is where the random generators of processes start. 0: drawn, or that of the
	// Simulation.
	Seed uint64
}

// Runtime runs hosts, processes and names with one clock (0.3). Its methods are
// safe for concurrent use. With a Simulation they are not, and those that wait
// drive it.
type Runtime struct {
	clock      schedule.Clock
	scheduler  schedule.Scheduler
	timers     schedule.Timers
	table      processTable
	names      names
	node       Node
	prefix     string // of the PIDs of a node
	peers      peers
	catalog    catalog
	log        eventLog
	secrets    secret.Values
	memory     Memory          // nil without real time
	realTime   bool            // else a schedule that must repeat
	ctx        context.Context // of all operations outside
	stop       context.CancelFunc
	outside    func(entry string, op hostapi.Op) Handling
	tracer     hostapi.Tracer // nil: nothing is traced
	substitute hostapi.Substitute
	facilities []any
	own        []func(*Process) any // facilities
	shared     shared               // of modules
	abroad     abroad               // goroutines that work outside
	operations atomic.Int64         // outside, under way
	maxOutside int64
	threads    threads

	serial   atomic.Uint64
	onEnd    func(EndReport)
	observer observer

	seedMu sync.Mutex
	seeds  *rand.PCG

	outlet outlet
	meter  meter

	recording   atomic.Pointer[recording] // nil: nobody wants to know
	profile     atomic.Pointer[profile]   // nil while none is taken
	recordingMu sync.Mutex                // of who changes it
	messages    atomic.Uint64             // number of the last message that has one
}

// Parts are what the kernel is given by its neighbours.
type Parts struct {
	// Memory gives what looks after the memory of the program, within the limit of the
	// options. nil: nobody.
	Memory func(rt *Runtime, limit int64) Memory
	// Facilities give what a process offers its modules, to act in its name. They come
	// after those of the options.
	Facilities []func(*Process) any
}

// New gives a runtime without hosts and entries. It starts no goroutine;
// Shutdown ends what its hosts have started.
func New(o Options, parts Parts) *Runtime {
	rt := &Runtime{
		clock:      o.Clock,
		scheduler:  o.Scheduler,
		onEnd:      o.OnEnd,
		outside:    o.Outside,
		tracer:     o.Tracer,
		substitute: o.Substitute,
		facilities: o.Facilities,
		own:        parts.Facilities,
		node:       o.Node,
	}
	if o.Node.Name != "" {
		rt.prefix = o.Node.String() + "/"
	}
	switch {
	case o.MaxOutside == 0:
		rt.maxOutside = DefaultMaxOutside
	case o.MaxOutside < 0:
		rt.maxOutside = math.MaxInt64
	default:
		rt.maxOutside = int64(o.MaxOutside)
	}
	if o.OnEvent != nil {
		rt.observer.subscribe(true, o.OnEvent)
	}
	rt.record(o.Flight)
	rt.ctx, rt.stop = context.WithCancel(context.Background())
	if rt.clock == nil {
		if s, ok := o.Scheduler.(*schedule.Simulation); ok {
			rt.clock = s.NewClock() // several runtimes may share it
		} else if c, ok := o.Scheduler.(schedule.Clock); ok {
			rt.clock = c
		} else {
			rt.clock = &schedule.WallClock{}
		}
	}
	if rt.scheduler == nil {
		rt.scheduler = schedule.WorkerScheduler{}
	}
	output := o.Output
	if output == nil {
		output = io.Discard
	}
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	seed := o.Seed
	if seed == 0 {
		seed = rand.Uint64()
		if s, ok := rt.scheduler.(*schedule.Simulation); ok {
			seed = s.Seed()
		}
	}
	rt.seeds = rand.NewPCG(seed, 1)
	rt.timers.Clock = rt.clock
	var later func(time.Duration, func()) // a simulation does not go on for the sake of its log
	if rt.realTime = o.Scheduler == nil; rt.realTime {
		later = func(d time.Duration, f func()) { rt.AfterFunc(d, f) }
	}
	if rt.realTime && parts.Memory != nil {
		rt.memory = parts.Memory(rt, o.MemoryLimit)
	}
	rt.outlet.open(output, !rt.realTime)
	rt.meter.clock, rt.meter.epoch = rt.clock, rt.clock.Now().Add(-1)
	rt.log = newEventLog(rt.LoggerTo(log), later)
	rt.catalog = catalog{
		entries: make(map[string]*Entry),
		bound:   make(map[boundKey]*Entry),
		hosts:   make(map[string]*Host),
		others:  make(map[string]bool),

		resources: make(map[string]resource),
	}
	return rt
}

// Simulated implements core.Runtime.
func (rt *Runtime) Simulated() bool { return !rt.realTime }

// Conceal implements core.Runtime.
func (rt *Runtime) Conceal(secrets ...string) { rt.secrets.Add(secrets...) }

// Concealed implements core.Runtime.
func (rt *Runtime) Concealed(text string) string { return rt.secrets.Text(text) }

// ConcealedValue implements core.Runtime.
func (rt *Runtime) ConcealedValue(v hostapi.Value) hostapi.Value { return rt.secrets.Value(v) }

// LoggerTo implements core.Runtime.
func (rt *Runtime) LoggerTo(l *slog.Logger) *slog.Logger {
	if rt.secrets.Logger(l) == l {
		return l // is one already
	}
	if rt.realTime && l.Handler() != slog.DiscardHandler {
		l = slog.New(logHandler{l.Handler(), &rt.outlet})
	}
	return rt.secrets.Logger(l)
}

// Settle implements core.Runtime.
func (rt *Runtime) Settle() { rt.outlet.settle() }

// NextSeed is where another random generator starts.
func (rt *Runtime) NextSeed() uint64 {
	rt.seedMu.Lock()
	defer rt.seedMu.Unlock()
	return rt.seeds.Uint64()
}

// Send implements core.Runtime.
func (rt *Runtime) Send(dest hostapi.Dest, topic string, payloads ...hostapi.Value) error {
	payloads, err := hostapi.CopyPayloads(payloads, hostapi.DefaultPayloadLimits)
	if err != nil {
		return err
	}
	if err := hostapi.CheckTopic(topic, "send"); err != nil {
		return err
	}
	return rt.post(dest, rt.NewMessage(nil, topic, payloads))
}

// Lookup implements core.Runtime.
func (rt *Runtime) Lookup(name string) (hostapi.PID, bool) {
	p := rt.names.lookup(name)
	if p == nil {
		return "", false
	}
	return p.pid, true
}

// Terminate implements core.Runtime.
func (rt *Runtime) Terminate(pid hostapi.PID) error {
	p, err := rt.resolve(string(pid))
	if err != nil {
		return err
	}
	return p.terminate(nil)
}

// Processes implements core.Runtime.
func (rt *Runtime) Processes() []hostapi.PID {
	var out []hostapi.PID
	for _, p := range rt.table.all() {
		if p.isLive() {
			out = append(out, p.pid)
		}
	}
	return out
}
