// Package coroutine holds the manual coroutines of a process (clauses 9.10 to
// 9.12 of docs/spec) for interpreters that have none that fit. Each runs in a
// coroutine of Go, so that it may yield and wait anywhere, also below native
// functions; a call that waits inside parks the task that resumed it.
package coroutine

import (
	"iter"
	"weak"
)

// Body is what an engine does for a coroutine. V is a value of the interpreter.
type Body[V any] interface {
	// Run calls the coroutine's function with args and gives its results, or
	// with failed set the one value that it threw.
	Run(args []V) (results []V, failed bool)
	// Kill is called before a suspended coroutine is unwound: from then on no
	// code of the script may run in it.
	Kill()
}

// Coroutine is one manual coroutine. It must not refer to the script's handle of
// it, or one that the script has lost would never be found.
type Coroutine[V any] struct {
	body   Body[V]
	status status
	place  *place[V]
	values []V // on their way in or out
	failed bool

	next  func() (struct{}, bool) // set when it has begun
	stop  func()
	yield func(struct{}) bool
}

type status uint8

const (
	suspended status = iota
	active           // running, or waiting for one that it resumed
	dead
)

// Status is "suspended", "active" or "dead"; active is running, or waiting for
// one that it resumed.
func (co *Coroutine[V]) Status() string {
	return [...]string{"suspended", "active", "dead"}[co.status]
}

// Body is what New was given, nil after the end.
func (co *Coroutine[V]) Body() Body[V] { return co.body }

// Refusal says why the coroutine cannot be resumed (9.11), "" if it can.
func (co *Coroutine[V]) Refusal() string {
	switch co.status {
	case dead:
		return "cannot resume dead coroutine"
	case active:
		return "cannot resume non-suspended coroutine"
	}
	return ""
}

// Resume runs a suspended coroutine until it yields or ends. With failed set
// values are the one that it threw. left is true if it has ended and its place
// among those counted was free only now.
func (s *Set[V]) Resume(co *Coroutine[V], args []V) (values []V, failed, left bool) {
	if co.next == nil {
		co.next, co.stop = iter.Pull(co.run)
		if s.started == nil {
			s.started = map[*Coroutine[V]]struct{}{}
		}
		s.started[co] = struct{}{}
	}
	co.status, co.values = active, args
	if _, alive := co.next(); alive {
		co.status = suspended
	} else {
		co.status, co.body = dead, nil
		delete(s.started, co)
		left = co.place.leave()
	}
	values, failed, co.values = co.values, co.failed, nil
	return values, failed, left
}

// run is the coroutine of Go.
func (co *Coroutine[V]) run(yield func(struct{}) bool) {
	co.yield = yield
	args := co.values
	co.values = nil
	co.values, co.failed = co.body.Run(args)
}

// Yield hands values to what resumed the coroutine and waits for the next
// resume, whose arguments it gives. ok is false if the coroutine must unwind. It
// is called in the coroutine.
func (co *Coroutine[V]) Yield(values []V) (args []V, ok bool) {
	co.values = values
	ok = co.yield(struct{}{})
	args, co.values = co.values, nil
	return args, ok
}

// unwind ends a coroutine that is suspended. No code of the script runs.
func (co *Coroutine[V]) unwind() {
	if co.status == suspended && co.next != nil {
		co.body.Kill()
		co.stop()
	}
	co.status, co.body, co.values = dead, nil, nil
}

// place is what a coroutine takes of those a process may have. It refers to
// nothing that keeps the coroutine or its process alive.
type place[V any] struct {
	co   weak.Pointer[Coroutine[V]]
	left bool
}

// leave reports whether the place was taken until now.
func (p *place[V]) leave() bool {
	taken := !p.left
	p.left = true
	return taken
}
