#!/usr/bin/env bash
# What:      A table constructor with exactly 50 (or 100, 150, ...) elements before a last call or
#            "..." loses all results of that last element.
# Versions:  github.com/yuin/gopher-lua v1.1.2; the reference is PUC Lua 5.1 (lua5.1)
# Expected:  The manual of Lua 5.1, 2.5.7: if the last field is a call or a vararg expression, all
#            its values enter the list. With 49 or 51 elements before it that is so.
# Seen:      With 50 elements before it the table ends at 50; nothing is raised.
# Hurts:     Generated tables and wrappers that append "..." to a fixed head: right in every test but
#            the one with the unlucky length.
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
local function three() return "x", "y", "z" end
local function length(n)
    local parts = {}
    for i = 1, n do parts[i] = tostring(i) end
    return #assert(loadstring("return {" .. table.concat(parts, ", ") .. ", ...}"))(three())
end
print(length(49), length(50), length(51), length(100))
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
known=$'52\t50\t54\t100'

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
