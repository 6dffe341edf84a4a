package inspect_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

// A crash is told at once to who reads the stream.
func TestEventsAreToldAsTheyHappen(t *testing.T) {
	h := onWorkers(t, inspect.Options{})
	server := httptest.NewServer(h.Inspector)
	defer server.Close()
	defer h.Close()
	h.define("fail", func(hostapi.Process, []hostapi.Value) error { return hostapi.Errorf(hostapi.Conflict, "<as told>") })
	next := stream(t, server, "/api/v1/events?kind=process.started,process.ended", "")
	pid := h.start("fail")
	for _, want := range []string{"process.started", "process.ended"} {
		m, ok := next()
		var e inspect.Event
		if err := json.Unmarshal([]byte(m.data), &e); !ok || err != nil || e.Kind != want || e.PID != string(pid) {
			t.Fatalf("told %+v, want %s: %v", m, want, err)
		}
		if want == "process.ended" && (e.Error == nil || e.Error.Message != "<as told>") || strings.ContainsAny(m.data, "<>") {
			t.Errorf("told %s", m.data)
		}
	}
}

// There are no more streams than there may be: further ones are refused, and there is room
// again when one ends. All end by Close.
func TestStreamsAreBounded(t *testing.T) {
	h := onWorkers(t, inspect.Options{MostStreams: 3})
	server := httptest.NewServer(h.Inspector)
	defer server.Close()
	open := func() *http.Response {
		t.Helper()
		answer, err := server.Client().Get(server.URL + "/api/v1/events")
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	var streams []*http.Response
	for range 3 {
		s := open()
		if s.StatusCode != http.StatusOK {
			t.Fatalf("status %d", s.StatusCode)
		}
		streams = append(streams, s)
	}
	for range 1000 {
		s := open()
		if s.StatusCode != http.StatusServiceUnavailable || s.Header.Get("Retry-After") == "" {
			t.Fatalf("status %d", s.StatusCode)
		}
		_, _ = io.Copy(io.Discard, s.Body)
		s.Body.Close()
	}
	streams[0].Body.Close()
	for { // the server notices the end in its own time
		s := open()
		ok := s.StatusCode == http.StatusOK
		if ok {
			streams[0] = s
			break
		}
		s.Body.Close()
	}
	h.Close()
	for _, s := range streams {
		_, _ = io.Copy(io.Discard, s.Body) // ends
		s.Body.Close()
	}
}

// stuck is a writer whose reader has stopped reading: it takes the head of an answer, and
// then nothing until it is freed.
type stuck struct {
	*httptest.ResponseRecorder
	begun sync.Once
	first chan struct{} // closed when something was written
	freed chan struct{}
}

func (s *stuck) Write(b []byte) (int, error) {
	s.begun.Do(func() { close(s.first) })
	<-s.freed
	return len(b), nil
}

// A reader that does not read holds neither the runtime nor other readers: it is left out.
func TestSlowReaderHoldsNobody(t *testing.T) {
	h := onWorkers(t, inspect.Options{})
	server := httptest.NewServer(h.Inspector)
	defer server.Close()
	slow := &stuck{ResponseRecorder: httptest.NewRecorder(), first: make(chan struct{}), freed: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		h.Inspector.ServeHTTP(slow, request("GET", "/api/v1/events", loopback))
	}()
	<-slow.first
	next := stream(t, server, "/api/v1/events?kind=dead.letter", "")
	const letters = 5000 // more than any buffer of the stream holds
	for range letters {
		_ = h.Send(hostapi.Name("nobody"), "lost")
	}
	if m, ok := next(); !ok || m.event != "event" {
		t.Errorf("the other reader is told %+v", m)
	}
	var list inspect.LetterList
	h.get("/api/v1/dead-letters", &list)
	if list.Reasons["no_process"] != letters {
		t.Errorf("%v letters, want %d", list.Reasons, letters)
	}
	close(slow.freed)
	h.Close()
	<-ended
}
