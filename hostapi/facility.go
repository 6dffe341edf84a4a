package hostapi

// Facilities are what a runtime offers to modules beside Process: the groups and
// supervisors of the core, and what the embedding program gives
// (core.Options.Facilities), such as a connection pool. A module finds the one it
// needs by its type, and so has one state for each runtime instead of one for the
// program.
type Facilities interface {
	// Facility offers one facility after the other to accept, until that is true:
	// first those of the embedding program, in order. Modules call FacilityOf.
	Facility(accept func(facility any) bool)
	// Local gives what a module keeps for this process under a key of a type of its
	// own, for as long as the process lives; at first what make makes. Modules call
	// LocalOf.
	Local(key any, make func() any) any
	// Sharer is that of the runtime of the process.
	Sharer
}

// Sharer keeps what modules and services have in common in one runtime. A runtime and its
// processes implement it, safe for concurrent use.
type Sharer interface {
	// Shared gives what is kept under a key of a type of the module's own, for as long as
	// the runtime lives; at first what make makes, which must not use the runtime. Modules
	// call SharedOf.
	Shared(key any, make func() any) any
}

// SharedOf gives the T that a runtime keeps for a module, at first what make makes. T is a
// type of the module's own.
func SharedOf[T any](s Sharer, make func() T) T {
	type key struct{ _ *T }
	return s.Shared(key{}, func() any { return make() }).(T)
}

// LocalOf gives the T that a module keeps for a process, at first what make makes. T is
// a type of the module's own.
func LocalOf[T any](p Facilities, make func() T) T {
	type key struct{ _ *T }
	return p.Local(key{}, func() any { return make() }).(T)
}

// FacilityOf gives the facility that is a T: for an interface the first that
// implements it. ok is false if the runtime has none.
func FacilityOf[T any](p Facilities) (facility T, ok bool) {
	p.Facility(func(f any) bool {
		facility, ok = f.(T)
		return ok
	})
	return facility, ok
}

// NeedFacility is FacilityOf for functions that cannot do without: the error is
// Unavailable "<what> is not available in this runtime".
func NeedFacility[T any](p Facilities, what string) (T, error) {
	f, ok := FacilityOf[T](p)
	if !ok {
		return f, Errorf(Unavailable, "%s is not available in this runtime", what)
	}
	return f, nil
}
