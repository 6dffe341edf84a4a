package gopherlua

import (
	"context"
	"iter"
	"runtime"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// coroutine is a manual coroutine (9.10). From its first resume on it has a
// coroutine of Go, and so a strand, of its own: a yield may come from below any
// native function, and a call that waits inside parks the task that resumed it.
type coroutine struct {
	fn      lua.LValue
	strand  *strand
	resumer *strand // while it runs
	status  string  // suspended, running, normal, dead
	passed  []lua.LValue
	failed  bool // passed holds what was thrown
	next    func() (struct{}, bool)
	stop    func()
	yield   func(struct{}) bool
	// handle is the script's value. Nothing that the suspended coroutine holds
	// refers to it, so that it can become garbage.
	handle weak.Pointer[lua.LState]
}

// handle is what the script's value for a coroutine stands for: a managed or a
// manual one. The value is an LState that never runs.
type handle struct {
	context.Context // nil
	managed         hostapi.Coroutine
	manual          *coroutine
}

func newHandle(h *handle) *lua.LState {
	l := &lua.LState{}
	l.SetContext(h)
	return l
}

func handleOf(l *lua.LState) *handle {
	h, _ := l.Context().(*handle)
	return h
}

// resumer is the strand that waits for s to yield or end, nil if there is none.
func (s *strand) resumer() *strand {
	if s.co == nil {
		return nil
	}
	return s.co.resumer
}

// newCoroutine makes a suspended coroutine and its handle.
func (s *strand) newCoroutine(l *lua.LState, fn lua.LValue) *lua.LState {
	s.in.collect(s)
	if err := s.task.host.AddCoroutine(); err != nil {
		s.fail(l, err)
	}
	co := &coroutine{fn: fn, status: "suspended"}
	v := newHandle(&handle{manual: co})
	co.handle = weak.Make(v)
	in := s.in
	runtime.AddCleanup(v, func(co *coroutine) {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.garbage = append(in.garbage, co)
	}, co)
	return v
}

// collect ends the suspended coroutines whose handles are garbage.
func (in *instance) collect(s *strand) {
	in.mu.Lock()
	garbage := in.garbage
	in.garbage = nil
	in.mu.Unlock()
	for _, co := range garbage {
		if co.status != "dead" {
			in.discard(co)
			s.task.host.RemoveCoroutine()
		}
	}
}

// discard unwinds a suspended coroutine without running any of its code.
func (in *instance) discard(co *coroutine) {
	co.status = "dead"
	delete(in.started, co)
	if co.strand != nil {
		co.strand.task = &task{host: co.strand.task.host, killed: true}
		co.strand.left = 0
		co.stop()
	}
	co.passed = nil
}

// start gives the coroutine its stack.
func (co *coroutine) start(in *instance) {
	s := &strand{in: in, co: co}
	co.strand = s
	co.next, co.stop = iter.Pull(func(yield func(struct{}) bool) {
		co.yield = yield
		l := in.engine.acquire(s)
		l.Push(in.engine.guard)
		l.Push(co.fn)
		n := len(co.passed)
		reserve(l, n)
		for _, v := range co.passed {
			l.Push(v)
		}
		co.fn, co.passed = nil, nil
		thrown, ok := s.run(l, n)
		if ok {
			co.passed = take(l, 1)
		} else {
			co.passed, co.failed = []lua.LValue{thrown}, true
		}
		in.engine.release(l)
	})
	if in.started == nil {
		in.started = map[*coroutine]bool{}
	}
	in.started[co] = true
}

// resume runs co until it yields, returns or throws.
func (s *strand) resume(l *lua.LState, co *coroutine, args []lua.LValue) (values []lua.LValue, ok bool) {
	in := s.in
	in.collect(s)
	if s.below+len(s.levels) > maxLevels {
		throwString(l, "stack overflow", 1)
	}
	if co.strand == nil {
		co.start(in)
	}
	co.passed = args
	co.resumer = s
	co.strand.task, co.strand.left, co.strand.below = s.task, s.left, s.below+len(s.levels)
	co.status = "running"
	if s.co != nil {
		s.co.status = "normal"
	}
	_, alive := co.next()
	if s.co != nil {
		s.co.status = "running"
	}
	s.left, co.resumer = co.strand.left, nil
	values, co.passed = co.passed, nil
	if !alive {
		co.status = "dead"
		delete(in.started, co)
		s.task.host.RemoveCoroutine()
	}
	if s.task.killed {
		s.kill(l)
	}
	return values, !co.failed
}

// take gives the values of the stack from index i on.
func take(l *lua.LState, i int) []lua.LValue {
	var values []lua.LValue
	for ; i <= l.GetTop(); i++ {
		values = append(values, l.Get(i))
	}
	return values
}

func give(l *lua.LState, values []lua.LValue) int {
	reserve(l, len(values))
	for _, v := range values {
		l.Push(v)
	}
	return len(values)
}

func coroutineMembers() []member {
	return []member{
		{name: "create", value: native(coroutineCreate)},
		{name: "isyieldable", value: native(func(l *lua.LState) int {
			l.Push(lua.LBool(strandOf(l).co != nil))
			return 1
		})},
		{name: "resume", value: native(coroutineResume)},
		{name: "running", value: native(coroutineRunning)},
		{name: "status", value: native(coroutineStatus)},
		{name: "wrap", value: native(coroutineWrap)},
		{name: "yield", make: coroutineYield},
	}
}

func coroutineCreate(l *lua.LState) int {
	l.Push(checkCoroutineFunction(l, "create"))
	return 1
}

func checkCoroutineFunction(l *lua.LState, name string) *lua.LState {
	fn, ok := l.Get(1).(*lua.LFunction)
	if !ok {
		throw(l, hostapi.Invalid, "coroutine.%s: argument #1 must be a function, got %s", name, l.Get(1).Type())
	}
	return strandOf(l).newCoroutine(l, fn)
}

func checkHandle(l *lua.LState, name string) *handle {
	if t, ok := l.Get(1).(*lua.LState); ok {
		return handleOf(t)
	}
	throw(l, hostapi.Invalid, "coroutine.%s: argument #1 must be a coroutine, got %s", name, l.Get(1).Type())
	return nil
}

// refusal says why a coroutine cannot be resumed (9.11), "" if it can.
func (h *handle) refusal() string {
	switch {
	case h.managed != nil && h.managed.Status() == "dead", h.manual != nil && h.manual.status == "dead":
		return "cannot resume dead coroutine"
	case h.managed != nil || h.manual.status != "suspended":
		return "cannot resume non-suspended coroutine"
	}
	return ""
}

func coroutineResume(l *lua.LState) int {
	h := checkHandle(l, "resume")
	if text := h.refusal(); text != "" {
		l.Push(lua.LFalse)
		l.Push(lua.LString(text))
		return 2
	}
	values, ok := strandOf(l).resume(l, h.manual, take(l, 2))
	l.Push(lua.LBool(ok))
	return give(l, values) + 1
}

func coroutineWrap(l *lua.LState) int {
	v := checkCoroutineFunction(l, "wrap")
	l.Push(native(func(l *lua.LState) int {
		h := handleOf(v)
		if text := h.refusal(); text != "" {
			throwString(l, text, 1)
		}
		values, ok := strandOf(l).resume(l, h.manual, take(l, 1))
		if !ok {
			l.Error(values[0], 0)
		}
		runtime.KeepAlive(v)
		return give(l, values)
	}))
	return 1
}

func coroutineRunning(l *lua.LState) int {
	s := strandOf(l)
	if s.co != nil {
		l.Push(s.co.handle.Value())
		l.Push(lua.LFalse)
		return 2
	}
	l.Push(s.in.wrap(s.task.host.Coroutine()))
	l.Push(lua.LTrue)
	return 2
}

func coroutineStatus(l *lua.LState) int {
	h := checkHandle(l, "status")
	status := ""
	if h.managed != nil {
		status = h.managed.Status()
	} else if status = h.manual.status; status == "running" && strandOf(l).co != h.manual {
		status = "normal" // it waits in a call of the host
	}
	l.Push(lua.LString(status))
	return 1
}

// coroutineYield yields inside a manual coroutine. Elsewhere it lets the other
// coroutines of the process run, by the function of the host (9.5, 9.11).
func coroutineYield(host *lua.LFunction) lua.LValue {
	return native(func(l *lua.LState) int {
		s := strandOf(l)
		co := s.co
		if co == nil {
			if host != nil {
				return host.GFunction(l)
			}
			throw(l, hostapi.Invalid, "attempt to yield from outside a coroutine")
		}
		co.passed = take(l, 1)
		co.status = "suspended"
		if !co.yield(struct{}{}) {
			s.kill(l)
		}
		args := co.passed
		co.passed = nil
		return give(l, args)
	})
}
