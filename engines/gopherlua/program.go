package gopherlua

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/understudy-run/understudy/engines/gopherlua/internal/codegen"
	"github.com/understudy-run/understudy/engines/internal/luacode"
	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/engines/internal/pace"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// program is a compiled source with what it may require.
type program struct {
	engine *engine
	source hostapi.Source
	order  []*program // whose top levels run: libraries before what imports them, last p
	main   *lua.FunctionProto
	// operators are what main wants as upvalues.
	operators []codegen.Operator
	// protos are all functions of the source text.
	protos   map[*lua.FunctionProto]bool
	coverage *coverage // nil unless it is noted what is executed
	*environment
}

// Compile parses and compiles a source.
func (e *engine) Compile(src hostapi.Source) (hostapi.Program, error) {
	p, err := e.compile(src, src.Code(), "")
	if err != nil {
		return nil, err
	}
	return p, nil
}

// compile makes a program of a text in which mark is as codegen.Compile has it.
func (e *engine) compile(src hostapi.Source, text, mark string) (*program, error) {
	if e.unknown != nil {
		return nil, e.unknown
	}
	code, err := compile(src.Path, text, mark)
	if err != nil {
		return nil, syntaxError(src, err)
	}
	p := &program{engine: e, source: src, main: code.Main, operators: code.Operators, protos: map[*lua.FunctionProto]bool{}}
	if mark != "" {
		p.coverage = &coverage{marks: code.Marks}
	}
	if p.order, err = binding.Order(p); err != nil {
		return nil, err
	}
	p.add(p.main)
	p.environment = e.environment(&p.source)
	return p, nil
}

func compile(path, text, mark string) (code codegen.Code, err error) {
	if err = luacode.Check(path, text); err != nil {
		return code, err
	}
	if text, err = luacode.Numerals(path, text, numeral); err != nil {
		return code, err
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	chunk, err := parse.Parse(strings.NewReader(text), path)
	if err != nil {
		return code, err
	}
	return codegen.Compile(chunk, path, mark)
}

// numeral gives a numeral in a form that the interpreter's parser takes for one token.
// It knows no fractions and exponents after 0x.
func numeral(text string) (string, bool) {
	v, ok := lualib.ParseNumber(text)
	switch {
	case math.IsInf(v, 0):
		text = "1e999"
	case len(text) > 1 && text[1]|0x20 == 'x':
		text = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return text, ok
}

// syntaxError makes the error of Compile from what the interpreter's parser or
// compiler gave.
func syntaxError(src hostapi.Source, err error) error {
	if syntax, ok := err.(*hostapi.SyntaxError); ok {
		return syntax
	}
	e := &hostapi.SyntaxError{Path: src.Path, Message: err.Error()}

	var pe *parse.Error
	var ce *lua.CompileError
	switch {
	case errors.As(err, &pe):
		e.Message = pe.Message
		if pe.Token != "" {
			e.Message += " near '" + pe.Token + "'"
		}
		if pe.Pos.Line > 0 {
			e.Line, e.Column = pe.Pos.Line, max(pe.Pos.Column, 0)
		} else {
			e.Message += " at end of file"
			e.Line = 1 + strings.Count(src.Text, "\n")
		}
	case errors.As(err, &ce):
		e.Line, e.Message = ce.Line, ce.Message
	}
	return e
}

// atEnd reports whether the interpreter's parser stopped at the end of the text.
func atEnd(err error) bool {
	var pe *parse.Error
	return errors.As(err, &pe) && pe.Pos.Line <= 0
}

func (p *program) add(proto *lua.FunctionProto) {
	p.protos[proto] = true
	for _, child := range proto.FunctionPrototypes {
		p.add(child)
	}
}

// Source is what the program was compiled from.
func (p *program) Source() *hostapi.Source { return &p.source }

// Load makes the state of a process and runs the top levels.
func (p *program) Load(t hostapi.Task) (hostapi.Instance, error) {
	in := &instance{engine: p.engine, program: p, pace: pace.New(interval, p.engine.clock, t.RealTime())}
	in.env = p.engine.base.CreateTable(0, 8)
	in.env.Metatable = p.globals
	in.task = task{host: t}
	t.Begin(in)
	s := newStrand(in, &in.task)
	s.begin()
	for _, next := range p.order {
		src := &loadedSource{program: next}
		in.sources = append(in.sources, src)
		v, err := s.load(next)
		if err != nil {
			s.end()
			in.Close()
			return nil, err
		}
		src.exports = v
	}
	s.end()
	return in, nil
}

// load runs the top level of p and gives what it returned.
func (s *strand) load(p *program) (lua.LValue, error) {
	l := s.in.engine.acquire(s)
	l.Push(s.in.engine.guard)
	l.Push(s.in.topLevel(p))
	if thrown, ok := s.run(l, 0); !ok {
		return nil, s.boundary(thrown)
	}
	v := l.Get(1)
	s.in.engine.release(l)
	if s.task.killed {
		return nil, hostapi.ErrKilled
	}
	return v, nil
}
