package starlark

import (
	"fmt"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// builtin is a hostapi.Func as a script holds it: a function of a module, which
// all processes share, or a method bound to its object.
type builtin struct {
	def  *hostapi.Func
	self hostapi.Object // nil for a function
	path string         // module or type
}

var (
	_ starlark.Callable   = (*builtin)(nil)
	_ starlark.Comparable = (*builtin)(nil)
)

// CallInternal calls the function in the task that the thread belongs to. A task
// that waits keeps its frame, so what needs room is done in others.
func (b *builtin) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c, err := newCall(thread, b, args, kwargs)
	if err == nil {
		pace := &c.task.instance.pace
		pace.Leave()
		err = hostapi.Invoke(b.def, c)
		pace.Return()
	}
	return c.end(err)
}

func (b *builtin) Name() string          { return b.path + "." + spelled(b.def.Name) }
func (b *builtin) Type() string          { return "builtin_function_or_method" }
func (b *builtin) Freeze()               {}
func (b *builtin) Truth() starlark.Bool  { return true }
func (b *builtin) Hash() (uint32, error) { return starlark.String(b.Name()).Hash() }

// CompareSameType has the same method of the same object be equal to itself, however
// often the script asks for it.
func (b *builtin) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	same := b.def == y.(*builtin).def && b.self == y.(*builtin).self
	switch op {
	case syntax.EQL:
		return same, nil
	case syntax.NEQ:
		return !same, nil
	}
	return false, fmt.Errorf("%s %s %s not implemented", b.Type(), op, y.Type())
}

func (b *builtin) String() string {
	if b.self != nil {
		return fmt.Sprintf("<built-in method %s of %s value>", spelled(b.def.Name), b.path)
	}
	return fmt.Sprintf("<built-in function %s>", b.Name())
}
