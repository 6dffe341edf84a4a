package lualib

import (
	"math"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

func stringFormat(c Call) int {
	a := args{c, "format"}
	format := a.str(1)
	out := builder{budget: a}
	for arg := 2; ; arg++ {
		i := strings.IndexByte(format, '%')
		for i >= 0 && i+1 < len(format) && format[i+1] == '%' {
			out.add(format[:i+1])
			format = format[i+2:]
			i = strings.IndexByte(format, '%')
		}
		if i < 0 {
			break
		}
		out.add(format[:i])
		var d directive
		d, format = a.parseDirective(format[i+1:])
		out.add(a.formatted(d, arg))
	}
	out.add(format)
	return a.pushString(out.b.String())
}

// directive is one conversion of a format: %[flags][width][.precision]letter.
type directive struct {
	minus, plus, space, alternate, zero bool

	width     int // at most 99
	precision int // at most 99; -1 if none is given
	letter    byte
}

// parseDirective reads the directive after a % and gives what follows it.
func (a args) parseDirective(s string) (directive, string) {
	d := directive{precision: -1}
	i := 0
flags:
	for ; i < len(s); i++ {
		switch s[i] {
		case '-':
			d.minus = true
		case '+':
			d.plus = true
		case ' ':
			d.space = true
		case '#':
			d.alternate = true
		case '0':
			d.zero = true
		default:
			break flags
		}
	}
	if i > 5 {
		fail(a, "invalid format (repeated flags)")
	}
	number := func() int {
		n := 0
		for end := i + 2; i < len(s) && i < end && isDigit(s[i]); i++ {
			n = 10*n + int(s[i]-'0')
		}
		return n
	}
	d.width = number()
	if i < len(s) && s[i] == '.' {
		i++
		d.precision = number()
	}
	if i < len(s) && isDigit(s[i]) {
		fail(a, "invalid format (width or precision too long)")
	}
	if i == len(s) {
		fail(a, "invalid option '%%%s' to 'format'", s)
	}
	d.letter = s[i]
	if strings.IndexByte("diucxXoeEfgGqs", d.letter) < 0 {
		fail(a, "invalid option '%%%s' to 'format'", s[:i+1])
	}
	return d, s[i+1:]
}

// formatted gives the text of argument i.
func (a args) formatted(d directive, i int) string {
	if i > a.Len() {
		a.bad(i, "no value")
	}
	switch d.letter {
	case 's':
		s := a.ToString(a.Arg(i))
		if d.precision >= 0 && d.precision < len(s) {
			s = s[:d.precision]
		}
		return d.pad("", s, false)
	case 'q':
		return a.quoted(a.str(i))
	}
	f := a.number(i)
	switch d.letter {
	case 'e', 'E', 'f', 'g', 'G':
		return d.float(f)
	}
	if f != math.Trunc(f) || f < -1<<63 || f >= 1<<64 || f >= 1<<63 && strings.IndexByte("dic", d.letter) >= 0 {
		// Raised as an error object: clause 19.7.
		a.Throw(hostapi.Errorf(hostapi.Invalid, "bad argument #%d to 'format' (number has no integer representation)", i))
	}
	if d.letter == 'c' {
		return d.pad("", string([]byte{byte(int64(f))}), false)
	}
	return d.integer(f)
}

// integer formats an integral number from -2^63 on, for an unsigned letter up
// to 2^64-1. An unsigned letter shows a negative number modulo 2^64, as Lua 5.1
// does.
func (d directive) integer(f float64) string {
	sign, digits := "", ""
	switch d.letter {
	case 'd', 'i':
		sign = d.sign(f < 0)
		digits = strconv.FormatUint(magnitude(f), 10)
	default:
		u := magnitude(f)
		if f < 0 {
			u = -u
		}
		digits = strconv.FormatUint(u, map[byte]int{'u': 10, 'o': 8, 'x': 16, 'X': 16}[d.letter])
		if d.alternate && u != 0 && d.letter|0x20 == 'x' {
			sign = "0" + string(d.letter)
		}
	}
	if d.letter == 'X' {
		digits = strings.ToUpper(digits)
	}
	if d.precision == 0 && digits == "0" {
		digits = ""
	}
	if n := d.precision - len(digits); n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	if d.letter == 'o' && d.alternate && !strings.HasPrefix(digits, "0") {
		digits = "0" + digits
	}
	return d.pad(sign, digits, d.precision < 0)
}

// magnitude is |f| for |f| < 2^64.
func magnitude(f float64) uint64 { return uint64(math.Abs(f)) }

func (d directive) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case d.plus:
		return "+"
	case d.space:
		return " "
	}
	return ""
}

// float formats as C does.
func (d directive) float(f float64) string {
	sign := d.sign(math.Signbit(f) && f == f)
	upper := isUpper(d.letter)
	if f != f || math.IsInf(f, 0) {
		name := "nan"
		if f == f {
			name = "inf"
		}
		if upper {
			name = strings.ToUpper(name)
		}
		return d.pad(sign, name, false)
	}
	f = math.Abs(f)
	precision := d.precision
	if precision < 0 {
		precision = 6
	}
	letter := toLower(d.letter)
	var digits string
	switch {
	case letter == 'g' && d.alternate:
		digits = fullG(f, precision)
	default:
		digits = strconv.FormatFloat(f, letter, precision, 64)
		if d.alternate && precision == 0 {
			digits = withPoint(digits)
		}
	}
	if upper {
		digits = strings.ToUpper(digits)
	}
	return d.pad(sign, digits, true)
}

// fullG is %#g: %g with its trailing zeros and its point.
func fullG(f float64, precision int) string {
	precision = max(precision, 1)
	digits := strconv.FormatFloat(f, 'e', precision-1, 64)
	e := strings.IndexByte(digits, 'e')
	if exponent, _ := strconv.Atoi(digits[e+1:]); -4 <= exponent && exponent < precision {
		digits = strconv.FormatFloat(f, 'f', precision-1-exponent, 64)
	}
	return withPoint(digits)
}

// withPoint puts a point behind the last digit before the exponent unless there
// is one.
func withPoint(digits string) string {
	if strings.IndexByte(digits, '.') >= 0 {
		return digits
	}
	if e := strings.IndexByte(digits, 'e'); e >= 0 {
		return digits[:e] + "." + digits[e:]
	}
	return digits + "."
}

// pad fills sign and digits up to the width: with zeros between them if zeros
// are allowed and asked for.
func (d directive) pad(sign, digits string, zeros bool) string {
	n := d.width - len(sign) - len(digits)
	switch {
	case n <= 0:
		return sign + digits
	case d.minus:
		return sign + digits + strings.Repeat(" ", n)
	case d.zero && zeros:
		return sign + strings.Repeat("0", n) + digits
	}
	return strings.Repeat(" ", n) + sign + digits
}

// quoted is %q: s as a literal that the script's language reads back.
func (a args) quoted(s string) string {
	out := builder{budget: a}
	out.room(len(s) + 2)
	out.b.WriteByte('"')
	for i := range len(s) {
		if i%portion == portion-1 {
			a.Tick(portion / convertedPerTick)
		}
		piece := s[i : i+1]
		switch c := s[i]; {
		case c == '"', c == '\\', c == '\n':
			piece = "\\" + piece
		case isCntrl(c):
			piece = strconv.Itoa(int(c))
			if i+1 < len(s) && isDigit(s[i+1]) {
				piece = strings.Repeat("0", 3-len(piece)) + piece
			}
			piece = "\\" + piece
		}
		out.add(piece)
	}
	out.add(`"`)
	return out.b.String()
}
