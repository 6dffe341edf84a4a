package sqlite_test

import (
	"context"
	stdsql "database/sql"
	"testing"
	"testing/fstest"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/sql"
	"github.com/understudy-run/understudy/world/sql/sqlite"
)

// benchmark has a Lua script do something b.N times.
func benchmark(b *testing.B, file, body string) {
	db, err := sqlite.Open(b.Context(), sqlite.Config{File: file})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{gopherlua.New()}, Modules: []*hostapi.Module{sql.Module}})
	if err != nil {
		b.Fatal(err)
	}
	defer rt.Shutdown(context.Background(), 0)
	rt.DefineResource("test:db", sql.KindSQLite, db)
	text := `local sql = require("sql") return { main = function(n) local db = assert(sql.get("test:db")) ` + body + ` end }`
	e := core.Entry{ID: "test:main", Resources: []spec.Grant{{ID: "test:db"}}}
	if err := rt.LoadEntry(e, fstest.MapFS{"main.lua": {Data: []byte(text)}}, "main.lua"); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	p, err := rt.Start(b.Context(), "test:main", b.N)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := p.Wait(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
}

// reference opens the same file with database/sql, as programs in Go do.
func reference(b *testing.B, file string) *stdsql.DB {
	if err := sqlite.Prepare(); err != nil {
		b.Fatal(err)
	}
	db, err := stdsql.Open("sqlite", "file:"+file+"?_journal_mode=WAL&_synchronous=FULL&_foreign_keys=1&_busy_timeout=5000&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, name TEXT, n INTEGER)"); err != nil {
		b.Fatal(err)
	}
	if _, err := db.Exec("WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i LIMIT 1000) INSERT INTO t SELECT n, 'name ' || n, n FROM i"); err != nil {
		b.Fatal(err)
	}
	return db
}

// Single rows by their key, side by side.
func BenchmarkRead(b *testing.B) {
	file := b.TempDir() + "/read.db"
	db := reference(b, file)
	read := func(b *testing.B, row func(id int) *stdsql.Row) {
		for i := range b.N {
			var id, n int64
			var name string
			if err := row(i%1000+1).Scan(&id, &name, &n); err != nil {
				b.Fatal(err)
			}
		}
	}
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	const text = "SELECT id, name, n FROM t WHERE id = ?"
	b.Run("go", func(b *testing.B) { read(b, func(id int) *stdsql.Row { return db.QueryRowContext(ctx, text, id) }) })
	b.Run("go prepared", func(b *testing.B) {
		st, err := db.Prepare(text)
		if err != nil {
			b.Fatal(err)
		}
		defer st.Close()
		read(b, func(id int) *stdsql.Row { return st.QueryRowContext(ctx, id) })
	})
	b.Run("lua", func(b *testing.B) {
		benchmark(b, file, `for i = 1, n do
			local rows = assert(db:query("SELECT id, name, n FROM t WHERE id = ?", {i % 1000 + 1}))
			assert(rows[1].id == i % 1000 + 1)
		end`)
	})
}

// Inserts in transactions of 100, side by side; an operation is one row.
func BenchmarkInsert(b *testing.B) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	const text = "INSERT INTO t(name, n) VALUES (?, ?)"
	inGo := func(prepared bool) func(b *testing.B) {
		return func(b *testing.B) {
			db := reference(b, b.TempDir()+"/insert.db")
			b.ResetTimer()
			for i := 0; i < b.N; {
				tx, err := db.BeginTx(ctx, nil)
				if err != nil {
					b.Fatal(err)
				}
				exec := func(args ...any) (stdsql.Result, error) { return tx.ExecContext(ctx, text, args...) }
				if prepared {
					st, err := tx.PrepareContext(ctx, text)
					if err != nil {
						b.Fatal(err)
					}
					exec = func(args ...any) (stdsql.Result, error) { return st.ExecContext(ctx, args...) }
				}
				for j := 0; j < 100 && i < b.N; j++ {
					if _, err := exec("name", i); err != nil {
						b.Fatal(err)
					}
					i++
				}
				if err := tx.Commit(); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.Run("go", inGo(false))
	b.Run("go prepared", inGo(true))
	b.Run("lua many", func(b *testing.B) {
		file := b.TempDir() + "/insert.db"
		reference(b, file)
		benchmark(b, file, `local i = 0 while i < n do
			local list = {}
			for j = 1, 100 do
				if i == n then break end
				list[j] = {"name", i}
				i = i + 1
			end
			assert(db:execute_many("INSERT INTO t(name, n) VALUES (?, ?)", list))
		end`)
	})
	b.Run("lua", func(b *testing.B) {
		file := b.TempDir() + "/insert.db"
		reference(b, file)
		benchmark(b, file, `local i = 0 while i < n do
			local tx = assert(db:begin())
			for j = 1, 100 do
				if i == n then break end
				assert(tx:execute("INSERT INTO t(name, n) VALUES (?, ?)", {"name", i}))
				i = i + 1
			end
			assert(tx:commit())
		end`)
	})
}
