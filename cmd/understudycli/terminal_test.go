package understudycli

import (
	"bytes"
	"strings"
	"testing"
)

// 45.2: the process that exec starts has stdin, stdout in the order of what is printed,
// stderr and its arguments; one that it spawns has not.
func TestExecHasATerminal(t *testing.T) {
	dir := writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - { name: main, kind: process.starlark, source: "file://main.star", modules: [io] }
  - { name: other, kind: process.starlark, source: "file://other.star", modules: [io] }
`,
		"main.star": `
io = require("io")

def main(*args):
    print("first")
    io.write("second", 2, "\n")
    line, _ = io.readline()
    rest = []
    ch = io.lines()
    while True:
        l, ok = ch.receive()
        if not ok:
            break
        rest.append(l)
    io.eprint("to stderr")
    other, err = process.exec("app:other", None)
    return [line, rest, io.args(), other]
`,
		"other.star": `
io = require("io")

def main():
    _, err = io.readline()
    return str(err)
`,
	})
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader("one\ntwo\nthree")}
	if status := p.run([]string{"understudy", "exec", dir, "main", "5", "x y"}, &stdout, &stderr); status != statusOK {
		t.Fatalf("status %d: %s", status, &stderr)
	}
	if got, want := stdout.String(), "first\nsecond 2 \n"+`["one",["two","three"],["5","x y"],"no terminal"]`+"\n"; got != want {
		t.Errorf("stdout is %q, want %q", got, want)
	}
	if got := stderr.String(); got != "to stderr\n" {
		t.Errorf("stderr is %q", got)
	}

	stderr.Reset()
	p = &program{stdin: strings.NewReader("")}
	dir = writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - { name: main, kind: process.lua, source: "file://main.lua", modules: [io] }
`,
		"main.lua": `local io = require("io") return function() local _, err = io.write("x") io.eprint(err) end`,
	})
	if status := p.run([]string{"understudy", "exec", dir, "main"}, &fullDisk{}, &stderr); status != statusFailed {
		t.Errorf("status %d", status)
	}
	if !strings.Contains(stderr.String(), "output closed\n") {
		t.Errorf("stderr is %q", &stderr)
	}
}
