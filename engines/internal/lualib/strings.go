package lualib

import "strings"

// fromEnd turns a position counted from the end, -1 the last, into one from the
// start; one before the start becomes 0.
func fromEnd(i, length int) int {
	switch {
	case i >= 0:
		return i
	case -i > length:
		return 0
	}
	return length + i + 1
}

// span reads arguments i and i+1 as the bounds of a part of s, clipped to it.
// The part is s[from:to]; it is empty if from ≥ to.
func (a args) span(s string, i, first, last int) (from, to int, err error) {
	if from, err = a.optInteger(i, first); err != nil {
		return 0, 0, err
	}
	if from = fromEnd(from, len(s)); last == 0 {
		last = from
	}
	if to, err = a.optInteger(i+1, last); err != nil {
		return 0, 0, err
	}
	to = min(fromEnd(to, len(s)), len(s))
	return max(from, 1) - 1, to, nil
}

func stringLen(c Call) (int, error) {
	a := args{c, "len"}
	s, err := a.str(1)
	if err != nil {
		return 0, err
	}
	return a.pushNumber(float64(len(s)))
}

func stringSub(c Call) (int, error) {
	a := args{c, "sub"}
	s, err := a.str(1)
	if err != nil {
		return 0, err
	}
	if _, err := a.number(2); err != nil {
		return 0, err
	}
	from, to, err := a.span(s, 2, 1, -1)
	if err != nil {
		return 0, err
	}
	if from >= to {
		return a.pushString("")
	}
	return a.pushString(s[from:to])
}

func stringByte(c Call) (int, error) {
	a := args{c, "byte"}
	s, err := a.str(1)
	if err != nil {
		return 0, err
	}
	from, to, err := a.span(s, 2, 1, 0)
	if err != nil || from >= to {
		return 0, err
	}
	n := to - from
	if n > MostValues {
		return 0, errorf("string slice too long")
	}
	if err := a.many(n); err != nil {
		return 0, err
	}
	for i := from; i < to; i++ {
		a.Push(a.Number(float64(s[i])))
	}
	return n, nil
}

// many prepares for n results.
func (a args) many(n int) error {
	if n <= 4 {
		return nil
	}
	if err := a.Tick(n); err != nil {
		return err
	}
	return a.Reserve(n)
}

func stringChar(c Call) (int, error) {
	a := args{c, "char"}
	n := a.Len()
	b := make([]byte, n)
	for i := range b {
		v, err := a.integer(i + 1)
		if err != nil {
			return 0, err
		}
		if v < 0 || v > 255 {
			return 0, a.bad(i+1, "value out of range")
		}
		b[i] = byte(v)
	}
	return a.pushString(string(b))
}

func stringLower(c Call) (int, error) {
	return convert(args{c, "lower"}, func(s string, i int) byte { return toLower(s[i]) })
}

func stringUpper(c Call) (int, error) {
	return convert(args{c, "upper"}, func(s string, i int) byte { return toUpper(s[i]) })
}

func stringReverse(c Call) (int, error) {
	return convert(args{c, "reverse"}, func(s string, i int) byte { return s[len(s)-1-i] })
}

const convertedPerTick = 16 // bytes converted one by one that count as a step

// convert makes a string as long as argument 1, whose byte i is that of f.
func convert(a args, f func(s string, i int) byte) (int, error) {
	s, err := a.str(1)
	if err != nil {
		return 0, err
	}
	out := builder{budget: a}
	if err := out.room(len(s)); err != nil {
		return 0, err
	}
	const each = 4096
	for i := range len(s) {
		out.b.WriteByte(f(s, i))
		if i%each == each-1 {
			if err := a.Tick(each / convertedPerTick); err != nil {
				return 0, err
			}
		}
	}
	return a.pushString(out.b.String())
}

func stringRep(c Call) (int, error) {
	a := args{c, "rep"}
	s, err := a.str(1)
	if err != nil {
		return 0, err
	}
	n, err := a.integer(2)
	if err != nil {
		return 0, err
	}
	sep, err := a.optStr(3, "")
	if err != nil {
		return 0, err
	}
	unit := len(s) + len(sep)
	switch {
	case n <= 0 || unit == 0:
		return a.pushString("")
	case n == 1:
		return a.pushString(s)
	case len(s) > MaxString || n-1 > (MaxString-len(s))/unit: // (n-1)·unit may overflow
		return 0, tooLarge()
	}
	out := builder{budget: a}
	if err := out.room((n-1)*unit + len(s)); err != nil {
		return 0, err
	}
	// Short units are put together to long ones first.
	whole := s + sep
	if together := min(n-1, 4096/unit); together > 1 {
		whole = strings.Repeat(whole, together)
	}
	for left := (n - 1) * unit; left > 0; left -= len(whole) {
		if len(whole) > left {
			whole = whole[:left]
		}
		if err := out.add(whole); err != nil {
			return 0, err
		}
	}
	if err := out.add(s); err != nil {
		return 0, err
	}
	return a.pushString(out.b.String())
}
