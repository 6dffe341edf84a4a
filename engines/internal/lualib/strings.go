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
func (a args) span(s string, i, first, last int) (from, to int) {
	if from = fromEnd(a.optInteger(i, first), len(s)); last == 0 {
		last = from
	}
	to = min(fromEnd(a.optInteger(i+1, last), len(s)), len(s))
	return max(from, 1) - 1, to
}

func stringLen(c Call) int {
	a := args{c, "len"}
	s := a.str(1)
	return a.pushNumber(float64(len(s)))
}

func stringSub(c Call) int {
	a := args{c, "sub"}
	s := a.str(1)
	a.number(2)
	from, to := a.span(s, 2, 1, -1)
	if from >= to {
		return a.pushString("")
	}
	return a.pushString(s[from:to])
}

func stringByte(c Call) int {
	a := args{c, "byte"}
	s := a.str(1)
	from, to := a.span(s, 2, 1, 0)
	if from >= to {
		return 0
	}
	n := to - from
	if n > MostValues {
		fail(a, "string slice too long")
	}
	a.many(n)
	for i := from; i < to; i++ {
		a.Push(a.Number(float64(s[i])))
	}
	return n
}

// many prepares for n results.
func (a args) many(n int) {
	if n > 4 {
		a.Tick(n)
		a.Reserve(n)
	}
}

func stringChar(c Call) int {
	a := args{c, "char"}
	n := a.Len()
	b := make([]byte, n)
	for i := range b {
		v := a.integer(i + 1)
		if v < 0 || v > 255 {
			a.bad(i+1, "value out of range")
		}
		b[i] = byte(v)
	}
	return a.pushString(string(b))
}

func stringLower(c Call) int {
	return convert(args{c, "lower"}, func(s string, i int) byte { return toLower(s[i]) })
}

func stringUpper(c Call) int {
	return convert(args{c, "upper"}, func(s string, i int) byte { return toUpper(s[i]) })
}

func stringReverse(c Call) int {
	return convert(args{c, "reverse"}, func(s string, i int) byte { return s[len(s)-1-i] })
}

const convertedPerTick = 16 // bytes converted one by one that count as a step

// convert makes a string as long as argument 1, whose byte i is that of f.
func convert(a args, f func(s string, i int) byte) int {
	s := a.str(1)
	out := builder{budget: a}
	out.room(len(s))
	const each = 4096
	for i := range len(s) {
		out.b.WriteByte(f(s, i))
		if i%each == each-1 {
			a.Tick(each / convertedPerTick)
		}
	}
	return a.pushString(out.b.String())
}

func stringRep(c Call) int {
	a := args{c, "rep"}
	s := a.str(1)
	n := a.integer(2)
	sep := a.optStr(3, "")
	unit := len(s) + len(sep)
	switch {
	case n <= 0 || unit == 0:
		return a.pushString("")
	case n == 1:
		return a.pushString(s)
	case len(s) > MaxString || n-1 > (MaxString-len(s))/unit: // (n-1)·unit may overflow
		tooLarge(a)
	}
	out := builder{budget: a}
	out.room((n-1)*unit + len(s))
	// Short units are put together to long ones first.
	whole := s + sep
	if together := min(n-1, 4096/unit); together > 1 {
		whole = strings.Repeat(whole, together)
	}
	for left := (n - 1) * unit; left > 0; left -= len(whole) {
		if len(whole) > left {
			whole = whole[:left]
		}
		out.add(whole)
	}
	out.add(s)
	return a.pushString(out.b.String())
}
