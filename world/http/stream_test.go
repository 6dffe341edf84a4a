package http_test

import (
	"context"
	"io"
	nethttp "net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/understudy-run/understudy/world/http"
)

const streams = `
local http = require("http")
return function(req)
	if req.path == "/events" then
		local w = assert(http.stream(req))
		assert(w:event{ data = "one\ntwo", name = "order", id = "7" })
		assert(w:event("three"))
		print(tostring(w:event{ data = "x", id = "a\nb" }))
		return "ignored"
	elseif req.path == "/text" then
		local w = assert(http.stream(req, { status = 201, headers = { ["x-a"] = "b" } }))
		assert(w:write("ab"))
		assert(w:write("cd"))
		local _, twice = http.stream(req)
		print(twice:kind())
		assert(w:close())
		assert(w:close())
		local _, closed = w:write("ef")
		print(tostring(closed))
		process.listen("go"):receive()
	elseif req.path == "/fail" then
		local w = assert(http.stream(req))
		assert(w:write("ab"))
		error("cut")
	elseif req.path == "/gone" then
		local w = assert(http.stream(req, { headers = { ["content-type"] = "text/event-stream" } }))
		print("open")
		local _, ok = w:closed():receive()
		local _, err = w:event("late")
		print(tostring(ok), tostring(err))
	end
end`

// 48.10: an answer written piece by piece, and as events.
func TestStream(t *testing.T) {
	h := open(t, map[string]string{"it": streams}, http.Config{Routes: []http.Route{{Path: "/", Process: "app:it"}}})
	a := h.do("GET", "/events", "")
	if a.Header.Get("Content-Type") != "text/event-stream" || a.text != "event: order\nid: 7\ndata: one\ndata: two\n\ndata: three\n\n" {
		t.Errorf("events are %q %q", a.Header.Get("Content-Type"), a.text)
	}
	if line := <-h.told; line != "nil" {
		t.Errorf("a bad id gives %q", line)
	}
	if a := h.do("GET", "/text", ""); a.StatusCode != 201 || a.text != "abcd" || a.Header.Get("X-A") != "b" || a.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("it gives %d %q %v", a.StatusCode, a.text, a.Header)
	}
	if kind, closed := <-h.told, <-h.told; kind != "NotFound" || closed != "response stream is closed" {
		t.Errorf("it prints %q, %q", kind, closed)
	}
	if _, err := h.try("GET", "/fail", ""); err == nil {
		t.Error("a process that fails does not cut the connection")
	}
}

// 48.10: the client that goes closes the channel of closed().
func TestStreamClientGone(t *testing.T) {
	h := open(t, map[string]string{"it": streams}, http.Config{Routes: []http.Route{{Path: "/", Process: "app:it"}}})
	c, r := h.dial()
	_, err := io.WriteString(c, "GET /gone HTTP/1.1\r\nHost: x\r\n\r\n")
	must(t, err)
	<-h.told
	if resp, err := nethttp.ReadResponse(r, nil); err != nil || resp.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("%v %v", resp, err)
	}
	c.Close()
	if line := <-h.told; line != "false client gone" {
		t.Errorf("it prints %q", line)
	}
}

const sockets = `
local http = require("http")
return function(req)
	local ws, err = http.websocket(req, { protocols = { "chat" } })
	if not ws then return { status = 426, body = tostring(err) } end
	local ch, stop = ws:channel(), process.listen("go")
	while true do
		local r = channel.select{ ch:case_receive(), stop:case_receive() }
		if r.channel == stop then error("stop") end
		if not r.ok then print("over", tostring(select(2, ws:send("x")))) return end
		if r.value.data == "bye" then assert(ws:close(4000, "bye")) print(tostring(select(2, ws:send("x")))) return end
		if r.value.data == "bad" then print(tostring(select(2, ws:send("\255"))), tostring(select(2, ws:close(1005)))) end
		assert(ws:send(r.value.type .. " " .. r.value.data, { binary = r.value.type == "binary" }))
	end
end`

func socketHouse(t *testing.T) *house {
	return open(t, map[string]string{"it": sockets}, http.Config{Routes: []http.Route{
		{Path: "/", Process: "app:it", Origins: []string{"*.example.org"}, MaxMessage: 100},
	}})
}

func (h *house) socket(headers ...string) (*websocket.Conn, error) {
	o := &websocket.DialOptions{HTTPClient: client, HTTPHeader: nethttp.Header{}, Subprotocols: []string{"other", "chat"}}
	for i := 0; i < len(headers); i += 2 {
		o.HTTPHeader.Set(headers[i], headers[i+1])
	}
	c, _, err := websocket.Dial(context.Background(), h.url, o)
	return c, err
}

// 48.11: messages go both ways, in order, with their types.
func TestWebsocket(t *testing.T) {
	h := socketHouse(t)
	ctx := context.Background()
	c, err := h.socket("Origin", "http://"+h.addr)
	must(t, err)
	if c.Subprotocol() != "chat" {
		t.Errorf("the protocol is %q", c.Subprotocol())
	}
	for _, m := range []struct {
		kind       websocket.MessageType
		data, want string
	}{{websocket.MessageText, "é", "text é"}, {websocket.MessageBinary, "\xff", "binary \xff"}, {websocket.MessageText, "bad", "text bad"}} {
		must(t, c.Write(ctx, m.kind, []byte(m.data)))
		kind, data, err := c.Read(ctx)
		must(t, err)
		if kind != m.kind || string(data) != m.want {
			t.Errorf("%v %q", kind, data)
		}
	}
	if line := <-h.told; line != "not UTF-8 invalid close code or reason" {
		t.Errorf("it prints %q", line)
	}
	must(t, c.Write(ctx, websocket.MessageText, []byte("bye")))
	_, _, err = c.Read(ctx)
	if websocket.CloseStatus(err) != 4000 || !strings.Contains(err.Error(), "bye") {
		t.Errorf("it ends with %v", err)
	}
	if line := <-h.told; line != "websocket is closed" {
		t.Errorf("it prints %q", line)
	}
}

// 48.11: what ends a websocket.
func TestWebsocketEnds(t *testing.T) {
	h := socketHouse(t)
	ctx := context.Background()
	if a := h.do("GET", "/", ""); a.StatusCode != 426 {
		t.Errorf("a plain request gives %d", a.StatusCode)
	}
	for origin, ok := range map[string]bool{"https://a.example.org": true, "https://example.com": false, "null": false, "https://a.example.org.evil.test": false} {
		c, err := h.socket("Origin", origin)
		if (err == nil) != ok || !ok && !strings.Contains(err.Error(), "403") {
			t.Errorf("%s: %v", origin, err)
		}
		if err == nil {
			must(t, c.Close(websocket.StatusNormalClosure, ""))
			if line := <-h.told; line != "over client gone" {
				t.Errorf("it prints %q", line)
			}
		}
	}
	c, err := h.socket()
	must(t, err)
	must(t, c.Write(ctx, websocket.MessageText, []byte(strings.Repeat("x", 101))))
	if _, _, err = c.Read(ctx); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
		t.Errorf("a large message ends it with %v", err)
	}
	<-h.told
	c, err = h.socket()
	must(t, err)
	must(t, c.Write(ctx, websocket.MessageText, []byte("\xff")))
	if _, _, err = c.Read(ctx); websocket.CloseStatus(err) != websocket.StatusInvalidFramePayloadData {
		t.Errorf("a text that is none ends it with %v", err)
	}
	<-h.told
	c, err = h.socket()
	must(t, err)
	must(t, c.Write(ctx, websocket.MessageText, []byte("x")))
	_, _, err = c.Read(ctx)
	must(t, err)
	must(t, h.Send(h.Processes()[0], "go"))
	if _, _, err = c.Read(ctx); websocket.CloseStatus(err) != websocket.StatusInternalError {
		t.Errorf("a process that fails ends it with %v", err)
	}
}

// 48.13: a server that stops says so to those that last, lets requests under way end, and
// cuts off what is left.
func TestStop(t *testing.T) {
	h := open(t, map[string]string{"socket": sockets, "stream": streams, "slow": `return function() print("slow") process.listen("go"):receive() return "done" end`,
		"never": `return function() print("never") process.listen("never"):receive() end`},
		http.Config{Health: "/health", Routes: []http.Route{
			{Path: "/socket", Process: "app:socket"}, {Path: "/gone", Process: "app:stream"}, {Path: "/slow", Process: "app:slow"}, {Path: "/never", Process: "app:never"},
		}})
	h.gets("/health", 200, "")
	h.url += "/socket"
	ws, err := h.socket()
	must(t, err)
	h.url = strings.TrimSuffix(h.url, "/socket")
	c, _ := h.dial()
	_, err = io.WriteString(c, "GET /gone HTTP/1.1\r\nHost: x\r\n\r\n")
	must(t, err)
	<-h.told
	slow := make(chan answer, 1)
	go func() { slow <- h.do("GET", "/slow", "") }()
	<-h.told
	never := make(chan error, 1)
	go func() { _, err := h.try("GET", "/never", ""); never <- err }()
	<-h.told
	ctx, cut := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() { h.server.Stop(ctx); close(stopped) }()
	if _, _, err = ws.Read(ctx); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("the websocket ends with %v", err)
	}
	for range 2 { // of the websocket and the stream, in either order
		if line := <-h.told; line != "over client gone" && line != "over websocket is closed" && !strings.HasPrefix(line, "false ") {
			t.Errorf("it prints %q", line)
		}
	}
	h.mu.Lock()
	for _, pid := range h.Processes() {
		_ = h.Send(pid, "go")
	}
	h.mu.Unlock()
	if a := <-slow; a.StatusCode != 200 || a.text != "done" {
		t.Errorf("a request under way gets %d %q", a.StatusCode, a.text)
	}
	select {
	case <-stopped:
		t.Error("it has not waited")
	default:
	}
	cut()
	<-stopped
	if err := <-never; err == nil {
		t.Error("what is left is not cut off")
	}
	if _, err := h.try("GET", "/health", ""); err == nil {
		t.Error("it still listens")
	}
}

// 48.5: a body that is read piece by piece, by one process, once.
func TestBody(t *testing.T) {
	h := open(t, map[string]string{"it": `
		local http = require("http")
		return function(req)
			assert(req.body == nil)
			local b = assert(http.body(req))
			print(select(2, http.body(req)):kind())
			local out = { assert(b:read(3)), assert(b:read_line()), tostring(select(2, b:read(0))) }
			while true do
				local line, err = b:read_line()
				if err then return nil, errors.new{ kind = err:kind(), message = tostring(err) } end
				if not line then break end
				out[#out + 1] = line
			end
			b:close()
			out[#out + 1] = tostring(select(2, b:read()))
			return table.concat(out, "|")
		end`}, http.Config{Routes: []http.Route{{Path: "/", Process: "app:it", StreamBody: true, MaxBody: 100}}})
	if a := h.do("POST", "/", "abcdef\r\none\n\nlast"); a.text != "abc|def|read: n must be from 1 to 65536|one||last|stream is closed" {
		t.Errorf("it gives %q", a.text)
	}
	if kind := <-h.told; kind != "Conflict" {
		t.Errorf("a second one gives %q", kind)
	}
	if a := h.do("POST", "/", "x\n"+strings.Repeat("y", 200)); a.StatusCode != 413 {
		t.Errorf("a body too large gives %d", a.StatusCode)
	}
}
