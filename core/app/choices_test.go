package app

import "testing"

// A cursor cuts a text in parts that make it up again, whatever the text and the place.
func TestCursorLosesNothing(t *testing.T) {
	for _, text := range []string{"", "a", "a\nb\r\nc", "\n\n", "é🔥x\n", "\xff\xfe\n\xffy", "a\r"} {
		for line := -1; line < 5; line++ {
			for column := -1; column < 6; column++ {
				at := cutAt(text, line, column)
				if got := at.above + at.before + at.behind + at.below; got != text {
					t.Errorf("%q at %d:%d: %q", text, line, column, got)
				}
			}
		}
	}
	at := cutAt("one\né🔥x: y\r\nthree", 2, 3)
	if at.above != "one\n" || at.before != "é🔥" || at.behind != "x: y" || at.below != "\r\nthree" {
		t.Errorf("%+v", at)
	}
	before, after := at.word(isWord)
	if c, rest := at.without(before, after); before != "" || after != "x" || c.From != 3 || c.To != 4 || rest.behind != ": y" {
		t.Errorf("word %q %q, %+v, %+v", before, after, c, rest)
	}
}
