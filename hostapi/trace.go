package hostapi

import (
	"fmt"
	"strings"
)

// Place is the line of the innermost frame, as file:line; "" if there is none.
func (e *Error) Place() string {
	if len(e.Frames) == 0 {
		return ""
	}
	return fmt.Sprintf("%s:%d", e.Frames[0].Source, e.Frames[0].Line)
}

// Trace is the stack without what the error says itself, which engines put in front
// of it or behind: for whoever shows both.
func (e *Error) Trace() string {
	stack := strings.TrimSpace(e.Stack)
	if e.Message == "" {
		return stack
	}
	if before, found := strings.CutSuffix(stack, e.Message); found {
		return before[:max(0, strings.LastIndexByte(before, '\n'))]
	}
	before, trace, found := strings.Cut(stack, e.Message+"\n")
	if found && !strings.Contains(before, "\n") {
		return trace
	}
	return stack
}
