package hostile

import (
	"context"
	"errors"
	"strings"

	golua "github.com/Shopify/go-lua"
	gopherlua "github.com/yuin/gopher-lua"
)

var errInterrupted = errors.New("interrupted")

// standIns stand for what scripts expect of us: each function and method of it
// does nothing and gives something of the same kind; but functions that are to
// be called are called.
const standIns = `
local object
object = setmetatable({}, {
	__index = function() return object end,
	__call = function() return object end,
})
process, channel, errors = object, object, object
function require() return object end
unpack = unpack or table.unpack
coroutine = coroutine or {}
function coroutine.spawn(f, ...) pcall(f, ...) return object end
`

// calling calls main with something that looks like a PID.
const calling = `
local m = ...
if type(m) == "table" and type(m.main) == "function" then
	return m.main("{app:processes|1}")
end
`

func runGopherLua(text string, interrupt <-chan struct{}) error {
	l := gopherlua.NewState()
	defer l.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-interrupt:
			cancel()
		case <-ctx.Done():
		}
	}()
	l.SetContext(ctx)
	call := func(name, text string, args ...gopherlua.LValue) (gopherlua.LValue, error) {
		f, err := l.Load(strings.NewReader(text), name)
		if err != nil {
			return nil, err
		}
		if err := l.CallByParam(gopherlua.P{Fn: f, NRet: 1, Protect: true}, args...); err != nil {
			return nil, err
		}
		v := l.Get(-1)
		l.Pop(1)
		return v, nil
	}
	if _, err := call("stand-ins", standIns); err != nil {
		return err
	}
	m, err := call("script", text)
	if err == nil {
		_, err = call("call", calling, m)
	}
	return err
}

func runGoLua(text string, interrupt <-chan struct{}) error {
	l := golua.NewState()
	golua.OpenLibraries(l)
	var hook golua.Hook
	hook = func(l *golua.State, _ golua.Debug) {
		select {
		case <-interrupt:
			golua.SetDebugHook(l, hook, golua.MaskCount, 1)
			golua.Errorf(l, errInterrupted.Error())
		default:
		}
	}
	golua.SetDebugHook(l, hook, golua.MaskCount, 1000)
	for _, chunk := range []struct{ name, text string }{{"stand-ins", standIns}, {"call", calling}, {"script", text}} {
		if err := golua.LoadBuffer(l, chunk.text, chunk.name, "t"); err != nil {
			return err
		}
		if chunk.name == "call" {
			continue // it stays below the script
		}
		results := 0
		if chunk.name == "script" {
			results = 1
		}
		if err := l.ProtectedCall(0, results, 0); err != nil {
			return luaError(l, err)
		}
	}
	if err := l.ProtectedCall(1, 0, 0); err != nil {
		return luaError(l, err)
	}
	return nil
}

func luaError(l *golua.State, err error) error {
	if text, ok := l.ToString(-1); ok {
		return errors.New(text)
	}
	return err
}
