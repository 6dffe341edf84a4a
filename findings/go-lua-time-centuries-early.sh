#!/usr/bin/env bash
# What:      os.time with a table is 1900 years and one month early.
# Versions:  github.com/Shopify/go-lua v0.0.0-20250718183320-1e37f32ad7d0; the reference is PUC Lua
#            5.2 (lua5.2)
# Expected:  The manual of Lua 5.2, 6.9: os.time returns the time of the local date and time that the
#            fields give. With TZ=UTC noon of 2 January 1970 is 129600.
# Seen:      The corrections that struct tm of C needs, year minus 1900 and month minus 1, are made,
#            and the results are given to time.Date of Go, which needs none. os.time() without a
#            table is right, so the two cannot be compared.
# Hurts:     Whoever asks how long something is ago, or whether a date has passed: every date has.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

command -v lua5.2 >/dev/null || { echo "needs lua5.2 (Debian: apt-get install lua5.2)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/Shopify/go-lua@v0.0.0-20250718183320-1e37f32ad7d0
version=$(go list -m github.com/Shopify/go-lua)
reference=$(lua5.2 -v 2>&1)
reference=${reference%%  *}
[[ $reference == "Lua 5.2."* ]] || { echo "lua5.2 is not Lua 5.2: $reference" >&2; exit 2; }
version+=", $reference"

cat > case.lua <<'LUA'
print(os.time({year = 1970, month = 1, day = 2, hour = 12}), os.time({year = 2038, month = 1, day = 1, hour = 0}) > os.time())
LUA

cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/Shopify/go-lua"
)

func main() {
	l := lua.NewState()
	lua.OpenLibraries(l)
	if err := lua.DoFile(l, os.Args[1]); err != nil {
		fmt.Println("error:", err)
	}
}
GO

expected=$(TZ=UTC lua5.2 case.lua)
seen=$(TZ=UTC go run . case.lua)
known=$'-59960692800\tfalse'

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
