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
	// guardSize measures what is passed over once: y of x in y, the results of
	// x + y and of slices.
	guardSize guardKind = iota
	// guardCopy measures x after x += y, unless that has changed it in place.
	guardCopy
	// guardCompare measures an operand that is compared, or a key.
	guardCompare
	// guardPrint measures y of "text" % y.
	guardPrint
	// guardOperand replaces an operand whose size multiplies: see operand.
	guardOperand
	guardKinds
)

// The names of guards and of temporary variables begin with a character that no
// script can write.
const internalPrefix = "<"

// methodPrefix is how the names of method guards begin.
const methodPrefix = internalPrefix + "."

func internalName(name string) bool { return strings.HasPrefix(name, internalPrefix) }

// name is the global variable that holds the guard. It is like nothing a script
// could misspell, or compile errors would suggest it.
func (k guardKind) name() string { return internalPrefix + string(rune('0'+k)) + ">" }

// guard is a value that measures operands when it is indexed with them. It
// belongs to one process: an index operation does not say who makes it.
type guard struct {
	kind     guardKind
	instance *instance
}

var _ starlark.Mapping = (*guard)(nil)

func (g *guard) String() string        { return g.kind.name() }
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

// Get measures v and gives it back, or what takes its place.
func (g *guard) Get(v starlark.Value) (_ starlark.Value, found bool, err error) {
	switch x := v.(type) {
	case starlark.Int:
		if g.kind == guardOperand && bitLen(x) > maxBits/2 {
			return nil, false, errTooLarge
		}
		return v, true, nil
	case starlark.Float, starlark.NoneType, starlark.Bool:
		return v, true, nil
	}
	var m meter
	switch g.kind {
	case guardCopy:
		switch v.(type) {
		case starlark.String, starlark.Bytes, starlark.Tuple:
			err = size(&m, v)
		}
	case guardSize:
		if _, ok := v.(*starlark.Dict); ok {
			return v, true, nil
		}
		err = size(&m, v)
	case guardCompare:
		err = m.compare(v, 0)
	case guardPrint:
		err = m.print(v, nil, 1)
	case guardOperand:
		switch v.(type) {
		case starlark.String, starlark.Bytes, *starlark.List, starlark.Tuple:
			return &operand{v, g.instance}, true, nil
		}
		return v, true, nil
	}
	if n := m.steps(); n > 0 {
		g.instance.current.charge(n) // also for a refusal: measuring is work
	}
	if err != nil {
		return nil, false, err
	}
	return v, true, nil
}

// operand stands for a string or sequence that is an operand of *, % or <<. It
// is on the interpreter's stack only until the operator asks it for the result,
// which it refuses if it were too large.
type operand struct {
	starlark.Value
	instance *instance
}

var _ starlark.HasBinary = (*operand)(nil)

// Binary does the operation.
func (o *operand) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	x := o.Value
	if other, ok := y.(*operand); ok {
		y = other.Value
	}
	if side == starlark.Right {
		x, y = y, x
	}
	var m meter
	var err error
	switch op {
	case syntax.STAR:
		err = repeating(&m, x, y)
	case syntax.PERCENT:
		if s, ok := starlark.AsString(x); ok {
			err = interpolating(&m, s, y)
		}
	}
	o.instance.current.charge(m.steps())
	if err != nil {
		return nil, err
	}
	return starlark.Binary(op, x, y)
}

// interpolating measures s % y: each %(name)s may print all there is.
func interpolating(m *meter, s string, y starlark.Value) error {
	if err := m.print(y, nil, 1); err != nil {
		return err
	}
	return m.add(len(s)+strings.Count(s, "%(")*m.bytes, 0)
}

// repeating measures the product of a sequence and a number, in either order.
func repeating(m *meter, x, y starlark.Value) error {
	n, ok := y.(starlark.Int)
	if !ok {
		n, ok = x.(starlark.Int)
		x = y
	}
	if !ok {
		return nil
	}
	var one meter
	if err := size(&one, x); err != nil {
		return err
	}
	times, err := starlark.AsInt32(n)
	if err != nil || one == (meter{}) {
		return nil // refused by the interpreter, or empty
	}
	times = max(times, 0)
	if times > maxBytes {
		return errTooLarge
	}
	return m.add(one.bytes*times, one.items*times)
}
