package understudycli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
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

// jsonLines writes lines of JSON in which control characters beyond ASCII, and DEL, are
// escaped too: encoding/json leaves them as they are, and a terminal obeys them.
type jsonLines struct{ w io.Writer }

func (j jsonLines) Write(p []byte) (int, error) {
	if !hidden(string(p), "\n") {
		return j.w.Write(p)
	}
	var b strings.Builder
	for _, r := range string(p) {
		switch {
		case !isHidden(r, 0, "\n"):
			b.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, "\\u%04x\\u%04x", high, low)
		default:
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	if _, err := io.WriteString(j.w, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// screen is a terminal as scripts see it: what they print cannot drive it. Lines and
// tabs stay.
type screen struct{ w io.Writer }

func (s screen) Write(p []byte) (int, error) {
	if _, err := io.WriteString(s.w, visible(string(p), "\n\t")); err != nil {
		return 0, err
	}
	return len(p), nil
}

// printed gives what takes the lines that scripts print.
func printed(stdout io.Writer) io.Writer {
	if o, ok := stdout.(*output); ok && isTerminal(o.w) {
		return screen{stdout}
	}
	return stdout
}
