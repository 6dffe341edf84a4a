#!/usr/bin/env bash
# What:      A table that can be called is no metamethod: operators raise, == passes over it.
# Versions:  github.com/yuin/gopher-lua v1.1.2; the reference is PUC Lua 5.1 (lua5.1)
# Expected:  The handler of an operator is called like any value (section 2.8 of the manual calls it
#            as h(op1, op2)), so a table with __call will do, as the reference has it.
# Seen:      + and unary minus raise an error about arithmetic on a table, == compares identities as
#            if there were no handler.
# Hurts:     Class libraries whose methods are objects with __call, memoized or traced ones for
#            instance: they work in every other place of the language.
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
local function callable(result)
    return setmetatable({}, { __call = function() return result end })
end
local class = { __add = callable(42), __unm = callable(43), __eq = callable(true) }
local a, b = setmetatable({}, class), setmetatable({}, class)
print((select(2, pcall(function() return a + 1 end))) == 42)
print((select(2, pcall(function() return -a end))) == 43)
print(a == b)
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

expected=$(lua5.1 case.lua | paste -sd' ')
seen=$(go run . case.lua | paste -sd' ')
known="false false false"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
