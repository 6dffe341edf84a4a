#!/usr/bin/env bash
# What:      os.date("%x") gives the time of day with slashes, %a gives "mon" on every day, and *t
#            numbers each day of the year 0.
# Versions:  github.com/yuin/gopher-lua v1.1.2; the reference is PUC Lua 5.1 (lua5.1)
# Expected:  The manual of Lua 5.1, 5.8: os.date follows the rules of strftime, where %x is the date
#            and %a the abbreviated name of the weekday; yday is the day of the year, from 1.
# Seen:      12/34/56 for noon on the first of March, "mon" on a Friday, yday 0.
# Hurts:     File names and reports made from %x and %a, and whoever compares days by yday.
set -euo pipefail

command -v lua5.1 >/dev/null || { echo "needs lua5.1 (Debian: apt-get install lua5.1)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/yuin/gopher-lua@v1.1.2
version=$(go list -m github.com/yuin/gopher-lua)

cat > case.lua <<'LUA'
local friday = 1709296496 -- 2024-03-01 12:34:56 UTC
print(os.date("!%x", friday) .. ", " .. os.date("!%a", friday) .. ", day " .. os.date("!*t", friday).yday)
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
known="12/34/56, mon, day 0"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
