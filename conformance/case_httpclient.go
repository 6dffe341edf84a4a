package conformance

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/httpclient"
)

// httpClientCases are those of section 43. Nothing goes over a network: the outside
// answers, or a round tripper in memory does.
func httpClientCases() []Case {
	const u = "https://api.example/x"
	get := func(options map[string]any) Code { return CallWith("http_client.get", options, u) }
	sent := func(kind hostapi.Kind, text string, sent bool) Matcher {
		return Detailed(kind, text, fields{"sent": sent})
	}
	return []Case{
		{
			Name:    "http_client/response",
			Claim:   "What a server answers is a record: status, ok, headers, body, url. It can be sent.",
			Clauses: "43.2, 43.11, 40.14, 1.12",
			Scenario: func(s *Stage) {
				a := s.client(httpclient.Config{}, func(op hostapi.Op) core.Handling {
					return core.Answer(time.Second, hostapi.Done{Value: value(fields{"status": 404, "body": "no", "headers": fields{"x-a": "1, 2"}, "url": "https://api.example/y"})}, nil)
				})
				a.Gives(get(nil), Has(fields{"status": 404, "ok": false, "headers": fields{"x-a": "1, 2"}, "body": "no", "url": "https://api.example/y", "stream": nil}))
				a.Do(Let("r", Nth(1, get(nil))))
				a.Gives(Values(Field(Get("r"), "status"), Field(Get("r"), "body")), 404, "no")
				a.Gives(Send(Self(), "t", Get("r")), true)
				a.Gives(Data(), fields{"status": 404, "ok": false, "headers": fields{"x-a": "1, 2"}, "body": "no", "url": "https://api.example/y"})
			},
		},
		{
			Name:    "http_client/operation",
			Claim:   "Who answers sees the function, the resource, the method, the URL and what is sent, and no more.",
			Clauses: "43.1, 43.11, 40.15",
			Scenario: func(s *Stage) {
				var seen []string
				a := s.client(httpclient.Config{Headers: map[string]string{"x-secret": "hidden"}}, func(op hostapi.Op) core.Handling {
					m := op.Args[2].Map()
					seen = append(seen, fmt.Sprintf("%s %s %s %s %s %s", op.Name, op.Resource, op.Args[0].Str(), op.Args[1].Str(), m.Get("headers"), m.Get("body").Str()))
					return core.Answer(0, hostapi.Done{}, nil)
				})
				ok := Has(fields{"status": 200, "ok": true, "headers": fields{}, "body": ""})
				a.Gives(get(nil), ok)
				a.Gives(get(fields{"query": fields{"b": "x y", "a": []any{1, true}}, "headers": fields{"X-A": []any{"1", "2"}}}), ok)
				a.Gives(CallWith("http_client.post", fields{"body": "text"}, u), ok)
				a.Gives(CallWith("http_client.put", fields{"json": Table("k", List())}, u+"?q=1"), ok)
				a.Gives(CallWith("http_client.patch", fields{"form": fields{"k": "ä", "n": 1}}, u), ok)
				a.Gives(CallWith("http_client.delete", fields{"client": clientID}, u), ok)
				a.Gives(Call("http_client.head", u), ok)
				a.Gives(Call("http_client.request", "propfind", u), ok)
				for i, want := range []string{
					"get app:web GET https://api.example/x {} ",
					"get app:web GET https://api.example/x?a=1&a=true&b=x+y {x-a: \"1, 2\"} ",
					"post app:web POST https://api.example/x {} text",
					"put app:web PUT https://api.example/x?q=1 {content-type: \"application/json\"} {\"k\":EMPTY}",
					"patch app:web PATCH https://api.example/x {content-type: \"application/x-www-form-urlencoded\"} k=%C3%A4&n=1",
					"delete app:web DELETE https://api.example/x {} ",
					"head app:web HEAD https://api.example/x {} ",
					"request app:web PROPFIND https://api.example/x {} ",
				} {
					want, empty := "http_client."+want, "[]"
					if s.Language() == "lua" { // an empty table is a map (1.5)
						empty = "{}"
					}
					want = strings.Replace(want, "EMPTY", empty, 1)
					s.True(i < len(seen) && seen[i] == want, "operation %d is %q, want %q", i+1, seen, want)
				}
			},
		},
		{
			Name:    "http_client/refuses",
			Claim:   "What is wrong with a request, or not allowed, is said before anything is sent.",
			Clauses: "43.1, 43.7, 43.8, 43.9, 40.2",
			Scenario: func(s *Stage) {
				a := s.client(httpclient.Config{Headers: map[string]string{"X-Key": "secret"}, Timeout: time.Second}, func(hostapi.Op) core.Handling {
					s.Fail("an operation was begun")
					return core.Perform()
				})
				for _, row := range []struct {
					url     string
					options fields
					kind    hostapi.Kind
					text    string
				}{
					{"nothing", nil, hostapi.Invalid, "invalid url"},
					{"ftp://api.example", nil, hostapi.PermissionDenied, "scheme not allowed"},
					{"http://me@api.example/", nil, hostapi.PermissionDenied, "user in the url not allowed"},
					{"http://other.example/", nil, hostapi.PermissionDenied, "host not allowed: other.example"},
					{"http://api.example:8080/", nil, hostapi.PermissionDenied, "host not allowed: api.example:8080"},
					{u, fields{"headers": fields{"x": "a\r\nb: c"}}, hostapi.Invalid, "invalid header"},
					{u, fields{"headers": fields{"host": "x"}}, hostapi.Invalid, "invalid header"},
					{u, fields{"headers": fields{"x-key": "mine"}}, hostapi.PermissionDenied, "header not allowed"},
					{u, fields{"body": "a", "json": 1}, hostapi.Invalid, "one of body, json and form"},
					{u, fields{"json": "\xff"}, hostapi.Invalid, "not UTF-8"},
					{u, fields{"query": fields{"a": fields{"b": 1}}}, hostapi.Invalid, "query"},
					{u, fields{"timeout": "2s"}, hostapi.Invalid, "timeout must be at most 1s"},
					{u, fields{"timeout": 5}, hostapi.Invalid, "numbers are nanoseconds"},
					{u, fields{"redirects": 21}, hostapi.Invalid, "redirects must be"},
					{u, fields{"max_body": -1}, hostapi.Invalid, "max_body must be"},
					{u, fields{"client": "app:other"}, hostapi.PermissionDenied, "not granted: app:other"},
				} {
					a.Gives(CallWith("http_client.post", row.options, row.url), nil, sent(row.kind, row.text, false))
				}
				a.Gives(Call("http_client.request", "TRACE", u), nil, sent(hostapi.Invalid, "invalid method", false))
				a.Throws(CallWith("http_client.get", fields{"body": 5}, u), Fails(hostapi.Invalid, "body"))
				a.Throws(Call("http_client.get", 5), Fails(hostapi.Invalid, "url"))
			},
		},
		{
			Name:    "http_client/grant",
			Claim:   "Without a client nothing can be asked for; with one that only reads, nothing can be changed; which of several is said.",
			Clauses: "41.2, 41.4, 43.1",
			Scenario: func(s *Stage) {
				s.client(httpclient.Config{}, func(hostapi.Op) core.Handling { return core.Answer(0, hostapi.Done{}, nil) })
				none := s.Actor()
				none.Gives(get(nil), nil, sent(hostapi.PermissionDenied, "http.client", false))
				s.Entry("app:lead.reads", core.Entry{Resources: []core.Grant{{ID: clientID, ReadOnly: true}}})
				reads := s.Start("app:lead.reads", Serve())
				reads.Gives(get(nil), Has(fields{"status": 200}))
				reads.Gives(Call("http_client.head", u), Has(fields{"status": 200}))
				reads.Gives(Call("http_client.post", u), nil, sent(hostapi.PermissionDenied, "read only", false))
				s.DefineResource("app:web2", httpclient.Kind, s.open(httpclient.Config{Hosts: []string{"two.example"}}))
				s.Entry("app:lead.two", core.Entry{Resources: []core.Grant{{ID: clientID}, {ID: "app:web2"}}})
				two := s.Start("app:lead.two", Serve())
				two.Gives(get(nil), nil, sent(hostapi.Invalid, "app:web, app:web2", false))
				two.Gives(get(fields{"client": clientID}), Has(fields{"status": 200}))
				two.Gives(get(fields{"client": "app:web2"}), nil, sent(hostapi.PermissionDenied, "host not allowed", false))
			},
		},
		{
			Name:    "http_client/fails",
			Claim:   "A request that fails or takes too long is an error; the process goes on. A top level cannot make one.",
			Clauses: "43.3, 43.9, 40.2, 40.14, 2.10",
			Virtual: true,
			Scenario: func(s *Stage) {
				s.Prologue("app:lead.http", Let("top", Try(get(nil))))
				after := time.Duration(0)
				var fails error
				a := s.client(httpclient.Config{Timeout: 10 * time.Second}, func(hostapi.Op) core.Handling {
					return core.Answer(after, hostapi.Done{}, fails)
				})
				a.Gives(Get("top"), false)
				fails = hostapi.Errorf(hostapi.Unavailable, "cannot connect")
				a.Gives(get(nil), nil, sent(hostapi.Unavailable, "cannot connect", false))
				fails = errors.New("what a stub says")
				a.Gives(get(nil), nil, sent(hostapi.Internal, "what a stub says", false))
				fails, after = nil, 9*time.Second
				a.Gives(get(nil), Has(fields{"status": 200}))
				a.Gives(get(fields{"timeout": "8s"}), nil, sent(hostapi.Timeout, "timed out after 8s", false))
				after = 11 * time.Second
				a.Gives(get(nil), nil, sent(hostapi.Timeout, "timed out after 10s", false))
			},
		},
		{
			Name:    "http_client/performed",
			Claim:   "A round tripper in memory is asked as a server is: redirects, bodies, limits, and every hop is allowed or not.",
			Clauses: "43.4, 43.5, 43.8, 40.14",
			Scenario: func(s *Stage) {
				a := s.client(httpclient.Config{MaxBody: 10, RoundTripper: answers{
					"/x":     {200, "", "0123456789"},
					"/large": {200, "", "0123456789+"},
					"/moved": {302, "/x", ""},
					"/away":  {307, "https://other.example/", ""},
					"/down":  {302, "http://api.example/x", ""},
					"/round": {302, "/round", ""},
				}}, func(hostapi.Op) core.Handling { return core.Perform() })
				at := func(path string, options fields) Code {
					return CallWith("http_client.get", options, "https://api.example"+path)
				}
				a.Gives(at("/x", nil), Has(fields{"status": 200, "body": "0123456789", "url": "https://api.example/x"}))
				a.Gives(at("/moved", nil), Has(fields{"status": 200, "url": "https://api.example/x"}))
				a.Gives(at("/moved", fields{"redirects": 0}), Has(fields{"status": 302, "url": "https://api.example/moved"}))
				a.Gives(at("/large", nil), nil, sent(hostapi.LimitExceeded, "body too large", true))
				a.Gives(at("/x", fields{"max_body": 9}), nil, sent(hostapi.LimitExceeded, "body too large", true))
				a.Gives(at("/away", nil), nil, sent(hostapi.PermissionDenied, "host not allowed: other.example", true))
				a.Gives(at("/down", nil), nil, sent(hostapi.PermissionDenied, "redirect to http", true))
				a.Gives(at("/round", nil), nil, sent(hostapi.Conflict, "too many redirects", true))
			},
		},
		{
			Name:    "http_client/stream",
			Claim:   "A stream gives pieces and lines, nil after the end, and an error once it is closed. It stays in its process.",
			Clauses: "43.3, 43.11, 40.10, 40.11",
			Scenario: func(s *Stage) {
				a := s.client(httpclient.Config{}, func(op hostapi.Op) core.Handling {
					if strings.HasPrefix(op.Name, "stream.") {
						return core.Perform()
					}
					return core.Answer(0, hostapi.Done{Held: httpclient.NewStream(strings.NewReader("one\r\n\ntwo"))}, nil)
				})
				open := Let("s", Field(Nth(1, get(fields{"stream": true})), "stream"))
				stream := func(name string, args ...any) Code { return Method(Get("s"), name, args...) }
				a.Do(open)
				a.Gives(Get("s"), OfType("stream"))
				for _, want := range []any{"one", "", "two", nil, nil} {
					a.Gives(stream("read_line"), want)
				}
				a.Gives(stream("read"), nil)
				a.Do(open)
				a.Gives(stream("read", 2), "on")
				a.Gives(stream("read_line"), "e")
				a.Gives(stream("read"), "\ntwo")
				a.Gives(stream("read", 0), nil, Fails(hostapi.Invalid, "n must be"))
				a.Gives(Send(Self(), "t", Get("s")), nil, Fails(hostapi.Invalid, "cannot send a stream"))
				a.Gives(stream("close"), true)
				a.Gives(stream("close"), true)
				a.Gives(stream("read"), nil, Fails(hostapi.Invalid, "stream is closed"))
				a.Gives(stream("read_line"), nil, Fails(hostapi.Invalid, "stream is closed"))
			},
		},
		{
			Name:    "http_client/uri",
			Claim:   "Any text can stand in a URL, and is read back.",
			Clauses: "43.10",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for text, want := range map[string]string{
					"": "", "azAZ09-_.~": "azAZ09-_.~", "a b&c=d/?+%": "a%20b%26c%3Dd%2F%3F%2B%25", "ä\x00\xff": "%C3%A4%00%FF",
				} {
					a.Gives(Call("http_client.encode_uri", text), want)
					a.Gives(Call("http_client.decode_uri", want), text)
				}
				a.Gives(Call("http_client.decode_uri", "a+b%2b%2B"), "a+b++")
				for text, offset := range map[string]int{"%": 0, "a%2": 1, "%20%zz": 3, "ab%%20": 2} {
					a.Gives(Call("http_client.decode_uri", text), nil, Detailed(hostapi.Invalid, "invalid uri", fields{"offset": offset}))
				}
			},
		},
	}
}

// clientID is the id of the client of a stage.
const clientID = "app:web"

// client gives an actor whose entry is granted a client for api.example, and has outside
// decide what becomes of its operations.
func (s *Stage) client(c httpclient.Config, outside func(hostapi.Op) core.Handling) *Actor {
	s.Outside(outside)
	c.Hosts = []string{"api.example"}
	s.DefineResource(clientID, httpclient.Kind, s.open(c))
	s.Entry("app:lead.http", core.Entry{Resources: []core.Grant{{ID: clientID}}})
	return s.Start("app:lead.http", Serve())
}

func (s *Stage) open(c httpclient.Config) *httpclient.Client {
	client, err := httpclient.Open(c)
	if err != nil {
		s.Fail("no client: %v", err)
	}
	return client
}

// answers is a server in memory, by path.
type answers map[string]struct {
	status   int
	location string
	body     string
}

// RoundTrip implements http.RoundTripper.
func (all answers) RoundTrip(r *http.Request) (*http.Response, error) {
	a := all[r.URL.Path]
	header := http.Header{}
	if a.location != "" {
		header.Set("Location", a.location)
	}
	return &http.Response{StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: -1}, nil
}
