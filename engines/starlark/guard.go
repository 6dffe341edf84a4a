package starlark

import (
	"math/bits"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// guardKind says what a guard does. The interpreter has no hook for operators,
// so rewrite puts guards into the syntax tree, as index operations: these cost
// little and need no call.
type guardKind int

const (
	// guardSize measures what is passed over once: the results of x + y.
	guardSize guardKind = iota
	// guardSlice does so with a slice; one of a range passes over nothing.
	guardSlice
	// guardCopy measures x after x += y, unless that has changed it in place. A
	// list gets room for the next time.
	guardCopy
	// guardKey replaces a key that is looked up, guardEntry measures one of a dict
	// that is written out: see task.key.
	guardKey
	guardEntry
	// guardPlace replaces x of x[y] = z, if that is a dict: see placed.
	guardPlace
	// guardCompare replaces the left side of a comparison: see compared.
	guardCompare
	// guardSearch replaces y of x in y: see searched.
	guardSearch
	// guardMerge replaces the left side of |, &, ^ and -, guardMergeInto the
	// right side of |=, &=, ^= and -=: see merged.
	guardMerge
	guardMergeInto
	// guardOperand replaces an operand whose size multiplies: see operand.
	guardOperand
	// guardCollect, guardCollectAll and guardCollectDict begin a comprehension
	// with conditions or several loops, one without, and a dict comprehension.
	// guardPutKey and guardPut collect in it, and guardResult gives what was
	// collected. guardFew and guardFound, or guardFewNamed, choose one that may be
	// left to the interpreter: see comprehension.
	guardCollect
	guardCollectAll
	guardCollectDict
	guardPutKey
	guardPut
	guardResult
	guardFew
	guardFewNamed
	guardFound
	guardKinds
)

// The names of guards and of temporary variables begin with a character that no
// script can write.
const internalPrefix = "<"

// methodPrefix is how the names of method guards begin, boundPrefix where the method
// is not called at once.
const (
	methodPrefix = internalPrefix + "."
	boundPrefix  = internalPrefix + "="
)

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

// guards makes the built-in <guards>, which gives new guards for the process; a
// source that needs some calls it first, with a bit for each kind.
func guards(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	used, err := starlark.AsInt32(args[0])
	if err != nil {
		return nil, err
	}
	in := taskOf(thread).instance
	made := make([]guard, 0, bits.OnesCount(uint(used)))
	out := make(starlark.Tuple, 0, cap(made))
	for kind := range guardKinds {
		if used&(1<<kind) != 0 {
			made = append(made, guard{kind, in})
			out = append(out, &made[len(made)-1])
		}
	}
	return out, nil
}

const guardsName = internalPrefix + "guards"

// Get measures v and gives it back, or what takes its place.
func (g *guard) Get(v starlark.Value) (_ starlark.Value, found bool, err error) {
	t := g.instance.current
	switch g.kind {
	case guardPut:
		return starlark.False, true, t.comprehension.put(v)
	case guardPutKey:
		return starlark.True, true, t.comprehension.putKey(v)
	case guardResult:
		return t.result(), true, nil
	case guardCollect, guardCollectAll, guardCollectDict:
		return t.comprehend(v, g.kind), true, nil
	case guardFew:
		t.held = v
		return few(v), true, nil
	case guardFewNamed:
		return few(v), true, nil
	case guardFound:
		return t.found(), true, nil
	case guardKey:
		k, err := t.key(v)
		return k, true, err
	case guardEntry:
		_, err := t.key(v)
		return v, true, err
	case guardPlace:
		if d, ok := v.(*starlark.Dict); ok {
			return t.place(d), true, nil
		}
		return v, true, nil
	}
	switch x := v.(type) {
	case starlark.Int:
		if g.kind == guardOperand || g.kind == guardMerge {
			if n := bitLen(x); n > 64 {
				if g.kind == guardOperand && n > maxBits/2 {
					return nil, false, errTooLarge
				}
				t.charge(n/64 + n*n/(64*64*128)) // as a division takes
			}
		}
		return v, true, nil
	case starlark.Float, starlark.NoneType, starlark.Bool:
		return v, true, nil
	}
	switch g.kind {
	case guardCompare:
		if simple(v) {
			break
		}
		return &compared{v, g.instance}, true, nil
	case guardSearch:
		if _, guarded := v.(starlark.Container); !guarded {
			if _, guarded = v.(starlark.Mapping); !guarded {
				return v, true, nil
			}
		}
		t.searched = searched{v, t}
		return &t.searched, true, nil
	case guardMerge, guardMergeInto:
		switch v := v.(type) {
		case *starlark.Dict:
			if g.kind == guardMerge || v.Len() >= large || deepIn(v.Iterate()) {
				return &merged{v, g.instance}, true, nil
			}
			t.charge(v.Len())
		case *starlark.Set:
			return &merged{v, g.instance}, true, nil
		}
		return v, true, nil
	case guardOperand:
		switch v.(type) {
		case starlark.String, starlark.Bytes, *starlark.List, starlark.Tuple:
			return &operand{v, g.instance}, true, nil
		}
		return v, true, nil
	}
	var m meter
	switch v.(type) {
	case starlark.String, starlark.Bytes, starlark.Tuple:
		err = size(&m, v)
	default:
		if g.kind == guardSlice {
			if _, ok := asRange(v); ok {
				return g.instance.ranged(v), true, nil
			}
		}
		if g.kind != guardCopy {
			err = size(&m, v)
		} else if l, ok := v.(*starlark.List); ok {
			t.lengthen(l, l.Len()/16)
		}
	}
	if n := m.steps(); n > 0 {
		t.charge(n) // also for a refusal: measuring is work
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
	t := o.instance.current
	switch op {
	case syntax.STAR:
		var m meter
		err := repeating(&m, x, y)
		if err == nil && m.items >= 4*large {
			return t.repeat(x, y, m.items)
		}
		if t.charge(m.steps()); err != nil {
			return nil, err
		}
	case syntax.PERCENT:
		if s, ok := x.(starlark.String); ok {
			return t.interpolate(s, y)
		}
	}
	return starlark.Binary(op, x, y)
}

// repeat gives the product of a list or tuple and a number, in either order,
// which has n elements.
func (t *task) repeat(x, y starlark.Value, n int) (starlark.Value, error) {
	if _, ok := x.(starlark.Int); ok {
		x = y
	}
	w := work{t: t}
	defer w.end()
	from := x.(starlark.Indexable)
	t.reserve(n * slotBytes)
	out := make([]starlark.Value, n)
	for i := range from.Len() {
		out[i] = from.Index(i)
		w.step(1)
	}
	for done := from.Len(); done < n; {
		// What is there repeats: the next is as what begins at the same place.
		copied := copy(out[done:min(done+large, n)], out[done%from.Len():done])
		done += copied
		w.step(copied)
	}
	if _, ok := x.(starlark.Tuple); ok {
		return starlark.Tuple(out), nil
	}
	return starlark.NewList(out), nil
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
