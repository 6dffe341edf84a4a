package golua

import (
	"regexp"
	"runtime/debug"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

const (
	// interval is the number of instructions between two ticks, unless they take
	// long: the interpreter walks over a whole table when a sparse integer key is
	// added. One that copies all arguments of a call takes long too, and much memory,
	// so where there are many, ticks come more often.
	interval  = 1000
	wideFrame = 1024
	// mostValues bounds what a call of a script function has on its stack: its
	// arguments, and as many that it passes on.
	mostValues = 2*lualib.MostValues + 1000
	// maxCalls bounds the nested calls of script functions on one State.
	maxCalls = 20000
	// stateCalls is how many protected calls and callbacks nest on one State;
	// the interpreter stops at 200 calls of any kind.
	stateCalls = 120
	// maxFailures is after how many failed protected calls on a State further
	// ones run on others, which are then dropped.
	maxFailures = 100
	// maxLevels bounds those of a thread on all its States together.
	maxLevels = 1500
	// overflow is what is thrown when calls nest too deep (17.12).
	overflow = "stack overflow"
	// threadSlot is where the registry of a State holds its thread.
	threadSlot = 3
	// stateSize is about what a State needs.
	stateSize = 2048
)

// run is one task: what it may use, and whether it must end. Once killed it
// stays so.
type run struct {
	task   hostapi.Task
	killed bool
}

// thread is one line of execution: a task, or a manual coroutine.
type thread struct {
	in    *instance
	state *lua.State   // where it runs
	outer []*lua.State // where it ran before calls nested too deep, innermost last
	run   *run         // the task whose time it takes
	co    *coroutine   // nil for a task
	prev  *thread      // in the list of tasks
	next  *thread

	level int // nested protected calls
	work  int // instructions on other States, not yet reported
	// failures counts the protected calls that failed, by State. Each may leave
	// captured variables in the interpreter for good.
	failures map[*lua.State]int
	spare    *lua.State // an idle one

	// Call structures, used as a stack.
	calls    []*call
	inCall   int
	libCalls []*libraryCall
	inLib    int
}

// newThread makes a thread on l, or on a State of its own.
func (in *instance) newThread(l *lua.State, r *run) *thread {
	th := &thread{in: in, state: l, run: r}
	if l == nil {
		th.state = lua.NewState()
	}
	th.adopt(th.state)
	return th
}

// adopt prepares a new State to run in the thread.
func (th *thread) adopt(l *lua.State) {
	l.PushUserData(th)
	l.RawSetInt(lua.RegistryIndex, threadSlot)
	l.PushLightUserData(th.in.globals)
	l.RawSetInt(lua.RegistryIndex, lua.RegistryIndexGlobals)
	meta := th.in.strings
	if meta == nil {
		meta = th.in.engine.strings
	}
	setStringMetatable(l, meta)
	lua.SetDebugHook(l, onCount, lua.MaskCount, interval)
	lua.AtPanic(l, onPanic)
}

func setStringMetatable(l *lua.State, meta any) {
	l.PushString("")
	l.PushLightUserData(meta)
	l.SetMetaTable(-2)
	l.Pop(1)
}

// threadOf gives the thread that runs on l.
func threadOf(l *lua.State) *thread {
	l.RawGetInt(lua.RegistryIndex, threadSlot)
	th := l.ToUserData(-1).(*thread)
	l.Pop(1)
	return th
}

func onCount(l *lua.State, _ lua.Debug) {
	th := threadOf(l)
	n := lua.DebugHookCount(l) // counts anew already
	width := l.Top()
	if width > mostValues {
		throwAt(l, 0, "too many arguments")
	}
	th.tick(l, n)
	next := th.in.books().pace.Every()
	if next = min(next, quotaFor(width)); next != n {
		th.in.setQuota(l, next)
	}
}

// quotaFor gives the number of instructions between two ticks where so many values are
// on the stack.
func quotaFor(width int) int {
	if width <= wideFrame {
		return interval
	}
	return max(interval*wideFrame/width, 1)
}

// widens brings the next tick of l nearer if so many values come onto its stack that
// it would keep much before then.
func (th *thread) widens(l *lua.State, n int) {
	if n <= wideFrame {
		return
	}
	if th.work += th.in.executed(l); th.work >= interval {
		n := th.work
		th.work = 0
		th.tick(l, n)
	}
	th.in.setQuota(l, quotaFor(n))
}

// setQuota makes l tick after n instructions.
func (in *instance) setQuota(l *lua.State, n int) {
	a := in.books()
	if n == interval {
		delete(a.quotas, l)
	} else {
		if a.quotas == nil {
			a.quotas = map[*lua.State]int{}
		}
		a.quotas[l] = n
	}
	lua.SetDebugHook(l, onCount, lua.MaskCount, n)
}

// hasten brings the next tick of l nearer if the script's steps take long.
func (in *instance) hasten(l *lua.State) {
	if n := in.books().pace.Every(); n < interval {
		in.setQuota(l, n)
	}
}

// tick reports n executed instructions. It unwinds if the task must end.
func (th *thread) tick(l *lua.State, n int) {
	p := &th.in.books().pace
	took, pause := p.Report(n) // first: a look at a deep stack takes time too
	if th.watchDepth(l) {
		if _, deep := lua.Stack(l, maxCalls); deep {
			throw(overflow)
		}
	}
	if th.run.killed {
		th.kill()
	}
	bytes := int64(n) * bytesPerStep
	if width := l.Top(); width > wideFrame {
		bytes += int64(n) * int64(width) * slotBytes
	}
	if took > 0 {
		th.relieve(l)
	}
	th.note(bytes + max(0, int64(took))*ledger.BytesPerNanosecond)
	if th.run.task.Tick(n) != nil || pause > 0 && th.run.task.Pause(pause) != nil {
		th.kill()
	}
	p.Begin()
}

// settle counts what was executed on another State on behalf of the thread, which
// runs on l.
func (th *thread) settle(l, other *lua.State) {
	if th.work += th.in.executed(other); th.work >= interval {
		n := th.work
		th.work = 0
		th.tick(l, n)
	}
}

// executed gives the number of instructions that l has executed since its last
// tick, and starts counting anew.
func (in *instance) executed(l *lua.State) int {
	n := interval
	if in.account != nil && in.account.quotas[l] > 0 {
		n = in.account.quotas[l]
		delete(in.account.quotas, l)
	}
	n -= lua.DebugHookCount(l)
	lua.SetDebugHook(l, onCount, lua.MaskCount, interval)
	return n
}

// kill unwinds the task for good: every protected call goes on unwinding while
// the run is marked.
func (th *thread) kill() {
	th.run.killed = true
	panic(hostapi.ErrKilled)
}

// protect calls the function below the nargs values on top of l, in protected
// mode. Its results take the place of all these. If something is thrown, it
// gives that and leaves nothing. A kill goes on.
func (th *thread) protect(l *lua.State, nargs int) *thrown {
	base := l.Top() - nargs
	inCall, inLib, level, outer := th.inCall, th.inLib, th.level, len(th.outer)
	err := l.ProtectedCall(nargs, lua.MultipleReturns, 0)
	if err == nil {
		return nil
	}
	th.releaseTo(inCall, inLib)
	th.level, th.state, th.outer = level, l, th.outer[:outer]
	l.SetTop(base - 1)
	if th.failures == nil {
		th.failures = map[*lua.State]int{}
	}
	th.failures[l]++
	return th.caught(l, err)
}

// apart reports whether a protected call from l must run on another State.
func (th *thread) apart(l *lua.State, level int) bool {
	return level%stateCalls == 0 || th.failures[l] >= maxFailures
}

var guessedName = regexp.MustCompile(`(: attempt to [a-z ]+ )(?:local|upvalue|global|field|method|constant) '.*' \((a [a-z ]+ value)\)$`)

// withoutGuess takes the variable out of the text of a type error. The
// interpreter blames the first one that has the same value, so for nil it names
// any that is nil.
func withoutGuess(text string) string { return guessedName.ReplaceAllString(text, "$1$2") }

// caught says what was thrown. It goes on with a kill, and makes one of a fault.
func (th *thread) caught(l *lua.State, err error) *thrown {
	if th.run.killed {
		panic(hostapi.ErrKilled)
	}
	switch e := err.(type) {
	case *thrown:
		return e
	case lua.RuntimeError:
		return &thrown{value: th.named(l, string(e))}
	default:
		if err == lua.ErrorError {
			return &thrown{overflow}
		}
		if err != hostapi.ErrKilled {
			th.run.task.Fault(err, debug.Stack())
		}
		th.kill()
		return nil
	}
}

// call calls fn in protected mode and gives its results. If calls nest deep on l
// it uses a further State.
func (th *thread) call(l *lua.State, fn any, args []any) ([]any, *thrown) {
	th.level++
	defer func() { th.level-- }()
	if !th.apart(l, th.level) {
		return th.callOn(l, fn, args)
	}
	if th.level > maxLevels {
		return nil, &thrown{overflow}
	}
	th.charge(stateSize)
	inner := th.spare
	if th.spare = nil; inner == nil {
		inner = lua.NewState()
		th.adopt(inner)
	}
	th.in.hasten(inner)
	th.state, th.outer = inner, append(th.outer, l)
	defer func() {
		if th.failures[inner] < maxFailures {
			th.spare = inner
		} else {
			delete(th.failures, inner)
		}
		th.state, th.outer = l, th.outer[:len(th.outer)-1]
		th.charge(-stateSize)
	}()
	results, t := th.callOn(inner, fn, args)
	th.settle(inner, inner)
	return results, t
}

func (th *thread) callOn(l *lua.State, fn any, args []any) ([]any, *thrown) {
	top := l.Top()
	reserve(l, len(args)+1)
	th.widens(l, len(args))
	l.PushLightUserData(fn)
	if !callable(l, -1) {
		t := &thrown{"attempt to call a " + typeName(l, -1) + " value"}
		l.Pop(1)
		return nil, t
	}
	for _, a := range args {
		l.PushLightUserData(a)
	}
	if t := th.protect(l, len(args)); t != nil {
		return nil, t
	}
	return th.take(l, top), nil
}

// callable reports whether the value at an index can be called. If nothing runs yet
// on a State, the interpreter itself does not survive that it cannot.
func callable(l *lua.State, i int) bool {
	if l.IsFunction(i) {
		return true
	}
	if !lua.MetaField(l, i, "__call") {
		return false
	}
	defer l.Pop(1)
	return l.IsFunction(-1)
}

// take takes the values above top off the stack.
func (th *thread) take(l *lua.State, top int) []any {
	n := l.Top() - top
	if n == 0 {
		return nil
	}
	out := make([]any, n)
	for i := range out {
		out[i] = rawAt(th.in.engine, l, top+1+i)
	}
	l.SetTop(top)
	return out
}

// reserve makes room for n values on the stack of l, which the interpreter
// does not check.
func reserve(l *lua.State, n int) {
	if n > lua.MinStack/2 && !l.CheckStack(n) {
		throw(overflow)
	}
}

// charge charges n bytes to the process.
func (th *thread) charge(n int64) {
	a := th.in.books()
	a.charged += n
	if limit := th.run.task.MemoryLimit(); n > 0 && limit > 0 && a.charged > limit && a.charged > n {
		th.count() // much may be held no longer
	}
	if th.run.task.Grow(n) != nil || th.run.task.Reserve(n) != nil {
		th.kill()
	}
}

// refund gives back n bytes that were charged.
func (th *thread) refund(n int64) {
	th.in.books().charged -= n
	th.run.task.Grow(-n)
}

// runTask runs fn as the task t, from its beginning to its end. The error is
// one that ends a process; then the thread cannot be used again.
//
// The interpreter's protected call would cost a waiting process a good part of
// its Go stack, and would hide where a panic came from.
func (th *thread) runTask(t hostapi.Task, fn any, args []any) (results []any, err error) {
	th.run = &run{task: t}
	th.in.began(th)
	defer func() {
		if r := recover(); r != nil {
			results, err = nil, th.failed(r)
		}
		th.in.noLongerDeep(th.state)
		th.in.ended(th)
	}()
	l := th.state
	l.SetTop(0)
	reserve(l, len(args)+1)
	th.widens(l, len(args))
	l.PushLightUserData(fn)
	for _, a := range args {
		l.PushLightUserData(a)
	}
	l.Call(len(args), lua.MultipleReturns)
	results = th.take(l, 0)
	if n := th.in.executed(l) + th.work; n > 0 && t.Tick(n) != nil {
		th.kill()
	}
	th.work = 0
	return results, nil
}

// onPanic is what the interpreter calls when it throws the text on top of the
// stack and no protected call is there to catch it.
func onPanic(l *lua.State) int {
	if text, ok := l.ToValue(-1).(string); ok {
		throw(threadOf(l).named(l, text))
	}
	throw(overflow)
	return 0
}

// failed makes of a panic the error that ends the process. The frames that
// caused it are still there.
func (th *thread) failed(cause any) error {
	t, ok := cause.(*thrown)
	switch {
	case th.run.killed:
		return hostapi.ErrKilled
	case !ok:
		return th.run.task.Fault(cause, debug.Stack())
	}
	return th.uncaught(t)
}
