package http

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Server serves the routes of a Config. Its methods are safe for concurrent use.
type Server struct {
	rt        Runtime
	config    Config
	requests  *requests
	traffic   *traffic
	simulated bool
	mux       *http.ServeMux
	server    http.Server
	draining  atomic.Bool

	mu      sync.Mutex
	serving chan struct{}        // closed when the listener is no longer served; nil: not started
	lasting map[lasting]struct{} // answers that last
	active  int                  // requests that are being answered
	idle    chan struct{}        // closed when none is, if somebody waits for that
}

// lasting is an answer that lasts until somebody ends it.
type lasting interface {
	drain() // the server is about to stop (48.13)
	cut()   // it has stopped
}

// New gives a server that does not listen yet. The error says which route is none, or is
// in conflict with which.
func New(rt Runtime, c Config) (*Server, error) {
	s := &Server{
		rt: rt, config: c.withDefaults(), requests: requestsOf(rt), traffic: trafficOf(rt), simulated: rt.Simulated(),
		mux: http.NewServeMux(), lasting: make(map[lasting]struct{}),
	}
	for _, r := range c.Routes {
		route := newRoute(s, r.withDefaults(s.config))
		if err := handle(s.mux, strings.TrimLeft(r.Method+" "+r.Path, " "), s.measured(r.ID, s.spanned(route.Route, route))); err != nil {
			return nil, fmt.Errorf("%s: %w", r.ID, err)
		}
	}
	for _, f := range c.Statics {
		if err := handle(s.mux, f.pattern(), s.measured(f.ID, &static{f, s})); err != nil {
			return nil, fmt.Errorf("%s: %w", f.ID, err)
		}
	}
	s.server = http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.config.HeaderTimeout,
		IdleTimeout:       s.config.IdleTimeout,
		MaxHeaderBytes:    s.config.MaxHeader,
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
		Protocols:         new(http.Protocols),
	}
	s.server.Protocols.SetHTTP1(true)
	return s, nil
}

// handle adds a pattern. ServeMux panics at one that is none or is in conflict.
func handle(mux *http.ServeMux, pattern string, h http.Handler) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New(strings.TrimPrefix(fmt.Sprint(r), "http: "))
		}
	}()
	mux.Handle(pattern, h)
	return nil
}

// Start listens, and serves on a goroutine that Stop ends. In a simulated run nothing
// listens: there ServeHTTP is called.
func (s *Server) Start() error {
	if s.simulated {
		return nil
	}
	l := s.config.Listener
	if l == nil {
		var err error
		if l, err = net.Listen("tcp", s.config.Addr); err != nil {
			return err
		}
	}
	l = limited(l, s.config.MaxConnections)
	if s.config.TLS != nil {
		l = tls.NewListener(l, s.config.TLS)
	}
	s.mu.Lock()
	serving := make(chan struct{})
	s.serving = serving
	s.mu.Unlock()
	go func() {
		defer close(serving)
		if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.config.Log.Error("server has stopped listening", "entry", s.config.ID, "error", err)
		}
	}()
	return nil
}

// Stop ends the server (48.13): it listens no longer, requests under way have until ctx is
// done, then they are cut off. Once it returns nothing of the server runs any more.
func (s *Server) Stop(ctx context.Context) {
	s.draining.Store(true)
	s.mu.Lock()
	serving := s.serving
	lasts := make([]lasting, 0, len(s.lasting))
	for l := range s.lasting {
		lasts = append(lasts, l)
	}
	s.mu.Unlock()
	for _, l := range lasts {
		l.drain()
	}
	cut := s.server.Shutdown(ctx) != nil || !s.awaitIdle(ctx)
	if cut {
		s.server.Close()
		s.mu.Lock()
		for l := range s.lasting {
			defer l.cut()
		}
		s.mu.Unlock()
	}
	if serving != nil {
		<-serving
	}
}

// awaitIdle waits until no request is being answered; net/http does not count those
// whose connection it has given away.
func (s *Server) awaitIdle(ctx context.Context) bool {
	s.mu.Lock()
	idle := make(chan struct{})
	if s.active == 0 {
		close(idle)
	} else {
		s.idle = idle
	}
	s.mu.Unlock()
	select {
	case <-idle:
		return true
	case <-ctx.Done():
		return false
	}
}

// enter begins a request, and leave ends it.
func (s *Server) enter() {
	s.mu.Lock()
	s.active++
	s.mu.Unlock()
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active--; s.active == 0 && s.idle != nil {
		close(s.idle)
		s.idle = nil
	}
}

// lasts notes an answer that lasts, until the function that it gives is called.
func (s *Server) lasts(l lasting) (over func()) {
	s.mu.Lock()
	s.lasting[l] = struct{}{}
	s.mu.Unlock()
	if s.draining.Load() {
		l.drain()
	}
	return func() {
		s.mu.Lock()
		delete(s.lasting, l)
		s.mu.Unlock()
	}
}

// ServeHTTP implements http.Handler: for programs that have a server of their own (50.4).
// Under a Simulation it drives that.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.enter()
	defer s.leave()
	w.Header()["X-Content-Type-Options"] = nosniff
	if r.ContentLength != 0 { // what nobody reads net/http does, before the answer is out
		s.readDeadline(w, s.config.BodyTimeout)
	}
	draining := s.draining.Load()
	switch {
	case s.config.Health != "" && r.URL.Path == s.config.Health:
		if draining {
			refuse(w, http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)
	case draining:
		refuse(w, http.StatusServiceUnavailable)
	default:
		s.mux.ServeHTTP(w, r)
	}
}

var nosniff = []string{"nosniff"}

// deadline gives the connection time for a write, or for a read; none if d is 0. An error
// would be that there is no connection, as in a simulation.
func (s *Server) writeDeadline(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.config.WriteTimeout))
}

func (s *Server) readDeadline(w http.ResponseWriter, d time.Duration) {
	at := time.Time{}
	if d > 0 {
		at = time.Now().Add(d)
	}
	_ = http.NewResponseController(w).SetReadDeadline(at)
}
