package payload

import (
	"encoding/binary"
	"math"

	"github.com/understudy-run/understudy/hostapi"
)

// depthBound bounds the depth of what is read: settings may allow more than the 128
// levels of clause 1.15, and bytes from elsewhere must not exhaust the stack.
const depthBound = 10_000

// Read gives the payload that b stands for. What it gives holds nothing of b. The error
// is Invalid "invalid payload" for bytes that Append does not write.
func Read(b []byte) (hostapi.Value, error) {
	r := reader{rest: b}
	if r.byte() != version {
		r.bad = true
	}
	v := r.value(0)
	if r.bad || len(r.rest) > 0 {
		return hostapi.Value{}, hostapi.Errorf(hostapi.Invalid, "invalid payload")
	}
	return v, nil
}

// reader reads as far as the bytes make sense. Once they do not, bad is set and it reads
// nothing any more.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) fail() {
	r.bad, r.rest = true, nil
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		r.fail()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

// count reads the number of what follows, each of which takes at least size bytes.
func (r *reader) count(size int) int {
	n, used := binary.Uvarint(r.rest)
	if used <= 0 || n > uint64((len(r.rest)-used)/size) {
		r.fail()
		return 0
	}
	r.rest = r.rest[used:]
	return int(n)
}

func (r *reader) text() string {
	n := r.count(1)
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func (r *reader) value(depth int) hostapi.Value {
	if depth > depthBound {
		r.fail()
	}
	switch t := tag(r.byte()); t {
	case tagNil:
		return hostapi.Value{}
	case tagFalse, tagTrue:
		return hostapi.Bool(t == tagTrue)
	case tagInt:
		i, used := binary.Varint(r.rest)
		if used <= 0 || i < -hostapi.MaxInt || i > hostapi.MaxInt {
			r.fail()
			return hostapi.Value{}
		}
		r.rest = r.rest[used:]
		return hostapi.Int(i)
	case tagFloat:
		if len(r.rest) < 8 {
			r.fail()
			return hostapi.Value{}
		}
		f := math.Float64frombits(binary.BigEndian.Uint64(r.rest))
		r.rest = r.rest[8:]
		return hostapi.Float(f)
	case tagString:
		return hostapi.String(r.text())
	case tagList:
		items := make([]hostapi.Value, r.count(1))
		for i := range items {
			items[i] = r.value(depth + 1)
		}
		return hostapi.ListOf(items...)
	case tagMap, tagUnordered:
		return hostapi.Wrap(r.entries(t, depth))
	case tagError:
		return hostapi.Wrap(r.error(depth))
	default:
		r.fail()
		return hostapi.Value{}
	}
}

func (r *reader) entries(t tag, depth int) *hostapi.Map {
	m := &hostapi.Map{Entries: make([]hostapi.Entry, r.count(2)), Unordered: t == tagUnordered}
	for i := range m.Entries {
		key := r.value(depth + 1)
		switch key.Type() {
		case hostapi.TypeString, hostapi.TypeInt, hostapi.TypeBool:
		case hostapi.TypeFloat:
			if key.Float() != key.Float() {
				r.fail()
			}
		default:
			r.fail()
		}
		m.Entries[i] = hostapi.Entry{Key: key, Value: r.value(depth + 1)}
	}
	return m
}

func (r *reader) error(depth int) *hostapi.Error {
	e := &hostapi.Error{Kind: hostapi.Kind(r.text()), Message: r.text(), Stack: r.text()}
	flags := r.byte()
	e.Retryable, e.Script = hostapi.Tristate(flags&retryableMask), flags&scriptFlag != 0
	if flags > scriptFlag+byte(hostapi.True) || flags&retryableMask > byte(hostapi.True) {
		r.fail()
	}
	if n := r.count(1); n > 0 {
		e.Context = make([]string, n)
		for i := range e.Context {
			e.Context[i] = r.text()
		}
	}
	switch t := tag(r.byte()); t {
	case tagNil:
	case tagMap, tagUnordered:
		e.Details = r.entries(t, depth)
	default:
		r.fail()
	}
	return e
}
