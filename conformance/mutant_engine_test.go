package conformance_test

import (
	"errors"

	"github.com/understudy-run/understudy/hostapi"
)

// engineMutants are wrong engines on the right core.
func engineMutants() []mutant {
	spoil := func(name, caught, path string, change func(c *goCall)) mutant {
		return mutant{name, caught, double{spoil: func(p string, c *goCall, err error) error {
			if p == path && err == nil {
				change(c)
			}
			return err
		}}}
	}
	ends := func(name, caught string, f func(values, error) (values, error)) mutant {
		return mutant{name, caught, double{ends: f}}
	}
	events := func(name, caught string, change func(r *hostapi.Record)) mutant {
		return spoil(name, caught, "channel:receive", func(c *goCall) {
			if r := c.results[0].Record(); r != nil && r.Shape == hostapi.EventShape {
				change(r)
			}
		})
	}
	set := func(r *hostapi.Record, name string, v hostapi.Value) {
		for i, f := range r.Shape.Fields {
			if f.Name == name {
				r.Values[i] = v
			}
		}
	}
	return []mutant{
		{"payloads are shared", "value/copied_at_the_call", double{flaws: flaws{shares: true}}},
		{"anything can be sent", "value/unsendable", double{flaws: flaws{sendsAnything: true}}},
		{"ints become floats", "value/ints_stay_ints", double{flaws: flaws{floats: true}}},
		{"pcall catches kills", "scheduling/kill_cannot_be_caught", double{flaws: flaws{catchesKills: true}}},
		{"pcall catches kills by links", "link/kills_within_every_place", double{flaws: flaws{catchesKills: true}}},
		{"thrown errors lose their identity", "error/identity", double{flaws: flaws{losesIdentity: true}}},
		{"each push makes a new handle", "view/same_handle", double{flaws: flaws{newHandles: true}}},
		{"channels are no keys", "channel/identity", double{flaws: flaws{newHandles: true}}},
		{"the text of an error lacks its context", "error/wrap", double{flaws: flaws{forgetsContext: true}}},
		{"concatenation lacks the context", "error/text", double{flaws: flaws{forgetsContext: true}}},
		{"unbounded recursion is a fault", "limit/recursion", double{flaws: flaws{faultsDeep: true}}},
		{"a missing method is main", "spawn/method", double{flaws: flaws{anyMethod: true}}},
		{"the top level runs twice", "lifecycle/private_state", double{flaws: flaws{loadsTwice: true}}},
		{"nil arguments are dropped", "spawn/arguments", double{flaws: flaws{dropsNil: true}}},
		{"surplus arguments of main fail", "spawn/arguments", double{flaws: flaws{strictMain: true}}},
		{"results of coroutines fail the process", "coroutine/results_ignored", double{flaws: flaws{failsByResult: true}}},
		{"errors of coroutines are swallowed", "lifecycle/failure_in_coroutine", double{flaws: flaws{swallows: true}}},
		{"what was not executed is covered", "source/coverage", double{flaws: flaws{coversAll: true}}},
		spoil("stack text is empty", "error/stack", "error:stack", func(c *goCall) { c.results[0] = hostapi.String("") }),
		spoil("retryable is lost", "error/new", "error:retryable", func(c *goCall) { c.results[0] = hostapi.Value{} }),
		spoil("messages have no sender", "message/sent_and_received", "message:from", func(c *goCall) { c.results[0] = hostapi.Value{} }),
		spoil("receive gives no ok", "channel/rendezvous", "channel:receive", func(c *goCall) { c.results = c.results[:1] }),
		spoil("payload objects change", "message/sent_and_received", "message:payload", func(c *goCall) {
			old := c.results[0].Object().(*hostapi.Payload)
			c.results[0] = hostapi.Wrap(&hostapi.Payload{Value: old.Value})
		}),
		events("EXIT lacks the value", "lifecycle/value_returned", func(r *hostapi.Record) {
			if result := r.Get("result").Record(); result != nil {
				set(result, "value", hostapi.Value{})
			}
		}),
		events("events lack their sender", "cancel/event", func(r *hostapi.Record) { set(r, "from", hostapi.Value{}) }),
		events("events lack their time", "monitor/event_fields", func(r *hostapi.Record) { set(r, "at", hostapi.Value{}) }),
		events("CANCEL lacks the deadline", "cancel/duration_forms", func(r *hostapi.Record) { set(r, "deadline", hostapi.Value{}) }),
		events("EXIT has an error of its own", "lifecycle/nothing_returned", func(r *hostapi.Record) {
			set(r, "result", hostapi.MapOf(hostapi.Field("value", hostapi.Bool(false))))
		}),
		ends("a normal exit signals links", "link/normal_exit_is_silent", func(vs values, err error) (values, error) {
			if err == nil && len(vs) < 2 {
				err = hostapi.Errorf(hostapi.Internal, "exited")
			}
			return vs, err
		}),
		ends("second results are ignored", "lifecycle/second_string_is_failure", func(vs values, err error) (values, error) {
			return vs[:min(1, len(vs))], err
		}),
		ends("false as second result is a failure", "lifecycle/second_of_other_type_ignored", func(vs values, err error) (values, error) {
			if len(vs) > 1 && vs[1].Type() == hostapi.TypeBool {
				err = errors.New("false")
			}
			return vs, err
		}),
		ends("thrown errors lose their details", "lifecycle/thrown_error_keeps_fields", func(vs values, err error) (values, error) {
			if e := hostapi.AsError(err); e != nil {
				return vs, hostapi.Errorf(e.Kind, "%s", e.Message)
			}
			return vs, err
		}),
		ends("thrown strings keep a position", "lifecycle/thrown_string_is_failure", func(vs values, err error) (values, error) {
			if e := hostapi.AsError(err); e != nil {
				return vs, hostapi.Errorf(e.Kind, "puppet:1: %s", e.Message)
			}
			return vs, err
		}),
		ends("failures are normal exits", "link/trapping_node_ends_cascade", func(vs values, err error) (values, error) {
			return nil, nil
		}),
	}
}
