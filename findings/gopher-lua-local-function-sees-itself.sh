#!/usr/bin/env bash
# What:      "local f = function" is compiled like "local function f": the body sees the new variable
#            and not the outer one.
# Versions:  github.com/yuin/gopher-lua v1.1.2; the reference is PUC Lua 5.1 (lua5.1)
# Expected:  The manual of Lua 5.1, 2.4.7 and 2.6: the scope of a local variable begins after its
#            declaration, and it contrasts "local function f" with "local f = function" for exactly
#            this reason.
# Seen:      The function sees itself.
# Hurts:     The usual way to wrap a function, local next = function(t) ... next(t) ... end, calls
#            itself.
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
local price = 10
local price = function() return type(price) end
print(price())
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
known=function

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
