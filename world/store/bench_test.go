package store_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/store"
)

// setters are scripts that set so many keys, and get them.
var setters = fstest.MapFS{
	"set.lua": {Data: []byte(`
		local store = require("store")
		return function(id, n, text)
			local s = store.get("app:store")
			for i = 1, n do
				assert(s:set(id .. "/" .. i % 1000, text))
			end
		end`)},
	"get.lua": {Data: []byte(`
		local store = require("store")
		return function(id, n, text)
			local s = store.get("app:store")
			assert(s:set(id, text))
			for i = 1, n do
				assert(s:get(id))
			end
		end`)},
	"set.star": {Data: []byte(`
store = require("store")

def main(id, n, text):
    s, _ = store.get("app:store")
    for i in range(n):
        _, err = s.set("%s/%d" % (id, i % 1000), text)
        if err:
            fail(err)
`)},
}

// BenchmarkSet compares scripts that set keys of a file, each of 100 bytes and synced, with
// the library used directly, with the same batching: what has come while a commit is under
// way goes into the next one.
func BenchmarkSet(b *testing.B) {
	text := strings.Repeat("x", 100)
	for _, writers := range []int{1, 32, 256} {
		b.Run(fmt.Sprintf("writers=%d/direct", writers), func(b *testing.B) {
			db, err := bolt.Open(filepath.Join(b.TempDir(), "db"), 0o600, nil)
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			bucket := []byte("b")
			if err := db.Update(func(tx *bolt.Tx) error { _, err := tx.CreateBucket(bucket); return err }); err != nil {
				b.Fatal(err)
			}
			type put struct {
				key, value []byte
				done       chan error
			}
			puts := make(chan put, 256)
			go func() {
				for first := range puts {
					batch := []put{first}
				more:
					for len(batch) < 1024 {
						select {
						case p, ok := <-puts:
							if !ok {
								break more
							}
							batch = append(batch, p)
						default:
							break more
						}
					}
					err := db.Update(func(tx *bolt.Tx) error {
						for _, p := range batch {
							if err := tx.Bucket(bucket).Put(p.key, p.value); err != nil {
								return err
							}
						}
						return nil
					})
					for _, p := range batch {
						p.done <- err
					}
				}
			}()
			defer close(puts)
			b.ResetTimer()
			shared(b, writers, func(id, n int) {
				for i := range n {
					p := put{[]byte(fmt.Sprintf("%d/%d", id, i%1000)), []byte(text), make(chan error, 1)}
					puts <- p
					if err := <-p.done; err != nil {
						b.Error(err)
					}
				}
			})
		})
		b.Run(fmt.Sprintf("writers=%d/driver", writers), func(b *testing.B) {
			f := open(b, store.FileConfig{Path: filepath.Join(b.TempDir(), "db")})
			defer closes(b, f)
			shared(b, writers, func(id, n int) {
				for i := range n {
					if _, err := f.Put(ctx, start, fmt.Sprintf("%d/%d", id, i%1000), store.Put{Value: hostapi.String(text)}); err != nil {
						b.Error(err)
					}
				}
			})
		})
		for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
			b.Run(fmt.Sprintf("writers=%d/%s", writers, e.Info().Name), func(b *testing.B) {
				f := open(b, store.FileConfig{Path: filepath.Join(b.TempDir(), "db")})
				defer closes(b, f)
				scripted(b, f, e, "set", writers, text)
			})
		}
	}
}

// BenchmarkGet is about reads.
func BenchmarkGet(b *testing.B) {
	text := strings.Repeat("x", 100)
	f := open(b, store.FileConfig{Path: filepath.Join(b.TempDir(), "db")})
	defer closes(b, f)
	b.Run("driver", func(b *testing.B) {
		put(b, f, start, "k", store.Put{Value: hostapi.String(text)})
		for b.Loop() {
			if _, err := f.Get(ctx, start, "k"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("gopherlua", func(b *testing.B) { scripted(b, f, gopherlua.New(), "get", 1, text) })
	b.Run("memory/gopherlua", func(b *testing.B) {
		scripted(b, store.NewMemory(store.MemoryConfig{}), gopherlua.New(), "get", 1, text)
	})
}

// shared has so many goroutines do b.N of something.
func shared(b *testing.B, writers int, do func(id, n int)) {
	b.ResetTimer()
	var group sync.WaitGroup
	for id := range writers {
		group.Go(func() { do(id, (b.N+id)/writers) })
	}
	group.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

// scripted has so many scripts do b.N of something.
func scripted(b *testing.B, d store.Driver, e hostapi.Engine, name string, writers int, text string) {
	rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{e}, Modules: []*hostapi.Module{store.Module}})
	if err != nil {
		b.Fatal(err)
	}
	defer rt.Shutdown(ctx, time.Second)
	rt.DefineResource("app:store", store.KindFile, d)
	if err := rt.LoadEntry(core.Entry{ID: "app:main", Resources: []core.Grant{{ID: "app:store"}}}, setters, name+e.Info().Extension); err != nil {
		b.Fatal(err)
	}
	shared(b, writers, func(id, n int) {
		p, err := rt.Start(ctx, "app:main", fmt.Sprint(id), n, text)
		if err == nil {
			_, err = p.Wait(ctx)
		}
		if err != nil {
			b.Error(err)
		}
	})
}
