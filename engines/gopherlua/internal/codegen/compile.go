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
)

// Compile makes the function of a source's top level, and tells which operators it
// wants as upvalues, in that order. What is wrong with the source is a
// *hostapi.SyntaxError.
func Compile(chunk []ast.Stmt, source string) (main *lua.FunctionProto, operators []Operator, err error) {
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
	f.enter(false)
	lastLine := 0
	if n := len(chunk); n > 0 {
		lastLine = max(chunk[n-1].Line(), chunk[n-1].LastLine())
	}
	f.body(chunk, lastLine)
	main, err = f.finish().build()
	for _, u := range f.upvalues {
		operators = append(operators, Operator(u.name))
	}
	return main, operators, err
}
