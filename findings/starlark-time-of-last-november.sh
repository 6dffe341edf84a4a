#!/usr/bin/env bash
# What:      time.time(year = 2024) is the 30th of November 2023.
# Versions:  go.starlark.net v0.0.0-20260908191801-89a6a09411d5
# Expected:  The documentation of the module: "All the parameters are optional." What is left out
#            would be taken for the first month and the first day, as in time.parse_time with the
#            format "2006", or be an error.
# Seen:      What is left out is month 0 and day 0, which carry over into the year before.
# Hurts:     Whoever asks for the beginning of a year or a month: ranges begin a month and a day, or
#            a day, too early.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get go.starlark.net@v0.0.0-20260908191801-89a6a09411d5
version=$(go list -m go.starlark.net | paste -sd ' ')

cat > main.go <<'GO'
package main

import (
	"fmt"

	"go.starlark.net/lib/time"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func main() {
	names := starlark.StringDict{"time": time.Module}
	for _, src := range []string{
		`time.time(year=2024)`,
		`time.time(year=2024, month=3)`,
		`time.parse_time("2024", format="2006")`,
	} {
		v, err := starlark.EvalOptions(&syntax.FileOptions{}, new(starlark.Thread), "case", src, names)
		if err != nil {
			fmt.Print("error; ")
			continue
		}
		fmt.Print(v, "; ")
	}
}
GO

expected="2024-01-01 00:00:00 +0000 UTC; 2024-03-01 00:00:00 +0000 UTC; 2024-01-01 00:00:00 +0000 UTC; "
seen=$(go run .)
known="2023-11-30 00:00:00 +0000 UTC; 2024-02-29 00:00:00 +0000 UTC; 2024-01-01 00:00:00 +0000 UTC; "

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
