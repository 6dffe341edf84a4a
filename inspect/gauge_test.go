package inspect_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/inspect"
)

// events reads a stream, as the names of its events and their data.
func events(t *testing.T, server *httptest.Server, path string) func() (name, data string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
	lines := bufio.NewScanner(answer.Body)
	return func() (name, data string) {
		t.Helper()
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = text
			}
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return name, text
			}
		}
		t.Fatal("the stream has ended: ", lines.Err())
		return "", ""
	}
}

func TestMetricsAreMeasuredWhileSomebodyLooks(t *testing.T) {
	h, server := served(t, core.Options{}, inspect.Options{})
	h.define("waits", waits)
	for range 3 {
		h.start("waits")
	}
	next := events(t, server, "/api/v1/metrics")
	name, data := next()
	var history []inspect.Metrics
	if err := json.Unmarshal([]byte(data), &history); err != nil || name != "history" || len(history) != 1 {
		t.Fatalf("%s %s: %v", name, data, err)
	}
	if m := history[0]; m.Processes != 3 || m.Messages != nil || m.Heap == 0 {
		t.Errorf("at first %s", data)
	}
	// All that is started from now on is seen, in this second or the next.
	pid := h.start("waits")
	if err := h.Send(pid, "job"); err != nil {
		t.Fatal(err)
	}
	starts, messages := 0.0, 0.0
	for starts == 0 || messages == 0 {
		name, data := next()
		var m inspect.Metrics
		if err := json.Unmarshal([]byte(data), &m); err != nil || name != "metrics" {
			t.Fatalf("%s %s: %v", name, data, err)
		}
		if m.Processes != 4 || m.Starts == nil || m.Messages == nil || m.Unread != 1 {
			t.Fatalf("got %s", data)
		}
		starts, messages = starts+*m.Starts, messages+*m.Messages
	}
}
