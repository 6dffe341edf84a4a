package understudy

import (
	"cmp"
	"context"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Process is one process that the program has started. Its methods are safe for
// concurrent use.
type Process struct {
	rt     *Runtime
	pid    hostapi.PID
	done   chan struct{}
	result hostapi.Result // once done is closed
}

// String gives the PID, for those who print what they hold. It may be called from any
// goroutine.
func (p *Process) String() string { return string(p.pid) }

// Start starts a process of an entry and returns when it is live: its top level has
// been executed. args are the arguments of its method, each as by hostapi.ValueOf.
// ctx bounds the start alone; a process goes on without it. The errors are those of
// clause 2.6, and that of ctx.
func (rt *Runtime) Start(ctx context.Context, id string, args ...any) (*Process, error) {
	values, err := valuesOf(args)
	if err != nil {
		return nil, err
	}
	p := &Process{rt: rt, done: make(chan struct{})}
	p.pid, err = rt.core.Start(ctx, hostapi.Spawn{ID: id, Host: rt.hostOf(id), Args: values}, func(r hostapi.Result) {
		p.result = r
		close(p.done)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

func valuesOf(args []any) ([]hostapi.Value, error) {
	values := make([]hostapi.Value, len(args))
	for i, x := range args {
		var err error
		if values[i], err = hostapi.ValueOf(x); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// PID names the process.
func (p *Process) PID() hostapi.PID { return p.pid }

// Done is closed when the process has ended and its monitors and links were told.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the end and gives what the process returned, or the *hostapi.Error
// with which it failed. The error is that of ctx if that is done first.
func (p *Process) Wait(ctx context.Context) (hostapi.Value, error) {
	if !p.rt.core.Await(ctx, p.done) {
		return hostapi.Value{}, cmp.Or(ctx.Err(), error(hostapi.Errorf(hostapi.Internal, "%s waits for ever: nothing is left to run", p.pid)))
	}
	if p.result.Err != nil {
		return hostapi.Value{}, p.result.Err
	}
	return p.result.Value, nil
}

// Send puts one message into its mailbox, without a sender. It does not wait. Once the
// process has ended the error is NotFound.
func (p *Process) Send(topic string, payloads ...any) error {
	return p.rt.Send(p.pid, topic, payloads...)
}

// Call sends one message, without a sender, and waits for the reply that the process
// gives with msg:reply, or hostapi.Message.Reply (70.1). If the process ends first, the
// error is Unavailable "process ended before it replied"; if ctx is done first, Timeout or
// Canceled, and wraps that of ctx.
func (p *Process) Call(ctx context.Context, topic string, payloads ...any) (hostapi.Value, error) {
	return p.rt.Call(ctx, p.pid, topic, payloads...)
}

// Offer is Send that waits until the mailbox has room, or ctx is done (70.5).
func (p *Process) Offer(ctx context.Context, topic string, payloads ...any) error {
	return p.rt.Offer(ctx, p.pid, topic, payloads...)
}

// Cancel asks the process to stop and kills it after grace; a negative grace kills
// never (7.1). It does not wait.
func (p *Process) Cancel(grace time.Duration, reason string) error {
	return p.rt.core.Cancel(p.pid, grace, reason)
}

// Kill ends the process without asking (7.9). It does not wait.
func (p *Process) Kill() error { return p.rt.core.Terminate(p.pid) }

// Stop asks the process to stop, kills it after grace as Cancel does, and waits for the
// end, whatever that is. Who only reads messages and has not asked for its events ends
// at once (71.1). The error is that of ctx if that is done first. A process that has
// ended is stopped.
func (p *Process) Stop(ctx context.Context, grace time.Duration) error {
	_ = p.rt.core.Stop(p.pid, grace, "stop") // it may have ended
	if p.rt.core.Await(ctx, p.done) {
		return nil
	}
	return ctx.Err()
}
