package gopherlua

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/luaerror"
	"github.com/understudy-run/understudy/hostapi"
)

// throwString throws text with the position of the function at level in front,
// counted from 0, the running one (19.10).
func throwString(l *lua.LState, text string, level int) {
	if position := positionAt(l, level); position != "" {
		text = position + text
	}
	l.Error(lua.LString(text), 0)
}

// throw throws an error object of the runtime.
func throw(l *lua.LState, kind hostapi.Kind, format string, args ...any) {
	strandOf(l).fail(l, hostapi.Errorf(kind, format, args...))
}

// positionAt gives "file:line: ", or "" if it is unknown.
func positionAt(l *lua.LState, level int) string {
	f := frameAt(l, level)
	if f.Line == 0 && isOperator(l, level) { // in a metamethod
		f = frameAt(l, level+1)
	}
	if f.Line > 0 {
		return f.Source + ":" + strconv.Itoa(f.Line) + ": "
	}
	return ""
}

// frameAt gives the frame at level; without Line if it is none of a script.
func frameAt(l *lua.LState, level int) hostapi.Frame {
	d, ok := l.GetStack(level)
	if !ok {
		return hostapi.Frame{}
	}
	l.GetInfo("nSl", d, lua.LNil)
	f := hostapi.Frame{Source: d.Source, Line: max(d.CurrentLine, 0), Name: d.Name}
	switch {
	case d.LineDefined == 0:
		f.Name = "" // a top level
	case strings.HasPrefix(f.Name, "<"), f.Name == "?", f.Name == "(anonymous)":
		f.Name = "<" + d.Source + ":" + strconv.Itoa(d.LineDefined) + ">"
	}
	return f
}

// isOperator reports whether the function at level stands for an operator.
func isOperator(l *lua.LState, level int) bool {
	d, ok := l.GetStack(level)
	if !ok {
		return false
	}
	v, _ := l.GetInfo("f", d, lua.LNil)
	f, _ := v.(*lua.LFunction)
	return strandOf(l).in.engine.operators.functions[f]
}

// framesOf gives the call stack, innermost first.
func framesOf(l *lua.LState) []hostapi.Frame {
	var frames []hostapi.Frame
	for i := range luaerror.MaxFrames {
		f := frameAt(l, i)
		if f.Line > 0 {
			frames = append(frames, f)
		} else if _, ok := l.GetStack(i); !ok {
			break
		}
	}
	return frames
}

// boundary converts an uncaught thrown value by clause 2.18.
func (s *strand) boundary(thrown lua.LValue) error {
	text := s.text(thrown)
	if s.task.killed { // maybe while __tostring ran
		return hostapi.ErrKilled
	}
	return luaerror.Uncaught(value(thrown), text, &s.in.positions, s.frames, func(v hostapi.Value) (hostapi.Value, error) {
		return s.in.Copy(v, hostapi.NewCopier(s.task.host.PayloadLimits()))
	})
}

// text gives tostring(v), outside of any script.
func (s *strand) text(v lua.LValue) string {
	if text, ok := plainText(v); ok {
		return text
	}
	l := s.in.engine.acquire(s)
	l.Push(s.in.engine.guard)
	l.Push(s.in.engine.functions["tostring"])
	l.Push(v)
	frames := s.frames
	defer func() { s.frames = frames }()
	if _, ok := s.run(l, 1); !ok {
		return v.String()
	}
	text := l.Get(1).String()
	s.in.engine.release(l)
	return text
}
