package sql

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// pool keeps connections of one *sql.DB. Whoever takes one has a place, so nobody waits
// within database/sql, and a connection keeps its prepared statements.
type pool struct {
	db       *stdsql.DB
	dialect  *Dialect
	places   *hostapi.Places
	maxIdle  int           // more are closed
	lifetime time.Duration // older ones are closed; 0: none are

	// first is called with the first connection, before anybody else has it; until it
	// has succeeded, with each. nil: nothing to do.
	first func(ctx context.Context, c *connection) error
	begin sync.Mutex // one at a time does that

	mu     sync.Mutex
	idle   []*connection
	open   int
	closed bool
}

// take gives a connection to who has a place.
func (p *pool) take(ctx context.Context) (*connection, error) {
	for {
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			return nil, hostapi.Errorf(hostapi.Unavailable, "no connection: the database is closed")
		}
		n := len(p.idle)
		if n == 0 {
			p.mu.Unlock()
			return p.connect(ctx)
		}
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		if c.usable(ctx) {
			return c, nil
		}
		p.discard(c)
	}
}

// connect opens a connection.
func (p *pool) connect(ctx context.Context) (*connection, error) {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return nil, p.unreachable(ctx, err)
	}
	c := &connection{pool: p, conn: conn, made: time.Now()}
	_, c.local = c.raw().(Interrupter)
	p.mu.Lock()
	p.open++
	p.mu.Unlock()
	if err := p.prepare(ctx, c); err != nil {
		p.discard(c)
		return nil, err
	}
	return c, nil
}

// prepare has the first connection do what is to be done first.
func (p *pool) prepare(ctx context.Context, c *connection) error {
	p.begin.Lock()
	defer p.begin.Unlock()
	if p.first == nil {
		return nil
	}
	err := p.first(ctx, c)
	if err == nil {
		p.first = nil
	}
	return err
}

// unreachable is the error of an attempt to connect. It says nothing of where to.
func (p *pool) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e := hostapi.Errorf(hostapi.Unavailable, "no connection")
	var number syscall.Errno
	if errors.As(err, &number) {
		e = hostapi.Errorf(hostapi.Unavailable, "no connection: %s", number.Error())
	} else if f := p.dialect.failure(err); f != nil && f.Code != "" {
		e = hostapi.Errorf(f.Kind, "no connection").With("code", hostapi.String(f.Code))
	}
	return e.With("sent", hostapi.Bool(false))
}

// put takes a connection back. The place is left by others.
func (p *pool) put(c *connection) {
	p.mu.Lock()
	keep := !p.closed && !c.broken && !c.lasting && len(p.idle) < p.maxIdle && !c.expired()
	if keep {
		c.used = time.Now()
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if !keep {
		p.discard(c)
	}
}

// discard closes a connection.
func (p *pool) discard(c *connection) {
	p.mu.Lock()
	p.open--
	p.mu.Unlock()
	c.close()
}

// close closes what is idle, and the database; what is in use goes when it comes back.
func (p *pool) close() error {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range idle {
		p.discard(c)
	}
	return p.db.Close()
}

// opened is how many connections are open.
func (p *pool) opened() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open
}

// connection is one connection, in the hands of one operation, transaction or cursor.
type connection struct {
	pool       *pool
	conn       *stdsql.Conn
	made, used time.Time
	kept       map[keptAs]*kept
	mode       Mode // of the statement under way
	clock      int  // counts uses of kept statements
	local      bool // the driver has SQLite in this program
	broken     bool // must not be used again
	lasting    bool // has a state that others would meet
}

// keptAs is by what a prepared statement is found. What a statement may do is decided when
// it is prepared, so one that may write is not used to read.
type keptAs struct {
	text string
	mode Mode
}

// kept is a prepared statement of a connection.
type kept struct {
	stmt  driver.Stmt
	named bool // somebody has prepared it by name
	busy  bool // rows are being read from it
	used  int
}

func (c *connection) expired() bool {
	return c.pool.lifetime > 0 && time.Since(c.made) > c.pool.lifetime
}

// usable reports whether an idle connection can be used. One that was idle for long is
// asked, since the server may have gone meanwhile.
func (c *connection) usable(ctx context.Context) bool {
	if c.expired() {
		return false
	}
	if c.local || time.Since(c.used) < time.Second {
		return true
	}
	return c.conn.PingContext(ctx) == nil
}

// raw gives the connection of the driver. It is ours until close.
func (c *connection) raw() (dc any) {
	_ = c.conn.Raw(func(driverConn any) error {
		dc = driverConn
		return nil
	})
	return dc
}

// close closes it for good: database/sql must not keep it.
func (c *connection) close() {
	_ = c.conn.Raw(func(any) error {
		for _, k := range c.kept {
			_ = k.stmt.Close()
		}
		return driver.ErrBadConn
	})
	_ = c.conn.Close()
}

// use calls f with the driver's connection, for a statement that may do what mode says.
// The error is one for scripts. locks says that the statement may wait for other
// programs.
func (c *connection) use(ctx context.Context, mode Mode, locks bool, f func(ctx context.Context, dc driver.Conn) error) error {
	if c.local {
		makeRoomOnStack()
	}
	var failed error
	err := c.conn.Raw(func(driverConn any) error {
		dc, ok := driverConn.(driver.Conn)
		if !ok {
			failed = hostapi.Errorf(hostapi.Internal, "%T is no connection", driverConn)
			return nil
		}
		c.mode = mode
		guard, guarded := dc.(Guarded)
		if guarded {
			guard.Guard(mode)
		}
		watched, stop := watch(ctx, dc, locks)
		failed = f(watched, dc)
		stop()
		if failed != nil && guarded {
			if refused := guard.Refused(); refused != "" && mode == ModeRead {
				failed = errWrites()
			} else if refused != "" {
				failed = hostapi.Errorf(hostapi.PermissionDenied, "not allowed: %s", refused)
			}
		}
		return nil
	})
	if err == nil {
		err = failed
	}
	return c.told(ctx, err)
}

// makeRoomOnStack has the stack of the goroutine grow while little is on it: what SQLite
// needs would have it copied four times on the way, at a fifth of the cost of a statement.
//
//go:noinline
func makeRoomOnStack() {
	var room [16 << 10]byte
	touch(&room)
}

//go:noinline
func touch(room *[16 << 10]byte) { room[0] = 1 }

func errWrites() *hostapi.Error {
	return hostapi.Errorf(hostapi.Invalid, "the statement writes: use execute")
}

// told gives an error of the driver as scripts are told, and notes what it means for
// the connection.
func (c *connection) told(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var ours *hostapi.Error
	if errors.As(err, &ours) {
		return err
	}
	if ctx.Err() != nil {
		c.broken = c.broken || !c.local
		return &failed{ctx.Err()}
	}
	f := c.pool.dialect.failure(err)
	var network net.Error
	if f == nil && (errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
		f = &Failure{Kind: hostapi.Unavailable, Label: "connection lost", Lost: true, Sent: true}
	}
	if f == nil {
		f = &Failure{Kind: hostapi.Invalid, Label: "sql error", Text: err.Error()}
	}
	c.broken = c.broken || f.Lost
	return &failed{f.Err()}
}

// failed is an error of the database, as distinct from one of ours: a transaction does
// not go on after it.
type failed struct{ err error }

func (f *failed) Error() string { return f.err.Error() }
func (f *failed) Unwrap() error { return f.err }

func isFailed(err error) bool {
	var f *failed
	return errors.As(err, &f)
}

// isInterrupted says that a statement was not finished: what it has done is not known.
func isInterrupted(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, hostapi.Timeout)
}

// watch gives the context for a driver. Where that does not watch it while rows are
// read, the statement is interrupted until stop is called.
func watch(ctx context.Context, dc driver.Conn, locks bool) (watched context.Context, stop func()) {
	i, ok := dc.(Interrupter)
	if !ok || ctx.Done() == nil {
		return ctx, func() {}
	}
	over, gone := make(chan struct{}), make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(gone)
		for { // one that comes before the statement has begun is lost
			i.Interrupt()
			select {
			case <-over:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	watched = ctx
	if !locks {
		watched = context.Background()
	}
	return watched, func() {
		if !unwatch() {
			close(over)
			<-gone
		}
	}
}

// prepared gives a prepared statement, kept or new; done is called when it is used no
// longer.
func (c *connection) prepared(ctx context.Context, dc driver.Conn, text string, named bool) (driver.Stmt, func(), error) {
	as := keptAs{text, c.mode}
	k := c.kept[as]
	if k == nil || k.busy {
		stmt, err := prepare(ctx, dc, text)
		if err != nil {
			return nil, nil, err
		}
		if k != nil || !named && len(text) > 4<<10 {
			return stmt, func() { _ = stmt.Close() }, nil
		}
		c.makeRoom()
		k = &kept{stmt: stmt}
		if c.kept == nil {
			c.kept = map[keptAs]*kept{}
		}
		c.kept[as] = k
	}
	c.clock++
	k.used, k.busy, k.named = c.clock, true, k.named || named
	return k.stmt, func() { k.busy = false }, nil
}

// makeRoom closes the kept statement that was not used for longest, if there are many.
func (c *connection) makeRoom() {
	if len(c.kept) < max(c.pool.dialect.Statements, 64) {
		return
	}
	var oldest keptAs
	var found *kept
	for as, k := range c.kept {
		if !k.busy && (found == nil || k.used < found.used) {
			oldest, found = as, k
		}
	}
	if found != nil {
		_ = found.stmt.Close()
		delete(c.kept, oldest)
	}
}

func prepare(ctx context.Context, dc driver.Conn, text string) (driver.Stmt, error) {
	if p, ok := dc.(driver.ConnPrepareContext); ok {
		return p.PrepareContext(ctx, text)
	}
	return dc.Prepare(text)
}

// open has a statement carried out that gives rows. done is called after the rows are
// closed.
func (c *connection) open(ctx context.Context, dc driver.Conn, text string, args []driver.NamedValue, named bool) (driver.Rows, func(), error) {
	if q, ok := dc.(driver.QueryerContext); ok && !named && c.pool.dialect.Statements == 0 {
		rows, err := q.QueryContext(ctx, text, args)
		if err != driver.ErrSkip {
			return rows, func() {}, err
		}
	}
	for {
		stmt, done, err := c.prepared(ctx, dc, text, named)
		if err != nil {
			return nil, nil, err
		}
		var rows driver.Rows
		if q, ok := stmt.(driver.StmtQueryContext); ok {
			rows, err = q.QueryContext(ctx, args)
		} else {
			//lint:ignore SA1019 drivers may have nothing else
			rows, err = stmt.Query(plain(args))
		}
		if err == nil {
			return rows, done, nil
		}
		done()
		if !c.stale(text, err) {
			return nil, nil, err
		}
	}
}

// stale reports whether a kept statement must be prepared anew, since its tables have
// changed. It is kept no longer then.
func (c *connection) stale(text string, err error) bool {
	as := keptAs{text, c.mode}
	k := c.kept[as]
	if k == nil {
		return false
	}
	if f := c.pool.dialect.failure(err); f == nil || !f.Stale {
		return false
	}
	_ = k.stmt.Close()
	delete(c.kept, as)
	return true
}

// try prepares a statement, which the connection keeps.
func (c *connection) try(ctx context.Context, st *statement, mode Mode) error {
	return c.use(ctx, mode, false, func(ctx context.Context, dc driver.Conn) error {
		_, done, err := c.prepared(ctx, dc, st.text, true)
		if err == nil {
			done()
		}
		return err
	})
}

// exec has a statement carried out that gives no rows.
func (c *connection) exec(ctx context.Context, dc driver.Conn, text string, args []driver.NamedValue, named bool) (driver.Result, error) {
	if x, ok := dc.(driver.ExecerContext); ok && !named && c.pool.dialect.Statements == 0 {
		result, err := x.ExecContext(ctx, text, args)
		if err != driver.ErrSkip {
			return result, err
		}
	}
	stmt, done, err := c.prepared(ctx, dc, text, named)
	if err != nil {
		return nil, err
	}
	defer done()
	if x, ok := stmt.(driver.StmtExecContext); ok {
		return x.ExecContext(ctx, args)
	}
	//lint:ignore SA1019 drivers may have nothing else
	return stmt.Exec(plain(args))
}

func plain(args []driver.NamedValue) []driver.Value {
	out := make([]driver.Value, len(args))
	for i, a := range args {
		out[i] = a.Value
	}
	return out
}

// control carries out statements of our own.
func (c *connection) control(ctx context.Context, texts ...string) error {
	return c.use(ctx, ModeControl, true, func(ctx context.Context, dc driver.Conn) error {
		for _, text := range texts {
			if _, err := c.exec(ctx, dc, text, nil, false); err != nil {
				return err
			}
		}
		return nil
	})
}

// inTransaction reports whether a transaction that was begun is still open, so far as
// the connection can tell.
func (c *connection) inTransaction() bool {
	t, ok := c.raw().(Transactor)
	return !c.broken && (!ok || t.InTransaction())
}

// query gives all rows of a statement, as a list.
func (c *connection) query(ctx context.Context, st *statement, args []driver.NamedValue, mode Mode, named bool) (hostapi.Value, error) {
	c.lasting = c.lasting || st.lasting && c.pool.dialect.Separate
	var list hostapi.Value
	err := c.use(ctx, mode, false, func(watched context.Context, dc driver.Conn) error {
		rows, done, err := c.open(watched, dc, st.text, args, named)
		if err != nil {
			return err
		}
		defer done()
		r, err := newReader(rows)
		if err == nil {
			list, err = r.all(ctx)
		}
		if left := rows.Close(); err == nil {
			err = left
		}
		return err
	})
	return list, err
}

// execute carries out a statement, and gives what came of it, as a map of the fields of
// executionShape.
func (c *connection) execute(ctx context.Context, st *statement, args []driver.NamedValue, mode Mode, locks, named bool) (hostapi.Value, error) {
	var affected int64
	var fields []hostapi.Entry
	draws := (st.verb == "INSERT" || st.verb == "REPLACE") && c.pool.dialect.LastInsertID != ""
	if st.gives() {
		rows, err := c.query(ctx, st, args, mode, named)
		if err != nil {
			return hostapi.Value{}, err
		}
		if st.writes() {
			affected = int64(len(rows.List().Items))
		}
		fields = append(fields, hostapi.Field("rows", rows))
		if draws && affected > 0 {
			ids, err := c.query(ctx, &statement{text: c.pool.dialect.LastInsertID}, nil, ModeControl, false)
			if err != nil {
				return hostapi.Value{}, err
			}
			fields = append(fields, hostapi.Field("last_insert_id", ids.List().Items[0].Map().Entries[0].Value))
		}
	} else {
		c.lasting = c.lasting || st.lasting && c.pool.dialect.Separate
		err := c.use(ctx, mode, locks, func(ctx context.Context, dc driver.Conn) error {
			done, err := c.exec(ctx, dc, st.text, args, named)
			if err != nil {
				return err
			}
			if st.writes() {
				if affected, err = done.RowsAffected(); err != nil {
					return err
				}
			}
			if id, err := done.LastInsertId(); err == nil && draws && affected > 0 {
				fields = append(fields, hostapi.Field("last_insert_id", whole(id)))
			}
			return nil
		})
		if err != nil {
			return hostapi.Value{}, err
		}
	}
	return hostapi.MapOf(append(fields, hostapi.Field("rows_affected", hostapi.Int(affected)))...), nil
}
