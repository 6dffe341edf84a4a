package engines_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
)

// failureOf gives how a script fails.
func failureOf(t *testing.T, e hostapi.Engine, text string) *hostapi.Error {
	t.Helper()
	rt := core.New(core.Options{Scheduler: core.NewSimulation(1)})
	if err := rt.DefineHost(core.HostOptions{ID: hostID}); err != nil {
		t.Fatal(err)
	}
	if err := rt.StartHost(hostID); err != nil {
		t.Fatal(err)
	}
	rt.Define(core.Entry{ID: "app:test", Program: compile(t, e, text), Method: "main"})
	v, err := rt.Exec(t.Context(), hostapi.Spawn{ID: "app:test", Host: hostID})
	if err == nil {
		t.Fatalf("%s: gives %s", e.Info().Name, v)
	}
	if err := rt.Shutdown(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	return hostapi.AsError(err)
}

// 2.18: what an uncaught table says is what its failure says.
func TestUncaughtTables(t *testing.T) {
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New()} {
		for _, c := range []struct{ thrown, message, details string }{
			{`{message = "no disk", code = 7, at = {1, 2}}`, "no disk", `{at: [1, 2], code: 7}`},
			{`{message = "no disk"}`, "no disk", ""},
			{`{code = 7}`, "{code: 7}", "{code: 7}"},
			{`{message = 7}`, "{message: 7}", "{message: 7}"},
			{`{1, "x"}`, `[1, "x"]`, ""},
			{`setmetatable({message = "m"}, {__tostring = function() return "own" end})`, "own", ""},
		} {
			for _, code := range []string{
				"return function() error(" + c.thrown + ") end",
				"return function() coroutine.spawn(function() error(" + c.thrown + ") end) coroutine.yield() end",
				"return function() coroutine.wrap(function() error(" + c.thrown + ") end)() end",
			} {
				err := failureOf(t, e, code)
				details := ""
				if err.Details != nil {
					details = hostapi.Wrap(&hostapi.Map{Entries: err.Details.Sorted()}).String()
				}
				if err.Kind != hostapi.Internal || err.Message != c.message || details != c.details || !strings.Contains(err.Stack, ":1: in ") {
					t.Errorf("%s: %s fails with %s: %s, %s, %s; want %s, %s", e.Info().Name, code, err.Kind, err.Message, details, err.Stack, c.message, c.details)
				}
			}
		}
		if err := failureOf(t, e, "return function() error({f = print}) end"); !strings.HasPrefix(err.Message, "table: ") {
			t.Errorf("%s: one that cannot be sent fails with %s", e.Info().Name, err.Message)
		}
	}
}

// 4.1: a constant that is not there is an error, in every language.
func TestUnknownConstants(t *testing.T) {
	for _, c := range []struct{ module, name string }{
		{"process.event", "EXITS"}, {"errors", "NOTFOUND"}, {`require("time")`, "SECONDS"}, {`require("time")`, "UTC"},
	} {
		lua := fmt.Sprintf("return function() local e = %s; return e[%q] end", c.module, c.name)
		star := fmt.Sprintf("def main():\n    e = %s\n    return getattr(e, %q)", c.module, c.name)
		for e, code := range map[hostapi.Engine]string{gopherlua.New(): lua, golua.New(): lua, starlark.New(): star} {
			if err := failureOf(t, e, code); !strings.Contains(err.Message, c.name) {
				t.Errorf("%s: %s fails with %s", e.Info().Name, code, err.Message)
			}
		}
	}
}

// 4.1: a script may ask whether there is a function, and reads the constants that there are.
func TestKnownMembers(t *testing.T) {
	const code = `return function()
		local time = require("time")
		local seen = { tostring(errors.news), tostring(process.spwan), tostring(time[1]), tostring(errors[true]),
			errors.NOT_FOUND, tostring(time.SECOND), tostring(time.utc), process.event.EXIT }
		error(table.concat(seen, " "), 0)
	end`
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New()} {
		if err := failureOf(t, e, code); err.Message != "nil nil nil nil NotFound 1000000000 UTC pid.exit" {
			t.Errorf("%s: reads %s", e.Info().Name, err.Message)
		}
	}
}
