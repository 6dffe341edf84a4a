package app

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/understudy-run/understudy/hostapi"
)

// ParseArg reads an argument of the command line (clause 22.4): a JSON value is
// that value, any other text the string itself. The error is an *hostapi.Error of
// kind Invalid: a key that occurs twice, an integer outside ±2^53, a number that is
// too large, or a value beyond the bounds of clause 1.15.
func ParseArg(text string) (hostapi.Value, error) {
	if !utf8.ValidString(text) || !json.Valid([]byte(text)) {
		return hostapi.String(text), nil
	}
	root, fail := parseJSON([]byte(text))
	if fail != nil {
		return hostapi.Value{}, hostapi.Errorf(hostapi.Invalid, "%s", fail.message)
	}
	r := reporter{collector: &collector{}}
	r.wellFormed(root)
	v, _ := r.payload(root)
	if r.failed {
		return hostapi.Value{}, hostapi.Errorf(hostapi.Invalid, "%s", r.list[0].Message)
	}
	return hostapi.NewCopier(hostapi.DefaultPayloadLimits).Value(v, nil)
}

// JSON writes a payload as JSON (clause 22.6): integral floats without
// fraction, NaN and infinities as strings, map keys as their text, sorted,
// errors as objects of kind, message, retryable and details. A map in which two
// keys have the same text, such as 1 and "1", is a list of pairs of key and value:
// an object would lose one of them at most readers. A value that is no payload is
// written in its text form.
func JSON(v hostapi.Value) []byte { return appendJSON(nil, v) }

func appendJSON(b []byte, v hostapi.Value) []byte {
	switch v.Type() {
	case hostapi.TypeNil:
		return append(b, "null"...)
	case hostapi.TypeBool:
		return strconv.AppendBool(b, v.Bool())
	case hostapi.TypeInt:
		return strconv.AppendInt(b, v.Int(), 10)
	case hostapi.TypeFloat:
		text, finite := floatText(v.Float())
		if finite {
			return append(b, text...)
		}
		return appendString(b, text)
	case hostapi.TypeString:
		return appendString(b, v.Str())
	case hostapi.TypeList:
		b = append(b, '[')
		for i, x := range v.List().Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, x)
		}
		return append(b, ']')
	case hostapi.TypeMap:
		return appendMap(b, v.Map())
	case hostapi.TypeError:
		return appendError(b, v.Err())
	}
	return appendString(b, v.String())
}

func appendMap(b []byte, m *hostapi.Map) []byte {
	type field struct {
		name string // the key as JSON
		hostapi.Entry
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
		pairs := make([]hostapi.Value, len(fields))
		for i, f := range fields {
			pairs[i] = hostapi.ListOf(f.Key, f.Value)
		}
		return appendJSON(b, hostapi.ListOf(pairs...))
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

func keyText(key hostapi.Value) string {
	switch key.Type() {
	case hostapi.TypeString:
		return key.Str()
	case hostapi.TypeFloat:
		text, _ := floatText(key.Float())
		return text
	}
	return string(appendJSON(nil, key))
}

// appendError writes an error as in clause 22.5. As in scripts, message is
// without what wrap has added (11.5).
func appendError(b []byte, e *hostapi.Error) []byte {
	b = appendString(append(b, `{"kind":`...), string(e.Kind))
	b = appendString(append(b, `,"message":`...), e.Message)
	if e.Retryable != hostapi.Unset {
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
