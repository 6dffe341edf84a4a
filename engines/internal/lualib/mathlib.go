package lualib

import "math"

// mathFunc makes a function of one number.
func mathFunc(name string, f func(float64) float64) Func {
	return func(c Call) int {
		a := args{c, name}
		return a.pushNumber(f(a.number(1)))
	}
}

// mathFunc2 makes a function of two numbers.
func mathFunc2(name string, f func(x, y float64) float64) Func {
	return func(c Call) int {
		a := args{c, name}
		return a.pushNumber(f(a.number(1), a.number(2)))
	}
}

func mathFrexp(c Call) int {
	a := args{c, "frexp"}
	x := a.number(1)
	fraction, exponent := math.Frexp(x)
	a.Push(a.Number(fraction))
	a.Push(a.Number(float64(exponent)))
	return 2
}

func mathLdexp(c Call) int {
	a := args{c, "ldexp"}
	x, e := a.number(1), a.integer(2)
	return a.pushNumber(math.Ldexp(x, max(-1<<20, min(e, 1<<20))))
}

func mathModf(c Call) int {
	a := args{c, "modf"}
	x := a.number(1)
	whole, fraction := math.Modf(x)
	if math.IsInf(x, 0) {
		fraction = 0
	}
	a.Push(a.Number(whole))
	a.Push(a.Number(fraction))
	return 2
}

func mathLog(c Call) int {
	a := args{c, "log"}
	x := a.number(1)
	if a.absent(2) {
		return a.pushNumber(ln(x))
	}
	base := a.number(2)
	switch base {
	case 2:
		return a.pushNumber(math.Log2(x))
	case 10:
		return a.pushNumber(log10(x))
	}
	return a.pushNumber(ln(x) / ln(base))
}

func mathMax(c Call) int {
	return extreme(args{c, "max"}, func(x, best float64) bool { return x > best })
}

func mathMin(c Call) int {
	return extreme(args{c, "min"}, func(x, best float64) bool { return x < best })
}

func extreme(a args, better func(x, best float64) bool) int {
	best := a.number(1)
	n := a.Len()
	for i := 2; i <= n; i++ {
		x := a.number(i)
		if better(x, best) {
			best = x
		}
	}
	if n > 8 {
		a.Tick(n)
	}
	return a.pushNumber(best)
}

func mathRandom(c Call) int {
	a := args{c, "random"}
	low, high := 1, 0
	switch a.Len() {
	case 0:
		return a.pushNumber(a.Random().Float())
	case 1:
		high = a.integer(1)
	case 2:
		low, high = a.integer(1), a.integer(2)
	default:
		fail(a, "wrong number of arguments")
	}
	if low > high {
		a.bad(a.Len(), "interval is empty")
	}
	return a.pushNumber(float64(a.Random().Between(int64(low), int64(high))))
}

func mathRandomseed(c Call) int {
	a := args{c, "randomseed"}
	x := a.number(1)
	if x == 0 {
		x = 0 // -0 is 0
	}
	a.Random().Seed(math.Float64bits(x))
	return 0
}
