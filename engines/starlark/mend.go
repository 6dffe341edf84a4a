package starlark

import (
	"slices"
	"strings"
)

// Mend implements hostapi.Mender: brackets are closed. Blocks end where the text does.
func (*engine) Mend(text string) string {
	var open []byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '#':
			end := strings.IndexByte(text[i:], '\n')
			if end < 0 {
				i = len(text)
				continue
			}
			i += end
		case '"', '\'':
			i = afterString(text, i) - 1
		case '(':
			open = append(open, ')')
		case '[':
			open = append(open, ']')
		case '{':
			open = append(open, '}')
		case ')', ']', '}':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	slices.Reverse(open)
	return string(open)
}

// afterString gives where the string ends that begins at i.
func afterString(text string, i int) int {
	quote := text[i : i+1]
	if long := strings.Repeat(quote, 3); strings.HasPrefix(text[i:], long) {
		quote = long
	}
	for i += len(quote); i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case strings.HasPrefix(text[i:], quote), len(quote) == 1 && text[i] == '\n':
			return i + len(quote)
		}
	}
	return len(text)
}
