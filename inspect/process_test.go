package inspect_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

func (h *house) headers(path string) http.Header {
	w := httptest.NewRecorder()
	h.Inspector.ServeHTTP(w, request("GET", path, loopback))
	return w.Result().Header
}

// Processes are filtered, sorted and shown by pages.
func TestProcessesByPages(t *testing.T) {
	h := simulated(t, 1, inspect.Options{})
	h.define("a", waits)
	h.define("b", waits)
	var all []string
	for i := range 7 {
		pid := h.start([]string{"a", "b"}[i%2])
		all = append(all, string(pid))
		for range i * 3 % 7 { // 0 3 6 2 5 1 4
			if err := h.Send(pid, "news"); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.sim.Settle()
	list := func(query string) (pids []string, total int) {
		t.Helper()
		var out inspect.ProcessList
		h.get("/api/v1/processes?"+query, &out)
		for _, p := range out.Processes {
			pids = append(pids, p.PID)
		}
		return pids, out.Total
	}
	pick := func(numbers ...int) (out []string) {
		for _, n := range numbers {
			out = append(out, all[n])
		}
		return out
	}
	for _, c := range []struct {
		query string
		want  []string
		total int
	}{
		{"", all, 7},
		{"limit=3", all[:3], 7},
		{"limit=3&offset=6", all[6:], 7},
		{"offset=100", nil, 7},
		{"entry=test:b", pick(1, 3, 5), 3},
		{"entry=test:c", nil, 0},
		{"state=waiting&limit=2", all[:2], 7},
		{"state=running", nil, 0},
		{"sort=unread&order=asc", pick(0, 5, 3, 1, 6, 4, 2), 7},
		{"sort=unread&order=desc&limit=2", pick(2, 4), 7},
		{"filter=TEST:B&sort=unread", pick(5, 3, 1), 3},
		{"filter=" + strings.ReplaceAll(all[4], "|", "%7C"), pick(4), 1},
	} {
		if pids, total := list(c.query); !slices.Equal(pids, c.want) || total != c.total {
			t.Errorf("%s: %v of %d, want %v of %d", c.query, pids, total, c.want, c.total)
		}
	}
	for _, query := range []string{"limit=-1", "limit=x", "limit=1001", "sort=size", "order=up", "state=dead", "filtre=a", "limit=1&limit=2"} {
		var said inspect.Refusal
		if status := h.ask(request("GET", "/api/v1/processes?"+query, loopback), &said); status != http.StatusBadRequest {
			t.Errorf("%s: status %d: %v", query, status, said)
		}
	}
}

// A process that dies while it is looked at is answered in one shape.
func TestProcessThatIsGone(t *testing.T) {
	h := simulated(t, 1, inspect.Options{})
	h.define("fail", func(p hostapi.Process, _ []hostapi.Value) error {
		if _, _, err := p.Inbox().Receive(); err != nil {
			return err
		}
		return hostapi.Errorf(hostapi.Conflict, "told to")
	})
	h.define("wait", waits)
	fails, exits := h.start("fail"), h.start("wait")
	h.sim.Settle()
	var seen inspect.ProcessDetail
	h.get(of(fails), &seen)
	if seen.PID != string(fails) || seen.Entry != "test:fail" || seen.State != "waiting" || !strings.Contains(seen.Doing, "inbox") {
		t.Errorf("seen %+v", seen)
	}
	if err := h.Send(fails, "go"); err != nil {
		t.Fatal(err)
	}
	if err := h.Cancel(exits, time.Minute, ""); err != nil {
		t.Fatal(err)
	}
	h.sim.Run()
	for _, c := range []struct {
		path   string
		status int
		kind   string
	}{
		{of(fails), http.StatusGone, "NotFound"},
		{of(exits), http.StatusNotFound, "NotFound"},
		{of("{test:host|zzz}"), http.StatusNotFound, "NotFound"},
		{of("nobody"), http.StatusBadRequest, "Invalid"},
	} {
		var said inspect.Refusal
		if status := h.ask(request("GET", c.path, loopback), &said); status != c.status || said.Error.Kind != c.kind || said.Error.Message == "" {
			t.Errorf("%s: status %d, %+v; want %d", c.path, status, said, c.status)
		}
		if r := said.Error.Report; (r != nil) != (c.status == http.StatusGone) {
			t.Errorf("%s: report %+v", c.path, r)
		} else if r != nil && (r.Error.Kind != "Conflict" || r.Error.Message != "told to" || r.LastTopic != "go") {
			t.Errorf("%s: report %+v, %+v", c.path, r, r.Error)
		}
	}
}

// Whatever scripts choose as names, topics and payloads is data in an answer: there is no
// markup in its text, and it is read as it was written.
func TestTextsAreData(t *testing.T) {
	h := simulated(t, 1, inspect.Options{})
	const text = "<script>\"alert\"</script>&\u2028\x1b[31m\x00\r\n"
	h.define("named", func(p hostapi.Process, _ []hostapi.Value) error {
		if err := p.Register("<b>"+strings.Repeat("n", 3)+"</b>", ""); err != nil {
			return err
		}
		return waits(p, nil)
	})
	pid := h.start("named")
	h.sim.Settle()
	_ = h.Send(hostapi.Name("nobody"), "topic <img src=x>", hostapi.String(text))
	for _, path := range []string{"/api/v1/processes", of(pid)} {
		w := httptest.NewRecorder()
		h.Inspector.ServeHTTP(w, request("GET", path, loopback))
		if body := w.Body.String(); strings.ContainsAny(body, "<>&\x1b\x00\r") || !strings.Contains(body, `\u003cb\u003ennn\u003c/b\u003e`) {
			t.Errorf("%s: %q", path, body)
		}
		if got := w.Result().Header.Get("Content-Type"); got != "application/json" {
			t.Errorf("%s: type %q", path, got)
		}
	}
	var list inspect.ProcessList
	h.get("/api/v1/processes", &list)
	if got, want := fmt.Sprint(list.Processes[0].Names), "[<b>nnn</b>]"; got != want {
		t.Errorf("names %s, want %s", got, want)
	}
}
