package schedule

import "iter"

// Body is what a stack runs.
type Body interface{ Run() }

// Stack is a Go coroutine that runs bodies, one after another: a process that
// lives a microsecond does not have to make one.
type Stack struct {
	next  func() (struct{}, bool) // runs the body until it gives up the worker
	yield func(struct{}) bool     // gives up the worker
	body  Body                    // nil while it lies ready, and to end it
}

func newStack() *Stack {
	s := &Stack{}
	s.next, _ = iter.Pull(func(yield func(struct{}) bool) {
		s.yield = yield
		for s.body != nil {
			s.body.Run()
			yield(struct{}{})
		}
	})
	return s
}

// Resume runs the body until it yields or returns.
func (s *Stack) Resume() { s.next() }

// Pause gives up the worker; it returns when the stack is resumed.
func (s *Stack) Pause() { s.yield(struct{}{}) }

// stacksKept is how many stacks a worker keeps ready.
const stacksKept = 64

// Stacks are those that a worker keeps ready. They belong to its goroutine.
type Stacks struct{ free []*Stack }

// Take gives a stack that is about to run a body.
func (l *Stacks) Take(b Body) *Stack {
	var s *Stack
	if n := len(l.free); n == 0 {
		s = newStack()
	} else {
		s = l.free[n-1]
		l.free[n-1] = nil
		l.free = l.free[:n-1]
	}
	s.body = b
	return s
}

// Put takes a stack back whose body has returned.
func (l *Stacks) Put(s *Stack) {
	s.body = nil
	if len(l.free) >= stacksKept {
		s.next() // without a body it ends
		return
	}
	l.free = append(l.free, s)
}

// Clear ends all stacks. The worker has stopped.
func (l *Stacks) Clear() {
	for _, s := range l.free {
		s.next()
	}
	l.free = nil
}
