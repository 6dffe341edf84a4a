package ledger

import (
	"reflect"
	"unsafe"

	"github.com/understudy-run/understudy/hostapi"
)

// Values of the runtime that a process holds: what lies in its channels, payloads
// of messages, details of errors. They may be deep and may hold each other, so
// what is inside is noted first and looked at later.

// Sizes in bytes, on 64-bit machines.
const (
	valueBytes     = 24
	textBytes      = 16 // without the text
	containerBytes = 32
	objectBytes    = 160 // a channel has 190, with one value in it 320; an error 140
)

// Value adds a value of the runtime and notes it if more is inside. What it is
// stored in is counted by what holds it. A value of the script's language goes to
// reference, as does the wrapper of an object.
func (t *Tally) Value(v hostapi.Value, reference func(any)) {
	switch v.Type() {
	case hostapi.TypeNil, hostapi.TypeBool, hostapi.TypeInt, hostapi.TypeFloat:
	case hostapi.TypeString:
		t.Bytes += textBytes
		s := v.Str()
		t.text(uintptr(unsafe.Pointer(unsafe.StringData(s))), len(s))
	case hostapi.TypeList:
		t.note(v, v.List(), containerBytes)
	case hostapi.TypeMap:
		t.note(v, v.Map(), containerBytes)
	case hostapi.TypeRecord:
		t.note(v, v.Record(), containerBytes)
	case hostapi.TypeError, hostapi.TypeObject:
		if o := v.Object(); o != nil {
			t.Object(o)
			if w := o.Wrapper(); w != nil {
				reference(w)
			}
		} else {
			t.note(v, v.Err(), objectBytes)
		}
	default:
		reference(v.Ref())
	}
}

// Object adds an object, without the engine's wrapper, and notes it if it holds
// values.
func (t *Tally) Object(o hostapi.Object) { t.note(hostapi.ObjectOf(o), o, objectBytes) }

// note notes what a pointer refers to, if it is seen for the first time.
func (t *Tally) note(v hostapi.Value, pointer any, bytes int64) {
	p := reflect.ValueOf(pointer)
	if p.Kind() != reflect.Pointer || !t.First(p.Pointer()) {
		return
	}
	t.Bytes += bytes
	if w, ok := pointer.(hostapi.Weighty); ok {
		t.Bytes += w.Weight()
	}
	t.held.Push(v)
}

// Inside looks into what was noted last. It reports false if nothing is left, or
// the task was killed.
func (t *Tally) Inside(reference func(any)) bool {
	v, ok := t.held.Pop()
	if !ok {
		return false
	}
	switch v.Type() {
	case hostapi.TypeList:
		items := v.List().Items
		t.Bytes += int64(cap(items)) * valueBytes
		t.values(items, reference)
	case hostapi.TypeMap:
		t.entries(v.Map(), reference)
	case hostapi.TypeRecord:
		values := v.Record().Values
		t.Bytes += int64(cap(values)) * valueBytes
		t.values(values, reference)
	case hostapi.TypeError, hostapi.TypeObject:
		if o := v.Object(); o == nil {
			t.failure(v.Err(), reference)
		} else if h, ok := o.(hostapi.Holder); ok {
			t.holder(h, reference)
		}
	}
	return t.Look(1)
}

func (t *Tally) values(values []hostapi.Value, reference func(any)) {
	for _, v := range values {
		t.Value(v, reference)
		if !t.Look(1) {
			return
		}
	}
}

func (t *Tally) entries(m *hostapi.Map, reference func(any)) {
	t.Bytes += int64(cap(m.Entries)) * 2 * valueBytes
	for _, e := range m.Entries {
		t.Value(e.Key, reference)
		t.Value(e.Value, reference)
		if !t.Look(2) {
			return
		}
	}
}

func (t *Tally) failure(e *hostapi.Error, reference func(any)) {
	t.Bytes += int64(len(e.Message) + len(e.Stack))
	if e.Details != nil {
		t.Value(hostapi.Wrap(e.Details), reference)
	}
}

// holder looks into an object.
func (t *Tally) holder(h hostapi.Holder, reference func(any)) {
	h.Holds(func(v hostapi.Value) {
		t.Bytes += valueBytes
		if t.Look(1) {
			t.Value(v, reference)
		}
	})
}
