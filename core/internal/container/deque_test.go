package container

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A deque behaves like a slice, whatever its ring does.
func TestDequeIsASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d Deque[int]
		var model []int
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				for _, x := range rapid.SliceOfN(rapid.Int(), 1, 100).Draw(t, "values") {
					d.PushBack(x)
					model = append(model, x)
				}
			},
			"pop": func(t *rapid.T) {
				for range rapid.IntRange(0, len(model)).Draw(t, "how many") {
					if got := d.PopFront(); got != model[0] {
						t.Fatalf("%d comes first, want %d", got, model[0])
					}
					model = model[1:]
				}
			},
			"filter": func(t *rapid.T) {
				odd := func(x int) bool { return x%2 != 0 }
				d.Filter(func(x *int) bool { return odd(*x) })
				model = slices.DeleteFunc(model, func(x int) bool { return !odd(x) })
			},
			"change": func(t *rapid.T) {
				if len(model) > 0 {
					i := rapid.IntRange(0, len(model)-1).Draw(t, "index")
					*d.At(i), model[i] = 7, 7
				}
			},
			"": func(t *rapid.T) {
				got := make([]int, d.Len())
				for i := range got {
					got[i] = *d.At(i)
				}
				if !slices.Equal(got, model) {
					t.Fatalf("%v, want %v", got, model)
				}
			},
		})
	})
}
