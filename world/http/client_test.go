package http_test

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/world/http"
)

// printing says that a process was started, of a route that no bad request may reach.
const printing = `return function(req) print("started") return tostring(#req.body) end`

// 50.1: what is no request, or too large a one, gets its status and costs no process.
func TestBadRequests(t *testing.T) {
	h := open(t, map[string]string{"it": printing}, http.Config{
		MaxHeader: 4 << 10, MaxBody: 10, BodyTimeout: 20 * time.Millisecond, HeaderTimeout: 200 * time.Millisecond,
		Routes: []http.Route{{Path: "/", Process: "app:it"}},
	})
	for name, row := range map[string]struct {
		text   string
		status int
	}{
		"garbage":              {"\x16\x03\x01 what is this\r\n\r\n", 400},
		"no host":              {"GET / HTTP/1.1\r\n\r\n", 400},
		"header without colon": {"GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", 400},
		"too many headers":     {"GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("A: b\r\n", 4000) + "\r\n", 431},
		"long header":          {"GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("b", 20000) + "\r\n\r\n", 431},
		"body too large":       {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n12345678901", 413},
		"chunks too large":     {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n", 413},
		"bad chunk":            {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
		"slow body":            {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12", 408},
		"two lengths":          {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12", 400},
		"unknown version":      {"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 505},
	} {
		a, err := h.says(row.text)
		if a.Response == nil || a.StatusCode != row.status { // the rest may be lost with what was not read
			t.Errorf("%s: %v %v, want %d", name, a.Response, err, row.status)
		}
	}
	// Who stops in the middle gets nothing, or is told that it was too little.
	for _, text := range []string{"G", "GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12"} {
		c, r := h.dial()
		_, err := io.WriteString(c, text)
		must(t, err)
		must(t, c.(*net.TCPConn).CloseWrite())
		if a, err := read(r); err == nil && a.StatusCode != 400 && a.StatusCode != 408 {
			t.Errorf("%q gives %d", text, a.StatusCode)
		}
	}
	// Headers that do not end in time end the connection.
	c, r := h.dial()
	_, err := io.WriteString(c, "GET / HTTP/1.1\r\n")
	must(t, err)
	if a, err := read(r); err == nil && a.StatusCode != 408 {
		t.Errorf("slow headers give %d", a.StatusCode)
	}
	if len(h.told) > 0 {
		t.Errorf("%d processes were started", len(h.told))
	}
	// One byte at a time is slow and legal.
	c, r = h.dial()
	for _, b := range []byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n123") {
		_, err := c.Write([]byte{b})
		must(t, err)
	}
	if a, err := read(r); err != nil || a.text != "3" {
		t.Errorf("it gives %v, %v", a, err)
	}
}

// 48.1: connections beyond the limit wait, and are served when others have gone.
func TestMaxConnections(t *testing.T) {
	h := open(t, map[string]string{"it": `return "ok"`}, http.Config{MaxConnections: 2, Health: "/health"})
	first, r := h.dial()
	_, err := io.WriteString(first, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
	must(t, err)
	_, err = read(r)
	must(t, err)
	second, _ := h.dial()
	answered := make(chan error)
	third, r := h.dial()
	_, err = io.WriteString(third, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
	must(t, err)
	go func() { _, err := read(r); answered <- err }()
	second.Close()
	must(t, <-answered)
}

// 48.1: what a proxy says of the client counts if the proxy is trusted.
func TestTrustedProxies(t *testing.T) {
	script := map[string]string{"it": `return function(req) return req.remote .. " " .. req.scheme end`}
	routes := []http.Route{{Path: "/", Process: "app:it"}}
	for _, row := range []struct {
		trusted, forwarded, proto, want string
	}{
		{"", "203.0.113.9", "https", "127.0.0.1 http"},
		{"127.0.0.0/8", "203.0.113.9", "https", "203.0.113.9 https"},
		{"127.0.0.0/8", "198.51.100.1, 203.0.113.9, 127.0.0.2", "http", "203.0.113.9 http"},
		{"127.0.0.0/8", "unknown", "gopher", "127.0.0.1 http"},
		{"127.0.0.0/8", "", "", "127.0.0.1 http"},
		{"127.0.0.0/8", "::ffff:203.0.113.9", "", "203.0.113.9 http"},
	} {
		c := http.Config{Routes: append([]http.Route(nil), routes...)}
		if row.trusted != "" {
			c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(row.trusted)}
		}
		h := open(t, script, c)
		if a := h.do("GET", "/", "", "X-Forwarded-For", row.forwarded, "X-Forwarded-Proto", row.proto); a.text != row.want {
			t.Errorf("%v gives %q", row, a.text)
		}
	}
}

// A client that does not take its answer costs a place for the time of a write, and no
// process.
func TestSlowReader(t *testing.T) {
	h := open(t, map[string]string{"it": fmt.Sprintf(`return function(req) if req.path == "/small" then return "ok" end return string.rep("x", %d) end`, 12<<20)},
		http.Config{WriteTimeout: 20 * time.Millisecond, Routes: []http.Route{{Path: "/", Process: "app:it", Concurrency: 1, QueueWait: time.Minute}}})
	c, _ := h.dial()
	_, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	must(t, err)
	h.end("app:it")
	h.gets("/small", 200, "ok")
}
