package store

import (
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/understudy-run/understudy/hostapi"
)

// syncTime is how long a write of a file that does not sync may be away from the disk
// (47.6).
const syncTime = 100 * time.Millisecond

// lazy is a transaction that collects the writes of a file that answers before they are on
// disk. The library's own way of not syncing would leave a file that cannot be read after
// the machine has failed. The goroutine that writes has it.
type lazy struct {
	file  *File
	tx    *bolt.Tx // nil: nothing is pending
	table *fileTable
	keys  int64            // there were when it began
	due   <-chan time.Time // when it is to be committed
	lost  error            // why the writes before were lost; the next one is told
}

// carryOut carries out a request and answers it.
func (l *lazy) carryOut(r *request) {
	defer close(r.done)
	defer func() {
		if cause := recover(); cause != nil { // the library's, from a damaged file
			r.err = hostapi.Errorf(hostapi.Unavailable, "store: damaged: %v", cause)
			l.drop(r.err)
		}
	}()
	if r.err = r.ctx.Err(); r.err != nil {
		return
	}
	switch {
	case r.reads && l.tx == nil:
		r.err = l.file.view(r.apply)
		return
	case l.lost != nil:
		r.err = hostapi.Errorf(hostapi.Unavailable, "store: earlier writes were lost: %v", l.lost)
		l.lost = nil
		return
	case l.tx == nil:
		if l.tx, r.err = l.file.db.Begin(true); r.err != nil {
			return
		}
		l.table, l.due = newFileTable(l.file, l.tx), time.After(syncTime)
		l.keys = l.table.keys
	}
	if r.err = r.apply(l.table); !r.reads && r.err == nil {
		r.err = sweep(l.table, r.now, sweepSome)
	}
	l.file.keys.Store(l.table.keys)
	l.file.size.Store(l.file.maxSize - l.table.left)
}

// commit puts what is pending on disk.
func (l *lazy) commit() {
	if l.tx == nil {
		return
	}
	defer func() {
		if cause := recover(); cause != nil {
			l.drop(hostapi.Errorf(hostapi.Unavailable, "damaged: %v", cause))
		}
	}()
	err := l.table.finish(l.tx)
	if err == nil {
		err = l.tx.Commit()
	}
	if err != nil {
		l.drop(err)
		return
	}
	l.file.committed(l.table)
	l.tx, l.due = nil, nil
}

// drop gives up what is pending.
func (l *lazy) drop(why error) {
	if l.tx != nil {
		_ = l.tx.Rollback() // it is over
		l.file.keys.Store(l.keys)
		l.file.measure()
	}
	l.tx, l.due, l.lost = nil, nil, why
}
