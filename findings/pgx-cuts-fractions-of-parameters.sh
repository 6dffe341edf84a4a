#!/usr/bin/env bash
# What:      A float64 for an integer parameter loses its fraction without an error, so comparisons
#            answer another question.
# Versions:  github.com/jackc/pgx/v5 v5.13.0, github.com/lib/pq v1.12.3, PostgreSQL of Debian
# Expected:  The server refuses 2.5 for an integer, and lib/pq passes that error on. pgx itself
#            refuses the other direction: "cannot losslessly convert 1.5 to int64" when 1.5 is
#            scanned into an int.
# Seen:      Of the numbers 1 to 10 one is said to be below 2.5, and 7 / $1 with 2.5 is 3. With the
#            simple protocol pgx gives the error of the server.
# Hurts:     Whoever compares an integer column with a computed bound, or pages with a computed
#            limit.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1) || true
[ -n "$bin" ] || { echo "needs PostgreSQL (Debian: apt-get install postgresql)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/jackc/pgx/v5@v5.13.0 github.com/lib/pq@v1.12.3
version=$(go list -m github.com/jackc/pgx/v5 github.com/lib/pq | paste -sd ' ')

# A server of its own on a socket in $work, as another user where this one is root.
as=()
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=nobody --regid=nogroup --clear-groups); chown nobody:nogroup "$work"; }
"${as[@]}" "$bin/initdb" -D "$work/data" -A trust -U finding >/dev/null
trap '"${as[@]}" "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null; rm -rf "$work"' EXIT
"${as[@]}" "$bin/pg_ctl" -D "$work/data" -o "-k $work -h ''" -w -l "$work/log" start >/dev/null
export PGHOST=$work PGUSER=finding PGDATABASE=postgres PGSSLMODE=disable
version+=", $("${as[@]}" "$bin/postgres" --version)"

cat > main.go <<'GO'
package main

import (
	"database/sql"
	"fmt"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"
)

func main() {
	for _, driver := range []string{"postgres", "pgx"} {
		db, err := sql.Open(driver, "")
		if err != nil {
			panic(err)
		}
		for _, query := range []string{
			"select count(*) from generate_series(1, 10) n where n < $1",
			"select 7 / $1",
		} {
			var n int
			if err := db.QueryRow(query, 2.5).Scan(&n); err != nil {
				fmt.Print(driver, ": error; ")
			} else {
				fmt.Print(driver, ": ", n, "; ")
			}
		}
	}
}
GO

expected="postgres: error; postgres: error; pgx: error; pgx: error; "
seen=$(go run .)
known="postgres: error; postgres: error; pgx: 1; pgx: 3; "

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
