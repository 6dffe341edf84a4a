package httpclient

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/understudy-run/understudy/hostapi"
)

// exchange is a request with its redirects, up to the answer that a script gets. It is
// made on the goroutine of the task and then used by the one that does the work; sent
// may be read by both.
type exchange struct {
	grant     hostapi.Grant
	rules     *rules
	client    *Client // once it is open
	method    string
	url       *url.URL
	header    http.Header // of the script
	body      string
	redirects int
	maxBody   int64
	stream    bool

	sent      atomic.Bool // a server may have seen the request
	connected bool        // the request of this hop had a connection
}

// run makes the request (43.2 to 43.6). ctx ends with the wait of the script: the
// request ends with it too, but for the body of a stream, which is held.
func (x *exchange) run(ctx context.Context) (hostapi.Done, error) {
	client, err := hostapi.Opened[*Client](ctx, x.grant)
	if err != nil {
		return hostapi.Done{}, err
	}
	x.client = client
	making, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unbind := context.AfterFunc(ctx, cancel)
	done, err := x.answer(making, cancel)
	if done.Held == nil {
		unbind()
		cancel()
	} else if !unbind() { // the wait has ended meanwhile, and cut the connection
		done.Held.Release(ctx, true)
		return hostapi.Done{}, ctx.Err()
	}
	return done, err
}

// answer follows redirects and reads the body.
func (x *exchange) answer(ctx context.Context, cancel func()) (hostapi.Done, error) {
	resp, err := x.follow(ctx)
	if err != nil {
		return hostapi.Done{}, err
	}
	if resp.StatusCode == http.StatusSwitchingProtocols { // nobody has asked for that
		resp.Body.Close()
		return hostapi.Done{}, unavailable(hostapi.False, "bad response", "")
	}
	body, unpacked := unpack(x.method, resp)
	header := resp.Header
	if unpacked {
		header.Del("Content-Encoding")
		header.Del("Content-Length")
	}
	fields := []hostapi.Entry{
		hostapi.Field("status", hostapi.Int(int64(resp.StatusCode))),
		hostapi.Field("headers", headersOf(header)),
		hostapi.Field("url", hostapi.String(x.url.String())),
	}
	if x.stream {
		return hostapi.Done{Value: hostapi.MapOf(fields...), Held: newStream(body, cancel, x.rules.idle)}, nil
	}
	defer body.Close()
	if !unpacked && resp.ContentLength > x.maxBody && x.method != http.MethodHead {
		return hostapi.Done{}, errBodyTooLarge()
	}
	text, err := readBody(ctx, body, x.maxBody, resp.ContentLength)
	if err != nil {
		return hostapi.Done{}, err
	}
	return hostapi.Done{Value: hostapi.MapOf(append(fields, hostapi.Field("body", hostapi.String(text)))...)}, nil
}

// follow sends the request, and again wherever it is redirected to (43.5).
func (x *exchange) follow(ctx context.Context) (*http.Response, error) {
	for followed := 0; ; followed++ {
		resp, err := x.send(ctx)
		if err != nil {
			return nil, err
		}
		location := resp.Header.Get("Location")
		if location == "" || !redirects(resp.StatusCode) || x.redirects == 0 {
			return resp, nil
		}
		_, _ = io.CopyN(io.Discard, resp.Body, maxDiscarded) // so that the connection is kept
		resp.Body.Close()
		if followed == x.redirects {
			return nil, hostapi.Errorf(hostapi.Conflict, "too many redirects")
		}
		if err := x.redirect(resp.StatusCode, location); err != nil {
			return nil, err
		}
	}
}

// maxDiscarded is how much of the body of a redirect is read.
const maxDiscarded = 2 << 10

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// redirect makes the request the one that a redirect asks for.
func (x *exchange) redirect(status int, location string) error {
	next, err := x.url.Parse(location)
	if err != nil {
		return unavailable(hostapi.False, "bad response", "the redirect is no URL")
	}
	next.Fragment, next.RawFragment = "", ""
	if x.url.Scheme == "https" && next.Scheme == "http" {
		return hostapi.Errorf(hostapi.PermissionDenied, "redirect to http")
	}
	if err := x.rules.guard.url(next); err != nil {
		return err
	}
	if status != http.StatusTemporaryRedirect && status != http.StatusPermanentRedirect && x.method != http.MethodHead {
		x.method, x.body = http.MethodGet, ""
		x.header.Del("Content-Type")
	}
	if !sameHost(x.url, next) {
		travels := http.Header{}
		for _, name := range travelling {
			if values := x.header.Values(name); len(values) > 0 {
				travels[name] = values
			}
		}
		x.header = travels
	}
	x.url = next
	return nil
}

// sameHost reports whether a redirect stays where it is: the same name, and the same
// port unless it leads from http to https, both at the usual ports.
func sameHost(from, to *url.URL) bool {
	a, errA := hostOf(from)
	b, errB := hostOf(to)
	if errA != nil || errB != nil || a != b {
		return false
	}
	p, q := portOf(from), portOf(to)
	return p == q && from.Scheme == to.Scheme || p == "80" && q == "443" && from.Scheme == "http" && to.Scheme == "https"
}

// send makes one request.
func (x *exchange) send(ctx context.Context) (*http.Response, error) {
	x.connected = false
	if x.client.own == nil {
		x.sent.Store(true) // as far as we can know
	}
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		x.connected = true
		x.sent.Store(true)
	}}
	req := (&http.Request{
		Method: x.method, URL: x.url, Header: x.headers(ctx),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(httptrace.WithClientTrace(ctx, trace))
	if x.body != "" {
		// Without GetBody, so that the transport repeats none with a body (43.6).
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader(x.body)), int64(len(x.body))
	}
	resp, err := x.client.trip.RoundTrip(req)
	switch {
	case err == nil:
		return resp, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, failure(err, x.connected)
}

// headers gives those of one request: what the script said, what the entry says, and
// what the client can read.
func (x *exchange) headers(ctx context.Context) http.Header {
	out := x.header.Clone()
	if out.Get("User-Agent") == "" {
		out.Set("User-Agent", "understudy")
	}
	if out.Get("Accept-Encoding") == "" && out.Get("Range") == "" && x.method != http.MethodHead {
		out.Set("Accept-Encoding", "gzip")
	}
	hostapi.InjectTrace(ctx, func(name, value string) {
		if out.Get(name) == "" {
			out.Set(name, value)
		}
	})
	for name, values := range x.client.headers {
		out[name] = values
	}
	return out
}
