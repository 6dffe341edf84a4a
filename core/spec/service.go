package spec

import (
	"math"
	"time"
)

// Service says how the runtime keeps one process running (15.1). Zero durations
// and numbers mean what they say: DefaultService has the defaults.
type Service struct {
	StartTimeout    time.Duration // for the top level; > 0
	StopTimeout     time.Duration // grace when stopped; ≥ 0
	StableThreshold time.Duration // running this long forgets earlier failures
	Restart         Backoff
	MaxAttempts     int // restarts since the last stable period; 0: no limit
}

// DefaultService has the defaults of clause 15.1.
var DefaultService = Service{
	StartTimeout:    10 * time.Second,
	StopTimeout:     10 * time.Second,
	StableThreshold: 5 * time.Second,
	Restart:         backoff(time.Second),
}

// Backoff is how delays grow from one restart to the next (15.9).
type Backoff struct {
	InitialDelay time.Duration // before the first restart
	MaxDelay     time.Duration // longest delay
	Factor       float64       // growth per failure, ≥ 1
	Jitter       float64       // random share of the delay, 0 to 1
}

// backoff has the defaults that services and supervisors have in common.
func backoff(initial time.Duration) Backoff {
	return Backoff{InitialDelay: initial, MaxDelay: 90 * time.Second, Factor: 2, Jitter: 0.1}
}

// Delay gives the delay before the n-th restart in a row, n from 1; random is
// drawn evenly from 0 to 1 (15.9).
func (b Backoff) Delay(n int, random float64) time.Duration {
	d := math.Min(float64(b.MaxDelay), float64(b.InitialDelay)*math.Pow(b.Factor, float64(n-1)))
	return time.Duration(d * (1 + b.Jitter*(2*random-1)))
}

// backoff reads the fields of a backoff, otherwise those of b.
func (f Fields) backoff(b Backoff) Backoff {
	b.InitialDelay = f.Duration("initial_delay", 0, b.InitialDelay)
	b.MaxDelay = f.Duration("max_delay", 0, max(b.MaxDelay, b.InitialDelay))
	if b.MaxDelay < b.InitialDelay {
		f.Fail("max_delay", "must be at least initial_delay, %s, not %s", b.InitialDelay, b.MaxDelay)
	}
	b.Factor = f.Number("backoff_factor", 1, math.MaxFloat64, b.Factor)
	b.Jitter = f.Number("jitter", 0, 1, b.Jitter)
	return b
}

// ServiceFields gives the names of the fields that Service reads.
func ServiceFields() []string {
	return []string{"start_timeout", "stop_timeout", "stable_threshold", "restart"}
}

// Service reads the fields of a service.
func (f Fields) Service() Service {
	restart := f.Map("restart", "initial_delay", "max_delay", "backoff_factor", "jitter", "max_attempts")
	s := DefaultService
	s.StartTimeout = f.Duration("start_timeout", 1, s.StartTimeout)
	s.StopTimeout = f.Duration("stop_timeout", 0, s.StopTimeout)
	s.StableThreshold = f.Duration("stable_threshold", 0, s.StableThreshold)
	s.Restart = restart.backoff(s.Restart)
	s.MaxAttempts = restart.Count("max_attempts", 0, s.MaxAttempts)
	return s
}
