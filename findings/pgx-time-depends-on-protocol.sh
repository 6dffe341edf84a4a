#!/usr/bin/env bash
# What:      Which wall clock a time.Time becomes in a timestamp column, and which day in a date
#            column, depends on the query execution mode of the connection.
# Versions:  github.com/jackc/pgx/v5 v5.13.0, PostgreSQL of Debian
# Expected:  One program stores one value. For timestamp the rule of pgx is that the fields of the
#            time.Time are stored and its zone is ignored (jackc/pgx issue 2032); the modes are
#            described as ways to prepare, cache and get along with a pooler, and what the typeless
#            ones exec and simple_protocol cannot encode is rejected.
# Seen:      By default the clock of the location is kept and the zone dropped; in the modes exec and
#            simple_protocol the time is converted to UTC first. 23:30 of the first in New York is
#            stored as the first or as the second.
# Hurts:     Whoever puts a pooler between program and database and sets default_query_exec_mode for
#            it: old and new rows differ by hours.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1) || true
[ -n "$bin" ] || { echo "needs PostgreSQL (Debian: apt-get install postgresql)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/jackc/pgx/v5@v5.13.0
version=$(go list -m github.com/jackc/pgx/v5 | paste -sd ' ')

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
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

func main() {
	ctx := context.Background()
	evening := time.Date(2024, 3, 1, 23, 30, 0, 0, time.FixedZone("EST", -5*3600))
	for _, mode := range []string{"cache_statement", "exec", "simple_protocol"} {
		conn, err := pgx.Connect(ctx, "default_query_exec_mode="+mode)
		if err != nil {
			panic(err)
		}
		var stamp, day string
		err = conn.QueryRow(ctx, "select $1::timestamp::text, $2::date::text", evening, evening).Scan(&stamp, &day)
		fmt.Print(mode, ": ", stamp, ", ", day, "; ")
		if err != nil {
			panic(err)
		}
		conn.Close(ctx)
	}
}
GO

expected="cache_statement: 2024-03-01 23:30:00, 2024-03-01; exec: 2024-03-01 23:30:00, 2024-03-01; simple_protocol: 2024-03-01 23:30:00, 2024-03-01; "
seen=$(go run .)
known="cache_statement: 2024-03-01 23:30:00, 2024-03-01; exec: 2024-03-02 04:30:00, 2024-03-02; simple_protocol: 2024-03-02 04:30:00, 2024-03-02; "

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
