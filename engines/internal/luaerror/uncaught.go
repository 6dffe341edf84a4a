package luaerror

import (
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// MaxFrames bounds the frames kept of a call stack.
const MaxFrames = 40

// Uncaught gives the error of an uncaught value, whose tostring is text. frames
// is where it was thrown, innermost first. data gives the payload copy of it.
func Uncaught(thrown hostapi.Value, text string, p *Positions, frames []hostapi.Frame, data func(hostapi.Value) (hostapi.Value, error)) *hostapi.Error {
	if thrown.Type() == hostapi.TypeString {
		return binding.Uncaught(thrown, p.strip(text), trace(text, frames), frames)
	}
	var details *hostapi.Map
	if strings.HasPrefix(text, "table: 0x") {
		if v, err := data(thrown); err == nil {
			text, details = told(v)
		}
	}
	e := binding.Uncaught(thrown, text, trace(text, frames), frames)
	if details != nil {
		e.Details = details // e is new: what was thrown is no error object
	}
	return e
}

// told gives what a thrown table says: its message, if it has one, and the rest of it
// as details (2.18).
func told(v hostapi.Value) (message string, details *hostapi.Map) {
	if v.Type() != hostapi.TypeMap {
		return v.String(), nil
	}
	rest := &hostapi.Map{}
	for _, e := range v.Map().Entries {
		if message == "" && e.Key.Type() == hostapi.TypeString && e.Key.Str() == "message" && e.Value.Type() == hostapi.TypeString {
			message = e.Value.Str()
			continue
		}
		rest.Entries = append(rest.Entries, e)
	}
	if message == "" {
		message = v.String()
	}
	if len(rest.Entries) == 0 {
		rest = nil
	}
	return message, rest
}

// Trace is the text form of a call stack of which there is nothing else to say, "" if it
// is empty.
func Trace(frames []hostapi.Frame) string {
	if frames == nil {
		return ""
	}
	return strings.TrimSpace(trace("", frames))
}

// trace is the text form of a call stack.
func trace(message string, frames []hostapi.Frame) string {
	var b strings.Builder
	b.WriteString(message)
	b.WriteString("\nstack traceback:")
	for _, f := range frames {
		b.WriteString("\n\t" + f.Source + ":" + strconv.Itoa(f.Line) + ": in ")
		if f.Name == "" {
			b.WriteString("main chunk")
		} else {
			b.WriteString("function " + f.Name)
		}
	}
	return b.String()
}
