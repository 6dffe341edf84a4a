package sql

import (
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Dialect is what differs between databases. SQLite and Postgres give the two that there
// are; a program that passes a *sql.DB of its own may change a copy. Immutable once in
// use.
type Dialect struct {
	// Name is what db:type() gives.
	Name   string
	Syntax Syntax
	// Begin gives the statements that begin a transaction.
	Begin func(readOnly bool, isolation string) []string
	// Failure tells what an error of the driver means; nil if it does not know.
	Failure func(err error) *Failure
	// LastInsertID is a query for the id that the last INSERT has drawn; "" if there is
	// none.
	LastInsertID string
	// Statements is how many prepared statements a connection keeps of those that nobody
	// prepared by name.
	Statements int
	// OneAtATime says that a connection carries out nothing while rows are being read
	// from it. Cursors within transactions are then declared.
	OneAtATime bool
	// Thread says that a statement holds a thread while it is carried out (40.3).
	Thread bool
	// Separate says that a transaction that only reads, and statements of who may only
	// read, need a read-only transaction; otherwise the connections for reading see to it.
	Separate bool
}

// Mode is what a statement may do on a connection that sees to it itself.
type Mode uint8

// The modes.
const (
	ModeWrite   Mode = iota // all that scripts may
	ModeRead                // that does not write
	ModeControl             // begins and ends transactions, asks for ids: our own statements
	ModeVacuum              // VACUUM, which works by statements that scripts may not
)

// Guarded is implemented by connections of drivers that refuse what a statement must
// not do. The mode holds until the next call.
type Guarded interface {
	Guard(Mode)
	// Refused gives what was refused since the last call of Guard, "" for nothing.
	Refused() string
}

// Interrupter is implemented by connections whose driver does not watch a context while
// rows are read. Interrupt ends the statement under way, from any goroutine.
type Interrupter interface{ Interrupt() }

// Transactor is implemented by connections that know whether a transaction is open: some
// errors end it.
type Transactor interface{ InTransaction() bool }

// Failure is an error of a database in our words (46.7).
type Failure struct {
	Kind       hostapi.Kind
	Label      string // "unique constraint"
	Text       string // of the database, without values
	Code       string
	Constraint string
	// Lost says that the connection is of no use any more; Sent that the statement may
	// have been carried out nevertheless.
	Lost, Sent bool
	// Stale says that a prepared statement must be prepared anew.
	Stale bool
}

// Err gives the error for scripts.
func (f *Failure) Err() *hostapi.Error {
	message := f.Label
	if f.Text != "" {
		message += ": " + f.Text
	}
	e := hostapi.Errorf(f.Kind, "%s", message)
	if f.Code != "" {
		e = e.With("code", hostapi.String(f.Code))
	}
	if f.Constraint != "" {
		e = e.With("constraint", hostapi.String(f.Constraint))
	}
	if f.Kind == hostapi.Unavailable {
		e = e.With("sent", hostapi.Bool(f.Sent))
	}
	return e
}

// SQLite gives the dialect of SQLite, of any driver whose errors have a method Code.
func SQLite() *Dialect {
	return &Dialect{
		Name:   "sqlite",
		Syntax: Syntax{Numbered: '?', Brackets: true},
		Begin: func(readOnly bool, _ string) []string {
			if readOnly { // the second statement decides what it sees
				return []string{"BEGIN", "SELECT 1 FROM sqlite_schema LIMIT 1"}
			}
			return []string{"BEGIN IMMEDIATE"}
		},
		Failure:      sqliteFailure,
		LastInsertID: "SELECT last_insert_rowid()",
		Statements:   64,
		Thread:       true,
	}
}

// sqliteFailure knows the result codes of SQLite.
func sqliteFailure(err error) *Failure {
	var coded interface{ Code() int }
	if !errors.As(err, &coded) {
		return nil
	}
	code := coded.Code()
	text := err.Error()
	if i := strings.LastIndex(text, " ("); i > 0 { // the driver adds the code
		text = text[:i]
	}
	if i := strings.Index(text, ": "); i > 0 && code&0xff != 5 { // and puts the name of the code in front
		text = text[i+2:]
	}
	f := &Failure{Kind: hostapi.Invalid, Label: "sql error", Text: text, Code: sqliteCode(code)}
	switch code & 0xff {
	case 5, 6: // BUSY, LOCKED: by another program
		f.Kind, f.Label = hostapi.Unavailable, "database busy"
	case 7: // NOMEM
		f.Kind, f.Label, f.Text = hostapi.LimitExceeded, "out of memory of the database", ""
	case 8: // READONLY
		f.Kind, f.Label, f.Text = hostapi.Invalid, "the statement writes: use execute", ""
	case 9: // INTERRUPT
		f.Kind, f.Label, f.Text = hostapi.Timeout, "interrupted", ""
	case 10, 11, 14, 26: // IOERR, CORRUPT, CANTOPEN, NOTADB
		f.Kind, f.Label = hostapi.Unavailable, "no connection"
	case 13: // FULL
		f.Kind, f.Label = hostapi.LimitExceeded, "database full"
	case 18: // TOOBIG
		f.Kind, f.Label = hostapi.LimitExceeded, "too large"
	case 19: // CONSTRAINT
		f.Kind, f.Label = hostapi.Conflict, "constraint"
		switch code {
		case 2067, 1555, 2579: // UNIQUE, PRIMARYKEY, ROWID
			f.Kind, f.Label = hostapi.AlreadyExists, "unique constraint"
		}
		if _, name, ok := strings.Cut(text, "constraint failed: "); ok {
			f.Constraint = name
		}
	case 23: // AUTH
		f.Kind, f.Label, f.Text = hostapi.PermissionDenied, "not allowed", ""
	}
	return f
}

// sqliteCode names the codes that programs look at.
func sqliteCode(code int) string {
	names := map[int]string{
		1: "SQLITE_ERROR", 5: "SQLITE_BUSY", 6: "SQLITE_LOCKED", 7: "SQLITE_NOMEM", 8: "SQLITE_READONLY",
		9: "SQLITE_INTERRUPT", 10: "SQLITE_IOERR", 11: "SQLITE_CORRUPT", 13: "SQLITE_FULL", 14: "SQLITE_CANTOPEN",
		18: "SQLITE_TOOBIG", 19: "SQLITE_CONSTRAINT", 20: "SQLITE_MISMATCH", 23: "SQLITE_AUTH", 25: "SQLITE_RANGE",
		26: "SQLITE_NOTADB",
	}
	constraints := map[int]string{
		275: "CHECK", 531: "COMMITHOOK", 787: "FOREIGNKEY", 1043: "FUNCTION", 1299: "NOTNULL", 1555: "PRIMARYKEY",
		1811: "TRIGGER", 2067: "UNIQUE", 2323: "VTAB", 2579: "ROWID", 2835: "PINNED", 3091: "DATATYPE",
	}
	if name := constraints[code]; name != "" {
		return "SQLITE_CONSTRAINT_" + name
	}
	if name := names[code&0xff]; name != "" {
		return name
	}
	return "SQLITE"
}

// Postgres gives the dialect of PostgreSQL, of any driver whose errors have a method
// SQLState.
func Postgres() *Dialect {
	return &Dialect{
		Name:   "postgres",
		Syntax: Syntax{Numbered: '$', DollarQuotes: true},
		Begin: func(readOnly bool, isolation string) []string {
			begin := "BEGIN"
			if isolation != "" {
				begin += " ISOLATION LEVEL " + strings.ToUpper(strings.ReplaceAll(isolation, "_", " "))
			}
			if readOnly { // after the second statement nobody can make it write
				return []string{begin + " READ ONLY", "SELECT 1"}
			}
			return []string{begin + " READ WRITE"}
		},
		Failure:    postgresFailure,
		OneAtATime: true,
		Separate:   true,
	}
}

// postgresFailure knows the SQLSTATE codes of PostgreSQL.
func postgresFailure(err error) *Failure {
	var coded interface{ SQLState() string }
	if !errors.As(err, &coded) {
		return nil
	}
	code := coded.SQLState()
	f := &Failure{Kind: hostapi.Invalid, Label: "sql error", Text: err.Error(), Code: code}
	f.Text = strings.TrimPrefix(f.Text, "pq: ")
	class := code
	if len(class) > 2 {
		class = class[:2]
	}
	switch class {
	case "08", "57", "58":
		f.Kind, f.Label, f.Lost, f.Sent = hostapi.Unavailable, "connection lost", true, true
	case "22": // data exceptions: their text repeats the value
		f.Text, _, _ = strings.Cut(f.Text, ": ")
	case "23":
		f.Kind, f.Label = hostapi.Conflict, "constraint"
	case "28", "3D":
		f.Kind, f.Label, f.Text = hostapi.Unavailable, "no connection", ""
	case "53":
		f.Kind, f.Label = hostapi.Unavailable, "database busy"
	case "54":
		f.Kind, f.Label = hostapi.LimitExceeded, "too large"
	}
	switch code {
	case "23505":
		f.Kind, f.Label = hostapi.AlreadyExists, "unique constraint"
	case "40001", "40P01", "55P03":
		f.Kind, f.Label = hostapi.Unavailable, "database busy"
	case "25006":
		f.Kind, f.Label, f.Text = hostapi.PermissionDenied, "read only", ""
	case "42501":
		f.Kind, f.Label = hostapi.PermissionDenied, "not allowed"
	case "53300":
		f.Label, f.Text = "no connection", ""
	case "0A000":
		f.Stale = strings.Contains(f.Text, "cached plan")
	case "57014":
		f.Kind, f.Label, f.Text, f.Lost = hostapi.Timeout, "interrupted", "", false
	}
	return f
}

// failure gives an error of the driver in our words.
func (d *Dialect) failure(err error) *Failure {
	if f := d.Failure(err); f != nil {
		return f
	}
	if errors.Is(err, driver.ErrBadConn) {
		return &Failure{Kind: hostapi.Unavailable, Label: "connection lost", Lost: true, Sent: true}
	}
	return nil
}
