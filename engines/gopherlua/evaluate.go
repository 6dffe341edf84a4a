package gopherlua

import (
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/luacode"
	"github.com/understudy-run/understudy/engines/internal/luatable"
	"github.com/understudy-run/understudy/hostapi"
)

// variable is one that an input has declared at its outermost level: the only upvalue of
// that name of a function.
type variable struct {
	of    *lua.LFunction
	index int
}

// Evaluate implements hostapi.Evaluator.
func (in *instance) Evaluate(path, text string) (hostapi.Function, error) {
	src := in.program.source
	src.Path, src.Text = path, text
	if _, err := compile(path, luacode.Expression(text), ""); err == nil {
		text = luacode.Expression(text)
	} else if _, err := compile(path, text, ""); err != nil {
		syntax := syntaxError(src, err).(*hostapi.SyntaxError)
		syntax.Incomplete = atEnd(err) || luacode.Open(text)
		return nil, syntax
	}
	i := luacode.NewInput(text, slices.Sorted(maps.Keys(in.variables)))
	code, err := compile(path, i.Chunk, "")
	if err != nil {
		return nil, syntaxError(src, err)
	}
	src.Text = i.Chunk
	p := &program{engine: in.engine, source: src, main: code.Main, operators: code.Operators, protos: map[*lua.FunctionProto]bool{}, environment: in.program.environment}
	p.add(p.main)
	return &input{in, p, i.Declares}, nil
}

// input is the function of an input.
type input struct {
	in       *instance
	program  *program
	declares []string
}

// Call runs it, and keeps the variables that it declares.
func (i *input) Call(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
	in := i.in
	in.sources = append(in.sources, &loadedSource{program: i.program, exports: lua.LNil})
	made, err := (&function{in, in.topLevel(i.program)}).Call(t, nil)
	if err != nil {
		return nil, err
	}
	fn := made[0].Ref().(*lua.LFunction)
	for k, name := range fn.Proto.DbgUpvalues {
		if v, ok := in.variables[name]; ok {
			fn.Upvalues[k] = v.of.Upvalues[v.index]
		}
	}
	results, err := (&function{in, fn}).Call(t, args)
	if err != nil {
		return nil, err
	}
	for k, name := range i.declares {
		if in.variables == nil {
			in.variables = map[string]variable{}
		}
		keeps := results[k].Ref().(*lua.LFunction)
		in.variables[name] = variable{keeps, slices.Index(keeps.Proto.DbgUpvalues, name)}
	}
	return results[len(i.declares):], nil
}

// Show implements hostapi.Evaluator.
func (in *instance) Show(t hostapi.Task, v hostapi.Value) (string, error) {
	text := &function{in, in.engine.functions["tostring"]}
	return luatable.Opener(in.open).Show(v, func(v hostapi.Value) (string, error) {
		results, err := text.Call(t, []hostapi.Value{v})
		if err != nil {
			return "", err
		}
		return results[0].Str(), nil
	})
}

// Names implements hostapi.Evaluator.
func (in *instance) Names() []string {
	names := append(slices.Collect(maps.Keys(in.variables)), "_G")
	names = slices.AppendSeq(names, maps.Keys(in.program.libraries))
	for _, t := range []lua.LValue{in.env, in.program.globals.RawGetString(foldMark)} {
		walk(t.(*lua.LTable), func(k, _ lua.LValue) bool {
			if name, ok := k.(lua.LString); ok {
				names = append(names, string(name))
			}
			return true
		})
	}
	slices.Sort(names)
	return slices.Compact(names)
}
