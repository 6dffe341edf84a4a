#!/usr/bin/env bash
# What:      With GOEXPERIMENT=jsonv2 the package encoding/json marshals what it refused, takes
#            another name for a field, and changes a variable that it fails to decode.
# Versions:  Go 1.26.8
# Expected:  The release notes of Go 1.25, on the experiment: the package encoding/json uses the new
#            implementation, marshaling and unmarshaling behavior is unaffected, only the text of
#            errors may change. So both runs print the same.
# Seen:      A map with float keys is an error in one and {"1.5":1} in the other; the tag 'g' in
#            single quotes is ignored in one (the field stays G) and read as g in the other; 1e400
#            leaves the variable alone in one and makes it the largest float in the other.
# Hurts:     Whoever tries the experiment, or a Go that has it as default: names in stored documents
#            change without an error.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOTOOLCHAIN=go1.26.8
version=$(go version)
go mod init finding

cat > main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
)

func main() {
	byRate, err := json.Marshal(map[float64]int{1.5: 1})
	fmt.Printf("%s %v; ", byRate, err != nil)

	quoted, _ := json.Marshal(struct {
		G int `json:"'g'"`
	}{})
	fmt.Printf("%s; ", quoted)

	limit := 9.0
	err = json.Unmarshal([]byte("1e400"), &limit)
	fmt.Printf("%v %v; ", limit, err != nil)
}
GO

old=$(go run .)
new=$(GOEXPERIMENT=jsonv2 go run .)
expected="$old| $old"
seen="$old| $new"
known=' true; {"G":0}; 9 true; | {"1.5":1} false; {"g":0}; 1.7976931348623157e+308 true; '

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
