package http

import (
	"log/slog"
	"net/http"

	"github.com/understudy-run/understudy/hostapi"
)

// spanned has the requests of a route traced, where there is a tracer: each is a span, below
// that of the client if it names one (64.2).
func (s *Server) spanned(r Route, h http.Handler) http.Handler {
	tracer := s.rt.Tracer()
	if tracer == nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		span := tracer.Start(hostapi.SpanStart{
			Name: req.Method + " " + r.Path, Kind: hostapi.SpanServer, Parent: tracer.Extract(req.Header.Get), At: s.rt.Now(),
			Attrs: []slog.Attr{
				slog.String("http.request.method", req.Method), slog.String("http.route", r.Path), slog.String("url.path", req.URL.Path),
				slog.String("understudy.entry", r.ID),
			},
		})
		noted := &noted{ResponseWriter: w}
		defer func() {
			var failed *hostapi.Error
			if noted.status >= 500 {
				failed = hostapi.Errorf(hostapi.Internal, "%s", http.StatusText(noted.status))
			}
			span.End(s.rt.Now(), failed, slog.Int("http.response.status_code", noted.status))
		}()
		h.ServeHTTP(noted, req.WithContext(hostapi.WithTrace(req.Context(), tracer, span.Context())))
	})
}
