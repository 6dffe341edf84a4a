package prometheus

import (
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler serves the measurements of a runtime, and of Go and the process, as text for
// Prometheus, or as OpenMetrics for who asks for that. What is counted is counted from the
// first request on, or from when the program has called Runtime.Measure. Safe for
// concurrent use.
func Handler(rt Runtime) http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(Collector(rt), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	h := promhttp.HandlerFor(r, promhttp.HandlerOpts{EnableOpenMetrics: true, MaxRequestsInFlight: 4})
	measure := sync.OnceFunc(func() { rt.Measure() })
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		measure()
		h.ServeHTTP(w, req)
	})
}
