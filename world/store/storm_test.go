package store_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/store"
)

// A victim uses a store in every way, in two coroutines, and tells of each sum it has got.
var victims = fstest.MapFS{
	"victim.lua": {Data: []byte(`
		local store = require("store")
		return function(id)
			local s = assert(store.get("app:store"))
			coroutine.spawn(function()
				while true do
					local after
					repeat
						local page = assert(s:list{ prefix = "shared", after = after, limit = 3 })
						after = page.cursor
					until not page.has_more
					s:delete("shared" .. id % 50)
				end
			end)
			local n = 0
			while true do
				n = n + 1
				print(id .. " " .. assert(s:incr("sum" .. id)))
				assert(s:set("shared" .. (id + n) % 50, { id, n }, "1h"))
				local e = s:entry("shared" .. n % 50)
				if e then
					s:put(e.key, n, { if_version = e.version, ttl = "1ms" })
				end
			end
		end`)},
	"victim.star": {Data: []byte(`
store = require("store")

def pages(s, id):
    while True:
        after = ""
        for _ in range(1000):
            page, err = s.list(prefix = "shared", after = after, limit = 3)
            if err:
                fail(err)
            if not page.has_more:
                break
            after = page.cursor
        s.delete("shared%d" % (id % 50))

def main(id):
    s, err = store.get("app:store")
    if err:
        fail(err)
    coroutine.spawn(pages, s, id)
    n = 0
    while True:
        n += 1
        sum, err = s.incr("sum%d" % id)
        if err:
            fail(err)
        print("%d %d" % (id, sum))
        s.set("shared%d" % ((id + n) % 50), [id, n], "1h")
        e, err = s.entry("shared%d" % (n % 50))
        if e:
            s.put(e.key, n, if_version = e.version, ttl = "1ms")
`)},
}

// sums are what victims told of.
type sums struct {
	mu    sync.Mutex
	more  *sync.Cond
	lines int
	told  map[string]int64
	bad   []string
}

// await waits for n more lines.
func (s *sums) await(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n += s.lines; s.lines < n; {
		s.more.Wait()
	}
}

// Write implements io.Writer for whole lines.
func (s *sums) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(string(b)) {
		var id string
		var sum int64
		if _, err := fmt.Sscan(line, &id, &sum); err != nil {
			s.bad = append(s.bad, line)
		} else if s.told[id]++; s.told[id] != sum {
			s.bad = append(s.bad, fmt.Sprintf("%s told of %d as its sum number %d", id, sum, s.told[id]))
		}
		s.lines++
	}
	s.more.Broadcast()
	return len(b), nil
}

var _ io.Writer = (*sums)(nil)

// Victims are killed in every state. Afterwards nothing of them is left, and what they told
// of is there.
func TestStorm(t *testing.T) {
	workers, kills := 60, 300
	switch {
	case os.Getenv("UNDERSTUDY_LONG") != "":
		workers, kills = 1000, 20_000
	case testing.Short():
		workers, kills = 20, 60
	}
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
		t.Run(e.Info().Name, func(t *testing.T) {
			goroutines := runtime.NumGoroutine()
			c := store.FileConfig{Path: filepath.Join(t.TempDir(), "db")}
			f := open(t, c)
			told := &sums{told: map[string]int64{}}
			told.more = sync.NewCond(&told.mu)
			rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{e}, Modules: []*hostapi.Module{store.Module}, Output: told})
			if err != nil {
				t.Fatal(err)
			}
			rt.DefineResource("app:store", store.KindFile, f)
			if err := rt.LoadEntry(core.Entry{ID: "app:victim", Resources: []core.Grant{{ID: "app:store"}}}, victims, "victim"+e.Info().Extension); err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(3, 4))
			alive := make([]*understudy.Process, workers)
			for i := range alive {
				if alive[i], err = rt.Start(ctx, "app:victim", i); err != nil {
					t.Fatal(err)
				}
			}
			// Some at a time: an end waits for the write that is under way (40.9).
			at := workers
			for kills := kills; kills > 0; {
				told.await(random.IntN(4))
				struck := random.Perm(workers)[:min(kills, max(1, workers/5))]
				kills -= len(struck)
				for _, i := range struck {
					if err := rt.Core().Terminate(alive[i].PID()); err != nil {
						t.Fatalf("%s has ended: %v", alive[i], err)
					}
				}
				var group sync.WaitGroup
				for _, i := range struck {
					id := at
					at++
					group.Go(func() {
						<-alive[i].Done()
						p, err := rt.Start(ctx, "app:victim", id)
						if err != nil {
							t.Error(err)
						}
						alive[i] = p
					})
				}
				group.Wait()
				if t.Failed() {
					return
				}
			}
			over, cancel := context.WithTimeout(ctx, time.Minute)
			defer cancel()
			if err := rt.Shutdown(over, 0); err != nil {
				t.Error(err)
			}
			closes(t, f)
			for runtime.NumGoroutine() > goroutines {
				if over.Err() != nil {
					t.Fatalf("%d goroutines before, %d after", goroutines, runtime.NumGoroutine())
				}
				runtime.Gosched()
			}
			if len(told.bad) > 0 {
				t.Errorf("%d lines are wrong, the first: %s", len(told.bad), told.bad[0])
			}
			f = open(t, c)
			defer closes(t, f)
			checkSums(t, f, told.told)
		})
	}
}

// checkSums compares what is in a file with what victims told of.
func checkSums(t *testing.T, f *store.File, told map[string]int64) {
	if len(told) == 0 {
		t.Error("nobody told of anything")
	}
	for id, sum := range told {
		item, err := f.Get(ctx, start, "sum"+id)
		// One may have been carried out whose caller was killed before it told.
		if n := item.Value.Int(); err != nil || n != sum && n != sum+1 {
			t.Errorf("sum %s is %s, %v, and was %d", id, item.Value, err, sum)
		}
	}
	// Every key is found, and nothing is counted that is not there: with all that expires
	// gone, what is listed is what there is.
	late := time.Now().Add(24 * time.Hour)
	put(t, f, late, "last", store.Put{})
	var n int64
	for q := (store.Query{Limit: 1000, Bytes: 1 << 20}); ; {
		page, err := f.List(ctx, late, q)
		if err != nil {
			t.Fatal(err)
		}
		if n += int64(len(page.Items)); !page.More {
			break
		}
		q.After = page.Items[len(page.Items)-1].Key
	}
	if keys := f.Info().Keys; keys != n {
		t.Errorf("%d keys are counted, %d listed", keys, n)
	}
}
