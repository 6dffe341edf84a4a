package lualib

import "math/bits"

// Random is the generator of one process (clause 19.7). The same seed gives the
// same sequence on every engine and in every version: it is SplitMix64. Used by
// one goroutine at a time.
type Random struct{ state uint64 }

// NewRandom makes a generator; engines seed it with Process.Seed.
func NewRandom(seed uint64) *Random { return &Random{seed} }

// Seed starts the sequence of seed.
func (r *Random) Seed(seed uint64) { r.state = seed }

// Uint64 gives the next 64 random bits.
func (r *Random) Uint64() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Float gives a number in [0, 1).
func (r *Random) Float() float64 { return float64(r.Uint64()>>11) / (1 << 53) }

// Between gives an integer in [low, high], all equally likely; low ≤ high.
func (r *Random) Between(low, high int64) int64 {
	n := uint64(high-low) + 1
	if n == 0 {
		return int64(r.Uint64())
	}
	// Lemire's method: the low words below 2^64 mod n would favour some results.
	hi, lo := bits.Mul64(r.Uint64(), n)
	for lo < n && lo < -n%n {
		hi, lo = bits.Mul64(r.Uint64(), n)
	}
	return low + int64(hi)
}
