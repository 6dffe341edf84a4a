package sql

import (
	"context"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/null"
	"github.com/understudy-run/understudy/world/internal/option"
)

// Module is the module sql. An entry must list it (14.15), and the databases under
// resources (41.2).
var Module = newModule()

// The kinds of resources that the module serves.
const (
	KindSQLite   = "db.sqlite"
	KindPostgres = "db.postgres"
)

// transactionTime is how long a transaction lasts at most, unless begin says otherwise.
const transactionTime = 30 * time.Second

// Isolation levels, as begin takes them.
var isolations = []string{"default", "read_uncommitted", "read_committed", "repeatable_read", "serializable"}

// The types of objects are made in a function each, since their methods refer to them.
var (
	databaseType    = &hostapi.ObjectType{Name: "database", Doc: "A database that the entry was granted (section 46)."}
	transactionType = &hostapi.ObjectType{
		Name: "transaction",
		Doc:  "A transaction of the process that began it; rolled back when that ends (46.4).",
	}
	preparedType = &hostapi.ObjectType{Name: "statement", Doc: "A prepared statement."}
	cursorType   = &hostapi.ObjectType{Name: "cursor", Doc: "The rows of a statement, read as they are asked for."}
	blobType     = &hostapi.ObjectType{Name: "blob", Doc: "Bytes as a parameter, where a string would be text (46.3)."}
)

// executionShape is what execute gives.
var executionShape = &hostapi.Shape{
	Name: "execution",
	Doc:  "What a statement has done (46.1).",
	Fields: []hostapi.Param{
		{Name: "rows_affected", Accept: hostapi.AcceptNumber, Doc: "rows inserted, changed or deleted"},
		{Name: "last_insert_id", Accept: hostapi.AcceptNumber | hostapi.AcceptString, Optional: true, Doc: "of an INSERT, on SQLite"},
		{Name: "rows", Accept: hostapi.AcceptTable, Type: "list", Optional: true, Doc: "if the statement gives rows, as with RETURNING"},
	},
}

// statsShape is what db:stats() gives.
var statsShape = &hostapi.Shape{
	Name: "stats",
	Doc:  "The connections of a database.",
	Fields: []hostapi.Param{
		{Name: "max", Accept: hostapi.AcceptNumber, Doc: "may be open"},
		{Name: "open", Accept: hostapi.AcceptNumber, Doc: "are open"},
		{Name: "in_use", Accept: hostapi.AcceptNumber, Doc: "are in use"},
		{Name: "waiting", Accept: hostapi.AcceptNumber, Doc: "operations wait for one"},
	},
}

// Blob is a parameter that is bytes.
type Blob struct {
	hostapi.Handle
	bytes []byte
}

// ObjectType says that scripts can do nothing with it.
func (*Blob) ObjectType() *hostapi.ObjectType { return blobType }

// String is its text form.
func (*Blob) String() string { return "blob" }

// Weight and Holds implement hostapi.Weighty.
func (b *Blob) Weight() int64 { return int64(len(b.bytes)) }

// Holds implements hostapi.Holder: the bytes are its own.
func (*Blob) Holds(func(hostapi.Value)) {}

// Prepared is a statement whose text was read and tried once.
type Prepared struct {
	hostapi.Handle
	session session
	st      *statement
	closed  bool
}

// ObjectType says what scripts can do with it.
func (*Prepared) ObjectType() *hostapi.ObjectType { return preparedType }

// String is its text form.
func (*Prepared) String() string { return "statement" }

// Parameters and results that many functions share.
var (
	textParam   = hostapi.Param{Name: "text", Accept: hostapi.AcceptString, Doc: "one statement"}
	paramsParam = hostapi.Param{
		Name: "params", Accept: hostapi.AcceptTable, Type: "list or map", Optional: true, Keyword: true,
		Doc: "values for ?, or a map for :name (46.2)",
	}
	manyParam = hostapi.Param{
		Name: "list", Accept: hostapi.AcceptTable, Type: "list of lists or maps", Doc: "params for each time, at most 10000 (46.10)",
	}
	optionsParam = hostapi.Param{Name: "options", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "options by name"}
	nameParam    = hostapi.Param{Name: "name", Accept: hostapi.AcceptString, Doc: "letters, digits and _, at most 63"}
	rowsResult   = hostapi.Param{Name: "rows", Accept: hostapi.AcceptTable, Type: "list of maps"}
	doneResult   = hostapi.Param{Name: "done", Accept: hostapi.AcceptBool}
	kinds        = []hostapi.Kind{
		hostapi.Invalid, hostapi.AlreadyExists, hostapi.Conflict, hostapi.PermissionDenied, hostapi.LimitExceeded,
		hostapi.Unavailable, hostapi.Timeout, hostapi.RateLimited,
	}
)

func newModule() *hostapi.Module {
	m := &hostapi.Module{
		Name:  "sql",
		Doc:   "Databases: SQLite and PostgreSQL, with the same functions (section 46).",
		Funcs: []*hostapi.Func{get, blob},
		Consts: []hostapi.Const{
			null.Const("NULL"),
		},
		Types:  []*hostapi.ObjectType{databaseType, transactionType, preparedType, cursorType, blobType, null.Type()},
		Shapes: []*hostapi.Shape{executionShape, statsShape},
	}
	levels := &hostapi.Module{Name: "isolation", Doc: "How much a transaction sees of others, for begin. SQLite is always serializable."}
	for _, name := range isolations {
		levels.Consts = append(levels.Consts, hostapi.Const{
			Name: strings.ToUpper(name), Value: hostapi.String(name), Doc: strings.ReplaceAll(name, "_", " "),
		})
	}
	m.Modules = []*hostapi.Module{levels}

	onDatabase := carrier{textParam, func(c hostapi.Call) (session, *statement, error) {
		h := c.Self().(*Handle)
		if err := h.open(c.Task().Process()); err != nil {
			return nil, nil, err
		}
		st, err := h.db.statement(c.Arg(0).Str())
		return h, st, err
	}}
	onTransaction := carrier{textParam, func(c hostapi.Call) (session, *statement, error) {
		t := c.Self().(*Transaction)
		st, err := t.database().statement(c.Arg(0).Str())
		return t, st, err
	}}
	onPrepared := carrier{hostapi.Param{}, func(c hostapi.Call) (session, *statement, error) {
		p := c.Self().(*Prepared)
		if p.closed {
			return nil, nil, errClosed("statement")
		}
		return p.session, p.st, nil
	}}
	databaseType.Methods = append(onDatabase.functions(true), begins(), script, databaseKind, stats, releaseDatabase)
	transactionType.Methods = append(onTransaction.functions(true),
		point("savepoint", "Marks a place to which rollback_to goes back (46.4).", "SAVEPOINT"),
		point("rollback_to", "Undoes what came after savepoint; a transaction that has failed goes on (46.4).", "ROLLBACK TO"),
		point("release", "Forgets a savepoint, and keeps what came after it (46.4).", "RELEASE"),
		commit, rollback)
	preparedType.Methods = append(onPrepared.functions(false), closePrepared)
	cursorType.Methods = []*hostapi.Func{next, closeCursor}
	return m.Named()
}

var get = &hostapi.Func{
	Name: "get",
	Doc:  "A database that the entry lists under resources. It opens nothing (41.6).",
	Params: []hostapi.Param{
		{Name: "id", Accept: hostapi.AcceptString, Entry: "sql", Doc: "id of the resource"},
	},
	Results: []hostapi.Param{{Name: "database", Object: databaseType, Accept: hostapi.AcceptObject}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.PermissionDenied},
	Run: func(c hostapi.Call) error {
		g, err := c.Task().Process().Resource(c.Arg(0).Str(), KindSQLite, KindPostgres)
		if err != nil {
			return err
		}
		c.Push(hostapi.Wrap(&Handle{grant: g}))
		return nil
	},
}

var blob = &hostapi.Func{
	Name:    "blob",
	Doc:     "A parameter that is stored as bytes, where a string would be text (46.3).",
	Params:  []hostapi.Param{{Name: "s", Accept: hostapi.AcceptString, Doc: "the bytes"}},
	Results: []hostapi.Param{{Name: "blob", Object: blobType, Accept: hostapi.AcceptObject}},
	Run: func(c hostapi.Call) error {
		c.Push(hostapi.Wrap(&Blob{bytes: []byte(c.Arg(0).Str())}))
		return nil
	},
}

// carrier is an object on which statements are carried out: the first parameter, unless
// the object has the statement, and how both are found.
type carrier struct {
	text hostapi.Param
	find func(c hostapi.Call) (session, *statement, error)
}

// call is one call that carries out a statement.
type call struct {
	session session
	st      *statement
	named   bool // the statement is a prepared one
	op      hostapi.Op
}

// function gives a method that carries out statements. run reads what else it needs of
// the call, before it waits.
func (k carrier) function(name, doc string, params hostapi.Param, write bool, result hostapi.Param, run func(c hostapi.Call, p hostapi.Process, s call, args hostapi.Value) error) *hostapi.Func {
	f := &hostapi.Func{
		Name: name, Doc: doc, Results: []hostapi.Param{result}, Returns: hostapi.OrError, Errors: kinds, Load: hostapi.LoadBlocks,
		Keywords: []hostapi.Param{option.TimeoutParam(30 * time.Second)},
	}
	at := 0
	if k.text.Name != "" {
		f.Params = append(f.Params, k.text)
		at = 1
	}
	f.Params = append(f.Params, params, optionsParam)
	f.Run = func(c hostapi.Call) error {
		p := c.Task().Process()
		s := call{named: at == 0}
		var err error
		if s.session, s.st, err = k.find(c); err != nil {
			return err
		}
		if s.op, err = s.session.ready(p, write); err != nil {
			return err
		}
		given, err := option.Read(c, f, at+1)
		if err != nil {
			return err
		}
		timeout, err := option.Timeout(given[0], s.op.Timeout)
		if err != nil {
			return err
		}
		if !s.session.inside() || timeout < s.op.Timeout { // a transaction ends with its own
			s.op.Timeout = timeout
		}
		s.op.Name, s.op.Resource = "sql."+name, s.session.resource()
		return run(c, p, s, c.Arg(at))
	}
	return f
}

// write waits while something is done on a connection that writes, and gives what that has
// done. told is what an observer is told of the parameters.
func (s *call) write(c hostapi.Call, p hostapi.Process, told hostapi.Value, do func(context.Context, *connection, Mode) (hostapi.Value, error)) error {
	s.op.Args = []hostapi.Value{hostapi.String(s.st.text), told}
	d, err := p.Await(s.op, func(ctx context.Context) (hostapi.Done, error) {
		conn, mode, err := s.session.borrow(ctx, true)
		if err != nil {
			return hostapi.Done{}, err
		}
		did, err := do(ctx, conn, mode)
		return hostapi.Done{Value: did, Ended: s.session.giveBack(conn, err)}, err
	})
	if err != nil {
		return err
	}
	c.Push(recordOf(d.Value))
	return nil
}

// functions gives query, execute, execute_many, and for what is no prepared statement rows and prepare.
func (k carrier) functions(more bool) []*hostapi.Func {
	out := []*hostapi.Func{
		k.function("query", "All rows of a statement that reads, at most 10000 and 16 MiB (46.1).", paramsParam, false, rowsResult,
			func(c hostapi.Call, p hostapi.Process, s call, params hostapi.Value) error {
				args, told, err := parameters(c, params, s.st)
				if err != nil {
					return err
				}
				s.op.Args = []hostapi.Value{hostapi.String(s.st.text), told}
				d, err := p.Await(s.op, func(ctx context.Context) (hostapi.Done, error) {
					conn, mode, err := s.session.borrow(ctx, false)
					if err != nil {
						return hostapi.Done{}, err
					}
					rows, err := conn.query(ctx, s.st, args, mode, s.named)
					return hostapi.Done{Value: rows, Ended: s.session.giveBack(conn, err)}, err
				})
				return hostapi.Give(c, d.Value, err)
			}),
		k.function("execute", "Carries out a statement that writes (46.1).", paramsParam, true,
			hostapi.Param{Name: "execution", Accept: hostapi.AcceptTable, Type: "execution"},
			func(c hostapi.Call, p hostapi.Process, s call, params hostapi.Value) error {
				args, told, err := parameters(c, params, s.st)
				if err != nil {
					return err
				}
				return s.write(c, p, told, func(ctx context.Context, conn *connection, mode Mode) (hostapi.Value, error) {
					if s.st.verb == "VACUUM" && !s.st.into {
						mode = ModeVacuum
					}
					return conn.execute(ctx, s.st, args, mode, !s.session.inside(), s.named)
				})
			}),
		k.function("execute_many", "Carries out a statement that writes, once for each item of a list: all or none (46.10).", manyParam, true,
			hostapi.Param{Name: "execution", Accept: hostapi.AcceptTable, Type: "execution"}, executeMany),
	}
	if !more {
		return out
	}
	return append(out,
		k.function("rows", "A cursor over the rows of a statement that reads, for more than fit in memory.", paramsParam, false,
			hostapi.Param{Name: "cursor", Object: cursorType, Accept: hostapi.AcceptObject},
			func(c hostapi.Call, p hostapi.Process, s call, params hostapi.Value) error {
				args, told, err := parameters(c, params, s.st)
				if err != nil {
					return err
				}
				s.op.Args = []hostapi.Value{hostapi.String(s.st.text), told}
				var cursor *Cursor
				d, err := p.Await(s.op, func(ctx context.Context) (d hostapi.Done, err error) {
					cursor, d, err = openCursor(ctx, s.session, s.st, args, s.named)
					return d, err
				})
				if err != nil {
					return err
				}
				if cursor == nil { // a simulated outside has answered
					cursor = &Cursor{ahead: items(d.Value), ended: true}
				}
				c.Push(hostapi.Wrap(cursor))
				return nil
			}),
		k.prepare())
}
