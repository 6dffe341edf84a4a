package fs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
)

// program gives a runtime with two engines and the module.
func program(t *testing.T, o understudy.Options) *understudy.Runtime {
	t.Helper()
	o.Engines, o.Modules, o.Kinds = []hostapi.Engine{gopherlua.New(), starlark.New()}, []*hostapi.Module{Module}, []*spec.Kind{Entries}
	rt, err := understudy.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		over, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := rt.Shutdown(over, 0); err != nil {
			t.Error(err)
		}
	})
	return rt
}

// start starts a script that is granted app:volume, on a resource.
func start(t *testing.T, rt *understudy.Runtime, resource any, file, script string) *understudy.Process {
	t.Helper()
	rt.DefineResource("app:volume", Kind, resource)
	if err := rt.LoadEntry(core.Entry{ID: "app:main", Resources: []core.Grant{{ID: "app:volume"}}}, fstest.MapFS{file: {Data: []byte(script)}}, file); err != nil {
		t.Fatal(err)
	}
	p, err := rt.Start(t.Context(), "app:main")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func result(t *testing.T, p *understudy.Process) string {
	t.Helper()
	v, err := p.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v.String()
}

// 40.9, 40.11: whoever has seen the end of a process finds its files closed, however it
// ended.
func TestFilesEndWithTheirProcess(t *testing.T) {
	for how, end := range map[string]string{
		"return": `return`, "failure": `error("failed")`, "kill": `process.inbox():receive()`, "upgrade": `process.upgrade("app:next")`,
	} {
		t.Run(how, func(t *testing.T) {
			tree := &counted{Tree: NewMemory(time.Now)}
			ready := make(chan struct{})
			rt := program(t, understudy.Options{Output: signal(ready)})
			if err := rt.Load("app:next", fstest.MapFS{"next.lua": {Data: []byte(`return function() print("ready") process.inbox():receive() end`)}}, "next.lua"); err != nil {
				t.Fatal(err)
			}
			p := start(t, rt, Tree(tree), "main.lua", `
				local fs = require("fs")
				return function()
					local v = assert(fs.get("app:volume"))
					for i = 1, 10 do
						assert(v:open("f" .. i, "rw"))
						if i % 3 == 0 then assert(v:open("f" .. i)):close() end
					end
					`+map[bool]string{true: `print("ready") `}[how == "kill"]+end+`
				end`)
			if how == "kill" || how == "upgrade" {
				<-ready
				if err := rt.Core().Terminate(p.PID()); err != nil {
					t.Fatal(err)
				}
			}
			<-p.Done()
			if n := tree.open.Load(); n > 0 && how != "upgrade" { // which releases beside the new code
				t.Errorf("%d files are open", n)
			}
			over, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if err := rt.Shutdown(over, 0); err != nil {
				t.Error(err)
			}
			if tree.opened.Load() != 13 || tree.open.Load() != 0 || tree.twice.Load() != 0 {
				t.Errorf("%d files were opened, %d are open, %d were closed twice", tree.opened.Load(), tree.open.Load(), tree.twice.Load())
			}
		})
	}
}

// signal is closed by the first line that is printed.
type signal chan struct{}

func (s signal) Write(b []byte) (int, error) {
	close(s)
	return len(b), nil
}

// stuck is a tree whose files wait for who reads them.
type stuck struct {
	Tree
	goOn chan struct{}
}

func (s stuck) Stat(name string) (info os.FileInfo, err error) {
	<-s.goOn
	return s.Tree.Stat(name)
}

// 40.2: an operation is over at its timeout, whether the disk answers or not.
func TestTimeout(t *testing.T) {
	tree := stuck{NewMemory(time.Now), make(chan struct{})}
	rt := program(t, understudy.Options{})
	got := result(t, start(t, rt, Tree(tree), "main.lua", `
		local fs = require("fs")
		return function()
			local v = assert(fs.get("app:volume"))
			local _, err = v:readfile("f", { timeout = "1ms" })
			local raised, thrown = pcall(v.exists, v, "f", { timeout = "1ms" })
			local _, small = v:readfile("f", { timeout = 5 })
			local _, unknown = v:readfile("f", { time = "5s" })
			return tostring(err) .. ", " .. tostring(raised) .. " " .. tostring(thrown) .. ", " .. tostring(small) .. ", " .. tostring(unknown)
		end`))
	close(tree.goOn)
	for _, want := range []string{"timed out after 1ms, false timed out after 1ms", "numbers are nanoseconds", "unknown option"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s, without %s", got, want)
		}
	}
}

// 40.14, 40.15: a simulated run sees what is asked as data and answers likewise.
func TestStandIn(t *testing.T) {
	var seen []string
	tree := NewMemory(func() time.Time { return time.Unix(0, 0) })
	rt := program(t, understudy.Options{Simulation: core.NewSimulation(1), Outside: func(entry string, op hostapi.Op) core.Handling {
		seen = append(seen, entry+" "+op.Name+" "+op.Resource+" "+op.Timeout.String()+" "+hostapi.ListOf(op.Args...).String())
		switch op.Name {
		case "fs.volume.readfile":
			return core.Answer(time.Second, hostapi.Done{Value: hostapi.String("canned")}, nil)
		case "fs.volume.stat":
			return core.Answer(0, hostapi.Done{Value: hostapi.MapOf(hostapi.Field("size", hostapi.Int(3)))}, nil)
		case "fs.volume.mkdir":
			return core.Refuse(hostapi.Errorf(hostapi.Unavailable, "no space"))
		}
		return core.Perform()
	}})
	got := result(t, start(t, rt, tree, "main.star", `
fs = require("fs")

def main():
    v, err = fs.get("app:volume")
    text, _ = v.readfile("f", timeout = "3s")
    stat, _ = v.stat("f")
    _, full = v.mkdir("d")
    v.writefile("g", "x", mode = "wx")
    f, _ = v.open("g")
    read, _ = f.read(n = 5)
    entries, _ = v.readdir(".")
    return [text, stat.size, stat.name, str(full), read, entries[0].name, entries[0].modified, f.close()]
`))
	if want := `["canned", 3, nil, "no space", "x", "g", 0, true]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := `app:main fs.volume.readfile app:volume 3s ["f"]
app:main fs.volume.stat app:volume 10s ["f"]
app:main fs.volume.mkdir app:volume 10s ["d"]
app:main fs.volume.writefile app:volume 10s ["g", "x", "wx"]
app:main fs.volume.open app:volume 10s ["g", "r"]
app:main fs.file.read app:volume 10s [5]
app:main fs.volume.readdir app:volume 10s ["."]
app:main fs.file.close app:volume 0s []`
	if a := strings.Join(seen, "\n"); a != want {
		t.Errorf("seen\n%s\nwant\n%s", a, want)
	}
}

// 40.7: what is read counts before it is there, and fails the process beyond its limit.
func TestReadingCountsAgainstMemory(t *testing.T) {
	tree := NewMemory(time.Now)
	v := New(tree, Config{Write: true})
	v.mustWrite(t, "small", strings.Repeat("x", 100_000))
	v.mustWrite(t, "large", strings.Repeat("x", 8<<20))
	rt := program(t, understudy.Options{})
	rt.DefineResource("app:volume", Kind, v)
	entry := core.Entry{ID: "app:main", Limits: core.Limits{Memory: 4 << 20}, Resources: []core.Grant{{ID: "app:volume"}}}
	if err := rt.LoadEntry(entry, fstest.MapFS{"main.lua": {Data: []byte(`
		local fs = require("fs")
		return function(name) return #assert(assert(fs.get("app:volume")):readfile(name)) end`)}}, "main.lua"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"small": "100000 <nil>", "large": "nil memory limit exceeded"} {
		p, err := rt.Start(t.Context(), "app:main", name)
		if err != nil {
			t.Fatal(err)
		}
		value, err := p.Wait(t.Context())
		if got := fmt.Sprintf("%s %v", value, err); !strings.HasPrefix(got, want) {
			t.Errorf("%s gives %s, want %s", name, got, want)
		}
	}
}

// load loads an app with some entries beside a process, in a directory and with a data
// directory.
func load(t *testing.T, app fstest.MapFS, data, entries string) (*understudy.App, error) {
	t.Helper()
	app["_index.yaml"] = &fstest.MapFile{Data: []byte("namespace: app\nentries:\n  - {name: host, kind: process.host}\n" + entries)}
	return program(t, understudy.Options{Data: data}).LoadApp(app)
}

// 44.1, 41.7: what is wrong with an entry is said with its place, and what cannot be opened
// when it is to be.
func TestEntries(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	app := func() fstest.MapFS { return fstest.MapFS{"pages/a.txt": {Data: []byte("in the app")}} }
	for entry, want := range map[string]string{
		`{name: v, kind: fs.dir}`:                                               "dir is required",
		`{name: v, kind: fs.dir, dir: ""}`:                                      "dir must not be empty",
		`{name: v, kind: fs.dir, dir: 5}`:                                       "dir must be a string",
		`{name: v, kind: fs.dir, dir: d, mode: rw}`:                             "mode must be one of read, write",
		`{name: v, kind: fs.dir, dir: d, max_read: 0}`:                          "max_read must be at least 1",
		`{name: v, kind: fs.dir, dir: d, max_entries: 0}`:                       "max_entries",
		`{name: v, kind: fs.dir, dir: d, size: 1}`:                              "size is an unknown field",
		`{name: v, kind: fs.dir, dir: "file://pages", mode: write}`:             "mode must be read: the directory is part of the app",
		`{name: v, kind: fs.dir, dir: "file://none"}`:                           "not found",
		`{name: v, kind: fs.dir, dir: "file://pages/a.txt"}`:                    "no directory",
		`{name: v, kind: fs.dir, dir: "file://pages", mode: read, max_read: x}`: "max_read must be a size",
	} {
		_, err := load(t, app(), data, "  - "+entry)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "_index.yaml:4") {
			t.Errorf("%s gives %v, want %s", entry, err, want)
		}
	}
	for entry, want := range map[string]string{
		`{name: v, kind: fs.dir, dir: none}`: "directory not found: none", `{name: v, kind: fs.dir, dir: file}`: "not a directory: file",
	} {
		a, err := load(t, app(), data, "  - "+entry)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Start(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s starts with %v, want %s", entry, err, want)
		}
	}

	files := app()
	files["main.lua"] = &fstest.MapFile{Data: []byte(`
		local fs = require("fs")
		return function()
			local page = assert(fs.get("app:pages"))
			assert(page:readfile("a.txt") == "in the app")
			local _, refused = page:writefile("a.txt", "x")
			assert(errors.is(refused, errors.PERMISSION_DENIED), refused)
			assert(assert(fs.get("app:made")):writefile("f", "made"))
		end`)}
	a, err := load(t, files, data, `
  - {name: pages, kind: fs.dir, dir: "file://pages"}
  - {name: made, kind: fs.dir, dir: new/dir, mode: write, create: true}
  - {name: main, kind: process.lua, source: file://main.lua, modules: [fs], resources: [pages, made], lifecycle: {auto_start: true, essential: true, restart: {max_attempts: 1}}}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Wait(t.Context()); err != nil {
		t.Error(err)
	}
	if content, err := os.ReadFile(filepath.Join(data, "new", "dir", "f")); string(content) != "made" {
		t.Errorf("made is %q, %v", content, err)
	}
}
