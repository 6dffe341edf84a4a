package lualib

import "math"

// Power is a ^ b of two numbers and math.pow, in both engines (clause 19.7): the
// double nearest to the result. That of the reference is the nearest too, but for
// one result in some thousand, which differs from machine to machine. The function
// of Go multiplies doubles and more often than not gives another.
func Power(a, b float64) float64 {
	switch {
	case b == 2:
		return a * a
	case b == 1:
		return a
	case b == -1:
		return 1 / a
	case b == 0.5 && a > 0:
		return math.Sqrt(a)
	case a == 0 || a != a || b == 0 || b != b || math.IsInf(a, 0) || math.IsInf(b, 0) || a == 1:
		return math.Pow(a, b)
	case a < 0 && b != math.Trunc(b):
		return math.NaN()
	}
	sign := 1.0
	if a < 0 {
		a = -a
		if math.Mod(b, 2) != 0 {
			sign = -1
		}
	}
	if b == math.Trunc(b) && math.Abs(b) <= maxFactors {
		if p := powerOf(a, int(math.Abs(b))); p.exact() {
			if b < 0 {
				p = pair{1, 0}.over(p)
			}
			if p.exact() {
				return sign * p.hi
			}
		}
	}
	l := logarithm(a)
	if p := l.hi * b; p > 710 {
		return sign * math.Inf(1)
	} else if p < -746 {
		return sign * 0
	}
	return sign * exponential(l.times(pair{b, 0}))
}

// maxFactors bounds the exponents for which factors are multiplied.
const maxFactors = 256

// pair is a number of twice the digits of a double: hi is the double nearest to the
// sum of both.
type pair struct{ hi, lo float64 }

// sum gives a + b, where a is not the smaller one.
func sum(a, b float64) pair {
	s := a + b
	return pair{s, b - (s - a)}
}

func (p pair) plus(q pair) pair {
	s := p.hi + q.hi
	t := s - p.hi
	rest := (p.hi - (s - t)) + (q.hi - t)
	return sum(s, rest+p.lo+q.lo)
}

func (p pair) times(q pair) pair {
	h := p.hi * q.hi
	return sum(h, math.FMA(p.hi, q.hi, -h)+(p.hi*q.lo+p.lo*q.hi))
}

func (p pair) over(q pair) pair {
	h := p.hi / q.hi
	rest := p.plus(q.times(pair{-h, 0}))
	second := rest.hi / q.hi
	rest = rest.plus(q.times(pair{-second, 0}))
	return sum(h, second).plus(pair{rest.hi / q.hi, 0})
}

// exact reports whether the low part is not lost, as it is where numbers are very
// small or large.
func (p pair) exact() bool { return p.hi > 1e-270 && p.hi < 1e270 }

// powerOf gives the product of n times a.
func powerOf(a float64, n int) pair {
	p, factor := pair{1, 0}, pair{a, 0}
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			p = p.times(factor)
		}
		if n > 1 {
			factor = factor.times(factor)
		}
		if !factor.exact() {
			return pair{}
		}
	}
	return p
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
