package sql

import (
	"context"
	"sync"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Transaction is held by the process that began it (40.10, 46.4). It has a connection
// until it is over.
type Transaction struct {
	hostapi.Handle
	handle   *Handle
	readOnly bool
	deadline time.Time       // of the runtime's clock
	turn     *hostapi.Places // its statements are carried out one after the other

	// mu is held while the connection is used: Release and the timeout wait for that.
	mu     sync.Mutex
	conn   *connection // nil: it is over
	failed bool        // takes only rollback and rollback_to
	stop   func() bool // the timeout
	cursor int         // names of cursors so far
	opened []*Cursor
}

// ObjectType says what scripts can do with it.
func (*Transaction) ObjectType() *hostapi.ObjectType { return transactionType }

// String is its text form.
func (*Transaction) String() string { return "transaction" }

func (t *Transaction) database() *Database { return t.handle.db }
func (t *Transaction) resource() string    { return t.handle.resource() }
func (t *Transaction) inside() bool        { return true }

// begin begins a transaction on a connection that has a place.
func begin(ctx context.Context, h *Handle, readOnly bool, isolation string) (*Transaction, error) {
	c, err := h.pool(!readOnly).take(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.control(ctx, h.db.dialect.Begin(readOnly, isolation)...); err != nil {
		c.rollback()
		c.pool.put(c)
		return nil, err
	}
	return &Transaction{handle: h, readOnly: readOnly, conn: c, turn: hostapi.NewPlaces(1)}, nil
}

// limit has it rolled back after d. It is called once, on the goroutine of the process.
func (t *Transaction) limit(p hostapi.Process, d time.Duration) {
	t.deadline = p.Now().Add(d)
	stop := p.AfterFunc(d, func() { t.Release(context.Background(), true) })
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn == nil { // ended meanwhile
		stop()
		return
	}
	t.stop = stop
}

// Release implements hostapi.Held: what is not committed is rolled back.
func (t *Transaction) Release(context.Context, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn != nil {
		t.end(false)
	}
}

// end rolls back what is open, unless it was committed, and gives the connection back with
// its place. The lock is held.
func (t *Transaction) end(committed bool) {
	c := t.conn
	for _, cursor := range t.opened {
		cursor.drop()
	}
	t.conn, t.opened = nil, nil
	if !committed {
		c.rollback()
	}
	if t.stop != nil {
		t.stop()
	}
	c.pool.put(c)
	c.pool.places.Leave()
}

func (t *Transaction) ready(p hostapi.Process, write bool) (hostapi.Op, error) {
	if write && t.readOnly {
		return hostapi.Op{}, errReadOnly()
	}
	left := max(t.deadline.Sub(p.Now()), time.Millisecond)
	return hostapi.Op{Timeout: min(t.handle.db.timeout, left), Places: t.turn, Thread: t.database().dialect.Thread}, nil
}

// lock gives the connection, for what a failed transaction takes too if so.
func (t *Transaction) lock(evenFailed bool) (*connection, error) {
	t.mu.Lock()
	switch {
	case t.conn == nil:
		t.mu.Unlock()
		return nil, errClosed("transaction")
	case t.failed && !evenFailed:
		t.mu.Unlock()
		return nil, hostapi.Errorf(hostapi.Conflict, "transaction has failed")
	}
	return t.conn, nil
}

func (t *Transaction) borrow(_ context.Context, _ bool) (*connection, Mode, error) {
	c, err := t.lock(false)
	if t.readOnly {
		return c, ModeRead, err
	}
	return c, ModeWrite, err
}

func (t *Transaction) giveBack(c *connection, err error) hostapi.Held {
	defer t.mu.Unlock()
	if !isFailed(err) {
		return nil
	}
	t.failed = true
	if c.inTransaction() && !isInterrupted(err) {
		return nil
	}
	t.end(false)
	return t
}

// keep leaves the connection with the transaction: a cursor locks it for each use.
func (t *Transaction) keep(*connection) func() {
	t.mu.Unlock()
	t.turn.Leave()
	return nil
}

// commit ends it; what fails is rolled back.
func (t *Transaction) commit(ctx context.Context) (ended hostapi.Held, err error) {
	c, err := t.lock(false)
	if err != nil {
		return nil, err
	}
	defer t.mu.Unlock()
	for _, cursor := range t.opened {
		cursor.drop()
	}
	t.opened = nil
	err = c.control(ctx, "COMMIT")
	t.end(err == nil)
	return t, err
}

// rollbackAll ends it without anything done.
func (t *Transaction) rollbackAll() (ended hostapi.Held, err error) {
	if _, err := t.lock(true); err != nil {
		return nil, err
	}
	defer t.mu.Unlock()
	t.end(false)
	return t, nil
}

// point carries out a statement about a savepoint.
func (t *Transaction) point(ctx context.Context, verb, name string) (ended hostapi.Held, err error) {
	back := verb == "ROLLBACK TO"
	c, err := t.lock(back)
	if err != nil {
		return nil, err
	}
	err = c.control(ctx, verb+` "`+name+`"`)
	if err == nil && back {
		t.failed = false
	}
	return t.giveBack(c, err), err
}
