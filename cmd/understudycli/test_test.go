package understudycli

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testedApp writes an app with tests, of which some fail.
func testedApp(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"_index.yaml": "namespace: app\nentries:\n  - {name: host, kind: process.host}\n  - {name: echo, kind: process.lua, source: 'file://echo.lua'}\n",
		"echo.lua":    "return { main = function() process.inbox():receive() return 'done' end }\n",
		"echo_test.lua": `local test = require("test")
return {
	test_ends = function()
		local pid = test.spawn("app:echo")
		process.send(pid, "x")
		test.equal(test.expect_exit(pid).value, "done")
	end,
	test_wrong = function()
		print("before")
		test.equal({ n = 1 }, { n = 2 })
	end,
	test_later = function() test.skip("not yet") end,
}
`,
		"sub/more_test.star": "def test_star():\n    pass\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func testing60(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(append([]string{"understudy", "test", "--parallel", "1"}, args...), &out, &errs); got != want {
		t.Fatalf("%q: status %d, want %d\n%s%s", args, got, want, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

// 60.11, 60.12: what is chosen, what is shown, and the status.
func TestTestsOfAnApp(t *testing.T) {
	dir := testedApp(t)
	t.Chdir(t.TempDir()) // below the package there is an app
	out, _ := testing60(t, 1, dir)
	for _, want := range []string{
		"FAIL  echo_test.lua:test_wrong (gopherlua)\n    echo_test.lua:10: got.n: 1, want 2\n",
		"    output:\n      before\n",
		"    again: understudy test --engine gopherlua --seed 1 --schedules 1 " + filepath.ToSlash(dir) + " echo_test.lua:test_wrong\n",
		"skip  echo_test.lua:test_later (gopherlua): not yet\n",
		"FAIL  echo_test.lua (gopherlua): 3 tests, 27 runs\nok    sub/more_test.star (starlark): 1 test, 1 run\n2 passed, 1 failed, 1 skipped; 28 runs\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{dir, "sub"}, "1 passed, 0 failed; 1 run\n"},
		{[]string{dir, "echo_test.lua:test_ends"}, "1 passed, 0 failed; 25 runs\n"},
		{[]string{"--run", "ends|star", "--engine", "all", "--schedules", "3", dir}, "3 passed, 0 failed; 9 runs\n"},
		{[]string{"--real", dir, "echo_test.lua:test_ends"}, "1 passed, 0 failed; 1 run\n"},
		{[]string{"--list", dir}, "echo_test.lua:test_ends  gopherlua\necho_test.lua:test_later  gopherlua\necho_test.lua:test_wrong  gopherlua\nsub/more_test.star:test_star  starlark\n"},
	} {
		if out, _ := testing60(t, 0, c.args...); !strings.HasSuffix(out, c.want) {
			t.Errorf("%q gives\n%s\nwant %s", c.args, out, c.want)
		}
	}
	if out, _ := testing60(t, 1, "--fail-fast", "--run", "wrong|star", dir); !strings.HasSuffix(out, "0 passed, 1 failed, 1 not run; 1 run\n") {
		t.Errorf("--fail-fast gives\n%s", out)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{dir, "nothing"}, "no test matches nothing; tests are"},
		{[]string{dir, "echo_test.lua", "sub", "mroe_test.star"}, "no test matches mroe_test.star; tests are"},
		{[]string{"--run", "nothing", dir}, "no test matches; tests are"},
		{[]string{filepath.Join(dir, "none")}, "no such directory"},
		{[]string{"--run", "(", dir}, "--run: error parsing regexp"},
		{[]string{"--engine", "lua", dir}, `unknown engine "lua"; there are: gopherlua, golua, starlark, all`},
		{[]string{"--schedules", "-1", dir}, "--schedules must not be negative"},
		{[]string{"--timeout", "0s", dir}, "--timeout must be greater than 0"},
	} {
		if _, errs := testing60(t, 2, c.args...); !strings.Contains(errs, c.want) {
			t.Errorf("%q says %s, want %s", c.args, errs, c.want)
		}
	}
}

// 60.11: a file that cannot be tested is told where one of its tests is asked for.
func TestTestsOfAFileThatDoesNotCompile(t *testing.T) {
	dir := testedApp(t)
	if err := os.WriteFile(filepath.Join(dir, "bad_test.lua"), []byte("return { test_a = function( end }"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, _ := testing60(t, 1, dir, "bad_test.lua:test_a")
	if !strings.Contains(out, "FAIL  bad_test.lua (gopherlua)\n    bad_test.lua:1:") {
		t.Errorf("got\n%s", out)
	}
	_, errs := testing60(t, 2, "--run", "test_a", dir)
	for _, want := range []string{"understudy: the tests in bad_test.lua are not known: bad_test.lua:1:", "no test matches"} {
		if !strings.Contains(errs, want) {
			t.Errorf("no %q in\n%s", want, errs)
		}
	}
}

// 60.12: results for programs.
func TestResultsOfTests(t *testing.T) {
	dir := testedApp(t)
	file := filepath.Join(t.TempDir(), "results.xml")
	out, _ := testing60(t, 1, "--json", "--junit", file, dir)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines: %s", len(lines), out)
	}
	for _, line := range lines[:4] {
		var r testJSON
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.File == "" || r.Status == "" {
			t.Errorf("%v: %s", err, line)
		}
		if r.Test == "test_wrong" && (r.Message != "got.n: 1, want 2" || r.Place != "echo_test.lua:10" || r.Seed != 1 || len(r.Output) != 1) {
			t.Errorf("got %+v", r)
		}
	}
	if want := `{"summary":{"failed":1,"not_run":0,"passed":2,"runs":28,"skipped":1,"tests":4}}`; lines[4] != want {
		t.Errorf("got %s, want %s", lines[4], want)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all junitSuites
	if err := xml.Unmarshal(text, &all); err != nil || len(all.Suites) != 2 || all.Suites[0].Tests != 3 || all.Suites[0].Failures != 1 || all.Suites[0].Skipped != 1 {
		t.Errorf("%v: %s", err, text)
	}
}

// 60.1: check compiles test files too.
func TestCheckLooksAtTests(t *testing.T) {
	dir := testedApp(t)
	if err := os.WriteFile(filepath.Join(dir, "bad_test.lua"), []byte("return { test_a = function( end }"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if got := run([]string{"understudy", "check", dir}, &out, &errs); got != 2 || !strings.Contains(errs.String(), "bad_test.lua:1:") {
		t.Errorf("status %d: %s%s", got, out.String(), errs.String())
	}
}
