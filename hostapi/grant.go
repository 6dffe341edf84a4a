package hostapi

import "context"

// Grant is a resource that the entry was granted whose code runs (41.2). It is a value:
// work outside may use it.
type Grant struct {
	ID   string // of the resource
	Kind string // "fs.dir"
	// ReadOnly says that the entry may only read: what writes is PermissionDenied
	// "read only" (41.2).
	ReadOnly bool
	// Says is what is known of the resource before it is open: what its entry says
	// (spec.Kind.Read), or the resource itself where a program has defined it.
	Says any
	// Open gives the resource, and opens it first if nobody has (41.6): so it is called
	// in the work of an operation, on any goroutine, unless the kind is one that is
	// opened at the start. ctx is that of the work. Modules call Opened.
	Open func(ctx context.Context) (any, error)
}

// Opened gives the resource of a grant, which must be a T: as Grant.Open, in the work of
// an operation.
func Opened[T any](ctx context.Context, g Grant) (T, error) {
	var none T
	v, err := g.Open(ctx)
	if err != nil {
		return none, err
	}
	t, ok := v.(T)
	if !ok {
		return none, Errorf(Internal, "%s is a %T, which does not serve as %s", g.ID, v, g.Kind)
	}
	return t, nil
}

// Write gives the error of something that writes, nil if that is granted.
func (g Grant) Write() error {
	if g.ReadOnly {
		return Errorf(PermissionDenied, "read only")
	}
	return nil
}
