// Package sql is the script module sql: databases that an entry was granted (section 46
// of docs/spec). It works on any *sql.DB whose dialect it is told; the packages below it
// open SQLite and PostgreSQL.
package sql

import (
	"cmp"
	"context"
	stdsql "database/sql"
	"strings"
	"sync"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Config says what a database is.
type Config struct {
	Dialect *Dialect
	// DB is used through at most Max connections; if it keeps fewer itself, operations
	// wait in database/sql, which a simulated run must not.
	DB  *stdsql.DB
	Max int // 10 if 0
	// Readers, if not nil, is the same database for statements that only read, through
	// at most MaxReaders connections.
	Readers    *stdsql.DB
	MaxReaders int // 4 if 0

	MaxIdle     int           // connections of DB that are kept open; all if 0
	MaxLifetime time.Duration // of a connection of DB; 0: no limit

	Timeout time.Duration // of a statement, waiting included; 30s if 0

	// Schema is carried out in one transaction before anything else; Source is its file,
	// for errors.
	Schema, Source string
}

// Database is a database that processes share. Safe for concurrent use.
type Database struct {
	dialect     *Dialect
	write, read *pool // the same where there are no readers
	timeout     time.Duration

	mu    sync.Mutex
	texts map[string]*statement
}

// New gives a database. It opens nothing yet: see Open.
func New(c Config) *Database {
	d := &Database{dialect: c.Dialect, timeout: cmp.Or(c.Timeout, 30*time.Second), texts: map[string]*statement{}}
	most := cmp.Or(c.Max, 10)
	d.write = &pool{
		db: c.DB, dialect: c.Dialect, places: hostapi.NewPlaces(most),
		maxIdle: cmp.Or(c.MaxIdle, most), lifetime: c.MaxLifetime,
	}
	d.read = d.write
	c.DB.SetMaxIdleConns(-1) // what is closed here is to be closed there
	if c.Readers != nil {
		most := cmp.Or(c.MaxReaders, 4)
		d.read = &pool{db: c.Readers, dialect: c.Dialect, places: hostapi.NewPlaces(most), maxIdle: most}
		c.Readers.SetMaxIdleConns(-1)
	}
	if c.Schema != "" {
		d.write.first = func(ctx context.Context, conn *connection) error {
			return d.schema(ctx, conn, c.Schema, c.Source)
		}
	}
	return d
}

// Open opens the first connection, and carries out the schema. Otherwise the first
// operation does that.
func (d *Database) Open(ctx context.Context) error {
	c, err := d.write.take(ctx)
	if err != nil {
		return err
	}
	d.write.put(c)
	return nil
}

// Close closes what is not in use, and the rest as it comes back.
func (d *Database) Close() error {
	err := d.write.close()
	if d.read != d.write {
		if other := d.read.close(); err == nil {
			err = other
		}
	}
	return err
}

// schema carries out a file.
func (d *Database) schema(ctx context.Context, c *connection, text, source string) error {
	all, err := split(d.dialect.Syntax, text)
	if err == nil {
		err = d.script(ctx, c, all)
	}
	if err != nil && source != "" {
		return hostapi.AsError(err).Wrap(source)
	}
	return err
}

// script carries out statements in one transaction.
func (d *Database) script(ctx context.Context, c *connection, all []*statement) error {
	return d.inOne(ctx, c, func() error {
		for _, st := range all {
			if _, err := c.execute(ctx, st, nil, ModeWrite, false, false); err != nil {
				if st.line > 0 {
					return hostapi.AsError(err).With("line", hostapi.Int(int64(st.line)))
				}
				return err
			}
		}
		return nil
	})
}

// inOne does something in one transaction.
func (d *Database) inOne(ctx context.Context, c *connection, do func() error) error {
	err := c.control(ctx, d.dialect.Begin(false, "")...)
	if err != nil {
		return err
	}
	if err = do(); err == nil {
		err = c.control(ctx, "COMMIT")
	}
	if err != nil {
		c.rollback()
	}
	return err
}

// rollback ends the transaction of a connection, if it is open. A connection on which
// that fails is not used again.
func (c *connection) rollback() {
	if !c.inTransaction() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := c.control(ctx, "ROLLBACK"); err != nil && c.inTransaction() {
		c.broken = true
	}
}

// statement reads a text, or knows it.
func (d *Database) statement(text string) (*statement, error) {
	d.mu.Lock()
	st := d.texts[text]
	d.mu.Unlock()
	if st != nil {
		return st, nil
	}
	st, err := parse(d.dialect.Syntax, text)
	if err != nil {
		return nil, err
	}
	if len(text) <= 4<<10 {
		d.mu.Lock()
		if len(d.texts) >= 512 { // made by a program: none of them comes again
			clear(d.texts)
		}
		d.texts[strings.Clone(text)] = st
		d.mu.Unlock()
	}
	return st, nil
}

// InUse tells how many connections there may be at most, how many are open, how many of
// them are in use, and how many operations wait for one.
func (d *Database) InUse() (most, open, used, waiting int) {
	most, used, waiting = d.write.places.Count()
	open = d.write.opened()
	if d.read != d.write {
		m, u, w := d.read.places.Count()
		most, used, waiting, open = most+m, used+u, waiting+w, open+d.read.opened()
	}
	return most, open, used, waiting
}
