#!/usr/bin/env bash
# What:      A generic for whose list is a function and one more expression starts from whatever the
#            register of the third value happens to hold.
# Versions:  github.com/yuin/gopher-lua v1.1.2; the reference is PUC Lua 5.1 (lua5.1)
# Expected:  The manual of Lua 5.1, 2.4.5: the list is adjusted to three values, so the control
#            variable starts as nil; "for k, v in next, t do" is how the manual itself explains
#            pairs. The reference visits all three.
# Seen:      The slot holds what the evaluation of the second expression or earlier code left there:
#            an element of a constructor, the 2 of base * 2. So the loop visits nothing, or begins in
#            the middle, or raises an error about a value that no line put there; behind other code
#            the same loop works. A case is reported upstream (yuin/gopher-lua issue 514).
# Hurts:     Everybody who iterates with next, or with an iterator and its state: rows are passed
#            over in silence.
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
local text = "some" .. " text"     -- leaves values in the registers behind the locals
local seen = {}
for _, name in next, {"ann", "bob", "eve"} do seen[#seen + 1] = name end

local function count(last, i) i = (i or 0) + 1 if i <= last then return i end end
local base, sum = 1, 0
for i in count, base + base * 2 do sum = sum + i end

print(#seen .. " names, sum " .. sum)
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
known="0 names, sum 3"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
