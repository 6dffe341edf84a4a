package starlark

import (
	"errors"
	"fmt"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// errorValue is an error object. It is a Go error too, so that it can be thrown
// and comes out of the interpreter as the same object (clause 11.13).
type errorValue struct{ object *hostapi.ErrorObject }

var (
	_ starlark.HasAttrs  = (*errorValue)(nil)
	_ starlark.HasBinary = (*errorValue)(nil)
	_ error              = (*errorValue)(nil)
)

func newError(e *hostapi.Error) *errorValue { return wrapError(&hostapi.ErrorObject{Err: e}) }

func wrapError(o *hostapi.ErrorObject) *errorValue {
	if w, ok := o.Wrapper().(*errorValue); ok {
		return w
	}
	w := &errorValue{o}
	o.SetWrapper(w)
	return w
}

// thrown gives what a script catches for an error of the host API.
func thrown(err error) error { return newError(hostapi.AsError(err)) }

// invalid turns a refusal of the interpreter's own argument checks into an
// error object.
func invalid(err error) error { return newError(hostapi.Errorf(hostapi.Invalid, "%s", err.Error())) }

func (e *errorValue) Error() string         { return e.object.Err.Error() }
func (e *errorValue) String() string        { return e.object.Err.Error() }
func (e *errorValue) Type() string          { return hostapi.ErrorType.Name }
func (e *errorValue) Freeze()               {}
func (e *errorValue) Truth() starlark.Bool  { return true }
func (e *errorValue) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable type: error") }
func (e *errorValue) AttrNames() []string   { return methodNames(hostapi.ErrorType) }

func (e *errorValue) Attr(name string) (starlark.Value, error) {
	if m := methodOf(e.object, name); m != nil {
		return m, nil
	}
	return nil, nil
}

// Binary joins the text with a string or another error, on either side (clause
// 11.9).
func (e *errorValue) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if op != syntax.PLUS {
		return nil, nil
	}
	var other string
	switch y := y.(type) {
	case starlark.String:
		other = string(y)
	case *errorValue:
		other = y.Error()
	default:
		return nil, nil
	}
	if side == starlark.Left {
		return starlark.String(e.Error() + other), nil
	}
	return starlark.String(other + e.Error()), nil
}

// caught gives the error object for whatever a function failed with, or
// ErrKilled if the task must end.
func (t *task) caught(err error) (*errorValue, error) {
	if t.killed || errors.Is(err, hostapi.ErrKilled) {
		return nil, t.kill()
	}
	t.charge(t.thread.CallStackDepth()) // the interpreter has copied the stack
	var thrown *errorValue
	switch {
	case t.aborted != nil:
		thrown = newError(hostapi.Errorf(hostapi.Internal, "%s", t.aborted.Error()))
		t.aborted = nil
		t.thread.Uncancel()
	case !errors.As(err, &thrown):
		thrown = newError(hostapi.Errorf(hostapi.Internal, "%s", err.Error()))
	}
	return t.describe(thrown, err), nil
}

// failure gives the error that ends the process (clause 2.18).
func (t *task) failure(err error) error {
	e, killed := t.caught(err)
	if killed != nil {
		return killed
	}
	return e.object.Err
}

// describe notes where the error was thrown, if it has no stack yet. The object
// keeps its identity.
func (t *task) describe(e *errorValue, err error) *errorValue {
	var raised *starlark.EvalError
	if e.object.Err.Stack != "" || !errors.As(err, &raised) {
		return e
	}
	described := *e.object.Err
	described.Stack, described.Frames = backtrace(raised.CallStack, e.Error())
	e.object.Err = &described
	return e
}

const (
	// outerFrames and innerFrames bound what is kept of a deep stack.
	outerFrames = 10
	innerFrames = 40
)

// backtrace writes the stack as the interpreter does, outermost first, and
// lists its frames innermost first (clause 11.7).
func backtrace(stack starlark.CallStack, message string) (string, []hostapi.Frame) {
	suffix := ""
	if n := len(stack); n > 0 && stack[n-1].Pos.Line == 0 {
		suffix = " in " + stack[n-1].Name
		stack = stack[:n-1]
	}
	omitted := max(0, len(stack)-outerFrames-innerFrames)
	var b strings.Builder
	b.WriteString("Traceback (most recent call last):\n")
	var frames []hostapi.Frame
	for i, f := range stack {
		if i >= outerFrames && i < outerFrames+omitted {
			if i == outerFrames {
				fmt.Fprintf(&b, "  ... %d more calls\n", omitted)
			}
			continue
		}
		if f.Pos.Line == 0 {
			fmt.Fprintf(&b, "  in %s\n", f.Name)
			continue
		}
		fmt.Fprintf(&b, "  %s: in %s\n", f.Pos, f.Name)
		frames = append(frames, hostapi.Frame{Source: f.Pos.Filename(), Line: int(f.Pos.Line), Name: f.Name})
	}
	for i, j := 0, len(frames)-1; i < j; i, j = i+1, j-1 {
		frames[i], frames[j] = frames[j], frames[i]
	}
	fmt.Fprintf(&b, "Error%s: %s", suffix, message)
	return b.String(), frames
}
