#!/usr/bin/env bash
# What:      An INSERT that is run by Query is not executed until Next is called; if the rows are
#            closed before that, nothing was inserted.
# Versions:  github.com/ncruces/go-sqlite3 v0.37.0, modernc.org/sqlite v1.62.0
# Expected:  database/sql: Query executes a query that returns rows. The other driver, lib/pq and pgx
#            have inserted the row when Query returns.
# Seen:      No row, and no error from Query or Close.
# Hurts:     Whoever writes INSERT ... RETURNING and does not need the rows in one branch, and
#            whoever changes the driver.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/ncruces/go-sqlite3@v0.37.0 modernc.org/sqlite@v1.62.0
version=$(go list -m github.com/ncruces/go-sqlite3 modernc.org/sqlite | paste -sd ' ')

cat > main.go <<'GO'
package main

import (
	"database/sql"
	"fmt"

	_ "github.com/ncruces/go-sqlite3/driver"
	_ "modernc.org/sqlite"
)

func main() {
	for _, driver := range []string{"sqlite", "sqlite3"} {
		db, err := sql.Open(driver, ":memory:")
		if err != nil {
			panic(err)
		}
		db.SetMaxOpenConns(1)
		db.Exec("create table item (id integer primary key, name text)")
		rows, err := db.Query("insert into item (name) values ('nail') returning id")
		if err != nil {
			panic(err)
		}
		err = rows.Close()
		var n int
		db.QueryRow("select count(*) from item").Scan(&n)
		fmt.Print(driver, ": ", n, " ", err, "; ")
	}
}
GO

expected="sqlite: 1 <nil>; sqlite3: 1 <nil>; "
seen=$(go run .)
known="sqlite: 1 <nil>; sqlite3: 0 <nil>; "

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
