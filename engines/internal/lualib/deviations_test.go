package lualib

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestDeviations lists where this package differs from a reference
// implementation on purpose: what Lua 5.1 and 5.2 give, what we give, and why.
// That the references do so is checked too.
func TestDeviations(t *testing.T) {
	negativeZero := math.Copysign(0, -1)
	deviations := []struct {
		comparison
		lua51, lua52, ours string
		why                string
	}{
		{comparison{"", "string.format", in("%d", 3.7)}, quoted("3"), quoted("3"), "error",
			"19.7: integer conversions of a non-integral number raise INVALID"},
		{comparison{"", "string.format", in("%x", -1.0)}, quoted("ffffffffffffffff"), "error", quoted("ffffffffffffffff"),
			"not specified; an integral number does not raise"},
		{comparison{"", "string.format", in("%s", "a\x00b")}, quoted("a"), quoted("a"), quoted("a\x00b"),
			"19.7: bytes"},
		{comparison{"", "string.format", in("%s", 1e15)}, quoted("1e+15"), quoted("1e+15"), quoted("1000000000000000"),
			"19.7: integral numbers in full"},
		{comparison{"", "string.format", in("%s", negativeZero)}, quoted("-0"), quoted("-0"), quoted("0"),
			"19.7: -0 is 0"},
		{comparison{"", "table.concat", in(list(1e15))}, quoted("1e+15"), quoted("1e+15"), quoted("1000000000000000"),
			"19.7: integral numbers in full"},
		{comparison{"", "string.gsub", in("aa", "a", "b", -1.0)}, quoted("aa") + " n0", quoted("bb") + " n2", quoted("aa") + " n0",
			"not specified; a negative limit replaces nothing, as in Lua 5.1 and 5.3"},
		{comparison{"", "string.format", in("%a", 1.0)}, "error", quoted("0x1p+0"), "error",
			"19.7: %a is not among the conversions"},
		{comparison{"", "string.find", in("abc", "", 10.0)}, "n4 n3", "nil", "nil",
			"19.7: patterns are those of Lua 5.2"},
		{comparison{"", "string.gsub", in("abc", "b", "%x")}, quoted("axc") + " n1", "error", "error",
			"19.7: patterns are those of Lua 5.2"},
		{comparison{"", "tonumber", in("0x10", 16.0)}, "n16", "nil", "nil",
			"19.7: a base takes digits only"},
		{comparison{"", "string.rep", in("ab", 2.0, ",")}, quoted("abab"), quoted("ab,ab"), quoted("ab,ab"),
			"19.7: string.rep has a separator"},
		{comparison{"", "math.log", in(8.0, 2.0)}, "n2.0794415416798357", "n3", "n3",
			"19.7: math.log has a base"},
	}
	for _, version := range []string{"lua5.1", "lua5.2"} {
		t.Run(version, func(t *testing.T) {
			var code strings.Builder
			for _, d := range deviations {
				fmt.Fprintf(&code, "case(function() return %s end)\n", d.lua())
			}
			for i, got := range reference(t, version, code.String()) {
				want := deviations[i].lua52
				if version == "lua5.1" {
					want = deviations[i].lua51
				}
				if got != want {
					t.Errorf("%s gives %s, the table says %s", readable(deviations[i].comparison), got, want)
				}
			}
		})
	}
	for _, d := range deviations {
		if got, _ := d.comparison.ours(t); got != d.ours {
			t.Errorf("%s gives %s, want %s (%s)", readable(d.comparison), got, d.ours, d.why)
		}
		if d.ours == d.lua51 && d.ours == d.lua52 {
			t.Errorf("%s is no deviation", readable(d.comparison))
		}
	}
}

func quoted(s string) string { return fmt.Sprintf("s%x", s) }
