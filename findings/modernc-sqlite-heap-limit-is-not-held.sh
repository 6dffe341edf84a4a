#!/usr/bin/env bash
# What:      PRAGMA hard_heap_limit is accepted and read back, and has no effect.
# Versions:  modernc.org/sqlite v1.62.0
# Expected:  sqlite.org, PRAGMA hard_heap_limit: it sets a limit on the memory that SQLite will
#            allocate; a statement that would need more fails. The command line shell of Debian
#            does so.
# Seen:      The library is compiled with DEFAULT_MEMSTATUS=0, so it does not count what it takes,
#            and cannot hold a limit. It says the limit is set all the same. After
#            sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 1), called through modernc.org/sqlite/lib
#            before the first database is opened, it is held.
# Hurts:     Whoever bounds the memory of a database that way, and reads the value back to be sure.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get modernc.org/sqlite@v1.62.0
version=$(go list -m modernc.org/sqlite | paste -sd ' ')

cat > main.go <<'GO'
package main

import (
	"database/sql"
	"fmt"
	"os"

	"modernc.org/libc"
	_ "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

func main() {
	if len(os.Args) > 1 {
		lib.Xsqlite3_config(libc.NewTLS(), lib.SQLITE_CONFIG_MEMSTATUS, libc.NewVaList(int32(1)))
	}
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(1)
	db.Exec("pragma hard_heap_limit = 4000000")
	var limit int
	db.QueryRow("pragma hard_heap_limit").Scan(&limit)
	db.Exec("create table t (a)")
	rows := 0
	for range 8 {
		if _, err = db.Exec("insert into t values (zeroblob(1000000))"); err != nil {
			break
		}
		rows++
	}
	fmt.Printf("limit %d, %d MB inserted, %v\n", limit, rows, err)
}
GO

expected="limit 4000000, fewer than 4 MB inserted, out of memory"
seen=$(go run .)
counted=$(go run . counted)
known="limit 4000000, 8 MB inserted, <nil>"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
echo "counted:  $counted"
[[ $seen == "$known" && $counted == *"out of memory"* ]] || { echo "changed: known was: $known" >&2; exit 1; }
