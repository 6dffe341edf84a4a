package understudy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
)

var files = fstest.MapFS{
	"counter.lua": {Data: []byte(`
		return { main = function(n)
			local events, inbox = process.events(), process.inbox()
			while true do
				local r = channel.select{ events:case_receive(), inbox:case_receive() }
				if r.channel == events then return n end
				local msg = r.value
				if msg:topic() == "crash" then error("asked to") end
				n = n + msg:payload():data().by
				msg:reply({ total = n, who = process.id() })
			end
		end }`)},
	"sum.star": {Data: []byte(`
def main(*numbers):
    total = 0
    for n in numbers:
        total += n
    return {"total": total}
`)},
	"broken.lua": {Data: []byte("return {\n  main = function() return end end }")},
	"app/_index.yaml": {Data: []byte(`
version: "1.0"
namespace: shop
entries:
  - {name: host, kind: process.host, host: {workers: 1}, lifecycle: {auto_start: true}}
  - {name: counter, kind: process.lua, source: file://counter.lua, host: shop:host, input: [1], lifecycle: {auto_start: true}}
`)},
	"app/counter.lua": {Data: []byte(`return { main = function(n)
		process.events():receive()
		return n
	end }`)},
}

func newRuntime(t *testing.T, o understudy.Options) *understudy.Runtime {
	t.Helper()
	o.Engines = []hostapi.Engine{gopherlua.New(), starlark.New()}
	rt, err := understudy.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rt.Shutdown(context.Background(), 0); err != nil {
			t.Error(err)
		}
	})
	for id, file := range map[string]string{"test:counter": "counter.lua", "test:sum": "sum.star"} {
		if err := rt.Load(id, files, file); err != nil {
			t.Fatal(err)
		}
	}
	return rt
}

// each runs a test on workers and in a simulation.
func each(t *testing.T, test func(t *testing.T, rt *understudy.Runtime)) {
	t.Run("workers", func(t *testing.T) { test(t, newRuntime(t, understudy.Options{Workers: 1})) })
	t.Run("simulated", func(t *testing.T) {
		test(t, newRuntime(t, understudy.Options{Simulation: core.NewSimulation(1)}))
	})
}

// A process is started, called, asked to stop, and its value is read.
func TestProcess(t *testing.T) {
	each(t, func(t *testing.T, rt *understudy.Runtime) {
		p, err := rt.Start(t.Context(), "test:counter", 10)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			v, err := p.Call(t.Context(), "add", map[string]any{"by": i + 1})
			var answer struct {
				Total int
				Who   string
			}
			if err == nil {
				err = v.Decode(&answer)
			}
			if want := []int{11, 13, 16}[i]; err != nil || answer.Total != want || answer.Who != "test:counter" {
				t.Fatalf("answer %+v, %v; want %d", answer, err, want)
			}
		}
		if text := fmt.Sprint(p); text != string(p.PID()) {
			t.Errorf("printed as %s", text)
		}
		if i, ok := rt.Inspect(p.PID()); !ok || i.Entry != "test:counter" {
			t.Errorf("inspected: %+v", i)
		}
		// Text is not mistaken for a process.
		for _, to := range []hostapi.Dest{hostapi.Name(p.PID()), hostapi.Name("none"), hostapi.PID("none")} {
			if err := rt.Send(to, "add"); err == nil {
				t.Errorf("sent to %#v", to)
			}
		}
		if err := p.Stop(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if v, err := p.Wait(t.Context()); err != nil || v.Int() != 16 {
			t.Errorf("returned %s, %v; want 16", v, err)
		}
		if err := p.Send("add"); hostapi.AsError(err).Kind != hostapi.NotFound {
			t.Errorf("send to a process that has ended: %v", err)
		}
		if err := p.Stop(t.Context(), 0); err != nil {
			t.Errorf("a second stop: %v", err)
		}
	})
}

// The errors of starts and calls say what is wrong.
func TestErrors(t *testing.T) {
	each(t, func(t *testing.T, rt *understudy.Runtime) {
		want := func(err error, kind hostapi.Kind, text string) {
			t.Helper()
			if e := hostapi.AsError(err); e == nil || e.Kind != kind || !strings.Contains(e.Error(), text) {
				t.Errorf("error %v, want %s %q", err, kind, text)
			}
		}
		_, err := rt.Start(t.Context(), "test:unknown")
		want(err, hostapi.NotFound, "unknown process entry")
		_, err = rt.Start(t.Context(), "test:sum", make(chan int))
		want(err, hostapi.Invalid, "cannot send a chan int")
		if err := rt.Load("test:broken", files, "broken.lua"); err == nil || !strings.Contains(err.Error(), "broken.lua") {
			t.Errorf("a script that does not compile: %v", err)
		}
		want(rt.Load("test:x", files, "app/_index.yaml"), hostapi.NotFound, "no engine runs app/_index.yaml")
		want(rt.Load("noid", files, "sum.star"), hostapi.Invalid, "invalid ID")

		p, err := rt.Start(t.Context(), "test:counter", 1)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Call(t.Context(), "crash")
		want(err, hostapi.Unavailable, "process ended before it replied")
		_, err = p.Wait(t.Context())
		want(err, hostapi.Internal, "asked to")
		_, err = p.Call(t.Context(), "add")
		want(err, hostapi.NotFound, "process not found")

		p, err = rt.Start(t.Context(), "test:counter", 1)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err = p.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("wait with a context that is done: %v", err)
		}
		if err := p.Kill(); err != nil {
			t.Fatal(err)
		}
		_, err = p.Wait(t.Context())
		want(err, hostapi.Canceled, "process terminated")
	})
}

// Engines are chosen by the file, and values come back as Go values.
func TestSecondLanguage(t *testing.T) {
	rt := newRuntime(t, understudy.Options{})
	p, err := rt.Start(t.Context(), "test:sum", 1, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.Wait(t.Context())
	var got map[string]int
	if err == nil {
		err = v.Decode(&got)
	}
	if err != nil || got["total"] != 6 {
		t.Errorf("got %v, %v", got, err)
	}
}

// A whole app runs beside what the program starts.
func TestApp(t *testing.T) {
	each(t, func(t *testing.T, rt *understudy.Runtime) {
		sub, err := files.Sub("app")
		if err != nil {
			t.Fatal(err)
		}
		a, err := rt.LoadApp(sub)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		running := rt.Core().Processes()
		if len(running) != 1 {
			t.Fatalf("running: %v", running)
		}
		if i, ok := rt.Inspect(running[0]); !ok || i.Entry != "shop:counter" || i.Host != "shop:host" {
			t.Errorf("the app's counter: %+v", i)
		}
		p, err := rt.Start(t.Context(), "shop:counter", 5)
		if err != nil {
			t.Fatal(err)
		}
		if i, _ := rt.Inspect(p.PID()); i.Host != "shop:host" {
			t.Errorf("a process of the app runs on %s", i.Host)
		}
		if err := a.Start(t.Context(), "shop:none"); err == nil || !strings.Contains(err.Error(), "shop:none") {
			t.Errorf("an unknown entry: %v", err)
		}
	})
}

// An app that is wrong says all of it, with places.
func TestWrongApp(t *testing.T) {
	rt := newRuntime(t, understudy.Options{})
	_, err := rt.LoadApp(fstest.MapFS{"_index.yaml": {Data: []byte(`
version: "1.0"
namespace: a
entries:
  - {name: h, kind: process.host, host: {wrkers: 1}}
  - {name: p, kind: process.lua, source: file://none.lua}
`)}})
	if err == nil || !strings.Contains(err.Error(), "_index.yaml:5:") || !strings.Contains(err.Error(), "_index.yaml:6:") {
		t.Errorf("got %v", err)
	}
}

// An app gets its settings from the program, and what the runtime tells of it shows no
// secret: neither log nor events nor an inspection (71.6).
func TestSettings(t *testing.T) {
	const secret = "tell nobody"
	var shown strings.Builder
	var log bytes.Buffer
	rt := newRuntime(t, understudy.Options{
		Simulation: core.NewSimulation(1),
		Log:        slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		OnEvent:    func(e core.RuntimeEvent) { fmt.Fprintf(&shown, "%+v\n", e) },
		Lookup: func(name string) (string, bool) {
			return map[string]string{"KEY": secret, "N": "7"}[name], true
		},
	})
	a, err := rt.LoadApp(fstest.MapFS{
		"_index.yaml": {Data: []byte(`
namespace: shop
env: {KEY: {secret: true}, N: {type: integer}}
entries:
  - {name: host, kind: process.host, host: {workers: 1}}
  - {name: keeper, kind: process.lua, source: file://keeper.lua, input: ["${KEY}", "${N}"], lifecycle: {auto_start: true, restart: {max_attempts: 2}}}
  - {name: idle, kind: process.lua, source: "return function() process.inbox():receive() end"}
`)},
		"keeper.lua": {Data: []byte(`return { main = function(key, n)
			if n ~= 7 then return nil, "N is " .. tostring(n) end
			process.with_context({key = key, [key] = {key}}):spawn("shop:idle", "shop:host")
			error(errors.new{message = "no " .. key, details = {key = key}, retryable = true})
		end }`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := rt.Start(t.Context(), "shop:keeper", secret, 7)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Wait(t.Context())
	if err == nil {
		t.Fatal("it did not fail")
	}
	fmt.Fprintf(&shown, "%v\n%+v\n", err, hostapi.AsError(err))
	for _, pid := range rt.Core().Processes() {
		i, _ := rt.Inspect(pid)
		fmt.Fprintf(&shown, "%+v\n", i)
	}
	if text := shown.String() + log.String(); strings.Contains(text, secret) || strings.Count(text, "no ***") < 4 {
		t.Errorf("shown:\n%s", text)
	}
}
