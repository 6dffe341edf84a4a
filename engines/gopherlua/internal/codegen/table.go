package codegen

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// table makes the code of a constructor.
func (f *function) table(x *ast.TableExpr) operand {
	pc := f.emitABC(lua.OP_NEWTABLE, 0, 0, 0)
	t := plain(isMovable, pc)
	f.toNextRegister(&t)
	base := t.info
	elements, fields, waiting := 0, 0, 0
	for i, field := range x.Fields {
		if field.Key != nil {
			fields++
			f.keyed(base, field)
			continue
		}
		o := f.expression(field.Value)
		elements++
		if i == len(x.Fields)-1 && o.multiple() {
			f.results(&o, -1)
			f.flush(base, elements, 0)
			elements--
			waiting = 0
			continue
		}
		f.toNextRegister(&o)
		if waiting++; waiting == lua.FieldsPerFlush {
			f.flush(base, elements, waiting)
			waiting = 0
		}
	}
	if waiting > 0 {
		f.flush(base, elements, waiting)
	}
	if elements == 0 && fields == 0 {
		// {} has room for one field. The interpreter would wait for the first one and
		// then make room for 32, which takes 2 KB.
		fields = 1
	}
	f.code[pc].setB(min(elements, maxC))
	f.code[pc].setC(min(fields, maxC))
	return t
}

func (f *function) keyed(table int, field *ast.Field) {
	before := f.free
	if _, empty := field.Value.(*ast.NilExpr); empty && !isString(field.Key) {
		f.reserve(2)
		key := f.expression(field.Key)
		f.toNextRegister(&key)
		f.emitABC(lua.OP_MOVE, before+1, table, 0)
		f.operation(before, Remove, 0)
		return
	}
	key := f.expression(field.Key)
	k := f.toRK(&key)
	value := f.expression(field.Value)
	v := f.toRK(&value)
	f.emitABC(f.setter(k), table, k, v)
	f.free = before
}

func isString(x ast.Expr) bool {
	_, ok := x.(*ast.StringExpr)
	return ok
}

// flush moves elements that wait in registers into the table; count 0 stands for
// all there are.
func (f *function) flush(table, elements, count int) {
	portion := (elements-1)/lua.FieldsPerFlush + 1
	if portion <= maxC {
		f.emitABC(lua.OP_SETLIST, table, count, portion)
	} else {
		f.emitABC(lua.OP_SETLIST, table, count, 0)
		f.emit(instruction(portion))
	}
	f.free = table + 1
}
