package luatest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// wrapper is a vararg function that ends in a call: the arguments it names, how it
// calls the one called, and what that gives for the arguments of the wrapper.
type wrapper struct {
	params int
	call   string // of target, with the names a1, a2, ...
	passes func(named, rest []string) []string
}

var wrappers = []wrapper{
	{0, "target(...)", func(_, rest []string) []string { return rest }},
	{0, "target()", func(_, _ []string) []string { return nil }},
	{0, "target((...))", func(_, rest []string) []string { return first(rest) }},
	{0, "target('x', ...)", func(_, rest []string) []string { return append([]string{"x"}, rest...) }},
	{1, "target(...)", func(_, rest []string) []string { return rest }},
	{2, "target(a2, ...)", func(named, rest []string) []string { return append(named[1:], rest...) }},
	{5, "target(a1, a5)", func(named, _ []string) []string { return []string{named[0], named[4]} }},
	{9, "target(a9)", func(named, _ []string) []string { return named[8:] }},
	{0, "object:method(...)", func(_, rest []string) []string { return append([]string{"object"}, rest...) }},
	{3, "callable(a3, ...)", func(named, rest []string) []string {
		return append([]string{"callable"}, append(named[2:], rest...)...)
	}},
	{1, "target(unpack(packed(...), 1, select('#', ...)))", func(_, rest []string) []string { return rest }},
}

// first gives what (...) gives.
func first(rest []string) []string { return append(rest, "nil")[:1] }

// testWrappers calls through wrappers of all kinds, with few arguments and many. They
// are put together here, for a bare interpreter may not survive them.
func (s Suite) testWrappers(t *testing.T) {
	for target, params := range map[string]int{
		"function() return 'none' end":                                     0,
		"function(a) return a end":                                         1,
		"function(a, b, c) return a, b, c end":                             3,
		"function(...) return ... end":                                     -1,
		"function(a, ...) local b, c, d, e = 1, 2, 3, 4 return a, ... end": -2,
	} {
		for _, body := range []string{
			"",
			"local l1, l2, l3, l4 = 1, 2, 3, 4 ",
			"local l1, l2 = ... local get = function() l1 = l2 return l1 end get() ",
			"for i = 1, 3 do local f = function() return i end f() end ",
		} {
			for _, w := range wrappers {
				s.wrap(t, w, body, target, params)
			}
		}
	}
}

// counts are the numbers of arguments.
var counts = []int{0, 1, 2, 3, 4, 5, 9, 40, 41, 260, 1000}

// wrap calls one wrapper with several numbers of arguments.
func (s Suite) wrap(t *testing.T, w wrapper, body, target string, params int) {
	t.Helper()
	var names []string
	for i := range w.params {
		names = append(names, "a"+strconv.Itoa(i+1))
	}
	lines := []string{
		"local target = " + target,
		"local object = setmetatable({method = target}, {__tostring = function() return 'object' end})",
		"local callable = setmetatable({}, {__call = target, __tostring = function() return 'callable' end})",
		"local function packed(...) return {...} end",
		"local function wrapper(" + strings.Join(append(names, "..."), ", ") + ") " + body,
		"return " + w.call,
		"end",
		"local function show(...) local s, all = {}, {...} for i = 1, select('#', ...) do s[i] = tostring(all[i]) end return table.concat(s, ' ') end",
		fmt.Sprintf("return function() for _, n in ipairs{%s} do", strings.Trim(strings.Join(strings.Fields(fmt.Sprint(counts)), ","), "[]")),
		"local args = {} for i = 1, n do if i % 4 ~= 0 then args[i] = i end end",
		"print(show(wrapper(unpack(args, 1, n)))) end end",
	}
	task := &Task{}
	if _, err := s.Run(t, task, strings.Join(lines, "\n")); err != nil {
		t.Errorf("%s %q %s: %v, fault %v", w.call, body, target, err, task.Cause)
		return
	}
	for i, n := range counts {
		args := make([]string, max(n, w.params))
		for i := range args {
			if args[i] = "nil"; i < n && (i+1)%4 != 0 {
				args[i] = strconv.Itoa(i + 1)
			}
		}
		got := w.passes(args[:w.params:w.params], args[w.params:])
		switch {
		case params == 0:
			got = []string{"none"}
		case params > 0:
			got = append(got[:len(got):len(got)], "nil", "nil", "nil")[:params]
		case params == -2 && len(got) == 0:
			got = []string{"nil"}
		}
		if want := strings.Join(got, " "); i >= len(task.Output.Lines) || task.Output.Lines[i] != want {
			t.Errorf("%s %q %s with %d arguments: got %.200s, want %.200s", w.call, body, target, n, fmt.Sprint(task.Output.Lines[i:]), want)
			return
		}
	}
}

// A tail call in a vararg function takes no room, however many there are.
func (s Suite) testEndlessTailCalls(t *testing.T) {
	for name, text := range map[string]string{
		"of itself": "local function f(n, ...) if n == 0 then return 'end', ... end %s f(n - 1, ...) end",
		"of one with few registers": `local f, list = nil, {"a", nil, "c"}
			local function few(n) return f(n, unpack(list, 1, 30)) end
			function f(n, ...) if n == 0 then return 'end', (...), (select(3, ...)) end %s few(n - 1) end`,
		"in loops": `local function f(n, ...)
			while true do
				if n == 0 then return 'end', ... end
				for _ = 1, 2 do local m = n - 1 local g = function() return m end %s f(g(), ...) end
			end
		end`,
		"of one inside": "local function f(n, ...) if n == 0 then return 'end', ... end %s (function(...) return f(n - 1, ...) end)(...) end",
	} {
		task := &Task{}
		_, err := s.Run(t, task, fmt.Sprintf(text, "return")+" return function() print((select('#', f(100000, 'a', 'c'))), f(100000, 'a', 'c')) end")
		want := "3 end a c"
		if err != nil || strings.Join(task.Output.Lines, "\n") != want {
			t.Errorf("%s: printed %q, want %s; %v, fault %v", name, task.Output.Lines, want, err, task.Cause)
		}
	}
}
