package starlark

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/engines/internal/pace"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// press runs whole programs on both sides.
type press struct {
	engine  hostapi.Engine
	imports []hostapi.Import
	alter   func(*program)      // plants a fault in this engine; may be nil
	rewrite func(string) string // likewise, in the text that it gets; may be nil
	printed func(string)        // told what the interpreter prints; may be nil
	long    int                 // programs that were not compared
}

const (
	libraryText = `
shared = [3, [1, 2], "x", (1, [5])]
lookup = {"a": [1], "b": {"c": set([1])}, 1: (2, 3)}
`
	attemptText = `
def attempt(f):
    ok, x = pcall(f)
    return (ok, x if ok else x.message())
`
	maxNetSteps = 200_000
	netMemory   = 64 << 20
)

func newPress(tb testing.TB) *press {
	tb.Helper()
	p := &press{engine: New()}
	for alias, text := range map[string]string{"lib": libraryText, "net": attemptText} {
		library, err := p.engine.Compile(netSource(text))
		if err != nil {
			tb.Fatal(err)
		}
		p.imports = append(p.imports, hostapi.Import{Alias: alias, Program: library})
	}
	return p
}

// attempt calls a function and gives whether that went well, and its result or the
// text of its error.
func attempt(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	v, err := starlark.Call(thread, args[0], nil, nil)
	if err != nil {
		return starlark.Tuple{starlark.False, starlark.String(err.Error())}, nil
	}
	return starlark.Tuple{starlark.True, v}, nil
}

const cancelled = "Starlark computation cancelled"

// bare runs a program with the interpreter as it is.
func (p *press) bare(text string) outcome {
	thread := &starlark.Thread{Print: func(_ *starlark.Thread, line string) { p.printed(line) }}
	thread.SetMaxExecutionSteps(maxNetSteps)
	thread.Load = func(_ *starlark.Thread, name string) (starlark.StringDict, error) {
		if name == "net" {
			return starlark.StringDict{"attempt": starlark.NewBuiltin("attempt", attempt)}, nil
		}
		return starlark.ExecFileOptions(dialect(), &starlark.Thread{}, name, libraryText, nil)
	}
	_, code, err := starlark.SourceProgramOptions(dialect(), netFile, text, starlark.StringDict{}.Has)
	if err != nil {
		return outcome{err: "not compiled: " + err.Error()}
	}
	return finished(thread, starlark.StringDict{}, code.Init, starlark.Call)
}

// finished runs the top level of a program and its main.
func finished(thread *starlark.Thread, env starlark.StringDict, top func(*starlark.Thread, starlark.StringDict) (starlark.StringDict, error), call func(*starlark.Thread, starlark.Value, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)) (out outcome) {
	defer func() {
		if r := recover(); r != nil {
			out = outcome{err: fmt.Sprintf("panic: %v", r)}
		}
	}()
	globals, err := top(thread, env)
	var v starlark.Value = starlark.None
	if main := globals["main"]; err == nil && main != nil {
		v, err = call(thread, main, nil, nil)
	}
	var log starlark.Value = starlark.None
	if globals["log"] != nil {
		log = globals["log"]
	}
	return observed(v, err, "", starlark.Tuple{log})
}

// ours runs a program with this engine, and reports whether it had the memory for it.
func (p *press) ours(text string) (out outcome, within bool) {
	if p.rewrite != nil {
		text = p.rewrite(text)
	}
	src := netSource(text)
	src.Imports = p.imports
	compiled, err := p.engine.Compile(src)
	if err != nil {
		return outcome{err: "not compiled: " + err.Error()}, true
	}
	return p.execute(compiled.(*program))
}

// execute runs a compiled program.
func (p *press) execute(prog *program) (out outcome, within bool) {
	if p.alter != nil {
		p.alter(prog)
	}
	in := &instance{engine: prog.engine, pace: pace.New(slice, prog.engine.clock, true)}
	host := &enginetest.Task{KillAt: 4000, Limit: netMemory} // if it never ends
	task := in.newTask(host)
	top := func(*starlark.Thread, starlark.StringDict) (starlark.StringDict, error) {
		return in.initialise(prog, task)
	}
	out = finished(&task.thread, nil, top, func(_ *starlark.Thread, f starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return task.protected(f, args, kwargs)
	})
	return out, host.Used <= host.Limit
}

// mismatch is a program that has two outcomes.
type mismatch struct {
	program   *part
	want, got outcome
}

func (m *mismatch) String() string {
	return fmt.Sprintf("%s\n  the interpreter %s\n  this engine %s", m.program, m.want, m.got)
}

// compare runs a program on both sides. It gives nil if there is no difference. The
// interpreter knows no bound of memory, so it does not get what needs much.
func (p *press) compare(program *part) *mismatch {
	text := program.String()
	got, within := p.ours(text)
	if !within {
		p.long++
		return nil
	}
	want := p.bare(text)
	if strings.Contains(want.err+want.values, cancelled) {
		p.long++
		return nil
	}
	if want == got || strings.HasPrefix(want.err, "not compiled") && strings.HasPrefix(got.err, "not compiled") {
		return nil
	}
	for _, d := range programDeviations {
		if d.allows(nil, want, got) {
			return nil
		}
	}
	return &mismatch{program, want, got}
}

// shrink looks for a smaller program that differs too.
func (p *press) shrink(m *mismatch) *mismatch {
	tries := 0
	for {
		var less *mismatch
		size := len(m.program.String())
		m.program.smaller(func(q *part) bool {
			if tries++; tries > 5000 {
				return false
			}
			if len(q.String()) < size {
				less = p.compare(q)
			}
			if less != nil && strings.HasPrefix(less.got.err, "not compiled") != strings.HasPrefix(m.got.err, "not compiled") {
				less = nil // something else
			}
			return less == nil
		})
		if less == nil {
			return m
		}
		m = less
	}
}

// check compares so many programs.
func (p *press) check(seed uint64, first, n int) *mismatch {
	for i := first; i < first+n; i++ {
		if m := p.compare(newAuthor(seed, uint64(i)).program()); m != nil {
			return p.shrink(m)
		}
	}
	return nil
}

// What this engine rewrites of a program makes no difference to it.
func TestProgramsAreTheInterpreters(t *testing.T) {
	p := newPress(t)
	if m := p.check(*netSeed, 0, drawnOf(*netPrograms)); m != nil {
		t.Errorf("seed %d:\n%s", *netSeed, m)
	}
	if p.long > drawnOf(*netPrograms)/50 {
		t.Errorf("%d of %d programs take too long or too much to be compared", p.long, drawnOf(*netPrograms))
	}
}
