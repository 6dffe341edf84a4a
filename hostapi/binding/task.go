package binding

import (
	"errors"
	"runtime/debug"

	"github.com/understudy-run/understudy/hostapi"
)

// Task is a task of the core with the two rules that an engine keeps on its own
// side of the contract: what was killed stays stopped, and no code of the script
// runs inside a call of the runtime. An engine makes one for each task it is
// given, and embeds it:
//
//   - it calls Check wherever code of the script can go on: in every function of
//     the runtime, in its hook or tick, after a protected call;
//   - it makes each call of package hostapi inside of Do;
//   - Program.Load and Function.Call defer Recover.
type Task struct {
	hostapi.Task
	killed bool
	inside int // calls of Do under way
}

// Killed reports whether a call of the runtime gave ErrKilled. It is then true
// for ever: the engine unwinds, and runs nothing of the script again in this
// task.
func (t *Task) Killed() bool { return t.killed }

// Check says whether code of the script may go on. It costs two comparisons. The
// error is ErrKilled once the task was killed; or an *hostapi.Error of kind
// Invalid inside of Do, for code such as a getter that was reached by reading a
// value.
func (t *Task) Check() error {
	if t.killed {
		return hostapi.ErrKilled
	}
	if t.inside > 0 {
		return hostapi.Errorf(hostapi.Invalid, "no code of the script may run during a call of the runtime")
	}
	return nil
}

// Do runs f, which makes calls of the runtime or reads values of the script, and
// gives its error. The task may be parked meanwhile; other tasks of the process
// may have run when Do returns. Once the task was killed, f is not run, and the
// error is ErrKilled. Do may be nested.
func (t *Task) Do(f func() error) error {
	if t.killed {
		return hostapi.ErrKilled
	}
	t.inside++
	defer func() { t.inside-- }()
	err := f()
	t.killed = t.killed || errors.Is(err, hostapi.ErrKilled)
	return err
}

// Tick reports steps, as hostapi.Task.Tick, through Do.
func (t *Task) Tick(n int) error { return t.Do(func() error { return t.Task.Tick(n) }) }

// Pause lets others have their turn, as hostapi.Task.Pause, through Do.
func (t *Task) Pause(n int) error { return t.Do(func() error { return t.Task.Pause(n) }) }

// Recover is deferred, itself and not inside of another function, around all that
// the engine does in the task. A panic is no error of the script: it fails the
// process with its stack (clause 2.24), and *err is ErrKilled. Killed is then
// true.
func (t *Task) Recover(err *error) {
	if r := recover(); r != nil {
		t.killed = true
		*err = t.Fault(r, debug.Stack())
	}
}
