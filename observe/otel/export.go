package otel

import (
	"context"
	"fmt"
	"net/url"
	"path"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// Export gives a provider that sends spans to a collector, by OTLP over HTTP: to the
// address of one, such as http://127.0.0.1:4318. Attributes of the service and sampling are
// taken from the environment, as OpenTelemetry has it: OTEL_SERVICE_NAME (else service),
// OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER. Spans wait for a batch; what a collector
// does not take is dropped after a while. The caller shuts the provider down, which sends
// what is left. The error is about the address.
func Export(endpoint, service string) (*sdk.TracerProvider, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("not an address of a collector, such as http://127.0.0.1:4318: %s", endpoint)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = path.Join("/", "v1", "traces")
	}
	exporter, err := otlptracehttp.New(context.Background(), otlptracehttp.WithEndpointURL(u.String()))
	if err != nil {
		return nil, err
	}
	about, err := resource.New(context.Background(),
		resource.WithAttributes(attribute.String("service.name", service)), resource.WithFromEnv(), resource.WithTelemetrySDK())
	if err != nil {
		return nil, err
	}
	return sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about)), nil
}
