package http_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	nethttp "net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world/http"
	"github.com/understudy-run/understudy/world/json"
)

// house is a runtime on real workers with a server on loopback.
type house struct {
	*core.Runtime
	t      testing.TB
	engine hostapi.Engine
	server *http.Server
	url    string // of the server
	addr   string

	mu   sync.Mutex
	log  strings.Builder
	ends []core.EndReport
	news chan struct{} // closed and replaced with each end
	told chan string   // what scripts print
}

const hostID = "app:host"

// open starts a server with routes to Lua scripts, which have ids like app:name.
func open(t testing.TB, scripts map[string]string, c http.Config) *house {
	return openOn(t, gopherlua.New(), scripts, c)
}

// openOn is open with scripts of any engine.
func openOn(t testing.TB, e hostapi.Engine, scripts map[string]string, c http.Config) *house {
	h := &house{t: t, engine: e, news: make(chan struct{}), told: make(chan string, 100)}
	log := slog.New(slog.NewTextHandler(writer(func(text string) {
		h.mu.Lock()
		h.log.WriteString(text)
		h.mu.Unlock()
	}), nil))
	h.Runtime = core.New(core.Options{
		Log:    log,
		Output: writer(func(line string) { h.told <- strings.TrimSpace(line) }),
		OnEnd: func(r core.EndReport) {
			h.mu.Lock()
			h.ends = append(h.ends, r)
			close(h.news)
			h.news = make(chan struct{})
			h.mu.Unlock()
		},
	})
	must(t, h.DefineHost(core.HostOptions{ID: hostID, Workers: 2}))
	must(t, h.StartHost(hostID))
	for name, text := range scripts {
		h.define("app:"+name, text)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c.Listener, c.Log = l, log
	for i := range c.Routes {
		if c.Routes[i].Process != "" {
			c.Routes[i].Host = hostID
		}
		if c.Routes[i].ID == "" {
			c.Routes[i].ID = fmt.Sprintf("app:route%d", i)
		}
	}
	h.server, err = http.New(h.Runtime, c)
	must(t, err)
	must(t, h.server.Start())
	h.addr = l.Addr().String()
	h.url = "http://" + h.addr
	if c.TLS != nil {
		h.url = "https://" + h.addr
	}
	t.Cleanup(func() {
		stopped, cancel := context.WithCancel(context.Background())
		cancel()
		h.server.Stop(stopped)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		must(t, h.Shutdown(ctx, 0))
	})
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type writer func(string)

func (w writer) Write(b []byte) (int, error) {
	w(string(b))
	return len(b), nil
}

// define makes a script an entry.
func (h *house) define(id, text string, grants ...spec.Grant) {
	all := append(modules.Standard(), http.Module, json.Module)
	p, err := h.engine.Compile(hostapi.Source{ID: id, Path: id + h.engine.Info().Extension, Text: text, Modules: all})
	must(h.t, err)
	must(h.t, h.Define(core.Entry{ID: id, Program: p, Engine: h.engine.Info().Name, Resources: grants}))
}

// start starts a script beside the routes.
func (h *house) start(id string, args ...hostapi.Value) hostapi.PID {
	h.t.Helper()
	pid, err := h.Start(context.Background(), hostapi.Spawn{ID: id, Host: hostID, Args: args}, nil)
	must(h.t, err)
	return pid
}

// end waits for the end of the first process of an entry.
func (h *house) end(entry string) core.EndReport {
	for {
		h.mu.Lock()
		for _, r := range h.ends {
			if r.Entry == entry {
				h.mu.Unlock()
				return r
			}
		}
		news := h.news
		h.mu.Unlock()
		<-news
	}
}

// logged gives the log so far.
func (h *house) logged() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.String()
}

// answer is what a client got.
type answer struct {
	*nethttp.Response
	text string
}

// do makes a request with headers, given as name and value in turn.
func (h *house) do(method, path, body string, headers ...string) answer {
	h.t.Helper()
	a, err := h.try(method, path, body, headers...)
	must(h.t, err)
	return a
}

func (h *house) try(method, path, body string, headers ...string) (answer, error) {
	req, err := nethttp.NewRequest(method, h.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{resp, string(text)}, err
}

var client = &nethttp.Client{
	Transport:     &nethttp.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*nethttp.Request, []*nethttp.Request) error { return nethttp.ErrUseLastResponse },
}

// gets checks status and body of an answer.
func (h *house) gets(path string, status int, text string) {
	h.t.Helper()
	if a := h.do("GET", path, ""); a.StatusCode != status || a.text != text {
		h.t.Errorf("%s gives %d %q, want %d %q", path, a.StatusCode, a.text, status, text)
	}
}

// dial opens a connection on which a test speaks for itself.
func (h *house) dial() (net.Conn, *bufio.Reader) {
	h.t.Helper()
	c, err := net.Dial("tcp", h.addr)
	must(h.t, err)
	h.t.Cleanup(func() { c.Close() })
	return c, bufio.NewReader(c)
}

// says sends a text and gives the answer to it.
func (h *house) says(text string) (answer, error) {
	h.t.Helper()
	c, r := h.dial()
	if _, err := io.WriteString(c, text); err != nil {
		return answer{}, err
	}
	return read(r)
}

func read(r *bufio.Reader) (answer, error) {
	resp, err := nethttp.ReadResponse(r, nil)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp, string(body)}, err
}

func coreScope(id string) core.ScopeOptions { return core.ScopeOptions{ID: id} }
