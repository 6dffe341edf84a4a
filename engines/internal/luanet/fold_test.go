package luanet

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// expression is one of numerals only.
type expression struct {
	folded   string
	computed string  // with a call around each numeral, which nothing computes before it runs
	value    float64 // roughly
}

// constantExpression makes one in which nothing is zero, for its sign is not
// specified (19.4), or infinite.
func constantExpression(r *rand.Rand, depth int) expression {
	numerals := []string{"1", "2", "3", "7", "10", "0.5", "0.1", "1.05", "12", "1e15", "1e100", "1e-100", "100000", "0xfccf1017", "9007199254740993", "2.5"}
	numeral := numerals[r.IntN(len(numerals))]
	var x expression
	_, _ = fmt.Sscan(numeral, &x.value)
	x.folded, x.computed = numeral, "same("+numeral+")"
	if depth == 0 || r.IntN(5) == 0 {
		return x
	}
	a := constantExpression(r, depth-1)
	around := func(before, behind string, value float64) expression {
		return expression{before + a.folded + behind, before + a.computed + behind, value}
	}
	switch r.IntN(4) {
	case 0:
		// Of a power too, so that the value is one of its operand's only roughly.
		return around("(- ", ")", -a.value)
	case 1:
		return around("(", ")", a.value)
	}
	b := constantExpression(r, depth-1)
	operator := []string{"+", "-", "*", "/", "%", "^", "^", "^"}[r.IntN(8)]
	between := operator + []string{" ", "\n"}[r.IntN(2)] // not nothing: two minuses are a comment
	if operator != "^" || r.IntN(2) == 0 {
		a = around("(", ")", a.value)
		b.folded, b.computed = "("+b.folded+")", "("+b.computed+")"
	}
	value := map[string]float64{
		"+": a.value + b.value, "-": a.value - b.value, "*": a.value * b.value, "/": a.value / b.value,
		"%": a.value - math.Floor(a.value/b.value)*b.value, "^": math.Pow(a.value, b.value),
	}[operator]
	if math.IsNaN(value) || math.Abs(value) < 1e-200 || math.Abs(value) > 1e200 {
		return x
	}
	return expression{a.folded + between + b.folded, a.computed + between + b.computed, value}
}

// What an engine computes before a program runs is what it computes when it runs,
// to the last digit, and without powers what lua5.2 does (19.7).
func TestConstantsAreFoldedAsTheyAreComputed(t *testing.T) {
	n := open(t)
	rounds := 20
	if os.Getenv("UNDERSTUDY_LONG") != "" {
		rounds = 400
	}
	const program = `
		local format, n = string.format, 0
		local function same(x) return x end
		local function digits(x) return x ~= x and "nan" or x == 0 and "0" or format("%.17g", x) end
		local function exact(x) print(digits(x)) end
		local function check(folded, computed)
			n = n + 1
			local a, b = digits(folded()), digits(computed())
			if a ~= b then print(format("%d: %s, computed %s", n, a, b)) end
		end
		return function()
		`
	reference := n.references[len(n.references)-1]
	r := rand.New(rand.NewPCG(*seed, 7))
	for range rounds {
		var all, exact strings.Builder
		var texts, exactTexts []string
		for range 100 {
			x := constantExpression(r, 4)
			texts = append(texts, x.folded)
			fmt.Fprintf(&all, "check(function() return %s end, function() return %s end)\n", x.folded, x.computed)
			if !strings.Contains(x.folded, "^") {
				exactTexts = append(exactTexts, x.folded)
				fmt.Fprintf(&exact, "exact(%s)\n", x.folded)
			}
		}
		answers, err := reference.run([]string{program + exact.String() + "end"})
		if err != nil || answers[0].void != "" {
			t.Fatal(answers, err)
		}
		want := strings.Split(answers[0].output, "\n")
		for _, c := range n.candidates {
			engine := c.engine.Info().Name
			if got := c.run(program + all.String() + "end"); got != "" {
				line := 1
				_, _ = fmt.Sscanf(got, "%d:", &line)
				t.Errorf("%s: %s\nof %q", engine, got, texts[line-1])
			}
			got := strings.Split(c.run(program+exact.String()+"end"), "\n")
			if len(got) != len(want) {
				t.Fatalf("%s: %q", engine, got)
			}
			for i, text := range exactTexts {
				if got[i] != want[i] {
					t.Errorf("%s: %q is %s, want %s", engine, text, got[i], want[i])
				}
			}
		}
	}
}
