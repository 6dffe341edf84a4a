package schedule

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/store"
)

// schedule is an entry that counts, for one run. Stop ends it.
type schedule struct {
	*entry
	rt    *core.Runtime
	id    string
	log   *slog.Logger
	when  plan         // that of the entry, in the zone of the runtime if it says so
	base  time.Time    // from which every counts
	store store.Driver // where the last time is kept; nil: nowhere

	keeping sync.Mutex     // one write to the store at a time
	away    sync.WaitGroup // writes to it, and who is about to make one

	mu       sync.Mutex
	random   *rand.Rand
	due      time.Time // what comes next
	at       time.Time // and when it is carried out: later by the jitter
	previous time.Time // that was due last; zero: none
	handled  time.Time // up to when nothing is missing
	timer    func() bool
	jobs     map[*job]struct{} // that have not ended
	stopped  bool
	gone     chan struct{} // closed when it has stopped and no job is left
}

// job is a process that was started.
type job struct {
	pid     hostapi.PID // "" until it is live
	abandon func(*hostapi.Error) bool
	limit   func() bool // stops the timer of its timeout
}

// longestWait is after how long the clock is looked at again: it may have been set, or
// the machine have slept.
const longestWait = time.Minute

// now is the time of the wall clock.
func (s *schedule) now() time.Time { return s.rt.Now().Round(0) }

// plan notes what is due next behind a time. The lock is held.
func (s *schedule) plan(after time.Time) {
	due, ok := s.when.after(after, s.base)
	if !ok {
		s.log.Error("schedule is never due again", "schedule", s.id)
		s.timer = nil
		return
	}
	s.due, s.at = due, due
	if s.jitter > 0 {
		s.at = due.Add(time.Duration(s.random.Int64N(int64(s.jitter))))
	}
	s.arm()
}

// arm sets the timer. The lock is held.
func (s *schedule) arm() {
	s.timer = s.rt.AfterFunc(min(max(s.at.Sub(s.now()), 0), longestWait), s.wake)
}

// wake is called when it may be time.
func (s *schedule) wake() {
	s.mu.Lock()
	now := s.now()
	if s.stopped || s.due.IsZero() {
		s.mu.Unlock()
		return
	}
	if now.Before(s.at) {
		s.arm()
		s.mu.Unlock()
		return
	}
	s.away.Add(1) // Stop waits for what this keeps
	defer s.away.Done()
	// What was missed since then counts as one (49.3): the last of it.
	due := s.due
	if last, ok := s.when.latest(due, now, s.base); ok {
		due = last
	}
	occasion := s.occasion(due, now)
	s.previous, s.handled = due, due
	busy := len(s.jobs) > 0 && !s.overlap && s.to == ""
	var j *job
	if !busy && s.to == "" {
		j = &job{}
		s.jobs[j] = struct{}{}
	}
	after := now
	if due.After(after) { // the clock was set back
		after = due
	}
	s.plan(after)
	s.mu.Unlock()
	switch {
	case busy:
		s.log.Info("schedule skipped: the last one is still running", "schedule", s.id)
	case s.to != "":
		if err := s.rt.Send(hostapi.Name(s.to), topic, occasion); err != nil {
			s.log.Error("schedule not started", "schedule", s.id, "error", err)
		}
	default:
		s.start(j, occasion)
	}
	s.keep()
}

// topic is that of the messages.
const topic = "schedule"

// occasion tells the process or the message what it is for (49.1). The lock is held.
func (s *schedule) occasion(due, now time.Time) hostapi.Value {
	entries := []hostapi.Entry{hostapi.Field("due", hostapi.Int(due.Unix()))}
	if !s.previous.IsZero() {
		entries = append(entries, hostapi.Field("previous", hostapi.Int(s.previous.Unix())))
	}
	late := max(now.Sub(due), 0)
	return hostapi.MapOf(append(entries, hostapi.Field("late", hostapi.Int(int64(late/time.Second))))...)
}

// start starts a process.
func (s *schedule) start(j *job, occasion hostapi.Value) {
	spawn := s.spawn
	spawn.Args = append(append([]hostapi.Value(nil), spawn.Args...), occasion)
	abandon := s.rt.Launch(spawn,
		func(pid hostapi.PID, err error) { s.live(j, pid, err) },
		func(r hostapi.Result) { s.ended(j, r) })
	s.mu.Lock()
	j.abandon = abandon
	cut := s.stopped
	s.mu.Unlock()
	if cut {
		abandon(errStopping())
	}
}

func errStopping() *hostapi.Error { return hostapi.Errorf(hostapi.Unavailable, "the schedule stops") }

// live is called when a process lives, or its creation has failed.
func (s *schedule) live(j *job, pid hostapi.PID, err error) {
	if err != nil {
		s.log.Error("schedule not started", "schedule", s.id, "error", err)
		s.over(j)
		return
	}
	s.mu.Lock()
	j.pid = pid
	if _, runs := s.jobs[j]; runs && s.timeout > 0 {
		j.limit = s.rt.AfterFunc(s.timeout, func() {
			_ = s.rt.Cancel(pid, timeoutGrace, "schedule timeout") // it may have ended
		})
	}
	stop := s.stopped
	s.mu.Unlock()
	if stop {
		s.stop(pid)
	}
}

// timeoutGrace is what a process has after its timeout.
const timeoutGrace = time.Second

// ended is called when a process has ended.
func (s *schedule) ended(j *job, r hostapi.Result) {
	if r.Err != nil {
		s.log.Error("schedule failed", "schedule", s.id, "error", r.Err)
	}
	s.over(j)
}

// over forgets a job.
func (s *schedule) over(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.jobs, j)
	if j.limit != nil {
		j.limit()
	}
	s.settle()
}

// settle closes gone once nothing is left. The lock is held.
func (s *schedule) settle() {
	if s.gone != nil && len(s.jobs) == 0 {
		close(s.gone)
		s.gone = nil
	}
}

// Stop implements core.Companion: nothing starts any more, and those under way are asked
// to stop.
func (s *schedule) Stop(ctx context.Context) {
	gone := make(chan struct{})
	s.mu.Lock()
	s.stopped, s.gone = true, gone
	if s.timer != nil {
		s.timer()
	}
	jobs := make([]job, 0, len(s.jobs))
	for j := range s.jobs {
		jobs = append(jobs, *j)
	}
	s.settle()
	s.mu.Unlock()
	for _, j := range jobs {
		if j.pid != "" {
			s.stop(j.pid)
		} else if j.abandon != nil {
			j.abandon(errStopping())
		}
	}
	if !s.rt.Await(ctx, gone) {
		for _, pid := range s.pids() {
			_ = s.rt.Terminate(pid) // it may have ended
		}
	}
	s.away.Wait()
}

// pids gives the processes that have not ended.
func (s *schedule) pids() (pids []hostapi.PID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for j := range s.jobs {
		if j.pid != "" {
			pids = append(pids, j.pid)
		}
	}
	return pids
}

// stop asks a process to stop; Stop kills those that do not in time.
func (s *schedule) stop(pid hostapi.PID) {
	_ = s.rt.Stop(pid, -1, "shutdown") // it may have ended
}
