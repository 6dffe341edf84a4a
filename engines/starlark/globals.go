package starlark

import (
	"errors"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// starlarkStruct is what struct(...) gives.
type starlarkStruct = starlarkstruct.Struct

// globals gives the predeclared names that every source has besides modules and
// require.
func globals() starlark.StringDict {
	g := starlark.StringDict{}
	for name, fn := range map[string]func(*task, starlark.Tuple, []starlark.Tuple) (starlark.Value, error){
		"print":  print_,
		"error":  error_,
		"fail":   fail,
		"pcall":  pcall,
		"struct": struct_,
	} {
		g[name] = native(name, fn)
	}
	language(g)
	methodGuards(g)
	return g
}

// native makes a built-in of the engine's own.
func native(name string, fn func(*task, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		t := taskOf(thread)
		if t.killed {
			return nil, hostapi.ErrKilled
		}
		return fn(t, args, kwargs)
	})
}

// print_ writes one line to the runtime's output (clause 13.25).
func print_(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	line, err := t.join("print", args, kwargs, t.printed)
	if err != nil {
		return nil, err
	}
	if err := t.resumed(t.Process().Print(line)); err != nil {
		if errors.Is(err, hostapi.ErrKilled) {
			return nil, err
		}
		return nil, thrown(err)
	}
	return starlark.None, nil
}

// error_ throws an error object as it is, anything else as errors.new(str(x))
// (clause 19.13).
func error_(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := starlark.UnpackPositionalArgs("error", args, kwargs, 1, &x); err != nil {
		return nil, invalid(err)
	}
	if e, ok := x.(*errorValue); ok {
		return nil, e
	}
	message, err := t.str(x)
	if err != nil {
		return nil, err
	}
	return nil, scriptError(message)
}

// fail throws its arguments joined.
func fail(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	message, err := t.join("fail", args, kwargs, t.text)
	if err != nil {
		return nil, err
	}
	return nil, scriptError(message)
}

// scriptError is what errors.new makes of a text (clause 11.3).
func scriptError(message string) error {
	return newError(&hostapi.Error{Message: message, Script: true})
}

// pcall calls a function and catches what it throws, except a kill (clauses
// 19.13 and 20.8).
func pcall(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, newError(hostapi.Errorf(hostapi.Invalid, "pcall requires argument #1 (f)"))
	}
	if t.thread.CallStackDepth() > maxDepth {
		return nil, newError(hostapi.Errorf(hostapi.Internal, "%s", errStackOverflow.Error()))
	}
	v, err := t.protected(args[0], args[1:], kwargs)
	if err == nil {
		return starlark.Tuple{starlark.True, v}, nil
	}
	e, err := t.caught(err)
	if err != nil {
		return nil, err
	}
	return starlark.Tuple{starlark.False, e}, nil
}

// struct_ makes a record of the script's own.
func struct_(_ *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 0 {
		return nil, newError(hostapi.Errorf(hostapi.Invalid, "struct takes only named arguments"))
	}
	return starlarkstruct.FromKeywords(starlarkstruct.Default, kwargs), nil
}

// join gives the texts of args, separated by the keyword argument sep.
func (t *task) join(name string, args starlark.Tuple, kwargs []starlark.Tuple, text func(starlark.Value) (string, error)) (string, error) {
	sep := " "
	if err := starlark.UnpackArgs(name, nil, kwargs, "sep?", &sep); err != nil {
		return "", invalid(err)
	}
	var b strings.Builder
	for i, v := range args {
		if i > 0 {
			b.WriteString(sep)
		}
		s, err := text(v)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
		if t.charge(len(s) / 256); b.Len() > maxBytes {
			return "", errTooLarge
		}
	}
	return b.String(), nil
}

// text gives a string as it is, other values as repr does.
func (t *task) text(v starlark.Value) (string, error) {
	if s, ok := v.(starlark.String); ok {
		return string(s), nil
	}
	return t.repr(v)
}

// printed gives v as print shows it.
func (t *task) printed(v starlark.Value) (string, error) {
	if b, ok := v.(starlark.Bytes); ok {
		return string(b), nil
	}
	return t.text(v)
}

// str gives v as str does: bytes that are no UTF-8 are replaced, each of them.
func (t *task) str(v starlark.Value) (string, error) {
	if b, ok := v.(starlark.Bytes); ok {
		return string([]rune(string(b))), nil
	}
	return t.text(v)
}
