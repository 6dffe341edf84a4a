package golua

import (
	"fmt"
	"reflect"
	"strings"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// extraStack is how many slots at the end of its stack a State does not use.
const extraStack = 5

// layout says where the interpreter keeps what a census looks at: the types of
// pointers to what it allocates, and the numbers of fields.
type layout struct {
	table, luaClosure, goClosure, userdata, state, prototype, upvalue reflect.Type

	tableArray, tableHash, tableMeta, tableKeys   int
	closurePrototype, closureUpvalues, goUpvalues int
	userdataData, upvalueHome                     int
	stateStack, stateTop, stateCall, callPrevious int
	callScript, callFrame, callPosition, callCode int
	prototypeConstants, prototypeInner            int
	prototypeCache, prototypeRegisters            int
	prototypeLists                                []int

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
	if err := l.Load(strings.NewReader("return"), "=layout", "t"); err != nil {
		return nil, err
	}
	y.luaClosure = reflect.TypeOf(pop(l))
	l.PushUserData(nil)
	y.userdata = reflect.TypeOf(newProbe(l).userdata(l))

	var err error
	field := func(pointer reflect.Type, name string, kind reflect.Kind) int {
		if pointer == nil || pointer.Kind() != reflect.Pointer || pointer.Elem().Kind() != reflect.Struct {
			err = fmt.Errorf("%v has no field %s", pointer, name)
			return 0
		}
		f, ok := pointer.Elem().FieldByName(name)
		if !ok || len(f.Index) != 1 || f.Type.Kind() != kind {
			err = fmt.Errorf("%v has no %v field %s", pointer, kind, name)
			return 0
		}
		return f.Index[0]
	}
	typeOf := func(pointer reflect.Type, name string, kind reflect.Kind) reflect.Type {
		at := field(pointer, name, kind)
		if err != nil {
			return nil
		}
		return pointer.Elem().Field(at).Type
	}
	y.tableArray = field(y.table, "array", reflect.Slice)
	y.tableHash = field(y.table, "hash", reflect.Map)
	y.tableMeta = field(y.table, "metaTable", reflect.Pointer)
	y.tableKeys = field(y.table, "iterationKeys", reflect.Slice)
	y.closurePrototype = field(y.luaClosure, "prototype", reflect.Pointer)
	y.closureUpvalues = field(y.luaClosure, "upValues", reflect.Slice)
	y.goUpvalues = field(y.goClosure, "upValues", reflect.Slice)
	y.userdataData = field(y.userdata, "data", reflect.Interface)
	y.stateStack = field(y.state, "stack", reflect.Slice)
	y.stateTop = field(y.state, "top", reflect.Int)
	y.stateCall = field(y.state, "callInfo", reflect.Pointer)
	call := typeOf(y.state, "callInfo", reflect.Pointer)
	y.callPrevious = field(call, "previous", reflect.Pointer)
	y.callScript = field(call, "luaCallInfo", reflect.Pointer)
	script := typeOf(call, "luaCallInfo", reflect.Pointer)
	y.callFrame = field(script, "frame", reflect.Slice)
	y.callPosition = field(script, "savedPC", reflect.Int)
	y.callCode = field(script, "code", reflect.Slice)
	y.prototype = typeOf(y.luaClosure, "prototype", reflect.Pointer)
	y.prototypeConstants = field(y.prototype, "constants", reflect.Slice)
	y.prototypeInner = field(y.prototype, "prototypes", reflect.Slice)
	y.prototypeCache = field(y.prototype, "cache", reflect.Pointer)
	y.prototypeRegisters = field(y.prototype, "maxStackSize", reflect.Int)
	for _, name := range []string{"code", "lineInfo", "localVariables", "upValues"} {
		y.prototypeLists = append(y.prototypeLists, field(y.prototype, name, reflect.Slice))
	}
	if upvalues := typeOf(y.luaClosure, "upValues", reflect.Slice); err == nil {
		y.upvalue = upvalues.Elem()
	}
	y.upvalueHome = field(y.upvalue, "home", reflect.Interface)
	if err != nil {
		return nil, fmt.Errorf("golua: the interpreter has changed: %w", err)
	}

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
	return y, nil
}

// known reports whether reflection finds all that an object holds.
func (y *layout) known(o hostapi.Object) bool {
	return y == nil || y.plain[reflect.TypeOf(o).Elem()]
}

// sizes gives how many elements are in the array part of a table, and how many
// outside; all may be outside if that is not known.
func (y *layout) sizes(table any) (array, hash int) {
	if y == nil {
		return 0, 1
	}
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
