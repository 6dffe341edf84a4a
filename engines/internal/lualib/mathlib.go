package lualib

import "math"

// mathFunc makes a function of one number.
func mathFunc(name string, f func(float64) float64) Func {
	return func(c Call) (int, error) {
		a := args{c, name}
		x, err := a.number(1)
		if err != nil {
			return 0, err
		}
		return a.pushNumber(f(x))
	}
}

// mathFunc2 makes a function of two numbers.
func mathFunc2(name string, f func(x, y float64) float64) Func {
	return func(c Call) (int, error) {
		a := args{c, name}
		x, err := a.number(1)
		if err != nil {
			return 0, err
		}
		y, err := a.number(2)
		if err != nil {
			return 0, err
		}
		return a.pushNumber(f(x, y))
	}
}

func mathFrexp(c Call) (int, error) {
	a := args{c, "frexp"}
	x, err := a.number(1)
	if err != nil {
		return 0, err
	}
	fraction, exponent := math.Frexp(x)
	a.Push(a.Number(fraction))
	a.Push(a.Number(float64(exponent)))
	return 2, nil
}

func mathLdexp(c Call) (int, error) {
	a := args{c, "ldexp"}
	x, err := a.number(1)
	if err != nil {
		return 0, err
	}
	e, err := a.integer(2)
	if err != nil {
		return 0, err
	}
	return a.pushNumber(math.Ldexp(x, max(-1<<20, min(e, 1<<20))))
}

func mathModf(c Call) (int, error) {
	a := args{c, "modf"}
	x, err := a.number(1)
	if err != nil {
		return 0, err
	}
	whole, fraction := math.Modf(x)
	if math.IsInf(x, 0) {
		fraction = 0
	}
	a.Push(a.Number(whole))
	a.Push(a.Number(fraction))
	return 2, nil
}

func mathLog(c Call) (int, error) {
	a := args{c, "log"}
	x, err := a.number(1)
	if err != nil {
		return 0, err
	}
	if a.absent(2) {
		return a.pushNumber(ln(x))
	}
	base, err := a.number(2)
	if err != nil {
		return 0, err
	}
	switch base {
	case 2:
		return a.pushNumber(math.Log2(x))
	case 10:
		return a.pushNumber(log10(x))
	}
	return a.pushNumber(ln(x) / ln(base))
}

func mathMax(c Call) (int, error) {
	return extreme(args{c, "max"}, func(x, best float64) bool { return x > best })
}

func mathMin(c Call) (int, error) {
	return extreme(args{c, "min"}, func(x, best float64) bool { return x < best })
}

func extreme(a args, better func(x, best float64) bool) (int, error) {
	best, err := a.number(1)
	if err != nil {
		return 0, err
	}
	n := a.Len()
	for i := 2; i <= n; i++ {
		x, err := a.number(i)
		if err != nil {
			return 0, err
		}
		if better(x, best) {
			best = x
		}
	}
	if n > 8 {
		if err := a.Tick(n); err != nil {
			return 0, err
		}
	}
	return a.pushNumber(best)
}

func mathRandom(c Call) (int, error) {
	a := args{c, "random"}
	low, high := 1, 0
	var err error
	switch a.Len() {
	case 0:
		return a.pushNumber(a.Random().Float())
	case 1:
		high, err = a.integer(1)
	case 2:
		if low, err = a.integer(1); err == nil {
			high, err = a.integer(2)
		}
	default:
		return 0, errorf("wrong number of arguments")
	}
	if err != nil {
		return 0, err
	}
	if low > high {
		return 0, a.bad(a.Len(), "interval is empty")
	}
	return a.pushNumber(float64(a.Random().Between(int64(low), int64(high))))
}

func mathRandomseed(c Call) (int, error) {
	a := args{c, "randomseed"}
	x, err := a.number(1)
	if err != nil {
		return 0, err
	}
	if x == 0 {
		x = 0 // -0 is 0
	}
	a.Random().Seed(math.Float64bits(x))
	return 0, nil
}
