#!/usr/bin/env bash
# What:      After a goto has been taken, closures of the function no longer share their variables
#            with it.
# Versions:  github.com/yuin/gopher-lua v1.1.2; the reference is PUC Lua 5.2 (lua5.2)
# Expected:  goto is an extension that the README of gopher-lua offers; in Lua 5.2, which it comes
#            from, a captured variable stays one variable for the function and its closures.
# Seen:      inc counts for itself from the first goto on: the function goes on seeing 1, though inc
#            says 4.
# Hurts:     Whoever writes "goto continue" into a loop of a function that has a counter, a cache or
#            an accumulator captured by a helper.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

command -v lua5.2 >/dev/null || { echo "needs lua5.2 (Debian: apt-get install lua5.2)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/yuin/gopher-lua@v1.1.2
version=$(go list -m github.com/yuin/gopher-lua)
reference=$(lua5.2 -v 2>&1)
reference=${reference%%  *}
[[ $reference == "Lua 5.2."* ]] || { echo "lua5.2 is not Lua 5.2: $reference" >&2; exit 2; }
version+=", $reference"

cat > case.lua <<'LUA'
local n = 0
local function inc() n = n + 1 return n end
local last
for i = 1, 5 do
    if i == 2 then goto continue end
    last = inc()
    ::continue::
end
print(n, last)
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

expected=$(lua5.2 case.lua)
seen=$(go run . case.lua)
known=$'1\t4'

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
