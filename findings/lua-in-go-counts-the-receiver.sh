#!/usr/bin/env bash
# What:      Errors about arguments count the object before the colon.
# Versions:  github.com/yuin/gopher-lua v1.1.2, github.com/Shopify/go-lua v0.0.0-20250718183320-1e37f32ad7d0;
#            the reference is PUC Lua 5.1 (lua5.1), 5.2 says the same
# Expected:  "bad argument #1 to 'rep'" for ("x"):rep({}): luaL_argerror of the reference leaves out
#            the self argument of a call with a colon.
# Seen:      Both say #2, as for string.rep("x", {}).
# Hurts:     Who reads the message looks at an argument that is not there.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

command -v lua5.1 >/dev/null || { echo "needs lua5.1 (Debian: apt-get install lua5.1)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/yuin/gopher-lua@v1.1.2 github.com/Shopify/go-lua@v0.0.0-20250718183320-1e37f32ad7d0
version=$(go list -m github.com/yuin/gopher-lua github.com/Shopify/go-lua | paste -sd',')
reference=$(lua5.1 -v 2>&1)
reference=${reference%%  *}
[[ $reference == "Lua 5.1."* ]] || { echo "lua5.1 is not Lua 5.1: $reference" >&2; exit 2; }
version+=", $reference"

cat > case.lua <<'LUA'
local ok, message = pcall(function() return ("x"):rep({}) end)
print(string.find(message, "bad argument #1 ", 1, true) and "#1" or string.find(message, "bad argument #2 ", 1, true) and "#2" or message)
LUA

cat > main.go <<'GO'
package main

import (
	"fmt"

	golua "github.com/Shopify/go-lua"
	gopherlua "github.com/yuin/gopher-lua"
)

func main() {
	l := gopherlua.NewState()
	defer l.Close()
	if err := l.DoFile("case.lua"); err != nil {
		fmt.Println("error:", err)
	}
	s := golua.NewState()
	golua.OpenLibraries(s)
	s.Register("print", func(s *golua.State) int {
		fmt.Println(golua.CheckString(s, 1))
		return 0
	})
	if err := golua.DoFile(s, "case.lua"); err != nil {
		fmt.Println("error:", err)
	}
}
GO

expected=$(lua5.1 case.lua)
seen=$(go run . | paste -sd',')
known="#2,#2"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
