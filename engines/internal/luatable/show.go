package luatable

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-run/understudy/hostapi"
)

// What is shown of a value, at most.
const (
	shownDepth  = 6
	shownValues = 500
	shownWidth  = 76 // what is wider takes a line for each field
)

// Show gives a value as people write it in Lua: of a table what is in it, of anything else
// what text gives, which is tostring. A table whose tostring tells more than that it is one
// is shown by that. The error is that of text.
func (open Opener) Show(v hostapi.Value, text func(hostapi.Value) (string, error)) (string, error) {
	s := shower{open: open, text: text}
	out := s.show(v, "")
	return out, s.err
}

type shower struct {
	open   Opener
	text   func(hostapi.Value) (string, error)
	around []any // the tables around a value
	n      int   // values shown
	err    error
}

// show gives a value behind an indentation.
func (s *shower) show(v hostapi.Value, indent string) string {
	if s.n++; s.n > shownValues || s.err != nil {
		return "..."
	}
	switch v.Type() {
	case hostapi.TypeString:
		return quoted(v.Str())
	case hostapi.TypeTable:
		if t := s.open(v.Ref()); !t.Module() {
			return s.table(v, t, indent)
		}
	}
	text, err := s.text(v)
	if err != nil {
		s.err = err
	}
	return text
}

func (s *shower) table(v hostapi.Value, t Table, indent string) string {
	switch text, err := s.text(v); {
	case err != nil:
		s.err = err
		return text
	case !strings.HasPrefix(text, "table: 0x"):
		return text
	}
	if slices.Contains(s.around, v.Ref()) || len(s.around) >= shownDepth {
		return "{...}"
	}
	s.around = append(s.around, v.Ref())
	defer func() { s.around = s.around[:len(s.around)-1] }()
	inner := indent + "  "
	var fields []string
	n := t.Len()
	for i := 1; i <= n && s.n <= shownValues; i++ {
		fields = append(fields, s.show(t.Index(i), inner))
	}
	for _, e := range s.named(v, n) {
		if s.n > shownValues {
			break
		}
		key := e.Key.Str()
		if e.Key.Type() != hostapi.TypeString || !isName(key) {
			key = "[" + s.show(e.Key, inner) + "]"
		}
		fields = append(fields, key+" = "+s.show(e.Value, inner))
	}
	width := len(indent)
	for _, f := range fields {
		width += utf8.RuneCountInString(f) + 2
		if strings.Contains(f, "\n") {
			width = shownWidth + 1
		}
	}
	if width > shownWidth {
		return "{\n" + inner + strings.Join(fields, ",\n"+inner) + "\n" + indent + "}"
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// named gives the fields that are no elements of the list of n, in an order of keys.
func (s *shower) named(v hostapi.Value, n int) []hostapi.Entry {
	entries, _ := s.open.Fields(v)
	entries = slices.DeleteFunc(slices.Clone(entries), func(e hostapi.Entry) bool {
		return e.Key.Type() == hostapi.TypeInt && e.Key.Int() >= 1 && e.Key.Int() <= int64(n)
	})
	slices.SortStableFunc(entries, func(a, b hostapi.Entry) int {
		at, bt := a.Key.Type() == hostapi.TypeString, b.Key.Type() == hostapi.TypeString
		switch {
		case at && bt:
			return strings.Compare(a.Key.Str(), b.Key.Str())
		case at:
			return 1
		case bt:
			return -1
		case a.Key.Float() < b.Key.Float():
			return -1
		case a.Key.Float() > b.Key.Float():
			return 1
		}
		return 0
	})
	return entries
}

// isName reports whether a key can be written without brackets.
func isName(key string) bool {
	for i, c := range []byte(key) {
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return key != "" && !slices.Contains(reserved, key)
}

var reserved = []string{
	"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
	"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
}

// quoted gives a string as it is written.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == '"' || r == '\\':
			b.WriteString("\\" + string(r))
		case r == '\n':
			b.WriteString("\\n")
		case r == '\t':
			b.WriteString("\\t")
		case r < 0x20 || r == 0x7f || r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, "\\%03d", text[0])
		default:
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	b.WriteByte('"')
	return b.String()
}
