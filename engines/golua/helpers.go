package golua

import (
	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// helpersPath stands for the file of the helpers. No stack trace shows it.
const helpersPath = "(helpers)"

// helpersText are functions of the engine in Lua, for what native ones cannot do:
// to end in a tail call. The chunk gives what makes the guard of a function and that
// of anything else (events.go), and functions that pass on a tail call (varargs.go).
const helpersText = `local rawget, rawset, take = ...
return function(handler)
	return function(t, k, v)
		local h = handler
		if v == nil and rawget(t, k) ~= nil then rawset(t, k, nil) return end
		return h(t, k, v)
	end
end, function(handler)
	return function(t, k, v)
		local h = handler
		if v == nil and rawget(t, k) ~= nil then rawset(t, k, nil) else h[k] = v end
	end
end, function(passage) return take(passage)() end, function(passage) return take(passage)() end,
	function(passage) return take(passage)() end`

// passRegisters are the registers of the functions that pass on tail calls.
var passRegisters = [...]int{8, 40, maxRegisters}

// helpers are those of a process, once one was needed.
type helpers struct {
	guards [2]any
	pass   [len(passRegisters)]any
}

// compileHelpers compiles the helpers.
func (e *engine) compileHelpers() (*program, error) {
	src := hostapi.Source{Path: helpersPath, Text: helpersText}
	c, err := compile(src.Path, src.Text)
	if err == nil {
		err = c.rewrite()
	}
	if err != nil {
		return nil, err
	}
	functions := c.main.prototypes
	for _, maker := range functions[:2] {
		maker.prototypes[0].upvalues[0].name = handlerName
	}
	for i, p := range functions[2:] {
		// What it takes is all to be called with, not one function alone.
		for pc, i := range p.code {
			switch i.op() {
			case opCall:
				p.code[pc] = abc(opCall, i.a(), i.b(), 0)
			case opTailCall:
				p.code[pc] = abc(opTailCall, i.a(), 0, 0)
			}
		}
		p.varargs, p.maxStackSize = 1, byte(passRegisters[i])
	}
	return &program{engine: e, source: src, binary: c.dump()}, nil
}

// helpers gives those of the process.
func (in *instance) helpers(l *lua.State) *helpers {
	h := &in.seldom().helpers
	if h.guards[0] != nil {
		return h
	}
	main, err := in.instantiate(l, in.engine.helpers)
	if err != nil {
		panic(err)
	}
	l.CheckStack(lua.MinStack)
	l.PushLightUserData(main)
	for _, name := range [...]string{"rawget", "rawset"} {
		l.PushLightUserData(in.engine.base[name])
	}
	l.PushLightUserData(in.engine.takePassage)
	l.Call(3, len(h.guards)+len(h.pass))
	for i := len(h.pass) - 1; i >= 0; i-- {
		h.pass[i] = pop(l)
	}
	for i := len(h.guards) - 1; i >= 0; i-- {
		h.guards[i] = pop(l)
	}
	return h
}
