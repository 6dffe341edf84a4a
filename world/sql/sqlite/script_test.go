package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/sql"
	"github.com/understudy-run/understudy/world/sql/sqlite"
)

// stage is a runtime with one database, test:db, and entries that were granted it.
type stage struct {
	*testing.T
	rt      *understudy.Runtime
	db      *sql.Database
	stopped sync.Once
}

// open makes a stage. file is a path, or sqlite.Memory; sim may be nil.
func open(t *testing.T, file string, sim *core.Simulation, o understudy.Options) *stage {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Config{File: file})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{T: t, db: db}
	s.start(sim, o)
	return s
}

func (s *stage) start(sim *core.Simulation, o understudy.Options) {
	s.Helper()
	o.Engines = []hostapi.Engine{gopherlua.New()}
	o.Modules, o.Simulation = []*hostapi.Module{sql.Module}, sim
	if sim != nil {
		o.Outside = func(string, hostapi.Op) core.Handling { return core.Perform() }
	}
	rt, err := understudy.New(o)
	if err != nil {
		s.Fatal(err)
	}
	s.rt = rt
	rt.DefineResource("test:db", sql.KindSQLite, s.db)
	s.Cleanup(func() {
		s.stop()
		if _, open, used, waiting := s.db.InUse(); used != 0 || waiting != 0 {
			s.Errorf("%d connections in use, %d operations waiting; %d open", used, waiting, open)
		}
		if err := s.db.Close(); err != nil {
			s.Error(err)
		}
		if _, open, _, _ := s.db.InUse(); open != 0 {
			s.Errorf("%d connections open", open)
		}
	})
}

// stop ends the runtime, once.
func (s *stage) stop() {
	s.stopped.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.rt.Shutdown(ctx, 0); err != nil {
			s.Error(err)
		}
	})
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

// 46.1, 46.2, 46.3: what goes in and comes out.
func TestValues(t *testing.T) {
	for _, file := range []string{t.TempDir() + "/values ?&%.db", sqlite.Memory} {
		s := open(t, file, nil, understudy.Options{})
		s.gives(`true`, with+`return assert(db:script([[CREATE TABLE t(id INTEGER PRIMARY KEY, a, b TEXT, c REAL, d DATE, e TIMESTAMP);
			CREATE TRIGGER tr AFTER INSERT ON t WHEN NEW.b = 'again' BEGIN UPDATE t SET a = 1 WHERE id = NEW.id; UPDATE t SET c = 2 WHERE id = NEW.id; END;
			-- ; '
			CREATE TABLE u(x); ]]))`)
		s.gives(`[1, 1, "none"]`, with+`local r = assert(db:execute("INSERT INTO t(b) VALUES (?)", {"x?"})) return {r.rows_affected, r.last_insert_id, r.rows or "none"}`)
		s.gives(`[{b: "x?", id: 1}]`, with+`return assert(db:query("SELECT * FROM t WHERE b = ? /* ? */ AND b <> '?' -- ?", {"x?"}))`)
		s.gives(`[1, 2, [{b: "y", id: 2}]]`, with+`local r = assert(db:execute("INSERT INTO t(b) VALUES (:b) RETURNING id, b", {b = "y"})) return {r.rows_affected, r.last_insert_id, r.rows}`)
		s.gives(`[2, "none", "none"]`, with+`local r = assert(db:execute("UPDATE t SET a = NULL")) return {r.rows_affected, r.last_insert_id or "none", r.rows or "none"}`)
		s.gives(`[0, "none"]`, with+`local r = assert(db:execute("INSERT INTO t(b) SELECT b FROM t WHERE 0")) return {r.rows_affected, r.last_insert_id or "none"}`)
		s.gives(`[{a: 1, c: 2}]`, with+`assert(db:execute("INSERT INTO t(b) VALUES ('again')")) return assert(db:query("SELECT a, c FROM t WHERE b = 'again'"))`)
		s.gives(`[{a: 9007199254740992, b: "9007199254740993", c: 1.5, d: "text", e: "a\x00b"}]`, with+`return assert(db:query(
			"SELECT 9007199254740992 AS a, ? + 0 AS b, ? AS c, ? AS d, ? AS e, NULL AS f", {"9007199254740993", 1.5, "text", sql.blob("a\0b")}))`)
		s.gives(`[{a: "null", b: "integer", c: "integer", d: "real", e: "text", f: "blob", g: "text"}]`, with+`return assert(db:query(
			"SELECT typeof(?) a, typeof(?) b, typeof(?) c, typeof(?) d, typeof(?) e, typeof(?) f, typeof(?) g", {sql.NULL, true, 1, 1.5, "1", sql.blob("1"), ""}))`)
		s.gives(`[{d: "2024-02-03", e: "2024-02-03T03:05:06.700Z"}]`, with+`assert(db:execute("INSERT INTO t(id, d, e) VALUES (10, ?, ?)", {"2024-02-03", "2024-02-03 04:05:06.7+01:00"}))
			return assert(db:query("SELECT d, e FROM t WHERE id = 10"))`)
		s.gives(`[{a: "2024-02-03T04:05:06.000Z"}]`, with+`return assert(db:query("SELECT ? AS a", {require("time").unix(1706933106, 0)}))`)
		s.gives(`0`, with+`return #assert(db:query("SELECT 1 WHERE 0"))`)
		s.gives(`"db.sqlite"`, with+`return "db." .. db:type()`)
		s.fails(hostapi.Invalid, "expects 2 parameters, got 1", with+`return db:query("SELECT ?, ?", {1})`)
		s.fails(hostapi.Invalid, "expects 0 parameters, got 1", with+`return db:query("SELECT '?'", {1})`)
		s.fails(hostapi.Invalid, "expects 1 parameters, as a list", with+`return db:query("SELECT ?", {a = 1})`)
		s.fails(hostapi.Invalid, "expects a map for :a", with+`return db:query("SELECT :a", {1})`)
		s.fails(hostapi.Invalid, "no parameter :b in the text", with+`return db:query("SELECT :a AS a", {a = 1, b = 2})`)
		s.fails(hostapi.Invalid, "cannot bind a table", with+`return db:query("SELECT ?", {{}})`)
		s.fails(hostapi.Invalid, "cannot bind a database", with+`return db:query("SELECT ?", {db})`)
		s.fails(hostapi.Invalid, "duplicate column a", with+`return db:query("SELECT 1 AS a, 2 AS a")`)
		s.fails(hostapi.Invalid, "more than one statement: use script", with+`return db:query("SELECT 1; SELECT 2")`)
		s.fails(hostapi.Invalid, "sql error: the text is empty", with+`return db:query(" -- nothing")`)
		s.fails(hostapi.Invalid, "sql error: the text ends within quotes or a comment", with+`return db:query("SELECT 'a")`)
		s.fails(hostapi.LimitExceeded, "too many rows: more than 10000, or 16 MiB: use LIMIT or rows",
			with+`return db:query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10001) SELECT i FROM n")`)
		s.gives(`10000`, with+`return #assert(db:query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000) SELECT i FROM n"))`)
	}
}

// 46.7: errors of the database, with details.
func TestErrors(t *testing.T) {
	s := open(t, t.TempDir()+"/errors.db", nil, understudy.Options{})
	s.gives(`true`, with+`return assert(db:script([[CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT UNIQUE NOT NULL CHECK (a <> 'no'), t INTEGER REFERENCES t(id));
		INSERT INTO t(a) VALUES ('x')]]))`)
	s.fails(hostapi.AlreadyExists, "unique constraint: UNIQUE constraint failed: t.a", with+`return db:execute("INSERT INTO t(a) VALUES ('x')")`)
	s.fails(hostapi.AlreadyExists, "unique constraint: UNIQUE constraint failed: t.id", with+`return db:execute("INSERT INTO t(id, a) VALUES (1, 'y')")`)
	s.fails(hostapi.Conflict, "constraint: CHECK constraint failed: a <> 'no'", with+`return db:execute("INSERT INTO t(a) VALUES ('no')")`)
	s.fails(hostapi.Conflict, "constraint: NOT NULL constraint failed: t.a", with+`return db:execute("INSERT INTO t(a) VALUES (NULL)")`)
	s.fails(hostapi.Conflict, "constraint: FOREIGN KEY constraint failed", with+`return db:execute("INSERT INTO t(a, t) VALUES ('z', 99)")`)
	s.fails(hostapi.Invalid, "sql error: no such column: b", with+`return db:query("SELECT b FROM t")`)
	s.fails(hostapi.Invalid, "sql error: no such table: v", with+`return db:query("SELECT b FROM v")`)
	s.fails(hostapi.Invalid, `sql error: near "SELEC": syntax error`, with+`return db:query("SELEC 1")`)
	s.fails(hostapi.Invalid, `sql error: no such column: "x" - should this be a string literal in single-quotes?`, with+`return db:query([[SELECT "x"]])`)
	s.gives(`["SQLITE_CONSTRAINT_UNIQUE", "t.a", false]`, with+`local _, e = db:execute("INSERT INTO t(a) VALUES ('x')") return {e:details().code, e:details().constraint, e:retryable()}`)
	s.fails(hostapi.Invalid, "the statement writes: use execute", with+`return db:query("INSERT INTO t(a) VALUES ('w')")`)
	s.fails(hostapi.Invalid, "the statement writes: use execute", with+`return db:query("INSERT INTO t(a) VALUES ('w') RETURNING a")`)
	s.fails(hostapi.Invalid, "the statement writes: use execute", with+`return db:rows("DELETE FROM t")`)
	for _, verb := range []string{"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "END"} {
		s.fails(hostapi.Invalid, "use begin, commit, rollback, savepoint and release, not "+strings.Fields(verb)[0]+" as text", with+`return db:execute("/**/ `+verb+`")`)
	}
}

// 46.6, 46.8: what takes too much room or time fails, and the database works on.
func TestBounds(t *testing.T) {
	s := open(t, sqlite.Memory, nil, understudy.Options{})
	s.gives(`16777216`, with+`return assert(db:query("SELECT length(zeroblob(16 * 1024 * 1024)) AS n"))[1].n`)
	s.gives(`"LimitExceeded"`, with+`local _, e = db:query("SELECT length(zeroblob(16 * 1024 * 1024 + 1)) AS n") return e:kind()`)
	s.gives(`"LimitExceeded"`, with+`local _, e = db:query("SELECT ?", {("x"):rep(16 * 1024 * 1024 + 1)}) return e:kind()`)
	s.gives(`"LimitExceeded"`, with+`local _, e = db:query(("x"):rep(1024 * 1024 + 1)) return e:kind()`)
	s.gives(`["LimitExceeded", 0]`, with+`assert(db:execute("CREATE TABLE t(a)")) local tx, e, n = assert(db:begin()), nil, 0
		repeat n = n + 1 _, e = tx:execute("INSERT INTO t VALUES (zeroblob(12 * 1024 * 1024))") until e or n == 20
		tx:rollback() return {e and e:kind() or n, #db:query("SELECT 1 FROM t")}`)
	s.fails(hostapi.Timeout, "timed out after 20ms",
		with+`return db:query("WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i LIMIT 1000000000) SELECT max(n) FROM i", nil, {timeout = "20ms"})`)
	s.gives(`1`, with+`return assert(db:query("SELECT 1 AS n"))[1].n`)
	// 40.7: what is held while parameters are read is given back, also if one is wrong.
	s.gives(`["Invalid", 1001]`, with+`local list, text = {}, ("x"):rep(64 * 1024) for i = 1, 1000 do list[i] = {text} end list[1001] = {}
		local e for i = 1, 10 do e = select(2, db:execute_many("INSERT INTO t VALUES (?)", list)) end return {e:kind(), e:details().index}`)
}

// 46.6: what scripts must not do is refused, wherever it stands.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	for _, file := range []string{dir + "/refused.db", sqlite.Memory} {
		s := open(t, file, nil, understudy.Options{})
		for text, what := range map[string]string{
			"ATTACH '" + dir + "/other.db' AS o": "ATTACH",
			"DETACH o":                           "DETACH",
			"VACUUM INTO '" + dir + "/copy.db'":  "ATTACH",
			"CREATE TEMP TABLE x(a)":             "TEMP",
			"CREATE TEMP VIEW x AS SELECT 1":     "TEMP",
			"PRAGMA query_only = 1":              "PRAGMA query_only",
			"PRAGMA journal_mode = DELETE":       "PRAGMA journal_mode",
			"PRAGMA writable_schema = 1":         "PRAGMA writable_schema",
			"PRAGMA foreign_keys = 0":            "PRAGMA foreign_keys",
			"SELECT load_extension('x')":         "load_extension",
			"SELECT * FROM pragma_database_list": "PRAGMA database_list",
		} {
			s.fails(hostapi.PermissionDenied, "not allowed: "+what, with+`return db:execute([[`+text+`]])`)
			if strings.HasPrefix(text, "VACUUM") {
				continue // within a transaction it cannot work anyway
			}
			s.fails(hostapi.PermissionDenied, "not allowed: "+what, with+`return db:script([[`+text+`]])`)
			s.fails(hostapi.PermissionDenied, "not allowed: "+what, with+`local tx = assert(db:begin()) return tx:execute([[`+text+`]])`)
		}
		s.gives(`"ok"`, with+`assert(db:script("CREATE TABLE t(a); PRAGMA user_version = 3")) assert(db:execute("VACUUM"))
			assert(db:query("PRAGMA user_version")[1].user_version == 3) assert(db:query("PRAGMA table_info(t)")[1].name == "a")
			assert(#db:query("SELECT * FROM pragma_table_info('t')") == 1)
			return "ok"`)
	}
	files, err := filepath.Glob(dir + "/*.db")
	if err != nil || len(files) != 1 {
		t.Errorf("files %v, %v", files, err)
	}
}

// 46.4: transactions, savepoints, what fails and what is over.
func TestTransactions(t *testing.T) {
	for _, file := range []string{t.TempDir() + "/tx.db", sqlite.Memory} {
		s := open(t, file, nil, understudy.Options{})
		s.gives(`true`, with+`return assert(db:script("CREATE TABLE t(a INTEGER PRIMARY KEY)"))`)
		count := with + `return assert(db:query("SELECT count(*) AS n FROM t"))[1].n`
		s.gives(`true`, with+`local tx = assert(db:begin()) assert(tx:execute("INSERT INTO t VALUES (1)")) return assert(tx:commit())`)
		s.gives(`1`, count)
		s.gives(`true`, with+`local tx = assert(db:begin()) assert(tx:execute("INSERT INTO t VALUES (2)")) return assert(tx:rollback())`)
		s.gives(`1`, count)
		s.gives(`nil`, with+`local tx = assert(db:begin()) assert(tx:execute("INSERT INTO t VALUES (3)"))`) // ends open
		s.gives(`1`, count)
		s.gives(`true`, with+`local tx = assert(db:begin()) assert(tx:execute("INSERT INTO t VALUES (4)")) assert(tx:savepoint("a"))
			assert(tx:execute("INSERT INTO t VALUES (5)")) local _, e = tx:execute("INSERT INTO t VALUES (4)") assert(e:kind() == errors.ALREADY_EXISTS)
			_, e = tx:query("SELECT 1") assert(e:kind() == errors.CONFLICT and tostring(e) == "transaction has failed")
			_, e = tx:commit() assert(e:kind() == errors.CONFLICT)
			assert(tx:rollback_to("a")) assert(tx:execute("INSERT INTO t VALUES (6)")) assert(tx:release("a")) return assert(tx:commit())`)
		s.gives(`[{a: 1}, {a: 4}, {a: 6}]`, with+`return assert(db:query("SELECT a FROM t ORDER BY a"))`)
		for _, call := range []string{`query("SELECT 1")`, `commit()`, `rollback()`, `savepoint("a")`, `rows("SELECT 1")`, `execute("DELETE FROM t")`} {
			s.fails(hostapi.Invalid, "transaction is closed", with+`local tx = assert(db:begin()) tx:commit() return tx:`+call)
		}
		s.fails(hostapi.PermissionDenied, "read only", with+`local tx = assert(db:begin{read_only = true}) return tx:execute("DELETE FROM t")`)
		s.fails(hostapi.Invalid, "the statement writes: use execute", with+`local tx = assert(db:begin{read_only = true}) return tx:query("DELETE FROM t")`)
		s.gives(`3`, with+`local tx = assert(db:begin{read_only = true, isolation = sql.isolation.SERIALIZABLE}) local n = #assert(tx:query("SELECT a FROM t")) assert(tx:commit()) return n`)
		s.fails(hostapi.Invalid, "isolation must be one of default, read_uncommitted, read_committed, repeatable_read, serializable", with+`return db:begin{isolation = "all"}`)
		s.fails(hostapi.Invalid, `invalid name "a\"b"`, with+`local tx = assert(db:begin()) return tx:savepoint('a"b')`)
	}
}

// 46.4: a transaction that lasts too long is rolled back, also while nobody uses it.
func TestTransactionTimesOut(t *testing.T) {
	for seed := range uint64(20) {
		s := open(t, sqlite.Memory, core.NewSimulation(seed), understudy.Options{})
		s.gives(`[0, "transaction is closed"]`, with+`assert(db:script("CREATE TABLE t(a)"))
			local tx = assert(db:begin{timeout = "2s"}) assert(tx:execute("INSERT INTO t VALUES (1)"))
			local r = assert(db:query("SELECT count(*) AS n FROM t")) -- waits for the place until then
			local _, e = tx:commit()
			return {r[1].n, tostring(e)}`)
	}
}

// 46.5: readers see what was committed before they began, and do not wait for who writes.
func TestReadersBesideAWriter(t *testing.T) {
	s := open(t, t.TempDir()+"/readers.db", nil, understudy.Options{})
	s.gives(`[0, 1, 1, 2]`, with+`assert(db:script("CREATE TABLE t(a)"))
		local function n(of) return assert(of:query("SELECT count(*) AS n FROM t"))[1].n end
		local tx = assert(db:begin()) assert(tx:execute("INSERT INTO t VALUES (1)"))
		local before = n(db) assert(tx:commit())
		local reader = assert(db:begin{read_only = true}) local after = n(reader)
		assert(db:execute("INSERT INTO t VALUES (2)"))
		return {before, after, n(reader), n(db)}`)
}

// Cursors and prepared statements, also within a transaction that writes meanwhile.
func TestCursors(t *testing.T) {
	for _, file := range []string{t.TempDir() + "/cursors.db", sqlite.Memory} {
		s := open(t, file, nil, understudy.Options{})
		s.gives(`true`, with+`return assert(db:script("CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300) INSERT INTO t SELECT i FROM n"))`)
		sum := `local sum, n = 0, 0 for row in function() return c:next() end do sum, n = sum + row.a, n + 1 end `
		s.gives(`[45150, 300, true, true]`, with+`local c = assert(db:rows("SELECT a FROM t WHERE a > ?", {0})) `+sum+` return {sum, n, c:close(), c:close()}`)
		s.gives(`[6, 3]`, with+`local c = assert(db:rows("SELECT a FROM t WHERE a < 4")) `+sum+` return {sum, n}`)
		s.fails(hostapi.Invalid, "cursor is closed", with+`local c = assert(db:rows("SELECT a FROM t")) c:next() c:close() return c:next()`)
		s.gives(`[45150, 300, 300]`, with+`local tx = assert(db:begin()) local c = assert(tx:rows("SELECT a FROM t")) local done = 0
			local sum, n = 0, 0 for row in function() return c:next() end do sum, n = sum + row.a, n + 1
				done = done + assert(tx:execute("UPDATE t SET a = a WHERE a = ?", {row.a})).rows_affected end
			assert(tx:commit()) return {sum, n, done}`)
		s.fails(hostapi.Invalid, "transaction is closed", with+`local tx = assert(db:begin()) local c = assert(tx:rows("SELECT a FROM t")) tx:commit()
			while true do local row, e = c:next() if not row then return row, e end end`)
		s.gives(`[1, 2, "statement is closed"]`, with+`local st = assert(db:prepare("SELECT a FROM t WHERE a = ?"))
			local a, b = assert(st:query({1}))[1].a, assert(st:query({2}))[1].a st:close() local _, e = st:query({3}) return {a, b, tostring(e)}`)
		s.gives(`2`, with+`local st = assert(db:prepare("INSERT INTO t VALUES (?)")) st:execute({1000}) st:execute({1000}) return #db:query("SELECT a FROM t WHERE a = 1000")`)
		s.fails(hostapi.Invalid, "sql error: no such table: v", with+`return db:prepare("SELECT b FROM v")`)
		s.fails(hostapi.Invalid, "the statement writes: use execute", with+`local st = assert(db:prepare("DELETE FROM t")) return st:query()`)
		s.gives(`[{a: 1, b: 2}]`, with+`assert(db:script("CREATE TABLE w(a); INSERT INTO w VALUES (1)")) local st = assert(db:prepare("SELECT * FROM w")) st:query()
			assert(db:script("ALTER TABLE w ADD COLUMN b DEFAULT 2")) return assert(st:query())`)
	}
}

// 41.2: who is granted only to read.
func TestReadGrant(t *testing.T) {
	for _, file := range []string{t.TempDir() + "/grant.db", sqlite.Memory} {
		s := open(t, file, nil, understudy.Options{})
		s.gives(`true`, with+`return assert(db:script("CREATE TABLE t(a)"))`)
		for _, call := range []string{`execute("DELETE FROM t")`, `script("DELETE FROM t")`, `begin()`} {
			s.define("reader", with+`local _, e = db:`+call+` return tostring(e) .. e:kind()`, spec.Grant{ID: "test:db", ReadOnly: true})
			if v, err := s.run("reader"); err != nil || v.Str() != "read onlyPermissionDenied" {
				t.Errorf("%s: %s, %v", call, v, err)
			}
		}
		s.define("reader", with+`assert(assert(db:begin{read_only = true}):rollback()) local _, e = db:query("DELETE FROM t") return #assert(db:query("SELECT 1")) .. tostring(e)`, spec.Grant{ID: "test:db", ReadOnly: true})
		if v, err := s.run("reader"); err != nil || v.Str() != "1the statement writes: use execute" {
			t.Errorf("%s, %v", v, err)
		}
		s.define("reader", `local _, e = sql.get("test:db") return tostring(e) .. e:kind()`, spec.Grant{ID: "test:other"})
		if v, err := s.run("reader"); err != nil || v.Str() != "not granted: test:dbPermissionDenied" {
			t.Errorf("%s, %v", v, err)
		}
	}
}
