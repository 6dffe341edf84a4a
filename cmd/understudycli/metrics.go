package understudycli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/observe/prometheus"
)

func metricsFlag() cli.Flag {
	return &cli.StringFlag{Name: "metrics", Usage: "serve metrics for Prometheus at http://`ADDR`/metrics, e.g. 127.0.0.1:9464"}
}

// serveMetrics measures the runtime and serves that at the address of --metrics, on a
// goroutine that stop ends; without the flag it does nothing.
func (s *session) serveMetrics(c *cli.Context) (stop func(), err error) {
	if !c.IsSet("metrics") {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", c.String("metrics"))
	if err != nil {
		return nil, usage("--metrics %s: %v", c.String("metrics"), errors.Unwrap(err))
	}
	unmeasure := s.rt.Measure()
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", prometheus.Handler(s.rt))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 5 * time.Minute,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("metrics are no longer served", "error", err.Error())
		}
	}()
	url := fmt.Sprintf("http://%s/metrics", l.Addr())
	s.say(slog.LevelInfo, "metrics at "+url, "metrics", "url", url)
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
		<-ended
		unmeasure()
	}, nil
}
