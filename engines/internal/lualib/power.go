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
