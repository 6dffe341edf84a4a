package hostile

import (
	"errors"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

// standIn stands for what scripts expect of us: each attribute of it, and what
// a call of it gives, is it again.
type standIn struct{}

func (standIn) String() string                      { return "stand-in" }
func (standIn) Type() string                        { return "stand-in" }
func (standIn) Freeze()                             {}
func (standIn) Truth() starlark.Bool                { return true }
func (standIn) Hash() (uint32, error)               { return 1, nil }
func (standIn) Name() string                        { return "stand-in" }
func (standIn) AttrNames() []string                 { return []string{"new"} }
func (standIn) Attr(string) (starlark.Value, error) { return standIn{}, nil }
func (standIn) CallInternal(t *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return standIn{}, nil
}

// Its elements are two, as many as most functions of ours give.
func (standIn) Len() int                   { return 2 }
func (standIn) Index(int) starlark.Value   { return standIn{} }
func (standIn) Iterate() starlark.Iterator { return starlark.Tuple{standIn{}, standIn{}}.Iterate() }

func standInsForStarlark() starlark.StringDict {
	call := func(t *starlark.Thread, f starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) starlark.Tuple {
		v, err := starlark.Call(t, f, args, kwargs)
		if err != nil {
			return starlark.Tuple{starlark.False, starlark.String(err.Error())}
		}
		return starlark.Tuple{starlark.True, v}
	}
	first := func(name string, then func(*starlark.Thread, starlark.Value, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)) starlark.Value {
		return starlark.NewBuiltin(name, func(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if len(args) == 0 {
				return nil, errors.New(name + ": no argument")
			}
			return then(t, args[0], args[1:], kwargs)
		})
	}
	pcall := first("pcall", func(t *starlark.Thread, f starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return call(t, f, args, kwargs), nil
	})
	return starlark.StringDict{
		"struct": starlark.NewBuiltin("struct", starlarkstruct.Make),
		"pcall":  pcall,
		"coroutine": &starlarkstruct.Module{Name: "coroutine", Members: starlark.StringDict{
			"spawn": pcall, "yield_": standIn{},
		}},
		"error": first("error", func(_ *starlark.Thread, v starlark.Value, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			return nil, errors.New(v.String())
		}),
	}
}

func runStarlark(text string, interrupt <-chan struct{}) error {
	thread := &starlark.Thread{
		Name:  "script",
		Print: func(*starlark.Thread, string) {},
		Load: func(*starlark.Thread, string) (starlark.StringDict, error) {
			return nil, errors.New("not found")
		},
	}
	done, quit := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-interrupt:
			thread.Cancel(errInterrupted.Error())
		case <-quit:
		}
	}()
	defer func() {
		close(quit)
		<-done
	}()
	file, err := bareDialect.Parse("script.star", text, 0)
	if err != nil {
		return err
	}
	predeclared := standInsForStarlark()
	program, err := starlark.FileProgram(file, func(name string) bool {
		if predeclared[name] == nil && starlark.Universe[name] == nil {
			predeclared[name] = standIn{} // what a test defines, perhaps
		}
		return predeclared[name] != nil
	})
	if err != nil {
		return err
	}
	globals, err := program.Init(thread, predeclared)
	if err != nil {
		return err
	}
	globals.Freeze()
	for _, name := range append([]string{"main"}, globals.Keys()...) {
		f, ok := globals[name].(*starlark.Function)
		if !ok {
			continue
		}
		args := make(starlark.Tuple, f.NumParams())
		for i := range args {
			args[i] = starlark.String("{app:processes|1}")
		}
		_, err = starlark.Call(thread, f, args, nil)
		if name == "main" {
			return err
		}
	}
	return err
}

// bareDialect is the language with all that it may have.
var bareDialect = &syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}
