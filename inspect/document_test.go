package inspect_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

// The document describes what is answered: each view of it, and the errors, are as their
// schema says, and the document names each operation once.
func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	h := simulated(t, 1, inspect.Options{})
	h.define("wait", waits)
	h.define("fail", func(hostapi.Process, []hostapi.Value) error {
		return hostapi.Errorf(hostapi.Conflict, "as told").With("why", hostapi.ListOf(hostapi.Int(1)))
	})
	s := spec.DefaultSupervisor
	s.Children = []spec.Child{{ID: "a", Process: "test:wait", Restart: spec.Permanent}}
	h.DefineSupervisor("test:sup", s)
	o := core.DefaultService
	o.Spawn = hostapi.Spawn{ID: "test:sup", Host: hostID}
	h.NewService(o).Start()
	h.DefineScope(core.ScopeOptions{ID: "test:scope"})
	h.DefineResource("test:store", "store.memory", 1)
	pid := h.start("wait")
	h.start("fail")
	h.sim.Settle()
	_ = h.Send(hostapi.Name("nobody"), "lost", hostapi.Int(1), hostapi.String("x"))
	if err := h.Send(pid, "unread", hostapi.Bool(true)); err != nil {
		t.Fatal(err)
	}

	var document struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Responses   map[string]struct {
				Content map[string]struct {
					Schema map[string]any `json:"schema"`
				} `json:"content"`
			} `json:"responses"`
		} `json:"paths"`
	}
	text := h.text("/api/v1/openapi.json")
	if err := json.Unmarshal([]byte(text), &document); err != nil || document.OpenAPI != "3.1.0" {
		t.Fatalf("%v in %.100s", err, text)
	}
	whole, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err := compiler.AddResource("api.json", whole); err != nil {
		t.Fatal(err)
	}
	schemaAt := func(path, status, kind string) *jsonschema.Schema {
		t.Helper()
		escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
		s, err := compiler.Compile("api.json#/paths/" + escape.Replace(path) + "/get/responses/" + status + "/content/" + escape.Replace(kind) + "/schema")
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return s
	}
	seen, ids := 0, map[string]bool{}
	for path, operations := range document.Paths {
		for method, o := range operations {
			if ids[o.OperationID] || o.OperationID == "" {
				t.Errorf("%s %s: operation %q", method, path, o.OperationID)
			}
			ids[o.OperationID] = true
		}
		get, ok := operations["get"]
		if !ok {
			continue
		}
		if _, isJSON := get.Responses["200"].Content["application/json"]; !isJSON {
			continue // a stream
		}
		asked := strings.NewReplacer("{pid}", url.PathEscape(string(pid)), "{id}", "test:wait").Replace(path)
		w := httptest.NewRecorder()
		h.Inspector.ServeHTTP(w, request("GET", asked, loopback))
		status := "200"
		if w.Code != 200 {
			status = "default"
		}
		body, err := jsonschema.UnmarshalJSON(w.Body)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if err := schemaAt(path, status, "application/json").Validate(body); err != nil {
			t.Errorf("%s, status %d: %v", asked, w.Code, err)
		}
		if w.Code == 200 {
			seen++
		}
	}
	if seen < 14 {
		t.Errorf("only %d views were answered", seen)
	}
	for _, path := range []string{"/api/v1/nothing", "/api/v1/processes?limit=x", of("{test:host|zzz}")} {
		body, err := jsonschema.UnmarshalJSON(strings.NewReader(h.text(path)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schemaAt("/api/v1/node", "default", "application/json").Validate(body); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
