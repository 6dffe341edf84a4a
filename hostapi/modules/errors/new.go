package errors

import "github.com/understudy-run/understudy/hostapi"

var newFunc = &hostapi.Func{
	Name: "new",
	Doc: "Makes an error from a message, or from a map or keywords with the fields of an error (11.3, 11.4). " +
		"Errors made here have origin script (11.12).",
	Params: []hostapi.Param{{
		Name: "message", Accept: hostapi.AcceptString | hostapi.AcceptTable, Optional: true,
		Doc: "the message, or a map with message, kind, retryable and details; left out if these are given by name",
	}},
	Keywords: []hostapi.Param{
		{Name: "message", Accept: hostapi.AcceptString, Optional: true, Doc: "required, unless it is the first argument"},
		{Name: "kind", Accept: hostapi.AcceptString, Optional: true, Doc: "any string; UNKNOWN if left out"},
		{Name: "retryable", Accept: hostapi.AcceptBool, Optional: true, Doc: "whether retrying may help"},
		{Name: "details", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "copied by the payload rules; an empty map counts as nil"},
	},
	Results: []hostapi.Param{{Name: "error", Accept: hostapi.AcceptError, Doc: "a new error"}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run:     runNew,
}

func runNew(c hostapi.Call) error {
	if c.Len() > 1 {
		return hostapi.Errorf(hostapi.Invalid, "errors.new takes at most 1 argument, got %d", c.Len())
	}
	message := c.Arg(0)
	if message.Type() != hostapi.TypeString {
		if _, ok := c.Fields(message); !ok && !message.IsNil() {
			return hostapi.Errorf(hostapi.Invalid, "errors.new: argument #1 (message) must be a string or a map, got %s", message.TypeName())
		}
		message = hostapi.Option(c, 0, "message")
	} else if !c.Keyword("message").IsNil() {
		return hostapi.Errorf(hostapi.Invalid, "new: message is given twice")
	}
	switch message.Type() {
	case hostapi.TypeString:
	case hostapi.TypeNil:
		return hostapi.Errorf(hostapi.Invalid, "new requires a message")
	default:
		return mustBe("message", "string", message)
	}

	e := &hostapi.Error{Message: message.Str(), Script: true}
	switch kind := hostapi.Option(c, 0, "kind"); kind.Type() {
	case hostapi.TypeNil:
	case hostapi.TypeString:
		e.Kind = hostapi.Kind(kind.Str())
	default:
		return mustBe("kind", "string", kind)
	}
	switch retryable := hostapi.Option(c, 0, "retryable"); {
	case retryable.IsNil():
	case retryable.Type() != hostapi.TypeBool:
		return mustBe("retryable", "boolean", retryable)
	case retryable.Bool():
		e.Retryable = hostapi.True
	default:
		e.Retryable = hostapi.False
	}
	details, err := copyDetails(c, hostapi.Option(c, 0, "details"))
	if err != nil {
		return err
	}
	e.Details = details
	c.Push(hostapi.ErrorOf(e))
	return nil
}

// copyDetails takes the payload copy of details, which must be a map; nil for
// an empty one. The error around it counts as one level (1.15).
func copyDetails(c hostapi.Call, details hostapi.Value) (*hostapi.Map, error) {
	if details.IsNil() {
		return nil, nil
	}
	if _, ok := c.Fields(details); !ok {
		return nil, mustBe("details", "map", details)
	}
	cp := hostapi.NewCopier(c.Task().PayloadLimits())
	if err := cp.Enter(new(byte)); err != nil {
		return nil, err
	}
	if err := cp.Key(hostapi.String("details")); err != nil { // for the place in a refusal (1.16)
		return nil, err
	}
	v, err := c.Copy(details, cp)
	if err != nil {
		return nil, err
	}
	m := v.Map()
	switch {
	case m == nil:
		return nil, mustBe("details", "map", v)
	case len(m.Entries) == 0:
		return nil, nil
	}
	return m, nil
}

func mustBe(name, want string, got hostapi.Value) error {
	return hostapi.Errorf(hostapi.Invalid, "new: %s must be a %s, got %s", name, want, got.TypeName())
}
