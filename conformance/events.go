package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// fields are the fields of an expected record or of options.
type fields = map[string]any

// exits matches the EXIT of a process that ended normally with a value, nil for
// none.
func exits(pid, v any) Matcher {
	return Has(fields{"kind": "pid.exit", "from": pid, "result": result(v, nil)})
}

// fails matches the EXIT of a process that failed.
func fails(pid any, err Matcher) Matcher {
	return Has(fields{"kind": "pid.exit", "from": pid, "result": result(nil, err)})
}

// linkDown matches a LINK_DOWN.
func linkDown(pid any, err Matcher) Matcher {
	return Has(fields{"kind": "pid.link.down", "from": pid, "result": result(nil, err)})
}

// canceled matches a CANCEL.
func canceled(from any, reason string) Matcher {
	return Has(fields{"kind": "pid.cancel", "from": from, "reason": reason})
}

// result matches a result record: value and error, and nothing else.
func result(v, err any) Matcher {
	return Where("{value: "+describeWanted([]any{v})+", error: "+describeWanted([]any{err})+"}", func(r hostapi.Value) bool {
		if r.Map() == nil || !matches(r.Map().Get("value"), v) || !matches(r.Map().Get("error"), err) {
			return isEmpty(r) && v == nil && err == nil
		}
		for _, e := range r.Map().Entries {
			if e.Key.Str() != "value" && e.Key.Str() != "error" {
				return false
			}
		}
		return true
	})
}

// failedWith matches the error of a process that ended with a text.
func failedWith(text string) Matcher { return FailsWith(hostapi.Internal, text, nil) }

// linkKilled matches the error of a process killed by the link to another that
// failed by itself with the text given (5.7).
func linkKilled(pid any, text string) Matcher { return cascaded(pid, text, pid, text) }

// cascaded matches the same where a cascade began with first, which failed with the
// text why.
func cascaded(pid any, text string, first any, why string) Matcher {
	return FailsWith(hostapi.Internal, "linked process failed",
		fields{"pid": pid, "reason": text, "first_pid": first, "first_reason": why})
}

// terminated matches the error of a process that was terminated (7.9).
func terminated() Matcher { return FailsWith(hostapi.Canceled, "process terminated", nil) }

// expired matches the error of a process killed at the end of its grace period
// (7.4).
func expired(reason string) Matcher {
	var details map[string]any
	if reason != "" {
		details = fields{"reason": reason}
	}
	return FailsWith(hostapi.Canceled, "process cancelled: grace period expired", details)
}

// deadlocked matches the error of a deadlock of n coroutines, no more than ten,
// each of which it says to wait for something (20.11).
func deadlocked(n int) Matcher {
	message := fmt.Sprintf("deadlock: all %d coroutines blocked", n)
	return Where(fmt.Sprintf("error(Internal: %s) with what they wait for", message), func(v hostapi.Value) bool {
		e := v.Err()
		if e == nil || e.Kind != hostapi.Internal || e.Message != message || e.Details == nil || len(e.Details.Entries) != 1 {
			return false
		}
		waiting := e.Details.Get("waiting")
		if waiting.Type() != hostapi.TypeList || len(waiting.List().Items) != n {
			return false
		}
		return !slices.ContainsFunc(waiting.List().Items, func(v hostapi.Value) bool {
			return v.Type() != hostapi.TypeString || !strings.Contains(v.Str(), "channel(")
		})
	})
}

// notFound matches the error for a process that is dead (3.5).
func notFound() Matcher { return Fails(hostapi.NotFound, "process not found") }

// oneOf matches what any of the matchers does.
func oneOf(want ...any) Matcher {
	return Where("one of "+describeWanted(want), func(v hostapi.Value) bool {
		for _, w := range want {
			if matches(v, w) {
				return true
			}
		}
		return false
	})
}
