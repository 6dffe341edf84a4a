package sql

import (
	"context"

	"github.com/understudy-run/understudy/hostapi"
)

// session is where statements are carried out: a database, which takes a connection
// from its pool for each, or a transaction, which has one.
type session interface {
	// ready tells, on the goroutine of the process, whether a statement may begin: how
	// long it may take, and which places it needs.
	ready(p hostapi.Process, write bool) (hostapi.Op, error)
	// borrow gives a connection to an operation, which gives it back with the error of
	// its statement. ended says that the session is over with it.
	borrow(ctx context.Context, write bool) (*connection, Mode, error)
	giveBack(c *connection, err error) (ended hostapi.Held)
	// keep gives the connection to a cursor: close is called once, when that is closed;
	// nil where the connection stays with the session.
	keep(c *connection) (close func())
	database() *Database
	resource() string
	// inside says that the session is a transaction, whose statements wait for no
	// other program.
	inside() bool
}

// Handle is a database in the hands of a script.
type Handle struct {
	hostapi.Handle
	grant    hostapi.Grant
	db       *Database // nil: not yet opened by this process
	released bool
}

// ObjectType says what scripts can do with it.
func (*Handle) ObjectType() *hostapi.ObjectType { return databaseType }

// String is its text form.
func (h *Handle) String() string { return "database " + h.grant.ID }

func (h *Handle) database() *Database { return h.db }
func (h *Handle) resource() string    { return h.grant.ID }
func (h *Handle) inside() bool        { return false }

func (h *Handle) pool(write bool) *pool {
	if write {
		return h.db.write
	}
	return h.db.read
}

// open finds the database at the first use (41.6). Suspends.
func (h *Handle) open(p hostapi.Process) error {
	if h.released {
		return errClosed("database")
	}
	if h.db != nil {
		return nil
	}
	var db *Database
	op := hostapi.Op{Name: "sql.open", Resource: h.grant.ID}
	_, err := p.Await(op, func(ctx context.Context) (hostapi.Done, error) {
		var err error
		db, err = hostapi.Opened[*Database](ctx, h.grant)
		return hostapi.Done{}, err
	})
	if err == nil {
		h.db = db
	}
	return err
}

func (h *Handle) ready(p hostapi.Process, write bool) (hostapi.Op, error) {
	if write && h.grant.ReadOnly {
		return hostapi.Op{}, errReadOnly()
	}
	return hostapi.Op{Timeout: h.db.timeout, Places: h.pool(write).places, Thread: h.db.dialect.Thread}, nil
}

func errReadOnly() error { return hostapi.Errorf(hostapi.PermissionDenied, "read only") }

func errClosed(what string) error { return hostapi.Errorf(hostapi.Invalid, "%s is closed", what) }

func (h *Handle) borrow(ctx context.Context, write bool) (*connection, Mode, error) {
	c, err := h.pool(write).take(ctx)
	if err != nil {
		return nil, 0, err
	}
	if write {
		return c, ModeWrite, nil
	}
	if h.grant.ReadOnly && h.db.dialect.Separate {
		if err := c.control(ctx, h.db.dialect.Begin(true, "")...); err != nil {
			h.giveBack(c, err)
			return nil, 0, err
		}
	}
	return c, ModeRead, nil
}

func (h *Handle) giveBack(c *connection, _ error) hostapi.Held {
	if h.grant.ReadOnly && h.db.dialect.Separate {
		c.rollback()
	}
	c.pool.put(c)
	return nil
}

func (h *Handle) keep(c *connection) func() {
	return func() {
		h.giveBack(c, nil)
		c.pool.places.Leave()
	}
}
