package payload_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/payload"
)

// all is a payload of each kind, and what JSON would lose.
func all() []hostapi.Value {
	unordered := hostapi.MapOf(hostapi.Field("b", hostapi.Int(1)), hostapi.Field("a", hostapi.Int(2)))
	unordered.Map().Unordered = true
	e := &hostapi.Error{
		Kind: hostapi.Conflict, Message: "taken", Retryable: hostapi.True, Context: []string{"outer", "inner"}, Script: true, Stack: "a\nb",
		Details: hostapi.MapOf(hostapi.Field("by", hostapi.ListOf(hostapi.String("x")))).Map(),
	}
	return []hostapi.Value{
		{}, hostapi.Bool(true), hostapi.Bool(false),
		hostapi.Int(0), hostapi.Int(-1), hostapi.Int(hostapi.MaxInt), hostapi.Int(-hostapi.MaxInt),
		hostapi.Float(1), hostapi.Float(-0.5), hostapi.Float(math.Inf(-1)), hostapi.Float(math.NaN()), hostapi.Float(math.SmallestNonzeroFloat64),
		hostapi.String(""), hostapi.String("\xff\x00é"), hostapi.String(strings.Repeat("long", 1000)),
		hostapi.ListOf(), hostapi.ListOf(hostapi.Value{}, hostapi.ListOf(hostapi.Int(1)), hostapi.MapOf()),
		hostapi.MapOf(), unordered,
		hostapi.MapOf(
			hostapi.Field("z", hostapi.Int(1)), hostapi.Entry{Key: hostapi.Int(1), Value: hostapi.Value{}},
			hostapi.Entry{Key: hostapi.Float(1.5), Value: hostapi.Bool(true)}, hostapi.Entry{Key: hostapi.Bool(false), Value: hostapi.Float(2)},
			hostapi.Field("a", hostapi.MapOf(hostapi.Field("deep", hostapi.Wrap(e)))),
		),
		hostapi.Wrap(e), hostapi.Wrap(&hostapi.Error{}), hostapi.Wrap(hostapi.Errorf(hostapi.NotFound, "no")),
	}
}

// What is read is what was written, the order of maps and the kinds of numbers included.
func TestEveryKindComesBack(t *testing.T) {
	for _, v := range all() {
		b, err := payload.Append([]byte("before"), v)
		if err != nil {
			t.Fatalf("%s: %v", v, err)
		}
		b, found := bytes.CutPrefix(b, []byte("before"))
		got, err := payload.Read(b)
		if err != nil || !found {
			t.Fatalf("%s: %v", v, err)
		}
		// The text form shows order and fields that Equal overlooks.
		if !got.Equal(v) || got.String() != v.String() {
			t.Errorf("%s comes back as %s", v, got)
		}
		if m := v.Map(); m != nil && got.Map().Unordered != m.Unordered {
			t.Errorf("%s: unordered is %v", v, got.Map().Unordered)
		}
		if e := v.Err(); e != nil && (got.Err().Script != e.Script || got.Err().Stack != e.Stack || strings.Join(got.Err().Context, ",") != strings.Join(e.Context, ",")) {
			t.Errorf("%#v comes back as %#v", e, got.Err())
		}
	}
}

// What was read is another value than what was written, and does not change with the bytes.
func TestReadGivesACopy(t *testing.T) {
	b, err := payload.Append(nil, hostapi.ListOf(hostapi.String("kept")))
	if err != nil {
		t.Fatal(err)
	}
	v, err := payload.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	clear(b)
	if v.String() != `["kept"]` {
		t.Errorf("it became %s", v)
	}
}

type local struct{ hostapi.Handle }

func (local) ObjectType() *hostapi.ObjectType { return &hostapi.ObjectType{Name: "local"} }
func (local) String() string                  { return "a local thing" }

func TestWhatIsNoPayloadIsRefused(t *testing.T) {
	for _, v := range []hostapi.Value{hostapi.Wrap(&local{}), hostapi.ListOf(hostapi.Wrap(&local{})), hostapi.MapOf(hostapi.Field("a", hostapi.Wrap(&local{})))} {
		_, err := payload.Append(nil, v)
		if e := hostapi.AsError(err); e == nil || e.Kind != hostapi.Invalid || e.Message != "cannot write a local" {
			t.Errorf("%s: %v", v, err)
		}
	}
}

// Bytes that are cut off anywhere, or followed by others, are no payload.
func TestCutOffBytesAreRefused(t *testing.T) {
	for _, v := range all() {
		b, err := payload.Append(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		for n := range b {
			if got, err := payload.Read(b[:n]); err == nil {
				t.Fatalf("%d of %d bytes of %s are read as %s", n, len(b), v, got)
			}
		}
		if _, err := payload.Read(append(b, 0)); err == nil {
			t.Errorf("%s is read with a byte too much", v)
		}
	}
}

// FuzzRead: whatever is read writes as something that reads as the same.
func FuzzRead(f *testing.F) {
	for _, v := range all() {
		b, err := payload.Append(nil, v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := payload.Read(b)
		if err != nil {
			return
		}
		again, err := payload.Append(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		w, err := payload.Read(again)
		if err != nil || w.String() != v.String() {
			t.Fatalf("%s comes back as %s, %v", v, w, err)
		}
	})
}
