#!/usr/bin/env bash
# What:      A counter to which whole numbers are added begins at 0 again at 2^64.
# Versions:  github.com/prometheus/client_golang v1.25.0
# Expected:  The comments of Counter: it only goes up, and Add adds the given float64. Ten ether in
#            wei, 1e19, twice is 2e19, and it is if 2e19 is added at once.
# Seen:      Whole parts are summed in a uint64 of which the documentation of the interface says
#            nothing: 1e19 twice is 1.55e18.
# Hurts:     Counters of the smallest units, where 1e19 is little: wei, attoseconds, picojoules. A
#            rate over them falls.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/prometheus/client_golang@v1.25.0
version=$(go list -m github.com/prometheus/client_golang | paste -sd ' ')

cat > main.go <<'GO'
package main

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

func main() {
	for _, parts := range [][]float64{{2e19}, {1e19, 1e19}} {
		paid := prometheus.NewCounter(prometheus.CounterOpts{Name: "paid_wei_total"})
		for _, wei := range parts {
			paid.Add(wei)
		}
		var m dto.Metric
		paid.Write(&m)
		fmt.Printf("%.3g; ", m.Counter.GetValue())
	}
}
GO

expected="2e+19; 2e+19; "
seen=$(go run .)
known="2e+19; 1.55e+18; "

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
