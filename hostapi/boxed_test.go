package hostapi

import "testing"

func TestBoxedStringsAreStrings(t *testing.T) {
	for _, s := range []string{"", "word"} {
		v := BoxedString(s)
		if !v.Equal(String(s)) || v.Type() != TypeString || v.Str() != s || v.Boxed() != any(s) || String(s).Boxed() != any(s) {
			t.Errorf("%q: got %v, which holds %v", s, v, v.Boxed())
		}
	}
	text := string(make([]byte, 40))
	if n := testing.AllocsPerRun(10, func() { sink = String(text); text = sink.Str() }); n != 0 {
		t.Errorf("%v allocations of a value of a string", n)
	}
	for _, empty := range []Value{String(""), String(text[:0]), String(text[40:])} {
		if empty.Type() != TypeString || empty.Str() != "" || empty.IsNil() || !empty.Equal(BoxedString("")) {
			t.Errorf("the empty string is %v", empty)
		}
	}
	var x any = "kept"
	if n := testing.AllocsPerRun(10, func() { _ = BoxedString(x).Boxed() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	defer func() {
		if recover() == nil {
			t.Error("a number was taken for a string")
		}
	}()
	BoxedString(1)
}

var sink Value
