#!/usr/bin/env bash
# What:      In the body of a loop, a condition that the compiler can decide breaks the jump of the
#            loop.
# Versions:  github.com/yuin/gopher-lua v1.1.2; the reference is PUC Lua 5.1 (lua5.1)
# Expected:  Lua has no other meaning for "false and x or y" than y. The reference adds 5 three
#            times.
# Seen:      The loop ends after a part of its first pass: the jump back is bound to the distance of
#            another jump. Another case is reported upstream (yuin/gopher-lua issue 540).
# Hurts:     Everybody who switches off code with a literal: local verbose = false and print or
#            nothing.
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
local sum = 0
for _, n in ipairs({1, 2, 3}) do
    local step = false and {} or 5
    sum = sum + step
end
print(sum)
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
known=0

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
