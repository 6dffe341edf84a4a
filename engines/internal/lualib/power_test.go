package lualib

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestPowerIsThatOfTheReference(t *testing.T) {
	special := []float64{
		0, math.Copysign(0, -1), 1, -1, 2, -2, 3, -3, 7, 0.1, -0.1, 0.5, -0.5, 1.5, 1e15, 1 << 53, 1<<53 - 1, 1 << 63, 1e300, -1e300,
		1e308, 1e-10, 5e-324, -5e-324, math.Pi, math.Inf(1), math.Inf(-1), math.NaN(), 1 + 1e-15, 1 - 1e-15, 1023, 1024, -1074, -1075,
	}
	var pairs [][2]float64
	for _, a := range special {
		for _, b := range special {
			pairs = append(pairs, [2]float64{a, b})
		}
	}
	for k := -330; k < 310; k++ {
		pairs = append(pairs, [2]float64{10, float64(k)})
	}
	r := rand.New(rand.NewPCG(19, 7))
	for range 20000 {
		a := math.Ldexp(r.Float64(), r.IntN(60)-30)
		if r.IntN(2) == 0 {
			a = float64(r.IntN(4001)-2000) / 100
		}
		b := float64(r.IntN(41) - 20)
		if r.IntN(3) == 0 {
			b = r.Float64()*40 - 20
		}
		if r.IntN(20) == 0 {
			a, b = 1+(r.Float64()-0.5)/1e6, r.Float64()*1e8
		}
		if r.IntN(20) == 0 {
			a, b = 2+r.Float64(), -700-r.Float64()*400 // almost nothing
		}
		pairs = append(pairs, [2]float64{a, b})
	}
	var code strings.Builder
	for _, p := range pairs {
		fmt.Fprintf(&code, "case(function() local r = (%s) ^ (%s) return r, 1 / r end)\n", literal(p[0]), literal(p[1]))
	}
	for _, version := range []string{"lua5.1", "lua5.2"} {
		t.Run(version, func(t *testing.T) {
			theirs := reference(t, version, chunks(code.String()))
			other := 0
			for i, p := range pairs {
				m := Power(p[0], p[1])
				text := func(m float64) string { return canonical(m) + " " + canonical(1/m) }
				switch theirs[i] {
				case text(m):
				case text(math.Nextafter(m, math.Inf(1))), text(math.Nextafter(m, math.Inf(-1))):
					other++ // the reference rounds a few otherwise
				default:
					t.Errorf("%s ^ (%s): got %s, want %s", literal(p[0]), literal(p[1]), text(m), theirs[i])
				}
			}
			if other > len(pairs)/500 {
				t.Errorf("%d of %d powers are the next double", other, len(pairs))
			}
		})
	}
}

// The result is the nearest double where that is known exactly.
func TestPowerIsRoundedOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 8))
	for range 3000 {
		a, n := math.Ldexp(r.Float64()+0.5, r.IntN(20)-10), r.IntN(40)+2
		product := big.NewFloat(1).SetPrec(53 * 45)
		for range n {
			product.Mul(product, big.NewFloat(a))
		}
		if want, _ := product.Float64(); Power(a, float64(n)) != want {
			t.Errorf("%v ^ %d: got %v, want %v", a, n, Power(a, float64(n)), want)
		}
		quotient := big.NewFloat(1).SetPrec(3000)
		if want, _ := quotient.Quo(quotient, product).Float64(); Power(a, float64(-n)) != want {
			t.Errorf("%v ^ %d: got %v, want %v", a, -n, Power(a, float64(-n)), want)
		}
		// The general way, too.
		if got, want := exponential(logarithm(a).times(pair{float64(n), 0})), Power(a, float64(n)); got != want {
			t.Errorf("%v ^ %d by logarithm: got %v, want %v", a, n, got, want)
		}
	}
}

func BenchmarkPower(b *testing.B) {
	for _, p := range [][2]float64{{1.5, 2}, {1.5, 3}, {1.5, 10}, {1.5, 0.5}, {1.5, 1.0 / 3}, {10, -5}, {1.01, 300}} {
		b.Run(fmt.Sprint(p), func(b *testing.B) {
			for b.Loop() {
				Power(p[0], p[1])
			}
		})
		b.Run(fmt.Sprint("math", p), func(b *testing.B) {
			for b.Loop() {
				math.Pow(p[0], p[1])
			}
		})
	}
}

func TestExponentialsAndLogarithmsAreThoseOfTheReference(t *testing.T) {
	special := []float64{
		0, math.Copysign(0, -1), 1, -1, 2, 10, 1000, 0.5, 1e-5, 1 << 53, 1e300, 1e308, 5e-324, 1e-310, 0x1p-1022, math.Pi, math.E,
		math.Inf(1), math.Inf(-1), math.NaN(), 1 + 1e-15, 1 - 1e-15, 0.7, math.Sqrt2, 171, 709.7, 709.8, 710, -708.5, -740, -745.1, -745.2,
	}
	r := rand.New(rand.NewPCG(19, 9))
	for range 3000 {
		special = append(special, r.Float64()*40-20, 1+(r.Float64()-0.5)/100, math.Exp(r.Float64()*1400-700))
	}
	for k := -323; k < 309; k++ {
		special = append(special, math.Pow10(k))
	}
	for name, f := range map[string]func(float64) float64{"exp": exp, "log": ln} {
		var code strings.Builder
		for _, x := range special {
			fmt.Fprintf(&code, "case(function() return math.%s(%s) end)\n", name, literal(x))
		}
		theirs, other := reference(t, "lua5.2", chunks(code.String())), 0
		for i, x := range special {
			switch y := f(x); theirs[i] {
			case canonical(y):
			case canonical(math.Nextafter(y, math.Inf(1))), canonical(math.Nextafter(y, math.Inf(-1))):
				other++
			default:
				t.Errorf("%s(%s): got %s, want %s", name, literal(x), canonical(y), theirs[i])
			}
		}
		if other > len(special)/500 {
			t.Errorf("%s: %d of %d are the next double", name, other, len(special))
		}
	}
}

// The reference's log10 is off by up to two of the last digits, ours by none.
func TestDecimalLogarithms(t *testing.T) {
	for k := -307; k <= 308; k++ {
		if got := log10(math.Pow10(k)); got != float64(k) {
			t.Errorf("log10(1e%d) is %v", k, got)
		}
	}
	r := rand.New(rand.NewPCG(19, 10))
	for range 3000 {
		// 10^y for a y of few digits is within half a last digit of x.
		y := math.Ldexp(float64(r.IntN(1<<20)-1<<19), -12)
		if x := Power(10, y); math.Abs(log10(x)-y) > math.Ldexp(1, -53)*max(1, math.Abs(y)) {
			t.Errorf("log10(10^%v) is %v", y, log10(x))
		}
	}
}
