package luacode

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Numerals gives the source with all its numerals replaced. Those of which replace
// says that they are none are refused with a *hostapi.SyntaxError.
func Numerals(path, text string, replace func(numeral string) (string, bool)) (string, error) {
	var b strings.Builder
	n, done := nesting{text: text, line: 1}, 0
	for n.token() {
		numeral := text[n.from:n.pos]
		if !isNumeral(numeral) {
			continue
		}
		other, ok := replace(numeral)
		if !ok {
			return "", &hostapi.SyntaxError{Path: path, Line: n.line, Message: "malformed number near '" + numeral + "'"}
		}
		if other != numeral {
			b.WriteString(text[done:n.from])
			b.WriteString(other)
			done = n.pos
		}
	}
	if done == 0 {
		return text, nil
	}
	b.WriteString(text[done:])
	return b.String(), nil
}

// numeral reads a numeral as Lua 5.2 does.
func (n *nesting) numeral() {
	exponent := byte('e')
	if n.at(0) == '0' && n.at(1)|0x20 == 'x' {
		exponent = 'p'
		n.pos++
	}
	n.pos++
	for n.pos < len(n.text) {
		switch c := n.at(0); {
		case c|0x20 == exponent:
			if n.pos++; n.at(0) == '+' || n.at(0) == '-' {
				n.pos++
			}
		case isDigit(c), c == '.', c|0x20 >= 'a' && c|0x20 <= 'f':
			n.pos++
		default:
			return
		}
	}
}
