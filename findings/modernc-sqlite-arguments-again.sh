#!/usr/bin/env bash
# What:      If one call holds two statements, the second gets the first arguments again.
# Versions:  modernc.org/sqlite v1.62.0
# Expected:  database/sql: the args are for the placeholders of the query, of which there are two;
#            the widely used cgo driver hands each statement its share. Where a driver cannot do
#            that, an error.
# Seen:      Both rows have the first value; the second argument is not used, and no error says so.
#            Surplus arguments of a single statement are not noticed either.
# Hurts:     Whoever moves a balance in one Exec of two updates: both touch the same account.
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

	_ "modernc.org/sqlite"
)

func main() {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(1)
	db.Exec("create table log (word text)")
	_, err = db.Exec("insert into log values (?); insert into log values (?)", "first", "second")
	var words string
	db.QueryRow("select group_concat(word, ' ') from log").Scan(&words)
	fmt.Println(words, err)
}
GO

expected="first second <nil>"
seen=$(go run .)
known="first first <nil>"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
