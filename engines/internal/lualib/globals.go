package lualib

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// NotAMethod is the error of a method f of objects of type t that is called with
// something else in front.
func NotAMethod(f *hostapi.Func, t *hostapi.ObjectType) error {
	return hostapi.Errorf(hostapi.Invalid, "%s: must be called as a method of an object of type %s, with ':'", f.Name, t.Name)
}

// NoMethod is the error of a chunk that gives no method of a name (clauses 2.6
// and 2.12).
func NoMethod(name string) error {
	return hostapi.Errorf(hostapi.NotFound, "method \"%s\" not found in module: the code must end with return { %s = <function> }", name, name)
}

// ReadOnly is the error of an assignment to a module (clause 19.2).
func ReadOnly() error { return hostapi.Errorf(hostapi.Invalid, "read-only") }

// HasMetatable is the error of marking a table that has a metatable of the script
// (clause 42.2).
func HasMetatable() error { return hostapi.Errorf(hostapi.Invalid, "a table with a metatable") }

func baseAssert(c Call) int {
	a := args{c, "assert"}
	v := a.any(1)
	switch kind := a.Kind(v); {
	case kind != KindNil && (kind != KindBool || a.Truth(v)):
		n := a.Len()
		a.many(n)
		for i := 1; i <= n; i++ {
			a.Push(a.Arg(i))
		}
		return n
	case a.Len() > 1:
		return a.Failed(&Thrown{a.Arg(2)})
	}
	return a.Failed(&Thrown{a.String("assertion failed!")})
}

// baseError throws any value; a string gets a position (19.9, 19.10).
func baseError(c Call) int {
	a := args{c, "error"}
	level := a.optInteger(2, 1)
	v := a.Arg(1)
	if a.Kind(v) == KindString && level > 0 {
		return a.Failed(&Error{Message: a.Text(v), Outer: level - 1, Said: true})
	}
	return a.Failed(&Thrown{v})
}

// basePrint joins what it prints with spaces (13.25).
func basePrint(c Call) int {
	parts := make([]string, c.Len())
	for i := range parts {
		parts[i] = c.ToString(c.Arg(i + 1))
	}
	c.Print(strings.Join(parts, " "))
	return 0
}

func baseRawequal(c Call) int {
	(args{c, "rawequal"}).any(2)
	c.Push(c.Bool(c.RawEqual(c.Arg(1), c.Arg(2))))
	return 1
}

func baseTostring(c Call) int {
	a := args{c, "tostring"}
	return a.pushString(a.ToString(a.any(1)))
}

func baseType(c Call) int {
	a := args{c, "type"}
	return a.pushString(a.TypeName(a.any(1)))
}

func baseSelect(c Call) int {
	a := args{c, "select"}
	n := a.Len()
	if v := a.Arg(1); a.Kind(v) == KindString && a.Text(v) == "#" {
		return a.pushNumber(float64(n - 1))
	}
	from := a.integer(1)
	if from < 0 {
		from += n
	}
	if from < 1 {
		a.bad(1, "index out of range")
	}
	count := max(n-from, 0)
	a.many(count)
	for i := n - count + 1; i <= n; i++ {
		a.Push(a.Arg(i))
	}
	return count
}

func baseTonumber(c Call) int {
	a := args{c, "tonumber"}
	v := a.any(1)
	f, ok := 0.0, false
	if a.absent(2) {
		switch a.Kind(v) {
		case KindNumber:
			a.Push(v)
			return 1
		case KindString:
			s := a.Text(v)
			tickText(a, s)
			f, ok = ParseNumber(s)
		}
	} else {
		s := a.str(1)
		base := a.integer(2)
		if base < 2 || base > 36 {
			a.bad(2, "base out of range")
		}
		tickText(a, s)
		f, ok = ParseInteger(s, base)
	}
	if !ok {
		a.Push(a.Nil())
		return 1
	}
	return a.pushNumber(f)
}

// tickText charges the reading of a string character by character.
func tickText(b Budget, s string) {
	if n := len(s) / convertedPerTick; n > 0 {
		b.Tick(n)
	}
}
