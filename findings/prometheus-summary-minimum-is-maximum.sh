#!/usr/bin/env bash
# What:      A summary that is asked for the quantile 0 with no error gives the largest value, or one
#            in the middle.
# Versions:  github.com/prometheus/client_golang v1.25.0 (its quantiles: github.com/beorn7/perks)
# Expected:  The comment of SummaryOpts.Objectives: if Objectives[q] = e, the value reported for q is
#            the phi-quantile for some phi between q-e and q+e. For q = 0 and e = 0 that is the
#            minimum alone. After 1, 2, ..., 1000 it is 1.
# Seen:      With the objective 0 alone it is 1000; beside 0.5 and 1 it is 173. The quantile 1 is
#            right.
# Hurts:     Whoever shows the fastest answer of a service beside the slowest one.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

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
	for _, objectives := range []map[float64]float64{{0: 0}, {0: 0, 0.5: 0.05, 1: 0}} {
		s := prometheus.NewSummary(prometheus.SummaryOpts{Name: "seconds", Objectives: objectives})
		for i := 1; i <= 1000; i++ {
			s.Observe(float64(i))
		}
		var m dto.Metric
		s.Write(&m)
		for _, q := range m.Summary.Quantile {
			if *q.Quantile != 0.5 {
				fmt.Printf("%v: %v; ", *q.Quantile, *q.Value)
			}
		}
	}
}
GO

expected="0: 1; 0: 1; 1: 1000; "
seen=$(go run .)
known="0: 1000; 0: 173; 1: 1000; "

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
