package inspect

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// TraceBody says what is traced, and how much of it.
type TraceBody struct {
	Of       string `json:"of" doc:"a PID, the id of an entry, or else a topic of messages"`
	For      string `json:"for,omitempty" doc:"how long, as 10s, at most 10m; absent: 10s"`
	Rate     int    `json:"rate,omitempty" doc:"events a second at most, up to 10000; absent: 1000"`
	Payloads bool   `json:"payloads,omitempty" doc:"whether events of messages have their payloads"`
}

// TraceStarted is a trace that runs.
type TraceStarted struct {
	ID   string  `json:"id"`
	Of   string  `json:"of" doc:"what the text stands for" enum:"process,entry,topic"`
	Ends float64 `json:"ends" doc:"seconds from now"`
}

// TraceStep is one thing that a traced process has done or that has happened to it.
type TraceStep struct {
	ID        int             `json:"id" doc:"grows with each event of the trace"`
	At        time.Time       `json:"at"`
	Kind      string          `json:"kind" enum:"send,lost,receive,spawn,exit,link,unlink,monitor,timer,event"`
	PID       string          `json:"pid,omitempty" doc:"who; absent: the program or the runtime"`
	Entry     string          `json:"entry,omitempty"`
	Peer      string          `json:"peer,omitempty" doc:"whom it concerns too: receiver, sender, child; of lost, as it was addressed"`
	PeerEntry string          `json:"peer_entry,omitempty"`
	Topic     string          `json:"topic,omitempty" doc:"of a message; of event its kind; of timer sleep, timer or ticker"`
	Message   uint64          `json:"message,omitempty" doc:"number of a message, the same when it is sent and read; absent for one older than the trace"`
	Payloads  []hostapi.Value `json:"payloads,omitempty"`
	Reason    string          `json:"reason,omitempty" doc:"of lost"`
	Error     *Failure        `json:"error,omitempty" doc:"of exit; absent: normal"`
}

// TraceEnd is the last that the stream of a trace says.
type TraceEnd struct {
	Missed int `json:"missed" doc:"events beyond the rate, or that there was no room for"`
}

// Bounds of traces.
const (
	mostTraces = 8
	traceRoom  = 4096
	longTrace  = 10 * time.Minute
	fastTrace  = 10000
	traceKept  = time.Minute // for who reads it, after its end
)

// tracer is a trace that runs, or whose end nobody has read yet.
type tracer struct {
	room[core.TraceEvent]
	ended chan struct{}
	end   func() // any number of times

	mu     sync.Mutex
	rate   int
	second int64 // in which count were taken
	count  int
}

// tell takes an event. Locks of the runtime are held.
func (t *tracer) tell(e core.TraceEvent) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := e.At.Unix(); s != t.second {
		t.second, t.count = s, 0
	}
	if t.count++; t.count > t.rate {
		t.missed.Add(1)
		return
	}
	t.put(e)
}

// traces are those of an inspector.
type traces struct {
	mu   sync.Mutex
	next int
	m    map[string]*tracer
}

func traceRoutes() []*route {
	return []*route{
		{
			method: http.MethodPost, path: "/api/v1/traces", right: action, summary: "Begins a trace (63.4).",
			body: reflect.TypeFor[TraceBody](), gives: reflect.TypeFor[TraceStarted](),
			answer: func(i *Inspector, r *request) (any, error) {
				b := TraceBody{For: "10s", Rate: 1000}
				if err := r.read(&b); err != nil {
					return nil, err
				}
				return i.trace(b)
			},
		},
		{
			method: http.MethodGet, path: "/api/v1/traces/{id}", right: action, stream: true, gives: reflect.TypeFor[TraceStep](),
			summary: "What a trace sees, as Server-Sent Events: event, and at last end. One reader gets each event.",
			run:     (*Inspector).streamTrace,
		},
		{
			method: http.MethodDelete, path: "/api/v1/traces/{id}", right: action, summary: "Ends a trace.",
			answer: func(i *Inspector, r *request) (any, error) {
				t, err := i.tracer(r.PathValue("id"))
				if err != nil {
					return nil, err
				}
				t.end()
				return nil, nil
			},
		},
	}
}

func (i *Inspector) tracer(id string) (*tracer, error) {
	i.traces.mu.Lock()
	defer i.traces.mu.Unlock()
	if t := i.traces.m[id]; t != nil {
		return t, nil
	}
	return nil, hostapi.Errorf(hostapi.NotFound, "no trace %s", id)
}

// trace begins a trace.
func (i *Inspector) trace(b TraceBody) (*TraceStarted, error) {
	d, ok := hostapi.ParseDuration(b.For)
	switch {
	case b.Of == "":
		return nil, invalid("of: a PID, the id of an entry, or a topic is required")
	case !ok || d <= 0 || d > longTrace:
		return nil, invalid("for: %q must be a duration of at most %s, as 10s", b.For, longTrace)
	case b.Rate < 1 || b.Rate > fastTrace:
		return nil, invalid("rate must be from 1 to %d", fastTrace)
	}
	o := core.TraceOptions{Payloads: b.Payloads}
	of := "topic"
	switch {
	case strings.HasPrefix(b.Of, "{"):
		if _, live := i.rt.Inspect(hostapi.PID(b.Of)); !live {
			return nil, i.gone(hostapi.PID(b.Of))
		}
		of, o.PID = "process", hostapi.PID(b.Of)
	case i.known()[b.Of] != nil:
		of, o.Entry = "entry", b.Of
	default:
		o.Topic = b.Of
	}
	t := &tracer{room: room[core.TraceEvent]{items: make(chan core.TraceEvent, traceRoom)}, ended: make(chan struct{}), rate: b.Rate}
	s := &i.traces
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.m) >= mostTraces {
		return nil, hostapi.Errorf(hostapi.Unavailable, "%d traces run, or were not read to their end", mostTraces)
	}
	select {
	case <-i.closed:
		return nil, hostapi.Errorf(hostapi.Unavailable, "shutting down")
	default:
	}
	s.next++
	id := strconv.Itoa(s.next)
	s.m[id] = t
	stop := i.rt.Trace(o, t.tell)
	var late *time.Timer
	t.end = sync.OnceFunc(func() {
		late.Stop()
		stop()
		close(t.ended)
		time.AfterFunc(traceKept, func() { s.forget(id) })
	})
	late = time.AfterFunc(d, t.end)
	return &TraceStarted{ID: id, Of: of, Ends: d.Seconds()}, nil
}

func (s *traces) forget(id string) {
	s.mu.Lock()
	delete(s.m, id)
	s.mu.Unlock()
}

// close ends all traces.
func (s *traces) close() {
	s.mu.Lock()
	all := s.m
	s.m = make(map[string]*tracer)
	s.mu.Unlock()
	for _, t := range all {
		t.end()
	}
}

func (i *Inspector) streamTrace(w http.ResponseWriter, r *request) {
	id := r.PathValue("id")
	t, err := i.tracer(id)
	if err != nil {
		writeProblem(w, problemOf(err))
		return
	}
	out, leave := i.streaming(w)
	if out == nil {
		return
	}
	defer leave()
	n := 0
	send := func(e core.TraceEvent) error {
		n++
		return out.send("event", 0, i.step(n, e))
	}
	if !(following[core.TraceEvent]{from: &t.room, send: send, ended: t.ended}).write(i, r, out) {
		return
	}
	if out.send("end", 0, TraceEnd{t.takeMissed()}) == nil {
		_ = out.flush()
	}
	i.traces.forget(id)
}

// stepOf gives an event as it is shown, without payloads.
func stepOf(n int, e core.TraceEvent) TraceStep {
	return TraceStep{
		ID: n, At: e.At, Kind: string(e.Kind), PID: string(e.PID), Entry: e.Entry, Peer: string(e.Peer), PeerEntry: e.PeerEntry,
		Topic: e.Topic, Message: e.Message, Reason: e.Reason, Error: failureOf(e.Err),
	}
}

// step gives an event of a trace as it is shown.
func (i *Inspector) step(n int, e core.TraceEvent) TraceStep {
	s := stepOf(n, e)
	if len(e.Payloads) > 0 {
		s.Payloads = i.shown(e.Payloads)
	}
	return s
}
