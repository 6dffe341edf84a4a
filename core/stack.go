package core

import "iter"

// stack is a Go coroutine that runs the bodies of tasks, one after another: a
// process that lives a microsecond does not have to make one.
type stack struct {
	next  func() (struct{}, bool) // runs the task until it gives up the worker
	stop  func()
	yield func(struct{}) bool // gives up the worker
	task  *task               // whose body it runs, nil while it lies ready
}

func newStack() *stack {
	s := &stack{}
	s.next, s.stop = iter.Pull(func(yield func(struct{}) bool) {
		s.yield = yield
		for {
			s.task.run()
			if !yield(struct{}{}) {
				return
			}
		}
	})
	return s
}

// stacksKept is how many stacks a worker keeps ready.
const stacksKept = 64

// stacks are those that a worker keeps ready. They belong to its goroutine.
type stacks struct{ free []*stack }

func (l *stacks) take() *stack {
	n := len(l.free)
	if n == 0 {
		return newStack()
	}
	s := l.free[n-1]
	l.free[n-1] = nil
	l.free = l.free[:n-1]
	return s
}

func (l *stacks) put(s *stack) {
	s.task = nil
	if len(l.free) >= stacksKept {
		s.stop()
		return
	}
	l.free = append(l.free, s)
}

// clear ends all stacks. The worker has stopped.
func (l *stacks) clear() {
	for _, s := range l.free {
		s.stop()
	}
	l.free = nil
}
