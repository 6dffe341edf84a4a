package understudycli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// offered gives what completion offers at a place.
func (c *lspEditor) offered(file, marked string) []string {
	c.t.Helper()
	var list struct {
		Items []struct {
			Label, Detail string
			TextEdit      struct {
				NewText string
				Range   lspRange
			}
		}
	}
	if err := json.Unmarshal(c.request("textDocument/completion", c.at(file, marked)), &list); err != nil {
		c.t.Fatal(err)
	}
	labels := []string{}
	for _, i := range list.Items {
		labels = append(labels, i.Label)
	}
	return labels
}

// shown gives what hover shows at a place; "" for nothing.
func (c *lspEditor) shown(file, marked string) string {
	c.t.Helper()
	var h *struct{ Contents struct{ Value string } }
	if err := json.Unmarshal(c.request("textDocument/hover", c.at(file, marked)), &h); err != nil {
		c.t.Fatal(err)
	}
	if h == nil {
		return ""
	}
	return h.Contents.Value
}

// found gives where a question about a place leads, as file:line.
func (c *lspEditor) found(method, file, marked string) []string {
	c.t.Helper()
	var list []struct {
		URI   string
		Range lspRange
	}
	if err := json.Unmarshal(c.request("textDocument/"+method, c.at(file, marked)), &list); err != nil {
		c.t.Fatal(err)
	}
	out := []string{}
	for _, l := range list {
		out = append(out, strings.TrimPrefix(l.URI, c.uri(".")+"/")+":"+string(rune('0'+(l.Range.Start.Line+1)/10))+string(rune('0'+(l.Range.Start.Line+1)%10)))
	}
	return out
}

// What is offered while a line is written, which is not sound yet.
func TestEditorOffersNames(t *testing.T) {
	c := newClient(t, editedApp())
	c.initialize()
	for file := range editedApp() {
		c.open(file, "")
	}
	for name, test := range map[string]struct {
		file, old, new string // new has a ^ at the cursor
		offers, not    []string
	}{
		"members of a module":              {"lamp.lua", "process.send(", "process.^\n  process.send(", []string{"send", "spawn", "registry", "event"}, []string{"now", "bright"}},
		"in Starlark":                      {"stove.star", "process.send(", "process.^\n    process.send(", []string{"send", "spawn", "registry"}, []string{"now"}},
		"of a nested module":               {"lamp.lua", "process.send(", "process.registry.^\n  process.send(", []string{"register", "lookup"}, []string{"send"}},
		"of a module that is required":     {"lamp.lua", "time.now()", "time.^", []string{"now", "sleep", "SECOND"}, []string{"send"}},
		"and in Starlark":                  {"stove.star", "time.sleep", "time.sl^", []string{"now", "sleep"}, []string{"send"}},
		"of a library of the app":          {"lamp.lua", "util.bright(1)", "util.^", []string{"bright"}, []string{"send"}},
		"methods of an object":             {"lamp.lua", "time.now()", "channel.new(1)\n  started:^", []string{"send", "receive", "close"}, []string{"now"}},
		"in Starlark with a dot":           {"stove.star", "process.send(", "ch = channel.new(1)\n    ch.^\n    process.send(", []string{"send", "receive", "close"}, []string{"now"}},
		"in a condition":                   {"lamp.lua", "local started", "if process.^\n  local started", []string{"send", "pid"}, []string{"now"}},
		"in a block that is open":          {"lamp.lua", "local started", "for i = 1, 3 do\n  process.^\n  local started", []string{"send", "pid"}, nil},
		"in an argument":                   {"lamp.lua", "local started", "print(process.^\n  local started", []string{"pid"}, []string{"now"}},
		"in a block of Starlark":           {"stove.star", "process.send(", "if process.^\n    process.send(", []string{"pid"}, []string{"now"}},
		"globals":                          {"lamp.lua", "local started", "pro^\n  local started", []string{"process", "channel", "errors", "pairs"}, []string{"time"}},
		"what require serves":              {"lamp.lua", "require(\"time\")", "require(\"^\")", []string{"time", "util"}, []string{"crypto"}},
		"processes, where one is spawned":  {"lamp.lua", "local started", "process.spawn(\"^\n  local started", []string{"app:lamp", "app:stove"}, []string{"app:host", "app:util"}},
		"hosts, where one is named":        {"stove.star", "process.send(", "process.spawn(\"app:lamp\", \"app:^\")\n    process.send(", []string{"app:host"}, []string{"app:lamp"}},
		"in the middle of a sound text":    {"lamp.lua", "process.send(", "process.se^nd(", []string{"send", "spawn"}, nil},
		"kinds":                            {"_index.yaml", "kind: library.lua", "kind: ^", []string{"process.lua", "process.host", "store.memory"}, []string{"name"}},
		"kinds, after the colon":           {"_index.yaml", "kind: library.lua\n    source", "kind:^\n    source", []string{"process.lua", "process.host"}, nil},
		"fields of an entry":               {"_index.yaml", "    modules: [time]\n    imports", "    mod^\n    imports", []string{"modules", "limits", "host", "engine"}, []string{"process", "source", "app:lamp"}},
		"fields of a service":              {"_index.yaml", "    process: lamp\n", "    ^\n", []string{"process", "input"}, []string{"host", "source", "modules"}},
		"fields of a lifecycle":            {"_index.yaml", "    host: host\n    lifecycle: {auto_start: true}", "    host: host\n    lifecycle:\n      ^", []string{"auto_start", "requires", "restart"}, []string{"host"}},
		"and in braces":                    {"_index.yaml", "lifecycle: {auto_start: true}", "lifecycle: {auto_start: true, ^}", []string{"essential", "requires"}, nil},
		"modules":                          {"_index.yaml", "modules: [time]", "modules: [time, ^]", []string{"time", "json", "sql", "process"}, []string{"util"}},
		"processes, where one is named":    {"_index.yaml", "process: lamp\n", "process: ^\n", []string{"app:lamp", "app:stove"}, []string{"app:host", "app:util"}},
		"hosts of a service":               {"_index.yaml", "    host: host\n", "    host: app:h^\n", []string{"app:host"}, []string{"app:lamp"}},
		"libraries":                        {"_index.yaml", "{util: app:util}", "{util: ^}", []string{"app:util"}, []string{"app:lamp"}},
		"what can be required by an entry": {"_index.yaml", "{auto_start: true}\n  - name: util", "{auto_start: true, requires: [^]}\n  - name: util", []string{"app:lamp_service"}, []string{"app:util"}},
		"words of a choice":                {"_index.yaml", "    modules: [time]\n    imports", "    mailbox: {limit: 3, overflow: ^}\n    imports", []string{"drop_old", "fail_sender"}, []string{"true", "app:lamp"}},
		"true and false":                   {"_index.yaml", "lifecycle: {auto_start: true}", "lifecycle: {auto_start: ^}", []string{"true", "false"}, []string{"app:lamp"}},
		"engines":                          {"_index.yaml", "    modules: [time]\n    imports", "    engine: ^\n    imports", []string{"gopherlua", "golua"}, nil},
		"fields of a file":                 {"_index.yaml", "entries:\n", "^\nentries:\n", []string{"meta", "env"}, []string{"version", "kind"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := c.part(t)
			c.edit(test.file, test.old, strings.Replace(test.new, "^", "", 1))
			got := c.offered(test.file, test.new)
			c.replace(test.file, editedApp()[test.file])
			for _, want := range test.offers {
				if !slices.Contains(got, want) {
					t.Errorf("no %s among %v", want, got)
				}
			}
			for _, other := range test.not {
				if slices.Contains(got, other) {
					t.Errorf("%s is offered: %v", other, got)
				}
			}
		})
	}
}

// A choice replaces the whole word, an id with its namespace.
func TestEditorReplacesWholeWords(t *testing.T) {
	c := newClient(t, editedApp())
	c.initialize()
	c.open("_index.yaml", "")
	c.open("lamp.lua", "")
	for _, test := range []struct {
		file, at, label string
		from, to        int // in units of UTF-16, from 0
		text            string
	}{
		{"_index.yaml", "process: la^mp\n", "app:stove", 13, 17, "app:stove"},
		{"_index.yaml", "{util: app:ut^il}", "app:util", 20, 28, "app:util"},
		{"lamp.lua", "process.se^nd(", "send", 10, 14, "send"},
		{"lamp.lua", "require(\"ut^il\")", "time", 22, 26, "time"},
	} {
		var list struct {
			Items []struct {
				Label    string
				TextEdit struct {
					NewText string
					Range   lspRange
				}
			}
		}
		if err := json.Unmarshal(c.request("textDocument/completion", c.at(test.file, test.at)), &list); err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list.Items, func(i struct {
			Label    string
			TextEdit struct {
				NewText string
				Range   lspRange
			}
		}) bool {
			return i.Label == test.label
		})
		if i < 0 {
			t.Errorf("%s: %s is not offered", test.at, test.label)
			continue
		}
		if e := list.Items[i].TextEdit; e.NewText != test.text || e.Range.Start.Character != test.from || e.Range.End.Character != test.to {
			t.Errorf("%s: %+v, want %q in place of %d to %d", test.at, e, test.text, test.from, test.to)
		}
	}
}

func TestEditorShowsWhatNamesMean(t *testing.T) {
	files := editedApp()
	files["_index.yaml"] += `  - name: inline
    kind: process.lua
    host: host
    modules: [json]
    source: |
      local json = require("json")
      return function() return json.encode({1}) end
`
	c := newClient(t, files)
	c.initialize()
	for _, file := range []string{"_index.yaml", "lamp.lua", "stove.star"} {
		c.open(file, "")
	}
	c.edit("stove.star", "process.send", "process.send_after(\"1s\", process.pid(), \"t\")\n    process.send")
	for _, test := range []struct {
		file, at string
		parts    []string // nil: nothing is shown
	}{
		{"lamp.lua", "process.se^nd(", []string{"```lua\nprocess.send(", "-> boolean | nil, error", "`topic`: string"}},
		{"lamp.lua", "proc^ess.send(", []string{"module process"}},
		{"lamp.lua", "time.n^ow()", []string{"time.now()"}},
		{"lamp.lua", "= ti^me.now()", []string{"time: module time"}},
		{"lamp.lua", "util.bri^ght", []string{"Of the library util."}},
		{"lamp.lua", "local start^ed", nil},
		{"lamp.lua", "\"o^n\"", nil},
		{"stove.star", "process.se^nd_after(", []string{"```starlark\nprocess.send_after(", "str"}},
		{"stove.star", "time.sl^eep(", []string{"time.sleep("}},
		{"_index.yaml", "kind: process.st^arlark", []string{"A script that runs as processes."}},
		{"_index.yaml", "auto_st^art: true", []string{"Start with the app.", "false if it is left out"}},
		{"_index.yaml", "    mod^ules: [time]\n    imports", []string{"Modules that require grants", "a list"}},
		{"_index.yaml", "name^space: app", []string{"The first part of the ids"}},
		{"_index.yaml", "lamp_ser^vice", nil},
		{"_index.yaml", "process: la^mp\n", []string{"app:lamp, a process.lua"}},
		{"_index.yaml", "modules: [ti^me]\n    imports", []string{"Durations"}},
		{"_index.yaml", "json.enc^ode(", []string{"json.encode("}},
	} {
		got := c.shown(test.file, test.at)
		if test.parts == nil && got != "" {
			t.Errorf("%s shows %q", test.at, got)
		}
		for _, part := range test.parts {
			if !strings.Contains(got, part) {
				t.Errorf("%s shows %q, without %q", test.at, got, part)
			}
		}
	}
}

func TestEditorFindsDefinitions(t *testing.T) {
	files := editedApp()
	files["_index.yaml"] += "  - name: any\n    kind: process.script\n    engine: golua\n    source: file://any\n    host: host\n"
	files["any.lua"] = "return function() process.spawn(\"app:stove\", \"app:host\") end\n"
	files["any.star"] = "def main():\n    process.spawn(\"app:lamp\", \"app:host\")\n"
	c := newClient(t, files)
	c.initialize()
	for _, file := range []string{"_index.yaml", "lamp.lua", "any.lua"} {
		c.open(file, "")
	}
	for _, test := range []struct {
		method, file, at string
		want             []string
	}{
		{"definition", "_index.yaml", "process: la^mp\n", []string{"_index.yaml:10"}},
		{"implementation", "_index.yaml", "process: la^mp\n", []string{"lamp.lua:01"}},
		{"definition", "_index.yaml", "    host: ho^st\n    lifecycle", []string{"_index.yaml:04"}},
		{"definition", "_index.yaml", "{util: app:ut^il}", []string{"_index.yaml:07"}},
		{"definition", "_index.yaml", "file://la^mp.lua", []string{"lamp.lua:01"}},
		{"definition", "_index.yaml", "name: la^mp\n", []string{"lamp.lua:01"}},
		{"implementation", "_index.yaml", "name: lamp_serv^ice\n", []string{"lamp.lua:01"}},
		{"implementation", "_index.yaml", "name: a^ny\n", []string{"any.lua:01", "any.star:01"}},
		{"definition", "lamp.lua", "require(\"ut^il\")", []string{"util.lua:01"}},
		{"definition", "any.lua", "\"app:st^ove\"", []string{"_index.yaml:15"}},
		{"implementation", "any.lua", "\"app:st^ove\"", []string{"stove.star:01"}},
		{"definition", "any.lua", "process.sp^awn", []string{}},
		{"definition", "_index.yaml", "kind: proc^ess.host", []string{}},
	} {
		same(t, test.method+" of "+test.at, c.found(test.method, test.file, test.at), test.want...)
	}
	// Entries are found while another one is broken.
	c.edit("_index.yaml", "kind: process.service", "kind: process.survice")
	same(t, "in a broken app", c.found("definition", "any.lua", "\"app:st^ove\""), "_index.yaml:15")
}
