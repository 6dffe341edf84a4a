package conformance

import (
	"context"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/http"
)

// web is a server that listens nowhere: the scenario makes the requests.
type web struct {
	s      *Stage
	server *http.Server
}

// web makes a server.
func (s *Stage) web(routes ...http.Route) *web {
	for i := range routes {
		routes[i].ID, routes[i].Host = "app:route", Host
	}
	server, err := http.New(s.Runtime, http.Config{Routes: routes})
	if err != nil {
		s.Fail("no server: %v", err)
	}
	return &web{s, server}
}

// request makes a request and waits for the answer.
func (w *web) request(ctx context.Context, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	var from io.Reader
	if body != "" {
		from = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(ctx, method, target, from)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	to := httptest.NewRecorder()
	w.server.ServeHTTP(to, r)
	return to
}

// gets checks the answer to a request.
func (w *web) gets(target string, status int, body string) nethttp.Header {
	got := w.request(context.Background(), "GET", target, "")
	if got.Code != status || got.Body.String() != body {
		w.s.Fail("%s gives %d %q, want %d %q", target, got.Code, got.Body, status, body)
	}
	return got.Header()
}

// returning is a route whose process ends with what a code gives.
func returning(results ...any) http.Route {
	return http.Route{Path: "/", Process: Lead, Input: []hostapi.Value{wire(Values(results...))}}
}

// receiver is an actor that holds the name front and listens to requests.
func receiver(s *Stage) *Actor {
	a := s.Actor()
	a.Do(Call("process.registry.register", "front"), Let("requests", Call("process.listen", "http.request")))
	return a
}

var front = http.Route{Path: "/", To: "front"}

// take receives a request into the slot req.
func take() Code { return Let("req", Receive(Get("requests"))) }

func httpCases() []Case {
	over := Fails(hostapi.NotFound, "request is over")
	fails := func(kind hostapi.Kind) Code {
		return CallWith("errors.new", fields{"message": "m", "kind": string(kind)})
	}
	return []Case{
		{
			Name: "http/answers", Solo: true, Schedules: 5,
			Claim:   "What a process returns is the answer: nil, a text, or a map with body or json; what is none gives 500.",
			Clauses: "48.2, 48.6, 48.14",
			Scenario: func(s *Stage) {
				for _, row := range []struct {
					answer any
					status int
					kind   string
					body   string
				}{
					{nil, 204, "", ""}, {"hi", 200, "text/plain; charset=utf-8", "hi"},
					{Table("status", 201, "body", "b"), 201, "text/plain; charset=utf-8", "b"},
					{Table("json", List(1, Table("a", true))), 200, "application/json", `[1,{"a":true}]`},
					{Table("body", "x", "headers", Table("content-type", "text/x"), "ok", true, "url", "u"), 200, "text/x", "x"},
					{Table("status", 404), 404, "", ""},
				} {
					h := s.web(returning(row.answer)).gets("/", row.status, row.body)
					s.True(h.Get("Content-Type") == row.kind, "the type is %q, want %q", h.Get("Content-Type"), row.kind)
					s.True(h.Get("X-Content-Type-Options") == "nosniff", "no nosniff")
				}
				for _, bad := range []any{5, true, Table("status", 99), Table("status", 600), Table("code", 200), Table("body", 1), Table("body", "a", "json", 1),
					Table("headers", Table("a", "b\nc")), Table("headers", Table("a b", "c")), Table("json", "\xff")} {
					got := s.web(returning(bad)).request(context.Background(), "GET", "/", "")
					s.True(got.Code == 500 && strings.HasPrefix(got.Body.String(), `{"error":{"id":"`), "%v gives %d %q", bad, got.Code, got.Body)
				}
				h := s.web(returning(Table("body", "x", "headers", Table("Set-Cookie", "a=1\nb=2", "x-a", List("1", "2"), "connection", "close")))).gets("/", 200, "x")
				s.True(len(h["Set-Cookie"]) == 2 && len(h["X-A"]) == 2 && h["Connection"] == nil, "the headers are %v", h)
			},
		},
		{
			Name: "http/errors", Solo: true, Schedules: 5,
			Claim:   "An error that a script made gives the status of its kind; one of the runtime 503 or 500; below 500 the client is told why.",
			Clauses: "48.7",
			Scenario: func(s *Stage) {
				for kind, status := range map[hostapi.Kind]int{
					hostapi.Invalid: 400, hostapi.PermissionDenied: 403, hostapi.NotFound: 404, hostapi.Conflict: 409, hostapi.AlreadyExists: 409,
					hostapi.RateLimited: 429, hostapi.LimitExceeded: 413,
				} {
					s.web(returning(nil, fails(kind))).gets("/", status, `{"error":{"kind":"`+string(kind)+`","message":"m"}}`)
				}
				for _, row := range []struct {
					err    any
					status int
				}{
					{fails(hostapi.Unavailable), 503}, {fails("Odd"), 500}, {fails(hostapi.Timeout), 500}, {"text", 500},
					{Nth(2, Call("process.registry.lookup", "nobody")), 500},
				} {
					got := s.web(returning(nil, row.err)).request(context.Background(), "GET", "/", "")
					s.True(got.Code == row.status && !strings.Contains(got.Body.String(), "text"), "%v gives %d %q", row.err, got.Code, got.Body)
				}
			},
		},
		{
			Name: "http/request", Solo: true, Schedules: 5,
			Claim:   "A request is a map, and as message it has the topic http.request and no sender.",
			Clauses: "48.4, 48.5",
			Scenario: func(s *Stage) {
				a := receiver(s)
				w := s.web(http.Route{Path: "/items/{id}/{rest...}", To: "front"})
				command := a.Begin(Seq(take(), Call("http.reply", Get("req"))))
				got := w.request(context.Background(), "PUT", "http://h.test/items/a%20b/c/d?q=1&q=2", "body", "X-One", "1", "X-One", "2", "X-Forwarded-For", "203.0.113.1")
				s.True(got.Code == 204, "it gives %d", got.Code)
				command.Gives(true, nil)
				for name, want := range map[string]any{
					"method": "PUT", "path": "/items/a b/c/d", "host": "h.test", "scheme": "http", "remote": "192.0.2.1", "body": "body", "route": "app:route",
					"params": fields{"id": "a b", "rest": "c/d"}, "query": fields{"q": "1"}, "query_all": fields{"q": []any{"1", "2"}},
					"headers": fields{"x-one": "1, 2", "x-forwarded-for": "203.0.113.1"},
				} {
					a.Gives(Lookup(Get("req"), name), want)
				}
			},
		},
		{
			Name: "http/reply", Solo: true, Schedules: 10,
			Claim:   "The first answer counts; one that is none is INVALID, and 500 for the client; nobody there is 503.",
			Clauses: "48.8, 48.6",
			Scenario: func(s *Stage) {
				w := s.web(front)
				h := w.gets("/", 503, "Service Unavailable\n")
				s.True(h.Get("Retry-After") == "1", "no Retry-After")
				a := receiver(s)
				command := a.Begin(Seq(take(), Call("http.reply", Get("req"), Table("json", 1))))
				w.gets("/", 200, "1")
				command.Gives(true, nil)
				a.Gives(Call("http.reply", Get("req"), "again"), nil, over)
				command = a.Begin(Seq(take(), Call("http.reply", Get("req"), Table("code", 1))))
				s.True(w.request(context.Background(), "GET", "/", "").Code == 500, "an answer that is none is none")
				command.Gives(nil, Fails(hostapi.Invalid, "invalid response"))
				command = a.Begin(Seq(take(), Call("http.reply", Get("req"), fails(hostapi.NotFound))))
				w.gets("/", 404, `{"error":{"kind":"NotFound","message":"m"}}`)
				command.Gives(true, nil)
				a.Begin(Seq(take(), Finish("not an answer")))
				w.gets("/", 500, "Internal Server Error\n")
			},
		},
		{
			Name: "http/hand_over", Schedules: 10,
			Claim:   "Who hands a request on need not live; who has it then must, and may be any process.",
			Clauses: "48.8, 48.4",
			Scenario: func(s *Stage) {
				w := s.web(front)
				a, b := receiver(s), s.Start(Peer, Serve())
				b.Do(Let("requests", Call("process.listen", "http.request")))
				a.Begin(Seq(take(), Call("http.hand_over", Get("req"), "nobody"), Call("http.hand_over", Get("req"), string(b.PID)), Finish()))
				command := b.Begin(Seq(take(), Call("http.reply", Get("req"), "b")))
				w.gets("/", 200, "b")
				command.Gives(true, nil)
				b.Gives(Call("http.hand_over", Get("req"), string(b.PID)), nil, over)
				a = receiver(s)
				a.Begin(Seq(take(), Call("http.hand_over", Get("req"), string(b.PID))))
				b.Begin(Seq(take(), Finish()))
				w.gets("/", 500, "Internal Server Error\n")
			},
		},
		{
			Name: "http/timeout", Solo: true, Virtual: true, Schedules: 20,
			Claim:   "After its timeout a request is over: 504, and the process that was started for it gets CANCEL and one second.",
			Clauses: "48.8",
			Scenario: func(s *Stage) {
				r := http.Route{Path: "/", Process: Lead, Timeout: 5 * time.Second, Input: []hostapi.Value{wire(Seq(
					Let("e", Event()), Report("reason", Values(Field(Get("e"), "kind"), Field(Get("e"), "reason"))), Call("time.sleep", "1h"),
				))}}
				s.web(r).gets("/", 504, "Gateway Timeout\n")
				s.Same("CANCEL", s.AwaitReports("reason", 1)[0], "pid.cancel", "http timeout")
				s.Pass(time.Second)
				s.True(len(s.Processes()) == 0, "the process outlives its grace")
			},
		},
		{
			Name: "http/client_gone", Solo: true, Schedules: 20,
			Claim:   "A client that goes is told by CANCEL, without a deadline.",
			Clauses: "48.9",
			Scenario: func(s *Stage) {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				r := http.Route{Path: "/", Process: Lead, Input: []hostapi.Value{wire(Seq(
					Let("events", Call("process.events")), Report("here", 1), Let("e", Nth(1, Receive(Get("events")))),
					Report("reason", Values(Field(Get("e"), "reason"), Field(Get("e"), "deadline"))),
				))}}
				w := s.web(r)
				if s.Simulated() {
					s.AfterFunc(time.Second, cancel)
				} else {
					go func() { s.AwaitReports("here", 1); cancel() }()
				}
				w.request(ctx, "GET", "/", "")
				s.Same("CANCEL", s.AwaitReports("reason", 1)[0], "client gone", nil)
			},
		},
		{
			Name: "http/stream", Solo: true, Schedules: 20,
			Claim:   "A stream is an answer in pieces, which ends with its process; events are text with headers of their own.",
			Clauses: "48.10, 40.11",
			Scenario: func(s *Stage) {
				a := receiver(s)
				w := s.web(front)
				command := a.Begin(Seq(
					take(), Let("w", CallWith("http.stream", fields{"status": 201, "headers": fields{"x-a": "b"}}, Get("req"))),
					Method(Get("w"), "write", "ab"), Method(Get("w"), "write", "cd"), Method(Get("w"), "close"),
				))
				h := w.gets("/", 201, "abcd")
				s.True(h.Get("X-A") == "b" && h.Get("Content-Type") == "text/plain; charset=utf-8", "the headers are %v", h)
				command.Gives(true)
				a.Gives(Method(Get("w"), "write", "ef"), nil, Fails(hostapi.Invalid, "response stream is closed"))
				a.Gives(Method(Get("w"), "close"), true)
				a.Gives(Call("http.stream", Get("req")), nil, over)
				a.Begin(Seq(
					take(), Let("w", Call("http.stream", Get("req"))),
					Method(Get("w"), "event", "one\ntwo", Table("name", "n", "id", "1")), Method(Get("w"), "event", "three"), Finish(),
				))
				h = w.gets("/", 200, "event: n\nid: 1\ndata: one\ndata: two\n\ndata: three\n\n")
				s.True(h.Get("Content-Type") == "text/event-stream", "the headers are %v", h)
			},
		},
		{
			Name: "http/websocket", Solo: true, Schedules: 5,
			Claim:   "A request that asks for no websocket is not made one: INVALID, and the client is told.",
			Clauses: "48.11",
			Scenario: func(s *Stage) {
				a := receiver(s)
				command := a.Begin(Seq(take(), Call("http.websocket", Get("req"))))
				got := s.web(front).request(context.Background(), "GET", "/", "")
				s.True(got.Code == 426, "it gives %d", got.Code)
				command.Gives(nil, Fails(hostapi.Invalid, "no websocket"))
			},
		},
		{
			Name: "http/request_of_a_test", Solo: true, Schedules: 3,
			Claim:   "A map that no server has made is over; form and cookies read it.",
			Clauses: "48.12, 48.15",
			Scenario: func(s *Stage) {
				a := s.Actor()
				req := func(kind, body string) Code {
					return Table("id", "x", "body", body, "headers", Table("content-type", kind, "cookie", "a=1; b=2; a=3"))
				}
				for _, call := range []Code{
					Call("http.reply", req("", ""), "x"), Call("http.hand_over", req("", ""), "x"), Call("http.body", req("", "")),
					Call("http.stream", req("", "")), Call("http.websocket", req("", "")), Call("http.reply", Table(), "x"),
				} {
					a.Gives(call, nil, over)
				}
				a.Do(Let("f", Call("http.form", req("application/x-www-form-urlencoded", "k=v&k=w&e="))))
				a.Gives(Field(Get("f"), "fields"), fields{"k": "v", "e": ""})
				a.Gives(Field(Get("f"), "all"), fields{"k": []any{"v", "w"}, "e": []any{""}})
				a.Gives(Call("http.form", req("text/plain", "k=v")), nil, Fails(hostapi.Invalid, "invalid form"))
				a.Gives(Call("http.cookies", req("", "")), fields{"a": "1", "b": "2"})
			},
		},
	}
}
