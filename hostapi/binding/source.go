package binding

import (
	"fmt"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// CheckSource refuses a source of more than size bytes, or in which brackets
// ( [ { nest more than depth levels, with a *hostapi.SyntaxError: parsers recurse
// where a text nests, and a Go stack that is used up ends the whole program. It
// knows nothing of the language: brackets in strings and comments count too, and
// what nests without brackets, such as prefix operators, is bounded by the size
// alone. So a language whose parser needs much stack for each byte wants a small
// size, or a check of its own.
func CheckSource(src hostapi.Source, size, depth int) error {
	if len(src.Text) > size {
		return &hostapi.SyntaxError{Path: src.Path, Message: fmt.Sprintf("longer than %d bytes", size)}
	}
	open := 0
	for i := range len(src.Text) {
		switch src.Text[i] {
		case '(', '[', '{':
			if open++; open > depth {
				return &hostapi.SyntaxError{
					Path: src.Path, Line: 1 + strings.Count(src.Text[:i], "\n"),
					Message: fmt.Sprintf("brackets nested more than %d deep", depth),
				}
			}
		case ')', ']', '}':
			open = max(0, open-1)
		}
	}
	return nil
}
