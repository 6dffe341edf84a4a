package httpclient_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// 43.3: a stream has no limit, gives what is there, lines without their ends, and nil
// after the end for ever.
func TestStreams(t *testing.T) {
	host := server(t, func(w http.ResponseWriter, r *http.Request) {
		for range 3 {
			fmt.Fprint(w, strings.Repeat("x", 50_000), "\r\n")
		}
		fmt.Fprint(w, "\nlast")
	})
	c := client(host)
	c.MaxBody = 10
	th := open(t, c, `
		local http = require("http_client")
		return function(url)
			local r = assert(http.get(url, { stream = true }))
			local lines = {}
			for line in function() return r.stream:read_line() end do
				lines[#lines + 1] = #line > 10 and #line or line
			end
			local after, err = r.stream:read()
			local closed, again = r.stream:close(), r.stream:close()
			local _, late = r.stream:read()
			local s = assert(http.get(url, { stream = true })).stream
			local one, sum = s:read(1), 1
			for piece in function() return s:read(100000) end do
				sum = sum + #piece
			end
			return { lines = lines, body = r.body, after = after, err = err and err:message(), closed = closed, again = again,
				late = late:message(), late_kind = late:kind(), one = one, sum = sum }
		end`)
	got, want := th.do("http://"+host+"/"), value(t, map[string]any{
		"lines": []any{50_000, 50_000, 50_000, "", "last"}, "closed": true, "again": true, "late": "stream is closed", "late_kind": "Invalid",
		"one": "x", "sum": 3*50_002 + 5,
	})
	if !got.Equal(want) {
		t.Errorf("the stream gives %s, want %s", got, want)
	}
}

// A read that times out loses nothing: what comes later is there for the next (43.3).
func TestAReadThatTimesOut(t *testing.T) {
	more := make(chan struct{})
	host := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/more" {
			close(more)
			return
		}
		fmt.Fprint(w, "hal")
		w.(http.Flusher).Flush()
		<-more
		fmt.Fprint(w, "f\n")
	})
	c := client(host)
	c.Idle = 50 * time.Millisecond
	th := open(t, c, `
		local http = require("http_client")
		return function(url)
			local s = assert(http.get(url, { stream = true })).stream
			local _, first = s:read_line()
			local _, second = s:read_line({ timeout = "1ms" })
			local _, third = s:read_line({ timeout = "1s" })
			assert(http.get(url .. "more"))
			local line
			repeat line = s:read_line() until line
			return { first:kind(), first:message(), second:message(), third:message(), line }
		end`)
	got := th.do("http://" + host + "/")
	want := value(t, []any{"Timeout", "timed out after 50ms", "timed out after 1ms", "timeout must be at most 50ms", "half"})
	if !got.Equal(want) {
		t.Errorf("the reads give %s, want %s", got, want)
	}
}

// What breaks off, or is a line without end, is an error; the stream stays what it is.
func TestStreamsThatFail(t *testing.T) {
	says := func(text string) string {
		return peer(t, func(c net.Conn) {
			if readRequest(c) {
				_, _ = io.WriteString(c, text)
			}
		})
	}
	const lua = `
		local http = require("http_client")
		return function(url, how)
			local s = assert(http.get(url, { stream = true })).stream
			local out = {}
			for i = 1, 3 do
				local text, err = s[how](s)
				out[i] = text or err and err:kind() .. ": " .. err:message() .. " " .. tostring(err:retryable()) or "end"
			end
			return out
		end`
	for _, row := range []struct {
		host, how string
		want      []any
	}{
		{says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal"), "read", []any{"hal", "Unavailable: connection lost true", "Unavailable: connection lost true"}},
		{says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "read", []any{"Unavailable: bad response false", "Unavailable: bad response false", "Unavailable: bad response false"}},
		{says("HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 1<<20+1) + "\nmore\n"), "read_line", []any{"LimitExceeded: line too long nil", "LimitExceeded: line too long nil", "LimitExceeded: line too long nil"}},
		{says("HTTP/1.1 200 OK\r\n\r\na\n"), "read_line", []any{"a", "end", "end"}},
	} {
		got, want := open(t, client(row.host), lua).do("http://"+row.host+"/", row.how), value(t, row.want)
		if !got.Equal(want) {
			t.Errorf("%s gives %.300s, want %s", row.how, got, want)
		}
	}
}

// Two coroutines read one stream in the order of their calls, and nothing twice (40.10).
func TestCoroutinesThatReadOneStream(t *testing.T) {
	host := server(t, func(w http.ResponseWriter, r *http.Request) {
		for i := range 200 {
			fmt.Fprintln(w, i)
			w.(http.Flusher).Flush()
		}
	})
	th := open(t, client(host), `
		local http = require("http_client")
		return function(url)
			local s = assert(http.get(url, { stream = true })).stream
			local done, seen = channel.new(0), {}
			for i = 1, 4 do
				coroutine.spawn(function()
					for line in function() return s:read_line() end do
						seen[#seen + 1] = line
					end
					done:send(true)
				end)
			end
			for i = 1, 4 do done:receive() end
			return table.concat(seen, " ")
		end`)
	var want []string
	for i := range 200 {
		want = append(want, fmt.Sprint(i))
	}
	if got := th.do("http://" + host + "/").Str(); got != strings.Join(want, " ") {
		t.Errorf("the lines are %s", got)
	}
}

// close ends a read that waits (40.11).
func TestCloseEndsAReadThatWaits(t *testing.T) {
	gone := make(chan struct{})
	host := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(gone)
	})
	th := open(t, client(host), `
		local http = require("http_client")
		return function(url)
			local s = assert(http.get(url, { stream = true })).stream
			local done = channel.new(1)
			coroutine.spawn(function()
				local text, err = s:read()
				done:send(err:message())
			end)
			s:close()
			return (done:receive())
		end`)
	if got := th.do("http://" + host + "/").Str(); got != "stream is closed" {
		t.Errorf("the read gives %s", got)
	}
	<-gone
}

// 40.9, 40.11: whoever has seen the end of a process finds its connections closed; one
// whose body was read to its end is kept.
func TestTheEndOfAProcessClosesItsStreams(t *testing.T) {
	come, gone := make(chan struct{}, 1), make(chan struct{}, 1)
	host := server(t, func(w http.ResponseWriter, r *http.Request) {
		come <- struct{}{}
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		gone <- struct{}{}
	})
	th := open(t, client(host), `
		local http = require("http_client")
		return function(url, how)
			local s = assert(http.get(url, { stream = true })).stream
			if how == "error" then error("on purpose") end
			if how == "read" then s:read() end
			return "ended"
		end`)
	for _, how := range []string{"return", "error"} {
		p, err := th.rt.Start(t.Context(), "app:main", "http://"+host+"/", how)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = p.Wait(t.Context())
		<-come
		<-gone
	}
	p, err := th.rt.Start(t.Context(), "app:main", "http://"+host+"/", "read")
	if err != nil {
		t.Fatal(err)
	}
	<-come
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	<-gone
}
