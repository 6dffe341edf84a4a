package store_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/store"
	"pgregory.net/rapid"
)

// drivers are ours, each bounded to so many bytes; 0 is the default.
func drivers(t testing.TB, most int64) map[string]store.Driver {
	open := func(c store.FileConfig) store.Driver {
		c.Path, c.MaxSize = filepath.Join(t.TempDir(), "db"), most
		f, err := store.OpenFile(c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
		return f
	}
	return map[string]store.Driver{
		"memory": store.NewMemory(store.MemoryConfig{MaxSize: most}),
		"file":   open(store.FileConfig{}),
		"nosync": open(store.FileConfig{NoSync: true}),
	}
}

func each(t *testing.T, test func(t *testing.T, d store.Driver)) {
	for name, d := range drivers(t, 0) {
		t.Run(name, func(t *testing.T) { test(t, d) })
	}
}

var (
	ctx   = context.Background()
	start = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
)

func put(t testing.TB, d store.Driver, now time.Time, key string, p store.Put) store.Item {
	t.Helper()
	item, err := d.Put(ctx, now, key, p)
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	return item
}

// fails checks kind and text of an error.
func fails(t testing.TB, err error, kind hostapi.Kind, text string) {
	t.Helper()
	if e := hostapi.AsError(err); e == nil || e.Kind != kind || !strings.Contains(e.Message, text) {
		t.Errorf("error %v, want %s %q", err, kind, text)
	}
}

// 47.2: conditions, versions, and what is absent.
func TestConditions(t *testing.T) {
	each(t, func(t *testing.T, d store.Driver) {
		_, err := d.Get(ctx, start, "k")
		fails(t, err, hostapi.NotFound, "key not found")
		_, err = d.Put(ctx, start, "k", store.Put{IfVersion: "x"})
		fails(t, err, hostapi.Conflict, "version changed")

		first := put(t, d, start, "k", store.Put{Value: hostapi.Int(1), OnlyIfAbsent: true})
		_, err = d.Put(ctx, start, "k", store.Put{Value: hostapi.Int(2), OnlyIfAbsent: true})
		fails(t, err, hostapi.AlreadyExists, "key exists")
		second := put(t, d, start, "k", store.Put{Value: hostapi.Int(3), IfVersion: first.Version})
		_, err = d.Put(ctx, start, "k", store.Put{Value: hostapi.Int(4), IfVersion: first.Version})
		fails(t, err, hostapi.Conflict, "version changed")
		item, err := d.Get(ctx, start, "k")
		if err != nil || item.Key != "k" || item.Version != second.Version || item.Value.Int() != 3 || !item.Expires.IsZero() {
			t.Errorf("it is %+v, %v", item, err)
		}

		_, err = d.Delete(ctx, start, "k", first.Version)
		fails(t, err, hostapi.Conflict, "version changed")
		if was, err := d.Delete(ctx, start, "k", second.Version); !was || err != nil {
			t.Errorf("delete gives %v, %v", was, err)
		}
		if was, err := d.Delete(ctx, start, "k", second.Version); was || err != nil {
			t.Errorf("a second delete gives %v, %v", was, err)
		}
		third := put(t, d, start, "k", store.Put{Value: hostapi.Int(1)})
		if third.Version == first.Version || third.Version == second.Version || first.Version == second.Version {
			t.Errorf("versions %s, %s, %s", first.Version, second.Version, third.Version)
		}
	})
}

// 47.3: what is expired is absent for everything, and its condition with it.
func TestExpiry(t *testing.T) {
	each(t, func(t *testing.T, d store.Driver) {
		end := start.Add(time.Second)
		put(t, d, start, "k", store.Put{Value: hostapi.Int(1), Expires: end})
		if item, err := d.Get(ctx, end.Add(-1), "k"); err != nil || !item.Expires.Equal(end) {
			t.Errorf("just before its end: %+v, %v", item, err)
		}
		_, err := d.Get(ctx, end, "k")
		fails(t, err, hostapi.NotFound, "key not found")
		if page, err := d.List(ctx, end, store.Query{Limit: 10, Bytes: 1000}); err != nil || len(page.Items) > 0 || page.More {
			t.Errorf("list gives %+v, %v", page, err)
		}
		if was, err := d.Delete(ctx, end, "k", ""); was || err != nil {
			t.Errorf("delete gives %v, %v", was, err)
		}
		put(t, d, end, "k", store.Put{Value: hostapi.Int(2), OnlyIfAbsent: true})
		// Without an expiry of its own the new one stays.
		if item, err := d.Get(ctx, end.Add(time.Hour), "k"); err != nil || item.Value.Int() != 2 {
			t.Errorf("an hour later: %+v, %v", item, err)
		}
		// A put without expiry removes the old one.
		put(t, d, end, "k", store.Put{Value: hostapi.Int(3), Expires: end.Add(time.Second)})
		put(t, d, end, "k", store.Put{Value: hostapi.Int(4)})
		if item, err := d.Get(ctx, end.Add(time.Hour), "k"); err != nil || item.Value.Int() != 4 {
			t.Errorf("without expiry: %+v, %v", item, err)
		}
	})
}

// What is expired goes with the next write: nothing is left of it.
func TestExpiredIsRemoved(t *testing.T) {
	each(t, func(t *testing.T, d store.Driver) {
		for i := range 40 {
			put(t, d, start, fmt.Sprintf("k%02d", i), store.Put{Value: hostapi.Int(1), Expires: start.Add(time.Duration(1 + i%2))})
		}
		put(t, d, start, "kept", store.Put{Value: hostapi.Int(1)})
		if info := d.Info(); info.Keys != 41 {
			t.Errorf("%d keys before", info.Keys)
		}
		put(t, d, start.Add(1), "other", store.Put{})
		if info := d.Info(); info.Keys != 22 {
			t.Errorf("%d keys when half is expired", info.Keys)
		}
		put(t, d, start.Add(2), "other", store.Put{})
		if info := d.Info(); info.Keys != 2 {
			t.Errorf("%d keys when all is expired", info.Keys)
		}
	})
}

// 47.2: incr begins at 0 and keeps the expiry that it began with.
func TestIncr(t *testing.T) {
	each(t, func(t *testing.T, d store.Driver) {
		end := start.Add(time.Minute)
		for i, row := range []struct{ n, want int64 }{{5, 5}, {-7, -2}, {0, -2}, {2, 0}} {
			got, err := d.Incr(ctx, start, "k", row.n, end.Add(time.Duration(i)))
			if err != nil || got != row.want {
				t.Fatalf("incr gives %d, %v, want %d", got, err, row.want)
			}
		}
		if item, err := d.Get(ctx, start, "k"); err != nil || !item.Expires.Equal(end) || item.Value.Type() != hostapi.TypeInt {
			t.Errorf("it is %+v, %v", item, err)
		}
		if got, err := d.Incr(ctx, end, "k", 3, time.Time{}); err != nil || got != 3 {
			t.Errorf("after its end incr gives %d, %v", got, err)
		}
		for _, v := range []hostapi.Value{{}, hostapi.String("1"), hostapi.Float(1), hostapi.ListOf()} {
			put(t, d, start, "k", store.Put{Value: v})
			_, err := d.Incr(ctx, start, "k", 1, time.Time{})
			fails(t, err, hostapi.Conflict, "not an integer")
			if item, err := d.Get(ctx, start, "k"); err != nil || !item.Value.Equal(v) {
				t.Errorf("then it is %+v, %v", item, err)
			}
		}
		put(t, d, start, "k", store.Put{Value: hostapi.Int(hostapi.MaxInt)})
		_, err := d.Incr(ctx, start, "k", 1, time.Time{})
		fails(t, err, hostapi.Conflict, "out of range")
	})
}

// 47.5: pages follow each other without a gap, whatever bounds them.
func TestPages(t *testing.T) {
	each(t, func(t *testing.T, d store.Driver) {
		keys := []string{"a", "a\x00", "a\x00b", "ab", "b", "b\xff", "b\xff\xff", "ba", "c"}
		for _, key := range keys {
			put(t, d, start, key, store.Put{Value: hostapi.String(strings.Repeat("x", 100))})
		}
		slices.Sort(keys)
		for _, prefix := range []string{"", "a", "a\x00", "b", "b\xff", "d"} {
			var want []string
			for _, key := range keys {
				if strings.HasPrefix(key, prefix) {
					want = append(want, key)
				}
			}
			for _, q := range []store.Query{{Limit: 1, Bytes: 1 << 20}, {Limit: 2, Bytes: 1 << 20}, {Limit: 100, Bytes: 1}, {Limit: 100, Bytes: 300}, {Limit: 100, Bytes: 1 << 20}} {
				q.Prefix = prefix
				var got []string
				for {
					page, err := d.List(ctx, start, q)
					if err != nil {
						t.Fatal(err)
					}
					for _, item := range page.Items {
						got = append(got, item.Key)
					}
					if !page.More {
						break
					}
					if len(page.Items) == 0 || len(page.Items) > q.Limit || len(page.Items) > 1 && q.Bytes < 300 {
						t.Fatalf("a page of %d items by %+v", len(page.Items), q)
					}
					q.After = got[len(got)-1]
				}
				if !slices.Equal(got, want) {
					t.Errorf("by %+v: %q, want %q", q, got, want)
				}
			}
		}
	})
}

// 47.6: what is too large or does not fit is refused and changes nothing; removing gives
// room.
func TestLimits(t *testing.T) {
	for name, d := range drivers(t, 4<<20) {
		t.Run(name, func(t *testing.T) {
			_, err := d.Put(ctx, start, "k", store.Put{Value: hostapi.String(strings.Repeat("x", store.DefaultMaxValue))})
			fails(t, err, hostapi.LimitExceeded, "value too large")
			value := hostapi.String(strings.Repeat("x", 100_000))
			n := 0
			for ; err == nil || n == 0; n++ {
				_, err = d.Put(ctx, start, fmt.Sprint("k", n), store.Put{Value: value, Expires: start.Add(time.Hour)})
			}
			fails(t, err, hostapi.LimitExceeded, "store is full")
			if n < 20 || n > 43 {
				t.Errorf("full after %d values of 100 kB in 4 MiB", n)
			}
			_, err = d.Get(ctx, start, fmt.Sprint("k", n-1))
			fails(t, err, hostapi.NotFound, "key not found")
			put(t, d, start, "k0", store.Put{Value: value, Expires: start.Add(time.Hour)}) // no larger than before
			if was, err := d.Delete(ctx, start, "k1", ""); !was || err != nil {
				t.Fatalf("delete gives %v, %v", was, err)
			}
			put(t, d, start, "another", store.Put{Value: value})
			// What is expired gives room as soon as it is needed.
			put(t, d, start.Add(time.Hour), "large", store.Put{Value: hostapi.String(strings.Repeat("x", 900_000))})
			if info := d.Info(); info.Keys != 2 || info.Size > 4<<20 {
				t.Errorf("then it has %+v", info)
			}
		})
	}
}

// Every driver does what a map of items does, in random stories.
func TestDriversAreMaps(t *testing.T) {
	all := drivers(t, 0)
	if os.Getenv("UNDERSTUDY_LONG") == "" {
		delete(all, "file") // each write of it waits for the disk; what it does "nosync" does too
	}
	story := 0
	rapid.Check(t, func(rt *rapid.T) {
		story++
		own := fmt.Sprint(story, "/") // before the keys of each story
		model := map[string]store.Item{}
		versions := map[string]map[string]string{} // by driver and key of the model's version
		for name := range all {
			versions[name] = map[string]string{}
		}
		now, serial := start, 0
		key := rapid.SampledFrom([]string{own + "a", own + "ab", own + "b", own + "\x00", own + "\xff"})
		live := func(k string) (store.Item, bool) {
			item, ok := model[k]
			return item, ok && (item.Expires.IsZero() || item.Expires.After(now))
		}
		same := func(what string, name string, got store.Item, err error, k string) {
			want, ok := live(k)
			if !ok {
				if !errors.Is(err, hostapi.NotFound) {
					rt.Fatalf("%s: %s of %q gives %+v, %v", name, what, k, got, err)
				}
				return
			}
			if err != nil || !got.Value.Equal(want.Value) || !got.Expires.Equal(want.Expires) || got.Version != versions[name][want.Version] {
				rt.Fatalf("%s: %s of %q gives %+v, %v, want %+v", name, what, k, got, err, want)
			}
		}
		expiry := func() time.Time {
			if d := rapid.IntRange(0, 3).Draw(rt, "ttl"); d > 0 {
				return now.Add(time.Duration(d) * time.Second)
			}
			return time.Time{}
		}
		for range rapid.IntRange(1, 30).Draw(rt, "length") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2).Draw(rt, "later")) * time.Second)
			k := key.Draw(rt, "key")
			old, was := live(k)
			switch rapid.IntRange(0, 4).Draw(rt, "operation") {
			case 0:
				for name, d := range all {
					item, err := d.Get(ctx, now, k)
					same("get", name, item, err, k)
				}
			case 1, 2:
				p := store.Put{Value: hostapi.Int(int64(rapid.IntRange(0, 9).Draw(rt, "value"))), Expires: expiry()}
				condition := rapid.IntRange(0, 3).Draw(rt, "condition")
				serial++
				version := fmt.Sprint(serial)
				refused := condition == 1 && was || condition == 2 && !was || condition == 3
				for name, d := range all {
					q := p
					switch condition {
					case 1:
						q.OnlyIfAbsent = true
					case 2:
						q.IfVersion = "none"
						if was {
							q.IfVersion = versions[name][old.Version]
						}
					case 3:
						q.IfVersion = "none"
					}
					item, err := d.Put(ctx, now, k, q)
					if (err != nil) != refused {
						rt.Fatalf("%s: put gives %v, refused %v", name, err, refused)
					}
					versions[name][version] = item.Version
				}
				if !refused {
					model[k] = store.Item{Key: k, Value: p.Value, Version: version, Expires: p.Expires}
				}
			case 3:
				for name, d := range all {
					if got, err := d.Delete(ctx, now, k, ""); err != nil || got != was {
						rt.Fatalf("%s: delete gives %v, %v", name, got, err)
					}
				}
				delete(model, k)
			case 4:
				next := store.Item{Key: k, Value: hostapi.Int(old.Value.Int() + 2), Expires: old.Expires}
				if !was {
					next.Value, next.Expires = hostapi.Int(2), expiry()
				}
				serial++
				next.Version = fmt.Sprint(serial)
				model[k] = next
				for name, d := range all {
					if got, err := d.Incr(ctx, now, k, 2, next.Expires); err != nil || got != next.Value.Int() {
						rt.Fatalf("%s: incr gives %v, %v, want %s", name, got, err, next.Value)
					}
					item, err := d.Get(ctx, now, k)
					if err != nil {
						rt.Fatal(err)
					}
					versions[name][next.Version] = item.Version
				}
			}
			var want []string
			for _, k := range slices.Sorted(maps.Keys(model)) {
				if _, ok := live(k); ok {
					want = append(want, k)
				}
			}
			for name, d := range all {
				page, err := d.List(ctx, now, store.Query{Prefix: own, Limit: 100, Bytes: 1 << 20})
				if err != nil || page.More || len(page.Items) != len(want) {
					rt.Fatalf("%s: list gives %+v, %v, want %q", name, page, err, want)
				}
				for i, item := range page.Items {
					if item.Key != want[i] {
						rt.Fatalf("%s: list gives %q at %d, want %q", name, item.Key, i, want[i])
					}
					same("list", name, item, nil, item.Key)
				}
			}
		}
	})
}

// 47.4: of calls at the same time each is atomic.
func TestCallsAreAtomic(t *testing.T) {
	each(t, func(t *testing.T, d store.Driver) {
		const workers, rounds = 8, 10
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() {
				for range rounds {
					if _, err := d.Incr(ctx, start, "sum", 1, time.Time{}); err != nil {
						t.Error(err)
					}
					for { // what incr does, by versions
						item, err := d.Get(ctx, start, "swapped")
						p := store.Put{Value: hostapi.Int(item.Value.Int() + 1), IfVersion: item.Version, OnlyIfAbsent: err != nil}
						if _, err := d.Put(ctx, start, "swapped", p); err == nil {
							break
						} else if !errors.Is(err, hostapi.Conflict) && !errors.Is(err, hostapi.AlreadyExists) {
							t.Error(err)
							return
						}
					}
					put(t, d, start, fmt.Sprint("own", w), store.Put{})
				}
			})
		}
		group.Wait()
		for _, key := range []string{"sum", "swapped"} {
			if item, err := d.Get(ctx, start, key); err != nil || item.Value.Int() != workers*rounds {
				t.Errorf("%s is %+v, %v", key, item, err)
			}
		}
		if info := d.Info(); info.Keys != workers+2 {
			t.Errorf("%d keys", info.Keys)
		}
	})
}
