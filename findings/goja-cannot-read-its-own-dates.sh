#!/usr/bin/env bash
# What:      A date after the year 9999 or before the year 0 is written in a form that goja itself
#            cannot read.
# Versions:  github.com/dop251/goja v0.0.0-20260917113740-793a2a65c13b
# Expected:  ECMA-262, 21.4.1.32: years beyond four digits are written with a sign and six digits,
#            and Date.parse reads what toISOString writes. The caveats of the README name another
#            difference of Date only.
# Seen:      +10000-01-01T00:00:00.000Z, with five digits; Date.parse gives NaN, and so does a copy
#            through JSON.
# Hurts:     Whoever keeps "never" as a date far away, or copies objects by
#            JSON.parse(JSON.stringify(x)): the date is gone.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/dop251/goja@v0.0.0-20260917113740-793a2a65c13b
version=$(go list -m github.com/dop251/goja | paste -sd ' ')

cat > main.go <<'GO'
package main

import (
	"fmt"

	"github.com/dop251/goja"
)

func main() {
	v, err := goja.New().RunString(`
		var never = new Date(Date.UTC(10000, 0, 1));
		[JSON.stringify(never), new Date(JSON.parse(JSON.stringify(never))).getTime(), Date.parse("+010000-01-01T00:00:00.000Z")].join(" ")
	`)
	fmt.Println(v, err)
}
GO

expected='"+010000-01-01T00:00:00.000Z" 253402300800000 253402300800000 <nil>'
seen=$(go run .)
known='"+10000-01-01T00:00:00.000Z" NaN 253402300800000 <nil>'

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
