package gopherlua

import (
	"testing"

	"github.com/understudy-run/understudy/engines/internal/luatest"
	"github.com/understudy-run/understudy/hostapi"
)

// What cannot be called is named, as far as the compiler knows a name.
func TestWhatIsCalledIsNamed(t *testing.T) {
	for body, want := range map[string]string{
		`missing()`:                                      "attempt to call global 'missing' (a nil value)",
		`local t = {} t.missing()`:                       "attempt to call field 'missing' (a nil value)",
		`local t = {} t:missing()`:                       "attempt to call method 'missing' (a nil value)",
		`local t = {missing = 1} t:missing(1, 2)`:        "attempt to call method 'missing' (a number value)",
		`local t = {} return t.missing()`:                "attempt to call field 'missing' (a nil value)",
		`local t = {} t[1](t)`:                           "attempt to call field '?' (a nil value)",
		`("x")()`:                                        "attempt to call a string value",
		`local f = {} f(f)`:                              "attempt to call local 'f' (a table value)",
		`pcall(string.gsub) local a, b = 1 b(a, a)`:      "attempt to call local 'b' (a nil value)",
		`error("attempt to call a non-function object")`: "attempt to call a non-function object",
	} {
		_, err := suite().Run(t, &luatest.Task{}, `return function() local ok, e = pcall(function() `+body+` end) error(e, 0) end`)
		e, ok := err.(*hostapi.Error)
		if !ok || e.Message != luatest.Path+":1: "+want && e.Message != want {
			t.Errorf("%s: got %v, want %s", body, err, want)
		}
	}
}

// A call with a colon passes the module as the first argument.
func TestColonIsHintedAt(t *testing.T) {
	for body, hint := range map[string]bool{
		`host:take("x")`:        true,
		`host.take(host, "x")`:  true,
		`host.take({}, "x")`:    false,
		`host.take(host.other)`: false,
	} {
		const text = "; called with ':' instead of '.'"
		host := &hostapi.Module{Name: "host", Always: true, Funcs: []*hostapi.Func{{
			Name:   "take",
			Params: []hostapi.Param{{Name: "name", Accept: hostapi.AcceptString}},
			Run:    func(hostapi.Call) error { return nil },
		}}}
		_, err := suite().RunWith(t, &luatest.Task{}, `return function() `+body+` end`, []*hostapi.Module{host})
		e, ok := err.(*hostapi.Error)
		if !ok || e.Kind != hostapi.Invalid {
			t.Fatalf("%s: got %v", body, err)
		}
		if got := len(e.Message) > len(text) && e.Message[len(e.Message)-len(text):] == text; got != hint {
			t.Errorf("%s: got %q", body, e.Message)
		}
	}
}

// What instructions raise is said in the words of the reference, if it concerns what
// this engine compiles in a way of its own.
func TestMessages(t *testing.T) {
	suite().Law(t, `local function try(f) print((select(2, pcall(f)):gsub("^.-:%d+: ", ""))) end
local none, t = nil, {}
try(function() for i = none, 2 do end end)
try(function() for i = 1, {} do end end)
try(function() for i = 1, 2, none do end end)
try(function() return none ^ 1 end)
try(function() return t + 1 end)
try(function() return "1" + t end)
try(function() return 1 - "x" end)
try(function() return -t end)
try(function() return -"x" end)
try(function() return t % 2 end)
try(function() return #none end)
try(function() return t .. 1 end)
try(function() none() end)
try(function() t.field() end)
try(function() t:method() end)
try(function() error("cannot perform add operation between x and y") end)
--> 'for' initial value must be a number
--> 'for' limit must be a number
--> 'for' step must be a number
--> attempt to perform arithmetic on upvalue 'none' (a nil value)
--> attempt to perform arithmetic on upvalue 't' (a table value)
--> attempt to perform arithmetic on upvalue 't' (a table value)
--> attempt to perform arithmetic on a string value
--> attempt to perform arithmetic on upvalue 't' (a table value)
--> attempt to perform arithmetic on a string value
--> attempt to perform arithmetic on upvalue 't' (a table value)
--> attempt to get length of upvalue 'none' (a nil value)
--> attempt to concatenate upvalue 't' (a table value)
--> attempt to call upvalue 'none' (a nil value)
--> attempt to call field 'field' (a nil value)
--> attempt to call method 'method' (a nil value)
--> cannot perform add operation between x and y`)
}
