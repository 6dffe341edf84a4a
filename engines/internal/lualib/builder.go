package lualib

import "strings"

// builder makes a long string under a budget.
type builder struct {
	budget Budget
	b      strings.Builder
}

func tooLarge(b Budget) { fail(b, "resulting string too large") }

// room makes sure that n more bytes fit.
func (b *builder) room(n int) {
	have, need := b.b.Cap(), b.b.Len()+n
	if need > MaxString || need < 0 {
		tooLarge(b.budget)
	}
	if need > have {
		b.budget.Grow(int64(2*have + n))
		b.b.Grow(n)
	}
}

// add appends s.
func (b *builder) add(s string) {
	b.room(len(s))
	for len(s) > portion {
		b.budget.Tick(portion / copiedPerTick)
		b.b.WriteString(s[:portion])
		s = s[portion:]
	}
	b.b.WriteString(s)
	if n := len(s) / copiedPerTick; n > 0 {
		b.budget.Tick(n)
	}
}
