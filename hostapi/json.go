package hostapi

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// MarshalJSON implements json.Marshaler by clause 22.6: integral floats without
// fraction, NaN and infinities as strings, map keys as their text, sorted, errors as
// objects of kind, message, retryable and details. A map in which two keys have the same
// text, such as 1 and "1", is a list of pairs of key and value: an object would lose one
// of them at most readers. A value that is no payload is written in its text form. A Sendable is an error: JSON
// leaves the runtime (1.19).
func (v Value) MarshalJSON() ([]byte, error) {
	if s := v.unwritable(); s != nil {
		return nil, Errorf(Invalid, "cannot write a %s as JSON", s.ObjectType().Name)
	}
	return appendJSON(nil, v), nil
}

// UnmarshalJSON implements json.Unmarshaler: objects become maps in their order, numbers
// without fraction and exponent ints, others floats. The error is Invalid for text that
// is no JSON, a key that occurs twice, an integer outside ±2^53, a number that is too
// large, and a value beyond the bounds of clause 1.15.
func (v *Value) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	x, err := decodeJSON(d, DefaultPayloadLimits.Depth)
	if err == nil {
		if _, err = d.Token(); err == io.EOF {
			*v, err = NewCopier(DefaultPayloadLimits).Value(x, nil)
		} else if err == nil {
			err = Errorf(Invalid, "more than one JSON value")
		}
	}
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok {
		return e
	}
	return Errorf(Invalid, "invalid JSON: %v", err)
}

// decodeJSON reads one value whose containers nest at most so deep.
func decodeJSON(d *json.Decoder, depth int) (Value, error) {
	token, err := d.Token()
	if err != nil {
		return Value{}, err
	}
	switch x := token.(type) {
	case bool:
		return Bool(x), nil
	case string:
		return String(x), nil
	case json.Number:
		return numberOf(string(x))
	case json.Delim:
		if depth == 0 {
			return Value{}, Errorf(Invalid, "payload too deep: more than %d levels", DefaultPayloadLimits.Depth)
		}
		if x == '[' {
			return decodeArray(d, depth-1)
		}
		return decodeObject(d, depth-1)
	}
	return Value{}, nil
}

func decodeArray(d *json.Decoder, depth int) (Value, error) {
	var items []Value
	for d.More() {
		item, err := decodeJSON(d, depth)
		if err != nil {
			return Value{}, err
		}
		items = append(items, item)
	}
	_, err := d.Token()
	return ListOf(items...), err
}

func decodeObject(d *json.Decoder, depth int) (Value, error) {
	var entries []Entry
	known := make(map[string]bool)
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return Value{}, err
		}
		key, _ := token.(string)
		if known[key] {
			return Value{}, Errorf(Invalid, "duplicate key %q", key)
		}
		known[key] = true
		value, err := decodeJSON(d, depth)
		if err != nil {
			return Value{}, err
		}
		entries = append(entries, Field(key, value))
	}
	_, err := d.Token()
	return MapOf(entries...), err
}

// numberOf reads a number of JSON.
func numberOf(text string) (Value, error) {
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return Value{}, Errorf(Invalid, "number out of range: %s", text)
		}
		return Float(f), nil
	}
	i, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !inRange(i) {
		return Value{}, Errorf(Invalid, "integer out of range: %s", text)
	}
	return Int(i), nil
}

func appendJSON(b []byte, v Value) []byte {
	switch v.Type() {
	case TypeNil:
		return append(b, "null"...)
	case TypeBool:
		return strconv.AppendBool(b, v.Bool())
	case TypeInt:
		return strconv.AppendInt(b, v.Int(), 10)
	case TypeFloat:
		text, finite := floatText(v.Float())
		if finite {
			return append(b, text...)
		}
		return appendString(b, text)
	case TypeString:
		return appendString(b, v.Str())
	case TypeList:
		b = append(b, '[')
		for i, x := range v.List().Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, x)
		}
		return append(b, ']')
	case TypeMap:
		return appendMap(b, v.Map())
	case TypeError:
		return appendError(b, v.Err())
	}
	return appendString(b, v.String())
}

func appendMap(b []byte, m *Map) []byte {
	type field struct {
		name string // the key as JSON
		Entry
	}
	entries := m.Sorted()
	fields := make([]field, len(entries))
	for i, e := range entries {
		fields[i] = field{string(appendString(nil, keyText(e.Key))), e}
	}
	slices.SortStableFunc(fields, func(x, y field) int { return strings.Compare(keyText(x.Key), keyText(y.Key)) })
	names := make(map[string]bool, len(fields))
	for _, f := range fields {
		names[f.name] = true
	}
	if len(names) < len(fields) {
		pairs := make([]Value, len(fields))
		for i, f := range fields {
			pairs[i] = ListOf(f.Key, f.Value)
		}
		return appendJSON(b, ListOf(pairs...))
	}
	b = append(b, '{')
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, f.name...), ':')
		b = appendJSON(b, f.Value)
	}
	return append(b, '}')
}

func keyText(key Value) string {
	switch key.Type() {
	case TypeString:
		return key.Str()
	case TypeFloat:
		text, _ := floatText(key.Float())
		return text
	}
	return string(appendJSON(nil, key))
}

// appendError writes an error as in clause 22.5. As in scripts, message is
// without what wrap has added (11.5).
func appendError(b []byte, e *Error) []byte {
	b = appendString(append(b, `{"kind":`...), string(e.Kind))
	b = appendString(append(b, `,"message":`...), e.Message)
	if e.Retryable != Unset {
		b = appendJSON(append(b, `,"retryable":`...), e.Retryable.Value())
	}
	if e.Details != nil {
		b = appendMap(append(b, `,"details":`...), e.Details)
	}
	return append(b, '}')
}

// floatText gives the shortest text that reads back as f, without exponent
// where JavaScript would have none; integral values have no fraction.
func floatText(f float64) (text string, finite bool) {
	switch {
	case math.IsNaN(f):
		return "nan", false
	case math.IsInf(f, 1):
		return "inf", false
	case math.IsInf(f, -1):
		return "-inf", false
	case f == 0:
		return "0", true
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, 64), true
	}
	return strconv.FormatFloat(f, 'e', -1, 64), true
}

// appendString writes a JSON string; each byte that is no UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	var buffer bytes.Buffer
	e := json.NewEncoder(&buffer)
	e.SetEscapeHTML(false)
	_ = e.Encode(string([]rune(s))) // a string always encodes
	return append(b, bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))...)
}
