#!/usr/bin/env bash
# What:      A function whose name stands in angle brackets loses its name in all reports, and
#            functions that differ in nothing else become one.
# Versions:  github.com/google/pprof v0.0.0-20261016150608-1facf8f91b50
# Expected:  proto/profile.proto: Function.name is the name of the function, in human-readable form
#            if available. It is shown as it is, whatever the language of the profiled program.
# Seen:      Names like <lambda> or <a.lua:2>, which runtimes give to functions without one, are
#            taken for parameters of a C++ template and cut out: <unknown> is left, once for all.
#            With -symbolize=demangle=none they stay.
# Hurts:     Whoever writes profiles of a scripting language: anonymous functions are what callbacks
#            are made of.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/google/pprof@v0.0.0-20261016150608-1facf8f91b50
version=$(go list -m github.com/google/pprof | paste -sd ' ')

cat > main.go <<'GO'
package main

import (
	"os"

	"github.com/google/pprof/profile"
)

func main() {
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}}}
	for i, name := range []string{"<a.lua:2>", "<a.lua:9>", "named"} {
		f := &profile.Function{ID: uint64(i + 1), Name: name, SystemName: name, Filename: "a.lua"}
		l := &profile.Location{ID: uint64(i + 1), Line: []profile.Line{{Function: f, Line: 2}}}
		p.Function, p.Location = append(p.Function, f), append(p.Location, l)
		p.Sample = append(p.Sample, &profile.Sample{Location: []*profile.Location{l}, Value: []int64{int64(10 * (i + 1))}})
	}
	if err := p.Write(os.Stdout); err != nil {
		panic(err)
	}
}
GO
go run . > p.pb.gz
go build -o pprof github.com/google/pprof
rows() { ./pprof "$@" -top p.pb.gz 2> /dev/null | awk 'rows {print $1, $6} /flat%/ {rows = 1}' | sort | paste -sd ';'; }

expected="10 <a.lua:2>;20 <a.lua:9>;30 named"
seen=$(rows)
without=$(rows -symbolize=demangle=none)
known="30 <unknown>;30 named"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
echo "without:  $without"
[[ $seen == "$known" && $without == "$expected" ]] || { echo "changed: known was: $known" >&2; exit 1; }
