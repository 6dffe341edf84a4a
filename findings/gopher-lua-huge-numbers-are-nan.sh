#!/usr/bin/env bash
# What:      A number that is too large for its kind is NaN in a source, and math.huge is not
#            infinite.
# Versions:  github.com/yuin/gopher-lua v1.1.2; the reference is PUC Lua 5.1 (lua5.1)
# Expected:  The reference makes infinity of 1e400, 2^63 of 0x8000000000000000, and math.huge is "the
#            value HUGE_VAL, a value larger than or equal to any other numerical value" (manual of
#            Lua 5.1, 5.6).
# Seen:      Both literals are NaN without a word, and 1/0 is larger than math.huge.
# Hurts:     Masks of 64 bits and sentinels: a NaN is unequal to itself and loses every comparison,
#            and a search for a minimum that starts with math.huge misses infinite values.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

command -v lua5.1 >/dev/null || { echo "needs lua5.1 (Debian: apt-get install lua5.1)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/yuin/gopher-lua@v1.1.2
version=$(go list -m github.com/yuin/gopher-lua)
reference=$(lua5.1 -v 2>&1)
reference=${reference%%  *}
[[ $reference == "Lua 5.1."* ]] || { echo "lua5.1 is not Lua 5.1: $reference" >&2; exit 2; }
version+=", $reference"

cat > case.lua <<'LUA'
print(0x8000000000000000 == 2^63, 1e400 == 1/0, math.huge >= 1/0)
LUA

cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"
)

func main() {
	l := lua.NewState()
	defer l.Close()
	if err := l.DoFile(os.Args[1]); err != nil {
		fmt.Println("error:", err)
	}
}
GO

expected=$(lua5.1 case.lua)
seen=$(go run . case.lua)
known=$'false\tfalse\tfalse'

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
