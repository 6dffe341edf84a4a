package gopherlua

import (
	"slices"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/gopherlua/internal/codegen"
	"github.com/understudy-run/understudy/engines/internal/luacode"
	"github.com/understudy-run/understudy/hostapi"
)

// A program whose coverage is noted has a mark in front of each statement: a call of the
// operator Cover. Its first execution in a process replaces it by a jump behind it, so
// that loops do not call. For that each process has functions of its own; it begins with
// all marks, or the number of its steps would depend on what others have done.

// coverage is what is noted of a program.
type coverage struct {
	*hostapi.Coverage
	marks map[*lua.FunctionProto][]codegen.Mark
}

// CompileCovered implements hostapi.Coverer.
func (e *engine) CompileCovered(src hostapi.Source) (hostapi.Program, *hostapi.Coverage, error) {
	if _, err := e.Compile(src); err != nil {
		return nil, nil, err
	}
	text, name, statements := luacode.MarkStatements(src.Code(), strconv.Itoa)
	p, err := e.compile(src, text, name)
	if err != nil {
		return nil, nil, err
	}
	p.coverage.Coverage = hostapi.NewCoverage(luacode.Lines(statements))
	return p, p.coverage.Coverage, nil
}

// covered has the functions of a process that are its own, each with that of the program;
// nil while there are none.
type covered map[*lua.FunctionProto]original

type original struct {
	proto    *lua.FunctionProto
	coverage *coverage
}

// prototype gives the function of p's top level for the process.
func (c *covered) prototype(p *program) *lua.FunctionProto {
	if p.coverage == nil {
		return p.main
	}
	if *c == nil {
		*c = covered{}
	}
	return c.copy(p.main, p.coverage)
}

func (c covered) copy(proto *lua.FunctionProto, of *coverage) *lua.FunctionProto {
	own := *proto
	own.Code = slices.Clone(proto.Code)
	own.FunctionPrototypes = make([]*lua.FunctionProto, len(proto.FunctionPrototypes))
	for i, inner := range proto.FunctionPrototypes {
		own.FunctionPrototypes[i] = c.copy(inner, of)
	}
	c[&own] = original{proto, of}
	return &own
}

// original gives the function of the program for one of the process.
func (c covered) original(proto *lua.FunctionProto) *lua.FunctionProto {
	if o, ok := c[proto]; ok {
		return o.proto
	}
	return proto
}

// cover is the operator Cover.
func cover(l *lua.LState) int {
	in := strandOf(l).in
	call, _ := l.GetStack(1)
	v, _ := l.GetInfo("f", call, lua.LNil)
	proto := v.(*lua.LFunction).Proto
	at := in.engine.layout.instruction(call) - 1
	of := in.covered[proto]
	marks := of.coverage.marks[of.proto]
	if i, ok := slices.BinarySearchFunc(marks, at, func(m codegen.Mark, at int) int { return m.At - at }); ok {
		of.coverage.Begin(marks[i].Number)
		proto.Code[at] = codegen.Skip
	}
	return 0
}
