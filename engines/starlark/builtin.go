package starlark

import (
	"fmt"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// builtin is a hostapi.Func as a script holds it: a function of a module, which
// all processes share, or a method bound to its object.
type builtin struct {
	def  *hostapi.Func
	self hostapi.Object // nil for a function
	path string         // module or type
}

var _ starlark.Callable = (*builtin)(nil)

// CallInternal calls the function in the task that the thread belongs to.
func (b *builtin) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return taskOf(thread).invoke(b.def, b.self, args, kwargs)
}

func (b *builtin) Name() string          { return b.path + "." + spelled(b.def.Name) }
func (b *builtin) Type() string          { return "builtin_function_or_method" }
func (b *builtin) Freeze()               {}
func (b *builtin) Truth() starlark.Bool  { return true }
func (b *builtin) Hash() (uint32, error) { return starlark.String(b.Name()).Hash() }

func (b *builtin) String() string {
	if b.self != nil {
		return fmt.Sprintf("<built-in method %s of %s value>", spelled(b.def.Name), b.path)
	}
	return fmt.Sprintf("<built-in function %s>", b.Name())
}
