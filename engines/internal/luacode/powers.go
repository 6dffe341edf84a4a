package luacode

import "strings"

// Powers replaces the powers of numerals in a source whose numerals are well formed.
// power gives a numeral for one; negative says that a minus stands before the
// exponent.
func Powers(text string, power func(base, exponent string, negative bool) string) string {
	if !strings.Contains(text, "^") {
		return text
	}
	type span struct{ from, to int }
	var tokens []span
	for n := (nesting{text: text, line: 1}); n.token(); {
		tokens = append(tokens, span{n.from, n.pos})
	}
	word := func(i int) string {
		if i < 0 || i >= len(tokens) {
			return ""
		}
		return text[tokens[i].from:tokens[i].to]
	}
	var b strings.Builder
	done := 0
	for i := range tokens {
		if word(i) != "^" || !isNumeral(word(i-1)) {
			continue
		}
		last := i + 1
		if word(last) == "-" {
			last++
		}
		// A power of a power is computed from the right.
		if !isNumeral(word(last)) || word(last+1) == "^" {
			continue
		}
		from, to := tokens[i-1].from, tokens[last].to
		if strings.ContainsAny(text[from:to], "\n") {
			continue // lines must stay
		}
		b.WriteString(text[done:from])
		b.WriteString(power(word(i-1), word(last), last > i+1))
		done = to
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

func isNumeral(token string) bool {
	return token != "" && (isDigit(token[0]) || token[0] == '.' && len(token) > 1 && isDigit(token[1]))
}
