package golua

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/engines/internal/luacode"
	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/engines/internal/pace"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// engine holds what all processes share: values that scripts cannot change.
type engine struct {
	base      map[string]any      // global functions of the language
	libraries map[string][]member // the language's own members of library tables
	globals   any                 // metatable of _G while it is filled on demand
	strings   any                 // metatable of strings before the first method call
	noIndex   any                 // an __index that finds nothing
	nextIndex any                 // the iterator of ipairs
	operators map[string]any      // native functions that stand for instructions, by upvalue
	helpers   *program            // see helpers.go
	// takePassage is what helpers call, see varargs.go.
	takePassage any
	insert      any // see sparse.go

	layout  *layout
	unknown error // why the interpreter is not one whose layout is known
	meter   *ledger.Meter
	clock   func() time.Duration
	walkers sync.Pool // of *census
	probes  sync.Pool // of *probe

	types   sync.Map // of metatables by *hostapi.ObjectType
	modules sync.Map // of *module by *hostapi.Module
	mu      sync.Mutex
	state   *lua.State // on which shared values are made, by the holder of mu
}

// member is one entry of a library table.
type member struct {
	name  string
	value any
}

// New gives the engine. Several may be used at once; they share nothing.
func New() hostapi.Engine {
	e := &engine{
		state: lua.NewState(),
		base:  map[string]any{},
		meter: ledger.NewMeter(),
		clock: pace.Clock(),
	}
	e.layout, e.unknown = newLayout()
	for name, f := range baseFunctions() {
		e.base[name] = e.function(f)
	}
	for _, m := range lualib.Globals() {
		e.base[m.Name] = e.libraryFunction(m.Func)
	}
	e.libraries = map[string][]member{}
	for name, members := range lualib.Libraries() {
		e.libraries[name] = e.libraryMembers(members)
	}
	e.operators = map[string]any{
		moduloName: e.operator(operation("__mod", lualib.Modulo)),
		powerName:  e.operator(operation("__pow", lualib.Power)),
		concatName: e.operator(libraryNative(lualib.Concat)),
		getName:    e.operator(getEvent),
		setName:    e.operator(setEvent),
		countName:  e.operator(countArguments),
	}
	e.takePassage = e.function(takePassage)
	e.insert = e.function(insert)
	if helpers, err := e.compileHelpers(); err == nil {
		e.helpers = helpers
	} else if e.unknown == nil {
		e.unknown = fmt.Errorf("this engine does not know this version of go-lua: %w", err)
	}
	e.nextIndex = e.function(nextIndex)
	e.noIndex = e.function(func(l *lua.State) int { return 0 })
	e.globals = e.metatable(e.function(indexGlobals), e.function(setGlobal), nil)
	for _, a := range arithmetic {
		e.operators[a.event] = e.operator(operation(a.event, a.compute))
	}
	e.strings = e.metatable(e.function(indexString), nil, nil)
	e.addArithmetic(e.state, e.strings)
	return e
}

// Info describes the engine.
func (e *engine) Info() hostapi.Info {
	return hostapi.Info{
		Name:        "golua",
		Language:    "lua",
		Extension:   ".lua",
		Interpreter: "github.com/Shopify/go-lua v0.0.0-20250718183320-1e37f32ad7d0 (" + lua.VersionString + ")",
		Lacks: []string{
			"memory: what a process holds is counted from time to time, so that a limit takes effect late; the room that a table keeps after its keys were removed is not counted",
		},
	}
}

// function makes a native function. All processes share it.
func (e *engine) function(f lua.Function) any {
	e.state.PushGoFunction(f)
	return pop(e.state)
}

// operator makes a native function that stands for an operator. It has an
// upvalue, or the interpreter would not tell it from others on the call stack.
func (e *engine) operator(f lua.Function) any {
	e.state.PushNil()
	e.state.PushGoClosure(f, 1)
	return pop(e.state)
}

// metatable makes a metatable that all processes share; the caller holds mu. It has each event that
// the interpreter would otherwise note as absent. newindex nil makes assignment
// an error, text is the __tostring function.
func (e *engine) metatable(index, newindex, text any) any {
	l := e.state
	l.CreateTable(0, 8)
	set := func(name string, v any) {
		l.PushLightUserData(v)
		l.SetField(-2, name)
	}
	if newindex == nil {
		newindex = e.function(readOnly)
	}
	set("__index", index)
	set("__newindex", newindex)
	set("__len", e.function(rawLength))
	set("__eq", e.function(func(l *lua.State) int { l.PushBoolean(l.RawEqual(1, 2)); return 1 }))
	set("__metatable", false)
	if text != nil {
		set("__tostring", text)
	}
	return pop(l)
}

// pop takes a value off the stack that is no userdata.
func pop(l *lua.State) any {
	v := l.ToValue(-1)
	l.Pop(1)
	return v
}

// Compile turns source text into a program.
func (e *engine) Compile(src hostapi.Source) (hostapi.Program, error) {
	if e.unknown != nil {
		return nil, e.unknown
	}
	p, err := e.compile(src, src.Code(), "")
	if err != nil {
		return nil, err
	}
	return p, nil
}

// compile makes a program of a text in which assignments to the global variable mark are
// marks, if that is not empty: see cover.go.
func (e *engine) compile(src hostapi.Source, text, mark string) (*program, error) {
	c, err := compile(src.Path, text)
	if err != nil {
		return nil, err
	}
	p := &program{engine: e, source: src, names: c.functionNames()}
	if mark != "" {
		p.coverage = c.coverage(mark)
	}
	if err := c.rewrite(); err != nil {
		line := 0
		if limit, ok := err.(*limitError); ok {
			line = limit.line
		}
		return nil, &hostapi.SyntaxError{Path: src.Path, Line: line, Message: err.Error()}
	}
	p.binary, p.symbols = c.dump(), c.symbols
	if p.order, err = binding.Order(p); err != nil {
		return nil, err
	}
	return p, nil
}

// compile gives what the interpreter's compiler makes of a text.
func compile(path, text string) (*chunk, error) {
	// The interpreter takes a line end of two characters in a long string for two.
	text = strings.NewReplacer("\r\n", "\n", "\n\r", "\n", "\r", "\n").Replace(text)
	if err := luacode.Check(path, text); err != nil {
		return nil, err
	}
	text, err := luacode.Numerals(path, text, numeral)
	if err != nil {
		return nil, err
	}
	text = luacode.Powers(text, power)
	if text, err = luacode.SplitBlocks(path, text); err != nil {
		return nil, err
	}
	l := lua.NewState()
	if err := l.Load(strings.NewReader(text), "="+path, "t"); err != nil {
		message, _ := l.ToString(-1)
		if err != lua.SyntaxError {
			message = err.Error()
		}
		line, text := splitPosition(message, path)
		return nil, &hostapi.SyntaxError{Path: path, Line: line, Message: text}
	}
	var dump strings.Builder
	if err := l.Dump(&dump); err != nil {
		return nil, &hostapi.SyntaxError{Path: path, Message: err.Error()}
	}
	return readChunk([]byte(dump.String()))
}

// exactDigits is how many hexadecimal digits the interpreter reads exactly.
const exactDigits = 13

// numeral gives a numeral in a form that the interpreter reads as the number it
// stands for: it refuses those that are too large, which are infinite, and rounds
// hexadecimal ones with many digits more than once.
func numeral(text string) (string, bool) {
	f, ok := lualib.ParseNumber(text)
	switch {
	case !ok:
		return "", false
	case math.IsInf(f, 0):
		return "0x1p1024", true
	case len(text) > len("0x")+exactDigits && text[1]|0x20 == 'x':
		return strconv.FormatFloat(f, 'x', -1, 64), true
	}
	return text, true
}

// power gives the numeral of the power of two numerals, which the interpreter's
// compiler would compute otherwise than it is at run time.
func power(base, exponent string, negative bool) string {
	a, _ := lualib.ParseNumber(base)
	b, _ := lualib.ParseNumber(exponent)
	if negative {
		b = -b
	}
	f := lualib.Power(a, b)
	if math.IsInf(f, 0) {
		return "0x1p1024"
	}
	return strconv.FormatFloat(f, 'x', -1, 64)
}
