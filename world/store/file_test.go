package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/store"
)

func open(t testing.TB, c store.FileConfig) *store.File {
	t.Helper()
	f, err := store.OpenFile(c)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func closes(t testing.TB, f *store.File) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// What was written is there when the file is opened again; versions are others.
func TestFileIsOpenedAgain(t *testing.T) {
	for _, noSync := range []bool{false, true} {
		c := store.FileConfig{Path: filepath.Join(t.TempDir(), "db"), NoSync: noSync}
		seen := map[string]bool{}
		for i := range 4 {
			f := open(t, c)
			if info := f.Info(); info.Backend != "file" || !info.Durable || info.Keys != int64(i) || info.Size <= 0 {
				t.Errorf("it has %+v after %d times", info, i)
			}
			for k := range i {
				if item, err := f.Get(ctx, start, fmt.Sprint(k)); err != nil || item.Value.Int() != int64(k) {
					t.Errorf("%d is %+v, %v", k, item, err)
				}
			}
			item := put(t, f, start, fmt.Sprint(i), store.Put{Value: hostapi.Int(int64(i))})
			if seen[item.Version] {
				t.Errorf("version %s twice", item.Version)
			}
			seen[item.Version] = true
			closes(t, f)
		}
	}
}

// 47.6: one program at a time.
func TestFileIsInUse(t *testing.T) {
	c := store.FileConfig{Path: filepath.Join(t.TempDir(), "db")}
	f := open(t, c)
	_, err := store.OpenFile(c)
	fails(t, err, hostapi.Unavailable, c.Path+": in use")
	closes(t, f)
	closes(t, open(t, c))
}

// What is no store is left alone, and said to be none.
func TestWhatIsNoStoreIsNotOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text")
	text := []byte("some text that somebody still needs\n")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := store.OpenFile(store.FileConfig{Path: path})
	fails(t, err, hostapi.Unavailable, path+": ")
	if now, err := os.ReadFile(path); err != nil || string(now) != string(text) {
		t.Errorf("the file has %q, %v", now, err)
	}
	_, err = store.OpenFile(store.FileConfig{Path: filepath.Join(t.TempDir(), "none", "db")})
	fails(t, err, hostapi.Unavailable, "no such file")
}

// A closed file says so, and closing it again does nothing.
func TestClosedFile(t *testing.T) {
	for _, noSync := range []bool{false, true} {
		f := open(t, store.FileConfig{Path: filepath.Join(t.TempDir(), "db"), NoSync: noSync})
		closes(t, f)
		closes(t, f)
		_, err := f.Get(ctx, start, "k")
		fails(t, err, hostapi.Unavailable, "store is closed")
		_, err = f.Put(ctx, start, "k", store.Put{})
		fails(t, err, hostapi.Unavailable, "store is closed")
	}
}

// Nobody waits when ctx is done, and what was not begun is not done.
func TestCallThatIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, d store.Driver) {
		if _, ok := d.(*store.File); !ok {
			t.Skip("a memory does not wait")
		}
		over, cancel := context.WithCancel(ctx)
		cancel()
		for range 50 {
			if _, err := d.Put(over, start, "k", store.Put{}); !errors.Is(err, context.Canceled) {
				t.Errorf("put gives %v", err)
			}
		}
		_, err := d.Get(ctx, start, "k")
		fails(t, err, hostapi.NotFound, "key not found")
	})
}
