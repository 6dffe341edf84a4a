package starlark

import (
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"go.starlark.net/starlark"
)

// A range with a large step can be cut again and again: the interpreter's own
// arithmetic would overflow.
func TestStepsThatOverflow(t *testing.T) {
	in := &instance{}
	in.current = in.newTask(&enginetest.Task{})
	for shift := range 60 {
		for n := range 4 {
			far := starlark.MakeInt(1).Lsh(uint(shift))
			v, err := universe("range").CallInternal(&in.current.thread, starlark.Tuple{starlark.MakeInt(0), far.Mul(starlark.MakeInt(n)), far}, nil)
			if err != nil {
				t.Fatal(err)
			}
			v = in.ranged(v)
			for range 9 {
				r := v.(numbers)
				if r.Len() > 0 && r.Index(0) != starlark.MakeInt(0) || r.Len() == 0 && n > 0 {
					t.Fatalf("%d numbers, shift %d: %v", n, shift, v)
				}
				v = in.ranged(r.Slice(0, r.Len(), 1<<30))
			}
			if last := v.(numbers).Len(); last != min(n, 1) {
				t.Errorf("%d numbers, shift %d: %d are left, of %v", n, shift, last, v)
			}
			if back := v.(numbers).Slice(v.(numbers).Len()-1, -1, -1<<30).(numbers); back.Len() != min(n, 1) {
				t.Errorf("%d numbers, shift %d: %v", n, shift, back)
			}
		}
	}
}
