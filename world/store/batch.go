package store

import (
	"context"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/understudy-run/understudy/hostapi"
)

// request is an operation for the goroutine that writes.
type request struct {
	ctx   context.Context
	now   time.Time
	apply func(table) error // changes nothing if it gives an error
	reads bool              // apply changes nothing
	err   error
	done  chan struct{} // closed when err is set
}

// write has an operation carried out by the goroutine that writes, together with those of
// others, and waits until it is on disk.
func write[T any](ctx context.Context, f *File, now time.Time, apply func(table) (T, error)) (T, error) {
	return await(f, &request{ctx: ctx, now: now}, apply)
}

// read has a look at what is committed; if writes return before they are, at what the
// goroutine that writes has.
func read[T any](ctx context.Context, f *File, look func(table) (T, error)) (out T, err error) {
	if f.noSync {
		return await(f, &request{ctx: ctx, reads: true}, look)
	}
	err = f.view(func(t table) (err error) {
		out, err = look(t)
		return err
	})
	return out, err
}

// await completes a request and waits for it.
func await[T any](f *File, r *request, apply func(table) (T, error)) (none T, _ error) {
	var out T
	r.done = make(chan struct{})
	r.apply = func(t table) (err error) {
		out, err = apply(t)
		return err
	}
	if err := f.ask(r); err != nil {
		return none, err // out may still be written to
	}
	return out, nil
}

// ask hands a request over and waits for it.
func (f *File) ask(r *request) error {
	select {
	case <-f.closing:
		return errClosed()
	default:
	}
	select {
	case f.requests <- r:
	case <-f.closing:
		return errClosed()
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
	select {
	case <-r.done:
		return r.err
	case <-f.ended:
		select {
		case <-r.done:
			return r.err
		default:
			return errClosed()
		}
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

// view has a look at what is committed.
func (f *File) view(look func(table) error) error {
	err := f.db.View(func(tx *bolt.Tx) error { return look(newFileTable(f, tx)) })
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return errClosed()
	}
	return err
}

// most requests that are committed together.
const batchSize = 1024

// run carries out requests until the file is closed, and those that came before.
func (f *File) run() {
	defer close(f.ended)
	l := lazy{file: f}
	for {
		select {
		case r := <-f.requests:
			f.take(&l, r)
		case <-l.due:
			l.commit()
		case <-f.closing:
			for {
				select {
				case r := <-f.requests:
					f.take(&l, r)
					continue
				default:
				}
				l.commit()
				return
			}
		}
	}
}

// take carries out a request, with those that came meanwhile.
func (f *File) take(l *lazy, r *request) {
	if f.noSync {
		l.carryOut(r)
		return
	}
	f.commit(f.collect(r))
}

// collect gives what has come, behind the first.
func (f *File) collect(first *request) []*request {
	batch := append(make([]*request, 0, 32), first)
	for len(batch) < batchSize {
		select {
		case r := <-f.requests:
			batch = append(batch, r)
		default:
			return batch
		}
	}
	return batch
}

// commit carries out requests in one transaction, and answers them when that is on disk.
// Requests that nobody waits for any more are left out.
func (f *File) commit(batch []*request) {
	err := f.together(batch)
	if errors.Is(err, bolterrors.ErrMaxSizeReached) && len(batch) > 1 {
		// One of them was too much: the others must not suffer.
		for _, r := range batch {
			f.commit([]*request{r})
		}
		return
	}
	for _, r := range batch {
		if err != nil {
			r.err = failed(err)
		}
		close(r.done)
	}
}

// failed tells scripts why nothing was written.
func failed(err error) error {
	if errors.Is(err, bolterrors.ErrMaxSizeReached) {
		return errFull()
	}
	return hostapi.Errorf(hostapi.Unavailable, "store: %v", err)
}

// together carries out requests in one transaction. With an error nothing was changed.
func (f *File) together(batch []*request) (err error) {
	defer func() {
		if r := recover(); r != nil { // the library's, from a damaged file
			err = hostapi.Errorf(hostapi.Unavailable, "damaged: %v", r)
		}
	}()
	var t *fileTable
	err = f.db.Update(func(tx *bolt.Tx) error {
		t = newFileTable(f, tx)
		var now time.Time
		for _, r := range batch {
			if r.err = r.ctx.Err(); r.err == nil {
				r.err = r.apply(t)
			}
			if r.now.After(now) {
				now = r.now
			}
		}
		if err := sweep(t, now, sweepSome); err != nil {
			return err
		}
		return t.finish(tx)
	})
	if err == nil {
		f.committed(t)
	}
	return err
}
