package spec

import (
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Path leads to a value within a specification: by names of fields, and numbers
// from 1 of elements of lists. It must not be changed.
type Path []any

func (p Path) field(name string) Path { return append(slices.Clip(p), name) }

func (p Path) element(i int) Path { return append(slices.Clip(p), i) }

// String gives the form of error texts: children[1].shutdown.
func (p Path) String() string {
	var b strings.Builder
	for _, step := range p {
		if i, ok := step.(int); ok {
			b.WriteString("[" + strconv.Itoa(i) + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(step.(string))
	}
	return b.String()
}

// Violation is one thing that is wrong with a specification.
type Violation struct {
	Path Path         // of the field; it may be absent
	Text string       // how a sentence goes on that begins with the path
	Bare bool         // Text is the whole sentence
	Key  bool         // the field itself is wrong, whatever its value
	Want hostapi.Type // that the value should have; nil if it is wrong otherwise
	// Known are the names of which the field, or with Key its name, should be one; nil if
	// it is wrong otherwise.
	Known []string
	Err   error // in place of Text: of Entries
}

// Error gives the whole sentence.
func (v Violation) Error() string {
	switch {
	case v.Err != nil:
		return v.Err.Error()
	case len(v.Path) == 0, v.Bare:
		return v.Text
	}
	return v.Path.String() + " " + v.Text
}
