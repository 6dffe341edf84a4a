package starlark

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// guardKind says what a guard does. The interpreter has no hook for operators,
// so rewrite puts guards into the syntax tree, as index operations: these cost
// little and need no call.
type guardKind int

const (
	// guardSize measures an operand that is passed over once: y of x + y and of
	// x in y.
	guardSize guardKind = iota
	// guardCompare measures an operand that is compared, or a key.
	guardCompare
	// guardPrint measures y of "text" % y.
	guardPrint
	// The others are indexed with both operands and do the operation.
	guardMultiply
	guardFormat
	guardShift
	guardKinds
)

// The names of guards and of temporary variables begin with a character that no
// script can write.
const internalPrefix = "<"

// methodPrefix is how the names of method guards begin.
const methodPrefix = internalPrefix + "."

func internalName(name string) bool { return strings.HasPrefix(name, internalPrefix) }

func (k guardKind) String() string {
	return internalPrefix + [...]string{"size", "compare", "print", "multiply", "format", "shift"}[k]
}

// guard is a value that measures operands when it is indexed with them. It
// belongs to one process: an index operation does not say who makes it.
type guard struct {
	kind     guardKind
	instance *instance
}

var _ starlark.Mapping = (*guard)(nil)

func (g *guard) String() string        { return g.kind.String() }
func (g *guard) Type() string          { return "guard" }
func (g *guard) Freeze()               {}
func (g *guard) Truth() starlark.Bool  { return true }
func (g *guard) Hash() (uint32, error) { return 0, nil }

// guards makes the built-in <guards>, which gives the guards of the process; a
// source that needs some calls it first.
func guards(thread *starlark.Thread, _ *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	in := taskOf(thread).instance
	out := make(starlark.Tuple, guardKinds)
	for kind := range guardKinds {
		if in.guards[kind].instance == nil {
			in.guards[kind] = guard{kind, in}
		}
		out[kind] = &in.guards[kind]
	}
	return out, nil
}

const guardsName = internalPrefix + "guards"

// Get measures v and gives it back, or does the operation.
func (g *guard) Get(v starlark.Value) (_ starlark.Value, found bool, err error) {
	switch v.(type) {
	case starlark.Int, starlark.Float, starlark.NoneType, starlark.Bool:
		return v, true, nil
	}
	var m meter
	switch g.kind {
	case guardSize:
		if _, ok := v.(*starlark.Dict); ok {
			return v, true, nil
		}
		err = size(&m, v)
	case guardCompare:
		err = m.compare(v, 0)
	case guardPrint:
		err = m.print(v, nil, 0)
	default:
		pair := v.(starlark.Tuple)
		v, err = g.operate(&m, pair[0], pair[1])
	}
	if err != nil {
		return nil, false, err
	}
	if n := m.steps(); n > 0 {
		g.instance.current.charge(n)
	}
	return v, true, nil
}

// operate does x op y if its result is not too large.
func (g *guard) operate(m *meter, x, y starlark.Value) (starlark.Value, error) {
	op := syntax.STAR
	var err error
	switch g.kind {
	case guardMultiply:
		err = multiplying(m, x, y)
	case guardFormat:
		op = syntax.PERCENT
		if s, ok := starlark.AsString(x); ok {
			err = m.print(y, nil, 0)
			if err == nil {
				err = m.add(len(s)+strings.Count(s, "%(")*m.bytes, 0)
			}
		}
	case guardShift:
		op = syntax.LTLT
		if i, ok := x.(starlark.Int); ok && bitLen(i)+512 > maxBits {
			err = errTooLarge
		}
	}
	if err != nil {
		return nil, err
	}
	return starlark.Binary(op, x, y)
}

// multiplying measures a product of integers, or a repetition.
func multiplying(m *meter, x, y starlark.Value) error {
	n, ok := y.(starlark.Int)
	if !ok {
		n, ok = x.(starlark.Int)
		x = y
	}
	if !ok {
		return nil
	}
	if i, ok := x.(starlark.Int); ok {
		if bitLen(i)+bitLen(n) > maxBits {
			return errTooLarge
		}
		return nil
	}
	var one meter
	if err := size(&one, x); err != nil {
		return err
	}
	if one == (meter{}) {
		return nil
	}
	times, err := starlark.AsInt32(n)
	if err != nil {
		return nil // refused by the interpreter
	}
	times = max(times, 0)
	if times > maxBytes {
		return errTooLarge
	}
	return m.add(one.bytes*times, one.items*times)
}
