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

// logarithmTerms is how many terms of the series a logarithm needs.
const logarithmTerms = 22

// reciprocals has 1/n.
var reciprocals = func() (r [2*logarithmTerms + 2]pair) {
	for n := range r {
		r[n] = pair{1, 0}.over(pair{float64(max(n, 1)), 0})
	}
	return r
}()

// ln2 is the natural logarithm of 2 in three parts. The first has so few digits that
// its product with the exponent of a double is exact.
var ln2 = [...]float64{0x1.62e42fefa38p-1, 0x1.ef35793c7673p-45, 0x1.f97b57a079a19p-103}

// exponential gives e to the power of p, rounded.
func exponential(p pair) float64 {
	k := math.Round(p.hi / math.Ln2)
	r := p.plus(pair{-k * ln2[0], 0}).plus(pair{-k, 0}.times(sum(ln2[1], ln2[2])))
	// (1+s) to the power of 2^halvings is e to the power of r.
	const halvings, terms = 9, 9
	r = pair{math.Ldexp(r.hi, -halvings), math.Ldexp(r.lo, -halvings)}
	s := pair{}
	for n := terms; n > 0; n-- {
		s = r.times(reciprocals[n]).times(s.plus(pair{1, 0}))
	}
	for range halvings {
		s = s.plus(s).plus(s.times(s))
	}
	e := s.plus(pair{1, 0})
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
	// log m = 2 artanh z, which is a series of odd powers of z.
	z := pair{m - 1, 0}.over(sum(m, 1))
	if m < 1 {
		z = pair{m - 1, 0}.over(sum(1, m))
	}
	square := z.times(z)
	series := pair{}
	for n := logarithmTerms; n > 0; n-- {
		series = series.plus(reciprocals[2*n+1]).times(square)
	}
	l := z.plus(z).times(series.plus(pair{1, 0}))
	k := float64(e)
	return pair{k * ln2[0], 0}.plus(pair{k, 0}.times(sum(ln2[1], ln2[2]))).plus(l)
}
