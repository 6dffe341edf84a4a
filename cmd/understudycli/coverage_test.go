package understudycli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/hostapi"
)

// coveredApp is an app of which its tests execute a part, in both languages and in an
// index file.
func coveredApp(t *testing.T) string {
	return writeApp(t, map[string]string{
		"_index.yaml": `namespace: app
entries:
  - {name: host, kind: process.host}
  - {name: abs, kind: process.lua, source: 'file://abs.lua'}
  - {name: again, kind: process.lua, source: 'file://abs.lua'}
  - {name: star, kind: process.starlark, source: 'file://star.star'}
  - name: here
    kind: process.lua
    source: |
      return function(x)
        if x then return 1 end
        return 2
      end
`,
		"abs.lua": `local function main(x)
  local sign
  if x < 0 then
    x = -x
    sign = -1
  else
    sign = 1
  end
  return { x, sign }
end
return { main = main }
`,
		"star.star": "def main(x):\n    if x: return 1\n    return 2\n",
		"a_test.lua": `local test = require("test")
local function ends(id, arg, want)
  test.equal(test.expect_exit(test.spawn(id, arg)).value, want)
end
return {
  test_abs = function() ends("app:abs", 3, { 3, 1 }) end,
  test_here = function() ends("app:here", false, 2) end,
  test_star = function() ends("app:star", true, 1) end,
}
`,
	})
}

// 60.13: what is shown to people, to programs and in files.
func TestCoverage(t *testing.T) {
	dir := coveredApp(t)
	t.Chdir(t.TempDir())
	out, _ := testing60(t, 0, "--coverage", "--coverage-out", "lcov.info", "--coverage-html", "page.html", dir)
	if want := `
statements executed:
   75.0%    3 of 4  _index.yaml  not: 11
   71.4%    5 of 7  abs.lua      not: 4-5
   75.0%    3 of 4  star.star    not: 3
   73.3%  11 of 15  all
`; !strings.HasSuffix(out, want) {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	text, err := os.ReadFile("lcov.info")
	if want := "TN:\nSF:" + filepath.ToSlash(dir) + "/abs.lua\nDA:1,1\nDA:3,1\nDA:4,0\nDA:5,0\nDA:7,1\nDA:9,1\nDA:11,1\nLF:7\nLH:5\nend_of_record\n"; err != nil || !strings.Contains(string(text), want) {
		t.Errorf("%v: got\n%s\nwant\n%s", err, text, want)
	}
	if want := "DA:2,1\nDA:3,0\nLF:3\nLH:2\n"; !strings.Contains(string(text), want) { // a line is executed if one statement is
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	page, err := os.ReadFile("page.html")
	for _, want := range []string{
		"<title>Coverage: 73.3%</title>",
		`<tr class="missed" title="not executed"><td class="n">4</td><td class="m"></td><td>    x = -x</td></tr>`,
		`<tr class="partly" title="1 of 2 statements executed"><td class="n">11</td>`,
		`<tr class="ran" title="executed"><td class="n">2</td><td class="m"></td><td>    if x: return 1</td></tr>`,
	} {
		if err != nil || !strings.Contains(string(page), want) {
			t.Errorf("%v: no %s in\n%s", err, want, page)
		}
	}
	if bytes.Contains(page, []byte("http")) {
		t.Error("the page refers to another")
	}

	out, _ = testing60(t, 0, "--json", "--coverage", dir, "a_test.lua:test_abs")
	for _, want := range []string{`"coverage":{"executed":5,`, `{"file":"abs.lua","executed":5,"statements":7,"missed":["4-5"]}`, `"statements":15}`} {
		if !strings.Contains(out, want) {
			t.Errorf("got %s, want %s", out, want)
		}
	}
	// All engines together: the lines of a file count once.
	if out, _ = testing60(t, 0, "--coverage", "--engine", "all", dir, "a_test.lua:test_abs"); !strings.Contains(out, "5 of 7  abs.lua      not: 4-5") {
		t.Errorf("got %s", out)
	}
	if _, errs := testing60(t, 1, "--coverage-out", "no/where", dir); !strings.Contains(errs, "--coverage-out: open no/where") {
		t.Errorf("got %s", errs)
	}
}

// plain is an engine that cannot tell what it executes.
type plain struct{ hostapi.Engine }

// full is an engine that has no room for marks.
type full struct{ plain }

// CompileCovered fails where Compile does not.
func (full) CompileCovered(hostapi.Source) (hostapi.Program, *hostapi.Coverage, error) {
	return nil, nil, &hostapi.SyntaxError{Message: "too many registers"}
}

// 60.13: what is not counted is told.
func TestCoverageOfAnEngineThatCannotTell(t *testing.T) {
	p := &program{}
	var all []hostapi.Engine
	for i, e := range p.engines() {
		if all = append(all, plain{e}); i == 0 {
			all[0] = full{plain{e}}
		}
	}
	s, found := apptest.Load(apptest.Options{Dir: coveredApp(t), Engines: all, Modules: p.modules(), Kinds: p.kinds(), Coverage: true})
	if s == nil {
		t.Fatal(found)
	}
	var page bytes.Buffer
	if err := writePage(&page, s.Coverage()); err != nil {
		t.Fatal(err)
	}
	if text, want := s.Coverage().Text(), `statements executed:
       -  0 of 0  all
  not counted: _index.yaml (engine gopherlua cannot tell what it executes)
  not counted: abs.lua (engine gopherlua cannot tell what it executes)
  not counted: star.star (engine starlark cannot tell what it executes)
`; text != want || !strings.Contains(page.String(), "engine starlark cannot tell") {
		t.Errorf("got\n%s", text)
	}
}
