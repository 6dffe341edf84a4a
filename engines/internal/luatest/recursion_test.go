package luatest

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// Recursion ends in an ordinary error, whatever it goes through (17.12).
func (s Suite) testRecursion(t *testing.T) {
	const nested = `local f
		local function throw(ok, e) if not ok then error(e, 0) end end
		local function protected(n, k) if k > 0 then throw(pcall(protected, n, k - 1)) else f(n) end end
		`
	for name, body := range map[string]string{
		"plain":      `local function f(n) return n == 0 and 0 or 1 + f(n - 1) end f(30000)`,
		"pcall":      `local function f() local ok, e = pcall(f) if not ok then error(e, 0) end end f()`,
		"index":      `local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] .. "" end return t.x`,
		"tostring":   `local t = setmetatable({}, {}) getmetatable(t).__tostring = function(t) return tostring(t) .. "" end tostring(t)`,
		"call":       `local t = setmetatable({}, {}) getmetatable(t).__call = function(t, n) return n == 0 and 0 or 1 + t(n - 1) end t(30000)`,
		"comparator": `local function f() table.sort({2, 1}, f) end f()`,
		"gsub":       `local function f() return (string.gsub("x", "x", f)) end f()`,
		"wrap":       nested + `function f(n) if n > 0 then coroutine.wrap(protected)(n - 1, 8) end end f(250)`,
		"resume":     nested + `function f(n) if n > 0 then throw(coroutine.resume(coroutine.create(protected), n - 1, 8)) end end f(250)`,
		"mixed":      `local function f() local ok, e = pcall(table.sort, {2, 1}, function() error(select(2, xpcall(f, tostring)), 0) end) error(e, 0) end f()`,
		"handler":    `local function f() local ok, e = xpcall(error, f) error(e, 0) end f()`,
		"deep pcall": `local function f(n) if n > 0 then return 1 + f(n - 1) end local ok, e = pcall(f, 300) if not ok then error(e, 0) end end f(300)`,
	} {
		task := &Task{}
		_, err := s.Run(t, task, `return function() `+body+` end`)
		e, ok := err.(*hostapi.Error)
		if !ok || e.Kind != hostapi.Internal || !strings.Contains(e.Message, "overflow") {
			t.Errorf("%s: got %v (fault %v)\n%s", name, err, task.Cause, task.Stack)
		}
		if task.Manual > 1 { // the one that could not be resumed
			t.Errorf("%s: %d coroutines left", name, task.Manual)
		}
	}
}
