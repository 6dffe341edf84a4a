package understudycli

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What scripts write must neither pass for something of the runtime nor drive a
// terminal (64.5): control characters, and others that are not seen, are shown as Go
// writes them in a string.

// visible gives a text with its invisible characters as escapes, but those of keep.
func visible(text, keep string) string {
	if !hidden(text, keep) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if isHidden(r, n, keep) {
			quoted := strconv.QuoteToASCII(text[i : i+n])
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteString(text[i : i+n])
		}
		i += n
	}
	return b.String()
}

// hidden reports whether visible would change a text.
func hidden(text, keep string) bool {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if isHidden(r, n, keep) {
			return true
		}
		i += n
	}
	return false
}

func isHidden(r rune, n int, keep string) bool {
	if r == utf8.RuneError && n == 1 {
		return true
	}
	return !unicode.IsPrint(r) && !strings.ContainsRune(keep, r)
}

// block gives a text of several lines as the rest of a line and what stands indented
// below it.
func block(text string) string {
	return strings.ReplaceAll(visible(strings.TrimSpace(text), "\n\t"), "\n", "\n    ")
}

// word gives a text as one word of a record: quoted, if it could be read otherwise.
func word(text string) string {
	if text == "" || strings.ContainsAny(text, " \"=") || hidden(text, "") {
		return strconv.Quote(text)
	}
	return text
}

// sentence gives the message of a record: quoted, if it could be read as more.
func sentence(text string) string {
	if text == "" || strings.ContainsAny(text, "\"=") || hidden(text, "") || text != strings.TrimSpace(text) {
		return strconv.Quote(text)
	}
	return text
}
