package sqlite

import (
	"bytes"
	"database/sql/driver"
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"modernc.org/sqlite"
)

// newDriver gives a driver whose connections have some functions of SQLite in a form
// whose time grows with the text, and not with its square: one function is not
// interrupted (50.3).
func newDriver() (*sqlite.Driver, error) {
	if err := countMemory(); err != nil {
		return nil, err
	}
	d := &sqlite.Driver{}
	for _, f := range []struct {
		name string
		args int32
		call func(args []driver.Value) (driver.Value, error)
	}{
		{"instr", 2, instr},
		{"replace", 3, replace},
		{"trim", 2, trims(true, true)},
		{"ltrim", 2, trims(true, false)},
		{"rtrim", 2, trims(false, true)},
	} {
		err := d.RegisterFunction(f.name, &sqlite.FunctionImpl{
			NArgs: f.args, Deterministic: true,
			VolatileArgs: true, // they are not kept, and hold what follows a NUL too
			Scalar: func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
				for _, a := range args {
					if a == nil {
						return nil, nil
					}
				}
				return f.call(args)
			},
		})
		if err != nil {
			return nil, err
		}
	}
	return d, nil
}

// text gives a value as SQLite makes text of it.
func text(v driver.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return floatText(v)
	}
	return ""
}

// floatText writes a float in 15 digits, with a point.
func floatText(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "Inf"
	case math.IsInf(f, -1):
		return "-Inf"
	}
	s := strconv.FormatFloat(f, 'g', 15, 64)
	mantissa, exponent, scientific := strings.Cut(s, "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	if scientific {
		return mantissa + "e" + exponent
	}
	return mantissa
}

// instr tells where the second begins in the first, from 1: in characters, of two blobs
// in bytes.
func instr(args []driver.Value) (driver.Value, error) {
	a, isBlob := args[0].([]byte)
	b, both := args[1].([]byte)
	if isBlob && both {
		return int64(bytes.Index(a, b) + 1), nil
	}
	in, what := text(args[0]), text(args[1])
	i := strings.Index(in, what)
	if i < 0 {
		return int64(0), nil
	}
	return int64(utf8.RuneCountInString(in[:i]) + 1), nil
}

// replace puts the third in place of the second in the first.
func replace(args []driver.Value) (driver.Value, error) {
	in, what, with := text(args[0]), text(args[1]), text(args[2])
	if what == "" {
		return in, nil
	}
	if n := strings.Count(in, what); len(in)+n*(len(with)-len(what)) > largestValue {
		return nil, errors.New("string or blob too big")
	}
	return strings.ReplaceAll(in, what, with), nil
}

// trims takes characters of the second away at the ends of the first.
func trims(left, right bool) func(args []driver.Value) (driver.Value, error) {
	return func(args []driver.Value) (driver.Value, error) {
		in, set := text(args[0]), map[rune]bool{}
		for _, r := range text(args[1]) {
			if r == 0 { // ends it
				break
			}
			set[r] = true
		}
		member := func(r rune) bool { return set[r] }
		if left {
			in = strings.TrimLeftFunc(in, member)
		}
		if right {
			in = strings.TrimRightFunc(in, member)
		}
		return in, nil
	}
}
