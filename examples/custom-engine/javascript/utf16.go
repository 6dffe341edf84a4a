package javascript

import (
	"unicode/utf16"
	"unicode/utf8"
)

// escape begins the range of lone surrogates that stand for bytes which are no
// UTF-8, as Python's surrogateescape has it.
const escape = 0xDC00

// toUTF16 gives the bytes of s as the 16-bit units of a string of
// JavaScript. Strings of the host API are bytes (clause 1.10): a byte that is
// no part of UTF-8 becomes the lone low surrogate 0xDC00 + byte, so that
// fromUTF16 gives s back unchanged, whatever it holds.
func toUTF16(s string) []uint16 {
	units := make([]uint16, 0, len(s))
	for len(s) > 0 {
		c, n := utf8.DecodeRuneInString(s)
		if c == utf8.RuneError && n == 1 {
			units = append(units, escape|uint16(s[0]))
		} else {
			units = utf16.AppendRune(units, c)
		}
		s = s[n:]
	}
	return units
}

// fromUTF16 gives the bytes of a string of 16-bit units: UTF-8, and the bytes
// that toUTF16 made lone surrogates of. Any other lone surrogate becomes U+FFFD.
func fromUTF16(units []uint16) string {
	out := make([]byte, 0, len(units))
	for i := 0; i < len(units); i++ {
		c := rune(units[i])
		if utf16.IsSurrogate(c) && i+1 < len(units) {
			if pair := utf16.DecodeRune(c, rune(units[i+1])); pair != utf8.RuneError {
				out = utf8.AppendRune(out, pair)
				i++
				continue
			}
		}
		if c >= escape+utf8.RuneSelf && c <= escape+0xFF {
			out = append(out, byte(c))
			continue
		}
		out = utf8.AppendRune(out, c)
	}
	return string(out)
}
