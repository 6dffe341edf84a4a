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
		m := make(map[string]any, len(v.Map().Entries))
		for _, e := range v.Map().Entries {
			m[text(e.Key)] = plain(e.Value)
		}
		return m
	}
	return nil
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
