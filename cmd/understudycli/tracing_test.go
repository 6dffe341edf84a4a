package understudycli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// 64.2: exec --otel sends what the process has done, below a span of the command, before the
// command ends.
func TestExecSendsSpans(t *testing.T) {
	var mu sync.Mutex
	spans := map[string]*tracepb.Span{}
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var request collectorpb.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &request)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, of := range request.ResourceSpans {
			for _, in := range of.ScopeSpans {
				for _, s := range in.Spans {
					spans[s.Name] = s
				}
			}
		}
	}))
	defer collector.Close()
	dir := writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - name: main
    kind: process.lua
    source: file://main.lua
    modules: [trace]
`,
		"main.lua": `local trace = require("trace")
return function()
	trace.start("mine")
	error("no")
end`,
	})
	status, _, errs := command(t, "exec", "--otel", collector.URL, dir, "main")
	if status != 1 {
		t.Fatalf("status %d: %s", status, errs)
	}
	mu.Lock()
	defer mu.Unlock()
	for name, parent := range map[string]string{"mine": "start app:main", "start app:main": "exec app:main"} {
		s := spans[name]
		if s == nil || string(s.ParentSpanId) != string(spans[parent].GetSpanId()) || s.Status.GetCode() != tracepb.Status_STATUS_CODE_ERROR {
			t.Errorf("%s: %v, want a span that has failed, below %s", name, s, parent)
		}
	}
}

func TestBadCollector(t *testing.T) {
	status, _, errs := command(t, "run", "--otel", "localhost:4318", "../../examples/worker-pool")
	if status != 2 || !strings.Contains(errs, "--otel: not an address of a collector") || strings.Contains(errs, "started") {
		t.Errorf("status %d: %s", status, errs)
	}
}

// A collector that is not there is told once, and the app runs.
func TestCollectorThatIsNotThere(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	dir := writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - {name: main, kind: process.lua, source: file://main.lua}
`,
		"main.lua": `return function() return "done" end`,
	})
	status, out, errs := command(t, "exec", "--otel", gone.URL, dir, "main")
	if status != 0 || out != "done\n" || strings.Count(errs, "spans are not sent") != 1 {
		t.Errorf("status %d, %q, %q", status, out, errs)
	}
}
