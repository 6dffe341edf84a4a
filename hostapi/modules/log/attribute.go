package log

import (
	"errors"
	"log/slog"
	"math"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// attributes gives the fields of a call in order of their names, since not every
// language has an order of its own.
func attributes(c hostapi.Call) ([]slog.Attr, error) {
	fields, ok := hostapi.OptionEntries(c, 1)
	if !ok { // a list: its positions are the names
		elements, _ := c.Elements(c.Arg(1))
		for i, v := range elements {
			fields = append(fields, hostapi.Entry{Key: hostapi.Int(int64(i + 1)), Value: v})
		}
		fields = append(fields, c.Keywords()...)
	}
	attrs := make([]slog.Attr, len(fields))
	for i, f := range fields {
		v, err := goValue(c, f.Value)
		if err != nil {
			return nil, err
		}
		attrs[i] = slog.Any(text(f.Key), v)
	}
	slices.SortStableFunc(attrs, func(a, b slog.Attr) int { return strings.Compare(a.Key, b.Key) })
	taken := map[string]bool{slog.TimeKey: true, slog.LevelKey: true, slog.MessageKey: true, "pid": true, "entry": true}
	for i := range attrs {
		// A name that a record has twice is read by its last value: a script could say
		// that another process wrote the record, and one of 1 and "1" would be lost.
		for taken[attrs[i].Key] {
			attrs[i].Key += "_"
		}
		taken[attrs[i].Key] = true
	}
	return attrs, nil
}

// goValue gives a field as log handlers print it: the payload copy, or the text
// form of what is no payload. The error is what ends a task, such as ErrKilled.
func goValue(c hostapi.Call, v hostapi.Value) (any, error) {
	p, err := c.Copy(v, hostapi.NewCopier(c.Task().PayloadLimits()))
	if err == nil {
		return plain(p), nil
	}
	var refused *hostapi.Error
	if errors.As(err, &refused) {
		return text(v), nil
	}
	return nil, err
}

// plain gives a payload as plain Go values.
func plain(v hostapi.Value) any {
	switch v.Type() {
	case hostapi.TypeBool:
		return v.Bool()
	case hostapi.TypeInt:
		return v.Int()
	case hostapi.TypeFloat:
		return number(v.Float())
	case hostapi.TypeString:
		return v.Str()
	case hostapi.TypeError:
		return v.Err().Error()
	case hostapi.TypeList:
		items := make([]any, len(v.List().Items))
		for i, x := range v.List().Items {
			items[i] = plain(x)
		}
		return items
	case hostapi.TypeMap:
		return plainMap(v.Map())
	case hostapi.TypeObject:
		return v.String()
	}
	return nil
}

// plainMap gives a map by the texts of its keys, or its pairs if two keys have one
// text, as JSON of a result does (22.6).
func plainMap(m *hostapi.Map) any {
	out := make(map[string]any, len(m.Entries))
	for _, e := range m.Entries {
		out[text(e.Key)] = plain(e.Value)
	}
	if len(out) == len(m.Entries) {
		return out
	}
	var pairs []any
	for _, e := range m.Sorted() {
		pairs = append(pairs, []any{plain(e.Key), plain(e.Value)})
	}
	return pairs
}

// number gives f, as text if JSON has no number for it.
func number(f float64) any {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	return f
}

// text gives the text form of a value; a string as it is.
func text(v hostapi.Value) string {
	if v.Type() == hostapi.TypeString {
		return v.Str()
	}
	return v.String()
}
