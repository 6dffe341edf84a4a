package httpclient_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/httpclient"
)

// What a process of the storm does until it is killed: wait for an answer, for a body, for
// a stream, hold streams, make requests and streams all the time, several at once.
const (
	stormLua = `
		local http = require("http_client")
		local function one(url, how)
			if how == "hold" then
				local held = {}
				for i = 1, 3 do held[i] = http.get(url .. "/stream", { stream = true }) end
				process.inbox():receive()
			elseif how == "stream" then
				local r = http.get(url .. "/stream", { stream = true })
				while r and r.stream:read() do end
			elseif how == "often" then
				while true do
					http.post(url .. "/quick", { body = "x" })
					local r = http.get(url .. "/quick", { stream = true })
					if r then r.stream:read_line() end
					if r and r.status == 200 then r.stream:close() end
				end
			else
				http.get(url .. "/" .. how)
			end
		end
		return function(url, how)
			if how == "several" then
				for _, h in ipairs{ "hang", "half", "stream", "often" } do
					coroutine.spawn(function() one(url, h) end)
				end
				how = "hold"
			end
			one(url, how)
			process.inbox():receive()
		end`
	stormStarlark = `
http = require("http_client")

def one(url, how):
    if how == "hold":
        held = [http.get(url + "/stream", stream = True) for i in range(3)]
        process.inbox().receive()
    elif how == "stream":
        r, _ = http.get(url + "/stream", stream = True)
        while r and r.stream.read()[0]:
            pass
    elif how == "often":
        while True:
            http.post(url + "/quick", body = "x")
            r, _ = http.get(url + "/quick", stream = True)
            if r:
                r.stream.read_line()
                r.stream.close()
    else:
        http.get(url + "/" + how)

def main(url, how):
    if how == "several":
        for h in ["hang", "half", "stream", "often"]:
            coroutine.spawn(one, url, h)
        how = "hold"
    one(url, how)
    process.inbox().receive()
`
)

// TestStorm kills processes in every state of a request. Afterwards nothing is left of
// them: no request at the server, no connection, no goroutine.
func TestStorm(t *testing.T) {
	kills, population := 600, 60
	switch {
	case testing.Short():
		kills = 150
	case os.Getenv("UNDERSTUDY_LONG") != "":
		kills, population = 20_000, 1000
	}
	for _, e := range []struct {
		hostapi.Engine
		text string
	}{{gopherlua.New(), stormLua}, {golua.New(), stormLua}, {starlark.New(), stormStarlark}} {
		t.Run(e.Info().Name, func(t *testing.T) { storm(t, e.Engine, e.text, kills, population) })
	}
}

func storm(t *testing.T, engine hostapi.Engine, text string, kills, population int) {
	before := runtime.NumGoroutine()
	var connections sync.WaitGroup
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/quick":
			fmt.Fprintln(w, "here")
			return
		case "/half":
			w.Header().Set("Content-Length", "10")
			fmt.Fprint(w, "half")
			w.(http.Flusher).Flush()
		case "/stream":
			fmt.Fprintln(w, "a line")
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			connections.Add(1)
		case http.StateClosed, http.StateHijacked:
			connections.Done()
		}
	}
	s.Start()
	host := s.Listener.Addr().String()
	c := client(host)
	c.Connections = 8 * population
	web, err := httpclient.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{engine}, Modules: []*hostapi.Module{httpclient.Module}})
	if err != nil {
		t.Fatal(err)
	}
	rt.DefineResource("app:web", httpclient.Kind, web)
	files := fstest.MapFS{"main" + engine.Info().Extension: {Data: []byte(text)}}
	entry := core.Entry{ID: "app:main", Resources: []core.Grant{{ID: "app:web"}}}
	if err := rt.LoadEntry(entry, files, "main"+engine.Info().Extension); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(43, 1))
	states := []string{"hang", "half", "stream", "hold", "often", "several"}
	start := func() *understudy.Process {
		p, err := rt.Start(t.Context(), "app:main", "http://"+host, states[random.IntN(len(states))])
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	var living []*understudy.Process
	for range population {
		living = append(living, start())
	}
	for range kills {
		i := random.IntN(len(living))
		if err := living[i].Kill(); err != nil {
			t.Fatal(err)
		}
		<-living[i].Done()
		living[i] = start()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := rt.Shutdown(ctx, 0); err != nil {
		t.Fatal(err)
	}
	web.Close()
	connections.Wait() // none is open but those that the client has kept
	s.Close()
	for runtime.NumGoroutine() > before {
		if ctx.Err() != nil {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
		}
		runtime.Gosched()
	}
}
