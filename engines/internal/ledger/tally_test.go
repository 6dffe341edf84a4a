package ledger

import (
	"reflect"
	"strings"
	"testing"
)

func TestTallyOfTexts(t *testing.T) {
	short, other := strings.Repeat("s", shortString-1), strings.Repeat("o", shortString)
	large := strings.Repeat("l", 2*largeString)
	var tally Tally
	for _, c := range []struct {
		what  string
		texts []string
		grown []bool
		want  int
	}{
		{"nothing", nil, nil, 0},
		{"empty", []string{""}, []bool{false}, 0},
		{"short ones count each time", []string{short, short}, []bool{true, true}, 2 * len(short)},
		{"others count once", []string{other, other}, []bool{true, false}, len(other)},
		{"parts of large ones share memory", []string{large[largeString:], large[1:], large}, []bool{false, false, false}, len(large)},
		{"all of them", []string{short, other, large}, []bool{true, true, false}, len(short) + len(other) + len(large)},
	} {
		for i, s := range c.texts {
			if got := tally.Text(reflect.ValueOf(s)); got != c.grown[i] {
				t.Errorf("%s: text %d: %v, want %v", c.what, i, got, c.grown[i])
			}
		}
		if got := tally.Total(); got != int64(c.want) {
			t.Errorf("%s: %d bytes, want %d", c.what, got, c.want)
		}
		tally.Clear()
	}
}
