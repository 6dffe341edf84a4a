// Package measure has what is counted and timed: counters and histograms that cost next
// to nothing to fill, and their values as families, by name and labels, for who shows them
// (section 64 of docs/spec). It knows no format: package observe/prometheus writes one.
package measure
