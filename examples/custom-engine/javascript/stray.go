package javascript

import (
	"errors"
	"runtime/debug"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// A task strays when it makes a call of the runtime from the stack of another
// realm, below a getter, constructor or callback that was made there. If it
// waits then, and the owner of that stack goes on, their frames get mixed up: so
// the process fails first.

// look notes how deep the stack of the task's realm is at a call of the runtime,
// and whether the task is astray.
func (t *task) look() {
	if len(t.in.realms) > 1 {
		t.realm.depth = t.in.stackDepth(t.realm)
		if t.isAstray() {
			t.in.astray = t
		}
	}
}

// isAstray reports whether the call comes from the stack of another realm.
func (t *task) isAstray() bool {
	t.in.frames = t.realm.CaptureCallStack(1, t.in.frames[:0])
	if len(t.in.frames) > 0 && strings.HasPrefix(t.in.frames[0].FuncName(), hostName) {
		return false // the usual case: it comes from its own stack
	}
	for _, r := range t.in.realms {
		if r != t.realm && t.in.stackDepth(r) != r.depth {
			return true
		}
	}
	return false
}

// onlyIn fails the process if t runs although another task waits astray.
func (in *instance) onlyIn(t *task, err error) error {
	if in.astray == t {
		in.astray = nil
	}
	if in.astray != nil && !errors.Is(err, hostapi.ErrKilled) {
		return t.Fault("a coroutine waits on the stack of another", debug.Stack())
	}
	return err
}

// stackDepth counts the frames of a realm's stack, those included that a
// parked task has left there.
func (in *instance) stackDepth(r *realm) int {
	in.frames = r.CaptureCallStack(0, in.frames[:0])
	return len(in.frames)
}
