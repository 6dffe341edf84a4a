package sql

import (
	"context"
	"database/sql/driver"
	"io"
	"strconv"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
)

// Rows that a cursor reads ahead, so that not every row is an operation of its own.
const (
	batchRows  = 64
	batchBytes = 64 << 10
)

// Cursor is held by the process that opened it. It reads rows as they are asked for.
type Cursor struct {
	hostapi.Handle
	session session
	turn    *hostapi.Places // one batch after the other

	// The process's own: what has been read ahead, and whether that is all.
	ahead []hostapi.Value
	ended bool
	shut  bool // by close

	// mu guards what follows, and the connection where it is the cursor's own.
	mu     sync.Mutex
	conn   *connection // nil: closed
	rows   driver.Rows
	reader *reader
	done   func() // after the rows were closed
	close  func() // gives the connection back, if it is the cursor's own
	cancel context.CancelFunc
	name   string          // of a cursor that the database keeps
	given  []hostapi.Value // rows that came at once
	all    bool            // nothing is left to read
}

// ObjectType says what scripts can do with it.
func (*Cursor) ObjectType() *hostapi.ObjectType { return cursorType }

// String is its text form.
func (*Cursor) String() string { return "cursor" }

// places are those that reading on takes: the turn of the transaction, or its own.
func (c *Cursor) places() *hostapi.Places {
	if t, ok := c.session.(*Transaction); ok {
		return t.turn
	}
	return c.turn
}

// Holds implements hostapi.Holder.
func (c *Cursor) Holds(visit func(hostapi.Value)) {
	for _, row := range c.ahead {
		visit(row)
	}
}

// Release implements hostapi.Held.
func (c *Cursor) Release(context.Context, bool) {
	if t, ok := c.session.(*Transaction); ok {
		t.mu.Lock()
		defer t.mu.Unlock()
		if c.name != "" && c.conn != nil && t.conn == c.conn && !t.failed {
			_ = c.conn.control(context.Background(), "CLOSE "+c.name)
		}
	}
	c.drop()
}

// drop closes the rows. Within a transaction its lock is held.
func (c *Cursor) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil {
		return
	}
	if c.rows != nil {
		if !c.all && c.cancel != nil && c.conn.pool.dialect.OneAtATime {
			c.conn.broken = true // rather than read what nobody wants
			c.cancel()
		}
		_ = c.rows.Close()
		c.done()
	}
	if c.cancel != nil {
		c.cancel()
	}
	c.conn, c.rows, c.reader = nil, nil, nil
	if c.close != nil {
		c.close()
	}
}

// openCursor has a statement carried out whose rows are read later. The first are read
// now; if they are all, nothing is held.
func openCursor(ctx context.Context, s session, st *statement, args []driver.NamedValue, named bool) (*Cursor, hostapi.Done, error) {
	conn, mode, err := s.borrow(ctx, false)
	if err != nil {
		return nil, hostapi.Done{}, err
	}
	c := &Cursor{session: s, turn: hostapi.NewPlaces(1), conn: conn}
	t, inside := s.(*Transaction)
	if inside && conn.pool.dialect.OneAtATime {
		err = c.declare(ctx, t, st, args)
	} else {
		err = c.start(ctx, mode, st, args, named)
	}
	if err == nil {
		c.ahead, c.ended, err = c.fill(ctx)
	}
	if err != nil || c.ended {
		if c.name != "" && err == nil {
			err = c.conn.control(ctx, "CLOSE "+c.name)
		}
		c.drop()
		return c, hostapi.Done{Ended: s.giveBack(conn, err)}, err
	}
	if inside {
		t.opened = append(t.opened, c)
	}
	c.close = s.keep(conn)
	return c, hostapi.Done{Held: c}, nil
}

// start has the rows come on the connection.
func (c *Cursor) start(ctx context.Context, mode Mode, st *statement, args []driver.NamedValue, named bool) error {
	own, cancel := context.WithCancel(context.Background())
	unwatch := context.AfterFunc(ctx, cancel)
	defer unwatch()
	c.cancel = cancel
	c.conn.lasting = c.conn.lasting || st.lasting && c.conn.pool.dialect.Separate
	return c.conn.use(ctx, mode, false, func(_ context.Context, dc driver.Conn) error {
		if c.conn.local { // which is interrupted otherwise
			own = context.Background()
		}
		rows, done, err := c.conn.open(own, dc, st.text, args, named)
		if err != nil {
			return err
		}
		c.rows, c.done = rows, done
		c.reader, err = newReader(rows)
		return err
	})
}

// declare has the database keep a cursor, from which rows are fetched: other statements
// can be carried out meanwhile.
func (c *Cursor) declare(ctx context.Context, t *Transaction, st *statement, args []driver.NamedValue) error {
	switch st.verb {
	case "SELECT", "VALUES", "TABLE":
	default: // whose rows are there at once, or not at all
		rows, err := c.conn.query(ctx, st, args, ModeWrite, false)
		if err == nil {
			c.given, c.all = rows.List().Items, true
		}
		return err
	}
	t.cursor++
	name := "understudy_" + strconv.Itoa(t.cursor)
	err := c.conn.use(ctx, ModeWrite, false, func(ctx context.Context, dc driver.Conn) error {
		_, err := c.conn.exec(ctx, dc, "DECLARE "+name+" NO SCROLL CURSOR FOR "+st.text, args, false)
		return err
	})
	if err == nil {
		c.name = name
	}
	return err
}

// fill reads the next rows; all says that they are the last. The connection is the
// caller's.
func (c *Cursor) fill(ctx context.Context) (rows []hostapi.Value, all bool, err error) {
	switch {
	case c.all:
		rows, c.given = c.given, nil
		return rows, true, nil
	case c.name != "":
		text := "FETCH FORWARD " + strconv.Itoa(batchRows) + " FROM " + c.name
		list, err := c.conn.query(ctx, &statement{text: text}, nil, ModeWrite, false)
		if err != nil {
			return nil, false, err
		}
		c.all = len(list.List().Items) < batchRows
		return list.List().Items, c.all, nil
	}
	err = c.conn.use(ctx, ModeRead, false, func(context.Context, driver.Conn) error {
		from := c.reader.bytes
		for len(rows) < batchRows && c.reader.bytes-from < batchBytes {
			row, err := c.reader.next()
			if err == io.EOF {
				c.all = true
				return nil
			}
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return hostapi.Grow(ctx, int64(c.reader.bytes-from))
	})
	return rows, c.all, err
}

// more reads on, in an operation. When nothing is left the cursor holds nothing.
func (c *Cursor) more(ctx context.Context) (rows []hostapi.Value, all bool, d hostapi.Done, err error) {
	if t, ok := c.session.(*Transaction); ok {
		conn, err := t.lock(false)
		if err != nil {
			return nil, false, d, err
		}
		if c.conn == nil {
			t.mu.Unlock()
			return nil, false, d, errClosed("cursor")
		}
		rows, all, err = c.fill(ctx)
		d.Ended = t.giveBack(conn, err)
		return rows, all, d, err
	}
	c.mu.Lock()
	if c.conn == nil {
		c.mu.Unlock()
		return nil, false, d, errClosed("cursor")
	}
	if c.cancel != nil {
		defer context.AfterFunc(ctx, c.cancel)()
	}
	rows, all, err = c.fill(ctx)
	c.mu.Unlock()
	if err != nil || all {
		c.drop()
		d.Ended = c
	}
	return rows, all, d, err
}
