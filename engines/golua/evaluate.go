package golua

import (
	"maps"
	"slices"
	"strings"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/luacode"
	"github.com/understudy-run/understudy/hostapi"
)

// Evaluate implements hostapi.Evaluator.
func (in *instance) Evaluate(path, text string) (hostapi.Function, error) {
	in.mainUsed = true // an input may be discarded in the middle: not on the stack of Method and Copy
	src := in.program.source
	src.Path, src.Text = path, text
	if _, err := compile(path, luacode.Expression(text)); err == nil {
		text = luacode.Expression(text)
	} else if _, err := compile(path, text); err != nil {
		syntax := err.(*hostapi.SyntaxError)
		syntax.Incomplete = strings.Contains(syntax.Message, "<eof>") || luacode.Open(text)
		return nil, syntax
	}
	i := luacode.NewInput(text, slices.Sorted(maps.Keys(in.variables)))
	src.Text = i.Chunk
	p, err := in.engine.Compile(src)
	if err != nil {
		return nil, err
	}
	return &input{in, p.(*program), i.Declares}, nil
}

// input is the function of an input.
type input struct {
	in       *instance
	program  *program
	declares []string
}

// Call runs it, and keeps the variables that it declares.
func (i *input) Call(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
	in, l := i.in, lua.NewState()
	main, err := in.instantiate(l, i.program)
	if err != nil {
		return nil, t.Fault(err, nil)
	}
	made, err := (&function{in, main}).Call(t, nil)
	if err != nil {
		return nil, err
	}
	fn := made[0].Ref()
	l.PushLightUserData(fn)
	for k, name := range i.program.symbols[inputSymbols].upvalues {
		if keeps, ok := in.variables[name]; ok {
			l.PushLightUserData(keeps)
			lua.UpValueJoin(l, -2, k+1, -1, 1)
			l.Pop(1)
		}
	}
	results, err := (&function{in, fn}).Call(t, args)
	if err != nil {
		return nil, err
	}
	for k, name := range i.declares {
		if in.variables == nil {
			in.variables = map[string]any{}
		}
		in.variables[name] = results[k].Ref()
	}
	return results[len(i.declares):], nil
}

// inputSymbols is the number of the symbols of the function that an input is: those of
// the chunk come first.
const inputSymbols = 1

// Show implements hostapi.Evaluator.
func (in *instance) Show(t hostapi.Task, v hostapi.Value) (string, error) {
	text := &function{in, in.engine.base["tostring"]}
	return in.main.opener(in.main.state).Show(v, func(v hostapi.Value) (string, error) {
		results, err := text.Call(t, []hostapi.Value{v})
		if err != nil {
			return "", err
		}
		return results[0].Str(), nil
	})
}

// Names implements hostapi.Evaluator.
func (in *instance) Names() []string {
	names := slices.AppendSeq(in.main.globalNames(), maps.Keys(in.variables))
	_ = each(in.main, in.main.state, in.globals, func(key, _ any) error {
		if name, ok := key.(string); ok {
			names = append(names, name)
		}
		return nil
	})
	slices.Sort(names)
	return slices.Compact(names)
}
