package prometheus_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/measure"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/observe/prometheus"
)

// busy gives a simulated runtime in which each thing that is measured has happened.
func busy(t *testing.T) *core.Runtime {
	t.Helper()
	sim := core.NewSimulation(1)
	rt := core.New(core.Options{Scheduler: sim, Outside: func(_ string, op hostapi.Op) core.Handling {
		return core.Answer(20*time.Millisecond, hostapi.Done{}, nil)
	}})
	t.Cleanup(func() { _ = rt.Shutdown(context.Background(), 0) })
	rt.Measure()
	rt.DefineHost(core.HostOptions{ID: "app:host"})
	if err := rt.StartHost("app:host"); err != nil {
		t.Fatal(err)
	}
	define := func(id string, body func(p hostapi.Process) error) {
		p := native.Program(func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) { return nil, body(t.Process()) })
		if err := rt.Define(core.Entry{ID: id, Program: p, Engine: "native"}); err != nil {
			t.Fatal(err)
		}
	}
	define("app:fails", func(hostapi.Process) error { return errors.New("no") })
	define("app:asks", func(p hostapi.Process) error {
		_, err := p.Await(hostapi.Op{Name: "x.get", Resource: "app:x"}, nil)
		if err == nil {
			_, _, err = p.Inbox().Receive()
		}
		if err == nil {
			_, err = p.Await(hostapi.Op{Name: "x.get", Resource: "app:x"}, nil)
		}
		return err
	})
	rt.DefineSupervisor("app:sup", spec.Supervisor{
		Strategy: "one_for_one", Intensity: 1, Period: time.Minute,
		Children: []spec.Child{{ID: "c", Process: "app:fails", Host: "app:host", Restart: "permanent"}},
	})
	if _, err := rt.Start(context.Background(), hostapi.Spawn{ID: "app:sup", Host: "app:host"}, nil); err != nil {
		t.Fatal(err)
	}
	pid, err := rt.Start(context.Background(), hostapi.Spawn{ID: "app:asks", Host: "app:host"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = rt.Send(hostapi.Name("nobody"), "lost")
	sim.RunFor(time.Second)
	if err := rt.Send(pid, "go"); err != nil {
		t.Fatal(err)
	}
	sim.Settle()
	return rt
}

func get(t *testing.T, rt *core.Runtime, accept string) *httptest.ResponseRecorder {
	t.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/metrics", nil)
	r.Header.Set("Accept", accept)
	prometheus.Handler(rt).ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w
}

// 64.1: the linter of the client library finds nothing in our names, and every family has
// a value here that the specification lists.
func TestLinterFindsNothing(t *testing.T) {
	rt := busy(t)
	r := client.NewPedanticRegistry()
	r.MustRegister(prometheus.Collector(rt))
	problems, err := testutil.GatherAndLint(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	gathered, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, f := range gathered {
		there[f.GetName()] = true
	}
	for _, name := range []string{
		"understudy_processes", "understudy_processes_started_total", "understudy_processes_ended_total",
		"understudy_messages_received_total", "understudy_dead_letters_total", "understudy_mailbox_wait_seconds",
		"understudy_run_queue_wait_seconds", "understudy_slice_seconds", "understudy_supervisor_restarts_total",
		"understudy_timers", "understudy_memory_charged_bytes", "understudy_steps_total", "understudy_coroutines",
		"understudy_load_seconds", "understudy_outside_operations_total", "understudy_outside_duration_seconds",
		"understudy_outside_in_flight", "understudy_outside_waiting",
	} {
		if !there[name] {
			t.Errorf("64.1: no %s", name)
		}
	}
}

// 64.1: who asks for text gets text, who asks for OpenMetrics gets that, and the parser of
// Prometheus reads it.
func TestFormats(t *testing.T) {
	rt := busy(t)
	text := get(t, rt, "text/plain")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"understudy_processes", "go_goroutines", "process_cpu_seconds_total"} {
		if families[name] == nil {
			t.Errorf("no %s", name)
		}
	}
	wait := families["understudy_mailbox_wait_seconds"].GetMetric()[0].GetHistogram()
	if wait.GetSampleCount() != 1 || wait.GetSampleSum() != 0 || len(wait.GetBucket()) != len(measure.Bounds)+1 {
		t.Errorf("mailbox wait: %v, want one message that has not waited", wait)
	}
	open := get(t, rt, "application/openmetrics-text; version=1.0.0")
	if kind := open.Header().Get("Content-Type"); !strings.HasPrefix(kind, "application/openmetrics-text") || !strings.HasSuffix(open.Body.String(), "# EOF\n") {
		t.Errorf("OpenMetrics: %s, ends with %q", kind, open.Body.String()[max(0, open.Body.Len()-20):])
	}
}

// 64.1: so does promtool, where it is installed.
func TestPromtoolFindsNothing(t *testing.T) {
	tool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	text, err := io.ReadAll(get(t, busy(t), "text/plain").Body)
	if err != nil {
		t.Fatal(err)
	}
	check := exec.Command(tool, "check", "metrics")
	check.Stdin = bytes.NewReader(text)
	if out, err := check.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
}

// What nobody has asked for is not measured.
func TestHandlerMeasuresFromTheFirstRequest(t *testing.T) {
	sim := core.NewSimulation(1)
	rt := core.New(core.Options{Scheduler: sim})
	h := prometheus.Handler(rt)
	if rt.Measuring() {
		t.Error("measures before anybody has asked")
	}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/metrics", nil))
	if !rt.Measuring() {
		t.Error("does not measure after a request")
	}
}
