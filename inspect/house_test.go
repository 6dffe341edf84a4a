package inspect_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

// house is a runtime with one host whose processes are Go functions, and its inspector. It
// runs under a simulation, or on workers.
type house struct {
	*core.Runtime
	*inspect.Inspector
	sim *core.Simulation // nil on workers
	t   testing.TB
}

const hostID = "test:host"

func simulated(t testing.TB, seed uint64, o inspect.Options) *house {
	sim := core.NewSimulation(seed)
	h := build(t, core.Options{Scheduler: sim}, o)
	h.sim = sim
	return h
}

func onWorkers(t testing.TB, o inspect.Options) *house { return build(t, core.Options{}, o) }

func build(t testing.TB, c core.Options, o inspect.Options) *house {
	t.Helper()
	h := &house{t: t, Runtime: core.New(c)}
	if err := h.DefineHost(core.HostOptions{ID: hostID, Workers: 2}); err != nil {
		t.Fatal(err)
	}
	if err := h.StartHost(hostID); err != nil {
		t.Fatal(err)
	}
	h.Inspector = inspect.Handler(h.Runtime, o)
	t.Cleanup(func() {
		h.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := h.Shutdown(ctx, 0); err != nil {
			t.Error(err)
		}
	})
	return h
}

// define makes test:<name> known.
func (h *house) define(name string, body func(p hostapi.Process, args []hostapi.Value) error) {
	h.t.Helper()
	err := h.Define(core.Entry{ID: "test:" + name, Program: native.Program(func(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
		return nil, body(t.Process(), args)
	})})
	if err != nil {
		h.t.Fatal(err)
	}
}

// waits is a process that does nothing until it is asked to stop.
func waits(p hostapi.Process, _ []hostapi.Value) error {
	_, _, err := p.Events().Receive()
	return err
}

func (h *house) start(name string, args ...hostapi.Value) hostapi.PID {
	h.t.Helper()
	pid, err := h.Runtime.Start(h.t.Context(), hostapi.Spawn{ID: "test:" + name, Host: hostID, Args: args}, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return pid
}

// request makes a request as it comes over a loopback address, or another.
func request(method, path string, local string) *http.Request {
	r := httptest.NewRequest(method, "http://127.0.0.1:4477"+path, nil)
	a, err := net.ResolveTCPAddr("tcp", local)
	if err != nil {
		panic(err)
	}
	return r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(a)))
}

const loopback = "127.0.0.1:4477"

// get asks for what is expected to be there.
func (h *house) get(path string, into any) {
	h.t.Helper()
	if status := h.ask(request("GET", path, loopback), into); status != http.StatusOK {
		h.t.Fatalf("GET %s: status %d", path, status)
	}
}

// ask makes a request and reads the answer, whatever its status.
func (h *house) ask(r *http.Request, into any) (status int) {
	h.t.Helper()
	w := httptest.NewRecorder()
	h.Inspector.ServeHTTP(w, r)
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			h.t.Fatalf("%s %s: %v in %s", r.Method, r.URL, err, w.Body)
		}
	}
	return w.Code
}

// post makes a request of an action.
func (h *house) post(path string, body any, token string) (status int, said string) {
	h.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	r := request("POST", path, loopback)
	r.Body = http.NoBody
	r2 := httptest.NewRequest("POST", r.URL.String(), strings.NewReader(string(text))).WithContext(r.Context())
	r2.Header.Set("Content-Type", "application/json")
	if token != "" {
		r2.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.Inspector.ServeHTTP(w, r2)
	return w.Code, w.Body.String()
}

func of(pid hostapi.PID) string { return "/api/v1/processes/" + url.PathEscape(string(pid)) }

// text gives an answer as it is written.
func (h *house) text(path string) string {
	w := httptest.NewRecorder()
	h.Inspector.ServeHTTP(w, request("GET", path, loopback))
	return w.Body.String()
}
