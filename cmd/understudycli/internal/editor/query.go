package editor

import (
	"strings"
	"unicode"
)

// isScalar is for what stands for one value in an index file.
func isScalar(r rune) bool { return !unicode.IsSpace(r) && !strings.ContainsRune(",]}'\"", r) }

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
