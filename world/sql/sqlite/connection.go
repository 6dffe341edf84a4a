package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strings"

	"modernc.org/libc"
	"modernc.org/sqlite"
	library "modernc.org/sqlite/lib"

	"github.com/understudy-run/understudy/world/sql"
)

// driverConnection is what the driver's connections can do.
type driverConnection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	sqlite.AuthorizerRegisterer
}

// connection is one of the driver's that refuses what scripts must not do (46.6), and can
// be interrupted while rows are read, which the driver sees to for the first row only.
type connection struct {
	driverConnection
	handle  uintptr // of SQLite, for its own functions
	mode    sql.Mode
	refused string
}

// connect opens a connection and guards it.
func connect(d *sqlite.Driver, dsn string) (*connection, error) {
	opened, err := d.Open(dsn)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(driverConnection)
	if !ok {
		opened.Close()
		return nil, fmt.Errorf("the driver's connection is a %T", opened)
	}
	// The driver does not give SQLite's handle away, and has no function that interrupts.
	field := reflect.Indirect(reflect.ValueOf(opened)).FieldByName("db")
	if field.Kind() != reflect.Uintptr {
		opened.Close()
		return nil, fmt.Errorf("the driver's connection has no handle")
	}
	c := &connection{driverConnection: conn, handle: uintptr(field.Uint()), mode: sql.ModeControl}
	if err := conn.RegisterAuthorizer(c.authorize); err != nil {
		opened.Close()
		return nil, err
	}
	c.bound()
	return c, nil
}

// Unwrap gives the driver's connection, for sqlite.Limit.
func (c *connection) Unwrap() driver.Conn { return c.driverConnection }

// Guard implements sql.Guarded.
func (c *connection) Guard(m sql.Mode) { c.mode, c.refused = m, "" }

// Refused implements sql.Guarded.
func (c *connection) Refused() string { return c.refused }

// Interrupt implements sql.Interrupter.
func (c *connection) Interrupt() {
	tls := libc.NewTLS()
	defer tls.Close()
	library.Xsqlite3_interrupt(tls, c.handle)
}

// InTransaction implements sql.Transactor.
func (c *connection) InTransaction() bool {
	tls := libc.NewTLS()
	defer tls.Close()
	return library.Xsqlite3_get_autocommit(tls, c.handle) == 0
}

// pragmas are those that scripts may use, also as functions in a FROM.
var pragmas = map[string]bool{"table_info": true, "index_list": true, "foreign_key_list": true, "user_version": true}

// authorize decides about one thing that a statement does, when it is prepared.
func (c *connection) authorize(action sqlite.AuthorizerActionCode, first, second, _, _ string) sqlite.AuthorizerReturnCode {
	what := ""
	switch action {
	case sqlite.AuthAttach:
		what = "ATTACH"
	case sqlite.AuthDetach:
		what = "DETACH"
	case sqlite.AuthTransaction, sqlite.AuthSavepoint:
		what = first
	case sqlite.AuthCreateTempIndex, sqlite.AuthCreateTempTable, sqlite.AuthCreateTempTrigger, sqlite.AuthCreateTempView,
		sqlite.AuthDropTempIndex, sqlite.AuthDropTempTable, sqlite.AuthDropTempTrigger, sqlite.AuthDropTempView:
		what = "TEMP"
	case sqlite.AuthPragma:
		if name := strings.ToLower(first); !pragmas[name] {
			what = "PRAGMA " + name
		} else if name == "user_version" && second != "" && c.mode == sql.ModeRead {
			what = "PRAGMA " + name
		}
	case sqlite.AuthFunction:
		if strings.EqualFold(second, "load_extension") {
			what = "load_extension"
		}
	case sqlite.AuthInsert, sqlite.AuthUpdate, sqlite.AuthDelete, sqlite.AuthAlterTable, sqlite.AuthReindex, sqlite.AuthAnalyze,
		sqlite.AuthCreateIndex, sqlite.AuthCreateTable, sqlite.AuthCreateTrigger, sqlite.AuthCreateView, sqlite.AuthCreateVTable,
		sqlite.AuthDropIndex, sqlite.AuthDropTable, sqlite.AuthDropTrigger, sqlite.AuthDropView, sqlite.AuthDropVTable:
		if c.mode == sql.ModeRead {
			what = "a statement that writes"
		}
	}
	if what == "" || c.mode == sql.ModeControl || c.mode == sql.ModeVacuum {
		return sqlite.AuthorizerOK
	}
	c.refused = what
	return sqlite.AuthorizerDeny
}

// connector opens guarded connections for database/sql.
type connector struct {
	driver *sqlite.Driver
	dsn    string
	begin  []string // statements of our own
}

// Driver implements driver.Connector.
func (c *connector) Driver() driver.Driver { return c.driver }

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := connect(c.driver, c.dsn)
	if err != nil {
		return nil, err
	}
	for _, text := range c.begin {
		if _, err := conn.ExecContext(ctx, text, nil); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return conn, nil
}
