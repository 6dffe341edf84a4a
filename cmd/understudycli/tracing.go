package understudycli

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/urfave/cli/v2"
	global "go.opentelemetry.io/otel"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/observe/otel"
)

func otelFlag() cli.Flag {
	return &cli.StringFlag{Name: "otel", Usage: "send spans to the OpenTelemetry collector at `ENDPOINT` (OTLP over HTTP), e.g. http://127.0.0.1:4318"}
}

// traces are where a command sends its spans; the zero value sends none.
type traces struct {
	tracer hostapi.Tracer
	stop   func(context.Context) error
}

// openTraces opens what --otel names. Nothing is sent yet.
func openTraces(c *cli.Context) (traces, error) {
	if !c.IsSet("otel") {
		return traces{}, nil
	}
	provider, err := otel.Export(c.String("otel"), "understudy")
	if err != nil {
		return traces{}, usage("--otel: %v", err)
	}
	return traces{otel.Tracer(provider), provider.Shutdown}, nil
}

// complains has the log told that spans cannot be sent: the first time, since that which
// sends them tries again and again.
func (t traces) complains(log *slog.Logger) {
	if t.tracer == nil {
		return
	}
	var once sync.Once
	global.SetErrorHandler(global.ErrorHandlerFunc(func(err error) {
		once.Do(func() { log.Warn("spans are not sent", "error", err.Error()) })
	}))
}

// close sends what is left, for a while.
func (t traces) close() {
	if t.tracer == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := t.stop(ctx); err != nil {
		global.Handle(err)
	}
}

// begin begins the span of a command. end ends it.
func (t traces) begin(name string, now time.Time) (in hostapi.TraceContext, end func(at time.Time, err *hostapi.Error)) {
	if t.tracer == nil {
		return in, func(time.Time, *hostapi.Error) {}
	}
	span := t.tracer.Start(hostapi.SpanStart{Name: name, At: now})
	return span.Context(), func(at time.Time, err *hostapi.Error) { span.End(at, err) }
}
