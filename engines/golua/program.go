package golua

import (
	"bytes"
	"fmt"
	"math"
	"sync"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// program is a compiled source.
type program struct {
	engine *engine
	source hostapi.Source
	binary []byte
	names  map[int]string // of functions, by the line where they begin
	// symbols are those of all functions, by their numbers.
	symbols  []*symbols
	coverage *coverage  // nil unless it is noted what is executed
	order    []*program // whose top levels run: libraries before what imports them, last p

	// spare holds main functions of ended processes, each with a copy of the
	// compiled code that it alone uses.
	spare sync.Pool
}

// Source is what the program was compiled from.
func (p *program) Source() *hostapi.Source { return &p.source }

// Load makes the interpreter state of a process and runs the top levels.
func (p *program) Load(t hostapi.Task) (hostapi.Instance, error) {
	in := newInstance(p, t)
	t.Begin(in)
	for _, next := range p.order {
		result, err := in.run(next, t)
		if err != nil {
			in.Close()
			return nil, err
		}
		if next == p {
			in.result = result
		} else {
			in.libraries = append(in.libraries, library{next, result})
		}
	}
	return in, nil
}

// run executes the top level of p and gives what the chunk returns.
func (in *instance) run(p *program, t hostapi.Task) (any, error) {
	main, err := in.instantiate(in.main.state, p)
	if err != nil {
		return nil, t.Fault(err, nil)
	}
	results, err := in.main.runTask(t, main, nil)
	if err != nil || len(results) == 0 {
		return nil, err
	}
	return results[0], nil
}

// instantiate gives the main function of a copy of the compiled chunk for the
// process. It uses the stack of l.
func (in *instance) instantiate(l *lua.State, p *program) (main any, err error) {
	l.CheckStack(lua.MinStack)
	if main = p.spare.Get(); main == nil || p.coverage != nil {
		if main, err = copyChunk(l, p); err != nil {
			return nil, err
		}
	}
	in.chunks = append(in.chunks, chunkCopy{p, main})
	in.setUpvalues(l, main, in.globals)
	if p.coverage != nil {
		in.setUpvalue(l, main, coverName, p.coverage.operator)
	}
	return main, nil
}

// copyChunk makes a copy of the compiled chunk. The interpreter needs much stack
// for that, which a waiting process should not keep; so it has that of another
// goroutine.
func copyChunk(l *lua.State, p *program) (main any, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("golua: load: %v", r)
			}
		}()
		if err = l.Load(bytes.NewReader(p.binary), "="+p.source.Path, "b"); err == nil {
			main = pop(l)
		}
	}()
	<-done
	return main, err
}

// chunkCopy is a copy of a compiled chunk that the process uses.
type chunkCopy struct {
	program *program
	main    any
}

// setUpvalues gives the main function of a chunk its upvalues, _ENV being
// globals.
func (in *instance) setUpvalues(l *lua.State, main, globals any) {
	l.PushLightUserData(main)
	defer l.Pop(1)
	for i := 1; ; i++ {
		name, ok := lua.UpValue(l, -1, i)
		if !ok {
			return
		}
		l.Pop(1)
		switch name {
		case "_ENV":
			l.PushLightUserData(globals)
		case nanName:
			l.PushNumber(math.NaN())
		case countName:
			l.PushNil() // see watchDepth
		default:
			operator := in.engine.operators[name]
			if operator == nil {
				continue
			}
			l.PushLightUserData(operator)
		}
		lua.SetUpValue(l, -2, i)
	}
}

// setUpvalue sets one upvalue of the main function of a chunk, if it is there.
func (in *instance) setUpvalue(l *lua.State, main any, name string, v any) {
	l.PushLightUserData(main)
	defer l.Pop(1)
	for i := 1; ; i++ {
		found, ok := lua.UpValue(l, -1, i)
		if !ok {
			return
		}
		l.Pop(1)
		if found == name {
			l.PushLightUserData(v)
			lua.SetUpValue(l, -2, i)
			return
		}
	}
}
