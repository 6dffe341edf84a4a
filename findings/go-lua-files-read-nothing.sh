#!/usr/bin/env bash
# What:      Files can be opened and written, but file:read gives nil, and io.lines ends before the
#            first line, without an error.
# Versions:  github.com/Shopify/go-lua v0.0.0-20250718183320-1e37f32ad7d0; the reference is PUC Lua
#            5.2 (lua5.2)
# Expected:  The README: most core Lua libraries are at least partially implemented, the prominent
#            exceptions being patterns, coroutines and string.dump. The reference gives the text.
# Seen:      read gives no value at all (or, as the last argument of a call, the file), a loop over
#            io.lines has no pass. What is not implemented looks like an empty file.
# Hurts:     Whoever reads a configuration: it is taken for empty, and the defaults are used.
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
local path = os.tmpname()
local f = io.open(path, "w") f:write("level=1\nname=x\n") f:close()

f = io.open(path) local all = f:read("*a") f:close()
f = io.open(path) local line = f:read("*l") f:close()
local lines = 0
for _ in io.lines(path) do lines = lines + 1 end
os.remove(path)
print(type(all), type(line), lines .. " lines")
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
known=$'nil\tnil\t0 lines'

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
