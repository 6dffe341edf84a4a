package hostapi

import (
	"context"
	"io"
	"time"
)

// Outside is the part of Process by which modules reach what is outside the
// runtime (section 40). It is called on the goroutine of the process's running
// task, like all of Process.
type Outside interface {
	// Await has work done on a goroutine of its own and parks the calling task
	// meanwhile, and only that; no worker waits. It returns what work brings.
	//
	// ctx is done when the process ends, its code is replaced, the task is
	// discarded, the timeout is over, or the runtime has shut down. Then Await has
	// returned already, or never will: what work brings nevertheless is dropped and
	// released. work must return soon after, must leave nothing running, and must
	// use neither the Call, nor the Task, nor the Process: everything it needs is
	// read before. A panic in it fails the process (40.8).
	//
	// The error is that of work, as AsError gives it; Timeout "timed out after
	// <d>"; or, in a simulated run, Unavailable "no outside in a simulated run"
	// unless the embedding program answers (40.14). Suspends.
	Await(op Op, work func(ctx context.Context) (Done, error)) (Done, error)
	// Release releases what is held, on another goroutine, while the calling task
	// waits; false if that was done before. Suspends.
	Release(h Held) (bool, error)
	// Feed makes a system channel that other goroutines fill (40.12).
	Feed(capacity int) (Feed, error)
	// AfterFunc calls f once d has passed on the runtime's clock, on another goroutine;
	// in a simulated run on the one that drives it. stop reports whether it has kept
	// that from happening; it may be called from any goroutine. What lasts as long as
	// something that is held stops it with its release.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
	// Resource gives what the entry whose code runs was granted under the id of a
	// resource of one of these kinds; "" stands for the only one of them. It opens
	// nothing. PermissionDenied "not granted: <id>", whether there is such a resource or
	// not; Invalid "<id> is a <kind>"; for "": PermissionDenied "no <kind> is granted",
	// Invalid "which one is required: <id>, <id>" (41.4).
	Resource(id string, kinds ...string) (Grant, error)
	// Resources gives all of these kinds that it was granted, in the order in which it
	// lists them.
	Resources(kinds ...string) []Grant
	// Random is the randomness of the system; in a simulated run that of the seed
	// (40.17). For the running task; it never fails.
	Random() io.Reader
}

// Op describes an operation, as data: an embedding program that answers it in a
// simulated run, or looks at what a process does, sees this and no more.
type Op struct {
	Name     string        // module and function: "http_client.get"
	Resource string        // id of the resource, "" for none
	Args     []Value       // payloads, without secrets
	Timeout  time.Duration // 0: none; the wait for a place is part of it
	Thread   bool          // the work holds a thread while it runs, as that of a file does (40.3)
	// Places, if not nil, are those one of which the work needs. It goes back when the
	// operation is over. If the work brings something that is held, that has it, and
	// leaves it with its release.
	Places *Places
}

// Done is what an operation brings.
type Done struct {
	Value Value // a payload
	Held  Held  // what the process holds from now on; nil: nothing
	Ended Held  // what the process has held, and the work has ended; also with an error
}

// Held is something outside that belongs to a process: a file, a transaction. It is
// released exactly once: by Outside.Release, by an upgrade, or by the end of the
// process, before anybody sees its EXIT (40.9, 40.11); several in reverse order.
// Values must be comparable; a pointer serves.
type Held interface {
	// Release is called once, on any goroutine. ctx is done when nobody waits for
	// it any more. failed says that the process has failed.
	Release(ctx context.Context, failed bool)
}

// Feed is the writing end of a system channel. Its methods are safe for concurrent
// use, from any goroutine.
type Feed interface {
	// Channel is what the script reads. The same channel every time.
	Channel() Channel
	// Put puts a payload or an object into the channel, and waits for room. The
	// error is that of ctx, or ErrKilled if the process has ended or its code was
	// replaced, or Invalid "feed is closed". In a simulated run, where the goroutine
	// that drives it is the only one, it does not wait: a full feed is Unavailable
	// "feed is full".
	Put(ctx context.Context, v Value) error
	// Close closes the channel; what it holds stays readable.
	Close()
}

// AwaitValue is Await for work that brings a payload, and needs no more than a name.
func AwaitValue(p Process, name string, work func(ctx context.Context) (Value, error)) (Value, error) {
	d, err := p.Await(Op{Name: name}, func(ctx context.Context) (Done, error) {
		v, err := work(ctx)
		return Done{Value: v}, err
	})
	return d.Value, err
}
