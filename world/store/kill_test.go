package store_test

import (
	"bufio"
	"context"
	"errors"
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
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/store"
)

// childFile is the variable that makes this program a writer that is going to be killed.
const childFile = "UNDERSTUDY_TEST_STORE"

func TestMain(m *testing.M) {
	if file := os.Getenv(childFile); file != "" {
		if err := runWriter(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// The writer: eight processes, each of which sets keys, counts, removes, and tells of each
// write that has returned.
var writer = fstest.MapFS{
	"_index.yaml": {Data: []byte(`
namespace: w
entries:
  - { name: host, kind: process.host, host: { workers: 2 } }
  - { name: db, kind: store.file, file: db }
  - { name: main, kind: process.lua, source: file://main.lua, modules: [store], resources: [db], lifecycle: { auto_start: true } }
  - { name: each, kind: process.lua, source: file://each.lua, modules: [store], resources: [db] }
`)},
	"main.lua": {Data: []byte(`
		return function()
			for i = 1, 8 do
				assert(process.spawn_linked("w:each", nil, i))
			end
			process.events():receive()
		end`)},
	"each.lua": {Data: []byte(`
		local store = require("store")
		return function(id)
			local s = assert(store.get("w:db"))
			local n = 0
			while true do
				n = n + 1
				local key = id .. "/" .. n
				assert(s:set(key, { id = id, n = n, text = string.rep("x", n % 500) }))
				print("set " .. key)
				if n % 5 == 0 then
					print("sum " .. id .. " " .. assert(s:incr("sum" .. id)))
				end
				if n % 7 == 0 then
					assert(s:delete(id .. "/" .. (n - 3)))
					print("gone " .. id .. "/" .. (n - 3))
				end
			end
		end`)},
}

func runWriter(dir string) error {
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()}, Modules: []*hostapi.Module{store.Module}, Kinds: store.Kinds(), Data: dir, Output: os.Stdout,
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

// What a write that returned has done is there after the program was killed in the middle
// of others (47.4).
func TestReturnedWritesOutliveAKill(t *testing.T) {
	times := 10
	if os.Getenv("UNDERSTUDY_LONG") != "" {
		times = 200
	}
	if testing.Short() {
		times = 3
	}
	random := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	for i := range times {
		file := filepath.Join(dir, fmt.Sprint(i))
		if err := os.Mkdir(file, 0o700); err != nil {
			t.Fatal(err)
		}
		writeAndKill(t, file, 1+random.IntN(400))
	}
}

// writeAndKill kills the writer when it has told of n writes, and looks for all that it
// has told of.
func writeAndKill(t *testing.T, dir string, n int) {
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childFile+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	told := 0
	set, gone, sums := map[string]bool{}, map[string]bool{}, map[string]int64{}
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // what follows the last newline was cut off
		}
		if told++; told == n {
			if err := child.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
		words := strings.Fields(line)
		switch words[0] {
		case "set":
			set[words[1]] = true
		case "gone":
			gone[words[1]] = true
		case "sum":
			if sums[words[1]], err = strconv.ParseInt(words[2], 10, 64); err != nil {
				t.Error(err)
			}
		default:
			t.Errorf("line %q", line)
		}
	}
	_ = child.Wait() // it was killed
	if told < n {
		t.Fatalf("the writer told of %d writes, and ended", told)
	}
	f := open(t, store.FileConfig{Path: filepath.Join(dir, "db")})
	defer closes(t, f)
	for key := range set {
		item, err := f.Get(ctx, start, key)
		id, k, _ := strings.Cut(key, "/")
		switch {
		case errors.Is(err, hostapi.NotFound):
			// Those three before a multiple of seven are removed, and may be before that is told.
			if number, err := strconv.Atoi(k); err != nil || number%7 != 4 {
				t.Errorf("%s is lost", key)
			}
		case err != nil:
			t.Error(err)
		case fmt.Sprint(item.Value.Map().Get("id").Int()) != id || fmt.Sprint(item.Value.Map().Get("n").Int()) != k:
			t.Errorf("%s is %s", key, item.Value)
		}
	}
	for key := range gone {
		if item, err := f.Get(ctx, start, key); err == nil {
			t.Errorf("%s was removed and is %s", key, item.Value)
		}
	}
	for id, sum := range sums {
		if item, err := f.Get(ctx, start, "sum"+id); err != nil || item.Value.Int() < sum {
			t.Errorf("sum %s is %s, %v, and was %d", id, item.Value, err, sum)
		}
	}
}
