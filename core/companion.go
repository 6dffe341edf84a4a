package core

import (
	"context"

	"github.com/understudy-run/understudy/core/spec"
)

// CompanionEntry is what spec.Kind.Read gives for an entry of a service, which runs beside
// the processes: a server, a schedule. Immutable.
type CompanionEntry interface {
	// Start starts the service of the entry id for one run; it is running as soon as
	// Start returns. It is called on a goroutine of its own, after the hosts and scopes
	// that the entry and its parts refer to have started; ctx is done when nobody waits
	// for it any more. After an error it is called again, by lifecycle.restart (15.9).
	Start(ctx context.Context, rt *Runtime, id string, at spec.Place) (Companion, error)
}

// Companion is a service that runs.
type Companion interface {
	// Stop takes nothing new from now on, and returns when all that was under way is
	// over; when ctx is done, after lifecycle.stop_timeout, it cuts off what is left. It
	// is called once, on any goroutine, while all hosts still run (40.13).
	Stop(ctx context.Context)
}
