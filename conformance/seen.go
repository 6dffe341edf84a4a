package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Seen are results as a scenario sees them: payloads as they are, all other
// values by the name of their type.
type Seen []hostapi.Value

// First is the first result, nil if there is none.
func (s Seen) First() hostapi.Value { return s.At(0) }

// At gives a result, counted from 0; nil beyond the last.
func (s Seen) At(i int) hostapi.Value {
	if i < len(s) {
		return s[i]
	}
	return hostapi.Value{}
}

// String lists the results.
func (s Seen) String() string {
	texts := make([]string, len(s))
	for i, v := range s {
		texts[i] = show(v)
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

func show(v hostapi.Value) string {
	if u, ok := v.Ref().(unsendable); ok {
		return "<" + u.typeName + ">"
	}
	if e := v.Err(); e != nil {
		return fmt.Sprintf("error(%s: %s)", kindName(e.Kind), e)
	}
	return shorten(v.String())
}

// Match reports whether the results are those wanted: Go values, or a Matcher
// for more than one value. Trailing nils do not count, for a language may have
// to give one where another gives nothing. Numbers are compared by value, and
// an empty list is as good as an empty map (clauses 1.4 and 1.5).
func (s Seen) Match(want ...any) bool {
	for i := range max(len(s), len(want)) {
		var w any
		if i < len(want) {
			w = want[i]
		}
		if !matches(s.At(i), w) {
			return false
		}
	}
	return true
}

// Matcher stands for several values in an expectation.
type Matcher struct {
	text  string
	match func(hostapi.Value) bool
}

// Match reports whether v is one of the values.
func (m Matcher) Match(v hostapi.Value) bool { return m.match(v) }

// String describes the values.
func (m Matcher) String() string { return m.text }

// Where gives a matcher for the values that satisfy a condition.
func Where(text string, match func(hostapi.Value) bool) Matcher { return Matcher{text, match} }

// Any matches every value.
func Any() Matcher { return Where("anything", func(hostapi.Value) bool { return true }) }

// OfType matches values that cannot leave their process, by the name of their
// type.
func OfType(name string) Matcher {
	return Where("<"+name+">", func(v hostapi.Value) bool {
		u, ok := v.Ref().(unsendable)
		return ok && u.typeName == name
	})
}

// Fails matches errors of a kind whose message contains text (0.10).
func Fails(kind hostapi.Kind, text string) Matcher {
	return Where(fmt.Sprintf("error(%s: ..%s..)", kindName(kind), text), func(v hostapi.Value) bool {
		e := v.Err()
		return e != nil && e.Kind == kind && strings.Contains(e.Message, text)
	})
}

// FailsWith matches errors of a kind with exactly this message and details.
func FailsWith(kind hostapi.Kind, message string, details map[string]any) Matcher {
	text := fmt.Sprintf("error(%s: %s)", kindName(kind), message)
	if details != nil {
		text += " with details " + value(details).String()
	}
	return Where(text, func(v hostapi.Value) bool {
		e := v.Err()
		if e == nil || e.Kind != kind || e.Message != message {
			return false
		}
		if details == nil {
			return e.Details == nil
		}
		return e.Details != nil && same(hostapi.Wrap(e.Details), value(details))
	})
}

// Detailed matches errors of a kind whose message contains text and which has
// exactly these details.
func Detailed(kind hostapi.Kind, text string, details map[string]any) Matcher {
	return Where(Fails(kind, text).String()+" with details "+value(details).String(), func(v hostapi.Value) bool {
		e := v.Err()
		return Fails(kind, text).Match(v) && e.Details != nil && same(hostapi.Wrap(e.Details), value(details))
	})
}

// Has matches maps, such as records, that hold the fields given; a nil stands
// for an absent field.
func Has(fields map[string]any) Matcher {
	return Where("{"+describeFields(fields)+", ..}", func(v hostapi.Value) bool {
		if v.Map() == nil {
			return false
		}
		for name, want := range fields {
			if !matches(v.Map().Get(name), want) {
				return false
			}
		}
		return true
	})
}

func describeFields(fields map[string]any) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		parts = append(parts, name+": "+describeWanted([]any{fields[name]}))
	}
	return strings.Join(parts, ", ")
}

// Elements matches lists with exactly the elements given.
func Elements(want ...any) Matcher {
	return Where("["+describeWanted(want)+"]", func(v hostapi.Value) bool {
		if v.Map() != nil && len(v.Map().Entries) == 0 {
			return len(want) == 0
		}
		if v.List() == nil || len(v.List().Items) != len(want) {
			return false
		}
		for i, w := range want {
			if !matches(v.List().Items[i], w) {
				return false
			}
		}
		return true
	})
}

// Exactly matches one payload, with ints and floats kept apart.
func Exactly(want any) Matcher {
	w := value(want)
	return Where(fmt.Sprintf("exactly %s %s", w.Type(), w), func(v hostapi.Value) bool {
		return v.Equal(w)
	})
}

func matches(v hostapi.Value, want any) bool {
	if m, ok := want.(Matcher); ok {
		return m.Match(v)
	}
	return same(v, value(want))
}

// same compares payloads, numbers by value and empty containers alike.
func same(a, b hostapi.Value) bool {
	switch {
	case isNumber(a) && isNumber(b):
		return a.Float() == b.Float() || a.Float() != a.Float() && b.Float() != b.Float()
	case isEmpty(a) && isEmpty(b):
		return true
	case a.List() != nil && b.List() != nil:
		x, y := a.List().Items, b.List().Items
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if !same(x[i], y[i]) {
				return false
			}
		}
		return true
	case a.Map() != nil && b.Map() != nil:
		x, y := a.Map().Sorted(), b.Map().Sorted()
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if !same(x[i].Key, y[i].Key) || !same(x[i].Value, y[i].Value) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}

func isNumber(v hostapi.Value) bool {
	return v.Type() == hostapi.TypeInt || v.Type() == hostapi.TypeFloat
}

func isEmpty(v hostapi.Value) bool {
	return v.List() != nil && len(v.List().Items) == 0 || v.Map() != nil && len(v.Map().Entries) == 0
}

func describeWanted(want []any) string {
	texts := make([]string, len(want))
	for i, w := range want {
		if m, ok := w.(Matcher); ok {
			texts[i] = m.String()
		} else {
			texts[i] = show(value(w))
		}
	}
	return strings.Join(texts, ", ")
}
