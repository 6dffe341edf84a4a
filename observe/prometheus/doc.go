// Package prometheus shows what a runtime measures in the formats of Prometheus and
// OpenMetrics (64.1 of docs/spec), by the library of Prometheus itself. A program that
// does not import it does not link that.
package prometheus
