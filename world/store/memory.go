package store

import (
	"context"
	"sync"
	"time"

	"github.com/tidwall/btree"
)

// Memory is a store that ends with the program, for tests and for what may be lost. It
// needs no closing.
type Memory struct {
	maxValue, maxSize int64

	mu    sync.Mutex
	table memoryTable
}

var _ Driver = (*Memory)(nil)

// MemoryConfig bounds a Memory; zero is the default (47.6).
type MemoryConfig struct {
	MaxValue int64 // bytes of a value: 1 MiB
	MaxSize  int64 // of all: 64 MiB
}

// NewMemory gives a store without keys.
func NewMemory(c MemoryConfig) *Memory {
	m := &Memory{maxValue: c.MaxValue, maxSize: c.MaxSize}
	if m.maxValue <= 0 {
		m.maxValue = DefaultMaxValue
	}
	if m.maxSize <= 0 {
		m.maxSize = DefaultMaxMemory
	}
	m.table.most = m.maxSize
	return m
}

// Get implements Driver.
func (m *Memory) Get(ctx context.Context, now time.Time, key string) (Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return get(ctx, &m.table, now, key)
}

// Put implements Driver.
func (m *Memory) Put(_ context.Context, now time.Time, key string, p Put) (Item, error) {
	value, err := encode(p.Value, m.maxValue)
	if err != nil {
		return Item{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := sweep(&m.table, now, sweepSome); err != nil {
		return Item{}, err
	}
	return put(&m.table, now, key, p, value)
}

// Delete implements Driver.
func (m *Memory) Delete(_ context.Context, now time.Time, key, ifVersion string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return remove(&m.table, now, key, ifVersion)
}

// Incr implements Driver.
func (m *Memory) Incr(_ context.Context, now time.Time, key string, n int64, expires time.Time) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := sweep(&m.table, now, sweepSome); err != nil {
		return 0, err
	}
	return incr(&m.table, now, key, n, expires)
}

// List implements Driver.
func (m *Memory) List(ctx context.Context, now time.Time, q Query) (Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return list(ctx, &m.table, now, q)
}

// Info implements Driver.
func (m *Memory) Info() Info {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Info{Backend: "memory", Size: m.table.size, Keys: int64(m.table.records.Len())}
}

// memoryTable is the table of a Memory, whose lock guards it.
type memoryTable struct {
	records    btree.Map[string, record]
	expiries   btree.Map[string, struct{}] // by expiryKey
	number     uint64
	size, most int64
}

func (t *memoryTable) get(key string) (record, bool) { return t.records.Get(key) }

func (t *memoryTable) set(key string, r, old record, had bool) error {
	if had {
		_ = t.delete(key, old) // it cannot fail
	}
	t.records.Set(key, r)
	t.size += r.size(key)
	if r.expires != 0 {
		t.expiries.Set(string(expiryKey(r.expires, key)), struct{}{})
	}
	return nil
}

func (t *memoryTable) delete(key string, old record) error {
	t.records.Delete(key)
	t.size -= old.size(key)
	if old.expires != 0 {
		t.expiries.Delete(string(expiryKey(old.expires, key)))
	}
	return nil
}

func (t *memoryTable) ascend(from string, visit func(string, record) bool) {
	t.records.Ascend(from, visit)
}

func (t *memoryTable) version(r *record) error {
	t.number++
	r.number = t.number
	return nil
}

func (t *memoryTable) room(n int64) bool { return t.size+n <= t.most }

func (t *memoryTable) expired(now time.Time, most int) (keys []string) {
	t.expiries.Scan(func(k string, _ struct{}) bool {
		expires, key := splitExpiryKey([]byte(k))
		if expires > now.UnixNano() || len(keys) == most {
			return false
		}
		keys = append(keys, key)
		return true
	})
	return keys
}
