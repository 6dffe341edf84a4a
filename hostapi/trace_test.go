package hostapi_test

import (
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestTrace(t *testing.T) {
	for _, c := range []struct{ message, stack, want string }{
		{"down", "a.lua:1: down\nstack traceback:\n\ta.lua:1: in f", "stack traceback:\n\ta.lua:1: in f"},
		{"down", "down\nstack traceback:\n\ta.lua:1: in f", "stack traceback:\n\ta.lua:1: in f"},
		{"two\nlines", "a.lua:1: two\nlines\nstack traceback:", "stack traceback:"},
		{"down", "Traceback:\n  a.star:1:2: in main\nError in fail: down", "Traceback:\n  a.star:1:2: in main"},
		{"two\nlines", "Traceback:\n  a.star:1:2: in main\nError in fail: two\nlines", "Traceback:\n  a.star:1:2: in main"},
		{"down", "down", ""},
		{"other", "first\nother\nthird", "first\nother\nthird"},
		{"", "a\nb", "a\nb"},
		{"down", "", ""},
	} {
		err := &hostapi.Error{Message: c.message, Stack: c.stack}
		if got := err.Trace(); got != c.want {
			t.Errorf("the trace of %q in %q is %q, want %q", c.message, c.stack, got, c.want)
		}
	}
}
