package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/understudy-run/understudy/hostapi"
)

// commits counts those of a file.
func commits(t *testing.T, f *File) (n int) {
	if err := f.db.View(func(tx *bolt.Tx) error {
		n = tx.ID()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// 47.4: what waits at the same time is synced together, whoever of them fails.
func TestWritesAreSyncedTogether(t *testing.T) {
	f, err := OpenFile(FileConfig{Path: filepath.Join(t.TempDir(), "db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, now := context.Background(), time.Unix(1_800_000_000, 0)
	begun, release := make(chan struct{}), make(chan struct{})
	first := make(chan error)
	go func() {
		_, err := write(ctx, f, now, func(table) (struct{}, error) {
			close(begun)
			<-release
			return struct{}{}, nil
		})
		first <- err
	}()
	<-begun
	before := commits(t, f)
	var waiting []*request
	for i := range 64 {
		r := &request{ctx: ctx, now: now, done: make(chan struct{}), apply: func(t table) error {
			_, err := put(t, now, fmt.Sprint(i/2), Put{OnlyIfAbsent: true}, []byte{1, 0})
			return err
		}}
		f.requests <- r
		waiting = append(waiting, r)
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
	for i, r := range waiting {
		<-r.done
		if failed := r.err != nil; failed != (i%2 == 1) {
			t.Errorf("write %d gives %v", i, r.err)
		}
	}
	if n := commits(t, f) - before; n != 2 { // that of the first, and one for all others
		t.Errorf("%d commits", n)
	}
	if keys := f.Info().Keys; keys != 32 {
		t.Errorf("%d keys", keys)
	}
}

// A write for which the file would become too large fails alone.
func TestTheOthersDoNotSuffer(t *testing.T) {
	f, err := OpenFile(FileConfig{Path: filepath.Join(t.TempDir(), "db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	f.db.MaxSize = 1 << 20 // as if nothing before had noticed
	ctx, now := context.Background(), time.Unix(1_800_000_000, 0)
	var batch []*request
	for i, size := range []int{10, 2 << 20, 10} {
		batch = append(batch, &request{ctx: ctx, now: now, done: make(chan struct{}), apply: func(t table) error {
			_, err := put(t, now, fmt.Sprint(i), Put{}, make([]byte, size))
			return err
		}})
	}
	f.commit(batch)
	for i, r := range batch {
		<-r.done
		if e := hostapi.AsError(r.err); (e != nil) != (i == 1) || e != nil && (e.Kind != hostapi.LimitExceeded || e.Message != "store is full") {
			t.Errorf("write %d gives %v", i, r.err)
		}
	}
	if keys := f.Info().Keys; keys != 2 {
		t.Errorf("%d keys", keys)
	}
}

// A bug of the library, or a damaged file, ends the call and not the program.
func TestPanicInTheFile(t *testing.T) {
	for _, noSync := range []bool{false, true} {
		f, err := OpenFile(FileConfig{Path: filepath.Join(t.TempDir(), "db"), NoSync: noSync})
		if err != nil {
			t.Fatal(err)
		}
		ctx, now := context.Background(), time.Unix(1_800_000_000, 0)
		_, err = write(ctx, f, now, func(table) (struct{}, error) { panic("a damaged page") })
		if e := hostapi.AsError(err); e == nil || e.Kind != hostapi.Unavailable {
			t.Errorf("the write gives %v", err)
		}
		_, _ = f.Put(ctx, now, "k", Put{}) // a file that does not sync tells here what was lost
		if _, err := f.Put(ctx, now, "k", Put{}); err != nil {
			t.Errorf("a write after that gives %v", err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
