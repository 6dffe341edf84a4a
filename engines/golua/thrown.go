package golua

import (
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"

	lua "github.com/Shopify/go-lua"

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
		text = at + text
		threadOf(l).in.positions.add(text, len(at))
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
// is not one of a script. Level 0 is the running function.
func position(l *lua.State, level int) string {
	f, ok := lua.Stack(l, level)
	if !ok {
		return ""
	}
	d, _ := lua.Info(l, "Sl", f)
	if d.CurrentLine <= 0 || d.What == "Go" {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", d.Source[1:], d.CurrentLine)
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

// positions remembers the last strings that were thrown with a position, so
// that it can be taken off again where a process ends (2.18).
type positions struct {
	last []positioned
	next int
}

type positioned struct {
	text   string
	length int // of the position in front
}

func (p *positions) add(text string, length int) {
	const kept = 8
	if len(p.last) < kept {
		p.last = append(p.last, positioned{text, length})
		return
	}
	p.last[p.next] = positioned{text, length}
	p.next = (p.next + 1) % kept
}

func (p *positions) strip(text string) string {
	for _, x := range p.last {
		if x.text == text {
			return text[x.length:]
		}
	}
	return text
}

// trace is where an uncaught error came from.
type trace struct {
	frames []hostapi.Frame
	text   string
}

// traceDepth is how many functions a trace names at most.
const traceDepth = 30

// newTrace describes the script functions that are active on the State of th.
func newTrace(th *thread) *trace {
	t := &trace{}
	var b strings.Builder
	b.WriteString("stack traceback:")
	for level := 0; len(t.frames) < traceDepth; level++ {
		f, ok := lua.Stack(th.state, level)
		if !ok {
			break
		}
		if d, _ := lua.Info(th.state, "S", f); d.What == "Go" {
			continue
		}
		d, _ := lua.Info(th.state, "Sl", f)
		frame := hostapi.Frame{Source: d.Source[1:], Line: d.CurrentLine}
		where := "main chunk"
		if d.What != "main" {
			frame.Name = th.in.functionName(frame.Source, d.LineDefined)
			where = "function " + frame.Name
		}
		t.frames = append(t.frames, frame)
		fmt.Fprintf(&b, "\n\t%s:%d: in %s", frame.Source, frame.Line, where)
	}
	t.text = b.String()
	return t
}

// uncaught gives the error that an uncaught value becomes (2.18).
func (th *thread) uncaught(t *thrown) error {
	tr := newTrace(th)
	// The State is still in the middle of the call that failed.
	th.state, th.outer = lua.NewState(), nil
	th.adopt(th.state)
	var e hostapi.Error
	var text string
	if object := th.value(t.value).Err(); object != nil {
		if object.Stack != "" {
			return object
		}
		e, text = *object, object.Error()
	} else {
		var err error
		if text, err = th.describe(t.value); err != nil {
			return err
		}
		e = hostapi.Error{Kind: hostapi.Internal, Message: text}
		if _, ok := t.value.(string); ok {
			e.Message = th.in.positions.strip(text)
		}
	}
	e.Stack, e.Frames = text+"\n"+tr.text, tr.frames
	return &e
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
