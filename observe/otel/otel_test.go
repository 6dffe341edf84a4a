package otel_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/observe/otel"
	"github.com/understudy-run/understudy/world/http"
	"github.com/understudy-run/understudy/world/httpclient"
)

const hostID = "app:host"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// define makes a script an entry, on the engine that its first line names.
func define(t *testing.T, rt *core.Runtime, id, text string) {
	t.Helper()
	engines := map[string]hostapi.Engine{"gopherlua": gopherlua.New(), "golua": golua.New(), "starlark": starlark.New()}
	name, code, _ := strings.Cut(strings.TrimSpace(text), "\n")
	e := engines[name]
	path := "it" + e.Info().Extension
	p, err := e.Compile(hostapi.Source{ID: id, Path: path, Text: code, Modules: append(modules.Standard(), http.Module, httpclient.Module)})
	must(t, err)
	must(t, rt.Define(core.Entry{ID: id, Program: p, Engine: name, Resources: []core.Grant{{ID: "app:web"}}}))
}

func open(t *testing.T, o core.Options) *core.Runtime {
	t.Helper()
	rt := core.New(o)
	must(t, rt.DefineHost(core.HostOptions{ID: hostID, Workers: 2}))
	must(t, rt.StartHost(hostID))
	return rt
}

// story are five processes on three engines, and a sixth behind an HTTP server: each step
// goes to another by another way.
var story = map[string]string{
	"app:a": `gopherlua
		local process = process
		return function(url)
			local b = assert(process.spawn("app:b", "app:host"))
			local inbox = process.inbox()
			process.send(b, "first", process.pid(), url)
			local m = inbox:receive()
			return m:topic()
		end`,
	"app:b": `golua
		return function()
			local m = process.inbox():receive()
			local home, url = m:payload():data()[1], m:payload():data()[2]
			assert(process.spawn("app:c", "app:host", home, url))
		end`,
	"app:c": `starlark
def main(home, url):
    d, err = process.spawn("app:d", "app:host", home, url)
    answer, err = process.call(d, "ask", "10s")
    return answer
`,
	"app:d": `gopherlua
		return function(home, url)
			local m = process.inbox():receive()
			local e = assert(process.spawn("app:e", "app:host", home, url))
			m:reply("yes")
			assert(process.send_after("10ms", e, "late"))
			process.inbox():receive()
		end`,
	"app:e": `golua
		local http, trace, log = require("http_client"), require("trace"), require("log")
		return function(home, url)
			process.inbox():receive()
			local span = trace.start("fetching", { url = url, try = 1 })
			local done = channel.new()
			coroutine.spawn(function()
				local r = assert(http.get(url))
				log.info("fetched", { status = r.status })
				span:stop()
				process.send(home, "home")
				done:close()
			end)
			done:receive()
		end`,
	"app:f": `starlark
def main(req):
    return "page"
`,
}

// 64.2: an OTLP collector finds the parents right through five processes on three
// engines, by spawn, send, call, send_after, a span of a script, a coroutine, and HTTP.
func TestCollectorFindsParents(t *testing.T) {
	c := newCollector(t)
	provider, err := otel.Export(c.URL, "story")
	must(t, err)
	var log logged
	rt := open(t, core.Options{Tracer: otel.Tracer(provider), Log: slog.New(slog.NewJSONHandler(&log, nil))})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	client, err := httpclient.Open(httpclient.Config{Hosts: []string{l.Addr().String()}, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	must(t, err)
	rt.DefineResource("app:web", httpclient.Kind, client)
	for id, text := range story {
		define(t, rt, id, text)
	}
	server, err := http.New(rt, http.Config{Listener: l, Routes: []http.Route{{ID: "app:page", Path: "/page", Process: "app:f", Host: hostID}}})
	must(t, err)
	must(t, server.Start())

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	inside, root := provider.Tracer("test").Start(ctx, "root")
	v, err := rt.Exec(inside, hostapi.Spawn{ID: "app:a", Host: hostID, Args: []hostapi.Value{hostapi.String("http://" + l.Addr().String() + "/page")}})
	root.End()
	if err != nil || v.Str() != "home" {
		t.Fatalf("the story ends with %s, %v; %v\n%s", v, err, rt.Waiting(), &log.text)
	}
	server.Stop(ctx)
	must(t, rt.Shutdown(ctx, time.Second))
	client.Close()
	must(t, provider.Shutdown(ctx))

	for name, want := range map[string]string{
		"app:a home":  "root / start app:a / app:b first / start app:c / app:d ask / app:e late / fetching / app:a home",
		"start app:f": "root / start app:a / app:b first / start app:c / app:d ask / app:e late / fetching / http_client.get / GET /page / start app:f",
		"start app:d": "root / start app:a / app:b first / start app:c / start app:d",
	} {
		s := c.named(name)
		if got := strings.Join(c.chain(s), " / "); got != want {
			t.Errorf("%s is in\n%s, want\n%s", name, got, want)
		}
	}
	trace := hex.EncodeToString(c.named("root").TraceId)
	for _, s := range c.spans {
		if got := hex.EncodeToString(s.TraceId); got != trace {
			t.Errorf("%s is in another trace", s.Name)
		}
		if s.EndTimeUnixNano < s.StartTimeUnixNano {
			t.Errorf("%s ends before it begins", s.Name)
		}
	}
	if s := c.named("fetching"); attr(s, "url") == "" || attr(s, "understudy.entry") != "app:e" {
		t.Errorf("attributes of fetching: %v", s.Attributes)
	}
	if c.service != "story" {
		t.Errorf("the service is %q", c.service)
	}
	record := log.record(t, "fetched")
	if record["trace_id"] != trace || record["span_id"] != hex.EncodeToString(c.named("fetching").SpanId) {
		t.Errorf("the record has %v and %v", record["trace_id"], record["span_id"])
	}
}

// logged is a log.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) record(t *testing.T, message string) map[string]any {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.text.String()) {
		var r map[string]any
		must(t, json.Unmarshal([]byte(line), &r))
		if r["msg"] == message {
			return r
		}
	}
	t.Fatalf("no record %s in\n%s", message, &l.text)
	return nil
}

// recorded runs app:main in virtual time, and gives the spans in the order in which they
// have ended.
func recorded(t *testing.T, script string) tracetest.SpanStubs {
	t.Helper()
	exporter := tracetest.NewInMemoryExporter()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(exporter))
	sim := core.NewSimulation(1)
	rt := open(t, core.Options{Scheduler: sim, Tracer: otel.Tracer(provider)})
	define(t, rt, "app:main", script)
	inside, root := provider.Tracer("test").Start(context.Background(), "root")
	_, _ = rt.Exec(inside, hostapi.Spawn{ID: "app:main", Host: hostID})
	sim.Run()
	must(t, rt.Shutdown(context.Background(), 0))
	root.End()
	return exporter.GetSpans()
}

func tell(spans tracetest.SpanStubs) string {
	names := map[string]string{}
	for _, s := range spans {
		names[s.SpanContext.SpanID().String()] = s.Name
	}
	var lines []string
	for _, s := range spans {
		status := ""
		if s.Status.Code == codes.Error {
			status = "! " + s.Status.Description
		}
		took := ""
		if s.Name != "root" {
			took = " " + s.EndTime.Sub(s.StartTime).String()
		}
		lines = append(lines, s.Name+" < "+names[s.Parent.SpanID().String()]+took+status)
	}
	return strings.Join(lines, "\n")
}

// 64.2: a span of a script that is not stopped ends with its coroutine; one that is stopped
// with an error has failed; what is begun inside is below it.
func TestSpansOfScripts(t *testing.T) {
	got := tell(recorded(t, `gopherlua
		local trace, time = require("trace"), require("time")
		return function()
			coroutine.spawn(function()
				trace.start("forgotten")
				time.sleep("20ms")
			end)
			local outer = trace.start("outer")
			local inner = trace.start("inner")
			time.sleep("10ms")
			inner:stop("went wrong")
			inner:stop()
			local next = trace.start("next")
			outer:stop()
			time.sleep("40ms")
		end`))
	want := `inner < outer 10ms! went wrong
outer < root? 10ms
forgotten < start app:main 20ms
next < outer 40ms
start app:main < root 50ms
root < `
	want = strings.Replace(want, "root?", "start app:main", 1)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// 64.2: a message's span lasts until its receiver waits for the next; a tick is on its own,
// a timer is where it was set; a failure is told of the span in which it was.
func TestSpansOfMessages(t *testing.T) {
	got := tell(recorded(t, `starlark
time = require("time")
def main():
    me = process.pid()
    process.send(me, "one")
    process.send(me, "two")
    m, ok = process.inbox().receive()
    time.sleep("5ms")
    later = time.after("30ms")
    m, ok = process.inbox().receive()
    time.sleep("7ms")
    later.receive()
    process.send(me, "timed")
    tick = time.ticker("1ms")
    tick.channel().receive()
    process.send(me, "ticked")
    for i in range(2):
        m, ok = process.inbox().receive()
    fail("no more")
`))
	want := `start app:main < root 0s
app:main one < start app:main 5ms
app:main two < start app:main 30ms
app:main timed < app:main one 0s
app:main ticked <  0s! no more
root < `
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Without a tracer the module is there, and does nothing.
func TestWithoutTracer(t *testing.T) {
	sim := core.NewSimulation(1)
	rt := open(t, core.Options{Scheduler: sim})
	define(t, rt, "app:main", `golua
		local trace = require("trace")
		return function()
			local s = trace.start("x", { a = 1 })
			s:stop()
			return tostring(s)
		end`)
	v, err := rt.Exec(context.Background(), hostapi.Spawn{ID: "app:main", Host: hostID})
	if err != nil || v.Str() != "span(x)" {
		t.Errorf("got %s, %v", v, err)
	}
	must(t, rt.Shutdown(context.Background(), 0))
}

func TestAddressesOfCollectors(t *testing.T) {
	for _, bad := range []string{"", "127.0.0.1:4318", "ftp://collector", "http://", ":"} {
		if p, err := otel.Export(bad, "x"); err == nil {
			_ = p.Shutdown(context.Background())
			t.Errorf("%q is taken", bad)
		}
	}
}
