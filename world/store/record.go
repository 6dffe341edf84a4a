package store

import (
	"context"
	"encoding/binary"
	"strconv"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/payload"
	"github.com/understudy-run/understudy/hostapi/wire"
)

// record is what our drivers keep under a key.
type record struct {
	epoch, number uint64 // the version: a number never given out twice in an epoch
	expires       int64  // Unix nanoseconds; 0: never
	value         []byte // of package payload
}

// overhead is about how many bytes a record takes beside key and value.
const overhead = 32

// size is what a record under a key counts against max_size.
func (r record) size(key string) int64 { return int64(len(key) + len(r.value) + overhead) }

// there reports whether the record is not expired.
func (r record) there(now time.Time) bool { return r.expires == 0 || r.expires > now.UnixNano() }

// version is that of the script.
func (r record) version() string {
	return strconv.FormatUint(r.epoch, 36) + "." + strconv.FormatUint(r.number, 36)
}

// item gives the record as callers see it, and charges it to who waits for it (40.7). The
// error is that of a value which cannot be read, or of ctx.
func (r record) item(ctx context.Context, key string) (Item, error) {
	if err := hostapi.Grow(ctx, r.size(key)); err != nil {
		return Item{}, err
	}
	v, err := payload.Read(r.value)
	if err != nil {
		return Item{}, hostapi.Errorf(hostapi.Internal, "value of %q: %s", key, err)
	}
	i := Item{Key: key, Value: v, Version: r.version()}
	if r.expires != 0 {
		i.Expires = time.Unix(0, r.expires)
	}
	return i, nil
}

// append adds the record as bytes.
func (r record) append(b []byte) []byte {
	b = binary.AppendUvarint(b, r.epoch)
	b = binary.AppendUvarint(b, r.number)
	return append(binary.AppendVarint(b, r.expires), r.value...)
}

// recordOf reads what append wrote; the value is part of b. A record that cannot be read
// has a value that cannot be read either.
func recordOf(b []byte) (r record) {
	in := wire.Reader{Rest: b}
	r.epoch, r.number, r.expires = in.Uvarint(), in.Uvarint(), in.Varint()
	r.value = in.Rest
	return r
}

// nanoseconds gives a time as a record holds it.
func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}
