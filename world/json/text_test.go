package json

import (
	stdjson "encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
)

// read and write are decode and encode without a script.
func read(text string, lenient bool) (hostapi.Value, error) {
	d := decoder{limits: hostapi.DefaultPayloadLimits, lenient: lenient, effort: effort.None()}
	return d.decode(text)
}

func write(v hostapi.Value) (string, error) {
	e := encoder{limit: 1 << 30, effort: effort.None()}
	err := e.value(v, 0)
	return string(e.text), err
}

// FuzzDecode compares with encoding/json: what is read means the same there, what is
// refused is refused there too or is one of what that package lets pass, and what was
// read is written so that it is read equal.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		"null", `{"a":[1,2.5,"x",true,null,{}],"b":{"c":[]}}`, `"\u00e9\ud83d\ude00\n"`, "-0", "1e5", "9007199254740993", "[1,", `{"a":1,"a":2}`,
		" [ ] ", "01", "1.5e-3", `{"":""}`, "\"\xff\"", `"\ud800"`, "tru", "1e999",
	} {
		f.Add(text, false)
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, lenient bool) {
		v, err := read(text, lenient)
		if err != nil {
			var e *hostapi.Error
			if !errors.As(err, &e) || e.Kind != hostapi.Invalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		var want any
		d := stdjson.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q is read, encoding/json says %v", text, err)
		}
		if !same(v, want) {
			t.Fatalf("%q is %s, encoding/json says %v", text, v, want)
		}
		again, err := write(v)
		if err != nil {
			t.Fatalf("%q is %s, which is not written: %v", text, v, err)
		}
		if w, err := read(again, false); err != nil || !equal(v, w) {
			t.Fatalf("%q is %s, written %s, read %s, %v", text, v, again, w, err)
		}
	})
}

// same reports whether a value is what encoding/json read.
func same(v hostapi.Value, want any) bool {
	switch x := want.(type) {
	case nil:
		return v.IsNil()
	case bool:
		return v.Equal(hostapi.Bool(x))
	case string:
		return v.Str() == x && v.Type() == hostapi.TypeString
	case stdjson.Number:
		if v.Type() == hostapi.TypeString {
			return v.Str() == string(x)
		}
		f, err := x.Float64()
		return err == nil && f == v.Float()
	case []any:
		if v.List() == nil || len(v.List().Items) != len(x) {
			return false
		}
		for i := range x {
			if !same(v.List().Items[i], x[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		if v.Map() == nil || len(v.Map().Entries) != len(x) {
			return false
		}
		for name := range x {
			if !same(v.Map().Get(name), x[name]) {
				return false
			}
		}
		return true
	}
	return false
}

// equal is Value.Equal, but an integral float is the int.
func equal(v, w hostapi.Value) bool {
	switch v.Type() {
	case hostapi.TypeInt, hostapi.TypeFloat:
		return v.Float() == w.Float() && w.Type() != hostapi.TypeString
	case hostapi.TypeList:
		if w.List() == nil || len(v.List().Items) != len(w.List().Items) {
			return false
		}
		for i := range v.List().Items {
			if !equal(v.List().Items[i], w.List().Items[i]) {
				return false
			}
		}
		return true
	case hostapi.TypeMap:
		if w.Map() == nil || len(v.Map().Entries) != len(w.Map().Entries) {
			return false
		}
		for _, e := range v.Map().Entries {
			if !equal(e.Value, w.Map().Get(e.Key.Str())) {
				return false
			}
		}
		return true
	}
	return v.Equal(w)
}

// FuzzEncode writes strings and numbers as encoding/json reads them.
func FuzzEncode(f *testing.F) {
	f.Add("a\"\\\n\x00é<>&\u2028", 0.5)
	f.Add("\xff", math.Ldexp(1, 60))
	f.Add("", -1e-9)
	f.Fuzz(func(t *testing.T, text string, number float64) {
		if math.IsNaN(number) || math.IsInf(number, 0) {
			number = 1
		}
		got, err := write(hostapi.ListOf(hostapi.String(text), hostapi.Float(number)))
		if !utf8.ValidString(text) {
			if err == nil {
				t.Fatalf("%q is written %s", text, got)
			}
			return
		}
		var back []any
		if err != nil || stdjson.Unmarshal([]byte(got), &back) != nil || back[0] != text || back[1] != number {
			t.Fatalf("%q and %v are written %s, %v, read %v", text, number, got, err, back)
		}
	})
}
