package luaerror

import (
	"fmt"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// MaxFrames bounds the frames kept of a call stack.
const MaxFrames = 40

// Uncaught gives the error of an uncaught value, whose tostring is text. frames
// is where it was thrown, innermost first.
func Uncaught(thrown hostapi.Value, text string, p *Positions, frames []hostapi.Frame) *hostapi.Error {
	e := hostapi.Error{Kind: hostapi.Internal, Message: text}
	if object := thrown.Err(); object != nil {
		if object.Stack != "" {
			return object
		}
		e = *object
	} else if thrown.Type() == hostapi.TypeString {
		e.Message = p.strip(text)
	}
	e.Stack, e.Frames = trace(text, frames), frames
	return &e
}

// trace is the text form of a call stack.
func trace(message string, frames []hostapi.Frame) string {
	var b strings.Builder
	b.WriteString(message)
	b.WriteString("\nstack traceback:")
	for _, f := range frames {
		fmt.Fprintf(&b, "\n\t%s:%d: in ", f.Source, f.Line)
		if f.Name == "" {
			b.WriteString("main chunk")
		} else {
			fmt.Fprintf(&b, "function %s", f.Name)
		}
	}
	return b.String()
}
