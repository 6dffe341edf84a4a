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

func baseAssert(c Call) (int, error) {
	a := args{c, "assert"}
	v, err := a.any(1)
	if err != nil {
		return 0, err
	}
	switch kind := a.Kind(v); {
	case kind != KindNil && (kind != KindBool || a.Truth(v)):
		n := a.Len()
		if err := a.many(n); err != nil {
			return 0, err
		}
		for i := 1; i <= n; i++ {
			a.Push(a.Arg(i))
		}
		return n, nil
	case a.Len() > 1:
		return 0, &Thrown{a.Arg(2)}
	}
	return 0, &Thrown{a.String("assertion failed!")}
}

// baseError throws any value; a string gets a position (19.9, 19.10).
func baseError(c Call) (int, error) {
	a := args{c, "error"}
	level, err := a.optInteger(2, 1)
	if err != nil {
		return 0, err
	}
	v := a.Arg(1)
	if a.Kind(v) == KindString && level > 0 {
		return 0, &Error{Message: a.Text(v), Outer: level - 1}
	}
	return 0, &Thrown{v}
}

// basePrint joins what it prints with spaces (13.25).
func basePrint(c Call) (int, error) {
	parts := make([]string, c.Len())
	for i := range parts {
		var err error
		if parts[i], err = c.ToString(c.Arg(i + 1)); err != nil {
			return 0, err
		}
	}
	return 0, c.Print(strings.Join(parts, " "))
}

func baseRawequal(c Call) (int, error) {
	if _, err := (args{c, "rawequal"}).any(2); err != nil {
		return 0, err
	}
	c.Push(c.Bool(c.RawEqual(c.Arg(1), c.Arg(2))))
	return 1, nil
}

func baseTostring(c Call) (int, error) {
	a := args{c, "tostring"}
	v, err := a.any(1)
	if err != nil {
		return 0, err
	}
	s, err := a.ToString(v)
	if err != nil {
		return 0, err
	}
	return a.pushString(s)
}

func baseType(c Call) (int, error) {
	a := args{c, "type"}
	v, err := a.any(1)
	if err != nil {
		return 0, err
	}
	return a.pushString(a.TypeName(v))
}

func baseSelect(c Call) (int, error) {
	a := args{c, "select"}
	n := a.Len()
	if v := a.Arg(1); a.Kind(v) == KindString && a.Text(v) == "#" {
		return a.pushNumber(float64(n - 1))
	}
	from, err := a.integer(1)
	if err != nil {
		return 0, err
	}
	if from < 0 {
		from += n
	}
	if from < 1 {
		return 0, a.bad(1, "index out of range")
	}
	count := max(n-from, 0)
	if err := a.many(count); err != nil {
		return 0, err
	}
	for i := n - count + 1; i <= n; i++ {
		a.Push(a.Arg(i))
	}
	return count, nil
}

func baseTonumber(c Call) (int, error) {
	a := args{c, "tonumber"}
	v, err := a.any(1)
	if err != nil {
		return 0, err
	}
	f, ok := 0.0, false
	if a.absent(2) {
		switch a.Kind(v) {
		case KindNumber:
			a.Push(v)
			return 1, nil
		case KindString:
			s := a.Text(v)
			if err := tickText(a, s); err != nil {
				return 0, err
			}
			f, ok = ParseNumber(s)
		}
	} else {
		s, err := a.str(1)
		if err != nil {
			return 0, err
		}
		base, err := a.integer(2)
		if err != nil {
			return 0, err
		}
		if base < 2 || base > 36 {
			return 0, a.bad(2, "base out of range")
		}
		if err := tickText(a, s); err != nil {
			return 0, err
		}
		f, ok = ParseInteger(s, base)
	}
	if !ok {
		a.Push(a.Nil())
		return 1, nil
	}
	return a.pushNumber(f)
}

// tickText charges the reading of a string character by character.
func tickText(b Budget, s string) error {
	if n := len(s) / convertedPerTick; n > 0 {
		return b.Tick(n)
	}
	return nil
}
