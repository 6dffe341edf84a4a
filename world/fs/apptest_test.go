package fs_test

import (
	"testing"
	"testing/fstest"

	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world/fs"
)

// 60.2, 60.7: a test lays files where the entries under test may only read.
func TestVolumesOfTests(t *testing.T) {
	texts := map[string]string{
		"_index.yaml": `
namespace: app
entries:
  - {name: host, kind: process.host}
  - {name: read, kind: fs.dir, dir: read}
  - {name: written, kind: fs.dir, dir: written, mode: write}
  - {name: worker, kind: process.lua, source: "file://worker.lua", modules: [fs], resources: [read, written]}
  - {name: viewer, kind: process.lua, source: "file://worker.lua", modules: [fs], resources: [read, {id: written, mode: read}]}
`,
		"worker.lua": `
local fs = require("fs")
return { main = function(id)
	local v = assert(fs.get(id))
	local ok, err = v:writefile("mine", "1")
	local opened = v:open("other", "w")
	return { text = v:readfile("theirs"), wrote = ok or tostring(err), opened = opened ~= nil }
end }`,
		"volumes_test.lua": `
local test, fs = require("test"), require("fs")
local function run(entry, id)
	test.ok(test.ok(fs.get(id)):writefile("theirs", "of the test"))
	return test.expect_exit(test.spawn(entry, id)).value
end
local refused = { text = "of the test", wrote = "read only", opened = false }
local done = { text = "of the test", wrote = true, opened = true }
return {
	test_what_is_read = function() test.equal(run("app:worker", "app:read"), refused) end,
	test_what_is_written = function() test.equal(run("app:worker", "app:written"), done) end,
	test_what_is_granted_to_be_read = function() test.equal(run("app:viewer", "app:written"), refused) end,
}`,
		"replaced_test.lua": `
local test, fs = require("test"), require("fs")
local function worker() return test.expect_exit(test.spawn("app:worker", "app:written")).value end
return {
	test_value = function()
		test.replace("fs", { ["volume.readfile"] = "nothing was read" })
		test.equal(worker(), { text = "nothing was read", wrote = true, opened = true })
		test.equal(test.ok(fs.get("app:written")):readfile("mine"), "1", "the test itself has the method as it is")
	end,
	test_function = function()
		local seen
		test.replace("fs", { ["volume.writefile"] = function(...) seen = { ... } return nil, "the disk is full" end, ["volume.open"] = function() error("no handles", 0) end })
		test.equal(worker(), nil)
		test.equal(seen, { "mine", "1" })
	end,
	test_events = function()
		worker()
		local done = test.events("outside.done")
		local last = done[#done]
		test.equal({ last.entry, last.reason, last.peer }, { "app:worker", "fs.volume.readfile", "app:written" })
	end,
}`,
		"replaced_test.star": `
test = require("test")
def test_method():
    test.replace("fs", {"volume.readfile": lambda path: "read " + path})
    test.equal(test.expect_exit(test.spawn("app:worker", "app:written")).value["text"], "read theirs")
`,
		"volumes_test.star": `
test, fs = require("test"), require("fs")
def test_writes():
    volume, _ = fs.get("app:read")
    test.equal(volume.writefile("theirs", "of the test"), (True, None))
`,
	}
	app := fstest.MapFS{}
	for name, text := range texts {
		app[name] = &fstest.MapFile{Data: []byte(text)}
	}
	apptest.Run(t, apptest.Options{
		App: app, Engines: []hostapi.Engine{gopherlua.New(), starlark.New()}, Engine: "all", Schedules: 2,
		Kinds: []*spec.Kind{fs.Entries}, Modules: append(modules.Standard(), fs.Module),
	})
}
