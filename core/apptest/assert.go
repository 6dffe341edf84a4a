package apptest

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// equalFunc and its like compare by the rules of payloads (1.1).
var equalFunc = &hostapi.Func{
	Name: "equal", Doc: "Fails unless both are the same by the rules of payloads; says where they differ.",
	Params: []hostapi.Param{{Name: "got", Accept: hostapi.AcceptAny}, {Name: "want", Accept: hostapi.AcceptAny}, noteParam},
	Run: func(c hostapi.Call) error {
		got, want, err := compared(c)
		if err != nil {
			return err
		}
		if d := difference("got", got, want, c.Strict()); d != "" {
			return failure(c.Arg(2), "%s", d)
		}
		return nil
	},
}

var notEqualFunc = &hostapi.Func{
	Name: "not_equal", Doc: "Fails if both are the same by the rules of payloads.",
	Params: []hostapi.Param{{Name: "got", Accept: hostapi.AcceptAny}, {Name: "other", Accept: hostapi.AcceptAny}, noteParam},
	Run: func(c hostapi.Call) error {
		got, other, err := compared(c)
		if err != nil {
			return err
		}
		if difference("", got, other, c.Strict()) == "" {
			return failure(c.Arg(2), "got: %s, want another value", got)
		}
		return nil
	},
}

// compared gives the first two arguments as payloads, or as they are if they are none:
// then they are equal if they are the same.
func compared(c hostapi.Call) (got, want hostapi.Value, err error) {
	values := [2]hostapi.Value{c.Arg(0), c.Arg(1)}
	for i, v := range values {
		copied, err := c.Copy(v, hostapi.NewCopier(hostapi.DefaultPayloadLimits))
		switch {
		case err == nil:
			values[i] = copied
		case v.Type() == hostapi.TypeTable:
			return got, want, err
		}
	}
	return values[0], values[1], nil
}

// difference says at which path two values differ; "" if they do not.
func difference(path string, got, want hostapi.Value, fromZero bool) string {
	switch {
	case got.Type() != want.Type():
		if numbers(got, want) && got.Float() == want.Float() {
			return ""
		}
	case got.Type() == hostapi.TypeList:
		a, b := got.List().Items, want.List().Items
		for i := range min(len(a), len(b)) {
			n := i + 1
			if fromZero {
				n = i
			}
			if d := difference(fmt.Sprintf("%s[%d]", path, n), a[i], b[i], fromZero); d != "" {
				return d
			}
		}
		if len(a) == len(b) {
			return ""
		}
		return fmt.Sprintf("%s: %d elements, want %d: %s, want %s", path, len(a), len(b), shown(got), shown(want))
	case got.Type() == hostapi.TypeMap:
		for _, e := range want.Map().Sorted() {
			name := path + "." + e.Key.String()
			if e.Key.Type() == hostapi.TypeString {
				name = path + "." + e.Key.Str()
			}
			v, ok := at(got.Map(), e.Key)
			if !ok {
				return fmt.Sprintf("%s: nothing, want %s", name, shown(e.Value))
			}
			if d := difference(name, v, e.Value, fromZero); d != "" {
				return d
			}
		}
		for _, e := range got.Map().Sorted() {
			if _, ok := at(want.Map(), e.Key); !ok {
				return fmt.Sprintf("%s.%s: %s, want nothing", path, strings.Trim(e.Key.String(), `"`), shown(e.Value))
			}
		}
		return ""
	case got.Equal(want):
		return ""
	}
	return fmt.Sprintf("%s: %s, want %s", path, shown(got), shown(want))
}

func numbers(a, b hostapi.Value) bool {
	number := func(v hostapi.Value) bool {
		return v.Type() == hostapi.TypeInt || v.Type() == hostapi.TypeFloat
	}
	return number(a) && number(b)
}

func at(m *hostapi.Map, key hostapi.Value) (hostapi.Value, bool) {
	for _, e := range m.Entries {
		if e.Key.Equal(key) {
			return e.Value, true
		}
	}
	return hostapi.Value{}, false
}

// shown gives a value in a line of reasonable length.
func shown(v hostapi.Value) string {
	text := v.String()
	if v.Type() == hostapi.TypeString {
		text = fmt.Sprintf("%q", v.Str())
	}
	if len(text) > 300 {
		text = text[:300] + "..."
	}
	return text
}

var okFunc = &hostapi.Func{
	Name: "ok", Doc: "Fails if v is nil or false, else gives it.",
	Params:  []hostapi.Param{{Name: "v", Accept: hostapi.AcceptAny}, noteParam},
	Results: []hostapi.Param{{Name: "v", Accept: hostapi.AcceptAny}},
	Run: func(c hostapi.Call) error {
		if v := c.Arg(0); v.IsNil() || v.Type() == hostapi.TypeBool && !v.Bool() {
			return failure(c.Arg(1), "got: %s", shown(v))
		}
		c.Push(c.Arg(0))
		return nil
	},
}

var matchesFunc = &hostapi.Func{
	Name: "matches", Doc: "Fails unless the text matches an expression of RE2.",
	Params: []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString}, {Name: "pattern", Accept: hostapi.AcceptString}, noteParam},
	Errors: []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		re, err := regexp.Compile(c.Arg(1).Str())
		if err != nil {
			return hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "invalid pattern"))
		}
		if !re.MatchString(c.Arg(0).Str()) {
			return failure(c.Arg(2), "got: %s, want a match of %s", shown(c.Arg(0)), c.Arg(1).Str())
		}
		return nil
	},
}

var nearFunc = &hostapi.Func{
	Name: "near", Doc: "Fails unless two numbers differ by tolerance at most.",
	Params: []hostapi.Param{
		{Name: "got", Accept: hostapi.AcceptNumber}, {Name: "want", Accept: hostapi.AcceptNumber},
		{Name: "tolerance", Accept: hostapi.AcceptNumber}, noteParam,
	},
	Run: func(c hostapi.Call) error {
		if got, want := c.Arg(0).Float(), c.Arg(1).Float(); !(math.Abs(got-want) <= c.Arg(2).Float()) {
			return failure(c.Arg(3), "got: %s, want %s within %s", c.Arg(0), c.Arg(1), c.Arg(2))
		}
		return nil
	},
}

var raisesFunc = &hostapi.Func{
	Name: "raises", Doc: "Fails unless fn raises an error, of that kind and with that text in it if given. fn runs in a coroutine of its own.",
	Params: []hostapi.Param{
		{Name: "fn", Accept: hostapi.AcceptFunction},
		{Name: "kind", Accept: hostapi.AcceptString, Optional: true, Keyword: true, Doc: "as errors.INVALID"},
		{Name: "text", Accept: hostapi.AcceptString, Optional: true, Keyword: true, Doc: "a part of what it says"},
	},
	Results: []hostapi.Param{{Name: "error", Accept: hostapi.AcceptError}},
	Load:    hostapi.LoadBlocks,
	Run: func(c hostapi.Call) error {
		_, err := outcome(c.Task().Process(), c.Function(0), nil)
		if killed := err == hostapi.ErrKilled; killed {
			return err
		}
		if err == nil {
			return failure(hostapi.Value{}, "nothing was raised")
		}
		e := hostapi.AsError(err)
		if kind := c.Arg(1); !kind.IsNil() && string(e.Kind) != kind.Str() {
			return failure(hostapi.Value{}, "raised: %s: %s, want kind %s", e.Kind, e, kind.Str())
		}
		if text := c.Arg(2); !text.IsNil() && !strings.Contains(e.Error(), text.Str()) {
			return failure(hostapi.Value{}, "raised: %s: %s, want %q in it", e.Kind, e, text.Str())
		}
		c.Push(hostapi.Wrap(e))
		return nil
	},
}

// outcome calls a function of the script in a coroutine, and waits for it.
func outcome(p hostapi.Process, fn hostapi.Function, args []hostapi.Value) (results []hostapi.Value, err error) {
	done, err := p.NewChannel(1)
	if err != nil {
		return nil, err
	}
	if _, err := p.Go(contained{fn, &results, &err, done}, args); err != nil {
		return nil, err
	}
	if _, _, waiting := done.Receive(); waiting != nil {
		return nil, waiting
	}
	return results, err
}

// contained is a function whose errors stay in it.
type contained struct {
	fn      hostapi.Function
	results *[]hostapi.Value
	err     *error
	done    hostapi.Channel
}

// Call calls the function.
func (f contained) Call(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
	*f.results, *f.err = f.fn.Call(t, args)
	if *f.err == hostapi.ErrKilled {
		return nil, hostapi.ErrKilled
	}
	return nil, f.done.Send(hostapi.Bool(true))
}
