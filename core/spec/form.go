package spec

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Form is what may stand at one place of an index file: what readers of Fields ask for,
// written down. It is made by Describe from the same code that checks entries, for those
// who tell editors of it (61.3). Immutable once it was given.
type Form struct {
	Type FormType
	// Low and High bound integers, numbers, nanoseconds of durations and bytes of sizes;
	// infinite: no bound.
	Low, High float64
	Words     []string // the only legal texts, if there are any
	Pattern   string   // that a text fits, a regular expression; "": any
	Default   any      // what stands for an absent field: a bool, int64, float64 or string; nil: nothing
	Null      bool     // null is legal too
	Code      bool     // no variable is replaced here, nor below (71.5)
	// Of is what the elements of a list are, and what the values of a map whose names are
	// free; nil: anything.
	Of *Form
	// Fields of a map, by name; nil: the names are free. Rules relate them.
	Fields map[string]*Form
	Names  []string // of Fields, in order
	Rules  []Rule
	// NamesFit is a pattern of the names of a map whose names are free; "": any.
	NamesFit string
	// Either, if not nil, is a second form that is legal in place of this one.
	Either *Form
	Doc    string // what it is for; "" where nobody has said so
}

// FormType is a type of values in index files.
type FormType uint8

// The types. A duration is text with its units, or 0; a size is a number of bytes, or text
// with a unit; a secret is text, {env: NAME} or {file: PATH}.
const (
	FormAny FormType = iota
	FormText
	FormBoolean
	FormInteger
	FormNumber
	FormDuration
	FormSize
	FormSecret
	FormList
	FormMap
)

// Rule relates the fields of a map: if all of If hold, Then must.
type Rule struct {
	If, Then []Condition
}

// Condition is one about a field of a map.
type Condition struct {
	Field  string
	Absent bool   // it is not there; otherwise it is
	Words  []any  // it is one of these texts or booleans, if there are any
	Begins string // it is a text that begins so, if that is not ""
	Count  int    // it is a list of so many; 0: of any number
	Filled bool   // it is a list of one at least
	Each   *Rule  // if not nil: it holds for each element of the list
	// Any, if not nil, has alternatives of which at least one holds.
	Any []Condition
}

// Given is the condition that a field is there.
func Given(field string) Condition { return Condition{Field: field} }

// Absent is the condition that a field is not there.
func Absent(field string) Condition { return Condition{Field: field, Absent: true} }

// Is is the condition that a field is there, and one of some texts or booleans.
func Is(field string, words ...any) Condition { return Condition{Field: field, Words: words} }

// Describe gives the form of a map whose legal fields are names, as read reads it. read
// gets Fields that have everything and give nothing; it must not look at what it is given.
func Describe(names []string, read func(Fields)) *Form {
	d := &Decoder{Written: true, describes: true}
	f := Fields{d: d, form: newMapForm(names)}
	read(f)
	return f.form
}

// NoneBut is the condition that a field is not there, or one of some texts or booleans.
func NoneBut(field string, words ...any) Condition {
	return Condition{Any: []Condition{Absent(field), Is(field, words...)}}
}

// Each is the condition that a rule holds for each element of a list, if there is one.
func Each(field string, then Condition, ifs ...Condition) Condition {
	return Condition{Any: []Condition{Absent(field), {Field: field, Each: &Rule{If: ifs, Then: []Condition{then}}}}}
}

func newMapForm(names []string) *Form {
	m := &Form{Type: FormMap, Fields: map[string]*Form{}, Names: slices.Clone(names)}
	for _, name := range names {
		m.Fields[name] = &Form{Code: isCode(name)}
	}
	return m
}

// CodeFields say which code runs with which rights: nothing from outside gets into them, at
// whatever depth (71.5).
func CodeFields() []string {
	return []string{
		"version", "namespace", "env", "name", "kind", "source", "schema", "method", "engine", "process", "modules", "imports", "resources",
	}
}

func isCode(name string) bool { return slices.Contains(CodeFields(), name) }

// note notes what a reader wants of a field, where a form is made. What says more than was
// noted before takes its place.
func (f Fields) note(name string, form Form) {
	if f.form == nil {
		return
	}
	if at := f.form.Fields[name]; at != nil && (at.Type == FormAny || at.Type == FormList && at.Of == nil || at.Type == FormText && form.Type == FormText && at.Pattern+strings.Join(at.Words, "") == "") {
		form.Code = at.Code
		*at = form
	}
}

// Describes reports whether a form is made, and nothing read: for readers that must look
// at what is given.
func (f Fields) Describes() bool { return f.d != nil && f.d.describes }

// Rule notes for Describe how fields are related, where the reader itself checks it.
func (f Fields) Rule(then Condition, ifs ...Condition) {
	if f.form != nil {
		f.form.Rules = append(f.form.Rules, Rule{If: ifs, Then: []Condition{then}})
	}
}

// Pattern notes for Describe what a text looks like, where the reader itself checks it.
func (f Fields) Pattern(name, pattern string) {
	if f.form != nil && f.form.Fields[name] != nil {
		f.form.Fields[name].Pattern = pattern
	}
}

// NotEmpty notes for Describe that a text has at least one character.
func (f Fields) NotEmpty(name string) { f.Pattern(name, `^[\s\S]`) }

// Needs notes which fields are given without another one that they need.
func (f Fields) Needs(needed string, names ...string) {
	for _, name := range names {
		if f.Describes() {
			f.Rule(Given(needed), Given(name))
		} else if f.Has(name) && !f.Has(needed) {
			f.Fail(name, "has no meaning without %s", needed)
		}
	}
}

// Apart notes which fields are given beside another one that leaves them no meaning.
func (f Fields) Apart(from string, names ...string) {
	for _, name := range names {
		if f.Describes() {
			f.Rule(Absent(from), Given(name))
		} else if f.Has(name) && f.Has(from) {
			f.Fail(name, "has no meaning beside %s", from)
		}
	}
}

// durationDefault gives the default of a duration as it would be written; nil below low.
func durationDefault(low, absent time.Duration) any {
	if absent < low || absent == 0 {
		return nil
	}
	text := absent.String()
	for _, zero := range []string{"m0s", "h0m"} { // 1m0s is 1m
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// sizeDefault gives the default of a size as it would be written; nil below low.
func sizeDefault(low, absent int64) any {
	if absent < low || absent == 0 {
		return nil
	}
	for i, unit := range [...]string{"GiB", "MiB", "KiB"} {
		if shift := 10 * (3 - i); absent>>shift<<shift == absent && absent>>shift > 0 {
			return fmt.Sprint(absent>>shift) + unit
		}
	}
	return absent
}
