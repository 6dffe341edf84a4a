#!/usr/bin/env bash
# What:      A decimal literal beyond the largest double does not compile.
# Versions:  github.com/Shopify/go-lua v0.0.0-20250718183320-1e37f32ad7d0; the reference is PUC Lua
#            5.2 (lua5.2)
# Expected:  The reference reads it as infinity (strtod); 1e400 is the usual way to write infinity
#            into data, since Lua has no literal for it.
# Seen:      A syntax error that names no number of the source: malformed number near 0.000000.
# Hurts:     Whoever loads data that another Lua has written with a sentinel such as 1e999.
set -euo pipefail

command -v lua5.2 >/dev/null || { echo "needs lua5.2 (Debian: apt-get install lua5.2)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/Shopify/go-lua@v0.0.0-20250718183320-1e37f32ad7d0
version=$(go list -m github.com/Shopify/go-lua)

cat > case.lua <<'LUA'
local f, message = load("return {first = 1, last = 1e999}", "=data")
print(f and f().last or message)
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

expected=$(lua5.2 case.lua)
seen=$(go run . case.lua)
known="data:1: malformed number near 0.000000"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
