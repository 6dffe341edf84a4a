package httpclient_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/world/httpclient"
)

// echo answers with what it was asked.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var headers []string
	for name, values := range r.Header {
		headers = append(headers, name+"="+strings.Join(values, "|"))
	}
	slices.Sort(headers)
	fmt.Fprintf(w, "%s %s [%s] %s", r.Method, r.RequestURI, strings.Join(headers, " "), body)
}

// 43.1
func TestWhatIsAskedIsSent(t *testing.T) {
	host := server(t, echo)
	c := client(host)
	c.Headers = map[string]string{"authorization": "Bearer secret"}
	th := open(t, c, script)
	type options = map[string]any
	const always = "Accept-Encoding=gzip Authorization=Bearer secret"
	for _, row := range []struct {
		method, path string
		options      options
		want         string
	}{
		{"GET", "/a?b=c", nil, "200 GET /a?b=c [" + always + " User-Agent=understudy] "},
		{"get", "/#here", nil, "200 GET / [" + always + " User-Agent=understudy] "},
		{"GET", "/", options{"query": options{"q": "a b&c", "n": 5, "list": []any{"x", true}}}, "200 GET /?list=x&list=true&n=5&q=a+b%26c [" + always + " User-Agent=understudy] "},
		{"GET", "/?a=1", options{"query": options{"b": 2}}, "200 GET /?a=1&b=2 [" + always + " User-Agent=understudy] "},
		{
			"GET", "/", options{"headers": options{"x-many": []any{"1", "2"}, "user-agent": "mine", "accept-encoding": "br"}},
			"200 GET / [Accept-Encoding=br Authorization=Bearer secret User-Agent=mine X-Many=1|2] ",
		},
		{"POST", "/", options{"body": "text"}, "200 POST / [" + always + " Content-Length=4 User-Agent=understudy] text"},
		{"POST", "/", nil, "200 POST / [" + always + " Content-Length=0 User-Agent=understudy] "},
		{"PUT", "/", options{"json": options{"b": []any{1, 2.5}, "a": nil}}, "200 PUT / [" + always + ` Content-Length=13 Content-Type=application/json User-Agent=understudy] {"b":[1,2.5]}`},
		{"PATCH", "/", options{"json": false, "headers": options{"Content-Type": "application/merge-patch+json"}}, "200 PATCH / [" + always + " Content-Length=5 Content-Type=application/merge-patch+json User-Agent=understudy] false"},
		{"POST", "/", options{"form": options{"a": "ä b", "c": 1}}, "200 POST / [" + always + " Content-Length=14 Content-Type=application/x-www-form-urlencoded User-Agent=understudy] a=%C3%A4+b&c=1"},
		{"DELETE", "/x", nil, "200 DELETE /x [" + always + " User-Agent=understudy] "},
		{"HEAD", "/", nil, "200 "},
		{"PROPFIND", "/", nil, "200 PROPFIND / [" + always + " User-Agent=understudy] "},
	} {
		if got := th.request(row.method, "http://"+host+row.path, row.options); got != row.want {
			t.Errorf("%s %s %v\n gives %s\n  want %s", row.method, row.path, row.options, got, row.want)
		}
	}
}

// 43.9, 50.1: what is wrong with a call is said at once, and nothing is sent.
func TestRequestsThatCannotBeMade(t *testing.T) {
	host := server(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was made") })
	c := client(host)
	c.Headers = map[string]string{"X-Key": "secret"}
	th := open(t, c, script)
	type options = map[string]any
	u := "http://" + host + "/"
	for _, row := range []struct {
		method, url string
		options     options
		want        string
	}{
		{"GET", "", nil, "Invalid: invalid url"},
		{"GET", "/path", nil, "Invalid: invalid url"},
		{"GET", "http:" + host, nil, "Invalid: invalid url"},
		{"GET", "http://a b/", nil, "Invalid: invalid url"},
		{"GET", u + "\r\nX: y", nil, "Invalid: invalid url"},
		{"GET", "http://[::1/", nil, "Invalid: invalid url"},
		{"GET", "ftp://" + host, nil, "PermissionDenied: scheme not allowed: ftp"},
		{"GET", "http://user:secret@" + host, nil, "PermissionDenied: user in the url not allowed"},
		{"GET", "http://other.example/", nil, "PermissionDenied: host not allowed: other.example"},
		{"", u, nil, `Invalid: invalid method ""`},
		{"G T", u, nil, `Invalid: invalid method "G T"`},
		{"GET\r\nX: y", u, nil, `Invalid: invalid method "GET\r\nX: y"`},
		{"CONNECT", u, nil, `Invalid: invalid method "CONNECT"`},
		{"trace", u, nil, `Invalid: invalid method "trace"`},
		{"GET", u, options{"headers": options{"X-A": "b\r\nc: d"}}, "Invalid: invalid header: X-A holds a control character"},
		{"GET", u, options{"headers": options{"Host": "other.example"}}, "Invalid: invalid header: Host is set by the client"},
		{"GET", u, options{"headers": options{"x-key": "mine"}}, "PermissionDenied: header not allowed: x-key is set by the client"},
		{"GET", u, options{"headers": options{"a": "1", "A": "2"}}, "Invalid: invalid header: a is given twice"},
		{"GET", u, options{"headers": options{"a": options{"b": 1}}}, "Invalid: headers: a must be a string or a list of strings, got table"},
		{"GET", u, options{"query": options{"a": []any{[]any{1}}}}, "Invalid: query: a must be a string or a list of strings, got table"},
		{"POST", u, options{"body": "x", "json": 1}, "Invalid: one of body, json and form"},
		{"POST", u, options{"json": "\xff"}, "Invalid: not UTF-8 at #1"},
		{"GET", u, options{"verify": false}, `Invalid: request: unknown option "verify"`},
		{"GET", u, options{"timeout": 5}, `Invalid: invalid duration 5: numbers are nanoseconds; write it as "5s" or "200ms"`},
		{"GET", u, options{"timeout": "31s"}, "Invalid: timeout must be at most 30s"},
		{"GET", u, options{"timeout": "0s"}, "Invalid: invalid duration \"0s\": must be at least 1ms"},
		{"GET", u, options{"max_body": 10<<20 + 1}, "Invalid: max_body must be an integer from 0 to 10485760, got 10485761"},
		{"GET", u, options{"redirects": 1.5}, "Invalid: redirects must be an integer from 0 to 20, got 1.5"},
	} {
		if got, want := th.request(row.method, row.url, row.options), row.want+", sent false, retryable false"; got != want {
			t.Errorf("%s %q %v\n gives %s\n  want %s", row.method, row.url, row.options, got, want)
		}
	}
}

// 43.2, 43.4
func TestWhatIsAnsweredIsGiven(t *testing.T) {
	packed := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		z.Close()
		return b.Bytes()
	}
	host := server(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Date"] = nil
		switch r.URL.Path {
		case "/headers":
			h["X-A"], h["Set-Cookie"] = []string{"1", "2"}, []string{"a=1", "b=2"}
			w.WriteHeader(http.StatusTeapot)
		case "/gzip":
			h.Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed("unpacked"))
		case "/gzip-empty":
			h.Set("Content-Encoding", "gzip")
		case "/gzip-broken":
			h.Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "this is not packed")
		case "/br":
			h.Set("Content-Encoding", "br")
			fmt.Fprint(w, "as it is")
		case "/bytes":
			size := 0
			fmt.Sscan(r.URL.Query().Get("n"), &size)
			if r.URL.Query().Get("chunked") != "" {
				w.(http.Flusher).Flush()
			}
			body := bytes.Repeat([]byte("x"), size)
			if r.URL.Query().Get("gzip") != "" {
				h.Set("Content-Encoding", "gzip")
				body = packed(string(body))
			}
			_, _ = w.Write(body)
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		}
	})
	c := client(host)
	c.MaxBody = 100_000
	th := open(t, c, script)
	get := func(path string) string { return th.get("http://"+host+path, nil) }
	v := th.do("GET", "http://"+host+"/headers", nil)
	want := map[string]any{
		"status": 418, "ok": false, "body": "", "url": "http://" + host + "/headers",
		"headers": map[string]any{"x-a": "1, 2", "set-cookie": "a=1\nb=2", "content-length": "0"},
	}
	if !v.Equal(value(t, want)) {
		t.Errorf("the response is %s, want %v", v, want)
	}
	v = th.do("GET", "http://"+host+"/gzip", nil)
	want = map[string]any{"status": 200, "ok": true, "body": "unpacked", "url": "http://" + host + "/gzip", "headers": map[string]any{}}
	if !v.Equal(value(t, want)) {
		t.Errorf("the response is %s, want %v", v, want)
	}
	tooLarge := "LimitExceeded: body too large, sent true, retryable nil"
	for _, row := range [][2]string{
		{"/gzip-empty", "200 "},
		{"/gzip-broken", "Unavailable: bad response: it is not packed as it says, sent true, retryable false"},
		{"/br", "200 as it is"},
		{"/none", "204 "},
		{"/bytes?n=100000", "200 " + strings.Repeat("x", 100_000)},
		{"/bytes?n=100000&chunked=1", "200 " + strings.Repeat("x", 100_000)},
		{"/bytes?n=100000&gzip=1", "200 " + strings.Repeat("x", 100_000)},
		{"/bytes?n=100001", tooLarge},
		{"/bytes?n=100001&chunked=1", tooLarge},
		{"/bytes?n=100001&gzip=1", tooLarge},
		{"/bytes?n=2000000&gzip=1", tooLarge},
	} {
		if got := get(row[0]); got != row[1] {
			t.Errorf("%s gives %.200s, want %.200s", row[0], got, row[1])
		}
	}
	if got := th.get("http://"+host+"/bytes?n=11", map[string]any{"max_body": 10}); got != tooLarge {
		t.Errorf("max_body 10 of 11: %s", got)
	}
	if got := th.request("HEAD", "http://"+host+"/bytes?n=100001", nil); got != "200 " {
		t.Errorf("HEAD of what is too large: %s", got)
	}
}

// 43.5
func TestRedirects(t *testing.T) {
	var other string
	handler := func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		status, left := 0, 0
		fmt.Sscan(q.Get("status"), &status)
		fmt.Sscan(q.Get("left"), &left)
		switch {
		case left > 0:
			w.Header().Set("Location", fmt.Sprintf("/r?left=%d&status=%d", left-1, status))
			w.WriteHeader(status)
			fmt.Fprint(w, "not read")
		case r.URL.Path == "/other":
			w.Header().Set("Location", "http://"+other+"/arrived")
			w.WriteHeader(http.StatusTemporaryRedirect)
		case r.URL.Path == "/none":
			w.WriteHeader(http.StatusFound)
		default:
			echo(w, r)
		}
	}
	host := server(t, handler)
	other = server(t, handler)
	c := client(host)
	c.Hosts = append(c.Hosts, other)
	c.Headers = map[string]string{"X-Entry": "e"}
	th := open(t, c, script)
	options := map[string]any{"body": "b", "headers": map[string]any{
		"authorization": "a", "cookie": "c", "x-api-key": "k", "accept": "acc", "accept-language": "l", "content-type": "ct", "user-agent": "ua",
	}}
	const own = "Accept-Encoding=gzip Accept-Language=l Accept=acc Authorization=a "
	for _, row := range []struct{ method, path, want string }{
		{"POST", "/r?left=1&status=301", "200 GET /r?left=0&status=301 [" + own + "Cookie=c User-Agent=ua X-Api-Key=k X-Entry=e] "},
		{"POST", "/r?left=1&status=302", "200 GET /r?left=0&status=302 [" + own + "Cookie=c User-Agent=ua X-Api-Key=k X-Entry=e] "},
		{"PUT", "/r?left=1&status=303", "200 GET /r?left=0&status=303 [" + own + "Cookie=c User-Agent=ua X-Api-Key=k X-Entry=e] "},
		{"HEAD", "/r?left=1&status=303", "200 "},
		{"POST", "/r?left=1&status=307", "200 POST /r?left=0&status=307 [" + own + "Content-Length=1 Content-Type=ct Cookie=c User-Agent=ua X-Api-Key=k X-Entry=e] b"},
		{"PUT", "/r?left=2&status=308", "200 PUT /r?left=0&status=308 [" + own + "Content-Length=1 Content-Type=ct Cookie=c User-Agent=ua X-Api-Key=k X-Entry=e] b"},
		{"POST", "/other", "200 POST /arrived [Accept-Encoding=gzip Accept-Language=l Accept=acc Content-Length=1 Content-Type=ct User-Agent=ua X-Entry=e] b"},
		{"GET", "/r?left=5&status=302", "200 GET /r?left=0&status=302 [" + own + "Cookie=c User-Agent=ua X-Api-Key=k X-Entry=e] "},
		{"GET", "/r?left=6&status=302", "Conflict: too many redirects, sent true, retryable false"},
		{"GET", "/none", "302 "},
	} {
		if got := th.request(row.method, "http://"+host+row.path, options); got != row.want {
			t.Errorf("%s %s\n gives %s\n  want %s", row.method, row.path, got, row.want)
		}
	}
	if got := th.get("http://"+host+"/r?left=1&status=302", map[string]any{"redirects": 0}); got != "302 not read" {
		t.Errorf("without redirects: %s", got)
	}
	if got := th.get("http://"+host+"/r?left=2&status=302", map[string]any{"redirects": 1}); got != "Conflict: too many redirects, sent true, retryable false" {
		t.Errorf("with one redirect: %s", got)
	}
	v := th.do("GET", "http://"+host+"/other", nil)
	if got, want := v.Map().Get("url").Str(), "http://"+other+"/arrived"; got != want {
		t.Errorf("the url is %s, want %s", got, want)
	}
}

// A peer that breaks off, or speaks something else, is an error that says what may be
// tried again (43.9).
func TestPeersThatDoNotAnswer(t *testing.T) {
	says := func(text string) string {
		return peer(t, func(c net.Conn) {
			if readRequest(c) {
				_, _ = io.WriteString(c, text)
			}
		})
	}
	refused := func() string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	}()
	const bad, lost = "Unavailable: bad response, sent true, retryable false", "Unavailable: connection lost, sent true, retryable true"
	for name, row := range map[string][2]string{
		"refused":                  {refused, "Unavailable: cannot connect: refused, sent false, retryable true"},
		"closes":                   {peer(t, func(net.Conn) {}), lost},
		"closes after the request": {says(""), lost},
		"has half a status":        {says("HTTP/1.1 2"), bad},
		"closes in the headers":    {says("HTTP/1.1 200 OK\r\nX: y\r\n"), lost},
		"closes in the body":       {says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal"), lost},
		"closes in a chunk":        {says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhal"), lost},
		"speaks something else":    {says("220 ready when you are\r\n\r\n"), bad},
		"has no status":            {says("HTTP/1.1 OK\r\n\r\n"), bad},
		"has broken headers":       {says("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), bad},
		"has a broken chunk":       {says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), bad},
		"has a broken length":      {says("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), bad},
		"changes the protocol":     {says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), bad},
		"has large headers":        {says("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 70<<10) + "\r\n\r\n"), "Unavailable: bad response: headers too large, sent true, retryable false"},
		"has many headers":         {says("HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 20<<10) + "\r\n"), "Unavailable: bad response: headers too large, sent true, retryable false"},
		"answers without length":   {says("HTTP/1.0 200 OK\r\n\r\nall of it"), "200 all of it"},
	} {
		th := open(t, client(row[0]), script)
		if got := th.get("http://"+row[0]+"/", nil); got != row[1] {
			t.Errorf("a peer that %s gives %s, want %s", name, got, row[1])
		}
	}
}

// 40.2, 43.3: a peer that is slow costs no more than the timeout, wherever it stops.
func TestPeersThatStop(t *testing.T) {
	for name, text := range map[string]string{
		"before the status": "", "in the headers": "HTTP/1.1 200 OK\r\nX: ", "before the body": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
		"in the body": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal",
	} {
		closed := make(chan struct{})
		host := peer(t, func(c net.Conn) {
			readRequest(c)
			_, _ = io.WriteString(c, text)
			untilClosed(c)
			close(closed)
		})
		th := open(t, client(host), script)
		got, sent := strings.CutSuffix(th.get("http://"+host+"/", map[string]any{"timeout": "100ms"}), "sent true, retryable true")
		if !sent { // on a busy machine it may be over before there is a connection
			got = strings.TrimSuffix(got, "sent false, retryable true")
		}
		if want := "Timeout: timed out after 100ms, "; got != want {
			t.Errorf("a peer that stops %s gives %s, want %s", name, got, want)
		}
		if sent {
			<-closed // nothing goes on behind
		}
	}
}

// 43.6: what could do harm if done twice is not repeated by the transport, whatever its
// headers; what cannot is.
func TestWhatIsRepeated(t *testing.T) {
	for _, row := range []struct {
		method string
		want   string
	}{
		{"GET", "200 second"},
		{"POST", "Unavailable: connection lost, sent true, retryable true"},
		{"DELETE", "Unavailable: connection lost, sent true, retryable true"},
	} {
		next := make(chan int, 1)
		next <- 1
		host := peer(t, func(c net.Conn) {
			n := <-next
			next <- n + 1
			if n == 1 { // answers once, and closes the kept connection with the second request on it
				if readRequest(c) {
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst")
				}
				_, _ = c.Read(make([]byte, 4096))
				return
			}
			if readRequest(c) {
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nsecond")
			}
		})
		th := open(t, client(host), script)
		if got := th.get("http://"+host+"/", nil); got != "200 first" {
			t.Fatal(got)
		}
		options := map[string]any{"headers": map[string]any{"idempotency-key": "k"}}
		if row.method == "POST" {
			options["body"] = "b"
		}
		if row.method == "DELETE" {
			options = nil
		}
		if got := th.request(row.method, "http://"+host+"/", options); got != row.want {
			t.Errorf("%s on a connection that was closed gives %s, want %s", row.method, got, row.want)
		}
	}
}

// 43.7: a request beyond the connections to a host waits, within its timeout.
func TestRequestsBeyondTheConnectionsWait(t *testing.T) {
	arrived, answer := make(chan struct{}, 2), make(chan struct{})
	host := server(t, func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-answer
		fmt.Fprint(w, "at last")
	})
	c := client(host)
	c.Connections = 1
	th := open(t, c, script)
	first, err := th.rt.Start(t.Context(), "app:main", "GET", "http://"+host+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	<-arrived
	if got, want := th.get("http://"+host+"/", map[string]any{"timeout": "50ms"}), "Timeout: timed out after 50ms, sent false, retryable true"; got != want {
		t.Errorf("the second gives %s, want %s", got, want)
	}
	close(answer)
	v, err := first.Wait(t.Context())
	if err != nil || line(v) != "200 at last" {
		t.Errorf("the first gives %s, %v", line(v), err)
	}
	if len(arrived) > 0 {
		t.Error("the second was sent")
	}
}

// 43.7: an embedding program may make the requests itself; the hosts are looked at.
func TestARoundTripperOfOthers(t *testing.T) {
	th := open(t, httpclient.Config{Hosts: []string{"fake.example"}, RoundTripper: tripper(func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		fmt.Fprint(w, "fake ", r.Method, " ", r.URL)
		return w.Result(), nil
	})}, script)
	if got := th.get("https://fake.example/x", nil); got != "200 fake GET https://fake.example/x" {
		t.Error(got)
	}
	if got := th.get("https://real.example/x", nil); got != "PermissionDenied: host not allowed: real.example, sent false, retryable false" {
		t.Error(got)
	}
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// 40.7: what is read counts against the memory of the process while it is read, so that a
// server cannot make a process larger than it may be.
func TestWhatIsReadIsCharged(t *testing.T) {
	stopped := make(chan error, 1)
	host := server(t, func(w http.ResponseWriter, r *http.Request) {
		piece := bytes.Repeat([]byte("x"), 64<<10)
		for range 1024 {
			if _, err := w.Write(piece); err != nil {
				stopped <- err
				return
			}
		}
		stopped <- nil
	})
	c := client(host)
	c.MaxBody = 1 << 30
	th := open(t, c, script)
	th.load(script, core.Limits{Memory: 4 << 20})
	p, err := th.rt.Start(t.Context(), "app:main", "GET", "http://"+host+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wait(t.Context()); err == nil || !strings.Contains(err.Error(), "memory") {
		t.Errorf("the process ended with %v", err)
	}
	if err := <-stopped; err == nil {
		t.Error("all of it was read")
	}
}
