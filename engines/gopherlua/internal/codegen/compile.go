package codegen

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/understudy-run/understudy/hostapi"
)

// Operator names a function of the engine that stands for what no instruction
// does. The code has it as an upvalue, whose name no script can write.
type Operator string

const (
	Concat  Operator = "(concat)"  // of all operands of a chain
	Modulo  Operator = "(modulo)"  // of both operands
	Power   Operator = "(power)"   // of both operands
	Remove  Operator = "(remove)"  // of a table and a key whose value is to be nil
	Globals Operator = "(globals)" // no function: the table of globals
	Cover   Operator = "(cover)"   // without operands, see Mark
)

// Code is a compiled source.
type Code struct {
	Main      *lua.FunctionProto // of its top level
	Operators []Operator         // that it wants as upvalues, in that order
	Marks     map[*lua.FunctionProto][]Mark
}

// Mark is where a function calls the operator Cover, by two instructions.
type Mark struct{ At, Number int }

// Skip is an instruction that, at Mark.At, leaves out the mark.
const Skip = uint32(lua.OP_JMP<<26 | (maxSBx + 1))

// Compile makes the functions of a source. What is wrong with it is a
// *hostapi.SyntaxError. An assignment of a number to the global variable of the name mark,
// if that is not empty, becomes a mark of this number.
func Compile(chunk []ast.Stmt, source, mark string) (code Code, err error) {
	defer func() {
		if r := recover(); r != nil {
			syntax, ok := r.(*hostapi.SyntaxError)
			if !ok {
				panic(r)
			}
			err = syntax
		}
	}()
	f := newFunction(nil, source)
	f.mark = mark
	f.enter(false)
	lastLine := 0
	if n := len(chunk); n > 0 {
		lastLine = max(chunk[n-1].Line(), chunk[n-1].LastLine())
	}
	f.body(chunk, lastLine)
	code.Marks = map[*lua.FunctionProto][]Mark{}
	code.Main, err = f.finish().build(code.Marks)
	for _, u := range f.upvalues {
		code.Operators = append(code.Operators, Operator(u.name))
	}
	return code, err
}
