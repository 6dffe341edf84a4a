package http

import (
	"crypto/rand"
	"fmt"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
)

// requests are those of a runtime that are not answered yet, by id: by them the module
// http finds what its functions are about. Safe for concurrent use.
type requests struct {
	mu sync.RWMutex
	m  map[string]*exchange
}

// requestsOf gives those of a runtime.
func requestsOf(s hostapi.Sharer) *requests {
	return hostapi.SharedOf(s, func() *requests { return &requests{m: make(map[string]*exchange)} })
}

func (q *requests) add(x *exchange) {
	q.mu.Lock()
	q.m[x.id] = x
	q.mu.Unlock()
}

func (q *requests) remove(id string) {
	q.mu.Lock()
	delete(q.m, id)
	q.mu.Unlock()
}

func errOver() error { return hostapi.Errorf(hostapi.NotFound, "request is over") }

// open gives the exchange of the request that is argument i of a call. One that no server
// has made, or that is answered, is NotFound "request is over" (48.12).
func open(c hostapi.Call, i int) (*exchange, error) {
	q := requestsOf(c.Task().Process())
	id := c.Field(c.Arg(i), "id").Str()
	q.mu.RLock()
	x := q.m[id]
	q.mu.RUnlock()
	if x == nil {
		return nil, errOver()
	}
	return x, nil
}

// newID gives an id that nobody can guess; in a simulated run it comes from the seed.
func (s *Server) newID() string {
	if s.simulated {
		return fmt.Sprintf("%016x%016x", s.rt.NextSeed(), s.rt.NextSeed())
	}
	return rand.Text()
}
