#!/usr/bin/env bash
# What:      A time.Duration for an interval parameter is stored as that many seconds as it has
#            nanoseconds.
# Versions:  github.com/lib/pq v1.12.3, github.com/jackc/pgx/v5 v5.13.0, PostgreSQL of Debian
# Expected:  An hour and a half, or an error; pgx stores 01:30:00. The documentation of pq does not
#            name time.Duration.
# Seen:      The number 5400000000000 goes to the server, which takes a bare number for seconds:
#            1500000000 hours.
# Hurts:     Whoever writes now() + $1 with a time.Duration: nothing expires any more.
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
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"
)

func main() {
	for _, driver := range []string{"pgx", "postgres"} {
		db, err := sql.Open(driver, "")
		if err != nil {
			panic(err)
		}
		var text string
		err = db.QueryRow("select $1::interval::text", 90*time.Minute).Scan(&text)
		fmt.Print(driver, ": ", text, ", ", err, "; ")
	}
}
GO

expected="pgx: 01:30:00, <nil>; postgres: 01:30:00, <nil>; "
seen=$(go run .)
known="pgx: 01:30:00, <nil>; postgres: 1500000000:00:00, <nil>; "

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
