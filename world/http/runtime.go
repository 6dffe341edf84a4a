package http

import (
	"context"
	"time"

	"github.com/understudy-run/understudy/core/measure"
	"github.com/understudy-run/understudy/hostapi"
)

// Runtime is what a server needs of a runtime; *core.Runtime has it.
type Runtime interface {
	// Launch starts a process and tells of its start and its end.
	Launch(s hostapi.Spawn, onLive func(hostapi.PID, error), onEnd func(hostapi.Result)) (abandon func(err *hostapi.Error) (live bool))
	// Entrust sends a message and tells if who got it has ended.
	Entrust(dest hostapi.Dest, what hostapi.Outgoing, lost func()) (release func(), err error)
	// Tracer has spans of requests; nil: nobody wants them.
	Tracer() hostapi.Tracer
	// Members gives those of a group.
	Members(scope, group string) ([]hostapi.PID, error)
	// Cancel asks a process to stop.
	Cancel(dest hostapi.Dest, grace time.Duration, reason string) error
	// AfterFunc calls f later, on the runtime's clock.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
	// Granted gives what an entry was granted.
	Granted(entry, id string, kinds ...string) (hostapi.Grant, error)
	// Sharer keeps the requests.
	hostapi.Sharer
	// NextSeed is where the ids of a simulated run come from.
	NextSeed() uint64
	// Measuring says whether anybody wants to know what MeasureAlso adds.
	Measuring() bool
	MeasureAlso(source func() []measure.Family)
	// Now is the time of the runtime's clock.
	Now() time.Time
	// Simulated says that whoever waits must drive the runtime, by Await.
	Simulated() bool
	Await(ctx context.Context, done <-chan struct{}) bool
}

// await waits until done is closed, or ctx is done: then it is false.
func (s *Server) await(ctx context.Context, done <-chan struct{}) bool {
	if s.simulated {
		return s.rt.Await(ctx, done)
	}
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}
