package understudycli

import (
	"strings"
	"syscall"
	"testing"
)

// 60.12: what a changed file concerns is run again, and nothing else.
func TestWatchingTests(t *testing.T) {
	entry := func(value string) string { return "return function() return " + value + " end\n" }
	test := func(id, want string) string {
		return "local test = require('test')\nreturn { test_it = function() test.equal(test.expect_exit(test.spawn('" + id + "')).value, " + want + ") end }\n"
	}
	dir := writeApp(t, map[string]string{
		"_index.yaml": oneHost + "  - {name: a, kind: process.lua, source: 'file://a.lua'}\n  - {name: b, kind: process.lua, source: 'file://b.lua'}\n",
		"a.lua":       entry("1"), "b.lua": entry("2"),
		"a_test.lua": test("app:a", "1"), "b_test.lua": test("app:b", "2"),
	})
	write := func(name, text string) {
		t.Helper()
		writeBelow(t, dir, name, text)
	}
	c := startChild(t, "test", "--watch", "--schedules", "1", dir)
	defer c.cmd.Process.Kill() // in case the test fails
	c.expect(c.stdout, "2 passed, 0 failed; 2 runs")
	c.expect(c.stderr, "2 of 2 tests were concerned; waiting for a change")

	write("b.lua", entry("3"))
	c.expect(c.stdout, "FAIL  b_test.lua:test_it (gopherlua)")
	c.expect(c.stdout, "0 passed, 1 failed; 1 run")
	c.expect(c.stderr, "1 of 2 tests were concerned")

	write("a_test.lua", test("app:a", "1")+"-- another text\n")
	c.expect(c.stdout, "1 passed, 1 failed; 2 runs") // with what has failed before
	c.expect(c.stderr, "2 of 2 tests were concerned")

	write("b.lua", "return function(")
	c.expect(c.stderr, "b.lua:1:")
	c.expect(c.stderr, "waiting for a change")
	write("b.lua", entry("2"))
	c.expect(c.stdout, "1 passed, 0 failed; 1 run")
	c.expect(c.stderr, "1 of 2 tests were concerned")

	c.cmd.Process.Signal(syscall.SIGTERM)
	if code, stdout, stderr := c.wait(); code != 0 || stdout != "" {
		t.Errorf("status %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if _, errs := testing60(t, 2, "--watch", "--coverage", dir); !strings.Contains(errs, "--watch runs what a change concerns: it goes without --coverage") {
		t.Errorf("got %s", errs)
	}
}
