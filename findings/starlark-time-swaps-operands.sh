#!/usr/bin/env bash
# What:      In the module time, duration - time and float / duration give what time - duration and
#            duration / float give.
# Versions:  go.starlark.net v0.0.0-20260908191801-89a6a09411d5
# Expected:  The comment of Duration.Binary lists the operators: neither of the two is among them, so
#            both should be errors, as int / duration is; 2.0 / hour has the dimension of a rate. And
#            // is floored division everywhere else in the language (doc/spec.md), so -90m // 1h
#            should be -2.
# Seen:      The operands are exchanged without a word, and // of durations cuts towards zero.
# Hurts:     Whoever mixes up the order once: a deadline lies in the past, a rate is a duration.
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
		`time.hour - time.time(year=2024, month=1, day=1)`,
		`2.0 / time.hour`,
		`2 / time.hour`,
		`time.parse_duration("-90m") // time.hour`,
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

expected="error; error; error; -2; "
seen=$(go run .)
known="2023-12-31 23:00:00 +0000 UTC; 30m0s; error; -1; "

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
