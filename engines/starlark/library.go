package starlark

import (
	"math/bits"

	"go.starlark.net/starlark"
)

// maxDigits bounds the text that int takes.
const maxDigits = maxBits / 3

// checks names the built-ins of the language whose work depends on the size of
// their arguments, and what is done before each: measure, and refuse or charge
// (clause 20.5).
func checks() map[string]func(*meter, starlark.Tuple) error {
	return map[string]func(*meter, starlark.Tuple) error{
		"all":       lengths,
		"any":       lengths,
		"bytes":     lengths,
		"dict":      keys,
		"enumerate": lengths,
		"hash":      lengths,
		"list":      lengths,
		"reversed":  lengths,
		"set":       keys,
		"tuple":     lengths,
		"float":     lengths,
		"int":       digits,
		"max":       comparisons,
		"min":       comparisons,
		"sorted":    sorting,
		"zip":       product,
	}
}

// language adds to g those built-ins of the interpreter that are replaced.
func language(g starlark.StringDict) {
	for name, check := range checks() {
		original := universe(name)
		g[name] = wrap(original, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var m meter
			err := check(&m, args)
			t.charge(m.steps())
			if err != nil {
				return nil, err
			}
			return original.CallInternal(&t.thread, args, kwargs)
		})
	}
	g["getattr"] = attribute(universe("getattr"))
	g["len"] = length(universe("len"))
	g["range"] = range_(universe("range"))
	g["repr"] = text(universe("repr"))
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
		if s, ok := starlark.AsString(args[0]); ok && len(s) > maxDigits {
			return errTooLarge
		}
	}
	return nil
}

// comparisons measures comparing all elements.
func comparisons(m *meter, args starlark.Tuple) error {
	var v starlark.Value = args
	if len(args) == 1 {
		v = args[0]
	}
	return m.compare(v, 0)
}

// keys measures making keys of all elements.
func keys(m *meter, args starlark.Tuple) error { return m.compare(args, 0) }

// sorting measures n log n comparisons.
func sorting(m *meter, args starlark.Tuple) error {
	if err := comparisons(m, args); err != nil {
		return err
	}
	m.items *= bits.Len(uint(m.items))
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

// length gives len, which knows longRange.
func length(original *starlark.Builtin) *starlark.Builtin {
	return wrap(original, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 1 && len(kwargs) == 0 {
			if r, ok := args[0].(*longRange); ok {
				return starlark.MakeInt(r.numbers.Len()), nil
			}
		}
		return original.CallInternal(&t.thread, args, kwargs)
	})
}

// text gives str and repr, which measure what they print.
func text(original *starlark.Builtin) *starlark.Builtin {
	return wrap(original, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 1 && len(kwargs) == 0 {
			switch args[0].(type) {
			case starlark.String, starlark.Bytes:
				if original.Name() == "str" {
					break
				}
				if err := t.measured(func(m *meter) error { return m.print(args, nil, 0) }); err != nil {
					return nil, err
				}
			default:
				s, err := t.repr(args[0])
				return starlark.String(s), err
			}
		}
		return original.CallInternal(&t.thread, args, kwargs)
	})
}

// attribute gives getattr, which gives the methods that the dot gives.
func attribute(original *starlark.Builtin) *starlark.Builtin {
	return wrap(original, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := original.CallInternal(&t.thread, args, kwargs)
		if err != nil {
			return nil, err
		}
		name, _ := starlark.AsString(args[1])
		return checked(name, v), nil
	})
}
