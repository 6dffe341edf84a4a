package starlark

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
)

// methodChecks names the methods of the language's own types whose work or
// result depends on more than a constant, and what is measured before each.
func methodChecks() map[string]func(*meter, starlark.Value, starlark.Tuple) error {
	return map[string]func(*meter, starlark.Value, starlark.Tuple) error{
		"add":                  using,
		"difference":           using,
		"discard":              using,
		"extend":               passing,
		"format":               formatting,
		"get":                  using,
		"index":                searching,
		"insert":               moving,
		"intersection":         using,
		"issubset":             using,
		"issuperset":           using,
		"join":                 joining,
		"pop":                  moving,
		"remove":               searching,
		"replace":              replacing,
		"rsplit":               splitting,
		"setdefault":           using,
		"split":                splitting,
		"splitlines":           splitting,
		"symmetric_difference": using,
		"union":                using,
		"update":               using,
	}
}

// methodGuard is what x.name becomes for such a method: an index operation on
// it, name[x] (see rewrite). It is shared by all processes.
type methodGuard struct {
	name  string
	check func(*meter, starlark.Value, starlark.Tuple) error
}

var _ starlark.Mapping = (*methodGuard)(nil)

func (g *methodGuard) String() string        { return g.name }
func (g *methodGuard) Type() string          { return "guard" }
func (g *methodGuard) Freeze()               {}
func (g *methodGuard) Truth() starlark.Bool  { return true }
func (g *methodGuard) Hash() (uint32, error) { return 0, nil }

// Get gives the attribute.
func (g *methodGuard) Get(x starlark.Value) (starlark.Value, bool, error) {
	if attrs, ok := x.(starlark.HasAttrs); ok {
		v, err := attrs.Attr(g.name)
		if err != nil {
			return nil, false, err
		}
		if original, ok := v.(*starlark.Builtin); ok && original.Receiver() != nil {
			return &checkedMethod{original, g.check}, true, nil
		}
		if v != nil {
			return v, true, nil
		}
	}
	return nil, false, fmt.Errorf("%s has no .%s field or method", x.Type(), g.name)
}

// checkedMethod is a bound method of one of the language's own types.
type checkedMethod struct {
	*starlark.Builtin
	check func(*meter, starlark.Value, starlark.Tuple) error
}

// CallInternal measures the call before it makes it.
func (c *checkedMethod) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var m meter
	all := args
	for _, pair := range kwargs {
		all = append(all[:len(all):len(all)], pair[1])
	}
	err := c.check(&m, c.Receiver(), all)
	taskOf(thread).charge(m.steps())
	if err != nil {
		return nil, err
	}
	return c.Builtin.CallInternal(thread, args, kwargs)
}

func passing(m *meter, _ starlark.Value, args starlark.Tuple) error { return lengths(m, args) }

// using measures arguments that become keys, or are looked up.
func using(m *meter, _ starlark.Value, args starlark.Tuple) error { return keys(m, args) }

// moving measures the elements of a list that move up or down.
func moving(m *meter, receiver starlark.Value, args starlark.Tuple) error {
	if l, ok := receiver.(*starlark.List); ok {
		return m.add(l.Len()*16, 0)
	}
	return keys(m, args)
}

// searching measures comparing each element with the argument.
func searching(m *meter, receiver starlark.Value, args starlark.Tuple) error {
	if err := size(m, receiver); err != nil {
		return err
	}
	for _, x := range args {
		if err := m.compare(x, 0); err != nil {
			return err
		}
	}
	return nil
}

func joining(m *meter, receiver starlark.Value, args starlark.Tuple) error {
	sep, ok := starlark.AsString(receiver)
	if !ok || len(args) != 1 {
		return nil
	}
	it := starlark.Iterate(args[0])
	if it == nil {
		return nil
	}
	defer it.Done()
	var x starlark.Value
	for it.Next(&x) {
		s, _ := starlark.AsString(x)
		if err := m.add(len(s)+len(sep), 1); err != nil {
			return err
		}
	}
	return nil
}

func replacing(m *meter, receiver starlark.Value, args starlark.Tuple) error {
	s, ok := starlark.AsString(receiver)
	if !ok || len(args) < 2 {
		return nil
	}
	old, _ := starlark.AsString(args[0])
	replacement, _ := starlark.AsString(args[1])
	n := strings.Count(s, old)
	if len(args) > 2 {
		if limit, err := starlark.AsInt32(args[2]); err == nil && limit >= 0 {
			n = min(n, limit)
		}
	}
	return m.add(len(s)+n*max(0, len(replacement)-len(old)), 0)
}

func splitting(m *meter, receiver starlark.Value, args starlark.Tuple) error {
	s, ok := starlark.AsString(receiver)
	if !ok {
		return nil
	}
	pieces := 0
	if len(args) > 0 {
		if sep, ok := starlark.AsString(args[0]); ok && sep != "" {
			pieces = strings.Count(s, sep)
		}
	}
	if pieces == 0 {
		for i := range len(s) {
			if s[i] <= ' ' {
				pieces++
			}
		}
	}
	return m.add(len(s), pieces)
}

// formatting measures every argument as if each pair of braces printed it.
func formatting(m *meter, receiver starlark.Value, args starlark.Tuple) error {
	s, ok := starlark.AsString(receiver)
	if !ok {
		return nil
	}
	largest := 0
	for _, x := range args {
		var one meter
		if err := one.print(x, nil, 1); err != nil {
			return err
		}
		largest = max(largest, one.bytes)
	}
	return m.add(len(s)+strings.Count(s, "{")*largest, 0)
}

// checked gives the attribute v of that name as the dot gives it.
func checked(name string, v starlark.Value) starlark.Value {
	if original, ok := v.(*starlark.Builtin); ok && original.Receiver() != nil {
		if check := methodChecks()[name]; check != nil {
			return &checkedMethod{original, check}
		}
	}
	return v
}
