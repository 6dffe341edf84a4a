#!/usr/bin/env bash
# What:      A text of several lines that begins with a blank or an empty line cannot be read back
#            from a list, or comes back without its indentation.
# Versions:  go.yaml.in/yaml/v3 v3.0.6; v4.0.0 is right
# Expected:  Unmarshal reads what Marshal has written; as a value of a map the same text comes back.
# Seen:      In a list the block has the indentation indicator 4 and is indented by 2: two texts are
#            errors of syntax, one loses its blanks in silence.
# Hurts:     Whoever keeps pieces of code or messages in lists: commands, patches, prompts.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get go.yaml.in/yaml/v3@v3.0.6 go.yaml.in/yaml/v4@v4.0.0
version=$(go list -m go.yaml.in/yaml/v3 go.yaml.in/yaml/v4 | paste -sd ' ')

cat > main.go <<'GO'
package main

import (
	"fmt"

	v3 "go.yaml.in/yaml/v3"
	v4 "go.yaml.in/yaml/v4"
)

func main() {
	for _, text := range []string{"\nhello\n", "  if x:\nelse:", "  x = 1\n  y = 2\n"} {
		doc, _ := v3.Marshal([]string{text})
		var three, four []string
		err := v3.Unmarshal(doc, &three)
		doc, _ = v4.Marshal([]string{text})
		_ = v4.Unmarshal(doc, &four)
		switch {
		case err != nil:
			fmt.Print("v3 error")
		case three[0] != text:
			fmt.Printf("v3 %q", three[0])
		default:
			fmt.Print("v3 same")
		}
		fmt.Print(", v4 same: ", four[0] == text, "; ")
	}
}
GO

expected="v3 same, v4 same: true; v3 same, v4 same: true; v3 same, v4 same: true; "
seen=$(go run .)
known='v3 error, v4 same: true; v3 error, v4 same: true; v3 "x = 1\ny = 2\n", v4 same: true; '

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
