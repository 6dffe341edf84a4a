package luacode

import "slices"

// Mend gives what closes the brackets and blocks that are open at the end of a text: ")",
// " end", as hostapi.Mender has it.
func Mend(text string) string {
	n := nesting{text: text, line: 1}
	var open []string // what closes each
	for n.token() {
		switch word := n.text[n.from:n.pos]; word {
		case "(":
			open = append(open, ")")
		case "[":
			open = append(open, "]")
		case "{":
			open = append(open, "}")
		case "function", "do", "then":
			open = append(open, " end")
		case "repeat":
			open = append(open, " until true")
		case ")", "]", "}", "end", "until", "elseif": // then follows elseif
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	slices.Reverse(open)
	closing := ""
	for _, c := range open {
		closing += c
	}
	return closing
}
