package gopherlua

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// maxFrames bounds the frames kept of a call stack.
const maxFrames = 40

// throwString throws text with the position of the function at level in front,
// counted from 0, the running one (19.10).
func throwString(l *lua.LState, text string, level int) {
	if position := positionAt(l, level); position != "" {
		text = position + text
		strandOf(l).in.positions.add(text, len(position))
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
	if f.Line == 0 && isConcat(l, level) { // in a __concat
		f = frameAt(l, level+1)
	}
	if f.Line > 0 {
		return fmt.Sprintf("%s:%d: ", f.Source, f.Line)
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
		f.Name = fmt.Sprintf("<%s:%d>", d.Source, d.LineDefined)
	}
	return f
}

// isConcat reports whether the function at level stands for a .. operator.
func isConcat(l *lua.LState, level int) bool {
	d, ok := l.GetStack(level)
	if !ok {
		return false
	}
	f, _ := l.GetInfo("f", d, lua.LNil)
	return f == strandOf(l).in.engine.concat.Value()
}

// positions remembers the last strings that were thrown with a position, so
// that the position can be taken off again where a process ends (2.18).
type positions struct {
	last []positioned
	next int
}

type positioned struct {
	text   string
	length int
}

func (p *positions) add(text string, length int) {
	if len(p.last) < 8 {
		p.last = append(p.last, positioned{text, length})
		return
	}
	p.last[p.next] = positioned{text, length}
	p.next = (p.next + 1) % len(p.last)
}

func (p *positions) strip(text string) string {
	for _, x := range p.last {
		if x.text == text {
			return text[x.length:]
		}
	}
	return text
}

// trace is a call stack, innermost first.
type trace struct{ frames []hostapi.Frame }

func newTrace(l *lua.LState) *trace {
	t := &trace{}
	for i := 0; i < maxFrames; i++ {
		f := frameAt(l, i)
		if f.Line > 0 {
			t.frames = append(t.frames, f)
		} else if _, ok := l.GetStack(i); !ok {
			break
		}
	}
	return t
}

func (t *trace) text(message string) string {
	var b strings.Builder
	b.WriteString(message)
	b.WriteString("\nstack traceback:")
	for _, f := range t.frames {
		fmt.Fprintf(&b, "\n\t%s:%d: in ", f.Source, f.Line)
		if f.Name == "" {
			b.WriteString("main chunk")
		} else {
			fmt.Fprintf(&b, "function %s", f.Name)
		}
	}
	return b.String()
}

// boundary converts an uncaught thrown value by clause 2.18.
func (s *strand) boundary(thrown lua.LValue) error {
	if s.task.killed {
		return hostapi.ErrKilled
	}
	var e hostapi.Error
	text := s.text(thrown)
	if o, ok := objectOf(thrown).(*hostapi.ErrorObject); ok {
		if o.Err.Stack != "" {
			return o.Err
		}
		e = *o.Err
	} else if _, isString := thrown.(lua.LString); isString {
		e = hostapi.Error{Kind: hostapi.Internal, Message: s.in.positions.strip(text)}
	} else {
		e = hostapi.Error{Kind: hostapi.Internal, Message: text}
	}
	if s.task.killed { // while __tostring ran
		return hostapi.ErrKilled
	}
	if s.trace == nil {
		s.trace = &trace{}
	}
	e.Stack, e.Frames = s.trace.text(text), s.trace.frames
	return &e
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
	trace := s.trace
	defer func() { s.trace = trace }()
	if _, ok := s.run(l, 1); !ok {
		return v.String()
	}
	text := l.Get(1).String()
	s.in.engine.release(l)
	return text
}
