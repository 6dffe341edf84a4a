package hostapi

import "testing"

func TestBoxedStringsAreStrings(t *testing.T) {
	for _, s := range []string{"", "word"} {
		v := BoxedString(s)
		if v != String(s) || v.Type() != TypeString || v.Str() != s || v.Boxed() != any(s) || String(s).Boxed() != any(s) {
			t.Errorf("%q: got %v, which holds %v", s, v, v.Boxed())
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
