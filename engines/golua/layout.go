package golua

import (
	"reflect"
	"strings"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/hidden"
	"github.com/understudy-run/understudy/hostapi"
)

// extraStack is how many slots at the end of its stack a State does not use.
const extraStack = 5

// layout says where the interpreter keeps what a census looks at: the types of
// pointers to what it allocates, and the numbers of fields.
type layout struct {
	table, luaClosure, goClosure, goFunction, userdata, state, prototype, upvalue reflect.Type

	tableArray, tableHash, tableMeta, tableKeys   int
	closurePrototype, closureUpvalues, goUpvalues int
	userdataData, upvalueHome                     int
	stateStack, stateTop, stateCall               int
	callPrevious, callNext                        int
	callScript, callFrame, callPosition, callCode int
	prototypeConstants, prototypeInner            int
	prototypeCache, prototypeRegisters            int
	prototypeLists                                []int
	prototypeLines, prototypeCode                 int

	iteration reflect.Type
	plain     map[reflect.Type]bool // types of the host that are nothing but data
}

// newLayout looks at the interpreter's types. The error names what is not as
// expected.
func newLayout() (*layout, error) {
	l := lua.NewState()
	l.NewTable()
	y := &layout{table: reflect.TypeOf(pop(l)), state: reflect.TypeOf(l)}
	l.PushNil()
	l.PushGoClosure(func(*lua.State) int { return 0 }, 1)
	y.goClosure = reflect.TypeOf(pop(l))
	l.PushGoFunction(func(*lua.State) int { return 0 })
	y.goFunction = reflect.TypeOf(pop(l))
	if err := l.Load(strings.NewReader("return"), "=layout", "t"); err != nil {
		return nil, err
	}
	y.luaClosure = reflect.TypeOf(pop(l))
	l.PushUserData(nil)
	y.userdata = reflect.TypeOf(newProbe(l).userdata(l))

	var f hidden.Fields
	y.tableArray = f.Index(y.table, "array", reflect.Slice)
	y.tableHash = f.Index(y.table, "hash", reflect.Map)
	y.tableMeta = f.Index(y.table, "metaTable", reflect.Pointer)
	y.tableKeys = f.Index(y.table, "iterationKeys", reflect.Slice)
	y.closurePrototype = f.Index(y.luaClosure, "prototype", reflect.Pointer)
	y.closureUpvalues = f.Index(y.luaClosure, "upValues", reflect.Slice)
	y.goUpvalues = f.Index(y.goClosure, "upValues", reflect.Slice)
	y.userdataData = f.Index(y.userdata, "data", reflect.Interface)
	y.stateStack = f.Index(y.state, "stack", reflect.Slice)
	y.stateTop = f.Index(y.state, "top", reflect.Int)
	y.stateCall = f.Index(y.state, "callInfo", reflect.Pointer)
	call := f.Type(y.state, "callInfo", reflect.Pointer)
	y.callPrevious = f.Index(call, "previous", reflect.Pointer)
	y.callNext = f.Index(call, "next", reflect.Pointer)
	y.callScript = f.Index(call, "luaCallInfo", reflect.Pointer)
	script := f.Type(call, "luaCallInfo", reflect.Pointer)
	y.callFrame = f.Index(script, "frame", reflect.Slice)
	y.callPosition = f.Index(script, "savedPC", reflect.Int)
	y.callCode = f.Index(script, "code", reflect.Slice)
	y.prototype = f.Type(y.luaClosure, "prototype", reflect.Pointer)
	y.prototypeConstants = f.Index(y.prototype, "constants", reflect.Slice)
	y.prototypeInner = f.Index(y.prototype, "prototypes", reflect.Slice)
	y.prototypeCache = f.Index(y.prototype, "cache", reflect.Pointer)
	y.prototypeRegisters = f.Index(y.prototype, "maxStackSize", reflect.Int)
	for _, name := range []string{"code", "lineInfo", "localVariables", "upValues"} {
		y.prototypeLists = append(y.prototypeLists, f.Index(y.prototype, name, reflect.Slice))
	}
	y.prototypeLines = f.Index(y.prototype, "lineInfo", reflect.Slice)
	y.prototypeCode = f.Index(y.prototype, "code", reflect.Slice)
	if upvalues := f.Type(y.luaClosure, "upValues", reflect.Slice); upvalues != nil {
		y.upvalue = upvalues.Elem()
	}
	y.upvalueHome = f.Index(y.upvalue, "home", reflect.Interface)
	y.iteration = reflect.TypeFor[*iteration]()
	y.plain = map[reflect.Type]bool{
		reflect.TypeFor[hostapi.Message]():     true,
		reflect.TypeFor[hostapi.Payload]():     true,
		reflect.TypeFor[hostapi.Case]():        true,
		reflect.TypeFor[hostapi.ErrorObject](): true,
		reflect.TypeFor[hostapi.Error]():       true,
		reflect.TypeFor[hostapi.List]():        true,
		reflect.TypeFor[hostapi.Map]():         true,
		reflect.TypeFor[hostapi.Record]():      true,
	}
	return y, f.Err("go-lua")
}

// known reports whether reflection finds all that an object holds.
func (y *layout) known(o hostapi.Object) bool {
	if c, ok := o.(*hostapi.Case); ok && c.Call != nil { // the core has the result
		return false
	}
	return y.plain[reflect.TypeOf(o).Elem()]
}

// sizes gives how many elements are in the array part of a table, and how many
// outside.
func (y *layout) sizes(table any) (array, hash int) {
	t := reflect.ValueOf(table).Elem()
	return t.Field(y.tableArray).Len(), t.Field(y.tableHash).Len()
}

// keys gives the keys of a table outside its array part, of which the interpreter
// has made its list.
func (y *layout) keys(table any) []any {
	array, _ := y.sizes(table)
	list := exported(reflect.ValueOf(table).Elem().Field(y.tableKeys))
	out := make([]any, 0, list.Len())
	for i := range list.Len() {
		// Cleared ones are nil. Those that have moved into the array part are still
		// in the list.
		if k := list.Index(i).Interface(); k != nil && !isElement(k, array) {
			out = append(out, k)
		}
	}
	return out
}

// origin is where the interpreter's list of the keys of a table lies.
func (y *layout) origin(table any) uintptr {
	return reflect.ValueOf(table).Elem().Field(y.tableKeys).Pointer()
}

// exported gives what reflection found in a field that is not exported so that its
// values can be had.
func exported(field reflect.Value) reflect.Value {
	return reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem()
}

// registers gives how many registers a function of a script has.
func (y *layout) registers(closure any) int {
	p := reflect.ValueOf(closure).Elem().Field(y.closurePrototype).Elem()
	return int(p.Field(y.prototypeRegisters).Int())
}

// line gives the line of the next instruction of a frame, that of a function of a
// script; 0 if it is not known.
func (y *layout) line(closure any, f lua.Frame) int {
	script := reflect.ValueOf(f).Elem().Field(y.callScript)
	if script.IsNil() {
		return 0
	}
	pc := int(script.Elem().Field(y.callPosition).Int())
	lines := reflect.ValueOf(closure).Elem().Field(y.closurePrototype).Elem().Field(y.prototypeLines)
	if pc < 0 || pc >= lines.Len() {
		return 0
	}
	return int(lines.Index(pc).Int())
}
