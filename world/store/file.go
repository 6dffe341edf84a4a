package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/understudy-run/understudy/hostapi"
)

// The defaults of clause 47.6.
const (
	DefaultMaxValue  = 1 << 20
	DefaultMaxFile   = 1 << 30
	DefaultMaxMemory = 64 << 20
)

// FileConfig says how a file is opened. Fields that are zero have the defaults of clause
// 47.6.
type FileConfig struct {
	Path     string // it is made if it is absent, its directory is not
	MaxValue int64  // bytes of a value
	MaxSize  int64  // bytes in use
	NoSync   bool   // writes return before they are on disk, which they are within 100 ms
}

// lockTime is how long a file is waited for that another program has open: one that is
// just ending.
const lockTime = time.Second

// File is a store in a file, by go.etcd.io/bbolt. It holds the file until Close.
//
// One goroutine writes: it carries out all that has come since it began the last time, and
// syncs that together (47.4). Who opens the File owns it.
type File struct {
	db       *bolt.DB
	maxValue int64
	maxSize  int64
	noSync   bool
	epoch    uint64

	keys, size atomic.Int64 // as committed last

	requests chan *request
	closing  chan struct{} // closed when no further request is taken
	ended    chan struct{} // closed when the goroutine has ended
	once     sync.Once
	closed   error
}

var _ Driver = (*File)(nil)

// OpenFile opens a store, and makes it if there is none. The error names the path; it is
// Unavailable "in use" if another program, or another entry, has it open.
func OpenFile(c FileConfig) (*File, error) {
	f := &File{
		maxValue: c.MaxValue, maxSize: c.MaxSize, noSync: c.NoSync,
		requests: make(chan *request, 256), closing: make(chan struct{}), ended: make(chan struct{}),
	}
	if f.maxValue <= 0 {
		f.maxValue = DefaultMaxValue
	}
	if f.maxSize <= 0 {
		f.maxSize = DefaultMaxFile
	}
	if err := f.open(c.Path); err != nil {
		return nil, err
	}
	go f.run()
	return f, nil
}

// hardLimit is how large the file may become: pages in use are at most max_size, beside
// them there are free ones, which do not fit everything.
func (f *File) hardLimit() int { return int(2*f.maxSize + 16<<20) }

func (f *File) open(path string) (err error) {
	defer func() {
		// The library checks the first pages of a file and trusts the rest.
		if r := recover(); r != nil {
			err = hostapi.Errorf(hostapi.Unavailable, "%s: damaged: %v", path, r)
		}
	}()
	options := *bolt.DefaultOptions
	options.Timeout, options.FreelistType = lockTime, bolt.FreelistMapType
	f.db, err = bolt.Open(path, 0o600, &options)
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return hostapi.Errorf(hostapi.Unavailable, "%s: in use", path)
	case err != nil:
		return hostapi.Errorf(hostapi.Unavailable, "%s: %v", path, err)
	}
	f.db.AllocSize = 1 << 20 // bytes by which the file grows
	f.db.MaxSize = f.hardLimit()
	if err := f.db.Update(f.prepare); err != nil {
		_ = f.db.Close() // what went wrong is known
		return hostapi.Errorf(hostapi.Unavailable, "%s: %v", path, err)
	}
	f.measure()
	return nil
}

// The buckets of a file.
var (
	itemsBucket    = []byte("items")    // by key
	expiriesBucket = []byte("expiries") // by expiryKey
	metaBucket     = []byte("meta")
)

// The keys of metaBucket.
var (
	metaFormat = []byte("format") // fileFormat
	metaEpoch  = []byte("epoch")  // of the program that has opened it last
	metaKeys   = []byte("keys")   // how many there are
)

const fileFormat = "understudy store 1"

// prepare makes the buckets, and begins an epoch: what a version of the last one stood for
// may have been lost with the machine.
func (f *File) prepare(tx *bolt.Tx) error {
	meta := tx.Bucket(metaBucket)
	if meta == nil {
		if name, _ := tx.Cursor().First(); name != nil {
			return fmt.Errorf("not a store")
		}
		for _, name := range [][]byte{itemsBucket, expiriesBucket, metaBucket} {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		meta = tx.Bucket(metaBucket)
		if err := meta.Put(metaFormat, []byte(fileFormat)); err != nil {
			return err
		}
	} else if format := meta.Get(metaFormat); string(format) != fileFormat {
		return fmt.Errorf("format %q, want %q", format, fileFormat)
	}
	f.epoch = number(meta.Get(metaEpoch)) + 1
	f.keys.Store(int64(number(meta.Get(metaKeys))))
	return meta.Put(metaEpoch, numberBytes(f.epoch))
}

// committed notes what there is after a commit.
func (f *File) committed(t *fileTable) {
	f.keys.Store(t.keys)
	f.measure()
}

// measure notes what the file takes, without its free pages.
func (f *File) measure() {
	_ = f.db.View(func(tx *bolt.Tx) error { // it cannot fail: the file is open
		s := f.db.Stats()
		f.size.Store(tx.Size() - int64(s.FreePageN+s.PendingPageN)*int64(f.db.Info().PageSize))
		return nil
	})
}

// Close writes what is pending, gives the file back, and returns when that is done. Calls
// under way are carried out, later ones fail with Unavailable "store is closed".
func (f *File) Close() error {
	f.once.Do(func() {
		close(f.closing)
		<-f.ended
		f.closed = f.db.Close()
	})
	return f.closed
}

// Get implements Driver.
func (f *File) Get(ctx context.Context, now time.Time, key string) (Item, error) {
	return read(ctx, f, func(t table) (Item, error) { return get(ctx, t, now, key) })
}

// Put implements Driver.
func (f *File) Put(ctx context.Context, now time.Time, key string, p Put) (Item, error) {
	value, err := encode(p.Value, f.maxValue)
	if err != nil {
		return Item{}, err
	}
	return write(ctx, f, now, func(t table) (Item, error) { return put(t, now, key, p, value) })
}

// Delete implements Driver.
func (f *File) Delete(ctx context.Context, now time.Time, key, ifVersion string) (bool, error) {
	return write(ctx, f, now, func(t table) (bool, error) { return remove(t, now, key, ifVersion) })
}

// Incr implements Driver.
func (f *File) Incr(ctx context.Context, now time.Time, key string, n int64, expires time.Time) (int64, error) {
	return write(ctx, f, now, func(t table) (int64, error) { return incr(t, now, key, n, expires) })
}

// List implements Driver.
func (f *File) List(ctx context.Context, now time.Time, q Query) (Page, error) {
	return read(ctx, f, func(t table) (Page, error) { return list(ctx, t, now, q) })
}

// Info implements Driver.
func (f *File) Info() Info {
	return Info{Backend: "file", Durable: true, Size: f.size.Load(), Keys: f.keys.Load()}
}
