package lualib

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestModuloIsThatOfTheReference(t *testing.T) {
	special := []float64{
		0, math.Copysign(0, -1), 1, -1, 2, -2, 3, -3, 7, 0.1, -0.1, 0.3, 0.5, -0.5, 1e15, -1e15, 1 << 53, -1 << 53,
		1<<53 - 1, 1 << 63, 1e300, -1e300, 1e308, 1e-10, 5e-324, -5e-324, math.Pi, math.Inf(1), math.Inf(-1), math.NaN(),
	}
	var pairs [][2]float64
	for _, a := range special {
		for _, b := range special {
			pairs = append(pairs, [2]float64{a, b})
		}
	}
	r := rand.New(rand.NewPCG(19, 7))
	number := func() float64 {
		switch r.IntN(4) {
		case 0:
			return float64(r.IntN(41) - 20)
		case 1:
			return float64(r.IntN(4001)-2000) / 10
		case 2:
			return math.Ldexp(r.Float64()-0.5, r.IntN(140)-70)
		}
		return math.Float64frombits(r.Uint64())
	}
	for range casesEach {
		pairs = append(pairs, [2]float64{number(), number()})
	}
	var code strings.Builder
	for _, p := range pairs {
		fmt.Fprintf(&code, "case(function() local r = %s %% (%s) return r, 1 / r end)\n", literal(p[0]), literal(p[1]))
	}
	for _, version := range []string{"lua5.1", "lua5.2"} {
		t.Run(version, func(t *testing.T) {
			theirs := reference(t, version, chunks(code.String()))
			for i, p := range pairs {
				m := Modulo(p[0], p[1])
				ours := canonical(m) + " " + canonical(1/m)
				if ours != theirs[i] {
					t.Errorf("%s %% (%s): got %s, want %s", literal(p[0]), literal(p[1]), ours, theirs[i])
				}
			}
		})
	}
}
