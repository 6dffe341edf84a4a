package hostapi

import (
	"context"
	"log/slog"
	"time"
)

// TraceContext says to which span of which trace something belongs, as W3C Trace Context
// has it. The zero value: to none.
type TraceContext struct {
	TraceID [16]byte
	SpanID  [8]byte
	Flags   byte
	State   string
}

// IsValid reports whether it names a span.
func (t TraceContext) IsValid() bool { return t.TraceID != [16]byte{} && t.SpanID != [8]byte{} }

// Tracer makes spans of what a runtime does (64.2): what core.Options.Tracer takes, and
// package observe/otel gives. Its methods are called on any goroutine, several at once, and
// must not block.
type Tracer interface {
	// Start begins a span, which its caller ends.
	Start(s SpanStart) Span
	// Extract reads a context from the headers of a message from outside, Inject writes
	// one into those of a message to outside.
	Extract(get func(name string) string) TraceContext
	Inject(t TraceContext, set func(name, value string))
	// Current gives the context that a Go program is in.
	Current(ctx context.Context) TraceContext
}

// SpanStart is what is known of a span when it begins.
type SpanStart struct {
	Name   string
	Kind   SpanKind
	Parent TraceContext // zero: the span begins a trace
	At     time.Time
	Attrs  []slog.Attr
}

// SpanKind says what part a span has in what goes on, in the words of OpenTelemetry.
type SpanKind uint8

const (
	SpanInternal SpanKind = iota
	SpanServer            // answers who waits
	SpanClient            // waits for an answer from outside
	SpanConsumer          // does what a message asks for
)

// Span is a piece of work that a Tracer has been told of. Its methods are safe for
// concurrent use.
type Span interface {
	Context() TraceContext
	// End ends it, with the error if it has failed. Only the first call counts.
	End(at time.Time, err *Error, attrs ...slog.Attr)
}

// Tracing is the facility by which modules have spans of their own (FacilityOf). It is for
// the running task.
type Tracing interface {
	// Traces reports whether anything is traced: otherwise there are no spans.
	Traces() bool
	// StartSpan begins a span below the one that the coroutine is in, which from now on
	// is this one.
	StartSpan(name string, attrs []slog.Attr) (Span, error)
	// StopSpan ends it: the coroutine is in the one again that it was in before. What it
	// does not stop ends with the coroutine.
	StopSpan(s Span, err *Error)
}

// carried is what WithTrace puts into a context.
type carried struct {
	tracer Tracer
	t      TraceContext
}

type carriedKey struct{}

// WithTrace gives the context of an operation outside that a span stands for.
func WithTrace(ctx context.Context, tracer Tracer, t TraceContext) context.Context {
	return context.WithValue(ctx, carriedKey{}, carried{tracer, t})
}

// TraceOf gives what WithTrace has put into a context.
func TraceOf(ctx context.Context) TraceContext {
	c, _ := ctx.Value(carriedKey{}).(carried)
	return c.t
}

// InjectTrace writes the trace that an operation belongs to into the headers of what it
// sends; nothing if it belongs to none. ctx is that of the work (Outside.Await).
func InjectTrace(ctx context.Context, set func(name, value string)) {
	if c, ok := ctx.Value(carriedKey{}).(carried); ok {
		c.tracer.Inject(c.t, set)
	}
}
