package lualib

import "strings"

// builder makes a long string under a budget.
type builder struct {
	budget Budget
	b      strings.Builder
}

func tooLarge() error { return errorf("resulting string too large") }

// room makes sure that n more bytes fit.
func (b *builder) room(n int) error {
	have, need := b.b.Cap(), b.b.Len()+n
	if need > MaxString || need < 0 {
		return tooLarge()
	}
	if need <= have {
		return nil
	}
	if err := b.budget.Grow(int64(2*have + n)); err != nil {
		return err
	}
	b.b.Grow(n)
	return nil
}

// add appends s.
func (b *builder) add(s string) error {
	if err := b.room(len(s)); err != nil {
		return err
	}
	for len(s) > portion {
		if err := b.budget.Tick(portion / copiedPerTick); err != nil {
			return err
		}
		b.b.WriteString(s[:portion])
		s = s[portion:]
	}
	b.b.WriteString(s)
	if n := len(s) / copiedPerTick; n > 0 {
		return b.budget.Tick(n)
	}
	return nil
}
