package lualib

import "math"

// Modulo is a % b of two numbers, in both engines: a - floor(a/b)*b as the manual
// defines it and the reference computes it (clause 19.7), rounded after each
// operation. An exact remainder would differ for large numbers, for fractions
// and in the sign of zero.
func Modulo(a, b float64) float64 {
	return a - float64(math.Floor(a/b)*b) // the conversion forbids a fused operation
}
