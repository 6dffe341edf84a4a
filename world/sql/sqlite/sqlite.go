// Package sqlite opens SQLite for the module sql (46.5, 46.6, 46.8 of docs/spec). Its
// driver is large and takes long to compile, so nothing else imports it.
package sqlite

import (
	"context"
	stdsql "database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"modernc.org/libc"
	library "modernc.org/sqlite/lib"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/sql"
)

// Bounds of 46.6.
const (
	largestValue     = 16 << 20
	largestStatement = 1 << 20
	largestHeap      = 128 << 20 // of all databases of the program
)

// busyTime is how long SQLite waits for another program.
const busyTime = 5 * time.Second

// Memory is the file of a database in memory.
const Memory = ":memory:"

// Config says which database (46.8).
type Config struct {
	File    string // path, or Memory
	Readers int    // connections that read; 4 if 0
	Timeout time.Duration
	Normal  bool // sync: normal
	// Schema is carried out whenever the database is opened; Source is its file.
	Schema, Source string
}

// theDriver is the same for all databases: it holds what they never change.
var theDriver = sync.OnceValues(newDriver)

// Open opens a database. The error is Unavailable "no connection", or that of the schema.
func Open(ctx context.Context, c Config) (*sql.Database, error) {
	d, err := theDriver()
	if err != nil {
		return nil, err
	}
	own := []string{
		"PRAGMA busy_timeout=" + strconv.FormatInt(busyTime.Milliseconds(), 10),
		"PRAGMA hard_heap_limit=" + strconv.Itoa(largestHeap),
		"PRAGMA foreign_keys=1",
		"PRAGMA trusted_schema=0",
	}
	config := sql.Config{
		Dialect: sql.SQLite(), Max: 1, Timeout: c.Timeout, Schema: c.Schema, Source: c.Source,
	}
	if c.File == Memory {
		config.DB = stdsql.OpenDB(&connector{d, Memory + "?_dqs=0&_defensive=1", own})
	} else {
		file, err := filepath.Abs(c.File)
		if err != nil {
			return nil, hostapi.Errorf(hostapi.Unavailable, "no connection: %s", err)
		}
		if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
			return nil, hostapi.Errorf(hostapi.Unavailable, "no connection: there is no directory for %s", filepath.Base(file))
		}
		dsn := func(query string) string {
			return (&url.URL{Scheme: "file", Path: filepath.ToSlash(file), RawQuery: "_dqs=0&_defensive=1" + query}).String()
		}
		sync := "PRAGMA synchronous=FULL"
		if c.Normal {
			sync = "PRAGMA synchronous=NORMAL"
		}
		config.DB = stdsql.OpenDB(&connector{d, dsn(""), append(own, "PRAGMA journal_mode=WAL", sync)})
		config.Readers = stdsql.OpenDB(&connector{d, dsn("&mode=ro"), own})
		config.MaxReaders = c.Readers
	}
	db := sql.New(config)
	if err := db.Open(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// Prepare has SQLite, which the whole program shares, hold the memory limit of 46.6. Open
// does so; a program that opens SQLite by itself too calls it before. The error is
// Unavailable, if it comes too late.
func Prepare() error {
	_, err := theDriver()
	return err
}

// countMemory has SQLite count the memory it takes, without which it does not hold the
// limit that PRAGMA hard_heap_limit sets. It can be told so only before the program first
// opens a database.
func countMemory() error {
	tls := libc.NewTLS()
	defer tls.Close()
	list := libc.NewVaList(int32(1))
	if list == 0 {
		return hostapi.Errorf(hostapi.Unavailable, "no connection: out of memory")
	}
	defer libc.Xfree(tls, list)
	if rc := library.Xsqlite3_config(tls, library.SQLITE_CONFIG_MEMSTATUS, list); rc != library.SQLITE_OK {
		return hostapi.Errorf(hostapi.Unavailable, "no connection: the program has opened SQLite before sqlite.Prepare")
	}
	return nil
}

// bound sets the limits of a connection.
func (c *connection) bound() {
	tls := libc.NewTLS()
	defer tls.Close()
	for limit, most := range map[int32]int32{
		library.SQLITE_LIMIT_LENGTH:         largestValue,
		library.SQLITE_LIMIT_SQL_LENGTH:     largestStatement,
		library.SQLITE_LIMIT_ATTACHED:       1, // which VACUUM needs
		library.SQLITE_LIMIT_WORKER_THREADS: 0,
	} {
		library.Xsqlite3_limit(tls, c.handle, limit, most)
	}
}
