package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/sql"
	"github.com/understudy-run/understudy/world/sql/postgres"
	"github.com/understudy-run/understudy/world/sql/postgres/postgrestest"
)

// stage is a runtime with one database, test:db.
type stage struct {
	*testing.T
	rt *understudy.Runtime
	db *sql.Database
}

func open(t *testing.T, c postgres.Config) *stage {
	t.Helper()
	db, err := postgres.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()}, Modules: []*hostapi.Module{sql.Module},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{T: t, rt: rt, db: db}
	rt.DefineResource("test:db", sql.KindPostgres, db)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := rt.Shutdown(ctx, 0); err != nil {
			t.Error(err)
		}
		if _, open, used, waiting := db.InUse(); used != 0 || waiting != 0 {
			t.Errorf("%d connections in use, %d operations waiting; %d open", used, waiting, open)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if _, open, _, _ := db.InUse(); open != 0 {
			t.Errorf("%d connections open", open)
		}
	})
	return s
}

// define makes an entry of Lua text: what stands in main.
func (s *stage) define(name, body string, grants ...spec.Grant) {
	s.Helper()
	if grants == nil {
		grants = []spec.Grant{{ID: "test:db"}}
	}
	text := `local sql = require("sql")
		local function main(...) ` + body + ` end
		return { main = main }`
	fsys := fstest.MapFS{"main.lua": {Data: []byte(text)}}
	if err := s.rt.LoadEntry(core.Entry{ID: "test:" + name, Resources: grants}, fsys, "main.lua"); err != nil {
		s.Fatal(err)
	}
}

// run runs an entry to its end.
func (s *stage) run(name string, args ...any) (hostapi.Value, error) {
	s.Helper()
	p, err := s.rt.Start(s.Context(), "test:"+name, args...)
	if err != nil {
		s.Fatal(err)
	}
	return p.Wait(s.Context())
}

// gives runs a body and compares what it returns.
func (s *stage) gives(want, body string) {
	s.Helper()
	s.define("body", body)
	v, err := s.run("body")
	if err != nil || sorted(v).String() != want {
		s.Errorf("gives %s, %v, want %s:\n%s", sorted(v), err, want, body)
	}
}

// sorted gives a payload with the keys of its maps in order.
func sorted(v hostapi.Value) hostapi.Value {
	switch {
	case v.List() != nil:
		out := make([]hostapi.Value, len(v.List().Items))
		for i, item := range v.List().Items {
			out[i] = sorted(item)
		}
		return hostapi.ListOf(out...)
	case v.Map() != nil:
		out := v.Map().Sorted()
		for i := range out {
			out[i].Value = sorted(out[i].Value)
		}
		return hostapi.MapOf(out...)
	}
	return v
}

// fails runs a body whose last value is an error, and compares its kind and text.
func (s *stage) fails(kind hostapi.Kind, text, body string) {
	s.Helper()
	s.gives(fmt.Sprintf("%q", string(kind)+": "+text), `local function f() `+body+` end
		local _, e = f()
		return e and e:kind() .. ": " .. e:message()`)
}

// with gives the database to a body.
const with = `local db = assert(sql.get("test:db")) `

// One cluster serves all: it takes a second to start.
func TestPostgres(t *testing.T) {
	dsn := postgrestest.Start(t)
	s := open(t, postgres.Config{DSN: dsn, Schema: "CREATE TABLE first(a int); INSERT INTO first VALUES (1);", Source: "schema.sql"})
	s.gives(`[{a: 1}]`, with+`return assert(db:query("SELECT a FROM first"))`)
	s.gives(`"postgres"`, with+`return db:type()`)
	t.Run("values", func(t *testing.T) { s.on(t).values() })
	t.Run("placeholders", func(t *testing.T) { s.on(t).placeholders() })
	t.Run("errors", func(t *testing.T) { s.on(t).errors() })
	t.Run("transactions", func(t *testing.T) { s.on(t).transactions() })
	t.Run("cursors", func(t *testing.T) { s.on(t).cursors() })
	t.Run("read grant", func(t *testing.T) { s.on(t).readGrant() })
	t.Run("timeout", func(t *testing.T) { s.on(t).timeout() })
}

func (s stage) on(t *testing.T) *stage {
	s.T = t
	return &s
}

// 46.3
func (s *stage) values() {
	s.gives(`[{a: 9007199254740992, b: "9007199254740993", c: 1.5, d: "12.50", e: true, f: "text", g: "\x00\x01", h: "00000000-0000-0000-0000-000000000001", i: "{1,2}", j: "{\"a\": 1}"}]`,
		with+`return assert(db:query([[SELECT 9007199254740992::bigint a, 9007199254740993::bigint b, 1.5::float8 c, 12.50::numeric d, true e, 'text'::varchar f,
			'\x0001'::bytea g, '00000000-0000-0000-0000-000000000001'::uuid h, '{1,2}'::int[] i, '{"a": 1}'::jsonb j, NULL k]]))`)
	s.gives(`[{a: "2024-02-03T03:05:06.700Z", b: "2024-02-03T04:05:06.123456Z", c: "2024-02-03", d: "infinity", e: "04:05:06.5", f: "1 day"}]`,
		with+`return assert(db:query([[SELECT '2024-02-03 04:05:06.7+01'::timestamptz a, '2024-02-03 04:05:06.123456'::timestamp b, '2024-02-03'::date c,
			'infinity'::timestamptz d, '04:05:06.5'::time e, '1 day'::interval f]]))`)
	s.gives(`[{a: "9007199254740993", b: 5, c: "5", d: true, e: 1.5, f: "\x00a", h: "2024-02-03T04:05:06.000Z"}]`,
		with+`return assert(db:query("SELECT ?::bigint a, ?::int b, ?::text c, ?::bool d, ?::float8 e, ?::bytea f, ?::text g, ?::timestamptz h",
			{"9007199254740993", 5, 5, true, 1.5, sql.blob("\0a"), sql.NULL, require("time").unix(1706933106, 0)}))`)
	s.fails(hostapi.Invalid, "sql error: invalid input syntax for type bigint", with+`return db:query("SELECT ?::bigint", {1.5})`)
	s.gives(`false`, with+`local _, e = db:query("SELECT ?::int", {"secret"}) return tostring(e):find("secret") ~= nil`)
}

// 46.2
func (s *stage) placeholders() {
	s.gives(`[{a: 1, b: "?", c: "$$ ? :x", d: "it's ?", e: true, f: "{2,3}", g: 1}]`, with+`return assert(db:query([[SELECT ?::int AS a, '?' AS b, $q$$$ ? :x$q$ AS c,
		E'it\'s ?' AS d, '{"x": 1}'::jsonb ?? 'x' AS e /* ? /* ? */ ? */, (ARRAY[1,2,3])[2:3] AS f -- ?
		, ?::int AS g]], {1, 1}))`)
	s.gives(`[{a: "x", b: "x", c: 1}]`, with+`return assert(db:query("SELECT :v::text AS a, :v::text AS b, :n::int AS c", {v = "x", n = 1}))`)
	s.gives(`[{a: 3}]`, with+`return assert(db:query("SELECT $2::int - $1::int AS a", {1, 4}))`)
	s.gives(`true`, with+`return assert(db:script([[CREATE FUNCTION twice(n int) RETURNS int LANGUAGE SQL BEGIN ATOMIC SELECT n; SELECT n * 2; END;
		CREATE FUNCTION thrice(n int) RETURNS int AS $$ BEGIN RETURN n * 3; END; $$ LANGUAGE plpgsql;]]))`)
	s.gives(`[{a: 4, b: 6}]`, with+`return assert(db:query("SELECT twice(2) AS a, thrice(2) AS b"))`)
	s.gives(`[2, [{a: 1}, {a: 2}]]`, with+`local r = assert(db:execute("INSERT INTO first VALUES (?), (?) RETURNING a", {1, 2})) return {r.rows_affected, r.rows}`)
	s.gives(`3`, with+`return assert(db:execute("WITH x AS (SELECT 1) UPDATE first SET a = 1")).rows_affected`)
}

// 46.7
func (s *stage) errors() {
	s.gives(`true`, with+`return assert(db:script([[CREATE TABLE t(id int PRIMARY KEY, a text UNIQUE NOT NULL CONSTRAINT no CHECK (a <> 'no'), t int REFERENCES t(id));
		INSERT INTO t VALUES (1, 'x')]]))`)
	details := `return {e:kind(), e:details().code, e:details().constraint or "none", e:retryable()}`
	s.gives(`["AlreadyExists", "23505", "t_a_key", false]`, with+`local _, e = db:execute("INSERT INTO t VALUES (2, ?)", {"x"}) `+details)
	s.gives(`["Conflict", "23514", "no", false]`, with+`local _, e = db:execute("INSERT INTO t VALUES (2, 'no')") `+details)
	s.gives(`["Conflict", "23503", "t_t_fkey", false]`, with+`local _, e = db:execute("INSERT INTO t VALUES (2, 'y', 9)") `+details)
	s.gives(`["Conflict", "23502", "none", false]`, with+`local _, e = db:execute("INSERT INTO t VALUES (2)") `+details)
	s.gives(`["Invalid", "42P01", "none", false]`, with+`local _, e = db:query("SELECT * FROM nothing") `+details)
	s.gives(`["Invalid", "42601", "none", false]`, with+`local _, e = db:query("SELEC 1") `+details)
	s.fails(hostapi.AlreadyExists, `unique constraint: duplicate key value violates unique constraint "t_a_key"`, with+`return db:execute("INSERT INTO t VALUES (2, ?)", {"x"})`)
	s.fails(hostapi.Invalid, "more than one statement: use script", with+`return db:execute("SELECT 1; SELECT 2")`)
	s.fails(hostapi.PermissionDenied, "not allowed: COPY", with+`return db:execute("COPY t FROM STDIN")`)
	s.fails(hostapi.Invalid, "use begin, commit, rollback, savepoint and release, not BEGIN as text", with+`return db:execute("BEGIN")`)
}

// 46.4
func (s *stage) transactions() {
	s.gives(`true`, with+`return assert(db:script("CREATE TABLE tx(a int PRIMARY KEY)"))`)
	s.gives(`[{a: 4}, {a: 6}]`, with+`local tx = assert(db:begin{isolation = sql.isolation.SERIALIZABLE}) assert(tx:execute("INSERT INTO tx VALUES (4)")) assert(tx:savepoint("a"))
		assert(tx:execute("INSERT INTO tx VALUES (5)")) local _, e = tx:execute("INSERT INTO tx VALUES (4)") assert(e:kind() == errors.ALREADY_EXISTS)
		_, e = tx:query("SELECT 1") assert(tostring(e) == "transaction has failed")
		assert(tx:rollback_to("a")) assert(tx:execute("INSERT INTO tx VALUES (6)")) assert(tx:release("a")) assert(tx:commit())
		return assert(db:query("SELECT a FROM tx ORDER BY a"))`)
	s.gives(`nil`, with+`local tx = assert(db:begin()) assert(tx:execute("INSERT INTO tx VALUES (7)"))`) // ends open
	s.gives(`2`, with+`return #assert(db:query("SELECT a FROM tx"))`)
	s.fails(hostapi.PermissionDenied, "read only", with+`local tx = assert(db:begin{read_only = true}) return tx:query("DELETE FROM tx RETURNING a")`)
	s.gives(`["Invalid", "read only"]`, with+`local tx = assert(db:begin{read_only = true}) local _, e = tx:query("SET TRANSACTION READ WRITE")
		local other = assert(db:begin{read_only = true}) local _, f = other:query("DELETE FROM tx RETURNING a") return {e:kind(), tostring(f)}`)
	s.gives(`[3, 2, "AlreadyExists", 2]`, with+`local many = "INSERT INTO tx VALUES (?)"
		local n = assert(db:execute_many(many, {{30}, {31}, {32}})).rows_affected
		local tx = assert(db:begin()) local st = assert(tx:prepare(many))
		local m = assert(st:execute_many({{33}, {34}})).rows_affected assert(tx:rollback())
		local _, e = db:execute_many(many, {{35}, {30}}) assert(db:execute("DELETE FROM tx WHERE a < 33 AND a >= 30"))
		assert(#db:query("SELECT 1 FROM tx WHERE a >= 30") == 0) return {n, m, e:kind(), e:details().index}`)
	// Two that read and write the same rows: one of them is told to try again.
	s.gives(`["Unavailable", "40001", true]`, with+`local a, b = assert(db:begin{isolation = "serializable"}), assert(db:begin{isolation = "serializable"})
		assert(a:query("SELECT count(*) FROM tx")) assert(b:query("SELECT count(*) FROM tx"))
		assert(a:execute("INSERT INTO tx VALUES (20)")) assert(b:execute("INSERT INTO tx VALUES (21)"))
		assert(a:commit()) local _, e = b:commit() return {e:kind(), e:details().code, e:retryable()}`)
	// What SET leaves on a connection does not meet others.
	s.gives(`0`, with+`for i = 1, 4 do assert(db:execute("SET application_name = 'changed'")) end
		return #assert(db:query("SELECT 1 WHERE current_setting('application_name') = 'changed'"))`)
}

func (s *stage) cursors() {
	s.gives(`true`, with+`return assert(db:script("CREATE TABLE c(a int); INSERT INTO c SELECT generate_series(1, 300)"))`)
	sum := `local sum, n = 0, 0 for row in function() return c:next() end do sum, n = sum + row.a, n + 1 end `
	s.gives(`[45150, 300, true]`, with+`local c = assert(db:rows("SELECT a FROM c WHERE a > ?", {0})) `+sum+` return {sum, n, c:close()}`)
	s.gives(`1`, with+`local c = assert(db:rows("SELECT a FROM c ORDER BY a")) local a = c:next().a c:close() return a`)
	s.gives(`[45150, 300, 300]`, with+`local tx = assert(db:begin()) local c = assert(tx:rows("SELECT a FROM c WHERE a > ? ORDER BY a", {0})) local done = 0
		local sum, n = 0, 0 for row in function() return c:next() end do sum, n = sum + row.a, n + 1
			done = done + assert(tx:execute("UPDATE c SET a = a WHERE a = ?", {row.a})).rows_affected end
		assert(tx:commit()) return {sum, n, done}`)
	s.gives(`[{a: 1, b: 2}]`, with+`assert(db:script("CREATE TABLE w(a int); INSERT INTO w VALUES (1)")) local st = assert(db:prepare("SELECT * FROM w")) st:query()
		assert(db:script("ALTER TABLE w ADD COLUMN b int DEFAULT 2")) return assert(st:query())`)
	s.gives(`[1, 2]`, with+`local st = assert(db:prepare("SELECT a FROM c WHERE a = ?")) return {assert(st:query({1}))[1].a, assert(st:query({2}))[1].a}`)
}

// 41.2
func (s *stage) readGrant() {
	s.define("reader", with+`local out = {}
		for _, text in ipairs{"DELETE FROM first RETURNING a", "SELECT set_config('transaction_read_only', 'off', true)", "DELETE FROM first RETURNING a"} do
			local _, e = db:query(text) out[#out + 1] = e and e:kind() or "ok" end
		local _, e = db:execute("DELETE FROM first") out[#out + 1] = tostring(e)
		out[#out + 1] = #assert(db:query("SELECT a FROM first"))
		return out`, spec.Grant{ID: "test:db", ReadOnly: true})
	v, err := s.run("reader")
	if want := `["PermissionDenied", "Invalid", "PermissionDenied", "read only", 3]`; err != nil || v.String() != want {
		s.Errorf("%s, %v, want %s", v, err, want)
	}
}

// 40.2: a statement that takes too long is stopped at the server; its connection goes.
func (s *stage) timeout() {
	s.gives(`["Timeout", 0, "transaction is closed"]`, with+`local _, e = db:query("SELECT pg_sleep(60)", {}, {timeout = "20ms"})
		local tx = assert(db:begin()) tx:query("SELECT pg_sleep(60)", {}, {timeout = "20ms"})
		local _, f = tx:query("SELECT 1")
		local n repeat n = #assert(db:query("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'")) until n == 0
		return {e:kind(), n, tostring(f)}`)
}

// 46.7, 41.9: where nobody listens, nothing of the DSN is told.
func TestNoConnection(t *testing.T) {
	s := open(t, postgres.Config{Host: t.TempDir(), Database: "secret", User: "secret", SSLMode: "disable"})
	s.gives(`["Unavailable", "no connection: no such file or directory", false, true]`, with+`local _, e = db:query("SELECT 1")
		return {e:kind(), tostring(e), e:details().sent, e:retryable()}`)
}

// A DSN that is none is not repeated.
func TestBadDSN(t *testing.T) {
	_, err := postgres.Open(postgres.Config{DSN: "postgres://user:password@host:port/"})
	if err == nil || strings.Contains(err.Error(), "password") {
		t.Errorf("%v", err)
	}
}
