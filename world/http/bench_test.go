package http_test

import (
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"testing"

	"github.com/understudy-run/understudy/world/http"
)

const answering = `return function(req) return { json = { hello = req.params.name, n = 42 } } end`

const serving = `
local http = require("http")
return function()
	process.registry.register("front")
	local requests = process.listen("http.request")
	print("ready")
	while true do
		local req = requests:receive()
		http.reply(req, { json = { hello = req.params.name, n = 42 } })
	end
end`

// BenchmarkServer compares a Lua route that answers JSON, on two workers, with the same
// handler of net/http: by wrk with 64 connections, which must be installed.
func BenchmarkServer(b *testing.B) {
	if _, err := exec.LookPath("wrk"); err != nil {
		b.Skip("wrk is not installed")
	}
	runs := map[string]func() string{
		"go": func() string {
			mux := nethttp.NewServeMux()
			mux.HandleFunc("GET /hello/{name}", func(w nethttp.ResponseWriter, r *nethttp.Request) {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprintf(w, `{"hello":%q,"n":42}`, r.PathValue("name"))
			})
			s := httptest.NewServer(mux)
			b.Cleanup(s.Close)
			return s.URL
		},
		"process": func() string {
			return open(b, map[string]string{"it": answering}, http.Config{Routes: []http.Route{{Method: "GET", Path: "/hello/{name}", Process: "app:it"}}}).url
		},
		"named": func() string {
			h := open(b, map[string]string{"it": serving}, http.Config{Routes: []http.Route{{Method: "GET", Path: "/hello/{name}", To: "front"}}})
			h.start("app:it")
			<-h.told
			return h.url
		},
	}
	for _, name := range []string{"go", "process", "named", "go again"} {
		b.Run(name, func(b *testing.B) {
			if name == "go again" {
				name = "go"
			}
			url := runs[name]()
			out, err := exec.Command("wrk", "-t1", "-c64", "-d3s", "--latency", url+"/hello/you").CombinedOutput()
			if err != nil {
				b.Fatalf("%v: %s", err, out)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(number(b, out, `Requests/sec:\s+([\d.]+)`), "requests/s")
			b.ReportMetric(number(b, out, `99%\s+([\d.]+)ms`), "p99-ms")
			if regexp.MustCompile(`Non-2xx`).Match(out) {
				b.Errorf("%s", out)
			}
		})
	}
}

func number(b *testing.B, out []byte, pattern string) float64 {
	m := regexp.MustCompile(pattern).FindSubmatch(out)
	if m == nil {
		b.Logf("%s", out)
		return 0
	}
	n, err := strconv.ParseFloat(string(m[1]), 64)
	must(b, err)
	return n
}

// BenchmarkWaiting tells what a waiting websocket and an event stream cost, the script
// included: memory of the whole program, the client's side subtracted.
func BenchmarkWaiting(b *testing.B) {
	const n = 2000
	scripts := map[string]string{
		"socket": `local http = require("http") return function(req) local ws = http.websocket(req) print("open") ws:channel():receive() end`,
		"events": `local http = require("http") return function(req) local w = http.stream(req) w:event("x") print("open") w:closed():receive() end`,
	}
	upgrade := "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
	for _, kind := range []string{"socket", "events"} {
		b.Run(kind, func(b *testing.B) {
			h := open(b, scripts, http.Config{Routes: []http.Route{{Path: "/", Process: "app:" + kind, Concurrency: n}}})
			memory := func() float64 {
				runtime.GC()
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				return float64(m.HeapInuse + m.StackInuse)
			}
			before := memory()
			conns := make([]net.Conn, n)
			for i := range conns {
				c, err := net.Dial("tcp", h.addr)
				must(b, err)
				conns[i] = c
				text := "GET / HTTP/1.1\r\nHost: x\r\n"
				if kind == "socket" {
					text += upgrade
				}
				_, err = io.WriteString(c, text+"\r\n")
				must(b, err)
				<-h.told
			}
			cost := memory() - before
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(cost/n, "bytes/connection")
			for _, c := range conns {
				c.Close()
			}
		})
	}
}
