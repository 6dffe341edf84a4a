package http_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/understudy-run/understudy/core/measure"
	"github.com/understudy-run/understudy/world/http"
)

// answers gives how many requests of a route were answered with a status, and the time of
// all of them.
func (h *house) answers(t *testing.T, route, status string) (n float64, times measure.Snapshot) {
	t.Helper()
	for _, f := range h.Measurements() {
		for _, s := range f.Samples {
			if !slices.Equal(s.Values, []string{route, status}) {
				continue
			}
			switch f.Name {
			case "understudy_http_requests_total":
				n = s.Number
			case "understudy_http_duration_seconds":
				times = s.Times
			}
		}
	}
	return n, times
}

// 64.1: requests are counted by route and status while that is measured.
func TestRequestsAreMeasured(t *testing.T) {
	h := simulated(t, 1, map[string]string{
		"ask": `local time = require("time")
			return function(req)
				if req.query.what == "fail" then error("no") end
				if req.query.what == "late" then time.sleep("1h") end
				time.sleep("20ms")
				return "ok"
			end`,
	}, http.Config{Routes: []http.Route{{Path: "/ask", Process: "app:ask", Timeout: 3 * time.Second}}})
	h.serve("/ask") // nobody wants to know
	defer h.Measure()()
	for path, want := range map[string]int{"/ask": 200, "/ask?what=fail": 500, "/ask?what=late": 504, "/elsewhere": 404} {
		if status, body := h.serve(path); status != want {
			t.Errorf("%s: %d %s, want %d", path, status, body, want)
		}
	}
	h.serve("/ask")
	for _, want := range []struct {
		status string
		n      float64
		sum    time.Duration
	}{{"200", 2, 40 * time.Millisecond}, {"500", 1, 0}, {"504", 1, 3 * time.Second}, {"404", 0, 0}} {
		if n, times := h.answers(t, "app:route", want.status); n != want.n || times.Count() != uint64(want.n) || times.Sum != want.sum {
			t.Errorf("status %s: %v requests, %v; want %v, %v", want.status, n, times, want.n, want.sum)
		}
	}
}

// 64.1, 48.11: a websocket is one request until it is over, and works while it is measured.
func TestWebsocketIsMeasured(t *testing.T) {
	h := open(t, map[string]string{
		"echo": `local http = require("http")
			return function(req)
				local ws = assert(http.websocket(req))
				local m = ws:channel():receive()
				ws:send(m.data)
				ws:close()
			end`,
	}, http.Config{Routes: []http.Route{{ID: "app:ws", Path: "/ws", Process: "app:echo"}}})
	defer h.Measure()()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, strings.Replace(h.url, "http", "ws", 1)+"/ws", nil)
	must(t, err)
	must(t, conn.Write(ctx, websocket.MessageText, []byte("hello")))
	_, r, err := conn.Reader(ctx)
	must(t, err)
	if text, _ := io.ReadAll(r); string(text) != "hello" {
		t.Errorf("got %q", text)
	}
	_, _, err = conn.Reader(ctx)
	if websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("ended with %v", err)
	}
	stopped, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	h.server.Stop(stopped) // returns when the request is over
	if n, _ := h.answers(t, "app:ws", "101"); n != 1 {
		t.Errorf("%v websockets, want 1", n)
	}
}
