package understudycli

import (
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/define"
)

// run is the command as it is.
func run(args []string, stdout, stderr io.Writer) int {
	return (&program{}).run(args, stdout, stderr)
}

// embedded is what a stranger's program might embed.
var embedded = fstest.MapFS{
	"_index.yaml": {Data: []byte(`version: "1.0"
namespace: own

entries:
  - {name: processes, kind: process.host, host: {workers: 1}, lifecycle: {auto_start: true}}
  - {name: main, kind: process.lua, source: file://main.lua, host: own:processes, modules: [greeting]}
  - {name: card, kind: process.lua, source: file://card.lua, host: own:processes, modules: [greeting]}
`)},
	"card.lua": {Data: []byte(`local greeting = require("greeting")
return { main = function(who) return { greeting.card() } end }
`)},
	"main.lua": {Data: []byte(`local greeting = require("greeting")
return { main = function(who) return greeting.hello(who) end }
`)},
}

// card is a sendable object, which is no JSON (1.19).
type card struct{ hostapi.Handle }

func (*card) ObjectType() *hostapi.ObjectType { return cardType }
func (*card) String() string                  { return "card" }
func (*card) Share() hostapi.Sendable         { return &card{} }

var cardType = &hostapi.ObjectType{Name: "card"}

// A program that brings an app and a module along is the whole command for them.
func TestProgramOfAStranger(t *testing.T) {
	p := &program{options: Options{
		App: embedded,
		Modules: []*hostapi.Module{define.Module("greeting", "Greets.",
			define.Func("hello", "Says hello.", func(who string) string { return "hello " + who }, "who"),
			define.Func("card", "Gives a card.", func() *card { return &card{} }))},
	}}
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args   string
		status int
		out    string
	}{
		{"exec main you", 0, "hello you\n"},
		{"exec card", 1, "error: Invalid: cannot write a card as JSON\n"},
		{"exec --json card", 1, `{"error":{"kind":"Invalid","message":"cannot write a card as JSON","retryable":false}}`},
		{"check", 0, "3 entries, no errors\n"},
		{"modules greeting", 0, "Says hello."},
		{"modules", 0, "greeting"},
		{"run --for 10ms --log-level error", 0, ""},
		{"run --watch", 2, "--watch needs an APPDIR"},
		{"exec none", 2, "none"},
		{"check elsewhere", 2, "no such directory: elsewhere"},
	} {
		var out, errs strings.Builder
		status := p.run(append([]string{"understudy"}, strings.Fields(c.args)...), &out, &errs)
		if status != c.status || !strings.Contains(out.String()+errs.String(), c.out) {
			t.Errorf("%s: status %d, %q, %q; want %d with %q", c.args, status, &out, &errs, c.status, c.out)
		}
	}
}
