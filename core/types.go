package core

import (
	"time"

	"github.com/understudy-run/understudy/core/internal/groups"
	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/internal/supervision"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// What a runtime is made of, and what is told of it.
type (
	Options     = kernel.Options
	HostOptions = kernel.HostOptions
	Entry       = kernel.Entry
	Handling    = kernel.Handling
	Address     = kernel.Address
	Delivery    = kernel.Delivery
)

// What may be said of a process before it runs; package spec has the rest of it.
type (
	Limits  = spec.Limits
	Mailbox = spec.Mailbox
	Grant   = spec.Grant
)

// DefaultMaxProcesses is how many live processes a host has at most that does not
// say, or one for each 20 KiB of the runtime's memory limit if these are fewer
// (17.8).
const DefaultMaxProcesses = kernel.DefaultMaxProcesses

// DefaultMaxOutside is how many operations outside a runtime has under way at most that
// does not say (40.3).
const DefaultMaxOutside = kernel.DefaultMaxOutside

// ScopeOptions describe a scope of process groups (18.1).
type ScopeOptions = groups.Options

// Services, and the states of one.
type (
	Service        = supervision.Service
	ServiceOptions = supervision.ServiceOptions
	ServiceState   = kernel.ServiceState
)

const (
	ServiceStopped  = kernel.ServiceStopped  // not started, or stopped by Stop
	ServiceStarting = kernel.ServiceStarting // the top level of the process runs
	ServiceRunning  = kernel.ServiceRunning  // the process is live
	ServiceExited   = kernel.ServiceExited   // the process exited normally: final
	ServiceWaiting  = kernel.ServiceWaiting  // for the delay before a restart
	ServiceFailed   = kernel.ServiceFailed   // given up: final
	ServiceStopping = kernel.ServiceStopping // CANCEL was sent
)

// DefaultService has the defaults of clause 15.1.
var DefaultService = supervision.DefaultService

// Perform has the work done. In a simulated run that is when a virtual time is over,
// drawn from the seed, up to 1 ms: the work must not wait for another process.
func Perform() Handling { return kernel.Perform() }

// Refuse lets the operation fail at once.
func Refuse(err error) Handling { return kernel.Refuse(err) }

// Answer gives the operation a result after a time, and the work is not done.
func Answer(after time.Duration, d hostapi.Done, err error) Handling {
	return kernel.Answer(after, d, err)
}
