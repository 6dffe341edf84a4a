package hostapi

import (
	"errors"
	"fmt"
	"strings"
)

// Kind classifies errors. Scripts may make kinds of their own; the runtime uses
// those below (clause 11.2). A Kind is a Go error itself, so that
// errors.Is(err, hostapi.NotFound) works for every error of the runtime.
type Kind string

// The kinds the runtime uses.
const (
	Unknown          Kind = ""
	NotFound         Kind = "NotFound"
	AlreadyExists    Kind = "AlreadyExists"
	Invalid          Kind = "Invalid"
	PermissionDenied Kind = "PermissionDenied"
	Conflict         Kind = "Conflict"
	Unavailable      Kind = "Unavailable"
	Timeout          Kind = "Timeout"
	RateLimited      Kind = "RateLimited"
	Canceled         Kind = "Canceled"
	LimitExceeded    Kind = "LimitExceeded"
	Internal         Kind = "Internal"
)

// Error gives the kind's text.
func (k Kind) Error() string { return string(k) }

// retryable is what errors made by the runtime carry for each kind.
func (k Kind) retryable() Tristate {
	switch k {
	case NotFound, AlreadyExists, Invalid, PermissionDenied, Conflict:
		return False
	case Unavailable, Timeout, RateLimited:
		return True
	}
	return Unset
}

// Tristate is a bool that may be absent.
type Tristate int8

// The three states.
const (
	Unset Tristate = iota
	False
	True
)

// Value gives nil, false or true.
func (t Tristate) Value() Value {
	if t == Unset {
		return Value{}
	}
	return Bool(t == True)
}

// Frame is one line of a script's call stack.
type Frame struct {
	Source string // file as written in the app
	Line   int    // from 1; 0 if unknown
	Name   string // function, "" if unknown
}

// Error is the error of section 11: what scripts get, throw and return, and
// what the runtime reports. It is immutable; share it freely.
type Error struct {
	Kind      Kind
	Message   string
	Retryable Tristate
	Details   *Map     // nil if there are none
	Context   []string // added by wrap, outermost first
	Script    bool     // made by errors.new in a script (clause 11.12)
	Stack     string   // readable, engine-specific; may be empty
	Frames    []Frame  // innermost first; may be empty
}

// Errorf makes an error of the runtime: its retryable follows from the kind.
func Errorf(kind Kind, format string, args ...any) *Error {
	message := format
	if len(args) > 0 {
		message = fmt.Sprintf(format, args...)
	}
	return &Error{Kind: kind, Message: message, Retryable: kind.retryable()}
}

// With gives a copy of the error with one more detail.
func (e *Error) With(name string, v Value) *Error {
	c := *e
	var entries []Entry
	if e.Details != nil {
		entries = append(entries, e.Details.Entries...)
	}
	c.Details = &Map{Entries: append(entries, Field(name, v))}
	return &c
}

// Error gives the text form: the message, preceded by the contexts of wrap
// (clauses 11.5 and 11.9).
func (e *Error) Error() string {
	if len(e.Context) == 0 {
		return e.Message
	}
	return strings.Join(e.Context, ": ") + ": " + e.Message
}

// Is reports whether target is the error's kind, for errors.Is.
func (e *Error) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == e.Kind
}

// Wrap gives a copy of the error with one more context in front.
func (e *Error) Wrap(context string) *Error {
	c := *e
	c.Context = append([]string{context}, e.Context...)
	return &c
}

// Ended gives the error as it ends a process: kind Unknown becomes Internal
// (clause 2.18).
func (e *Error) Ended() *Error {
	if e.Kind != Unknown {
		return e
	}
	c := *e
	c.Kind = Internal
	return &c
}

func (e *Error) equal(o *Error) bool {
	if e == o {
		return true
	}
	return e.Kind == o.Kind && e.Error() == o.Error() && e.Retryable == o.Retryable &&
		(e.Details == nil) == (o.Details == nil) &&
		(e.Details == nil || Wrap(e.Details).Equal(Wrap(o.Details)))
}

// AsError gives err as an Error: itself if it is or wraps one, otherwise an
// error of kind Internal with its text. nil gives nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Internal, Message: err.Error()}
}

// ErrKilled is returned by every call of a task that must end: its process was
// killed, or the task was discarded. The engine unwinds the script at once; no
// construct of the language may catch it, and no instruction with a visible
// effect may follow (clause 20.8). Once returned it is returned for ever.
var ErrKilled = errors.New("hostapi: task killed")

// Raise marks an error that a function throws although it declares another way
// of returning errors.
func Raise(err *Error) error { return &raised{err} }

type raised struct{ err *Error }

func (r *raised) Error() string { return r.err.Error() }
func (r *raised) Unwrap() error { return r.err }
