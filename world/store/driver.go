package store

import (
	"context"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Driver is what keeps keys and values: a File, a Memory, or what an embedding program
// gives instead. All methods are called on any goroutine, several at once, each call being
// atomic (47.4); in a simulated run only by the goroutine that drives it, so that none may
// wait for a process.
//
// Keys have 1 to 1024 bytes and are ordered by them. Values are payloads; they are never
// changed, so that a driver may hand out what it got. now is the time of the runtime's
// clock: an item whose Expires is not behind it is absent (47.3). Errors are *hostapi.Error
// of the kinds that the methods name, or of kind Unavailable or LimitExceeded. ctx is done
// when nobody waits any more: a method then returns soon, with its error, and may or may
// not have done what was asked.
type Driver interface {
	// Get gives what is stored under a key; NotFound "key not found".
	Get(ctx context.Context, now time.Time, key string) (Item, error)
	// Put stores a value under a key and gives the new item. AlreadyExists "key exists"
	// and Conflict "version changed" say that the condition does not hold.
	Put(ctx context.Context, now time.Time, key string, p Put) (Item, error)
	// Delete removes a key, if ifVersion is "" or its version, and reports whether it was
	// there; Conflict "version changed".
	Delete(ctx context.Context, now time.Time, key, ifVersion string) (was bool, err error)
	// Incr adds n to the integer under a key, 0 if the key is absent: then expires is that
	// of the new item, otherwise it is ignored. Conflict "not an integer".
	Incr(ctx context.Context, now time.Time, key string, n int64, expires time.Time) (int64, error)
	// List gives items in the order of their keys.
	List(ctx context.Context, now time.Time, q Query) (Page, error)
	// Info says what there is, as far as is known without waiting.
	Info() Info
}

// Item is a key with its value.
type Item struct {
	Key     string
	Value   hostapi.Value // a payload
	Version string        // never used twice for a key (47.2)
	Expires time.Time     // zero: never
}

// Put is a value to be stored, and on which condition: at most one of the two.
type Put struct {
	Value        hostapi.Value
	Expires      time.Time // zero: never
	OnlyIfAbsent bool
	IfVersion    string // if not "", that of the item there is
}

// Query says which items List gives: those whose keys begin with Prefix and are behind
// After, at most Limit, and not more than Bytes of values as far as that can be told, but
// at least one.
type Query struct {
	Prefix, After string
	Limit, Bytes  int
}

// Page is what List gives.
type Page struct {
	Items []Item
	More  bool // there are further ones
}

// Info describes a store (47.7).
type Info struct {
	Backend string // "file", "memory"
	Durable bool   // what was written outlives the program
	Size    int64  // bytes in use, as they count against max_size
	Keys    int64  // those expired but not yet removed included
}

func errAbsent() error    { return hostapi.Errorf(hostapi.NotFound, "key not found") }
func errChanged() error   { return hostapi.Errorf(hostapi.Conflict, "version changed") }
func errFull() error      { return hostapi.Errorf(hostapi.LimitExceeded, "store is full") }
func errTooLarge() error  { return hostapi.Errorf(hostapi.LimitExceeded, "value too large") }
func errClosed() error    { return hostapi.Errorf(hostapi.Unavailable, "store is closed") }
func errExists() error    { return hostapi.Errorf(hostapi.AlreadyExists, "key exists") }
func errNoInteger() error { return hostapi.Errorf(hostapi.Conflict, "not an integer") }
