package lualib

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// pick gives one of the choices.
func pick[T any](r *rand.Rand, choices ...T) T { return choices[r.IntN(len(choices))] }

func randomText(r *rand.Rand, alphabet string, most int) string {
	b := make([]byte, r.IntN(most+1))
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

const subjectBytes = "aabbc (x1) [_]%-\x00\xe9 A9\n"

// randomPattern is mostly well formed.
func randomPattern(r *rand.Rand) string {
	var b strings.Builder
	if r.IntN(8) == 0 {
		b.WriteByte('^')
	}
	open := 0
	for range r.IntN(7) {
		switch r.IntN(14) {
		case 0:
			b.WriteByte('(')
			open++
		case 1:
			if open > 0 {
				b.WriteByte(')')
				open--
			}
		case 2:
			b.WriteString("()")
		case 3:
			b.WriteString("%" + strconv.Itoa(r.IntN(4)))
			continue
		case 4:
			b.WriteString(pick(r, "%b()", "%b[]", "%bxx", "%baa", "%b", "%b("))
			continue
		case 5:
			b.WriteString("%f" + randomSet(r))
			continue
		case 6:
			b.WriteString(randomSet(r))
		case 7, 8:
			b.WriteString("%" + string("acdglpsuwxzACDGLPSUWXZ.%()-[]"[r.IntN(29)]))
		case 9:
			b.WriteByte('.')
		case 10:
			b.WriteString(pick(r, "$", "%", "[", ")", "]", "^", "\x00"))
		default:
			b.WriteByte(subjectBytes[r.IntN(len(subjectBytes))])
		}
		b.WriteString(pick(r, "", "", "", "*", "+", "-", "?"))
	}
	for range open {
		b.WriteByte(')')
	}
	if r.IntN(8) == 0 {
		b.WriteByte('$')
	}
	return b.String()
}

func randomSet(r *rand.Rand) string {
	s := "[" + pick(r, "", "^")
	for range r.IntN(4) {
		s += pick(r, "a", "b-x", "%w", "%s", "%]", "]", "-", "0-9", "a-", "%-x", "_", "\x00-\x20", "^", "%G")
	}
	return s + pick(r, "]", "]", "]", "]", "]", "]", "")
}

func position(r *rand.Rand) Value {
	return pick[Value](r, nil, 1.0, 2.0, 5.0, -1.0, -3.0, 0.0, 100.0, -100.0, "2", 2.7, -1.5)
}

// some drops trailing nils now and then, so that arguments are missing.
func some(r *rand.Rand, args ...Value) []Value {
	for len(args) > 0 && args[len(args)-1] == nil && r.IntN(2) == 0 {
		args = args[:len(args)-1]
	}
	return args
}

func TestPatternsAgreeWithLua52(t *testing.T) {
	for _, f := range []string{"string.find", "string.match", "string.gmatch", "string.gsub"} {
		t.Run(f, func(t *testing.T) {
			compare(t, casesEach, func(r *rand.Rand) comparison {
				s, p := randomText(r, subjectBytes, 24), randomPattern(r)
				switch f {
				case "string.gmatch":
					return comparison{"all", f, in(s, p)}
				case "string.gsub":
					return comparison{"", f, some(r, s, p, randomReplacement(r), pick[Value](r, nil, nil, 0.0, 1.0, 2.0))} // of a negative number see TestDeviations
				case "string.find":
					return comparison{"", f, some(r, s, p, position(r), pick[Value](r, nil, nil, true, false, 0.0))}
				}
				return comparison{"", f, some(r, s, p, position(r))}
			}, nil, nil)
		})
	}
}

func randomReplacement(r *rand.Rand) Value {
	switch r.IntN(8) {
	case 0:
		t := list("one", 2.5, false)
		for _, k := range []string{"a", "b", "", "(", "1"} {
			t.named[k] = pick[Value](r, "<"+k+">", 7.0, false)
		}
		if r.IntN(9) == 0 {
			t.named["a"] = true
		}
		return t
	case 1, 2:
		return byName(pick(r, "dup", "none", "no", "second", "bad", "throw"))
	case 3:
		return pick[Value](r, 12.0, -0.5, nil, true)
	}
	s := ""
	for range r.IntN(4) {
		s += pick(r, "x", "%0", "%1", "%2", "%%", "yz", "%0%0", "%", "%a", "\x00")
	}
	return s
}

func randomNumber(r *rand.Rand) float64 {
	switch r.IntN(7) {
	case 0:
		return float64(r.IntN(20) - 10)
	case 1:
		return math.Ldexp(float64(r.IntN(2000)-1000), r.IntN(60)-20)
	case 2:
		return pick(r, 0.1, -0.5, 1e15, 1e14, 123456789012, 1e100, 1e-7, 5e-324, math.MaxFloat64, 1<<53, -1<<53, 99999.5, 0.0001)
	case 3:
		return pick(r, math.Inf(1), math.Inf(-1), math.NaN(), 0)
	case 4:
		return math.Float64frombits(r.Uint64()&^(1<<62) | 1<<61)
	}
	return math.Round(r.NormFloat64()*1e6) / 100
}

func TestFormatAgreesWithLua52(t *testing.T) {
	compare(t, 2*casesEach, func(r *rand.Rand) comparison {
		format, args := "", []Value(nil)
		for range 1 + r.IntN(2) {
			d := randomText(r, "-+ #0", pick(r, 0, 0, 0, 1, 1, 3))
			d += pick(r, "", "", "", "", "1", "5", "12", "20", "99", "100")
			d += pick(r, "", "", "", "", ".", ".0", ".3", ".14", ".20", ".99", ".100")
			letter := pick(r, "d", "i", "u", "c", "x", "X", "o", "e", "E", "f", "g", "G", "q", "s", "s", "%", "y")
			if letter == "q" || letter == "%" {
				d = "" // what modifiers of these do is nobody's promise
			}
			format += pick(r, "", "<", "%%") + "%" + d + letter
			switch {
			case letter == "%":
				continue
			case letter == "s" || letter == "q":
				args = append(args, pick[Value](r, randomText(r, "ab\"\\\n\r\xff\x7f1\x01", 9), randomText(r, "ab\"\\\n\r\xff\x7f1", 120), float64(r.IntN(1000))))
			case letter == "c":
				args = append(args, float64(r.IntN(255)+1))
			case strings.Contains("diuxXo", letter):
				f := math.Trunc(randomNumber(r))
				if letter != "d" && letter != "i" {
					f = math.Abs(f) // of negative numbers see TestDeviations
				}
				args = append(args, f)
			default:
				args = append(args, randomNumber(r))
			}
			if r.IntN(20) == 0 {
				args[len(args)-1] = pick[Value](r, "x", "0x10", " 7 ", nil)
			}
		}
		if r.IntN(30) == 0 {
			args = args[:0]
		}
		return comparison{"", "string.format", append(in(format), args...)}
	}, func(c comparison) string {
		for _, v := range c.args[1:] {
			if f, ok := v.(float64); ok && f != f {
				return "19.7: NaN is nan, without sign"
			}
		}
		return ""
	}, nil)
}

func TestStringsAgreeWithLua52(t *testing.T) {
	compare(t, casesEach, func(r *rand.Rand) comparison {
		s := pick[Value](r, randomText(r, "aZ09\xe9\x00 {", 12), randomText(r, "xYz", 3), float64(r.IntN(10000)))
		f := pick(r, "byte", "sub", "rep", "upper", "lower", "reverse", "len", "char")
		args := some(r, s, position(r), position(r))
		switch f {
		case "rep":
			args = some(r, s, float64(r.IntN(12)-2), pick[Value](r, nil, nil, ",", "", 7.0))
		case "upper", "lower", "reverse", "len":
			args = some(r, pick[Value](r, s, s, s, s, nil, true, list()))
		case "char":
			args = nil
			for range r.IntN(5) {
				args = append(args, pick[Value](r, 65.0, 0.0, 255.0, 128.7, "66"))
			}
			if r.IntN(8) == 0 {
				args = append(args, pick[Value](r, -1.0, 256.0, "x", nil))
			}
		}
		return comparison{"", "string." + f, args}
	}, nil, nil)
}

func TestTonumberAgreesWithLua52(t *testing.T) {
	compare(t, 2*casesEach, func(r *rand.Rand) comparison {
		s := ""
		for range r.IntN(6) {
			s += pick(r, "1", "0", "9", "7", ".", "e", "-", "+", " ", "0x", "a", "F", "p", "\t", "z", "inf", "nan", "_", "\x00", "12345678901234567890", "e5", "\n", "\v")
		}
		switch r.IntN(4) {
		case 0:
			s = pick(r, "", " ", "-") + strconv.FormatFloat(randomNumber(r), pick(r, byte('g'), 'e', 'f'), r.IntN(20), 64) + pick(r, "", " ")
		case 1:
			s = pick(r, "", "-", " +") + "0x" + strconv.FormatUint(r.Uint64()>>r.IntN(64), 16) + pick(r, "", "p3", "P-70", ".8", "p", " ")
		case 2:
			return comparison{"", "tonumber", in(s, pick[Value](r, 2.0, 8.0, 10.0, 16.0, 36.0, 37.0, 1.0, nil, "16"))}
		case 3:
			if r.IntN(8) == 0 {
				return comparison{"", "tonumber", pick(r, in(), in(nil), in(true), in(list()), in(1.5), in(10.0, 16.0))}
			}
		}
		return comparison{"", "tonumber", in(s)}
	}, nil, nil)
}

func TestSelectAgreesWithLua52(t *testing.T) {
	compare(t, 500, func(r *rand.Rand) comparison {
		args := in(pick[Value](r, "#", 1.0, 2.0, -1.0, -2.0, 0.0, 9.0, -9.0, "2", "x", nil))
		for range r.IntN(6) {
			args = append(args, pick[Value](r, nil, 1.0, "x", false))
		}
		return comparison{"", "select", args}
	}, nil, nil)
}

func TestTablesAgreeWithLua52(t *testing.T) {
	compare(t, 2*casesEach, func(r *rand.Rand) comparison {
		items := make([]Value, r.IntN(7))
		kind := r.IntN(5)
		for i := range items {
			switch kind {
			case 0, 1:
				items[i] = float64(r.IntN(9))
			case 2, 3:
				items[i] = randomText(r, "abAB\x00\xff", 3)
			default:
				items[i] = pick[Value](r, 1.0, "x", true, 2.5)
			}
		}
		t := list(items...)
		switch f := pick(r, "concat", "insert", "remove", "sort", "unpack", "pack"); f {
		case "concat":
			return comparison{"", "table.concat", some(r, t, pick[Value](r, nil, ", ", "", 1.0, true), pick[Value](r, nil, 1.0, 2.0, 0.0), pick[Value](r, nil, 3.0, 1.0, 9.0))}
		case "insert":
			if r.IntN(2) == 0 {
				return comparison{"changed", "table.insert", in(t, pick[Value](r, 7.0, "x", nil))}
			}
			return comparison{"changed", "table.insert", append(in(t, pick[Value](r, 1.0, 2.0, 3.0, 0.0, -1.0, 9.0, float64(len(items)+1), "1")), pick(r, in("new"), in("new"), in(1.0), in(1.0, 2.0))...)}
		case "remove":
			return comparison{"changed", "table.remove", some(r, t, pick[Value](r, nil, nil, 1.0, 2.0, 0.0, float64(len(items)), float64(len(items)+1), 9.0, "1"))}
		case "sort":
			return comparison{"changed", "table.sort", some(r, t, pick[Value](r, nil, nil, byName("greater"), byName("throw"), 1.0))}
		case "unpack":
			return comparison{"", "table.unpack", some(r, t, pick[Value](r, nil, 1.0, 2.0, -1.0), pick[Value](r, nil, 3.0, 1.0, 9.0))}
		default:
			return comparison{"", "table.pack", items}
		}
	}, nil, nil)
}

func TestMathAgreesWithLua52(t *testing.T) {
	compare(t, 2*casesEach, func(r *rand.Rand) comparison {
		x, y := randomNumber(r), randomNumber(r)
		var args []Value
		f := pick(r, "abs", "acos", "asin", "atan", "atan2", "ceil", "cos", "cosh", "deg", "exp", "floor", "fmod",
			"frexp", "ldexp", "log", "log10", "max", "min", "modf", "pow", "rad", "sin", "sinh", "sqrt", "tan", "tanh")
		switch f {
		case "sin", "cos", "tan":
			// The reduction of huge arguments is the business of the C library.
			args = in(math.Mod(x, 1e6))
		case "sinh", "cosh":
			// Where the result nearly overflows Go's is infinite.
			args = in(math.Mod(x, 700))
		case "atan2", "fmod", "pow":
			args = in(x, y)
		case "ldexp":
			args = in(x, float64(r.IntN(200)-100))
		case "log":
			args = some(r, x, pick[Value](r, nil, 2.0, 10.0, 3.0, 0.5, "10"))
		case "max", "min":
			for range r.IntN(4) {
				args = append(args, randomNumber(r))
			}
		case "frexp":
			args = in(float64(r.IntN(1<<20)) / 256) // of infinities the exponent is unspecified
		default:
			args = in(x)
		}
		if r.IntN(25) == 0 && len(args) > 0 {
			args[len(args)-1] = pick[Value](r, "12", "x", nil, true)
		}
		return comparison{"", "math." + f, args}
	}, nil, nearly)
}

// nearly compares numbers as far as C libraries agree on them.
func nearly(ours, theirs string) bool {
	x, y := strings.Fields(ours), strings.Fields(theirs)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		a, err := strconv.ParseFloat(strings.TrimPrefix(x[i], "n"), 64)
		b, err2 := strconv.ParseFloat(strings.TrimPrefix(y[i], "n"), 64)
		if err != nil || err2 != nil {
			return false
		}
		if a == b || a != a && b != b {
			continue
		}
		if math.IsInf(a, 0) || math.IsInf(b, 0) || math.Abs(a-b) > 1e-13*math.Max(math.Abs(a), math.Abs(b)) {
			return false
		}
	}
	return true
}
