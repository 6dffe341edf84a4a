package http_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/http"
)

// What a storm kills: processes that answer, stream, hold websockets, read bodies, hand
// requests on, and wait.
const victims = `
local http = require("http")
return function(req)
	local k = req.query.k
	if k == "answer" then return { json = { path = req.path } } end
	if k == "wait" then process.events():receive() return "waited" end
	if k == "body" then
		local b = http.body(req)
		if b then while b:read(10) do end end
		return "read"
	end
	if k == "stream" then
		local w = http.stream(req)
		if not w then return end
		while w:event("x") do coroutine.yield() end
	end
	if k == "socket" then
		local ws = http.websocket(req)
		if not ws then return end
		ws:send("x")
		ws:channel():receive()
	end
	if k == "hand" then http.hand_over(req, "keeper") process.events():receive() end
end`

const keeper = `
local http = require("http")
return function()
	process.registry.register("keeper")
	local requests = process.listen("http.request")
	print("ready")
	while true do http.reply(requests:receive(), "kept") end
end`

const victimsInStarlark = `
http = require("http")

def main(req):
    k = req["query"].get("k")
    if k == "answer":
        return {"json": {"path": req["path"]}}
    if k == "wait":
        process.events().receive()
        return "waited"
    if k == "body":
        b, _ = http.body(req)
        while b:
            piece, _ = b.read(10)
            if not piece:
                break
        return "read"
    if k == "stream":
        w, _ = http.stream(req)
        while w and w.event("x")[0]:
            coroutine.yield_()
    if k == "socket":
        ws, _ = http.websocket(req)
        if ws:
            ws.send("x")
            ws.channel().receive()
    if k == "hand":
        http.hand_over(req, "keeper")
        process.events().receive()
`

const keeperInStarlark = `
http = require("http")

def main():
    process.registry.register("keeper")
    requests, _ = process.listen("http.request")
    print("ready")
    while True:
        req, _ = requests.receive()
        http.reply(req, "kept")
`

// 40.11, 48.8: processes are killed and clients go in every state; each request gets an
// answer or its connection an end, and nothing is left: no request, no place, no
// connection, no goroutine.
func TestStorm(t *testing.T) {
	lua := map[string]string{"victim": victims, "keeper": keeper}
	for _, c := range []struct {
		engine  hostapi.Engine
		scripts map[string]string
	}{
		{gopherlua.New(), lua},
		{golua.New(), lua},
		{starlark.New(), map[string]string{"victim": victimsInStarlark, "keeper": keeperInStarlark}},
	} {
		t.Run(c.engine.Info().Name, func(t *testing.T) { storm(t, c.engine, c.scripts) })
	}
}

func storm(t *testing.T, e hostapi.Engine, scripts map[string]string) {
	requests := 400
	switch {
	case os.Getenv("UNDERSTUDY_LONG") != "":
		requests = 8000
	case testing.Short():
		requests = 200
	}
	before := runtime.NumGoroutine()
	h := openOn(t, e, scripts, http.Config{Routes: []http.Route{
		{Path: "/", Process: "app:victim", StreamBody: true, Timeout: 50 * time.Millisecond, Concurrency: 32, Queue: 8, QueueWait: time.Millisecond},
	}})
	k := h.start("app:keeper")
	<-h.told
	var killed, statuses, cut atomic.Int64
	raging, calm := context.WithCancel(context.Background())
	var killer, clients sync.WaitGroup
	killer.Go(func() {
		random := rand.New(rand.NewPCG(1, 2))
		for raging.Err() == nil {
			pids := append(h.Processes(), k) // there is always one
			if pid := pids[random.IntN(len(pids))]; pid != k && random.IntN(2) == 0 {
				if h.Terminate(pid) == nil {
					killed.Add(1)
				}
			}
			runtime.Gosched()
		}
	})
	kinds := []string{"answer", "wait", "body", "stream", "socket", "hand"}
	for c := range 8 {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(3, uint64(c)))
			for range requests / 8 {
				kind := kinds[random.IntN(len(kinds))]
				conn, err := net.Dial("tcp", h.addr)
				if err != nil {
					t.Error(err)
					return
				}
				text := fmt.Sprintf("GET /?k=%s HTTP/1.1\r\nHost: x\r\n", kind)
				switch kind {
				case "socket":
					text += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
				case "body":
					text += "Content-Length: 40\r\n\r\n0123456789"
					if random.IntN(2) == 0 {
						text += "012345678901234567890123456789"
					}
				default:
					text += "Connection: close\r\n\r\n"
				}
				_, _ = io.WriteString(conn, text)
				if random.IntN(3) > 0 { // others go at once
					buffer := make([]byte, 64)
					if n, _ := conn.Read(buffer); n > 12 && string(buffer[:9]) == "HTTP/1.1 " {
						statuses.Add(1)
					} else {
						cut.Add(1)
					}
				}
				conn.Close()
			}
		})
	}
	clients.Wait()
	calm()
	killer.Wait()
	for _, pid := range h.Processes() {
		if pid != k {
			_ = h.Terminate(pid)
		}
	}
	// All places are free: as many requests as there are places are at work at once.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var got sync.WaitGroup
	for range 32 {
		got.Go(func() {
			for ctx.Err() == nil {
				if a, err := h.try("GET", "/?k=wait", ""); err == nil && a.StatusCode == 504 {
					return
				}
			}
			t.Error("a place is lost")
		})
	}
	got.Wait()
	must(t, h.Terminate(k))
	if !h.AwaitNone(ctx) {
		t.Errorf("processes are left: %v", h.Remaining(10))
	}
	h.server.Stop(ctx)
	if n := http.Unanswered(h.Runtime); n != 0 {
		t.Errorf("%d requests are left", n)
	}
	must(t, h.Shutdown(ctx, 0))
	for runtime.NumGoroutine() > before {
		if ctx.Err() != nil {
			all := make([]byte, 1<<20)
			t.Fatalf("%d goroutines are left of %d:\n%s", runtime.NumGoroutine()-before, before, all[:runtime.Stack(all, true)])
		}
		runtime.Gosched()
	}
	t.Logf("%d kills, %d answers, %d connections cut", killed.Load(), statuses.Load(), cut.Load())
}
