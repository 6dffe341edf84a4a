package httpclient_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/httpclient"
)

// loopback is what a client of a test may reach.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// script makes a request and tells what came of it as a map: of the response, or of the
// error.
const script = `
local http = require("http_client")
return function(method, url, options)
	local r, err = http.request(method, url, options)
	if err then
		return { kind = err:kind(), text = err:message(), sent = err:details().sent, retryable = err:retryable() }
	end
	if r.stream then
		r.lines = {}
		for line in function() return r.stream:read_line() end do
			r.lines[#r.lines + 1] = line
		end
		r.stream:close()
		r.stream = nil
	end
	return r
end`

// theatre is a runtime with a client.
type theatre struct {
	t  *testing.T
	rt *understudy.Runtime
}

// open opens a client and a runtime whose process app:main runs a script.
func open(t *testing.T, c httpclient.Config, lua string) *theatre {
	t.Helper()
	client, err := httpclient.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()}, Modules: []*hostapi.Module{httpclient.Module},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := rt.Shutdown(ctx, 0); err != nil {
			t.Error(err)
		}
		client.Close()
	})
	rt.DefineResource("app:web", httpclient.Kind, client)
	th := &theatre{t, rt}
	th.load(lua, core.Limits{})
	return th
}

// load makes a script that of the process app:main, with limits.
func (th *theatre) load(lua string, limits core.Limits) {
	th.t.Helper()
	entry := core.Entry{ID: "app:main", Resources: []core.Grant{{ID: "app:web"}}, Limits: limits}
	if err := th.rt.LoadEntry(entry, fstest.MapFS{"main.lua": {Data: []byte(lua)}}, "main.lua"); err != nil {
		th.t.Fatal(err)
	}
}

// do runs the process and gives what it returns.
func (th *theatre) do(args ...any) hostapi.Value {
	th.t.Helper()
	p, err := th.rt.Start(th.t.Context(), "app:main", args...)
	if err != nil {
		th.t.Fatal(err)
	}
	v, err := p.Wait(th.t.Context())
	if err != nil {
		th.t.Fatal(err)
	}
	return v
}

// get makes a GET request and gives a line: status and body, or kind and text of the
// error, and its detail sent.
func (th *theatre) get(url string, options map[string]any) string {
	th.t.Helper()
	return th.request("GET", url, options)
}

func (th *theatre) request(method, url string, options map[string]any) string {
	th.t.Helper()
	return line(th.do(method, url, options))
}

// line tells in one what came of a request.
func line(v hostapi.Value) string {
	m := v.Map()
	if kind := m.Get("kind"); !kind.IsNil() {
		return fmt.Sprintf("%s: %s, sent %s, retryable %s", kind.Str(), m.Get("text").Str(), m.Get("sent"), m.Get("retryable"))
	}
	return fmt.Sprintf("%s %s", m.Get("status"), m.Get("body").Str())
}

// server answers on loopback; the text is its host and port.
func server(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// client is a Config for one server of loopback.
func client(host string) httpclient.Config {
	return httpclient.Config{Hosts: []string{host}, AllowPrivate: loopback}
}

// peer listens on loopback and has each connection dealt with by f, which must end when
// the connection is closed; then it is closed. The text is its host and port.
func peer(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				f(c)
			}()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return l.Addr().String()
}

// readRequest reads the headers of a request that has no body.
func readRequest(c net.Conn) bool {
	buffer := make([]byte, 0, 4096)
	for len(buffer) < 4 || string(buffer[len(buffer)-4:]) != "\r\n\r\n" {
		n, err := c.Read(buffer[len(buffer):cap(buffer)])
		if err != nil {
			return false
		}
		buffer = buffer[:len(buffer)+n]
	}
	return true
}

// untilClosed waits until the other side has closed a connection.
func untilClosed(c net.Conn) {
	for b := make([]byte, 512); ; {
		if _, err := c.Read(b); err != nil {
			return
		}
	}
}

// value gives a payload of what Go has.
func value(t *testing.T, x any) hostapi.Value {
	t.Helper()
	v, err := hostapi.ValueOf(x)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
