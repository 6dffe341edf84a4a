package starlark

import (
	"errors"
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// maxDigits bounds the text that int takes.
const maxDigits = maxBits / 3

// checks names the built-ins of the language whose work depends on the size of
// their arguments, and what is done before each: measure, and refuse or charge
// (clause 20.5).
func checks() map[string]func(*meter, starlark.Tuple) error {
	return map[string]func(*meter, starlark.Tuple) error{
		"bytes": lengths,
		"float": lengths,
		"hash":  keys,
		"int":   digits,
		"zip":   product,
	}
}

// language adds to g those built-ins of the interpreter that are replaced.
func language(g starlark.StringDict) {
	for name, check := range checks() {
		original := universe(name)
		g[name] = wrap(original, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := t.measured(func(m *meter) error { return check(m, args) }); err != nil {
				return nil, err
			}
			return original.CallInternal(&t.thread, args, kwargs)
		})
	}
	for name, by := range map[string]consumer{"all": consumesAny, "any": consumesAny} {
		original := universe(name)
		g[name] = wrap(original, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return t.piecewise(original, by, args, kwargs)
		})
	}
	for _, name := range [...]string{"enumerate", "list", "reversed", "tuple"} {
		original := universe(name)
		g[name] = wrap(original, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var m meter // what is built is bounded
			if err := lengths(&m, args); err != nil {
				return nil, err
			}
			return t.piecewise(original, consumesAny, args, kwargs)
		})
	}
	g["dict"] = dict(universe("dict"))
	g["getattr"] = attribute(universe("getattr"))
	g["max"] = native("max", extremum("max", syntax.GT))
	g["min"] = native("min", extremum("min", syntax.LT))
	g["range"] = range_(universe("range"))
	g["set"] = set(universe("set"))
	g["repr"] = text(universe("repr"))
	g["sorted"] = native("sorted", sorted)
	g["str"] = text(universe("str"))
}

// universe gives the interpreter's built-in of that name.
func universe(name string) *starlark.Builtin { return starlark.Universe[name].(*starlark.Builtin) }

// wrap makes a built-in of ours with the name of one of the interpreter's.
func wrap(original *starlark.Builtin, fn func(*task, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)) *starlark.Builtin {
	return native(original.Name(), fn)
}

// lengths measures passing once over each argument.
func lengths(m *meter, args starlark.Tuple) error {
	for _, x := range args {
		if err := size(m, x); err != nil {
			return err
		}
	}
	return nil
}

// size measures v itself, not what is inside.
func size(m *meter, v starlark.Value) error {
	switch v := v.(type) {
	case starlark.String:
		return m.add(len(v), 0)
	case starlark.Bytes:
		return m.add(len(v), 0)
	}
	return m.add(0, max(starlark.Len(v), 0))
}

func digits(m *meter, args starlark.Tuple) error {
	if len(args) > 0 {
		if s, ok := starlark.AsString(args[0]); ok {
			if len(s) > maxDigits {
				return errTooLarge
			}
			m.units += len(s) * len(s) / 1024
		}
	}
	return nil
}

// keys measures arguments that become keys.
func keys(m *meter, args starlark.Tuple) error {
	for _, x := range args {
		switch x.(type) {
		case starlark.Tuple, starlark.String, starlark.Bytes, *starlarkStruct:
			if err := m.key(x, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// product measures zip, which makes as many rows as its shortest argument has
// elements.
func product(m *meter, args starlark.Tuple) error {
	rows := -1
	for _, x := range args {
		if n := starlark.Len(x); n >= 0 && (rows < 0 || n < rows) {
			rows = n
		}
	}
	return m.add(0, max(rows, 0)*len(args))
}

// dict gives dict, which is what update makes of an empty one.
func dict(original *starlark.Builtin) *starlark.Builtin {
	return wrap(original, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) != 1 {
			return original.CallInternal(&t.thread, args, kwargs)
		}
		z := new(starlark.Dict)
		if x, ok := args[0].(*starlark.Dict); ok && x.Len() >= large {
			z = t.newDict(x.Len())
		}
		update, err := z.Attr("update")
		if err == nil {
			err = t.updating(update.(*starlark.Builtin), z, args, kwargs)
		}
		if err == nil {
			return z, nil
		}
		if text, ok := strings.CutPrefix(err.Error(), "update: "); ok {
			err = named(original.Name(), errors.New(text))
		}
		return nil, err
	})
}

// updating is dict.update of z.
func (t *task) updating(b *starlark.Builtin, z *starlark.Dict, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var x *starlark.Dict
	if len(args) == 1 {
		x, _ = args[0].(*starlark.Dict)
	}
	if x == nil {
		_, err := t.piecewise(b, consumesPairs, args, kwargs)
		return err
	}
	if x.Len() >= large || deepIn(x.Iterate()) {
		return named(b.Name(), t.update(z, x, kwargs))
	}
	t.charge(x.Len())
	_, err := b.CallInternal(&t.thread, args, kwargs)
	return err
}

// set gives set, which makes one in pieces.
func set(original *starlark.Builtin) *starlark.Builtin {
	return wrap(original, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var iterable starlark.Iterable
		if len(args) == 1 && len(kwargs) == 0 {
			iterable, _ = args[0].(starlark.Iterable)
		}
		if iterable == nil {
			return original.CallInternal(&t.thread, args, kwargs)
		}
		w := work{t: t}
		defer w.end()
		z, err := w.mergeSets(syntax.PIPE, new(starlark.Set), w.inPieces(iterable, consumesKeys))
		return z, named(original.Name(), err)
	})
}

// update puts the entries of a large dict, and named ones, into another.
func (t *task) update(z, x *starlark.Dict, kwargs []starlark.Tuple) error {
	w := work{t: t}
	defer w.end()
	if err := w.putAll(z, x); err != nil {
		return err
	}
	given := map[starlark.Value]bool{}
	var twice starlark.Value // f(a = 1, **{"a": 2}) gives it so
	for _, pair := range kwargs {
		if err := z.SetKey(pair[0], pair[1]); err != nil {
			return err
		}
		if given[pair[0]] && twice == nil {
			twice = pair[0]
		}
		given[pair[0]] = true
	}
	if twice != nil {
		return fmt.Errorf("duplicate keyword arg: %v", twice)
	}
	return nil
}

// text gives str and repr, which measure what they print.
func text(original *starlark.Builtin) *starlark.Builtin {
	return wrap(original, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 1 && len(kwargs) == 0 {
			switch v := args[0].(type) {
			case starlark.String, starlark.Bytes:
				if original.Name() == "repr" {
					s, err := t.repr(v)
					return starlark.String(s), err
				}
				t.charge(starlark.Len(v) / 64)
			default:
				s, err := t.repr(v)
				return starlark.String(s), err
			}
		}
		return original.CallInternal(&t.thread, args, kwargs)
	})
}

// attribute gives getattr, which gives the methods that the dot gives.
func attribute(original *starlark.Builtin) *starlark.Builtin {
	rules := methodRules()
	return wrap(original, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := original.CallInternal(&t.thread, args, kwargs)
		if err != nil {
			return nil, err
		}
		method, ok := v.(*starlark.Builtin)
		if !ok || len(args) > 2 && v == args[2] {
			return v, nil
		}
		if rule := rules[method.Name()]; rule != nil {
			return rule.apply(method.Name(), method, true), nil
		}
		return v, nil
	})
}
