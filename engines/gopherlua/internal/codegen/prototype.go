package codegen

import (
	"strconv"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// prototype is a function whose code is complete.
type prototype struct {
	of      lua.FunctionProto
	named   int // see build
	inside  []*prototype
	marks   []Mark
	carrier *lua.FunctionProto
}

// build makes the interpreter's functions of p and those inside it.
//
// The interpreter keeps the names in instructions a second time, as strings, where
// only its own compiler can put them. So a function with names is one which that
// compiler made of nothing but a list of its first constants, in their order, and
// which then gets our code. The marks of each are noted in marks.
func (p *prototype) build(marks map[*lua.FunctionProto][]Mark) (*lua.FunctionProto, error) {
	var all []*prototype
	p.collect(&all)
	var lists []ast.Stmt
	for _, p := range all {
		if p.named > 0 {
			lists = append(lists, p.list())
		}
	}
	carrier, err := lua.Compile(lists, p.of.SourceName)
	if err != nil {
		return nil, err
	}
	made := carrier.FunctionPrototypes
	for _, p := range all { // those inside before those around them
		if p.named > 0 {
			p.become(made[0])
			made = made[1:]
		}
		if len(p.marks) > 0 {
			marks[p.made()] = p.marks
		}
		for _, child := range p.inside {
			p.made().FunctionPrototypes = append(p.made().FunctionPrototypes, child.made())
		}
	}
	return p.made(), nil
}

func (p *prototype) collect(all *[]*prototype) {
	for _, child := range p.inside {
		child.collect(all)
	}
	*all = append(*all, p)
}

// list is a statement with a function whose constants begin like those of p.
func (p *prototype) list() ast.Stmt {
	table := &ast.TableExpr{}
	for i, k := range p.of.Constants[:p.named] {
		var x ast.Expr = &ast.NumberExpr{Value: strconv.Itoa(i)} // takes the place of what is no name
		if s, ok := k.(lua.LString); ok {
			x = &ast.StringExpr{Value: string(s)}
		}
		table.Fields = append(table.Fields, &ast.Field{Value: x})
	}
	local := func(x ast.Expr) []ast.Stmt {
		return []ast.Stmt{&ast.LocalAssignStmt{Names: []string{"_"}, Exprs: []ast.Expr{x}}}
	}
	return &ast.DoBlockStmt{Stmts: local(&ast.FunctionExpr{ParList: &ast.ParList{}, Stmts: local(table)})}
}

// become gives a function that has the names of p the rest of p.
func (p *prototype) become(proto *lua.FunctionProto) {
	proto.LineDefined, proto.LastLineDefined = p.of.LineDefined, p.of.LastLineDefined
	proto.NumUpvalues, proto.NumParameters = p.of.NumUpvalues, p.of.NumParameters
	proto.IsVarArg, proto.NumUsedRegisters = p.of.IsVarArg, p.of.NumUsedRegisters
	proto.Code, proto.Constants = p.of.Code, p.of.Constants
	proto.DbgSourcePositions, proto.DbgCalls = p.of.DbgSourcePositions, p.of.DbgCalls
	proto.DbgLocals, proto.DbgUpvalues = p.of.DbgLocals, p.of.DbgUpvalues
	p.carrier = proto
}

func (p *prototype) made() *lua.FunctionProto {
	if p.carrier != nil {
		return p.carrier
	}
	return &p.of
}
