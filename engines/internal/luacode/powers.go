package luacode

import "strings"

// Powers keeps a compiler from computing powers, in a source whose numerals are well
// formed. Those of numerals are replaced: power gives a numeral for one; negative says
// that a minus stands before the exponent. Where base and exponent are constant
// otherwise, "or nil" in the base makes it none for the compiler.
func Powers(text string, power func(base, exponent string, negative bool) string) string {
	if !strings.Contains(text, "^") {
		return text
	}
	var tokens []piece
	for n := (nesting{text: text, line: 1}); n.token(); {
		tokens = append(tokens, piece{n.from, n.pos, text[n.from:n.pos]})
	}
	// A power of a power is computed from the right, so the tokens are gone through
	// from there: done has those behind, the next one last.
	var done []piece
	behind := func(i int) piece {
		if i < len(done) {
			return done[len(done)-1-i]
		}
		return piece{}
	}
	for i := len(tokens) - 1; i >= 0; i-- {
		t := tokens[i]
		if behind(0).text == "^" {
			last := 1
			if behind(1).text == "-" {
				last++
			}
			switch {
			case isNumeral(t.text) && isNumeral(behind(last).text) && behind(last+1).text != "^" &&
				!strings.Contains(text[t.from:behind(last).to], "\n"): // lines must stay
				t = piece{t.from, behind(last).to, power(t.text, behind(last).text, last > 1)}
				done = done[:len(done)-1-last]
			case !constantFrom(behind, 1):
			case isNumeral(t.text):
				t.text = "(" + t.text + " or nil)"
			case t.text == ")" && constantFrom(func(j int) piece { return reversed(tokens, i-j) }, 0):
				t.text = " or nil)"
			}
		}
		done = append(done, t)
	}
	var b strings.Builder
	end := 0
	for i := range done {
		t := behind(i)
		b.WriteString(text[end:t.from])
		b.WriteString(t.text)
		end = t.to
	}
	b.WriteString(text[end:])
	return b.String()
}

// piece is a token, or what stands for text[from:to].
type piece struct {
	from, to int
	text     string
}

// reversed gives a token as it reads from the right.
func reversed(tokens []piece, i int) piece {
	switch {
	case i < 0:
		return piece{}
	case tokens[i].text == "(":
		return piece{text: ")"}
	case tokens[i].text == ")":
		return piece{text: "("}
	}
	return tokens[i]
}

// constantFrom reports whether the operand that begins at i is a numeral, or brackets
// around nothing but numerals and operators.
func constantFrom(at func(int) piece, i int) bool {
	for at(i).text == "-" {
		i++
	}
	depth := 0
	for ; ; i++ {
		switch word := at(i).text; {
		case word == "(":
			depth++
		case word == ")" && depth > 0:
			if depth--; at(i-1).text == "(" {
				return false // a call
			}
		case depth > 0 && word != "" && strings.Contains("+-*/%^", word), isNumeral(word):
		default:
			return false
		}
		if depth == 0 {
			return true
		}
	}
}

func isNumeral(token string) bool {
	return token != "" && (isDigit(token[0]) || token[0] == '.' && len(token) > 1 && isDigit(token[1]))
}
