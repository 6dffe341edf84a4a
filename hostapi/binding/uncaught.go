package binding

import "github.com/understudy-run/understudy/hostapi"

// Uncaught gives the error that an uncaught thrown value becomes (clause 2.18),
// as Program.Load and Function.Call return it. An error object keeps its fields,
// and its stack if it has one. Anything else is an error of kind Internal with
// the message text: its text form, or for a string the string without the
// position that the engine put before it. stack is the readable call stack where
// it was thrown, frames its lines, innermost first; frames may be nil.
//
// The core makes kind Internal of kind Unknown.
func Uncaught(thrown hostapi.Value, text, stack string, frames []hostapi.Frame) *hostapi.Error {
	e := hostapi.Error{Kind: hostapi.Internal, Message: text}
	if given := thrown.Err(); given != nil {
		if given.Stack != "" {
			return given
		}
		e = *given
	}
	e.Stack, e.Frames = stack, frames
	return &e
}
