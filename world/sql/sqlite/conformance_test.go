package sqlite_test

import (
	"context"
	"testing"
	"time"

	. "github.com/understudy-run/understudy/conformance" //nolint:revive // its words read as a language

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/sql"
	"github.com/understudy-run/understudy/world/sql/sqlite"
)

// The clauses of section 46 on every engine, on a database in memory, under many
// schedules. The cases are here and not in the suite, since SQLite takes long to compile.
func TestConformance(t *testing.T) {
	engines := []Engine{{Engine: gopherlua.New()}, {Engine: golua.New()}, {Engine: starlark.New()}}
	schedules := 6
	if testing.Short() {
		schedules = 2
	}
	RunSuite(t, Options{Engines: engines, Cases: cases(), Schedules: schedules})
	RunSuite(t, Options{Engines: engines, Cases: cases(), Real: true})
}

const (
	databaseID = "app:db"
	actorID    = "app:lead.sql"
)

// onDatabase plays a scenario whose actors have the database in the slot db.
func onDatabase(scenario func(s *Stage, db *sql.Database, actor func() *Actor)) func(*Stage) {
	return func(s *Stage) {
		db, err := sqlite.Open(context.Background(), sqlite.Config{
			File: sqlite.Memory, Schema: "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
		})
		if err != nil {
			s.Fail("no database: %v", err)
		}
		s.DefineResource(databaseID, sql.KindSQLite, db)
		s.Entry(actorID, core.Entry{Resources: []spec.Grant{{ID: databaseID}}})
		scenario(s, db, func() *Actor {
			a := s.Start(actorID, Serve())
			a.Do(Let("db", Call("sql.get", databaseID)))
			return a
		})
		if err := db.Close(); err != nil {
			s.Fail("%v", err)
		}
	}
}

func on(slot, method string, args ...any) Code { return Method(Get(slot), method, args...) }

func cases() []Case {
	insert := func(slot string, id int, v any) Code {
		return on(slot, "execute", "INSERT INTO t(id, v) VALUES (?, ?)", List(id, v))
	}
	all := on("db", "query", "SELECT * FROM t ORDER BY id")
	row := func(id int, v any) any { return map[string]any{"id": id, "v": v} }
	return []Case{
		{
			Name: "sql/get", Clauses: "41.4, 40.11",
			Claim: "A database is opened by the id of its entry, if the caller's lists it; after release it is closed.",
			Scenario: onDatabase(func(s *Stage, _ *sql.Database, actor func() *Actor) {
				a := actor()
				a.Gives(Get("db"), OfType("database"))
				a.Gives(Text(Get("db")), "database "+databaseID)
				a.Gives(on("db", "type"), "sqlite")
				a.Gives(Call("sql.get", "app:nothing"), nil, Fails(hostapi.PermissionDenied, "not granted: app:nothing"))
				a.Throws(Call("sql.get", 5), Fails(hostapi.Invalid, ""))
				a.Gives(on("db", "release"), true)
				a.Gives(on("db", "query", "SELECT 1"), nil, Fails(hostapi.Invalid, "database is closed"))
				s.Actor().Gives(Call("sql.get", databaseID), nil, Fails(hostapi.PermissionDenied, "not granted: "+databaseID))
			}),
		},
		{
			Name: "sql/values", Clauses: "46.1, 46.2, 46.3",
			Claim: "Parameters arrive as they are meant, rows are maps, NULL is nil.",
			Scenario: onDatabase(func(_ *Stage, _ *sql.Database, actor func() *Actor) {
				a := actor()
				a.Gives(on("db", "execute", "INSERT INTO t(v) VALUES (?)", List("x")), Has(map[string]any{"rows_affected": 1, "last_insert_id": 1}))
				a.Gives(all, []any{row(1, "x")})
				a.Gives(on("db", "query", "SELECT ? AS i, ? AS f, ? AS s, ? AS t, typeof(?) AS b, typeof(?) AS n",
					List(9007199254740992, 1.5, "it's", true, Call("sql.blob", "b"), Constant("sql.NULL"))),
					[]any{map[string]any{"i": 9007199254740992, "f": 1.5, "s": "it's", "t": 1, "b": "blob", "n": "null"}})
				a.Gives(on("db", "query", "SELECT :a + :a AS x, '?' AS y", Table("a", 2)), []any{map[string]any{"x": 4, "y": "?"}})
				a.Gives(on("db", "query", "SELECT 9007199254740993 AS x"), []any{map[string]any{"x": "9007199254740993"}})
				a.Gives(on("db", "query", "SELECT 1 WHERE 0"), []any{})
				a.Gives(on("db", "query", "SELECT ?", List(1, 2)), nil, Fails(hostapi.Invalid, "expects 1 parameters"))
				a.Gives(on("db", "query", "SELECT 1; SELECT 2"), nil, Fails(hostapi.Invalid, "more than one statement"))
				a.Gives(on("db", "query", "SELECT 1 AS a, 2 AS a"), nil, Fails(hostapi.Invalid, "duplicate column"))
				a.Gives(on("db", "query", "SELECT ?", List(List())), nil, Fails(hostapi.Invalid, "cannot bind a"))
				a.Gives(on("db", "query", "DELETE FROM t"), nil, Fails(hostapi.Invalid, "the statement writes: use execute"))
				a.Gives(on("db", "execute", "ATTACH 'x' AS y"), nil, Fails(hostapi.PermissionDenied, "not allowed"))
				a.Gives(on("db", "execute", "BEGIN"), nil, Fails(hostapi.Invalid, "use begin"))
				a.Gives(insert("db", 1, "again"), nil, Detailed(hostapi.AlreadyExists, "unique constraint", map[string]any{"code": "SQLITE_CONSTRAINT_PRIMARYKEY", "constraint": "t.id"}))
				a.Throws(on("db", "query", 5), Fails(hostapi.Invalid, ""))
			}),
		},
		{
			Name: "sql/execute_many", Clauses: "46.10",
			Claim: "A statement is carried out once for each item of a list, all or none; the detail index says which failed.",
			Scenario: onDatabase(func(_ *Stage, _ *sql.Database, actor func() *Actor) {
				a := actor()
				many := func(slot, text string, list any) Code { return on(slot, "execute_many", text, list) }
				const text = "INSERT INTO t(id, v) VALUES (?, ?)"
				a.Gives(many("db", text, List(List(1, "a"), List(2, "b"), List(3, "c"))), Has(map[string]any{"rows_affected": 3}))
				a.Gives(many("db", "UPDATE t SET v = :v WHERE id > :id", List(Table("id", 0, "v", "x"), Table("id", 2, "v", "y"))),
					Has(map[string]any{"rows_affected": 4}))
				a.Gives(many("db", text, List()), Has(map[string]any{"rows_affected": 0}))
				a.Gives(all, []any{row(1, "x"), row(2, "x"), row(3, "y")})

				a.Gives(many("db", text, List(List(4, "d"), List(1, "again"))), nil,
					Detailed(hostapi.AlreadyExists, "unique constraint", map[string]any{
						"code": "SQLITE_CONSTRAINT_PRIMARYKEY", "constraint": "t.id", "index": 2,
					}))
				a.Gives(many("db", text, List(List(4, "d"), List(5))), nil,
					Detailed(hostapi.Invalid, "expects 2 parameters, got 1", map[string]any{"index": 2}))
				a.Gives(many("db", "SELECT ?", List(List(1))), nil, Fails(hostapi.Invalid, "execute_many takes no statement that gives rows"))
				a.Gives(many("db", text, List(7)), nil, Fails(hostapi.Invalid, "list must be a list of lists or maps"))
				a.Gives(all, []any{row(1, "x"), row(2, "x"), row(3, "y")})

				a.Do(Let("tx", on("db", "begin")))
				a.Gives(many("tx", text, List(List(4, "d"))), Has(map[string]any{"rows_affected": 1}))
				a.Do(Let("st", on("tx", "prepare", text)))
				a.Gives(on("st", "execute_many", List(List(5, "e"))), Has(map[string]any{"rows_affected": 1}))
				a.Gives(on("tx", "rollback"), true)
				a.Gives(all, []any{row(1, "x"), row(2, "x"), row(3, "y")})
			}),
		},
		{
			Name: "sql/transaction", Clauses: "46.4, 40.11",
			Claim: "What is committed stays, what is rolled back or failed does not; what is over is closed.",
			Scenario: onDatabase(func(_ *Stage, _ *sql.Database, actor func() *Actor) {
				a := actor()
				a.Do(Let("tx", on("db", "begin")))
				a.Gives(Get("tx"), OfType("transaction"))
				a.Do(insert("tx", 1, "a"))
				a.Gives(on("tx", "savepoint", "p"), true)
				a.Do(insert("tx", 2, "b"))
				a.Gives(insert("tx", 1, "c"), nil, Fails(hostapi.AlreadyExists, "unique constraint"))
				a.Gives(on("tx", "query", "SELECT 1"), nil, Fails(hostapi.Conflict, "transaction has failed"))
				a.Gives(on("tx", "commit"), nil, Fails(hostapi.Conflict, "transaction has failed"))
				a.Gives(on("tx", "rollback_to", "p"), true)
				a.Gives(on("tx", "release", "p"), true)
				a.Gives(on("tx", "commit"), true)
				a.Gives(on("tx", "commit"), nil, Fails(hostapi.Invalid, "transaction is closed"))
				a.Gives(all, []any{row(1, "a")})
				a.Do(Let("tx", on("db", "begin")), insert("tx", 3, "d"), on("tx", "rollback"))
				a.Gives(all, []any{row(1, "a")})
			}),
		},
		{
			Name: "sql/end_rolls_back", Clauses: "40.9, 46.4",
			Claim: "Who has seen the EXIT of a process finds its transaction rolled back, and its connection free.",
			Scenario: onDatabase(func(s *Stage, db *sql.Database, actor func() *Actor) {
				a, b := actor(), actor()
				a.Do(Let("tx", on("db", "begin")), insert("tx", 1, "a"))
				b.Gives(Call("process.monitor", a.PID), true)
				b.Gives(Call("process.terminate", a.PID), true)
				b.Gives(Field(Event(), "kind"), "pid.exit")
				_, _, used, _ := db.InUse()
				s.True(used == 0 || !s.Simulated(), // where a release may take its second
					"%d connections in use after the EXIT", used)
				b.Gives(all, []any{})
			}),
		},
		{
			Name: "sql/takes_turns", Clauses: "46.5, 40.15",
			Claim: "Who wants to write while another does waits, without holding anybody up, in order of asking.",
			Scenario: onDatabase(func(s *Stage, db *sql.Database, actor func() *Actor) {
				a, b, c := actor(), actor(), actor()
				a.Do(Let("tx", on("db", "begin")), insert("tx", 1, "a"))
				b.Do(on("db", "stats"))
				waits := b.Begin(insert("db", 2, "b"))
				c.Gives(Values(1), 1) // others go on
				a.Do(on("tx", "commit"))
				waits.Gives(Has(map[string]any{"rows_affected": 1}))
				c.Gives(all, []any{row(1, "a"), row(2, "b")})
			}),
		},
		{
			Name: "sql/transaction_times_out", Clauses: "46.4", Virtual: true,
			Claim: "A transaction that lasts too long is rolled back, also while nobody uses it.",
			Scenario: onDatabase(func(s *Stage, _ *sql.Database, actor func() *Actor) {
				a, b := actor(), actor()
				a.Do(Let("tx", Method(Get("db"), "begin")), insert("tx", 1, "a"))
				waits := b.Begin(insert("db", 2, "b"))
				s.Pass(31 * time.Second)
				a.Gives(on("tx", "commit"), nil, Fails(hostapi.Invalid, "transaction is closed"))
				waits.Wait()
				b.Gives(on("db", "query", "SELECT id FROM t WHERE id = 1"), []any{})
			}),
		},
		{
			Name: "sql/cursor", Clauses: "46.1, 40.11",
			Claim: "A cursor gives row after row, then nil; closed, it gives none.",
			Scenario: onDatabase(func(_ *Stage, _ *sql.Database, actor func() *Actor) {
				a := actor()
				a.Do(insert("db", 1, "a"), insert("db", 2, "b"))
				a.Do(Let("c", on("db", "rows", "SELECT * FROM t ORDER BY id")))
				a.Gives(on("c", "next"), row(1, "a"))
				a.Gives(on("c", "next"), row(2, "b"))
				a.Gives(on("c", "next"), nil)
				a.Gives(on("c", "next"), nil)
				a.Gives(on("c", "close"), true)
				a.Gives(on("c", "close"), true)
				a.Gives(on("c", "next"), nil, Fails(hostapi.Invalid, "cursor is closed"))
				a.Do(Let("st", on("db", "prepare", "SELECT v FROM t WHERE id = ?")))
				a.Gives(on("st", "query", List(2)), []any{map[string]any{"v": "b"}})
				a.Gives(on("st", "close"), true)
				a.Gives(on("st", "query", List(2)), nil, Fails(hostapi.Invalid, "statement is closed"))
			}),
		},
	}
}
