package starlark

import (
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"go.starlark.net/starlark"
)

// outcome is what can be seen of a call: what it gave, or failed with and where, and
// what became of everything that it was given.
type outcome struct {
	values string
	err    string
	stack  string
}

func (o outcome) String() string {
	if o.err != "" {
		return "fails: " + o.err + "\n    at " + o.stack + "\n    leaves " + shortened(o.values)
	}
	return "gives " + shortened(o.values)
}

func shortened(s string) string {
	if len(s) > 600 {
		return s[:300] + " ... " + s[len(s)-300:]
	}
	return s
}

// bare is the interpreter as it is.
type bare struct {
	thread  starlark.Thread
	globals starlark.StringDict
	printed strings.Builder
}

const netFile = "src/net.star"

func newBare(tb testing.TB, source string) *bare {
	b := &bare{}
	b.thread.Print = func(_ *starlark.Thread, line string) { b.printed.WriteString(line + "\n") }
	_, code, err := starlark.SourceProgramOptions(dialect(), netFile, source, starlark.StringDict{}.Has)
	if err != nil {
		tb.Fatal(err)
	}
	if b.globals, err = code.Init(&b.thread, nil); err != nil {
		tb.Fatal(err)
	}
	return b
}

func (b *bare) builtin(name string) starlark.Value {
	if f := b.globals[name]; f != nil {
		return f
	}
	return starlark.Universe[name]
}

func (b *bare) attribute(of starlark.Value, name string) starlark.Value {
	if of, ok := of.(starlark.HasAttrs); ok {
		if v, err := of.Attr(name); err == nil && v != nil {
			return v
		}
	}
	return starlark.None
}

// call calls a function of the net's source. What the interpreter fails of is an
// error that no call of this engine may have.
func (b *bare) call(f string, args starlark.Tuple) (v starlark.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("the interpreter fails itself: %v", r)
		}
	}()
	b.printed.Reset()
	return starlark.Call(&b.thread, b.globals[f], args, nil)
}

func (b *bare) output() string { return b.printed.String() }

// ours is this engine: one process.
type ours struct {
	program  *program
	instance *instance
	task     *task
	host     *enginetest.Task
}

func newOurs(tb testing.TB, p *program) *ours {
	tb.Helper()
	o := &ours{program: p, host: &enginetest.Task{}}
	in, err := o.host.Load(p)
	if err != nil {
		tb.Fatal(enginetest.Describe(err))
	}
	o.instance = in.(*instance)
	o.task = o.instance.newTask(o.host)
	return o
}

func (o *ours) builtin(name string) starlark.Value {
	if f := o.instance.globals[name]; f != nil {
		return f
	}
	if f := o.program.predeclared[name]; f != nil {
		return f
	}
	return starlark.Universe[name]
}

func (o *ours) attribute(of starlark.Value, name string) starlark.Value {
	if guard, ok := o.program.predeclared[methodPrefix+name].(*methodGuard); ok {
		if v, found, err := guard.Get(of); found && err == nil {
			return v
		}
		return starlark.None
	}
	return (*bare)(nil).attribute(of, name)
}

// call does what pcall does.
func (o *ours) call(f string, args starlark.Tuple) (v starlark.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("this engine fails itself: %v\n%s", r, debug.Stack())
		}
	}()
	o.host.Output.Lines = nil
	v, err = o.task.protected(o.instance.globals[f], args, nil)
	if o.task.aborted != nil {
		o.task.aborted = nil
		o.task.thread.Uncancel()
	}
	return v, err
}

func (o *ours) output() string {
	var b strings.Builder
	for _, line := range o.host.Output.Lines {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// observed gives what can be seen of a call.
func observed(v starlark.Value, err error, output string, given starlark.Tuple) outcome {
	o := observer{seen: map[any]int{}}
	if output != "" {
		o.b.WriteString(strconv.Quote(output))
	}
	var out outcome
	if err != nil {
		out.err = err.Error()
		var raised *starlark.EvalError
		if errors.As(err, &raised) {
			for _, f := range raised.CallStack {
				out.stack += fmt.Sprintf(" %s:%d:%d", f.Name, f.Pos.Line, f.Pos.Col)
			}
		}
	} else {
		o.value(v)
	}
	o.b.WriteString(" / ")
	for _, v := range given {
		o.value(v)
		o.b.WriteByte(' ')
	}
	out.values = o.b.String()
	return out
}

// observer writes values such that all is seen that scripts could tell apart: types,
// order, which containers are the same, and whether they may be changed.
type observer struct {
	b    strings.Builder
	seen map[any]int
}

// first writes which container it is, and reports whether it is new.
func (o *observer) first(sort string, v starlark.Value) bool {
	n, known := o.seen[v]
	if !known {
		n = len(o.seen)
		o.seen[v] = n
	}
	o.b.WriteString(sort)
	o.b.WriteString(strconv.Itoa(n))
	return !known
}

// state writes whether a container is frozen or iterated over.
func (o *observer) state(of reflect.Value) {
	if of.FieldByName("frozen").Bool() {
		o.b.WriteString("frozen")
	} else if n := of.FieldByName("itercount").Uint(); n > 0 {
		o.b.WriteString("iterating" + strconv.Itoa(int(n)))
	}
}

func (o *observer) value(v starlark.Value) {
	switch v := v.(type) {
	case nil:
		o.b.WriteString("<nil>")
	case starlark.Float:
		o.b.WriteString("f" + strconv.FormatFloat(float64(v), 'g', -1, 64))
	case *starlark.List:
		if !o.first("l", v) {
			return
		}
		o.state(reflect.ValueOf(v).Elem())
		o.b.WriteByte('[')
		for i := range v.Len() {
			o.value(v.Index(i))
			o.b.WriteByte(',')
		}
		o.b.WriteByte(']')
	case starlark.Tuple:
		o.b.WriteByte('(')
		for _, x := range v {
			o.value(x)
			o.b.WriteByte(',')
		}
		o.b.WriteByte(')')
	case *starlark.Dict:
		if !o.first("d", v) {
			return
		}
		o.state(reflect.ValueOf(v).Elem().FieldByName("ht"))
		o.b.WriteByte('{')
		for k, x := range v.Entries() {
			o.value(k)
			o.b.WriteByte(':')
			o.value(x)
			o.b.WriteByte(',')
		}
		o.b.WriteByte('}')
	case *starlark.Set:
		if !o.first("s", v) {
			return
		}
		o.state(reflect.ValueOf(v).Elem().FieldByName("ht"))
		o.b.WriteByte('{')
		for k := range v.Elements() {
			o.value(k)
			o.b.WriteByte(',')
		}
		o.b.WriteByte('}')
	case *starlarkStruct:
		o.b.WriteString("struct(")
		for name, x := range v.Entries() {
			o.b.WriteString(name + "=")
			o.value(x)
			o.b.WriteByte(',')
		}
		o.b.WriteByte(')')
	case *checkedMethod:
		o.method(v.Builtin)
	case *starlark.Builtin:
		o.method(v)
	case *record:
		o.b.WriteString("record(")
		for _, x := range v.values {
			o.value(x)
			o.b.WriteByte(',')
		}
		o.b.WriteByte(')')
	case *longRange:
		o.value(v.numbers)
	case *starlark.Function:
		o.b.WriteString(v.String())
	case starlark.NoneType, starlark.Bool, starlark.Int, starlark.String, starlark.Bytes:
		o.b.WriteString(v.String())
	default:
		// A type of this engine that no script may have shows itself so.
		fmt.Fprintf(&o.b, "%T %v", v, v)
	}
}

func (o *observer) method(b *starlark.Builtin) {
	o.b.WriteString("<" + b.Name())
	if r := b.Receiver(); r != nil {
		o.b.WriteString(" of ")
		o.value(r)
	}
	o.b.WriteByte('>')
}
