package otel

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/understudy-run/understudy/hostapi"
)

// scope is the name under which spans are told.
const scope = "github.com/understudy-run/understudy"

// Tracer makes the spans of a runtime (core.Options.Tracer) by a provider of the program,
// which samples, batches and exports them, and which the program shuts down when the
// runtime has. Spans of the program are their parents where it calls the runtime with its
// context: Exec, Start, Call, Offer.
func Tracer(provider trace.TracerProvider) hostapi.Tracer {
	return tracer{provider.Tracer(scope)}
}

type tracer struct{ t trace.Tracer }

var kinds = map[hostapi.SpanKind]trace.SpanKind{
	hostapi.SpanInternal: trace.SpanKindInternal,
	hostapi.SpanServer:   trace.SpanKindServer,
	hostapi.SpanClient:   trace.SpanKindClient,
	hostapi.SpanConsumer: trace.SpanKindConsumer,
}

// Start implements hostapi.Tracer.
func (t tracer) Start(s hostapi.SpanStart) hostapi.Span {
	ctx := context.Background()
	if s.Parent.IsValid() {
		ctx = trace.ContextWithRemoteSpanContext(ctx, contextOf(s.Parent))
	}
	_, it := t.t.Start(ctx, s.Name, trace.WithSpanKind(kinds[s.Kind]), trace.WithTimestamp(s.At), trace.WithAttributes(attributes(s.Attrs)...))
	return &span{it: it, context: traceOf(it.SpanContext())}
}

// Extract implements hostapi.Tracer.
func (tracer) Extract(get func(string) string) hostapi.TraceContext {
	ctx := propagation.TraceContext{}.Extract(context.Background(), carrier{get: get})
	return traceOf(trace.SpanContextFromContext(ctx))
}

// Inject implements hostapi.Tracer.
func (tracer) Inject(t hostapi.TraceContext, set func(name, value string)) {
	propagation.TraceContext{}.Inject(trace.ContextWithSpanContext(context.Background(), contextOf(t)), carrier{set: set})
}

// Current implements hostapi.Tracer.
func (tracer) Current(ctx context.Context) hostapi.TraceContext {
	return traceOf(trace.SpanContextFromContext(ctx))
}

// carrier are headers.
type carrier struct {
	get func(string) string
	set func(name, value string)
}

func (c carrier) Get(name string) string { return c.get(name) }
func (c carrier) Set(name, value string) { c.set(name, value) }
func (carrier) Keys() []string           { return nil }

func contextOf(t hostapi.TraceContext) trace.SpanContext {
	state, _ := trace.ParseTraceState(t.State) // what is none came from nobody
	return trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: t.TraceID, SpanID: t.SpanID, TraceFlags: trace.TraceFlags(t.Flags), TraceState: state, Remote: true,
	})
}

func traceOf(c trace.SpanContext) hostapi.TraceContext {
	if !c.IsValid() {
		return hostapi.TraceContext{}
	}
	return hostapi.TraceContext{TraceID: c.TraceID(), SpanID: c.SpanID(), Flags: byte(c.TraceFlags()), State: c.TraceState().String()}
}

// span implements hostapi.Span. The SDK takes the first End only.
type span struct {
	it      trace.Span
	context hostapi.TraceContext
}

// Context implements hostapi.Span.
func (s *span) Context() hostapi.TraceContext { return s.context }

// End implements hostapi.Span.
func (s *span) End(at time.Time, err *hostapi.Error, attrs ...slog.Attr) {
	if err != nil {
		s.it.SetStatus(codes.Error, err.Error())
		s.it.SetAttributes(attribute.String("error.type", string(err.Kind)))
	}
	s.it.SetAttributes(attributes(attrs)...)
	s.it.End(trace.WithTimestamp(at))
}

// attributes gives fields as OpenTelemetry has them.
func attributes(attrs []slog.Attr) []attribute.KeyValue {
	out := make([]attribute.KeyValue, len(attrs))
	for i, a := range attrs {
		v := a.Value.Resolve()
		switch v.Kind() {
		case slog.KindBool:
			out[i] = attribute.Bool(a.Key, v.Bool())
		case slog.KindInt64:
			out[i] = attribute.Int64(a.Key, v.Int64())
		case slog.KindFloat64:
			out[i] = attribute.Float64(a.Key, v.Float64())
		default:
			out[i] = attribute.String(a.Key, fmt.Sprint(v.Any()))
		}
	}
	return out
}
