package core

import (
	"context"
	"log/slog"
	"time"

	"github.com/understudy-run/understudy/core/internal/groups"
	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/internal/memory"
	"github.com/understudy-run/understudy/core/internal/supervision"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Runtime runs hosts, processes and names with one clock (0.3). Its methods are
// safe for concurrent use. With a Simulation they are not, and those that wait
// drive it.
type Runtime struct {
	kernel   *kernel.Runtime
	scopes   groups.Scopes
	services supervision.Services
}

// New gives a runtime without hosts and entries. It starts no goroutine;
// Shutdown ends what its hosts have started.
func New(o Options) *Runtime {
	rt := &Runtime{}
	rt.kernel = kernel.New(o, kernel.Parts{
		Memory:     memory.New,
		Facilities: []func(*kernel.Process) any{supervision.Of, rt.scopes.Of, kernel.Tracing},
	})
	return rt
}

// Define makes a process entry known, or replaces it by a new version: spawns,
// restarts and upgrades use it from then on, running processes keep their code
// (13.15). The error is Invalid for an ID that is none, or if there is no Program.
// Safe for concurrent use.
func (rt *Runtime) Define(e Entry) error { return rt.kernel.Define(e) }

// Declare makes an id known that is neither a process entry nor a host, so that
// its use as one gets the right error. Safe for concurrent use.
func (rt *Runtime) Declare(id string) { rt.kernel.Declare(id) }

// DefineResource makes a resource known, or replaces it: scripts find it under its id by
// the modules for its kind, if their entry is granted it (41.2). Whoever made it closes
// it, when no process is left. Safe for concurrent use.
func (rt *Runtime) DefineResource(id, kind string, resource any) {
	rt.DeclareResource(id, kind, resource, func(context.Context) (any, error) { return resource, nil })
}

// DeclareResource is DefineResource for a resource that is not open yet; says is what
// modules may know of it before (hostapi.Grant). open is called
// by each operation that needs it, on any goroutine, several at once; ctx is done when
// the operation is over.
func (rt *Runtime) DeclareResource(id, kind string, says any, open func(ctx context.Context) (any, error)) {
	rt.kernel.DeclareResource(id, kind, says, open)
}

// Granted gives a resource that an entry was granted, as processes of that entry get it:
// hostapi.Outside.Resource for Go code. Safe for concurrent use.
func (rt *Runtime) Granted(entry, id string, kinds ...string) (hostapi.Grant, error) {
	return rt.kernel.Granted(entry, id, kinds)
}

// Shared implements hostapi.Sharer.
func (rt *Runtime) Shared(key any, make func() any) any { return rt.kernel.Shared(key, make) }

// Resource gives a resource, opening it if need be; no entry need be granted it. The
// error is NotFound "no resource <id>", Invalid "<id> is a <kind>", or that of opening.
// Safe for concurrent use.
func (rt *Runtime) Resource(ctx context.Context, id string, kinds ...string) (any, error) {
	return rt.kernel.OpenResource(ctx, id, kinds)
}

// DefineHost makes a host known, or replaces one that was not started. It runs
// nothing before StartHost. The error is Invalid for an ID that is none, and
// AlreadyExists "host is running" for a host that was started.
func (rt *Runtime) DefineHost(o HostOptions) error { return rt.kernel.DefineHost(o) }

// StartHost starts a host that was defined; one that runs is left alone.
func (rt *Runtime) StartHost(id string) error { return rt.kernel.StartHost(id) }

// DefineScope makes a scope of process groups known. Nothing can open it before
// StartScope. A scope that is known already is left alone. Safe for concurrent
// use.
func (rt *Runtime) DefineScope(o ScopeOptions) {
	rt.kernel.Declare(o.ID)
	rt.scopes.Define(o)
}

// StartScope lets processes open a scope that was defined; the error is
// NotFound "scope not found" if it was not. Safe for concurrent use.
func (rt *Runtime) StartScope(id string) error { return rt.scopes.Start(id) }

// StopScope lets no process open a scope any more. Who has opened it before goes
// on: an entry that is stopped after its scope finds its groups to the end. The
// error is as of StartScope. Safe for concurrent use.
func (rt *Runtime) StopScope(id string) error { return rt.scopes.Stop(id) }

// Members gives the members of a group in the order of joining, once for each membership
// (18.5); none if nobody is in it. The error is NotFound "scope not found". Safe for
// concurrent use.
func (rt *Runtime) Members(scope, group string) ([]hostapi.PID, error) {
	return rt.scopes.Members(scope, group)
}

// DefineSupervisor makes a supervisor entry known, or replaces it: supervisors
// started from then on use it. Launch, Start and Exec start it as they start a
// process entry. Safe for concurrent use.
func (rt *Runtime) DefineSupervisor(id string, s spec.Supervisor) {
	supervision.Define(rt.kernel, id, s)
}

// ChangeSupervisor is DefineSupervisor which also lets the running supervisors of
// the entry take over the new specification, as OTP's code_change does (16.19).
// Each does when its turn has come. Safe for concurrent use.
func (rt *Runtime) ChangeSupervisor(id string, to spec.Supervisor) {
	supervision.Change(rt.kernel, id, to)
}

// Outdated tells processes that code they run was replaced by Define: each live
// process with the option upgradable whose entry, or a library it imports, is
// among sources gets an OUTDATED event that names those (13.17). sources are
// ids of entries and libraries, all of one reload. Safe for concurrent use.
func (rt *Runtime) Outdated(sources []string) { rt.kernel.Outdated(sources) }

// NewService gives a service that is not started.
func (rt *Runtime) NewService(o ServiceOptions) *Service { return rt.services.New(rt.kernel, o) }

// Launch creates a process without a spawner and without waiting; Link and Monitor of
// s are ignored. onLive is called once, when the process is live or its creation has
// failed; onEnd, if not nil, once when a live process has ended, after its watchers
// were told. Both are called on any goroutine, possibly before Launch returns; they
// must not block, but may call the runtime's methods that do not wait. What onEnd is
// told the log tells at level debug only.
//
// The function returned gives up a creation that is still under way: onLive then gets
// err. Once the process is live it does nothing, and says so.
func (rt *Runtime) Launch(s hostapi.Spawn, onLive func(hostapi.PID, error), onEnd func(hostapi.Result)) (abandon func(err *hostapi.Error) (live bool)) {
	return rt.LaunchWith(nil, s, onLive, onEnd)
}

// LaunchWith is Launch for a process that offers facilities to its modules which no other
// has, also not those that it spawns; they come before those of Options.
func (rt *Runtime) LaunchWith(facilities []any, s hostapi.Spawn, onLive func(hostapi.PID, error), onEnd func(hostapi.Result)) (abandon func(err *hostapi.Error) (live bool)) {
	return rt.kernel.Launch(&kernel.Program{OnLive: onLive, OnEnd: onEnd, Answers: onEnd != nil, Facilities: facilities}, s, nil)
}

// WriteOutput writes a text to the output, behind what scripts have printed before, and
// returns when it is taken. The error is that of the output, or of ctx: what waits is
// written nevertheless. Call it on any goroutine, in a simulated run on the one that
// drives it; modules call it in the work of operations (45.2).
func (rt *Runtime) WriteOutput(ctx context.Context, text string) error {
	return rt.kernel.WriteOutput(ctx, text)
}

// Start is Launch that waits until the process is live (2.4). onEnd may be nil. If ctx
// is done first, the creation is abandoned and the error is that of ctx.
func (rt *Runtime) Start(ctx context.Context, s hostapi.Spawn, onEnd func(hostapi.Result)) (hostapi.PID, error) {
	return rt.kernel.Start(ctx, s, onEnd)
}

// Exec creates a process, waits for its end, and gives its value or the error
// with which it failed. If ctx is done first, the process is terminated and the
// error is that of ctx.
func (rt *Runtime) Exec(ctx context.Context, s hostapi.Spawn) (hostapi.Value, error) {
	return rt.kernel.Exec(ctx, s)
}

// Attach gives the calling goroutine an address, which processes can send to, link
// and monitor like any process. It ends by Close, when ctx is done, and at the
// shutdown. The error is Unavailable once the runtime is shutting down.
func (rt *Runtime) Attach(ctx context.Context) (*Address, error) { return rt.kernel.Attach(ctx) }

// Send puts one message into the mailbox of a process, without a sender (3.1). Values that are no payloads are refused
// (1.13 to 1.16).
func (rt *Runtime) Send(dest hostapi.Dest, topic string, payloads ...hostapi.Value) error {
	return rt.kernel.Send(dest, topic, payloads...)
}

// Call sends one message without a sender and waits for the reply (70.1), until ctx is
// done: then the error wraps that of ctx, its kind is Timeout or Canceled, and a reply
// that comes later is dropped. The other errors are those of clause 70.1. Under a
// Simulation it drives that, and fails with Internal if nothing is left to run.
func (rt *Runtime) Call(ctx context.Context, dest hostapi.Dest, topic string, payloads ...hostapi.Value) (hostapi.Value, error) {
	return rt.kernel.Call(ctx, dest, topic, payloads...)
}

// Offer sends one message without a sender, and waits until the mailbox has room for it
// (70.5) or ctx is done, as Call does. The error is NotFound if nobody is there, or the
// process ends before there is room.
func (rt *Runtime) Offer(ctx context.Context, dest hostapi.Dest, topic string, payloads ...hostapi.Value) error {
	return rt.kernel.Offer(ctx, dest, topic, payloads...)
}

// Entrust is Send for what the process has to do: until release is called, lost is called
// once if the process ends, or its mailbox drops the message. Nobody can reply to the
// message; who does what it says tells by other means. The errors are those of Send, and
// Unavailable "mailbox full". lost is called on any goroutine, possibly before Entrust
// returns; it must not block, but may call methods that do not wait. Safe for concurrent
// use, also from the goroutine of a running task.
func (rt *Runtime) Entrust(dest hostapi.Dest, what hostapi.Outgoing, lost func()) (release func(), err error) {
	return rt.kernel.Entrust(dest, what, lost)
}

// Tracer is that of the options, nil if there is none.
func (rt *Runtime) Tracer() hostapi.Tracer { return rt.kernel.Tracer() }

// Cancel asks a process to stop, without a sender (7.1). A negative grace sets no
// deadline.
func (rt *Runtime) Cancel(dest hostapi.Dest, grace time.Duration, reason string) error {
	return rt.kernel.Cancel(dest, grace, reason)
}

// Stop is Cancel as the runtime itself does it: who only reads messages and has not
// opened its events is ended as soon as it waits for them (71.1). It does not wait. The
// error is NotFound if there is no such process.
func (rt *Runtime) Stop(dest hostapi.Dest, grace time.Duration, reason string) error {
	return rt.kernel.Stop(dest, grace, reason)
}

// Terminate kills a process (7.9).
func (rt *Runtime) Terminate(pid hostapi.PID) error { return rt.kernel.Terminate(pid) }

// Lookup gives the process that holds a name (12.3).
func (rt *Runtime) Lookup(name string) (hostapi.PID, bool) { return rt.kernel.Lookup(name) }

// AwaitNone waits until no process is left on any host; false if ctx is done first or,
// under a Simulation, nothing is left to run. Afterwards a process exists only if the
// program starts one.
func (rt *Runtime) AwaitNone(ctx context.Context) bool { return rt.kernel.AwaitNone(ctx) }

// Processes lists the live processes, oldest first.
func (rt *Runtime) Processes() []hostapi.PID { return rt.kernel.Processes() }

// Doing says what a process does at present, for people: "running", or what its
// coroutines wait for, such as "receive channel(inbox); sleep". Of a supervisor
// that waits for a child it names the child and what that does. It is "" if
// there is no such process. Safe for concurrent use.
func (rt *Runtime) Doing(pid hostapi.PID) string { return rt.kernel.Doing(pid) }

// Line says where the code of a process stands as file:line, for people: that of the
// coroutine that runs next, else of the oldest. It is "" if that is not known, and while a
// worker runs the process. Safe for concurrent use.
func (rt *Runtime) Line(pid hostapi.PID) string { return rt.kernel.Line(pid) }

// Remaining names the processes that have not ended, each with what it does, at
// most so many of them and then how many more there are. Safe for concurrent use.
func (rt *Runtime) Remaining(most int) []string { return rt.kernel.Remaining(most) }

// Waiting says who waits for what: a line for each coroutine of each process
// that waits, oldest first, such as
//
//	{app:host|1} app:server coroutine(1): select channel(events), channel(inbox)
//
// It is meant for people who look for what holds a runtime up. Safe for
// concurrent use; what runs meanwhile may be missing.
func (rt *Runtime) Waiting() []string { return rt.kernel.Waiting() }

// AfterFunc calls f after d on the runtime's clock, on any goroutine; f must
// not block. The function returned stops it and reports whether it was pending.
func (rt *Runtime) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return rt.kernel.AfterFunc(d, f)
}

// Await waits until done is closed; false if ctx is done first. Under a
// simulation it drives that, and is false too if nothing is left to run.
func (rt *Runtime) Await(ctx context.Context, done <-chan struct{}) bool {
	return rt.kernel.Await(ctx, done)
}

// Simulated reports whether the runtime runs on a Simulation.
func (rt *Runtime) Simulated() bool { return rt.kernel.Simulated() }

// Logger is that of the runtime, for services that run beside it: it leaves out what is
// concealed. Safe for concurrent use.
func (rt *Runtime) Logger() *slog.Logger { return rt.kernel.Logger() }

// NextSeed is where another random generator starts: drawn from Options.Seed, and in a
// simulated run the same in the same run. Safe for concurrent use.
func (rt *Runtime) NextSeed() uint64 { return rt.kernel.NextSeed() }

// Now is the time of the runtime's clock.
func (rt *Runtime) Now() time.Time { return rt.kernel.Now() }

// Conceal keeps values out of what the runtime shows from now on: its log, the errors
// with which processes end, crash reports, inspections (71.6). Those of less than eight
// bytes are shown. Safe for concurrent use.
func (rt *Runtime) Conceal(secrets ...string) { rt.kernel.Conceal(secrets...) }

// Concealed gives a text without what is concealed.
func (rt *Runtime) Concealed(text string) string { return rt.kernel.Concealed(text) }

// LoggerTo gives a logger to l for records that stand beside those of the runtime: in the
// order in which they are made, written by a goroutine of the runtime, so that nobody waits
// for who takes them (13.25), and without what is concealed. In a simulated run they are
// written at once.
func (rt *Runtime) LoggerTo(l *slog.Logger) *slog.Logger { return rt.kernel.LoggerTo(l) }

// Settle waits until what was printed and logged by now is written, but only a second for
// who does not take it.
func (rt *Runtime) Settle() { rt.kernel.Settle() }

// StopHosts lets hosts accept no more processes, sends CANCEL with reason
// "shutdown" to all their processes at once, with the grace given for each
// host, and waits until they are gone (21.4). Children of a supervisor that gets
// CANCEL itself are left to that. If ctx is done first, what is left is dropped,
// and the error names it.
func (rt *Runtime) StopHosts(ctx context.Context, graces map[string]time.Duration) error {
	return rt.kernel.StopHosts(ctx, graces)
}

// Shutdown stops all hosts, each with the given grace for its processes, and
// returns when no process and no goroutine of the runtime is left. If ctx is
// done first, what is left is dropped, and the error names it.
func (rt *Runtime) Shutdown(ctx context.Context, grace time.Duration) error {
	return rt.kernel.Shutdown(ctx, grace)
}
