package inspect_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

// message is one of a stream.
type message struct{ event, data string }

// stream opens a stream of a server; next gives its messages, and false at its end.
func stream(t *testing.T, server *httptest.Server, path, token string) (next func() (message, bool)) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s: status %d", path, answer.StatusCode)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	return func() (m message, ok bool) {
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case name == "event":
				m.event = value
			case name == "data":
				m.data = value
			case lines.Text() == "" && m.event != "":
				return m, true
			}
		}
		return message{}, false
	}
}

// 63.4: a trace is begun, read as a stream, and ended; what it could not take it counts.
func TestTraceAsStream(t *testing.T) {
	h := onWorkers(t, inspect.Options{Token: token})
	h.define("reads", func(p hostapi.Process, _ []hostapi.Value) error {
		for {
			if _, _, err := p.Inbox().Receive(); err != nil {
				return err
			}
		}
	})
	server := httptest.NewServer(h.Inspector)
	defer server.Close()
	defer h.Close()
	pid := h.start("reads")
	begin := func(b inspect.TraceBody) string {
		t.Helper()
		status, said := h.post("/api/v1/traces", b, token)
		var s inspect.TraceStarted
		if err := json.Unmarshal([]byte(said), &s); err != nil || status != 200 {
			t.Fatalf("status %d: %s", status, said)
		}
		return s.ID
	}
	end := func(id string) {
		t.Helper()
		r := request("DELETE", "/api/v1/traces/"+id, loopback)
		r.Header.Set("Authorization", "Bearer "+token)
		if status := h.ask(r, nil); status != http.StatusNoContent {
			t.Errorf("end: status %d", status)
		}
	}
	id := begin(inspect.TraceBody{Of: string(pid), For: "10m", Payloads: true})
	next := stream(t, server, "/api/v1/traces/"+id, token)
	if err := h.Send(pid, "<topic>", hostapi.String("</script>")); err != nil {
		t.Fatal(err)
	}
	m, ok := next()
	var step inspect.TraceStep
	if err := json.Unmarshal([]byte(m.data), &step); !ok || err != nil || m.event != "event" {
		t.Fatalf("told %+v: %v", m, err)
	}
	if step.Kind != "receive" || step.PID != string(pid) || step.Topic != "<topic>" || step.Payloads[0].Str() != "</script>" || step.Message == 0 {
		t.Errorf("told %+v", step)
	}
	if strings.ContainsAny(m.data, "<>") {
		t.Errorf("markup: %s", m.data)
	}
	end(id)
	if m, ok := next(); !ok || m.event != "end" || m.data != `{"missed":0}` {
		t.Errorf("at the end %+v", m)
	}
	if m, ok := next(); ok {
		t.Errorf("after the end %+v", m)
	}
}

// More events than the rate in one second are counted and not told.
func TestTraceKeepsItsRate(t *testing.T) {
	h := simulated(t, 1, inspect.Options{Token: token})
	h.define("reads", func(p hostapi.Process, _ []hostapi.Value) error {
		for {
			if _, _, err := p.Inbox().Receive(); err != nil {
				return err
			}
		}
	})
	pid := h.start("reads")
	if status, said := h.post("/api/v1/traces", inspect.TraceBody{Of: "test:reads", For: "10m", Rate: 10}, token); status != 200 {
		t.Fatalf("status %d: %s", status, said)
	}
	for range 2 {
		for range 500 {
			if err := h.Send(pid, "fast"); err != nil {
				t.Fatal(err)
			}
		}
		h.sim.RunFor(time.Second)
	}
	answer := func(method string) string {
		r := request(method, "/api/v1/traces/1", loopback)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.Inspector.ServeHTTP(w, r)
		return w.Body.String()
	}
	answer("DELETE")
	said := answer("GET")
	if told := strings.Count(said, "event: event\n"); told != 20 || !strings.Contains(said, `data: {"missed":980}`) {
		t.Errorf("told %d events: %s", told, said)
	}
}

// What cannot be traced is said, and how many traces there may be.
func TestTraceRefusals(t *testing.T) {
	h := simulated(t, 1, inspect.Options{Token: token})
	for _, c := range []struct {
		body any
		want int
	}{
		{inspect.TraceBody{}, 400},
		{inspect.TraceBody{Of: "topic", For: "soon"}, 400},
		{inspect.TraceBody{Of: "topic", For: "11m"}, 400},
		{inspect.TraceBody{Of: "topic", Rate: 10001}, 400},
		{inspect.TraceBody{Of: "topic", Rate: -1}, 400},
		{inspect.TraceBody{Of: "{test:host|zzz}"}, 404},
		{map[string]any{"of": "topic", "until": "never"}, 400},
	} {
		if status, said := h.post("/api/v1/traces", c.body, token); status != c.want {
			t.Errorf("%+v: status %d, want %d: %s", c.body, status, c.want, said)
		}
	}
	for n := range 9 {
		want := 200
		if n == 8 {
			want = 503
		}
		if status, said := h.post("/api/v1/traces", inspect.TraceBody{Of: "topic", For: "10m"}, token); status != want {
			t.Errorf("trace %d: status %d, want %d: %s", n, status, want, said)
		}
	}
	if status, _ := h.post("/api/v1/traces", inspect.TraceBody{Of: "topic"}, ""); status != 401 {
		t.Errorf("without the token: status %d", status)
	}
	if status := h.ask(request("GET", "/api/v1/traces/1", loopback), &inspect.Refusal{}); status != 401 {
		t.Errorf("read without the token: status %d", status)
	}
}
