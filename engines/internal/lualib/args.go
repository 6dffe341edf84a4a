package lualib

import (
	"fmt"
	"math"
)

// args reads the arguments of one call. Errors are in Lua's words and name the
// function.
type args struct {
	Call
	name string
}

func errorf(format string, a ...any) error { return &Error{Message: fmt.Sprintf(format, a...)} }

// bad is the error for argument i.
func (a args) bad(i int, text string) error {
	return errorf("bad argument #%d to '%s' (%s)", i, a.name, text)
}

func (a args) expected(i int, what string) error {
	got := "no value"
	if i <= a.Len() {
		got = a.TypeName(a.Arg(i))
	}
	return a.bad(i, what+" expected, got "+got)
}

// absent reports whether argument i is missing or nil.
func (a args) absent(i int) bool { return a.Kind(a.Arg(i)) == KindNil }

// any gives argument i, which may be nil but not missing.
func (a args) any(i int) (Value, error) {
	if i > a.Len() {
		return nil, a.bad(i, "value expected")
	}
	return a.Arg(i), nil
}

// text gives v as a string if it counts as one.
func text(c Call, v Value) (string, bool) {
	switch c.Kind(v) {
	case KindString, KindError:
		return c.Text(v), true
	case KindNumber:
		return NumberText(c.Float(v)), true
	}
	return "", false
}

func (a args) str(i int) (string, error) {
	if s, ok := text(a.Call, a.Arg(i)); ok {
		return s, nil
	}
	return "", a.expected(i, "string")
}

func (a args) optStr(i int, def string) (string, error) {
	if a.absent(i) {
		return def, nil
	}
	return a.str(i)
}

func (a args) number(i int) (float64, error) {
	switch v := a.Arg(i); a.Kind(v) {
	case KindNumber:
		return a.Float(v), nil
	case KindString:
		s := a.Text(v)
		if err := tickText(a, s); err != nil {
			return 0, err
		}
		if f, ok := ParseNumber(s); ok {
			return f, nil
		}
	}
	return 0, a.expected(i, "number")
}

// integer gives argument i without its fraction, as Lua 5.1 and 5.2 do; beyond
// ±2^53 it is clamped, and NaN is 0.
func (a args) integer(i int) (int, error) {
	f, err := a.number(i)
	return toInt(f), err
}

func (a args) optInteger(i, def int) (int, error) {
	if a.absent(i) {
		return def, nil
	}
	return a.integer(i)
}

const maxInt = 1 << 53

func toInt(f float64) int {
	switch {
	case f != f:
		return 0
	case f > maxInt:
		return maxInt
	case f < -maxInt:
		return -maxInt
	}
	return int(math.Trunc(f))
}

func (a args) table(i int) (Value, error) {
	v := a.Arg(i)
	if a.Kind(v) != KindTable {
		return nil, a.expected(i, "table")
	}
	return v, nil
}

// pushString pushes a new string.
func (a args) pushString(s string) (int, error) {
	a.Push(a.String(s))
	return 1, nil
}

// pushNumber pushes a number.
func (a args) pushNumber(f float64) (int, error) {
	a.Push(a.Number(f))
	return 1, nil
}
