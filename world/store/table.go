package store

import (
	"context"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/payload"
)

// table is what the operations of our drivers work on: a transaction in a file, or a
// memory under its lock. Values of records are valid as long as nothing is changed.
type table interface {
	get(key string) (record, bool)
	// set gives a key a record in place of an old one, if it had one.
	set(key string, r, old record, had bool) error
	delete(key string, old record) error
	// ascend visits records in order, from a key on, until visit returns false.
	ascend(from string, visit func(key string, r record) bool)
	// version gives a record its version.
	version(r *record) error
	// room reports whether so many bytes more have room.
	room(n int64) bool
	// expired gives keys that are expired, at most so many.
	expired(now time.Time, most int) []string
}

// live gives the record under a key that is not expired.
func live(t table, now time.Time, key string) (record, bool) {
	r, ok := t.get(key)
	return r, ok && r.there(now)
}

// get carries out Driver.Get.
func get(ctx context.Context, t table, now time.Time, key string) (Item, error) {
	r, ok := live(t, now, key)
	if !ok {
		return Item{}, errAbsent()
	}
	return r.item(ctx, key)
}

// encode gives a value as records hold it.
func encode(v hostapi.Value, most int64) ([]byte, error) {
	b, err := payload.Append(nil, v)
	if err == nil && int64(len(b)) > most {
		return nil, errTooLarge()
	}
	return b, err
}

// put carries out Driver.Put with a value that is encoded already.
func put(t table, now time.Time, key string, p Put, value []byte) (Item, error) {
	old, ok := live(t, now, key)
	switch {
	case ok && p.OnlyIfAbsent:
		return Item{}, errExists()
	case p.IfVersion != "" && (!ok || old.version() != p.IfVersion):
		return Item{}, errChanged()
	}
	r, err := replace(t, now, key, record{expires: nanoseconds(p.Expires), value: value})
	return Item{Key: key, Value: p.Value, Version: r.version(), Expires: p.Expires}, err
}

// replace stores a record, if it has room, and gives it with its version.
func replace(t table, now time.Time, key string, r record) (record, error) {
	old, had := t.get(key)
	more := r.size(key)
	if had {
		more -= old.size(key)
	}
	if more > 0 && !t.room(more) {
		// What is expired gives room.
		if err := sweep(t, now, sweepAll); err != nil {
			return r, err
		}
		if old, had = t.get(key); !had {
			more = r.size(key)
		}
		if !t.room(more) {
			return r, errFull()
		}
	}
	if err := t.version(&r); err != nil {
		return r, err
	}
	return r, t.set(key, r, old, had)
}

// remove carries out Driver.Delete.
func remove(t table, now time.Time, key, ifVersion string) (bool, error) {
	r, ok := live(t, now, key)
	if !ok {
		return false, nil
	}
	if ifVersion != "" && r.version() != ifVersion {
		return false, errChanged()
	}
	return true, t.delete(key, r)
}

// incr carries out Driver.Incr.
func incr(t table, now time.Time, key string, n int64, expires time.Time) (int64, error) {
	r, ok := live(t, now, key)
	if ok {
		v, err := payload.Read(r.value)
		if err != nil || v.Type() != hostapi.TypeInt {
			return 0, errNoInteger()
		}
		n += v.Int() // both are below 2^53
	} else {
		r = record{expires: nanoseconds(expires)}
	}
	if n < -hostapi.MaxInt || n > hostapi.MaxInt {
		return 0, hostapi.Errorf(hostapi.Conflict, "number out of range")
	}
	value, err := payload.Append(nil, hostapi.Int(n))
	if err != nil {
		return 0, err
	}
	_, err = replace(t, now, key, record{expires: r.expires, value: value})
	return n, err
}

// list carries out Driver.List.
func list(ctx context.Context, t table, now time.Time, q Query) (p Page, err error) {
	from := q.Prefix
	if q.After >= from {
		from = q.After + "\x00"
	}
	size, looked := 0, 0
	t.ascend(from, func(key string, r record) bool {
		if looked++; looked%1024 == 0 {
			if err = ctx.Err(); err != nil {
				return false
			}
		}
		if !strings.HasPrefix(key, q.Prefix) {
			return false
		}
		if !r.there(now) {
			return true
		}
		if size += int(r.size(key)); len(p.Items) == q.Limit || len(p.Items) > 0 && size > q.Bytes {
			p.More = true
			return false
		}
		var item Item
		if item, err = r.item(ctx, key); err != nil {
			return false
		}
		p.Items = append(p.Items, item)
		return true
	})
	return p, err
}

// How many expired keys are removed with other writes, and when there is no room.
const (
	sweepSome = 256
	sweepAll  = 1 << 20
)

// sweep removes keys that are expired.
func sweep(t table, now time.Time, most int) error {
	for _, key := range t.expired(now, most) {
		r, ok := t.get(key)
		if !ok {
			continue
		}
		if err := t.delete(key, r); err != nil {
			return err
		}
	}
	return nil
}
