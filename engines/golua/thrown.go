package golua

import (
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/luaerror"
	"github.com/understudy-run/understudy/hostapi"
)

// thrown is a value on its way from where it was thrown to where it is caught.
type thrown struct{ value any }

// Error says what was thrown. It shows only where the interpreter fails.
func (t *thrown) Error() string { return fmt.Sprintf("golua: thrown %v", t.value) }

// throw throws a value of the script.
func throw(value any) { panic(&thrown{value}) }

// throwAt throws text with the position of a function in front (19.10).
func throwAt(l *lua.State, level int, text string) {
	if at := position(l, level); at != "" {
		text = at + threadOf(l).namedByOperator(l, at, text)
	}
	throw(text)
}

// raise throws what a function of the host returned.
func (th *thread) raise(err error) {
	if e, ok := err.(*hostapi.Error); ok {
		throw(th.in.engine.wrap(th.state, &hostapi.ErrorObject{Err: e}))
	}
	th.kill()
}

// position gives "file:line: " of the function at a level of the stack, "" if it
// is not one of a script. Level 0 is the running function. What stands for an
// instruction has no level, nor has a helper, nor a function that ended in a tail
// call of another.
func position(l *lua.State, level int) string {
	y, script := threadOf(l).in.engine.layout, false
	for i := 0; ; i++ {
		f, ok := lua.Stack(l, i)
		if !ok {
			return ""
		}
		d, _ := lua.Info(l, "S", f)
		called := script // by this function is one of a script
		script = d.What != "Go"
		if i > 0 && (!script && isOperator(l, f) || isHelper(d) || called && y.hidesTail(f)) {
			continue
		}
		if level--; level >= 0 {
			continue
		}
		if d = frameInfo(l, f); d.CurrentLine <= 0 || !script {
			return ""
		}
		return fmt.Sprintf("%s:%d: ", d.Source[1:], d.CurrentLine)
	}
}

// isOperator reports whether the function of a frame stands for an instruction.
func isOperator(l *lua.State, f lua.Frame) bool {
	lua.Info(l, "f", f)
	function := pop(l)
	for _, operator := range threadOf(l).in.engine.operators {
		if function == operator {
			return true
		}
	}
	return false
}

func isHelper(d lua.Debug) bool { return d.Source[1:] == helpersPath }

// frameInfo gives source and line of a frame. The interpreter panics if asked for
// the line of a function that has executed nothing yet, as it has when the count
// hook runs right after a call.
func frameInfo(l *lua.State, f lua.Frame) (d lua.Debug) {
	defer func() {
		if recover() != nil {
			d, _ = lua.Info(l, "S", f)
			d.CurrentLine = d.LineDefined
		}
	}()
	d, _ = lua.Info(l, "Sl", f)
	return d
}

// splitPosition takes the position of path off a text, 0 if there is none. The
// interpreter shortens long paths.
func splitPosition(text, path string) (line int, rest string) {
	const shown = 59
	for _, p := range [...]string{path, path[:min(shown, len(path))]} {
		after, ok := strings.CutPrefix(text, p+":")
		if !ok {
			continue
		}
		digits, rest, ok := strings.Cut(after, ": ")
		if line, err := strconv.Atoi(digits); ok && err == nil && line > 0 {
			return line, rest
		}
	}
	return 0, text
}

// uncaught gives the error that an uncaught value becomes (2.18).
func (th *thread) uncaught(t *thrown) error {
	frames := th.framesOf(th.state)
	// The State is still in the middle of the call that failed.
	th.state, th.outer = lua.NewState(), nil
	th.adopt(th.state)
	text, err := th.describe(t.value)
	if err != nil {
		return err
	}
	return luaerror.Uncaught(th.value(t.value), text, &th.in.positions, frames, func(v hostapi.Value) (hostapi.Value, error) {
		return th.in.Copy(v, hostapi.NewCopier(th.run.task.PayloadLimits()))
	})
}

// describe gives tostring(v) outside of any script. The error is ErrKilled.
func (th *thread) describe(v any) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			text, err = "", hostapi.ErrKilled
			if !th.run.killed {
				th.run.task.Fault(r, debug.Stack())
			}
		}
	}()
	results, failed := th.call(th.state, th.in.engine.base["tostring"], []any{v})
	if failed != nil {
		return "error in __tostring", nil
	}
	text, _ = results[0].(string)
	return text, nil
}
