package http

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
)

// route is a Route at work.
type route struct {
	Route
	server *Server
	id     hostapi.Value
	params []string        // names in the path
	places *hostapi.Places // for requests at work

	mu   sync.Mutex
	load map[hostapi.PID]int // requests of members of the group
}

func newRoute(s *Server, r Route) *route {
	return &route{
		Route: r, server: s, id: hostapi.String(r.ID), params: paramsOf(r.Path),
		places: hostapi.NewPlaces(r.Concurrency), load: make(map[hostapi.PID]int),
	}
}

var paramForm = regexp.MustCompile(`\{([^{}.$]+)(\.\.\.)?\}`)

// paramsOf gives the names in the pattern of a path.
func paramsOf(pattern string) []string {
	var names []string
	for _, m := range paramForm.FindAllStringSubmatch(pattern, -1) {
		names = append(names, m[1])
	}
	return names
}

// ServeHTTP implements http.Handler. Before a request has a place and its body is read it
// costs no process anything.
func (r *route) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !r.allowsOrigin(req) {
		refuse(w, http.StatusForbidden)
		return
	}
	body := ""
	if !r.StreamBody {
		var status int
		if body, status = r.readBody(w, req); status != 0 {
			refuse(w, status)
			return
		}
	}
	if !r.place(req.Context()) {
		refuse(w, http.StatusServiceUnavailable)
		return
	}
	x := &exchange{id: r.server.newID(), route: r, w: w, r: req, trace: hostapi.TraceOf(req.Context()), done: make(chan struct{})}
	x.read.Store(!r.StreamBody)
	x.payload = r.payload(x.id, req, body)
	x.run()
}

// place takes a place for a request, or waits for one; false if none is to be had.
func (r *route) place(ctx context.Context) bool {
	r.mu.Lock()
	if most, taken, waiting := r.places.Count(); taken == most && waiting >= r.Queue {
		r.mu.Unlock()
		return false
	}
	turn := make(chan struct{})
	place := r.places.Ask(func() { close(turn) })
	r.mu.Unlock()
	select {
	case <-turn:
		return true
	default:
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer r.server.rt.AfterFunc(r.QueueWait, cancel)()
	return r.server.await(ctx, turn) || !place.Withdraw() // it came at the last moment
}

// readBody reads the body within its limits; a status if that is not possible.
func (r *route) readBody(w http.ResponseWriter, req *http.Request) (body string, status int) {
	if req.ContentLength == 0 {
		return "", 0
	}
	if req.ContentLength > r.MaxBody {
		w.Header()["Connection"] = []string{"close"}
		return "", http.StatusRequestEntityTooLarge
	}
	r.server.readDeadline(w, r.server.config.BodyTimeout)
	var text bytes.Buffer
	text.Grow(int(min(max(req.ContentLength, 512), 64<<10))) // for what has come, not for what was said
	_, err := text.ReadFrom(http.MaxBytesReader(w, req.Body, r.MaxBody))
	r.server.readDeadline(w, 0)
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return text.String(), 0
	case errors.As(err, &large):
		return "", http.StatusRequestEntityTooLarge
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "", http.StatusBadRequest
	}
	var slow interface{ Timeout() bool }
	if errors.As(err, &slow) && slow.Timeout() {
		w.Header()["Connection"] = []string{"close"}
		return "", http.StatusRequestTimeout
	}
	return "", http.StatusBadRequest
}

// allowsOrigin says whether a page may open a websocket (48.11): one of the own host, or
// of a host that the route names.
func (r *route) allowsOrigin(req *http.Request) bool {
	origin := req.Header.Get("Origin")
	if origin == "" || !strings.EqualFold(req.Header.Get("Upgrade"), "websocket") {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	if strings.EqualFold(u.Host, req.Host) {
		return true
	}
	for _, pattern := range r.Origins {
		is := u.Host
		if strings.Contains(pattern, "://") {
			is = u.Scheme + "://" + u.Host
		}
		if ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(is)); ok && err == nil {
			return true
		}
	}
	return false
}

// dispatch hands a request to whom the route names.
func (r *route) dispatch(x *exchange) {
	switch {
	case r.Process != "":
		x.spawn()
	case r.To != "":
		if err := x.entrust(hostapi.Name(r.To), x.payload); err != nil {
			x.settle(unavailable(err))
		}
	default:
		if err := r.toMember(x); err != nil {
			x.settle(unavailable(err))
		}
	}
}

// unavailable is what becomes of a request whose handler is not there (48.8).
func unavailable(err error) outcome {
	if o := refused(err); o.status != 0 {
		return o
	}
	return outcome{status: http.StatusServiceUnavailable, reason: err.Error()}
}

// toMember hands a request to the member of the group that has the fewest. One that ends
// just then is passed over.
func (r *route) toMember(x *exchange) error {
	failed := hostapi.Errorf(hostapi.Unavailable, "nobody is in the group %s", r.Group.Name)
	tried := map[hostapi.PID]bool{}
	for {
		members, err := r.server.rt.Members(r.Group.Scope, r.Group.Name)
		if err != nil {
			return err
		}
		member := r.lightest(members, tried)
		if member == "" {
			return failed
		}
		err = x.entrust(member, x.payload)
		if err == nil {
			x.mu.Lock()
			x.member = member
			x.mu.Unlock()
			return nil
		}
		r.relieve(member)
		tried[member] = true
		failed = hostapi.AsError(err)
	}
}

// lightest gives the member with the fewest requests, which then has one more; "" if all
// were tried.
func (r *route) lightest(members []hostapi.PID, tried map[hostapi.PID]bool) (found hostapi.PID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range members {
		if !tried[m] && (found == "" || r.load[m] < r.load[found]) {
			found = m
		}
	}
	if found != "" {
		r.load[found]++
	}
	return found
}

// relieve says that a member has one request less; "" is none.
func (r *route) relieve(member hostapi.PID) {
	if member == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.load[member]--; r.load[member] <= 0 {
		delete(r.load, member)
	}
}
