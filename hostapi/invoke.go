package hostapi

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// Invoke performs one call of a function by a script: it checks whether the
// call is allowed now, checks the arguments against the table, runs the
// function, and pushes the results, a returned error included. Engines call
// nothing else.
//
// It returns nil if the results are complete, an *Error that the engine throws
// in its language, or ErrKilled, at which the engine unwinds.
//
// A panic in the function, or in a method of c that it calls, is recovered: it
// is reported by Task.Fault and fails the process (clause 2.24). So an engine
// must not panic through Invoke in order to throw; it keeps what a method of c
// failed with and throws it when Invoke has returned.
//
// No code of the script may run before Invoke returns, unless in another task:
// methods of c read raw contents, without metamethods, getters or conversions
// that a script can define. The function may have parked the task meanwhile, so
// other tasks of the process may have run before Invoke returns.
func Invoke(f *Func, c Call) (err error) {
	// The frame of this function lies on the stack of every process that waits:
	// what is rare has frames of its own.
	t := c.Task()
	if f.Load != LoadAllowed && t.Loading() {
		return f.refuse(c)
	}
	if err := f.check(c); err != nil {
		return f.failed(c, err)
	}
	defer func() {
		if r := recover(); r != nil {
			err = f.fault(c, r)
		}
	}()
	if f.Prompt {
		err = f.Run(c)
	} else {
		err = f.watched(c)
	}
	if err != nil {
		return f.failed(c, err)
	}
	if f.Returns != Plain && len(f.Results) > 0 && !(c.Strict() && (f.Returns == OrThrow || f.Returns == OrFalseOrThrow)) {
		c.Push(Value{})
	}
	return nil
}

// longHold is how long a function may hold its worker before that is told.
const longHold = 100 * time.Millisecond

// watched runs the function, and tells if that has held its worker for long.
//
//go:noinline
func (f *Func) watched(c Call) error {
	t := c.Task()
	if substitute := t.Substitute(); substitute != nil {
		if done, err := substitute(f, c); done {
			return err
		}
	}
	turn, start := t.Turn(), time.Now()
	err := f.Run(c)
	if took := time.Since(start); took > longHold && t.Turn() == turn {
		t.Held(f.Called(c), took)
	}
	return err
}

// fault says in which function of a module the panic was: its Go stack does not, for those
// who know the script only.
//
//go:noinline
func (f *Func) fault(c Call, cause any) error {
	return c.Task().Fault(fmt.Sprintf("%v in %s", cause, f.Called(c)), debug.Stack())
}

// refuse is the error of a call that the top level must not make (2.10).
//
//go:noinline
func (f *Func) refuse(c Call) error {
	if f.Load == LoadBlocks {
		return ErrBlockedDuringLoad()
	}
	return Errorf(Invalid, "%s: not allowed during module load", f.Called(c))
}

// failed gives what Invoke returns for an error.
//
//go:noinline
func (f *Func) failed(c Call, err error) error {
	if e, ok := err.(*Error); ok {
		return f.fail(c, e)
	}
	if errors.Is(err, ErrKilled) {
		return ErrKilled
	}
	var r *raised
	if errors.As(err, &r) {
		return r.err
	}
	return f.fail(c, AsError(err))
}

// ErrBlockedDuringLoad is the error of a call that would have to wait while the
// top level runs (2.10).
func ErrBlockedDuringLoad() *Error { return Errorf(Invalid, "cannot block during module load") }

// fail reports e as the function declares: thrown, or pushed after a nil or
// false for each result.
func (f *Func) fail(c Call, e *Error) error {
	if f.throws(c.Strict()) {
		return e
	}
	empty := Value{}
	if f.Returns == OrFalse || f.Returns == OrFalseOrThrow {
		empty = Bool(false)
	}
	for range max(1, len(f.Results)) {
		c.Push(empty)
	}
	c.Push(ErrorOf(e))
	return nil
}

// check compares the arguments with the table (clause 0.9): first their number,
// then their types (clauses 2.6 and 3.6).
//
//go:noinline
func (f *Func) check(c Call) error {
	n := c.Len()
	for i := n; i < len(f.Params); i++ {
		if f.Params[i].Optional {
			continue
		}
		if f.TooFew != "" {
			return Errorf(Invalid, "%s", f.TooFew)
		}
		return Raise(Errorf(Invalid, "%s requires argument #%d (%s)", f.Called(c), i+1, f.Params[i].Name))
	}
	for i := range f.Params[:min(n, len(f.Params))] {
		p := &f.Params[i]
		if v := c.Arg(i); !p.Accepts(v) {
			return Raise(Errorf(Invalid, "%s: argument #%d (%s) must be a %s, got %s",
				f.Called(c), i+1, p.Name, p.TypeText(), v.TypeName()))
		}
	}
	if !c.Strict() {
		return nil
	}
	if n > len(f.Params) && f.Rest == "" {
		return Raise(Errorf(Invalid, "%s takes at most %d arguments, got %d", f.Called(c), len(f.Params), n))
	}
	for _, k := range c.Keywords() {
		if err := f.checkKeyword(c, k); err != nil {
			return err
		}
	}
	return nil
}

func (f *Func) checkKeyword(c Call, k Entry) error {
	for i := range f.Keywords {
		if p := &f.Keywords[i]; p.Name == k.Key.Str() {
			if !p.Accepts(k.Value) && !f.AnyKeyword {
				return Raise(Errorf(Invalid, "%s: %s must be a %s, got %s", f.Called(c), p.Name, p.TypeText(), k.Value.TypeName()))
			}
			return nil
		}
	}
	if f.AnyKeyword {
		return nil
	}
	return Raise(Errorf(Invalid, "%s: unknown keyword %s", f.Called(c), k.Key.Str()))
}
