package golua

import (
	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/luaerror"
	"github.com/understudy-run/understudy/hostapi"
)

// Where implements hostapi.Locator.
func (in *instance) Where(t hostapi.Task) (string, []hostapi.Frame) {
	for th := in.tasks; th != nil; th = th.next {
		if th.run.task == t {
			frames := th.standing()
			return luaerror.Trace(frames), frames
		}
	}
	return "", nil
}

// standing gives the call stack of a thread, innermost first: that of the coroutine
// which it waits for, then those of its States.
func (th *thread) standing() (frames []hostapi.Frame) {
	for _, m := range th.in.manuals {
		if co := m.Value(); co != nil && co.resumedBy == th {
			frames = co.th.standing()
		}
	}
	states := append(th.outer[:len(th.outer):len(th.outer)], th.state)
	for i := len(states) - 1; i >= 0 && len(frames) < luaerror.MaxFrames; i-- {
		inner := th.framesOf(states[i])
		if line := th.aboutTo(states[i]); line > 0 {
			inner[0].Line = line
		}
		frames = append(frames, inner...)
	}
	return frames[:min(len(frames), luaerror.MaxFrames)]
}

// framesOf gives the script functions that are active on a State, innermost first.
func (th *thread) framesOf(l *lua.State) []hostapi.Frame {
	var frames []hostapi.Frame
	y, script := th.in.engine.layout, false
	for level := 0; len(frames) < luaerror.MaxFrames; level++ {
		f, ok := lua.Stack(l, level)
		if !ok {
			break
		}
		d := frameInfo(l, f)
		called := script
		script = d.What != "Go"
		if !script || isHelper(d) || called && y.hidesTail(f) {
			continue
		}
		frame := hostapi.Frame{Source: d.Source[1:], Line: d.CurrentLine}
		if d.What != "main" {
			frame.Name = th.in.functionName(frame.Source, d.LineDefined)
		}
		frames = append(frames, frame)
	}
	return frames
}

// aboutTo gives the line of what a script function is about to execute, if one runs and
// none of the host: the interpreter itself knows the line of the instruction before, in
// a loop another than was executed.
func (th *thread) aboutTo(l *lua.State) (line int) {
	f, ok := lua.Stack(l, 0)
	if !ok {
		return 0
	}
	if d, _ := lua.Info(l, "S", f); d.What == "Go" || isHelper(d) {
		return 0
	}
	lua.Info(l, "f", f)
	return th.in.engine.layout.line(pop(l), f)
}
