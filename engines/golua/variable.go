package golua

import (
	"reflect"
	"strconv"
	"strings"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/engines/internal/luaname"
	"github.com/understudy-run/understudy/hostapi"
)

// maxSearched is in how many calls the one that failed is looked for.
const maxSearched = 250

// named puts the variable into the text of an error that the interpreter raised in a
// protected call from l, or without one. The call has been left, but the interpreter
// keeps what the calls within looked like, until others are made. The first of them
// that cannot go on is the one that failed.
func (th *thread) named(l *lua.State, text string) string {
	text = comparing(withoutGuess(text))
	e, ok := th.in.readError(text)
	if !ok {
		return text
	}
	y := th.in.engine.layout
	call := reflect.ValueOf(l).Elem().Field(y.stateCall)
	for range maxSearched {
		if call.IsNil() {
			break
		}
		if f, ok := y.frameOf(call); ok {
			if name, found := e.blame(th.in, f); found {
				return e.position + luaname.Doing(e.operation, name, e.typeName)
			}
		}
		call = call.Elem().Field(y.callNext)
	}
	return text
}

// namedByOperator does the same for an error that an operator is about to throw: it
// stands for an instruction of the function that called it.
func (th *thread) namedByOperator(l *lua.State, position, text string) string {
	e, ok := th.in.readError(position + text)
	running, _ := lua.Stack(l, 0)
	caller, called := lua.Stack(l, 1)
	if !ok || !called || !isOperator(l, running) {
		return text
	}
	if f, ok := th.in.engine.layout.frameOf(reflect.ValueOf(caller)); ok {
		if name, found := e.blame(th.in, f); found {
			return luaname.Doing(e.operation, name, e.typeName)
		}
	}
	return text
}

// comparing gives the reference's words for a comparison.
func comparing(text string) string {
	const raised = ": attempt to compare "
	at := strings.Index(text, raised)
	if at < 0 {
		return text
	}
	rest := text[at+len(raised):]
	if kind, ok := strings.CutPrefix(rest, "two '"); ok {
		kind, _, _ = strings.Cut(kind, "'")
		return text[:at+2] + luaname.Comparing(kind, kind)
	}
	left, right, ok := strings.Cut(rest, "' with '")
	if !ok || left[0] != '\'' {
		return text
	}
	return text[:at+2] + luaname.Comparing(left[1:], strings.TrimSuffix(right, "'"))
}

// typeError is the text of an error, taken apart.
type typeError struct {
	position, operation, typeName string
	line                          int
	sources                       []chunkCopy
}

func (in *instance) readError(text string) (e typeError, ok bool) {
	path, rest, ok := strings.Cut(text, ":")
	for ok {
		var digits string
		if digits, rest, ok = strings.Cut(rest, ":"); !ok {
			break
		}
		if line, err := strconv.Atoi(digits); err == nil {
			e.line = line
			break
		}
		path += ":" + digits // of a path with a colon
	}
	what, raised := strings.CutPrefix(rest, " attempt to ")
	if e.line == 0 || !raised {
		return e, false
	}
	e.position = text[:len(text)-len(rest)+1]
	i := strings.LastIndex(what, " a ")
	typeName, isType := strings.CutSuffix(what[i+1:], " value")
	if i < 0 || !isType {
		return e, false
	}
	e.operation, e.typeName = what[:i], strings.TrimPrefix(typeName, "a ")
	e.sources = in.sources(path)
	return e, len(e.sources) > 0
}

// frame is a call of a function of a script.
type frame struct {
	code, values reflect.Value
	pc           int
}

func (y *layout) frameOf(call reflect.Value) (f frame, ok bool) {
	script := call.Elem().Field(y.callScript)
	if script.IsNil() {
		return f, false
	}
	f.code, f.values = script.Elem().Field(y.callCode), exported(script.Elem().Field(y.callFrame))
	f.pc = int(script.Elem().Field(y.callPosition).Int()) - 1
	return f, f.pc >= 0 && f.pc < f.code.Len()
}

// value gives what is in a register.
func (f frame) value(register int) (v any, ok bool) {
	if register >= f.values.Len() {
		return nil, false
	}
	return f.values.Index(register).Interface(), true
}

// blame names what a call failed on, with the error e; found is false if it did not.
func (e *typeError) blame(in *instance, f frame) (name string, found bool) {
	number, ok := marked(instruction(f.code.Index(f.code.Len() - 1).Uint()))
	if !ok {
		return "", false
	}
	for _, source := range e.sources {
		if number >= len(source.program.symbols) {
			continue
		}
		s := source.program.symbols[number]
		if pc, ok := s.origin(f.pc); ok && int(s.lines[pc]) == e.line {
			if name, found = e.of(in, f, s, pc); found {
				return name, true
			}
		}
	}
	return "", false
}

// of does that for the instruction at pc.
func (e *typeError) of(in *instance, f frame, s *symbols, pc int) (name string, found bool) {
	i := s.code[pc]
	a, b, c := i.a(), i.b(), i.c()
	event := "" // by which a metatable could make it succeed
	// first blames the first of some registers and constants that is not right.
	first := func(right func(v any) bool, operands ...int) (string, bool) {
		for _, r := range operands {
			if r&constantBit != 0 {
				if e.typeName == "string" && s.text(r&^constantBit) != "" && !right(s.text(r&^constantBit)) {
					return "", true
				}
				continue
			}
			v, ok := f.value(s.register(r))
			if !ok || right(v) {
				continue
			}
			switch in.engine.layout.outcome(v, e.typeName, event) {
			case refused:
				return luaname.Of(s, pc, r), true
			case elsewhere:
				return "", true
			}
			return "", false
		}
		return "", false
	}
	never := func(any) bool { return false }
	switch e.operation {
	case "index":
		switch i.op() {
		case opGetTable, opSelf:
			event = "__index"
			return first(never, b)
		case opSetTable:
			event = "__newindex"
			return first(never, a)
		case opGetTableUp:
			return luaname.OfUpvalue(s, b), s.Upvalue(b) != "_ENV"
		case opSetTableUp:
			return luaname.OfUpvalue(s, a), s.Upvalue(a) != "_ENV"
		}
	case "call":
		event = "__call"
		switch i.op() {
		case opCall, opTailCall:
			return first(never, a)
		case opEachCall: // of a copy, which has no name
			_, found = first(never, a)
			return "", found
		}
	case "get length of":
		if event = "__len"; i.op() == opLength {
			return first(never, b)
		}
	case "perform arithmetic on":
		switch i.op() {
		case opAdd, opSubtract, opMultiply, opDivide, opMod, opPower:
			event = [...]string{"__add", "__sub", "__mul", "__div", "__mod", "__pow"}[i.op()-opAdd]
			return first(isNumeral, b, c)
		case opMinus:
			event = "__unm"
			return first(never, b)
		}
	case "concatenate":
		if i.op() != opConcat {
			break
		}
		event = "__concat"
		var operands []int
		for r := c; r > b; r-- {
			operands = append(operands, r-1, r) // as it joins them
		}
		for k := 0; k < len(operands); k += 2 {
			if name, found := first(isText, operands[k:k+2]...); found {
				return name, true
			}
		}
	}
	return "", false
}

func isNumeral(v any) bool {
	if text, ok := v.(string); ok {
		_, ok = lualib.ParseNumber(text)
		return ok
	}
	_, ok := v.(float64)
	return ok
}

func isText(v any) bool {
	switch v := v.(type) {
	case string, float64:
		return true
	case hostapi.Object:
		_, ok := v.(*hostapi.ErrorObject)
		return ok
	}
	return false
}

// outcome says what became of an operation on a value.
type outcome uint8

const (
	goesOn    outcome = iota // it did not fail, or not on this value
	refused                  // the value is what cannot do it
	elsewhere                // what its metatable names cannot
)

// outcome tells that of an operation that failed on a value of a type, if it did.
func (y *layout) outcome(v any, typeName, event string) outcome {
	is := ""
	switch v.(type) {
	case nil:
		is = "nil"
	case bool:
		is = "boolean"
	case float64:
		is = "number"
	case string:
		is = "string"
	default:
		if y.isFunction(v) && event != "__call" {
			is = "function"
		}
	}
	if reflect.TypeOf(v) != y.table {
		if is == typeName {
			return refused
		}
		return goesOn
	}
	indexed := event == "__index" || event == "__newindex"
	metatable := reflect.ValueOf(v).Elem().Field(y.tableMeta)
	if !metatable.IsNil() {
		handler := exported(metatable.Elem().Field(y.tableHash)).MapIndex(reflect.ValueOf(event))
		switch {
		case handler.IsValid() && y.isFunction(handler.Interface()):
			return goesOn
		case handler.IsValid() && indexed:
			return elsewhere
		}
	}
	if typeName == "table" && !indexed {
		return refused
	}
	return goesOn
}

func (y *layout) isFunction(v any) bool {
	switch t := reflect.TypeOf(v); t {
	case y.luaClosure, y.goClosure, y.goFunction:
		return true
	}
	return false
}
