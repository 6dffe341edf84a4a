package lualib

import (
	"math"
	"strconv"
	"strings"
)

// NumberText is the text of a number for tostring, print, %s and table.concat
// (clause 19.7): integral numbers of absolute value at most 2^53 without point
// and exponent, others as %.14g; inf, -inf, nan; -0 is 0.
func NumberText(f float64) string {
	switch {
	case f != f:
		return "nan"
	case f == math.Trunc(f) && math.Abs(f) <= maxInt:
		return strconv.FormatInt(int64(f), 10)
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	return strconv.FormatFloat(f, 'g', 14, 64)
}

// ParseNumber reads a number as tonumber(s) does (clause 19.7): decimal with
// fraction and exponent, or hexadecimal after 0x, also with fraction and binary
// exponent as in Lua 5.2; spaces around it are allowed. Numbers too large are
// infinite.
func ParseNumber(s string) (float64, bool) {
	s = trimSpace(s)
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 {
		return 0, false
	}
	hex := len(digits) > 1 && digits[0] == '0' && digits[1]|0x20 == 'x'
	if hex {
		digits = digits[2:]
	}
	exponent, ok := scanNumber(digits, hex)
	if !ok {
		return 0, false
	}
	if hex && !exponent {
		s += "p0"
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// scanNumber reports whether s is digits with an optional point and exponent,
// and whether there is an exponent. strconv alone would also take underscores
// and names.
func scanNumber(s string, hex bool) (exponent, ok bool) {
	i, n := 0, 0
	digits := func(hex bool) int {
		start := i
		for i < len(s) && (isDigit(s[i]) || hex && isHex(s[i])) {
			i++
		}
		return i - start
	}
	n = digits(hex)
	if i < len(s) && s[i] == '.' {
		i++
		n += digits(hex)
	}
	if n == 0 {
		return false, false
	}
	letter := byte('e')
	if hex {
		letter = 'p'
	}
	if i < len(s) && s[i]|0x20 == letter {
		if i++; i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if digits(false) == 0 {
			return false, false
		}
		exponent = true
	}
	return exponent, i == len(s)
}

// ParseInteger reads an integer in a base from 2 to 36, as tonumber(s, base)
// does in Lua 5.2: an optional sign, digits and letters of either case, spaces
// around.
func ParseInteger(s string, base int) (float64, bool) {
	s = trimSpace(s)
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if s == "" {
		return 0, false
	}
	f := 0.0
	for i := range len(s) {
		d := digitValue(s[i])
		if d >= base {
			return 0, false
		}
		f = f*float64(base) + float64(d)
	}
	if negative {
		f = -f
	}
	return f, true
}

func digitValue(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case isAlpha(c):
		return int(c|0x20-'a') + 10
	}
	return 99
}

func trimSpace(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}
