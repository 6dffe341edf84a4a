package starlark

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// Methods of large strings that make others, in pieces.

// longText is the length from which on a string is dealt with in pieces.
const longText = 16 * large

// replace is string.replace. What it makes has been measured.
func replace(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, ok := starlark.AsString(b.Receiver())
	var old, replacement string
	count := -1
	if !ok || len(s) < longText || starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &old, &replacement, &count) != nil || old == "" {
		return b.CallInternal(&t.thread, args, kwargs)
	}
	w := work{t: t}
	defer w.end()
	var out strings.Builder
	for rest := s; ; count-- {
		i := strings.Index(rest, old)
		if i < 0 || count == 0 {
			out.WriteString(rest)
			return starlark.String(out.String()), nil
		}
		out.WriteString(rest[:i])
		out.WriteString(replacement)
		rest = rest[i+len(old):]
		w.step(2 + (i+len(replacement))/32)
	}
}

// recased is upper, lower, title or capitalize of a large string. They look at
// each character; title at whether the one before is a letter too, capitalize at
// whether it is the first.
func recased(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, ok := b.Receiver().(starlark.String)
	if !ok || len(s) < longText || len(args)+len(kwargs) > 0 {
		t.charge(sizeOf(b.Receiver()) / unitsPerStep)
		return b.CallInternal(&t.thread, args, kwargs)
	}
	w := work{t: t}
	defer w.end()
	t.reserve(len(s))
	var out strings.Builder
	out.Grow(len(s))
	name := b.Name()
	for from, before := 0, 0; from < len(s); {
		to := min(from+longText, len(s))
		// A piece ends with a character. In title it is one of ASCII, whose case
		// makes no difference to what follows.
		for to < len(s) && (!utf8.RuneStart(s[to]) || name == "title" && s[to-1] >= utf8.RuneSelf) {
			to++
		}
		piece, err := with(t, s[from-before:to], name)
		if err != nil {
			return nil, err
		}
		out.WriteString(string(piece[before:]))
		switch name {
		case "title":
			before = 1
		case "capitalize":
			name = "lower"
		}
		n := to - from
		if from = to; out.Len() > maxBytes {
			return nil, errTooLarge
		}
		w.step(n)
	}
	return starlark.String(out.String()), nil
}

// with calls a method of s that gives a string.
func with(t *task, s starlark.String, method string) (starlark.String, error) {
	m, err := s.Attr(method)
	if err != nil {
		return "", err
	}
	v, err := m.(*starlark.Builtin).CallInternal(&t.thread, nil, nil)
	if err != nil {
		return "", err
	}
	return v.(starlark.String), nil
}
