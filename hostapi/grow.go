package hostapi

import "context"

// Charged is the key under which the context of work outside has the function that Grow
// calls, a func(int64) error. The core sets it.
type Charged struct{}

// Grow charges n bytes that work outside has read, and not yet delivered, to the process
// for which it works; n may be negative (40.7). It is called in that work, with its
// context or one that was made of it; with another it does nothing. The error says that
// nobody waits for the work any more: the process was over its limit, perhaps.
func Grow(ctx context.Context, n int64) error {
	if charge, ok := ctx.Value(Charged{}).(func(int64) error); ok {
		return charge(n)
	}
	return ctx.Err()
}
