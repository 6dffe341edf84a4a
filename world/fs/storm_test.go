package fs

import (
	"context"
	iofs "io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
)

// counted counts the files that are open, and notes those that are closed twice.
type counted struct {
	Tree
	open, opened, twice atomic.Int64
}

func (c *counted) Open(name string, flag int, perm iofs.FileMode) (Node, error) {
	n, err := c.Tree.Open(name, flag, perm)
	if err != nil {
		return nil, err
	}
	c.open.Add(1)
	c.opened.Add(1)
	return &countedNode{Node: n, of: c}, nil
}

type countedNode struct {
	Node
	of     *counted
	closed atomic.Bool
}

func (n *countedNode) Close() error {
	if n.closed.Swap(true) {
		n.of.twice.Add(1)
	} else {
		n.of.open.Add(-1)
	}
	return n.Node.Close()
}

// Sync does nothing: a disk takes its time, and this is about other things.
func (n *countedNode) Sync() error { return nil }

// A victim uses a volume in every way, in two coroutines, and tells of each round.
var victims = fstest.MapFS{
	"victim.lua": {Data: []byte(`
		local fs = require("fs")
		return function(id)
			local v = assert(fs.get("app:volume"))
			local name = "f" .. id % 10
			coroutine.spawn(function()
				for _ = 1, 4 do
					local f = assert(v:open("log", "a"))
					f:write("<" .. string.rep("x", id % 100) .. ">\n")
					local g = assert(v:open("log"))
					for _ = 1, 3 do g:read_line() end
					if id % 2 == 0 then f:close() g:close() end
				end
			end)
			local n = 0
			while n < 6 do
				n = n + 1
				assert(v:writefile(name, "<" .. string.rep("y", n * 7919 % 100000) .. ">"))
				local text = v:readfile("f" .. n % 10)
				assert(not text or text:sub(1, 1) .. text:sub(-1) == "<>", text)
				v:mkdir("d/" .. id % 5)
				v:readdir("d")
				v:remove("d/" .. n % 5)
				print(id)
			end
			if id % 3 > 0 then process.inbox():receive() end -- with what it has not closed
		end`)},
	"victim.star": {Data: []byte(`
fs = require("fs")

def appends(v, id):
    for _ in range(4):
        f, err = v.open("log", "a")
        if err:
            fail(err)
        f.write("<" + "x" * (id % 100) + ">\n")
        g, err = v.open("log")
        for _ in range(3):
            g.read_line()
        if id % 2 == 0:
            f.close()
            g.close()

def main(id):
    v, err = fs.get("app:volume")
    name = "f%d" % (id % 10)
    coroutine.spawn(appends, v, id)
    for n in range(1, 7):
        _, err = v.writefile(name, "<" + "y" * (n * 7919 % 100000) + ">")
        if err:
            fail(err)
        text, err = v.readfile("f%d" % (n % 10))
        if text and text[0] + text[-1] != "<>":
            fail(text)
        v.mkdir("d/%d" % (id % 5))
        v.readdir("d")
        v.remove("d/%d" % (n % 5))
        print(id)
    if id % 3:
        process.inbox().receive() # with what it has not closed
`)},
}

// rounds counts what each victim told of.
type rounds struct {
	mu      sync.Mutex
	changed chan struct{} // closed and replaced with every line
	told    map[string]int
}

func (r *rounds) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told[strings.TrimSpace(string(b))]++
	close(r.changed)
	r.changed = make(chan struct{})
	return len(b), nil
}

// await waits until a victim has told of n rounds, or has ended.
func (r *rounds) await(id, n int, ended <-chan struct{}) {
	for {
		r.mu.Lock()
		told, changed := r.told[strconv.Itoa(id)], r.changed
		r.mu.Unlock()
		if told >= n {
			return
		}
		select {
		case <-changed:
		case <-ended:
			return
		}
	}
}

// Victims are killed in every state, and end by themselves with files open. Afterwards
// every file is closed, once, none is half written, and nothing of them is left.
func TestStorm(t *testing.T) {
	workers, kills := 30, 200
	switch {
	case os.Getenv("UNDERSTUDY_LONG") != "":
		workers, kills = 300, 7_000 // on each engine
	case testing.Short():
		workers, kills = 10, 40
	}
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
		t.Run(e.Info().Name, func(t *testing.T) {
			goroutines := runtime.NumGoroutine()
			dir := t.TempDir()
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			tree := &counted{Tree: directory{root}}
			v := New(tree, Config{Write: true})
			told := &rounds{changed: make(chan struct{}), told: map[string]int{}}
			rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{e}, Modules: []*hostapi.Module{Module}, Output: told})
			if err != nil {
				t.Fatal(err)
			}
			rt.DefineResource("app:volume", Kind, v)
			if err := rt.LoadEntry(core.Entry{ID: "app:victim", Resources: []core.Grant{{ID: "app:volume"}}}, victims, "victim"+e.Info().Extension); err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(3, 4))
			alive, ids := make([]*understudy.Process, workers), make([]int, workers)
			for i := range alive {
				ids[i] = i
				if alive[i], err = rt.Start(t.Context(), "app:victim", i); err != nil {
					t.Fatal(err)
				}
			}
			for i := range kills {
				w := random.IntN(workers)
				p := &alive[w]
				told.await(ids[w], random.IntN(7), (*p).Done()) // in the middle, or when it waits
				_ = rt.Core().Terminate((*p).PID())             // it may have ended by itself
				<-(*p).Done()
				if _, err := (*p).Wait(t.Context()); err != nil && !strings.Contains(err.Error(), "terminated") {
					t.Errorf("a victim ended with %v", err)
				}
				ids[w] = workers + i
				if *p, err = rt.Start(t.Context(), "app:victim", ids[w]); err != nil {
					t.Fatal(err)
				}
			}
			over, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if err := rt.Shutdown(over, 0); err != nil {
				t.Error(err)
			}
			for tree.open.Load() > 0 || runtime.NumGoroutine() > goroutines {
				if over.Err() != nil {
					t.Fatalf("%d files are open, %d goroutines before, %d after", tree.open.Load(), goroutines, runtime.NumGoroutine())
				}
				runtime.Gosched()
			}
			if tree.twice.Load() > 0 || tree.opened.Load() < int64(kills) {
				t.Errorf("%d files were closed twice of %d", tree.twice.Load(), tree.opened.Load())
			}
			if err := v.Close(); err != nil {
				t.Error(err)
			}
			checkFiles(t, dir)
		})
	}
}

// checkFiles looks for what is half written or left over.
func checkFiles(t *testing.T, dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		text := string(content)
		switch {
		case e.Name() == "log":
			for line := range strings.Lines(text) {
				if !strings.HasPrefix(line, "<") || !strings.HasSuffix(line, ">\n") {
					t.Errorf("the log has the line %q", line)
				}
			}
		case !strings.HasPrefix(e.Name(), "f"):
			t.Errorf("%s is left", e.Name())
		case !strings.HasPrefix(text, "<") || !strings.HasSuffix(text, ">"):
			t.Errorf("%s holds %d bytes that are half of something", e.Name(), len(text))
		}
	}
}
