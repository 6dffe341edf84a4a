package log

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Attributes gives the fields of a call, its second argument, in order of their names, since not every
// language has an order of its own.
func Attributes(c hostapi.Call) ([]slog.Attr, error) {
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
	taken := map[string]bool{}
	for i := range attrs {
		// Of two with one name, such as 1 and "1", one would be lost.
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

// plain gives a payload as handlers take it: scalars as those of Go, the rest as it
// writes itself.
func plain(v hostapi.Value) any {
	switch v.Type() {
	case hostapi.TypeNil:
		return nil
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
	}
	return payload{v}
}

// payload is a list or a map: as JSON by clause 22.6, as text like the details of an
// error.
type payload struct{ v hostapi.Value }

func (p payload) String() string { return p.v.String() }

func (p payload) MarshalJSON() ([]byte, error) {
	if b, err := p.v.MarshalJSON(); err == nil {
		return b, nil
	}
	return json.Marshal(p.v.String())
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

// message gives what a record says: any value, since whoever logs an error must not
// fail over it.
func message(c hostapi.Call) (string, error) {
	v := c.Arg(0)
	if v.Type() == hostapi.TypeString {
		return v.Str(), nil
	}
	p, err := goValue(c, v)
	if err != nil {
		return "", err
	}
	if p == nil {
		return v.String(), nil
	}
	return fmt.Sprint(p), nil
}

// text gives the text form of a value; a string as it is.
func text(v hostapi.Value) string {
	if v.Type() == hostapi.TypeString {
		return v.Str()
	}
	return v.String()
}
