package lualib

import "math"

// pair is a number of twice the digits of a double: hi is the double nearest to the
// sum of both.
type pair struct{ hi, lo float64 }

// sum gives a + b, where a is not the smaller one.
func sum(a, b float64) pair {
	s := a + b
	return pair{s, b - (s - a)}
}

// pairOf gives a + b.
func pairOf(a, b float64) pair { return pair{a, 0}.plus(pair{b, 0}) }

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
