package container

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// An ordered map behaves like a list of pairs that is searched.
func TestOrderedIsAList(t *testing.T) {
	type pair struct{ key, value int }
	rapid.Check(t, func(t *rapid.T) {
		var o Ordered[int, int]
		var model []pair
		at := func(key int) int { return slices.IndexFunc(model, func(p pair) bool { return p.key == key }) }
		key := rapid.IntRange(0, 9)
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				if k := key.Draw(t, "key"); at(k) < 0 {
					v := rapid.IntRange(1, 1000).Draw(t, "value")
					o.Add(k, v)
					model = append(model, pair{k, v})
				}
			},
			"remove": func(t *rapid.T) {
				k := key.Draw(t, "key")
				o.Remove(k)
				model = slices.DeleteFunc(model, func(p pair) bool { return p.key == k })
			},
			"rename": func(t *rapid.T) {
				from, to := key.Draw(t, "from"), key.Draw(t, "to")
				if i := at(from); i >= 0 && at(to) < 0 {
					o.Rename(from, to)
					model[i].key = to
				}
			},
			"": func(t *rapid.T) {
				var want, back []int
				for i, p := range model {
					want = append(want, p.value)
					if o.Find(p.key) != p.value || i > 0 && o.Place(p.key) <= o.Place(model[i-1].key) {
						t.Fatalf("key %d: value %d, place %d", p.key, o.Find(p.key), o.Place(p.key))
					}
				}
				for v := range o.Backward() {
					back = append(back, v)
				}
				slices.Reverse(back)
				if got := slices.Collect(o.All()); !slices.Equal(got, want) || !slices.Equal(back, want) || o.Len() != len(want) {
					t.Fatalf("forward %v, backward %v, length %d, want %v", got, back, o.Len(), want)
				}
			},
		})
	})
}
