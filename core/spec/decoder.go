package spec

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Decoder reads specifications and notes everything that is wrong with them. It
// is for one goroutine.
type Decoder struct {
	// Written says that the values are written in an index file, where null is a
	// value like others, an empty map no list, and a duration has its unit (14.7).
	Written bool
	// Entries finds what supervisors refer to.
	Entries Entries
	// App finds what entries of kinds from outside the core refer to.
	App App
	// Violations are in the order in which they were found.
	Violations []Violation

	describes  bool  // nothing is read: see Describe
	supervisor *Form // that is being described
}

// refer notes the error of a reference, if any.
func (d *Decoder) refer(at Path, err error) {
	if err != nil {
		d.Violations = append(d.Violations, Violation{Path: at, Err: err})
	}
}

// Fields is a map that is being read. Its methods give a field's value, or what
// stands for it if the field is absent or, which is noted, not acceptable. The
// zero Fields has no fields.
type Fields struct {
	d    *Decoder
	m    *hostapi.Map
	path Path
	form *Form // what is described, in place of m; nil: nothing
}

// Fields begins to read a map whose legal fields are names.
func (d *Decoder) Fields(v hostapi.Value, at Path, names ...string) Fields {
	f := Fields{d: d, m: v.Map(), path: at}
	if f.m == nil {
		d.Violations = append(d.Violations, Violation{Path: at, Text: "must be a map, not " + aType(v)})
		return f
	}
	for _, e := range f.m.Sorted() {
		key := e.Key.Str()
		if e.Key.Type() != hostapi.TypeString {
			key = e.Key.String() // like no field
		}
		if text, unknown := UnknownField(key, names); unknown {
			d.Violations = append(d.Violations, Violation{Path: at.field(key), Text: text, Key: true, Known: names})
		}
	}
	return f
}

// UnknownField reports whether a field is none of the legal names, and how a sentence
// goes on then that begins with it.
func UnknownField(name string, legal []string) (text string, unknown bool) {
	if slices.Contains(legal, name) {
		return "", false
	}
	for _, n := range nested {
		if slices.Contains(legal, n.field) && slices.Contains(n.names, name) {
			return fmt.Sprintf("is an unknown field: it stands in %s, as in %s: { %s: ... }", n.field, n.field, name), true
		}
	}
	return "is an unknown field" + SuggestOrList(name, legal), true
}

// nested are fields that stand in another one of an entry, and are looked for beside it.
var nested = [...]struct {
	field string
	names []string
}{
	{"lifecycle", []string{"auto_start", "essential", "start_timeout", "stop_timeout", "stable_threshold", "requires", "depends_on", "restart"}},
	{"limits", []string{"fuel", "memory", "max_coroutines", "payload_depth", "payload_size"}},
	{"host", []string{"workers", "max_processes"}},
}

// Fail notes what is wrong with a field.
func (f Fields) Fail(name, format string, args ...any) {
	if f.Describes() {
		return
	}
	f.d.Violations = append(f.d.Violations, Violation{Path: f.path.field(name), Text: fmt.Sprintf(format, args...)})
}

// mustBe notes that a value is none of those wanted, which are of a type.
func (f Fields) mustBe(name, what string, want hostapi.Type, v hostapi.Value) {
	f.mustBeAt(f.path.field(name), what, want, v)
}

func (f Fields) mustBeAt(at Path, what string, want hostapi.Type, v hostapi.Value) {
	text := fmt.Sprintf("must be %s, not %s", what, aType(v))
	f.d.Violations = append(f.d.Violations, Violation{Path: at, Text: text, Want: want})
}

// aType names the type of a value with its article.
func aType(v hostapi.Value) string {
	if v.IsNil() {
		return "null"
	}
	return "a " + v.TypeName()
}

func (f Fields) get(name string) (v hostapi.Value, given bool) {
	if f.m == nil {
		return v, false
	}
	i := slices.IndexFunc(f.m.Entries, func(e hostapi.Entry) bool {
		return e.Key.Type() == hostapi.TypeString && e.Key.Str() == name
	})
	if i < 0 {
		return v, false
	}
	v = f.m.Entries[i].Value
	return v, f.d.Written || !v.IsNil()
}

// Has says whether a field is given.
func (f Fields) Has(name string) bool {
	if f.Describes() {
		return true
	}
	_, ok := f.get(name)
	return ok
}

// Map begins to read a field that is a map.
func (f Fields) Map(name string, names ...string) Fields {
	if f.Describes() {
		f.note(name, *newMapForm(names))
		return f.below(name)
	}
	v, ok := f.get(name)
	if !ok {
		return Fields{d: f.d, path: f.path.field(name)}
	}
	return f.d.Fields(v, f.path.field(name), names...)
}

// below gives the map that is described under a name.
func (f Fields) below(name string) Fields {
	below := Fields{d: f.d, path: f.path.field(name)}
	if f.form != nil {
		below.form = f.form.Fields[name]
	}
	return below
}

// Names begins to read a field that is a map whose names are free, of which it gives the
// present ones in order.
func (f Fields) Names(name string) (names []string, of Fields) {
	if f.Describes() {
		f.note(name, Form{Type: FormMap})
		of = f.below(name)
		if of.form == nil || of.form.Type != FormMap {
			return nil, of
		}
		of.form.Of = &Form{}
		of.form = &Form{Fields: map[string]*Form{anyName: of.form.Of}}
		return []string{anyName}, of
	}
	v, given := f.get(name)
	if !given || v.Map() == nil {
		return nil, f.Map(name)
	}
	for _, e := range v.Map().Sorted() {
		if e.Key.Type() == hostapi.TypeString {
			names = append(names, e.Key.Str())
		}
	}
	return names, f.Map(name, names...)
}

// anyName stands for any name of a map that is described.
const anyName = "*"

// MapOrNull begins to read a field that is a map, or null: given is false then.
func (f Fields) MapOrNull(name string, names ...string) (of Fields, given bool) {
	if f.Describes() {
		form := newMapForm(names)
		form.Null = true
		f.note(name, *form)
		return f.below(name), true
	}
	if v, ok := f.get(name); !ok || v.IsNil() {
		return Fields{d: f.d, path: f.path.field(name)}, false
	}
	return f.Map(name, names...), true
}

// Text gives a field that is a string.
func (f Fields) Text(name string) (text string, ok bool) {
	if f.Describes() {
		f.note(name, Form{Type: FormText})
		return "", false
	}
	v, ok := f.get(name)
	switch {
	case !ok:
	case v.Type() == hostapi.TypeString:
		return v.Str(), true
	default:
		f.mustBe(name, "a string", hostapi.TypeString, v)
	}
	return "", false
}

// Boolean gives a field that is true or false, otherwise false.
func (f Fields) Boolean(name string) bool {
	if f.Describes() {
		f.note(name, Form{Type: FormBoolean, Default: false})
		return false
	}
	v, ok := f.get(name)
	switch {
	case !ok || v.Type() == hostapi.TypeBool:
	case v.Type() == hostapi.TypeString:
		f.Fail(name, "must be a boolean, not a string: write true or false")
	default:
		f.mustBe(name, "a boolean", hostapi.TypeBool, v)
	}
	return v.Bool()
}

// List gives the elements of a field.
func (f Fields) List(name string) []hostapi.Value {
	items, _ := f.list(name)
	return items
}

// list gives a field that is a list; ok is false if it is none. An empty table of
// Lua is an empty map, and means one.
func (f Fields) list(name string) (items []hostapi.Value, ok bool) {
	if f.Describes() {
		f.note(name, Form{Type: FormList})
		return nil, true
	}
	v, given := f.get(name)
	switch {
	case !given, !f.d.Written && v.Map() != nil && len(v.Map().Entries) == 0:
		return nil, true
	case v.List() == nil:
		f.mustBe(name, "a list", hostapi.TypeList, v)
		return nil, false
	}
	return v.List().Items, true
}

// Choose gives a field that is one of a few words, otherwise the first of them.
func Choose[T ~string](f Fields, name string, words ...T) T {
	if f.Describes() {
		known := textsOf(words)
		f.note(name, Form{Type: FormText, Words: known, Default: known[0]})
		return words[0]
	}
	text, ok := f.Text(name)
	if !ok {
		return words[0]
	}
	if slices.Contains(words, T(text)) {
		return T(text)
	}
	known := textsOf(words)
	f.d.Violations = append(f.d.Violations, Violation{
		Path: f.path.field(name), Known: known,
		Text: fmt.Sprintf("must be one of %s, not %q%s", strings.Join(known, ", "), text, Suggest(text, known)),
	})
	return words[0]
}

func textsOf[T ~string](words []T) []string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return texts
}

// Integer gives a field that is an integer within bounds, otherwise absent.
func (f Fields) Integer(name string, low, high, absent int64) int64 {
	if f.Describes() {
		form := Form{Type: FormInteger, Low: float64(low), High: math.Inf(1)}
		if high < math.MaxInt {
			form.High = float64(high)
		}
		if absent >= low && absent <= high {
			form.Default = absent
		}
		f.note(name, form)
		return absent
	}
	v, ok := f.get(name)
	switch i := v.Int(); {
	case !ok:
	case v.Type() != hostapi.TypeInt:
		f.mustBe(name, "an integer", hostapi.TypeInt, v)
	case i >= low && i <= high:
		return i
	case high < math.MaxInt:
		f.Fail(name, "must be an integer from %d to %d", low, high)
	default:
		f.Fail(name, "must be an integer of at least %d", low)
	}
	return absent
}

// Count gives a field that is an integer of at least low, otherwise absent.
func (f Fields) Count(name string, low, absent int) int {
	return int(f.Integer(name, int64(low), math.MaxInt, int64(absent)))
}

// Budget gives a field whose 0 means no limit, which is -1; otherwise 0.
func (f Fields) Budget(name string) int64 {
	const absent = -1
	switch i := f.Integer(name, 0, math.MaxInt, absent); i {
	case absent:
		return 0
	case 0:
		return -1
	default:
		return i
	}
}

func number(v hostapi.Value) bool {
	return v.Type() == hostapi.TypeInt || v.Type() == hostapi.TypeFloat
}

// Number gives a field that is a number within bounds, otherwise absent.
func (f Fields) Number(name string, low, high, absent float64) float64 {
	if f.Describes() {
		form := Form{Type: FormNumber, Low: low, High: high, Default: absent}
		if high == math.MaxFloat64 {
			form.High = math.Inf(1)
		}
		f.note(name, form)
		return absent
	}
	v, ok := f.get(name)
	switch x := v.Float(); {
	case !ok:
	case !number(v):
		f.mustBe(name, "a number", hostapi.TypeFloat, v)
	case x >= low && x <= high:
		return x
	case high == math.MaxFloat64:
		f.Fail(name, "must be a number of at least %g", low)
	default:
		f.Fail(name, "must be a number from %g to %g", low, high)
	}
	return absent
}

// Duration gives a field that is a duration of at least low, otherwise absent.
func (f Fields) Duration(name string, low, absent time.Duration) time.Duration {
	if f.Describes() {
		f.note(name, Form{Type: FormDuration, Low: float64(low), High: math.Inf(1), Default: durationDefault(low, absent)})
		return absent
	}
	v, ok := f.get(name)
	if !ok {
		return absent
	}
	d, ok := hostapi.DurationOf(v)
	zero := v.Type() == hostapi.TypeInt && d == 0
	switch {
	case f.d.Written && number(v) && !zero:
		f.Fail(name, "must be a duration with its unit, as in \"5s\", not %s", v)
	case !ok && v.Type() == hostapi.TypeString:
		f.Fail(name, "must be a duration, as in 500ms, 10s or 1m30s, not %s", v)
	case !ok:
		f.mustBe(name, "a duration", hostapi.TypeNil, v)
	case d < low && low == 1:
		f.Fail(name, "must be a duration greater than 0, not %s", v)
	case d < low:
		f.Fail(name, "must be a duration of at least %s, not %s", low, v)
	default:
		return d
	}
	return absent
}
