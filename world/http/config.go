package http

import (
	"cmp"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// The defaults of clauses 48.1 and 48.2.
const (
	DefaultMaxConnections = 10000
	DefaultMaxHeader      = 64 << 10
	DefaultMaxBody        = 1 << 20
	DefaultMaxMessage     = 1 << 20
	DefaultHeaderTimeout  = 5 * time.Second
	DefaultBodyTimeout    = 30 * time.Second
	DefaultWriteTimeout   = 30 * time.Second
	DefaultIdleTimeout    = 60 * time.Second
	DefaultConcurrency    = 256
	DefaultQueue          = 256
	DefaultQueueWait      = time.Second
	DefaultTimeout        = 30 * time.Second
	DefaultIndex          = "index.html"
)

// Config says what a server is. Numbers and durations that are zero have their defaults.
type Config struct {
	ID string // of the entry, for the log

	Addr     string       // host:port
	Listener net.Listener // in place of Addr; the server closes it
	TLS      *tls.Config  // nil: none. See LoadTLS

	MaxConnections int
	MaxHeader      int
	MaxBody        int64
	HeaderTimeout  time.Duration
	BodyTimeout    time.Duration
	WriteTimeout   time.Duration
	IdleTimeout    time.Duration

	TrustedProxies []netip.Prefix
	Health         string // path; "": none

	Routes  []Route
	Statics []Static

	// Log takes failures; nil: dropped.
	Log *slog.Logger
}

// Route says where requests go (48.2). Exactly one of Process, To and Group is given.
type Route struct {
	ID     string // of the entry
	Method string // "": all
	Path   string // as for http.ServeMux

	Process string          // entry of which each request gets a process of its own
	Host    string          // for that
	Input   []hostapi.Value // arguments before the request

	To string // name whose holder gets the request

	Group Group // whose member with the fewest requests of the route gets it

	Concurrency int
	Queue       int // negative: none
	QueueWait   time.Duration
	Timeout     time.Duration
	MaxBody     int64 // 0: that of the server
	StreamBody  bool  // the body is not read before the request is handed over

	Origins    []string // hosts that may open websockets, beside the own
	MaxMessage int64
}

// Group names a group of processes.
type Group struct{ Scope, Name string }

// Static serves files (48.3).
type Static struct {
	ID    string
	Path  string // prefix
	Files Files
	Index string
	SPA   bool   // what is not found is the index
	Cache string // Cache-Control; "": none
}

// withDefaults fills in what is not given.
func (c Config) withDefaults() Config {
	c.MaxConnections = cmp.Or(c.MaxConnections, DefaultMaxConnections)
	c.MaxHeader = cmp.Or(c.MaxHeader, DefaultMaxHeader)
	c.MaxBody = cmp.Or(c.MaxBody, DefaultMaxBody)
	c.HeaderTimeout = cmp.Or(c.HeaderTimeout, DefaultHeaderTimeout)
	c.BodyTimeout = cmp.Or(c.BodyTimeout, DefaultBodyTimeout)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, DefaultWriteTimeout)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, DefaultIdleTimeout)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// withDefaults fills in what is not given.
func (r Route) withDefaults(c Config) Route {
	r.Concurrency = cmp.Or(r.Concurrency, DefaultConcurrency)
	r.Queue = max(0, cmp.Or(r.Queue, DefaultQueue))
	r.QueueWait = cmp.Or(r.QueueWait, DefaultQueueWait)
	r.Timeout = cmp.Or(r.Timeout, DefaultTimeout)
	r.MaxBody = cmp.Or(r.MaxBody, c.MaxBody)
	r.MaxMessage = cmp.Or(r.MaxMessage, DefaultMaxMessage)
	return r
}
