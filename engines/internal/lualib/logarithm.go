package lualib

import "math"

// exp is math.exp: the nearest double, as Power.
func exp(x float64) float64 {
	if x == 0 || x != x || math.Abs(x) > 746 {
		return math.Exp(x)
	}
	return exponential(pair{x, 0})
}

// ln is math.log: the nearest double.
func ln(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 1) {
		return math.Log(x)
	}
	return logarithm(x).hi
}

// log10 is math.log10: the nearest double.
func log10(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 1) {
		return math.Log(x)
	}
	return logarithm(x).times(pair{0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57}).hi // 1 / ln 10
}

const (
	// steps is how many steps of the tables make 1, widest how many are needed to
	// each side.
	steps, widest = 64, 32
	// manyTerms is how many terms of a series make the tables. With them few are
	// needed, and of those only the first with twice the digits of a double: the
	// others are too small.
	manyTerms                = 36
	artanhTerms, artanhFirst = 8, 3
	powersTerms, powersFirst = 13, 6
)

// logarithms has the logarithm of 1 + j/steps for each j from -widest on, and
// exponentials e to the power of j/steps.
var (
	reciprocals  = reciprocalsTo(2*manyTerms + 2)
	factorials   = inverseFactorials(manyTerms + 1)
	logarithms   = table(func(x float64) pair { return artanh(pair{x, 0}.over(sum(2, x)), manyTerms, manyTerms) })
	exponentials = table(func(x float64) pair { return powers(pair{x, 0}, manyTerms, manyTerms) })
)

func table(f func(x float64) pair) (t [2*widest + 1]pair) {
	for i := range t {
		t[i] = f(float64(i-widest) / steps)
	}
	return t
}

func reciprocalsTo(n int) []pair {
	r := make([]pair, n)
	for i := range r {
		r[i] = pair{1, 0}.over(pair{float64(max(i, 1)), 0})
	}
	return r
}

func inverseFactorials(n int) []pair {
	f := []pair{{1, 0}}
	for i := 1; i < n; i++ {
		f = append(f, f[i-1].over(pair{float64(i), 0}))
	}
	return f
}

// artanh gives twice the inverse hyperbolic tangent of z, by the terms of its series
// of which the first are computed with all digits.
func artanh(z pair, terms, first int) pair {
	square := z.times(z)
	rest := 0.0
	for n := terms; n > first; n-- {
		rest = (rest + reciprocals[2*n+1].hi) * square.hi
	}
	series := pair{rest, 0}
	for n := first; n > 0; n-- {
		series = series.plus(reciprocals[2*n+1]).times(square)
	}
	return z.plus(z).times(series.plus(pair{1, 0}))
}

// powers gives e to the power of r in the same way.
func powers(r pair, terms, first int) pair {
	rest := 0.0
	for n := terms; n > first; n-- {
		rest = (rest + factorials[n].hi) * r.hi
	}
	series := pair{rest, 0}
	for n := first; n > 0; n-- {
		series = series.plus(factorials[n]).times(r)
	}
	return series.plus(pair{1, 0})
}

// ln2 is the natural logarithm of 2 in three parts. The first has so few digits that
// its product with the exponent of a double is exact.
var ln2 = [...]float64{0x1.62e42fefa38p-1, 0x1.ef35793c7673p-45, 0x1.f97b57a079a19p-103}

// exponential gives e to the power of p, rounded.
func exponential(p pair) float64 {
	k := math.Round(p.hi / math.Ln2)
	r := p.plus(pair{-k * ln2[0], 0}).plus(pair{-k, 0}.times(sum(ln2[1], ln2[2])))
	j := math.Round(r.hi * steps)
	r = r.plus(pair{-j / steps, 0})
	e := powers(r, powersTerms, powersFirst).times(exponentials[int(j)+widest])
	if k < -1020 {
		// The result has fewer digits: it is rounded once, to those.
		big := math.Ldexp(1.5, 52-1074-int(k))
		rounded := big + e.hi
		rounded += e.hi - (rounded - big) + e.lo
		return math.Ldexp(rounded-big, int(k))
	}
	return math.Ldexp(e.hi, int(k))
}

// logarithm gives the natural logarithm of a positive number.
func logarithm(a float64) pair {
	m, e := math.Frexp(a)
	if m < math.Sqrt2/2 {
		m, e = m*2, e-1
	}
	j := math.Round((m - 1) * steps)
	near := 1 + j/steps // m is between 0.7 and 1.42, and so is this
	// log m is log near and 2 artanh z, where z is small.
	z := pair{m - near, 0}.over(pairOf(m, near))
	l := artanh(z, artanhTerms, artanhFirst)
	k := float64(e)
	return pair{k * ln2[0], 0}.plus(logarithms[int(j)+widest]).plus(pair{k, 0}.times(sum(ln2[1], ln2[2]))).plus(l)
}
