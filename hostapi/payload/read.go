package payload

import (
	"encoding/binary"
	"math"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/wire"
)

// depthBound bounds the depth of what is read: settings may allow more than the 128
// levels of clause 1.15, and bytes from elsewhere must not exhaust the stack.
const depthBound = 10_000

// Read gives the payload that b stands for. What it gives holds nothing of b. The error
// is Invalid "invalid payload" for bytes that Append does not write.
func Read(b []byte) (hostapi.Value, error) {
	r := reader{wire.Reader{Rest: b}}
	if r.Byte() != version {
		r.Fail()
	}
	v := r.value(0)
	if r.Bad || len(r.Rest) > 0 {
		return hostapi.Value{}, hostapi.Errorf(hostapi.Invalid, "invalid payload")
	}
	return v, nil
}

// reader reads values.
type reader struct{ wire.Reader }

func (r *reader) value(depth int) hostapi.Value {
	if depth > depthBound {
		r.Fail()
	}
	switch t := tag(r.Byte()); t {
	case tagNil:
		return hostapi.Value{}
	case tagFalse, tagTrue:
		return hostapi.Bool(t == tagTrue)
	case tagInt:
		i := r.Varint()
		if r.Bad || i < -hostapi.MaxInt || i > hostapi.MaxInt {
			r.Fail()
			return hostapi.Value{}
		}
		return hostapi.Int(i)
	case tagFloat:
		b := r.Take(8)
		if r.Bad {
			return hostapi.Value{}
		}
		return hostapi.Float(math.Float64frombits(binary.BigEndian.Uint64(b)))
	case tagString:
		return hostapi.String(r.Text())
	case tagList:
		items := make([]hostapi.Value, r.Count(1))
		for i := range items {
			items[i] = r.value(depth + 1)
		}
		return hostapi.ListOf(items...)
	case tagMap, tagUnordered:
		return hostapi.Wrap(r.entries(t, depth))
	case tagError:
		return hostapi.Wrap(r.error(depth))
	default:
		r.Fail()
		return hostapi.Value{}
	}
}

func (r *reader) entries(t tag, depth int) *hostapi.Map {
	m := &hostapi.Map{Entries: make([]hostapi.Entry, r.Count(2)), Unordered: t == tagUnordered}
	for i := range m.Entries {
		key := r.value(depth + 1)
		switch key.Type() {
		case hostapi.TypeString, hostapi.TypeInt, hostapi.TypeBool:
		case hostapi.TypeFloat:
			if key.Float() != key.Float() {
				r.Fail()
			}
		default:
			r.Fail()
		}
		m.Entries[i] = hostapi.Entry{Key: key, Value: r.value(depth + 1)}
	}
	return m
}

func (r *reader) error(depth int) *hostapi.Error {
	e := &hostapi.Error{Kind: hostapi.Kind(r.Text()), Message: r.Text(), Stack: r.Text()}
	flags := r.Byte()
	e.Retryable, e.Script = hostapi.Tristate(flags&retryableMask), flags&scriptFlag != 0
	if flags > scriptFlag+byte(hostapi.True) || flags&retryableMask > byte(hostapi.True) {
		r.Fail()
	}
	if n := r.Count(1); n > 0 {
		e.Context = make([]string, n)
		for i := range e.Context {
			e.Context[i] = r.Text()
		}
	}
	switch t := tag(r.Byte()); t {
	case tagNil:
	case tagMap, tagUnordered:
		e.Details = r.entries(t, depth)
	default:
		r.Fail()
	}
	return e
}
