package core_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// house is a runtime with one host, whose processes are Go functions, for
// tests. It runs under a simulation, or on real workers.
type house struct {
	*core.Runtime
	sim     *core.Simulation // nil on real workers
	t       testing.TB
	mu      sync.Mutex
	seen    []string
	letters []core.DeadLetter
	ends    []core.EndReport
	onEnd   func(core.EndReport) // if set, is told of each
}

const hostID = "test:host"

// long says that explorations take their time (CONTRIBUTING.md).
func long() bool { return os.Getenv("UNDERSTUDY_LONG") != "" }

// atLength gives n in a long run, few otherwise.
func atLength(n, few int) int {
	if long() {
		return n
	}
	return few
}

func simulated(t testing.TB, seed uint64) *house {
	h := &house{t: t, sim: core.NewSimulation(seed)}
	return h.open(core.Options{Scheduler: h.sim, Seed: seed + 1}, 1)
}

func onWorkers(t testing.TB, workers int) *house {
	return (&house{t: t}).open(core.Options{}, workers)
}

func (h *house) open(o core.Options, workers int) *house {
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	further := o.OnEvent
	o.OnEvent = func(e core.RuntimeEvent) {
		if d, ok := e.(core.DeadLetter); ok {
			h.mu.Lock()
			h.letters = append(h.letters, d)
			h.mu.Unlock()
		}
		if further != nil {
			further(e)
		}
	}
	o.OnEnd = func(r core.EndReport) {
		h.mu.Lock()
		h.ends = append(h.ends, r)
		h.mu.Unlock()
		if h.onEnd != nil {
			h.onEnd(r)
		}
	}
	o.Output = writer(func(line string) { h.see("print %s", strings.TrimSpace(line)) })
	h.Runtime = core.New(o)
	h.DefineHost(core.HostOptions{ID: hostID, Workers: workers})
	if err := h.StartHost(hostID); err != nil {
		h.t.Fatal(err)
	}
	return h
}

type writer func(string)

func (w writer) Write(b []byte) (int, error) {
	w(string(b))
	return len(b), nil
}

// close shuts the runtime down and checks that no process is left.
func (h *house) close() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := h.Shutdown(ctx, 0); err != nil {
		h.t.Error(err)
	}
	if left := h.Processes(); len(left) > 0 {
		h.t.Errorf("processes left: %v", left)
	}
}

// Send is that of the runtime, to a PID or a name as text.
func (h *house) Send(dest, topic string, payloads ...hostapi.Value) error {
	return h.Runtime.Send(to(dest), topic, payloads...)
}

// Cancel likewise.
func (h *house) Cancel(dest string, grace time.Duration, reason string) error {
	return h.Runtime.Cancel(to(dest), grace, reason)
}

func to(dest string) hostapi.Dest {
	if hostapi.IsPID(dest) {
		return hostapi.PID(dest)
	}
	return hostapi.Name(dest)
}

// see notes an observation.
func (h *house) see(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seen = append(h.seen, fmt.Sprintf(format, args...))
}

// actor is what tests write: a process with shorthands for the host API. Its
// calls panic with the kill, which program turns into the result.
type actor struct {
	hostapi.Process
	hostapi.Grouper
	hostapi.Supervision
	t    hostapi.Task
	args []hostapi.Value
}

func newActor(t hostapi.Task, args []hostapi.Value) *actor {
	a := &actor{Process: t.Process(), t: t, args: args}
	a.Grouper, _ = hostapi.FacilityOf[hostapi.Grouper](a.Process)
	a.Supervision, _ = hostapi.FacilityOf[hostapi.Supervision](a.Process)
	return a
}

// define makes test:<name> known, with a body that returns its value.
func (h *house) define(name string, body func(a *actor) any) {
	h.Define(core.Entry{ID: "test:" + name, Program: program(body)})
}

func program(body func(a *actor) any) hostapi.Program {
	return native.Program(func(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
		return run(t, args, body)
	})
}

func run(t hostapi.Task, args []hostapi.Value, body func(a *actor) any) (results []hostapi.Value, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			err = r.err
		default:
			panic(r)
		}
	}()
	switch v := body(newActor(t, args)).(type) {
	case nil:
		return nil, nil
	case error:
		return nil, v
	case []hostapi.Value:
		return v, nil
	default:
		return []hostapi.Value{val(v)}, nil
	}
}

// stop is panicked with to leave a body.
type stop struct{ err error }

// must ends the body if err is set.
func must(err error) {
	if err != nil {
		panic(stop{err})
	}
}

func must1[T any](v T, err error) T {
	must(err)
	return v
}

// soft gives err back unless it is the kill.
func soft(err error) error {
	if errors.Is(err, hostapi.ErrKilled) {
		panic(stop{err})
	}
	return err
}

func val(v any) hostapi.Value {
	switch v := v.(type) {
	case nil:
		return hostapi.Value{}
	case hostapi.Value:
		return v
	case int:
		return hostapi.Int(int64(v))
	case string:
		return hostapi.String(v)
	case hostapi.PID:
		return hostapi.String(string(v))
	case bool:
		return hostapi.Bool(v)
	}
	panic(fmt.Sprintf("val of %T", v))
}

func vals(vs ...any) []hostapi.Value {
	out := make([]hostapi.Value, len(vs))
	for i, v := range vs {
		out[i] = val(v)
	}
	return out
}

func req(name string, args ...any) hostapi.Spawn {
	return hostapi.Spawn{ID: "test:" + name, Host: hostID, Args: vals(args...)}
}

func (a *actor) spawn(name string, args ...any) string {
	return string(must1(a.Spawn(req(name, args...))))
}

func (a *actor) spawnLinked(name string, args ...any) string {
	s := req(name, args...)
	s.Link = true
	return string(must1(a.Spawn(s)))
}

func (a *actor) spawnMonitored(name string, args ...any) string {
	s := req(name, args...)
	s.Monitor = true
	return string(must1(a.Spawn(s)))
}

func (a *actor) send(dest, topic string, payloads ...any) {
	must(a.Send(dest, topic, vals(payloads...)))
}

func (a *actor) trap() { must(a.SetOptions(hostapi.Options{TrapLinks: true})) }

func (a *actor) sleep(d time.Duration) { must(a.Sleep(d)) }

// message waits for the next message of the inbox.
func (a *actor) message() *hostapi.Message {
	v, _, err := a.Inbox().Receive()
	must(err)
	return v.Message()
}

// event waits for the next event, as "kind of from: error" with the names of
// PIDs as given by who.
func (a *actor) event() *hostapi.Record {
	v, _, err := a.Events().Receive()
	must(err)
	return v.Record()
}

func kind(e *hostapi.Record) string { return e.Get("kind").Str() }
func from(e *hostapi.Record) string { return e.Get("from").Str() }

func failure(e *hostapi.Record) string {
	if err := e.Get("result").Record().Get("error").Err(); err != nil {
		return err.Error()
	}
	return ""
}

// poll gives the next item of a channel, if there is one.
func (a *actor) poll(c hostapi.Channel) (hostapi.Value, bool) {
	s := must1(a.Select([]*hostapi.Case{{Channel: c}}, false))
	return s.Value, s.Index == 0
}

func (a *actor) arg(i int) string {
	if i < len(a.args) {
		return a.args[i].Str()
	}
	return ""
}

func (a *actor) self() string { return string(a.PID()) }

// goes starts a coroutine.
func (a *actor) goes(body func(a *actor)) hostapi.Coroutine {
	return must1(a.Go(native.Function(func(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
		return run(t, args, func(a *actor) any { body(a); return nil })
	}), nil))
}

// exec runs an entry to its end.
func (h *house) exec(name string, args ...any) (hostapi.Value, error) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return h.Exec(ctx, req(name, args...))
}

// want runs an entry and checks its value.
func (h *house) want(want any, name string, args ...any) {
	h.t.Helper()
	v, err := h.exec(name, args...)
	if err != nil {
		h.t.Errorf("%s failed: %v", name, err)
	} else if !v.Equal(val(want)) {
		h.t.Errorf("%s gave %s, want %s", name, v, val(want))
	}
}

// wantError runs an entry and checks the error it failed with.
func (h *house) wantError(kind hostapi.Kind, text, name string, args ...any) *hostapi.Error {
	h.t.Helper()
	v, err := h.exec(name, args...)
	if err == nil {
		h.t.Errorf("%s gave %s, want error %s %q", name, v, kind, text)
		return nil
	}
	checkError(h.t, err, kind, text)
	return hostapi.AsError(err)
}

func checkError(t testing.TB, err error, kind hostapi.Kind, text string) {
	t.Helper()
	e := hostapi.AsError(err)
	if e == nil || e.Kind != kind || !strings.Contains(e.Message, text) {
		t.Errorf("error %v, want %s %q", err, kind, text)
	}
}

// seeds runs a test under the simulation with many seeds.
func seeds(t *testing.T, n int, test func(h *house)) {
	t.Helper()
	for seed := range uint64(n) {
		h := simulated(t, seed)
		test(h)
		h.close()
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

// both runs a test under the simulation with n seeds and on one and two real
// workers.
func both(t *testing.T, n int, test func(h *house)) {
	t.Run("simulated", func(t *testing.T) { seeds(t, n, test) })
	for _, workers := range []int{1, 2} {
		t.Run(fmt.Sprintf("workers=%d", workers), func(t *testing.T) {
			for range max(1, n/20) {
				h := onWorkers(t, workers)
				test(h)
				h.close()
				if t.Failed() {
					return
				}
			}
		})
	}
}

// main runs body as the only process of interest and checks its value.
func (h *house) main(want any, body func(a *actor) any) {
	h.t.Helper()
	h.define("main", body)
	h.want(want, "main")
}

// text gives an error as "Kind: message", "ok" for none. The kill ends the
// caller.
func text(err error) string {
	if soft(err) == nil {
		return "ok"
	}
	e := hostapi.AsError(err)
	return string(e.Kind) + ": " + e.Message
}

// gone is the text of the error of a call for a process that has ended (3.5).
func gone[T ~string](pid T, entry string) string {
	return fmt.Sprintf("NotFound: process not found: %s (test:%s)", pid, entry)
}

// lines joins observations to one value that main can check.
func lines(xs ...any) string { return strings.TrimSuffix(fmt.Sprintln(xs...), "\n") }

// saw checks what was observed, in order.
func (h *house) saw(want ...string) {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Equal(h.seen, want) {
		h.t.Errorf("saw %q, want %q", h.seen, want)
	}
}

// ended gives the report of the last end of a process of an entry, and how many
// there were. It ends the house on real workers, where a report may come later
// than what the watchers do.
func (h *house) ended(entry string) (r core.EndReport, n int) {
	if h.sim == nil {
		h.close()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.ends {
		if e.Entry == "test:"+entry {
			r = e
			n++
		}
	}
	return r, n
}

// start starts a process that the test itself watches: done is closed when it
// has ended.
func (h *house) start(name string, args ...any) (pid string, done <-chan struct{}) {
	h.t.Helper()
	end := make(chan struct{})
	p, err := h.Start(h.t.Context(), req(name, args...), func(hostapi.Result) { close(end) })
	if err != nil {
		h.t.Fatal(err)
	}
	return string(p), end
}

// wait waits for the channel, under a simulation by driving it.
func (h *house) wait(done <-chan struct{}) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer cancel()
	if !h.Await(ctx, done) {
		h.t.Fatalf("it does not happen; waiting: %q", h.Waiting())
	}
}

func (a *actor) channel(capacity int) hostapi.Channel { return must1(a.NewChannel(capacity)) }

// get receives a string from a channel; "closed" if it is.
func (a *actor) get(c hostapi.Channel) string {
	v, ok, err := c.Receive()
	must(err)
	if !ok {
		return "closed"
	}
	return v.Str()
}

func (a *actor) put(c hostapi.Channel, v any) { must(c.Send(val(v))) }

func receiving(c hostapi.Channel) *hostapi.Case { return &hostapi.Case{Channel: c} }

func sending(c hostapi.Channel, v any) *hostapi.Case {
	return &hostapi.Case{Channel: c, Send: true, Value: val(v)}
}

// pick waits in a select.
func (a *actor) pick(cases ...*hostapi.Case) hostapi.Selected { return must1(a.Select(cases, true)) }

// yield lets the other coroutines run.
func (a *actor) yield() { must(a.Yield()) }

// drain gives the topics of all messages that lie in the inbox.
func (a *actor) drain() []string {
	var topics []string
	for {
		v, ok := a.poll(a.Inbox())
		if !ok {
			return topics
		}
		topics = append(topics, v.Message().Topic)
	}
}

// forever waits for what never comes, without being deadlocked.
func (a *actor) forever() any {
	for {
		a.event()
	}
}

func entryOf(name string, p hostapi.Program) core.Entry {
	return core.Entry{ID: "test:" + name, Program: p}
}

// logged opens the house and gives what reads its log.
func (h *house) logged(o core.Options) (log func() string) {
	var mu sync.Mutex
	var text strings.Builder
	o.Log = slog.New(slog.NewTextHandler(writer(func(line string) {
		mu.Lock()
		defer mu.Unlock()
		text.WriteString(line)
	}), &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.open(o, 1)
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return text.String()
	}
}

// another starts a second host.
func (h *house) another() {
	h.DefineHost(core.HostOptions{ID: "test:another", Workers: 1})
	if err := h.StartHost("test:another"); err != nil {
		h.t.Fatal(err)
	}
}
