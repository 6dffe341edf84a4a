package supervision

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// ServiceOptions describe a service (15.1). Zero durations and numbers mean
// what they say: DefaultService has the defaults.
type ServiceOptions struct {
	Name  string        // in events and logs; "": the id of Spawn
	Spawn hostapi.Spawn // what to run
	spec.Service
	// OnState, if set, is told each change of state, in order and after the
	// event of it, with the error
	// that led to it, if any. It is called on any goroutine and must not block.
	OnState func(s *Service, to kernel.ServiceState, err *hostapi.Error)
}

// DefaultService has the defaults of clause 15.1.
var DefaultService = ServiceOptions{Service: spec.DefaultService}

// Service keeps one process running: it restarts it after failures (15.7 to
// 15.11) and stops it on request (15.13). Its methods are safe for concurrent
// use and do not wait.
type Service struct {
	rt      *kernel.Runtime
	options ServiceOptions
	random  *rand.Rand

	services *Services // that it is one of while it is started

	mu       sync.Mutex
	state    kernel.ServiceState
	run      int // counts starts: what belongs to an earlier one is ignored
	pid      hostapi.PID
	since    time.Time        // of the current run
	restarts int              // in a row
	history  []kernel.Failure // likewise
	abandon  func(*hostapi.Error) bool
	timer    func() bool // stops the pending timer
	done     chan struct{}
	changes  []kernel.ServiceChange
	telling  bool
}

func newService(rt *kernel.Runtime, o ServiceOptions) *Service {
	if o.Name == "" {
		o.Name = o.Spawn.ID
	}
	return &Service{
		rt: rt, options: o, done: make(chan struct{}),
		random: rand.New(rand.NewPCG(rt.NextSeed(), 2)),
	}
}

// Name is how logs and events name the service.
func (s *Service) Name() string { return s.options.Name }

// State gives the state and the PID of the running process, "" if none runs.
func (s *Service) State() (kernel.ServiceState, hostapi.PID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.pid
}

// Done is closed when the service has stopped after Stop.
func (s *Service) Done() <-chan struct{} { return s.done }

// Start starts a service that was not started yet.
func (s *Service) Start() {
	s.mu.Lock()
	if s.state != kernel.ServiceStopped || s.run > 0 {
		s.mu.Unlock()
		return
	}
	s.services.add(s)
	s.begin()
}

// begin launches the process. The lock is held and released.
func (s *Service) begin() {
	s.run++
	run, history := s.run, s.history
	s.become(kernel.ServiceStarting, nil)
	expired := false // before there was anything to give up; guarded by the lock
	timedOut := hostapi.Errorf(hostapi.Timeout, "start timed out")
	if s.options.StartTimeout > 0 {
		s.timer = s.rt.AfterFunc(s.options.StartTimeout, func() {
			s.mu.Lock()
			abandon := s.abandon
			late := s.run == run && s.state == kernel.ServiceStarting
			expired = late && abandon == nil
			s.mu.Unlock()
			if late && abandon != nil {
				abandon(timedOut)
			}
		})
	}
	s.unlock()
	abandon := s.rt.Launch(&kernel.Program{
		OnLive: func(pid hostapi.PID, err error) { s.live(run, pid, err) },
		OnEnd:  func(r hostapi.Result) { s.over(run, r.Err) },
	}, s.options.Spawn, history)
	s.mu.Lock()
	if s.run == run {
		s.abandon = abandon
		switch {
		case s.state == kernel.ServiceStopping && s.pid == "": // stopped before we could give it up
			defer abandon(hostapi.Errorf(hostapi.Canceled, "service stop"))
		case s.state == kernel.ServiceStarting && expired:
			defer abandon(timedOut)
		}
	}
	s.unlock()
}

// live is told that the process is live or could not be created.
func (s *Service) live(run int, pid hostapi.PID, err error) {
	s.mu.Lock()
	if s.run != run {
		s.mu.Unlock()
		return
	}
	s.stopTimer()
	s.abandon = nil
	if err != nil {
		s.failed(hostapi.AsError(err))
		return
	}
	s.pid, s.since = pid, s.rt.Now()
	stopping := s.state == kernel.ServiceStopping
	if !stopping {
		s.become(kernel.ServiceRunning, nil)
	}
	s.unlock()
	if stopping {
		_ = s.rt.Stop(pid, s.options.StopTimeout, "service stop")
	}
}

// over is told that the process has ended.
func (s *Service) over(run int, err *hostapi.Error) {
	s.mu.Lock()
	if s.run != run {
		s.mu.Unlock()
		return
	}
	s.pid = ""
	switch {
	case s.state == kernel.ServiceStopping:
		s.stopped(err)
	case err == nil:
		s.become(kernel.ServiceExited, nil)
		s.unlock()
	default:
		if s.rt.Now().Sub(s.since) >= s.options.StableThreshold {
			s.restarts, s.history = 0, nil
		}
		s.failed(err)
	}
}

// failed handles a failure or a failed start: by a restart, unless there is a
// reason against it (15.8). The lock is held and released.
func (s *Service) failed(err *hostapi.Error) {
	if s.state == kernel.ServiceStopping {
		s.stopped(err)
		return
	}
	final := err.Script && err.Retryable == hostapi.False
	repeated := kernel.Repeats(s.history, err)
	s.history = kernel.Remember(s.history, s.rt.Now(), err)
	if final || s.options.MaxAttempts > 0 && s.restarts >= s.options.MaxAttempts {
		s.become(kernel.ServiceFailed, err)
		s.unlock()
		return
	}
	s.restarts++
	run := s.run
	delay := s.options.Restart.Delay(s.restarts, s.random.Float64())
	s.become(kernel.ServiceWaiting, err)
	change := &s.changes[len(s.changes)-1]
	change.Delay, change.Repeated = delay, repeated
	s.timer = s.rt.AfterFunc(delay, func() {
		s.mu.Lock()
		if s.run == run && s.state == kernel.ServiceWaiting {
			s.timer = nil
			s.begin()
			return
		}
		s.mu.Unlock()
	})
	s.unlock()
}

// Stop ends the service: CANCEL to its process, with the reason and the stop
// timeout as grace. Done tells when it is over.
func (s *Service) Stop(reason string) {
	s.mu.Lock()
	switch s.state {
	case kernel.ServiceStopping:
		s.mu.Unlock()
	case kernel.ServiceStarting:
		s.stopTimer()
		s.become(kernel.ServiceStopping, nil)
		abandon := s.abandon
		s.unlock()
		if abandon != nil {
			abandon(hostapi.Errorf(hostapi.Canceled, "%s", reason))
		}
	case kernel.ServiceRunning:
		s.become(kernel.ServiceStopping, nil)
		pid := s.pid
		s.unlock()
		_ = s.rt.Stop(pid, s.options.StopTimeout, reason)
	default:
		s.stopTimer()
		s.stopped(nil)
	}
}

// stopped ends a stop. The lock is held and released.
func (s *Service) stopped(err *hostapi.Error) {
	s.run++ // what is still under way is ignored
	s.services.remove(s)
	if s.state == kernel.ServiceStopping || s.state == kernel.ServiceWaiting {
		s.become(kernel.ServiceStopped, err)
	}
	select {
	case <-s.done:
	default:
		close(s.done)
	}
	s.unlock()
}

func (s *Service) stopTimer() {
	if s.timer != nil {
		s.timer()
		s.timer = nil
	}
}

// become changes the state. The lock is held; unlock tells the change.
func (s *Service) become(to kernel.ServiceState, err *hostapi.Error) {
	notStarted := err != nil && s.state == kernel.ServiceStarting
	s.state = to
	s.changes = append(s.changes, kernel.ServiceChange{
		Service: s.options.Name, State: to, PID: s.pid, Err: err, Restarts: s.restarts, NotStarted: notStarted,
	})
}

// unlock releases the lock and tells the changes, in order.
func (s *Service) unlock() {
	for len(s.changes) > 0 && !s.telling {
		s.telling = true
		changes := s.changes
		s.changes = nil
		s.mu.Unlock()
		for _, c := range changes {
			s.rt.Emit(c)
			if s.options.OnState != nil {
				s.options.OnState(s, c.State, c.Err)
			}
		}
		s.mu.Lock()
		s.telling = false
	}
	s.mu.Unlock()
}
