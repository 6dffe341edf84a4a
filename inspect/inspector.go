package inspect

import (
	"context"
	"crypto/rand"
	"iter"
	"net/http"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/measure"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect/pages"
)

// Runtime is what the inspector sees of a runtime; *core.Runtime is one. Each method is
// called on goroutines of the HTTP server, several at once, and none holds more than one
// process while it looks.
type Runtime interface {
	Survey() iter.Seq[core.Brief]
	Inspect(hostapi.PID) (core.Inspection, bool)
	Detail(ctx context.Context, pid hostapi.PID, messages int) (core.Detail, bool)
	Hosts() []core.HostView
	Services() []core.ServiceView
	Supervisors() []hostapi.PID
	Supervised(hostapi.PID) (core.SupervisorView, bool)
	Names() []core.NameView
	Groups() []core.GroupView
	GroupsOf(hostapi.PID) []core.GroupView
	Entries() []core.EntryView
	Resources() []core.ResourceView
	Operations() []core.OperationView
	Observe(all bool, tell func(core.RuntimeEvent)) (stop func())
	Measure() (stop func())
	Measurements() []measure.Family
	Now() time.Time
	ConcealedValue(hostapi.Value) hostapi.Value

	Send(dest hostapi.Dest, topic string, payloads ...hostapi.Value) error
	Cancel(dest hostapi.Dest, grace time.Duration, reason string) error
	Terminate(hostapi.PID) error
	Suspend(hostapi.PID) error
	Resume(hostapi.PID) error
	Trace(o core.TraceOptions, tell func(core.TraceEvent)) (stop func())
	Profile(core.ProfileOptions) (stop func() []core.ProfileSample, err error)
	Outdate(hostapi.PID) error
}

// Options configure an inspector. The zero value shows views to this machine only.
type Options struct {
	// Token is what every request of the API then carries, as "Authorization: Bearer". ""
	// : there are no actions, and views are shown to requests that come over a loopback
	// address only (63.1). It should have 32 bytes at least.
	Token string
	// ReadOnly refuses actions also with the token.
	ReadOnly bool
	// Name is how the node is called; "": "understudy".
	Name string
	// Version is that of the program.
	Version string
	// Log has the records of the program's log, for those who look; nil: there are none to
	// be seen.
	Log *Log
	// App, if set, gives the app whose code runs, for its entries and sources.
	App func() *app.App
	// Reload, if set, lets a newer version of the app serve from now on (13.15).
	Reload func(context.Context) (app.Changes, error)
	// Metrics, if set, is served at /metrics to who may look.
	Metrics http.Handler
	// MostStreams is how many streams are open at once; 0: 64. Further ones get 503.
	MostStreams int
}

const mostStreams = 64

// Inspector is an http.Handler; see Handler.
type Inspector struct {
	rt       Runtime
	options  Options
	mux      *http.ServeMux
	hub      *hub
	traces   traces
	gauge    *gauge
	started  time.Time
	document object

	mu       sync.Mutex
	code     string // that a browser exchanges for the token, once; "" when it was
	closed   chan struct{}
	shutting bool
}

// Handler gives the pages and the API of a runtime, to be mounted at the root of a server
// or, by http.StripPrefix, below a path. It observes the runtime until Close, which the
// caller calls before the server is shut down: streams end by it.
func Handler(rt Runtime, o Options) *Inspector {
	if o.MostStreams == 0 {
		o.MostStreams = mostStreams
	}
	if o.Name == "" {
		o.Name = "understudy"
	}
	i := &Inspector{rt: rt, options: o, started: rt.Now(), closed: make(chan struct{}), mux: http.NewServeMux(), traces: traces{m: make(map[string]*tracer)}}
	i.hub = newHub(rt, o.MostStreams)
	i.gauge = &gauge{rt: rt, hub: i.hub}
	all := routes()
	i.document = describe(all)
	for _, r := range all {
		i.mux.HandleFunc(r.method+" "+r.path, func(w http.ResponseWriter, request *http.Request) { i.answer(r, w, request) })
	}
	i.mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, i.noRoute(r))
	})
	if o.Metrics != nil {
		i.mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
			if p := i.permit(&route{}, r); p != nil {
				writeProblem(w, p)
				return
			}
			o.Metrics.ServeHTTP(w, r)
		})
	}
	i.mux.Handle("/", pages.Handler())
	return i
}

// ServeHTTP implements http.Handler.
func (i *Inspector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	if p := i.admit(r); p != nil {
		writeProblem(w, p)
		return
	}
	i.mux.ServeHTTP(w, r)
}

// Close ends all streams and stops observing the runtime. It may be called several times.
func (i *Inspector) Close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.shutting {
		i.shutting = true
		close(i.closed)
		i.hub.close()
		i.traces.close()
	}
}

// Code gives what a browser of the same user can exchange for the token, once: the page at
// the address that ends in #code=CODE does. A further call makes the one before worthless.
// "" without a token.
func (i *Inspector) Code() string {
	if i.options.Token == "" {
		return ""
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.code = rand.Text()
	return i.code
}

// actions reports whether anybody may do more than look.
func (i *Inspector) actions() bool { return i.options.Token != "" && !i.options.ReadOnly }
