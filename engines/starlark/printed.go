package starlark

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// printed stands for a value that the interpreter is about to print, in % and
// format: its text is there already.
type printed struct {
	starlark.Value
	text string
}

func (p *printed) String() string { return p.text }

// arguments prepares what is about to be printed.
type arguments struct {
	t       *task
	quotes  bool  // strings may be put in quotes
	bytes   int   // printed so far, or about to be
	largest int   // of one
	err     error // what was refused first
}

// prepare gives what stands for v, nil if v is printed as it is.
func (a *arguments) prepare(v starlark.Value) starlark.Value {
	switch v := v.(type) {
	case starlark.String:
		n := len(v)
		if a.quotes && n >= large {
			n = quotedLen(string(v))
		}
		a.add(n, nil)
	case starlark.Int:
		a.t.charge(textUnits(v) / unitsPerStep)
		a.add(bitLen(v)/3, nil)
	case starlark.Bytes, starlark.Tuple, *starlark.List, *starlark.Dict, *starlark.Set, *record, *starlarkStruct:
		text, err := a.t.repr(v)
		a.add(len(text), err)
		return &printed{v, text}
	default:
		a.add(32, nil)
	}
	return nil
}

func (a *arguments) add(bytes int, err error) {
	a.largest = max(a.largest, bytes)
	if a.bytes += bytes; err == nil && a.bytes > maxBytes {
		err = errTooLarge
	}
	if a.err == nil {
		a.err = err
	}
}

// quotedLen bounds the length of a string in quotes.
func quotedLen(s string) int {
	n := len(s)
	for i := range len(s) {
		if b := s[i]; b < ' ' || b == '"' || b == '\\' || b >= 0x7f {
			n += 3 // \x01
		}
	}
	return n
}

// all prepares several values. It does not change the list given.
func (a *arguments) all(list starlark.Tuple) starlark.Tuple {
	out := list
	for i, x := range list {
		p := a.prepare(x)
		if p == nil {
			continue
		}
		if &out[0] == &list[0] {
			out = append(starlark.Tuple(nil), list...)
		}
		out[i] = p
	}
	return out
}

// of prepares y of s % y.
func (a *arguments) of(y starlark.Value) starlark.Value {
	switch y := y.(type) {
	case starlark.Tuple:
		return a.all(y)
	case starlark.Mapping:
		return &printedMapping{y, a}
	}
	if p := a.prepare(y); p != nil {
		return p
	}
	return y
}

// printedMapping prepares what %(name)s asks for, or all of it for %s.
type printedMapping struct {
	starlark.Mapping
	arguments *arguments
}

func (p *printedMapping) String() string {
	if whole := p.arguments.prepare(p.Mapping); whole != nil {
		return whole.String()
	}
	return p.Mapping.String()
}

// Get gives a value. Once too much was asked for there is none.
func (p *printedMapping) Get(k starlark.Value) (starlark.Value, bool, error) {
	if p.arguments.err != nil {
		return nil, false, p.arguments.err
	}
	v, found, err := p.Mapping.Get(k)
	if found && err == nil {
		if text := p.arguments.prepare(v); text != nil {
			v = text
		}
	}
	return v, found, err
}

// interpolate does s % y.
func (t *task) interpolate(s starlark.String, y starlark.Value) (starlark.Value, error) {
	a := arguments{t: t, quotes: strings.Contains(string(s), "r")}
	a.add(len(s), nil)
	y = a.of(y)
	if a.err != nil {
		return nil, a.err
	}
	v, err := starlark.Binary(syntax.PERCENT, s, y)
	t.charge(a.bytes / 256)
	if a.err != nil {
		return nil, a.err
	}
	return v, err
}
