package golua

import (
	"reflect"
	"slices"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/luacode"
	"github.com/understudy-run/understudy/hostapi"
)

// A program whose coverage is noted has a mark in front of each statement: in the text
// an assignment, which rewrite replaces by a call of the function in the upvalue named
// coverName. Its first execution in a process takes the call out of the process's copy of
// the code, so that loops do not call. Such copies are not used again: each process begins
// with all marks, or the number of its steps would depend on what others have done.

// coverage is what is noted of a program. The functions of a source have the same numbers
// in its text and in the compiled code.
type coverage struct {
	*hostapi.Coverage
	operator any // that marks call
	// marks has for each function where its marks stand, statements which these are: both
	// in order.
	marks, statements [][]int
	functions         []*symbols
}

// CompileCovered implements hostapi.Coverer.
func (e *engine) CompileCovered(src hostapi.Source) (hostapi.Program, *hostapi.Coverage, error) {
	if _, err := e.Compile(src); err != nil {
		return nil, nil, err
	}
	text, name, statements := luacode.MarkStatements(src.Code(), func(int) string { return "nil" })
	p, err := e.compile(src, text, name)
	if err != nil {
		return nil, nil, err
	}
	c := p.coverage
	c.Coverage, c.statements = hostapi.NewCoverage(luacode.Lines(statements)), make([][]int, len(c.marks))
	for i, s := range statements {
		c.statements[s.Function] = append(c.statements[s.Function], i)
	}
	c.functions = p.symbols
	e.mu.Lock()
	defer e.mu.Unlock()
	c.operator = e.operator(c.begin)
	return p, c.Coverage, nil
}

// coverage finds the marks of a chunk that was not rewritten yet.
func (c *chunk) coverage(mark string) *coverage {
	out := &coverage{}
	var find func(p *prototype)
	find = func(p *prototype) {
		p.marker = mark
		var marks []int
		for pc, i := range p.code {
			if p.isMark(i) {
				marks = append(marks, pc)
			}
		}
		out.marks = append(out.marks, marks)
		for _, inner := range p.prototypes {
			find(inner)
		}
	}
	find(c.main)
	return out
}

// isMark reports whether an instruction is a mark. The first statement of a function is
// one, so the constant has a small number.
func (p *prototype) isMark(i instruction) bool {
	return p.marker != "" && (i.op() == opSetTable || i.op() == opSetTableUp) &&
		i.b()&constantBit != 0 && p.texts[i.b()&^constantBit] == p.marker
}

// begin is called by a mark.
func (c *coverage) begin(l *lua.State) int {
	y := threadOf(l).in.engine.layout
	f, _ := lua.Stack(l, 1)
	lua.Info(l, "f", f)
	code := exported(reflect.ValueOf(pop(l)).Elem().Field(y.closurePrototype).Elem().Field(y.prototypeCode))
	number, _ := marked(instruction(code.Index(code.Len() - 1).Uint()))
	s := c.functions[number]
	call := int(reflect.ValueOf(f).Elem().Field(y.callScript).Elem().Field(y.callPosition).Int()) - 1
	at := s.from[call-s.first]
	if i, ok := slices.BinarySearch(c.marks[number], at-s.shift); ok {
		c.Begin(c.statements[number][i])
		code.Index(at).SetUint(uint64(abx(opJump, 0, jumpOffset)))
	}
	return 0
}
