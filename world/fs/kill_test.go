package fs_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/fs"
)

// childDir is the variable that makes this program a writer that is going to be killed.
const childDir = "UNDERSTUDY_TEST_FS"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := runWriter(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// The writer: four processes, each of which writes one file again and again, with contents
// of all sizes that tell their number at both ends, and tells of each write.
var writer = fstest.MapFS{
	"_index.yaml": {Data: []byte(`
namespace: w
entries:
  - { name: host, kind: process.host, host: { workers: 2 } }
  - { name: dir, kind: fs.dir, dir: ., mode: write }
  - { name: main, kind: process.lua, source: file://main.lua, lifecycle: { auto_start: true } }
  - { name: each, kind: process.lua, source: file://each.lua, modules: [fs], resources: [dir] }
`)},
	"main.lua": {Data: []byte(`
		return function()
			for i = 1, 4 do
				assert(process.spawn_linked("w:each", nil, i))
			end
			process.events():receive()
		end`)},
	"each.lua": {Data: []byte(`
		local fs = require("fs")
		return function(id)
			local v = assert(fs.get("w:dir"))
			local n = 0
			while true do
				n = n + 1
				assert(v:writefile("f" .. id, n .. " " .. string.rep("x", n * 7919 % 300000) .. " " .. n .. "."))
				print(id .. " " .. n)
			end
		end`)},
}

func runWriter(dir string) error {
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()}, Modules: []*hostapi.Module{fs.Module}, Kinds: []*spec.Kind{fs.Entries}, Data: dir, Output: os.Stdout,
	})
	if err != nil {
		return err
	}
	a, err := rt.LoadApp(writer)
	if err != nil {
		return err
	}
	if err := a.Start(context.Background()); err != nil {
		return err
	}
	return a.Wait(context.Background())
}

// A program that is killed in the middle of writes leaves of each file the old content or
// the new one, and no file that scripts see beside them (44.4).
func TestKilledProgramLeavesOldOrNew(t *testing.T) {
	times := 10
	if os.Getenv("UNDERSTUDY_LONG") != "" {
		times = 200
	}
	if testing.Short() {
		times = 3
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range times {
		writeAndKill(t, 1+random.IntN(60))
	}
}

// writeAndKill kills the writer when it has told of n writes.
func writeAndKill(t *testing.T, n int) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	told, last := 0, map[string]int{}
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		if told++; told == n {
			if err := child.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
		words := strings.Fields(line)
		if last["f"+words[0]], err = strconv.Atoi(words[1]); err != nil {
			t.Error(err)
		}
	}
	_ = child.Wait() // it was killed
	if told < n {
		t.Fatalf("the writer told of %d writes, and ended", told)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".understudy-") {
			continue // was not finished, and scripts do not see it
		}
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		number, rest, _ := strings.Cut(string(content), " ")
		wrote, err := strconv.Atoi(number)
		if want := strings.Repeat("x", wrote*7919%300000) + " " + number + "."; err != nil || rest != want {
			t.Errorf("%s holds %d bytes that were never written so: %.20s..", e.Name(), len(content), content)
		}
		if wrote < last[e.Name()] {
			t.Errorf("%s holds write %d, and %d had returned", e.Name(), wrote, last[e.Name()])
		}
	}
	for name := range last {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}
