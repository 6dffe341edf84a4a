package json

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/understudy-run/understudy/hostapi"
	modtime "github.com/understudy-run/understudy/hostapi/modules/time"
	"github.com/understudy-run/understudy/world/internal/effort"
)

// encoder writes one value. The zero encoder, with a limit, writes on one line.
type encoder struct {
	text       []byte
	limit      int    // bytes of the text
	indent     string // of each level; "": one line
	emptyLists bool   // empty tables of the script are lists
	effort     effort.Effort
	fields     []field // of the maps that are being written
}

// field is an entry of a map, with its key as text.
type field struct {
	name  string
	value hostapi.Value
}

// kept says which objects stand in a copy that is to be written.
func kept(o hostapi.Object) bool {
	switch o.(type) {
	case *Number, *modtime.Time:
		return true
	}
	return false
}

// value writes v, a copy that keeps what kept says. The error is ErrKilled, or Invalid
// without the place of v, which the callers put before it.
func (e *encoder) value(v hostapi.Value, depth int) error {
	begin := len(e.text)
	switch v.Type() {
	case hostapi.TypeNil:
		e.text = append(e.text, "null"...)
	case hostapi.TypeBool:
		e.text = strconv.AppendBool(e.text, v.Bool())
	case hostapi.TypeInt:
		e.text = strconv.AppendInt(e.text, v.Int(), 10)
	case hostapi.TypeFloat:
		text, err := floatText(v.Float())
		if err != nil {
			return err
		}
		e.text = append(e.text, text...)
	case hostapi.TypeString:
		if err := e.string(v.Str()); err != nil {
			return err
		}
	case hostapi.TypeList:
		return e.list(v.List().Items, depth)
	case hostapi.TypeMap:
		return e.mapOf(v.Map(), depth)
	case hostapi.TypeError:
		return e.mapOf(errorMap(v.Err()), depth)
	case hostapi.TypeObject:
		if err := e.object(v.Object()); err != nil {
			return err
		}
	}
	return e.wrote(begin)
}

// wrote says that the text from begin on was written.
func (e *encoder) wrote(begin int) error {
	if len(e.text) > e.limit {
		return invalid("text too large: more than %d bytes", e.limit)
	}
	n := len(e.text) - begin
	if err := e.effort.Hold(n); err != nil {
		return err
	}
	return e.effort.Work(n)
}

func (e *encoder) string(s string) error {
	if !utf8.ValidString(s) {
		return invalid("not UTF-8")
	}
	e.text, _ = jsontext.AppendQuote(e.text, s) // fails only for what is not UTF-8
	return nil
}

func (e *encoder) object(o hostapi.Object) error {
	switch o := o.(type) {
	case *Number:
		e.text = append(e.text, o.text...)
		return nil
	case *modtime.Time:
		t := o.Time()
		if y := t.Year(); y < 0 || y > 9999 {
			return invalid("a year outside 0 to 9999")
		}
		return e.string(t.Format(time.RFC3339Nano))
	}
	return invalid("cannot encode a %s", o.ObjectType().Name)
}

func (e *encoder) list(items []hostapi.Value, depth int) error {
	begin := len(e.text)
	e.text = append(e.text, '[')
	for i, v := range items {
		e.separate(i, depth+1)
		if err := e.wrote(begin); err != nil {
			return err
		}
		if err := e.value(v, depth+1); err != nil {
			return under(err, position(i+1))
		}
		begin = len(e.text)
	}
	if len(items) > 0 {
		e.line(depth)
	}
	e.text = append(e.text, ']')
	return e.wrote(begin)
}

// separate writes what stands before element i of a list or map.
func (e *encoder) separate(i, depth int) {
	if i > 0 {
		e.text = append(e.text, ',')
	}
	e.line(depth)
}

// line begins a new one, unless all stands on one.
func (e *encoder) line(depth int) {
	if e.indent == "" {
		return
	}
	e.text = append(e.text, '\n')
	for range depth {
		e.text = append(e.text, e.indent...)
	}
}

func (e *encoder) mapOf(m *hostapi.Map, depth int) error {
	if len(m.Entries) == 0 && m.Unordered && e.emptyLists {
		return e.list(nil, depth)
	}
	if err := tableKeys(m); err != nil {
		return err
	}
	base := len(e.fields)
	for _, entry := range m.Entries {
		name, err := keyText(entry.Key)
		if err != nil {
			return under(err, step(entry.Key))
		}
		e.fields = append(e.fields, field{name, entry.Value})
	}
	defer func() {
		clear(e.fields[base:])
		e.fields = e.fields[:base]
	}()
	if err := e.sort(e.fields[base:]); err != nil {
		return err
	}
	begin := len(e.text)
	e.text = append(e.text, '{')
	for i := range m.Entries {
		f := e.fields[base+i]
		if i > 0 && f.name == e.fields[base+i-1].name {
			return under(invalid("duplicate key"), "."+f.name)
		}
		e.separate(i, depth+1)
		if err := e.string(f.name); err != nil {
			return under(err, "."+f.name)
		}
		e.text = append(e.text, ':')
		if e.indent != "" {
			e.text = append(e.text, ' ')
		}
		if err := e.wrote(begin); err != nil {
			return err
		}
		if err := e.value(f.value, depth+1); err != nil {
			return under(err, "."+f.name)
		}
		begin = len(e.text)
	}
	if len(m.Entries) > 0 {
		e.line(depth)
	}
	e.text = append(e.text, '}')
	return e.wrote(begin)
}

// tableKeys refuses tables of a language in which a table serves for lists and maps, that
// are neither a list nor a map with texts as keys (42.1).
func tableKeys(m *hostapi.Map) error {
	if !m.Unordered {
		return nil
	}
	integers := 0
	for _, entry := range m.Entries {
		if entry.Key.Type() == hostapi.TypeInt {
			integers++
		}
	}
	switch {
	case integers == 0:
		return nil
	case integers < len(m.Entries):
		return invalid("mixed keys")
	}
	return invalid("list with holes")
}

// sort sorts fields by the bytes of their names.
func (e *encoder) sort(fields []field) error {
	var failed error
	slices.SortFunc(fields, func(a, b field) int {
		if failed == nil && len(fields) > 256 {
			failed = e.effort.Work(64)
		}
		if failed != nil {
			return 0
		}
		return strings.Compare(a.name, b.name)
	})
	return failed
}

// keyText gives a key as the name of a field.
func keyText(key hostapi.Value) (string, error) {
	switch key.Type() {
	case hostapi.TypeInt:
		return strconv.FormatInt(key.Int(), 10), nil
	case hostapi.TypeFloat:
		return floatText(key.Float())
	case hostapi.TypeBool:
		return strconv.FormatBool(key.Bool()), nil
	}
	return key.Str(), nil
}

// floatText gives the shortest text that decode reads as f: beyond ±2^53 with an exponent,
// as an integer would be read as text (42.4).
func floatText(f float64) (string, error) {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return "", invalid("cannot encode nan")
	case math.IsInf(f, 1):
		return "", invalid("cannot encode inf")
	case math.IsInf(f, -1):
		return "", invalid("cannot encode -inf")
	case abs == 0:
		return "0", nil
	case abs < 1e-6 || abs > hostapi.MaxInt:
		return strconv.FormatFloat(f, 'e', -1, 64), nil
	}
	return strconv.FormatFloat(f, 'f', -1, 64), nil
}

// errorMap gives the fields of an error as they are written (22.5).
func errorMap(err *hostapi.Error) *hostapi.Map {
	m := &hostapi.Map{Entries: []hostapi.Entry{
		hostapi.Field("kind", hostapi.String(string(err.Kind))),
		hostapi.Field("message", hostapi.String(err.Message)),
	}}
	if err.Retryable != hostapi.Unset {
		m.Entries = append(m.Entries, hostapi.Field("retryable", err.Retryable.Value()))
	}
	if err.Details != nil {
		m.Entries = append(m.Entries, hostapi.Field("details", hostapi.Wrap(err.Details)))
	}
	return m
}

// misplaced is an Invalid whose place is not yet complete.
type misplaced struct{ text, place string }

func (m *misplaced) Error() string { return m.text + " at " + m.place }

func invalid(format string, args ...any) error {
	return &misplaced{text: hostapi.Errorf(hostapi.Invalid, format, args...).Message}
}

// under puts a step before the place of an error.
func under(err error, step string) error {
	if m, ok := err.(*misplaced); ok {
		m.place = step + m.place
	}
	return err
}

// step is the way to what a map holds under a key (1.16).
func step(key hostapi.Value) string {
	if key.Type() == hostapi.TypeString {
		return "." + key.Str()
	}
	return "[" + key.String() + "]"
}

func position(i int) string { return "[" + strconv.Itoa(i) + "]" }
