package inspect_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

// records reads a stream of the log.
func records(t *testing.T, server *httptest.Server, query string) func() inspect.Record {
	t.Helper()
	next := events(t, server, "/api/v1/logs"+query)
	return func() (r inspect.Record) {
		t.Helper()
		if _, data := next(); json.Unmarshal([]byte(data), &r) != nil {
			t.Fatal(data)
		}
		return r
	}
}

func served(t *testing.T, c core.Options, o inspect.Options) (*house, *httptest.Server) {
	t.Helper()
	h := build(t, c, o)
	server := httptest.NewServer(h.Inspector)
	t.Cleanup(server.Close)
	t.Cleanup(h.Close)
	return h, server
}

func TestLogIsReadFromWhatIsKeptOn(t *testing.T) {
	kept := inspect.NewLog(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelInfo}))
	log := slog.New(kept)
	_, server := served(t, core.Options{Log: log}, inspect.Options{Log: kept})
	log.Debug("below the level of the log")
	log.Info("one", "entry", "shop:a", "n", 1, slog.Group("fields", "item", "<b>lamp</b>\n"))
	log.With("pid", "{x|1}").WithGroup("fields").Warn("two", "left", 2.5)
	next := records(t, server, "")
	one, two := next(), next()
	if one.Message != "one" || one.Level != "INFO" || two.Level != "WARN" || two.ID <= one.ID {
		t.Errorf("got %+v, %+v", one, two)
	}
	if want := []inspect.Field{{Name: "entry", Value: "shop:a"}, {Name: "n", Value: 1.0}, {Name: "fields.item", Value: "<b>lamp</b>\n"}}; !reflect.DeepEqual(one.Fields, want) {
		t.Errorf("got %v, want %v", one.Fields, want)
	}
	if want := []inspect.Field{{Name: "pid", Value: "{x|1}"}, {Name: "fields.left", Value: 2.5}}; !reflect.DeepEqual(two.Fields, want) {
		t.Errorf("got %v, want %v", two.Fields, want)
	}
	log.Error("three")
	if three := next(); three.Message != "three" {
		t.Errorf("got %+v", three)
	}
	if r := records(t, server, "?level=ERROR")(); r.Message != "three" {
		t.Errorf("of level ERROR: %+v", r)
	}
	if r := records(t, server, "?after=2")(); r.Message != "three" {
		t.Errorf("after the second: %+v", r)
	}
}

// The runtime takes secrets out before it logs, and what it logs is seen.
func TestRecordsOfTheRuntimeAreSeenWithoutSecrets(t *testing.T) {
	kept := inspect.NewLog(slog.NewTextHandler(io.Discard, nil))
	h, server := served(t, core.Options{Log: slog.New(kept)}, inspect.Options{Log: kept})
	h.Conceal("hunter2-hunter2")
	h.define("fails", func(hostapi.Process, []hostapi.Value) error {
		return hostapi.Errorf(hostapi.Internal, "no entry with hunter2-hunter2")
	})
	h.start("fails")
	r := records(t, server, "")()
	if r.Message != "process failed" || r.Level != "ERROR" {
		t.Fatalf("got %+v", r)
	}
	for _, f := range r.Fields {
		if f.Name == "message" && f.Value != "no entry with ***" {
			t.Errorf("it says %v", f.Value)
		}
	}
}

func TestLogThatIsNotGivenIsNotThere(t *testing.T) {
	h := onWorkers(t, inspect.Options{})
	var said struct{ Error inspect.Problem }
	if status := h.ask(request("GET", "/api/v1/logs", loopback), &said); status != http.StatusNotFound || !strings.Contains(said.Error.Message, "log") {
		t.Errorf("%d: %+v", status, said)
	}
}
