package understudycli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// editedApp is an app with a host, a process of each language and a library.
func editedApp() map[string]string {
	return map[string]string{
		"_index.yaml": `version: "1.0"
namespace: app
entries:
  - name: host
    kind: process.host
    lifecycle: {auto_start: true}
  - name: util
    kind: library.lua
    source: file://util.lua
  - name: lamp
    kind: process.lua
    source: file://lamp.lua
    modules: [time]
    imports: {util: app:util}
  - name: stove
    kind: process.starlark
    source: file://stove.star
    modules: [time]
  - name: lamp_service
    kind: process.service
    process: lamp
    host: host
    lifecycle: {auto_start: true}
`,
		"util.lua":   "local M = {}\n\nfunction M.bright(n) return n + 1 end\n\nreturn M\n",
		"lamp.lua":   "local time = require(\"time\")\nlocal util = require(\"util\")\nreturn function()\n  local started = time.now()\n  process.send(process.pid(), \"on\", util.bright(1))\nend\n",
		"stove.star": "time = require(\"time\")\n\ndef main():\n    process.send(process.pid(), \"hot\")\n    time.sleep(\"1s\")\n",
	}
}

// same compares what there is with what is wanted, line by line.
func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestEditorSeesWhatCheckFinds(t *testing.T) {
	for _, test := range []struct{ file, old, wrong, want string }{
		{"lamp.lua", "process.send", "process.sned", `5:11-15: error: app:lamp: process has no 'sned' (did you mean "send"?)`},
		{"stove.star", "process.send", "process.sned", `4:13-17: error: app:stove: process has no 'sned' (did you mean "send"?)`},
		{"_index.yaml", "process: lamp\n", "process: lmap\n", `21:14-18: error: app:lamp_service: unknown process "app:lmap" (did you mean "app:lamp"?)`},
	} {
		t.Run(test.file, func(t *testing.T) {
			c := newClient(t, editedApp())
			c.initialize()
			c.open(test.file, "")
			same(t, "at first", c.problems(test.file))
			c.edit(test.file, test.old, test.wrong) // not saved
			same(t, "after a slip of the pen", c.problems(test.file), test.want)
			c.edit(test.file, test.wrong, test.old)
			same(t, "mended", c.problems(test.file))
			if status := c.end(); status != 0 {
				t.Errorf("exit status %d", status)
			}
		})
	}
}

// A buffer that cannot be parsed is told of where it breaks, and its neighbours stay as
// they are; characters beyond the first plane count twice.
func TestEditorWithABrokenBuffer(t *testing.T) {
	c := newClient(t, editedApp())
	c.initialize()
	c.open("lamp.lua", "")
	c.open("_index.yaml", "")
	same(t, "at first", c.problems("lamp.lua"))
	c.edit("lamp.lua", "local started", "local s = \"🔥🔥\" local = 1 --")
	if got := c.problems("lamp.lua"); len(got) != 1 || !strings.HasPrefix(got[0], "4:") {
		t.Errorf("a broken script: %q", got)
	}
	c.edit("lamp.lua", "local = 1 --", "process.sned() --")
	same(t, "behind characters of two units", c.problems("lamp.lua"), `4:28-32: error: app:lamp: process has no 'sned' (did you mean "send"?)`)
	c.edit("_index.yaml", "entries:", "entries: [")
	if got := c.problems("_index.yaml"); len(got) != 1 || !strings.Contains(got[0], "cannot parse") {
		t.Errorf("a broken index: %q", got)
	}
	c.edit("_index.yaml", "entries: [", "entries:")
	same(t, "mended", c.problems("_index.yaml"))
}

// What other files than the open one are at fault for is told at them, and taken back.
func TestEditorIsToldOfOtherFiles(t *testing.T) {
	c := newClient(t, editedApp())
	c.initialize()
	c.open("_index.yaml", "")
	same(t, "at first", c.problems("_index.yaml"))
	path := filepath.Join(c.root, "lamp.lua")
	lamp, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, strings.Replace(string(lamp), "util.bright", "util.dark", 1))
	c.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": c.uri("lamp.lua"), "type": 2}}})
	for len(c.known("lamp.lua")) == 0 {
		c.read()
	}
	same(t, "of a file that is not open", c.known("lamp.lua"), "5:42-46: error: app:lamp: the library util has no 'dark'; there are: bright")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	c.edit("_index.yaml", "version:", "version: ")
	same(t, "a deleted source", c.problems("_index.yaml"), "12:13-28: error: app:lamp: source not found: lamp.lua")
	for len(c.known("lamp.lua")) != 0 {
		c.read()
	}
	c.open("lamp.lua", string(lamp)) // it is there again, in the editor alone
	same(t, "unsaved", c.problems("lamp.lua"))
	for len(c.known("_index.yaml")) != 0 {
		c.read()
	}
}

// The protocol: before initialize nothing is answered, after shutdown nothing but exit.
func TestEditorEndsTheServer(t *testing.T) {
	c := newClient(t, editedApp())
	if m := c.answer(c.ask("textDocument/hover", object{})); m.Error == nil || m.Error.Code != -32002 {
		t.Errorf("before initialize: %+v", m)
	}
	var result struct {
		Capabilities struct {
			TextDocumentSync struct {
				OpenClose bool
				Change    int
			}
		}
	}
	if err := json.Unmarshal(c.initialize(), &result); err != nil {
		t.Fatal(err)
	}
	if s := result.Capabilities.TextDocumentSync; !s.OpenClose || s.Change != 2 {
		t.Errorf("capabilities %+v: documents are to be sent by their changes", s)
	}
	if m := c.answer(c.ask("textDocument/nonsense", object{})); m.Error == nil || m.Error.Code != -32601 {
		t.Errorf("an unknown method: %+v", m)
	}
	c.request("shutdown", nil)
	if m := c.answer(c.ask("textDocument/hover", object{})); m.Error == nil || m.Error.Code != -32600 {
		t.Errorf("after shutdown: %+v", m)
	}
	if len(c.asked) != 1 || c.asked[0].Method != "client/registerCapability" || !strings.Contains(string(c.asked[0].Params), ".star") {
		t.Errorf("the server asked %v", c.asked)
	}
	c.notify("exit", nil)
	if status := c.wait(); status != 0 {
		t.Errorf("exit status %d after shutdown", status)
	}

	c = newClient(t, editedApp())
	c.initialize()
	c.notify("exit", nil)
	if status := c.wait(); status != 1 {
		t.Errorf("exit status %d without shutdown", status)
	}
	c = newClient(t, editedApp())
	_ = c.stdin.Close()
	if status := c.wait(); status != 1 {
		t.Errorf("exit status %d where the editor went away", status)
	}
}

// Each folder has apps of its own; a file of no app has no diagnostics.
func TestEditorWithSeveralApps(t *testing.T) {
	files := map[string]string{"alone.lua": "x(", "third/lone.lua": "x("}
	for name, text := range editedApp() {
		files["one/src/"+name] = text
		files["two/"+name] = strings.ReplaceAll(text, "process.send", "process.sned")
	}
	c := newClient(t, files)
	c.initializeWith(object{"workspaceFolders": []object{{"uri": c.uri("one"), "name": "one"}, {"uri": c.uri("two"), "name": "two"}}})
	c.open("one/src/lamp.lua", "")
	c.open("two/lamp.lua", "")
	c.open("alone.lua", "")
	same(t, "the first app", c.problems("one/src/lamp.lua"))
	same(t, "the second", c.problems("two/lamp.lua"), `5:11-15: error: app:lamp: process has no 'sned' (did you mean "send"?)`)
	c.notify("textDocument/didClose", object{"textDocument": object{"uri": c.uri("two/lamp.lua")}})
	for len(c.known("two/lamp.lua")) != 0 {
		c.read() // its app is open no more
	}
	if m := c.answer(c.ask("textDocument/completion", c.at("alone.lua", "x^("))); m.Error != nil || string(m.Result) != "null" {
		t.Errorf("outside of all apps: %s, %+v", m.Result, m.Error)
	}
	if got := c.known("alone.lua"); len(got) > 0 {
		t.Errorf("outside of all apps: %q", got)
	}
	if status := c.end(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// Index files beside one another are of several apps, unless something says that they are
// one.
func TestEditorFindsTheAppOfAFile(t *testing.T) {
	files := map[string]string{
		"src/hosts/_index.yaml": "namespace: hosts\nentries:\n  - {name: main, kind: process.host}\n",
		"src/jobs/_index.yaml":  "namespace: jobs\nentries:\n  - {name: job, kind: process.lua, source: file://job.lua, host: hosts:main}\n",
		"src/jobs/job.lua":      "return function() end\n",
	}
	for what, test := range map[string]struct {
		options object
		marker  string
		one     bool
	}{
		"nothing":                 {},
		"a setting":               {options: object{"apps": []string{"src"}}, one: true},
		"definitions in a folder": {marker: "src/.understudy/lua/time.lua", one: true},
	} {
		t.Run(what, func(t *testing.T) {
			c := newClient(t, files)
			if test.marker != "" {
				writeFile(t, filepath.Join(c.root, test.marker), "")
			}
			c.initializeWith(object{"rootUri": c.uri("."), "initializationOptions": test.options})
			c.open("src/jobs/_index.yaml", "")
			got := c.problems("src/jobs/_index.yaml")
			if test.one && len(got) > 0 {
				t.Errorf("one app: %q", got)
			}
			if !test.one && !slices.Contains(got, `3:66-76: error: jobs:job: unknown host "hosts:main"`) {
				t.Errorf("several: %q", got)
			}
		})
	}
}

// Of an entry of any language the source for another engine than the chosen one is checked
// too once it is open; a script of no entry is not checked, but completed.
func TestEditorWithSourcesNotChosen(t *testing.T) {
	files := editedApp()
	files["_index.yaml"] += "  - name: any\n    kind: process.script\n    source: file://any\n    host: host\n"
	files["any.lua"] = "return function() process.pid() end\n"
	files["any.star"] = "def main():\n    process.pid()\n"
	files["new.lua"] = "local s = require(\"store\")\n"
	c := newClient(t, files)
	c.initialize()
	c.open("any.star", "")
	same(t, "at first", c.problems("any.star"))
	c.edit("any.star", "process.pid", "process.pip")
	same(t, "a slip of the pen", c.problems("any.star"), `2:13-16: error: app:any: process has no 'pip' (did you mean "pid"?)`)
	if got := c.offered("any.star", "process.pi^p"); !slices.Contains(got, "pid") {
		t.Errorf("offered in any.star: %v", got)
	}
	c.open("new.lua", "")
	c.edit("new.lua", "\n", "\ns.^")
	same(t, "of no entry", c.problems("new.lua"))
	c.edit("new.lua", "s.^", "s.")
	if got := c.offered("new.lua", "\ns.^"); !slices.Contains(got, "get") {
		t.Errorf("offered in new.lua: %v", got)
	}
}
