package gopherlua

import (
	"context"
	"fmt"
	"runtime/debug"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

const (
	// interval is the number of instructions between two ticks.
	interval = 2000
	// bytesPerStep is what an instruction allocates, at most and on average.
	bytesPerStep = 96
	// unknownBytes are as many as the whole program has allocated, at most.
	unknownBytes = 1 << 40
	// An instruction can copy all arguments of a call: {...}. Where there are
	// that many values on a stack, this counts, and ticks come more often.
	wideStack     = 2048
	veryWideStack = 16384
	manyArguments = 128
	// maxLevels bounds protected calls and resumed coroutines inside each
	// other, maxNested the Go stack they need together.
	maxLevels = 1200
	maxNested = 12000
)

// task is a hostapi.Task and whether it must end. Once killed it stays so.
type task struct {
	host   hostapi.Task
	killed bool
}

// strand is one line of execution with a Go stack of its own: that of a task,
// or of a manual coroutine. It is the context of the LStates it runs on, one
// for each protected call. The interpreter asks Done before each instruction.
type strand struct {
	context.Context // nil: the interpreter calls Done and Err only

	in   *instance
	task *task // whose call it is part of now
	co   *coroutine
	// left counts instructions down to the next tick, from quota.
	left, quota int
	// garbage counts collections. Of those in other calls than the script's own s
	// takes no notice.
	garbage   *collections
	collected uint32
	// levels are the LStates, the running one last.
	levels []*lua.LState
	// child runs in a coroutine that s resumed and that did not yield yet.
	child *strand
	// next and previous are other strands of tasks.
	next, previous *strand
	// below is the number of levels of the strands that resumed this one.
	below  int
	frames []hostapi.Frame // where the last uncaught error came from
	call   *call           // of functions of the host; nil before the first
}

func newStrand(in *instance, t *task) *strand {
	n, garbage := in.pace.Every(), in.engine.collectionsFor(t.host)
	return &strand{in: in, task: t, left: n, quota: n, garbage: garbage, collected: garbage.Load()}
}

func strandOf(l *lua.LState) *strand { return l.Context().(*strand) }

// Done counts one instruction. It gives a closed channel to stop the script.
func (s *strand) Done() <-chan struct{} {
	if s.left--; s.left > 0 && s.collected == s.garbage.Load() {
		return nil
	}
	return s.pause()
}

// pause is not inlined, to keep Done short.
//
//go:noinline
func (s *strand) pause() <-chan struct{} {
	if s.tick() == nil {
		s.checkArguments()
		return nil
	}
	stop := make(chan struct{})
	close(stop)
	return stop
}

// checkArguments throws if the running call has too many: each step with them takes
// long.
func (s *strand) checkArguments() {
	known := s.in.engine.layout
	if len(s.levels) == 0 {
		return
	}
	l := s.levels[len(s.levels)-1]
	if used, _ := known.stack(l); used <= lualib.MostValues {
		return
	}
	if call, ok := l.GetStack(0); ok && known.arguments(call) > lualib.MostValues {
		throwString(l, "too many arguments", 0)
	}
}

// Err gives the text with which the interpreter unwinds a killed script.
func (s *strand) Err() error { return hostapi.ErrKilled }

// tick reports the instructions executed since the last tick.
func (s *strand) tick() error {
	if !s.task.killed {
		n := s.quota - s.left
		took, pause := s.in.pace.Report(n)
		s.quota = s.in.pace.Every()
		s.left = s.quota
		bytes := s.allocated(n)
		switch {
		case took > 0:
			bytes += int64(took) * ledger.BytesPerNanosecond
		case took < 0 && s.collected != s.garbage.Load():
			bytes = unknownBytes
		}
		if s.task.host.Tick(n) == nil && (pause == 0 || s.task.host.Pause(pause) == nil) && s.account(bytes) == nil && s.prepare() == nil {
			s.in.pace.Begin()
			s.collected = s.garbage.Load()
			return nil
		}
		s.task.killed = true
	}
	s.left = 0
	return hostapi.ErrKilled
}

// allocated gives how many bytes n instructions may have allocated.
func (s *strand) allocated(n int) int64 {
	bytes := int64(n) * bytesPerStep
	if known := s.in.engine.layout; len(s.levels) > 0 {
		l := s.levels[len(s.levels)-1]
		if used, all := known.stack(l); used > wideStack {
			bytes += int64(n) * int64(used) * slotBytes
			s.widen(used, veryWideStack)
			if call, ok := l.GetStack(0); ok {
				s.widen(known.arguments(call), manyArguments)
			}
			if all-used < used/4 { // it would be copied at each small step that it grows
				reserve(l, min(used, registryMax-used))
			}
		}
	}
	return bytes
}

// widen brings the next tick nearer if an instruction may have to do with n values,
// and that is more than usual.
func (s *strand) widen(n, usual int) {
	if n <= usual {
		return
	}
	if sooner := max(interval*usual/n, 1); s.left > sooner {
		s.quota -= s.left - sooner
		s.left = sooner
	}
}

// begin and end bound the time during which s is that of a task.
func (s *strand) begin() {
	if s.next = s.in.strands; s.next != nil {
		s.next.previous = s
	}
	s.in.strands = s
}

func (s *strand) end() {
	if s.previous != nil {
		s.previous.next = s.next
	} else {
		s.in.strands = s.next
	}
	if s.next != nil {
		s.next.previous = s.previous
	}
}

// kill unwinds the running script for good: no protected call keeps what is
// thrown while the task is marked as killed.
func (s *strand) kill(l *lua.LState) {
	s.task.killed = true
	s.left = 0
	l.Error(lua.LNil, 0)
}

// fail throws what a function of the host returned.
func (s *strand) fail(l *lua.LState, err error) {
	if e, ok := err.(*hostapi.Error); ok {
		l.Error(s.in.push(hostapi.ErrorOf(e)), 0)
	}
	s.kill(l)
}

// enter gives an LState for a protected call, or throws in l if they nest too
// deep. Each level may be many calls deep, so the deeper the levels the fewer
// calls they may hold.
func (s *strand) enter(l *lua.LState) *lua.LState {
	if n := s.below + len(s.levels); n > 8 {
		_, deep := l.GetStack(maxNested / n)
		if deep || n > maxLevels {
			throwString(l, "stack overflow", 1)
		}
	}
	inner := s.in.engine.acquire(s)
	inner.Push(s.in.engine.guard)
	return inner
}

// run calls the function on the stack of l, which is above the guard that
// enter pushed, with the nargs values above it. The results are the stack of l;
// a thrown value comes back, also if it is that of a kill.
func (s *strand) run(l *lua.LState, nargs int) (thrown lua.LValue, ok bool) {
	s.levels = append(s.levels, l)
	s.widen(nargs, manyArguments)
	err := l.PCall(nargs+1, lua.MultRet, nil)
	s.levels[len(s.levels)-1] = nil
	s.levels = s.levels[:len(s.levels)-1]
	if err != nil {
		return err.(*lua.ApiError).Object, false
	}
	return nil, true
}

// leave gives back what enter gave. After a kill it goes on unwinding l.
func (s *strand) leave(l, inner *lua.LState) {
	s.in.engine.release(inner)
	if s.task.killed {
		s.kill(l)
	}
}

// guard calls its first argument with the others. It sees each panic before the
// frames are gone.
func guard(l *lua.LState) int {
	defer func() {
		if r := recover(); r != nil {
			strandOf(l).unwind(l, r)
		}
	}()
	l.Call(l.GetTop()-1, lua.MultRet)
	return l.GetTop()
}

// unwind makes of any panic one that the interpreter understands, whose
// upvalues are closed.
func (s *strand) unwind(l *lua.LState, cause any) {
	e, thrown := cause.(*lua.ApiError)
	switch {
	case s.task.killed && !thrown:
		l.Error(lua.LNil, 0)
	case !thrown && cause == any("lua callstack overflow"):
		defer func() { s.unwind(l, recover()) }()
		throwString(l, "stack overflow", 0)
	case !thrown:
		s.task.host.Fault(fmt.Errorf("gopherlua: %v", cause), debug.Stack())
		s.kill(l)
	}
	if text, ok := e.Object.(lua.LString); ok {
		if said := reword(l, string(text)); said != string(text) {
			e.Object = lua.LString(said)
		}
	}
	if len(s.levels) == 1 && s.co == nil && !s.task.killed {
		s.frames = framesOf(l)
	}
	e.StackTrace = " " // keeps the interpreter from making one
	panic(e)
}
