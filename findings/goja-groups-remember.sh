#!/usr/bin/env bash
# What:      A group inside a repetition keeps what it matched in an earlier round, though the last
#            round did not use it.
# Versions:  github.com/dop251/goja v0.0.0-20260917113740-793a2a65c13b
# Expected:  ECMA-262, 22.2.2.5.1 RepeatMatcher: each round begins with the groups inside undefined;
#            so /(?:(a)|(b))*/ on "ab" has no first group. Node gives that. The README says only that
#            the regexp library of Go is used where possible.
# Seen:      Both groups are set, by the library of Go as by its fall-back (the second pattern has a
#            lookahead).
# Hurts:     Tokenisers and parsers that look which group is set to see which alternative came last.
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
		String(/^(?:(a)|(b))*$/.exec("ab").slice(1)) + " " + String(/^(?:(a)|(b)(?=$))*$/.exec("ab").slice(1))
	`)
	fmt.Println(v, err)
}
GO

expected=",b ,b <nil>"
seen=$(go run .)
known="a,b a,b <nil>"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
