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

// fail throws an error in Lua's words.
func fail(b Budget, format string, a ...any) { b.Throw(&Error{Message: fmt.Sprintf(format, a...)}) }

// bad throws the error for argument i.
func (a args) bad(i int, text string) { fail(a, "bad argument #%d to '%s' (%s)", i, a.name, text) }

func (a args) expected(i int, what string) {
	got := "no value"
	if i <= a.Len() {
		got = a.TypeName(a.Arg(i))
	}
	a.bad(i, what+" expected, got "+got)
}

// absent reports whether argument i is missing or nil.
func (a args) absent(i int) bool { return a.Kind(a.Arg(i)) == KindNil }

// any gives argument i, which may be nil but not missing.
func (a args) any(i int) Value {
	if i > a.Len() {
		a.bad(i, "value expected")
	}
	return a.Arg(i)
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

func (a args) str(i int) string {
	s, ok := text(a.Call, a.Arg(i))
	if !ok {
		a.expected(i, "string")
	}
	return s
}

func (a args) optStr(i int, def string) string {
	if a.absent(i) {
		return def
	}
	return a.str(i)
}

func (a args) number(i int) float64 {
	switch v := a.Arg(i); a.Kind(v) {
	case KindNumber:
		return a.Float(v)
	case KindString:
		s := a.Text(v)
		tickText(a, s)
		if f, ok := ParseNumber(s); ok {
			return f
		}
	}
	a.expected(i, "number")
	return 0
}

// integer gives argument i without its fraction, as Lua 5.1 and 5.2 do; beyond
// ±2^53 it is clamped, and NaN is 0.
func (a args) integer(i int) int {
	return toInt(a.number(i))
}

func (a args) optInteger(i, def int) int {
	if a.absent(i) {
		return def
	}
	return a.integer(i)
}

// end gives argument i, the last index of a range in the table t: its length by default.
func (a args) end(i int, t Value) int {
	if a.absent(i) {
		return a.Length(t)
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

func (a args) table(i int) Value {
	v := a.Arg(i)
	if a.Kind(v) != KindTable {
		a.expected(i, "table")
	}
	return v
}

// pushString pushes a new string.
func (a args) pushString(s string) int {
	a.Push(a.String(s))
	return 1
}

// pushNumber pushes a number.
func (a args) pushNumber(f float64) int {
	a.Push(a.Number(f))
	return 1
}
