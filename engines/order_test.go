package engines_test

import (
	"context"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/json"
)

const luaWalks = `
local time, json = require("time"), require("json")
local function show(what, t)
	local out = {}
	for k in pairs(t) do out[#out + 1] = tostring(k) end
	print(what, table.concat(out, " "))
	out = {}
	local k = next(t)
	while k ~= nil do out[#out + 1] = tostring(k) k = next(t, k) end
	print(what, table.concat(out, " "))
end
local function made()
	local t = {}
	for i = 1, 40 do t["key" .. i * 7 % 40] = i end
	t[1.5], t[-3], t[true], t[false], t[1e6] = 1, 2, 3, 4, 5
	return t
end
return function(given)
	show("own", made())
	show("given", given)
	process.send(process.pid(), "t", made())
	local msg = process.inbox():receive()
	show("message", msg:payload():data())
	show("json", json.decode('{"a":1,"b":2,"c":{"d":1,"e":2},"f":3,"g":4,"h":5,"i":6,"j":7,"k":8,"l":9}'))
	show("details", errors.new{ message = "x", details = made() }:details())
	local r = channel.select{ process.inbox():case_receive(), default = true }
	show("result", r)
	for _, name in ipairs{ "string", "table", "math", "os", "coroutine", "process", "channel", "errors" } do show(name, _G[name]) end
	show("time", time)
	show("events", process.event)
	show("_G", _G)
	local t = made()
	for k in pairs(t) do if #tostring(k) == 4 then t[k] = nil end end
	show("cleared", t)
	show("date", os.date("*t", 0))
	local channels = {}
	for i = 1, 12 do channels[channel.new()] = i end
	show("channels", channels)
end`

const starWalks = `
json = require("json")
def show(what, d):
    print(what, [k for k in d])
def made():
    d = {}
    for i in range(40):
        d["key" + str(i * 7 % 40)] = i
    d[1.5], d[-3], d[True], d[False] = 1, 2, 3, 4
    return d
def main(given):
    show("own", made())
    show("given", given)
    process.send(process.pid(), "t", made())
    msg, _ = process.inbox().receive()
    show("message", msg.payload().data())
    show("json", json.decode('{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7}')[0])
    show("details", errors.new("x", details = made()).details())
    show("set", set([str(i) for i in range(20)]))
    show("dir", dir(process))
`

// A simulated run repeats also in the order in which tables are walked, whoever made
// them: by a new engine of the same kind too.
func TestOrderOfTablesRepeats(t *testing.T) {
	for what, engine := range map[string]func() hostapi.Engine{
		"gopherlua": func() hostapi.Engine { return gopherlua.New() },
		"golua":     func() hostapi.Engine { return golua.New() },
		"starlark":  func() hostapi.Engine { return starlark.New() },
	} {
		first := ""
		for range 5 {
			got := walks(t, engine())
			if first == "" {
				first = got
			}
			if got == first {
				continue
			}
			was, is := strings.Split(first, "\n"), strings.Split(got, "\n")
			for i := range min(len(was), len(is)) {
				if was[i] != is[i] {
					t.Errorf("%s: the order is another:\n%s\n%s", what, was[i], is[i])
				}
			}
			break
		}
	}
}

// walks gives what a script prints that walks over tables of every origin.
func walks(t *testing.T, e hostapi.Engine) string {
	t.Helper()
	text := luaWalks
	if e.Info().Language == "starlark" {
		text = starWalks
	}
	var out strings.Builder
	rt := running(t, core.Options{Scheduler: core.NewSimulation(3), Output: &out},
		core.Entry{ID: "app:test", Program: compile(t, e, text, json.Module), Method: "main"})
	var entries []hostapi.Entry
	for _, c := range "thequickbrownfxjmpsvlazydg" {
		entries = append(entries, hostapi.Field(string(c), hostapi.Int(int64(c))))
	}
	given := hostapi.Wrap(&hostapi.Map{Entries: entries})
	if _, err := rt.Exec(t.Context(), hostapi.Spawn{ID: "app:test", Host: hostID, Args: []hostapi.Value{given}}); err != nil {
		t.Fatal(err)
	}
	if err := rt.Shutdown(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
