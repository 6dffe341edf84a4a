// Package otel has the spans of a runtime told to OpenTelemetry (64.2 of docs/spec): by a
// TracerProvider of the program, or one that exports by OTLP over HTTP. A program that does
// not import it does not link that.
package otel
