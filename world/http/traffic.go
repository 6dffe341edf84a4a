package http

import (
	"net/http"
	"strconv"

	"github.com/understudy-run/understudy/core/measure"
	"github.com/understudy-run/understudy/hostapi"
)

// traffic is what the servers of a runtime have answered, while that is measured (64.1).
type traffic struct {
	answers measure.Table[answered, measure.Histogram]
}

// answered are the labels of an answer.
type answered struct {
	route  string
	status int // 0: the client had gone before
}

// trafficOf gives that of a runtime, among whose measurements it stands from then on.
func trafficOf(rt Runtime) *traffic {
	return hostapi.SharedOf(rt, func() *traffic {
		t := &traffic{}
		rt.MeasureAlso(t.families)
		return t
	})
}

func (t *traffic) families() []measure.Family {
	labels := []string{"route", "status"}
	requests := measure.Family{Name: "understudy_http_requests_total", Kind: measure.Counter, Labels: labels,
		Help: "Requests that were answered, by the entry of the route; status none: the client had gone before."}
	durations := measure.Family{Name: "understudy_http_duration_seconds", Kind: measure.Times, Labels: labels,
		Help: "Time of requests from their header to the end of their answer, streams and websockets included."}
	t.answers.Each(func(k answered, h *measure.Histogram) {
		status := "none"
		if k.status != 0 {
			status = strconv.Itoa(k.status)
		}
		requests.Add(float64(h.Snapshot().Count()), k.route, status)
		durations.AddTimes(h, k.route, status)
	})
	return []measure.Family{requests, durations}
}

// measured has a handler of an entry measured, while anybody wants that.
func (s *Server) measured(id string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.rt.Measuring() {
			h.ServeHTTP(w, r)
			return
		}
		began, noted := s.rt.Now(), &noted{ResponseWriter: w}
		defer func() { // also after the panic by which an answer is broken off
			s.traffic.answers.Of(answered{id, noted.status}).Observe(s.rt.Now().Sub(began))
		}()
		h.ServeHTTP(noted, r)
	})
}

// noted is a response whose status is noted.
type noted struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter. What is below 200 is not yet the answer, but
// for a connection that is handed over.
func (n *noted) WriteHeader(status int) {
	if n.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		n.status = status
	}
	n.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (n *noted) Write(b []byte) (int, error) {
	if n.status == 0 {
		n.status = http.StatusOK
	}
	return n.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController, and for who takes over the connection.
func (n *noted) Unwrap() http.ResponseWriter { return n.ResponseWriter }
