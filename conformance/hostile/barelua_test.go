package hostile

import (
	"context"
	"errors"
	"strings"

	golua "github.com/Shopify/go-lua"
	gopherlua "github.com/yuin/gopher-lua"
)

var errInterrupted = errors.New("interrupted")

// standIns stand for what scripts expect of us and of their tests: each function
// and method does nothing and gives something of the same kind; but what is to
// be called is called. What reaches for the system is gone.
const standIns = `
local object
object = setmetatable({}, {
	__index = function() return object end,
	__call = function() return object end,
})
channel = object -- gopher-lua has another
function require() return object end
unpack = unpack or table.unpack
coroutine = coroutine or {}
function coroutine.spawn(f, ...) pcall(f, ...) return object end
io, debug, dofile, loadfile = nil, nil, nil, nil
os.exit, os.execute, os.remove, os.rename, os.tmpname = nil, nil, nil, nil, nil
known = {}
for k in pairs(_G) do known[k] = true end
setmetatable(_G, { __index = function() return object end })
`

// calling calls what a script defines: main, what it returns, and what it leaves
// in the globals.
const calling = `
local m = ...
local pid = "{app:processes|1}"
local function try(v)
	if type(v) == "table" then
		for _, f in pairs(v) do if type(f) == "function" then pcall(f, pid) end end
	elseif type(v) == "function" then
		pcall(v, pid)
	end
end
if type(m) == "table" and type(rawget(m, "main")) == "function" then return m.main(pid) end
try(m)
local made = {}
for k, v in pairs(_G) do if not known[k] then made[#made + 1] = v end end
for _, v in ipairs(made) do try(v) end
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
