#!/usr/bin/env bash
# What:      An empty blob that is not NULL comes back as a nil slice, like NULL.
# Versions:  modernc.org/sqlite v1.62.0, github.com/ncruces/go-sqlite3 v0.37.0
# Expected:  database/sql tells NULL from an empty value by a nil []byte; the other driver, lib/pq
#            and pgx give an empty slice that is not nil. SQLite itself says "blob", not "null".
# Seen:      typeof says blob, the slice is nil.
# Hurts:     Whoever keeps absence and emptiness apart: a row that was stored as empty is read as
#            missing, stored again as NULL, and refused by NOT NULL.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get modernc.org/sqlite@v1.62.0 github.com/ncruces/go-sqlite3@v0.37.0
version=$(go list -m modernc.org/sqlite github.com/ncruces/go-sqlite3 | paste -sd ' ')

cat > main.go <<'GO'
package main

import (
	"database/sql"
	"fmt"

	_ "github.com/ncruces/go-sqlite3/driver"
	_ "modernc.org/sqlite"
)

func main() {
	for _, driver := range []string{"sqlite3", "sqlite"} {
		db, err := sql.Open(driver, ":memory:")
		if err != nil {
			panic(err)
		}
		var kind string
		var blob []byte
		err = db.QueryRow("select typeof(?1), ?1", []byte{}).Scan(&kind, &blob)
		fmt.Print(driver, ": ", kind, ", nil: ", blob == nil, ", ", err, "; ")
	}
}
GO

expected="sqlite3: blob, nil: false, <nil>; sqlite: blob, nil: false, <nil>; "
seen=$(go run .)
known="sqlite3: blob, nil: false, <nil>; sqlite: blob, nil: true, <nil>; "

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
