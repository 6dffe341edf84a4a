package store

import (
	"encoding/binary"
	"time"

	bolt "go.etcd.io/bbolt"
)

// fileTable is the table of a transaction. Whoever has that uses it.
type fileTable struct {
	items, expiries *bolt.Bucket
	epoch           uint64
	keys            int64 // how many there are
	left            int64 // bytes that have room
}

func newFileTable(f *File, tx *bolt.Tx) *fileTable {
	return &fileTable{
		items: tx.Bucket(itemsBucket), expiries: tx.Bucket(expiriesBucket),
		epoch: f.epoch, keys: f.keys.Load(), left: f.maxSize - f.size.Load(),
	}
}

func (t *fileTable) get(key string) (record, bool) {
	b := t.items.Get([]byte(key))
	if b == nil {
		return record{}, false
	}
	return recordOf(b), true
}

func (t *fileTable) set(key string, r, old record, had bool) error {
	more := r.size(key)
	if had {
		more -= old.size(key)
		if old.expires != 0 {
			if err := t.expiries.Delete(expiryKey(old.expires, key)); err != nil {
				return err
			}
		}
	} else {
		t.keys++
	}
	t.left -= more
	if err := t.items.Put([]byte(key), r.append(nil)); err != nil || r.expires == 0 {
		return err
	}
	// Not nil: the library takes a key with that for absent until the commit.
	return t.expiries.Put(expiryKey(r.expires, key), []byte{})
}

func (t *fileTable) delete(key string, old record) error {
	t.keys--
	t.left += old.size(key)
	if old.expires != 0 {
		if err := t.expiries.Delete(expiryKey(old.expires, key)); err != nil {
			return err
		}
	}
	return t.items.Delete([]byte(key))
}

func (t *fileTable) ascend(from string, visit func(string, record) bool) {
	c := t.items.Cursor()
	for k, v := c.Seek([]byte(from)); k != nil && visit(string(k), recordOf(v)); k, v = c.Next() {
	}
}

func (t *fileTable) version(r *record) (err error) {
	r.epoch = t.epoch
	r.number, err = t.items.NextSequence()
	return err
}

func (t *fileTable) room(n int64) bool { return n <= t.left }

func (t *fileTable) expired(now time.Time, most int) (keys []string) {
	c := t.expiries.Cursor()
	for k, _ := c.First(); k != nil && len(keys) < most; k, _ = c.Next() {
		expires, key := splitExpiryKey(k)
		if expires > now.UnixNano() {
			break
		}
		keys = append(keys, key)
	}
	return keys
}

// finish notes how many keys there are, before the commit.
func (t *fileTable) finish(tx *bolt.Tx) error {
	return tx.Bucket(metaBucket).Put(metaKeys, numberBytes(uint64(t.keys)))
}

// number reads one that the file has, 0 if there is none.
func number(b []byte) uint64 {
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

func numberBytes(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
