package starlark

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Where implements hostapi.Locator.
func (in *instance) Where(ht hostapi.Task) (string, []hostapi.Frame) {
	for t := in.tasks; t != nil; t = t.next {
		if t.Task != ht {
			continue
		}
		stack := t.thread.CallStack()
		for len(stack) > 0 && stack[len(stack)-1].Pos.Line == 0 { // in a function of the runtime
			stack = stack[:len(stack)-1]
		}
		if len(stack) == 0 {
			return "", nil
		}
		text, frames := backtrace(stack, "")
		return strings.TrimSuffix(text, "\nError: "), frames
	}
	return "", nil
}
