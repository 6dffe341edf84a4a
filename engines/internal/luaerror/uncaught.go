package luaerror

import (
	"fmt"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// MaxFrames bounds the frames kept of a call stack.
const MaxFrames = 40

// Uncaught gives the error of an uncaught value, whose tostring is text. frames
// is where it was thrown, innermost first.
func Uncaught(thrown hostapi.Value, text string, p *Positions, frames []hostapi.Frame) *hostapi.Error {
	message := text
	if thrown.Type() == hostapi.TypeString {
		message = p.strip(text)
	}
	return binding.Uncaught(thrown, message, trace(text, frames), frames)
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
