package understudycli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/fsnotify/fsnotify"

	"github.com/understudy-run/understudy/core/app"
)

// server is a process that tells its version and moves to a newer one.
func server(version string) string {
	return `
return function()
  process.set_options({upgradable = true})
  print("` + version + ` runs")
  while true do
    local e = process.events():receive()
    if e.kind == process.event.CANCEL then return end
    print("outdated " .. table.concat(e.sources, " "))
    process.upgrade()
  end
end`
}

// 13.14 to 13.17.
func TestWatch(t *testing.T) {
	index := oneHost + `
  - { name: main, kind: process.lua, source: "file://code/main.lua", imports: { lib: lib }, lifecycle: { auto_start: true } }
  - { name: lib, kind: library.lua, source: "file://.hidden/lib.lua" }
`
	dir := writeApp(t, map[string]string{"_index.yaml": index, "code/main.lua": server("1"), ".hidden/lib.lua": "return 1"})
	write := func(name, text string) {
		t.Helper()
		writeBelow(t, dir, name, text)
	}
	c := startChild(t, "run", "--watch", dir)
	defer c.cmd.Process.Kill() // in case the test fails
	c.expect(c.stdout, "1 runs")

	write("code/main.lua", "return function(")
	c.expect(c.stderr, "code/main.lua:1:")
	c.expect(c.stderr, "1 error in ")

	write("code/main.lua", server("2"))
	c.expect(c.stderr, "reloaded")
	c.expect(c.stdout, "outdated app:main")
	c.expect(c.stdout, "2 runs")

	write(".hidden/lib.lua", "return 2")
	c.expect(c.stdout, "outdated app:lib")
	c.expect(c.stdout, "2 runs")

	write("_index.yaml", index+"  - { name: more, kind: pg.scope }\n")
	c.expect(c.stderr, "needs a new run")

	// What comes with a new directory is found.
	write("new/deeper/_index.yaml", "namespace: new\nentries:\n  - { name: p, kind: process.lua, source: \"return 1 +\" }\n")
	c.expect(c.stderr, "new/deeper/_index.yaml:")
	write("new/deeper/_index.yaml", "namespace: new\nentries:\n  - { name: p, kind: process.lua, source: \"return {}\" }\n")
	c.expect(c.stderr, "new:p")

	c.cmd.Process.Signal(syscall.SIGTERM)
	code, stdout, stderr := c.wait()
	if code != 0 || stdout != "" {
		t.Errorf("status %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// 16.19: the next start of a child is by the new specification.
func TestWatchChangesSupervisors(t *testing.T) {
	index := oneHost + `
  - { name: child, kind: process.lua, modules: [time], source: "return function(v) print(v) require('time').sleep('50ms') error('over') end" }
  - name: sup
    kind: process.supervisor
    lifecycle: { auto_start: true }
    intensity: 1000000
    children: [{ id: child, process: child, input: [old] }]
`
	dir := writeApp(t, map[string]string{"_index.yaml": index})
	c := startChild(t, "run", "--watch", dir)
	defer c.cmd.Process.Kill() // in case the test fails
	c.expect(c.stdout, "old")
	index = strings.Replace(index, "[old]", "[new]", 1)
	if err := os.WriteFile(filepath.Join(dir, "_index.yaml"), []byte(index), 0o644); err != nil {
		t.Fatal(err)
	}
	c.expect(c.stdout, "new")
	c.cmd.Process.Signal(syscall.SIGTERM)
	if code, _, stderr := c.wait(); code != 0 || !strings.Contains(stderr, "reloaded") || strings.Contains(stderr, "needs a new run") {
		t.Errorf("status %d, stderr %q", code, stderr)
	}
}

// What is written beside the app, such as our own output, is no change of it.
func TestWatchIgnoresOtherFiles(t *testing.T) {
	w := &watcher{program: &program{}, dir: "app", sources: map[string]bool{}}
	w.files, _ = fsnotify.NewWatcher()
	defer w.close()
	w.log = t.Output()
	w.include(&app.App{Files: []string{"src/code.txt"}})
	for file, want := range map[string]bool{
		"app/run.log": false, "app/_index.yaml": true, "app/x.yml": true, "app/x.json": true,
		"app/a/x.lua": true, "app/x.star": true, "app/src/code.txt": true, "app/src/other.txt": false,
	} {
		if got := w.matters(filepath.FromSlash(file)); got != want {
			t.Errorf("%s: got %t", file, got)
		}
	}
}

func TestWatchNeedsADirectory(t *testing.T) {
	if code, _, stderr := command(t, "run", "--watch", filepath.Join(t.TempDir(), "missing")); code != 2 || !strings.Contains(stderr, "missing") {
		t.Errorf("status %d, stderr %q", code, stderr)
	}
}
