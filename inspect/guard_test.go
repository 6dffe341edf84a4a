package inspect_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/inspect"
)

// token is one of the length that the command wants.
const token = "a-token-of-forty-bytes-0123456789-abcdef"

// 63.1: no page of another origin gets an answer, neither by a form nor by a fetch, nor by
// a name that it has bound to this address; nobody does without the token, where there is
// one; and where there is none, only this machine.
func TestOnlyWhoMayLookIsAnswered(t *testing.T) {
	open, closed := simulated(t, 1, inspect.Options{}), simulated(t, 1, inspect.Options{Token: token})
	header := func(list ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(list); i += 2 {
			h.Add(list[i], list[i+1])
		}
		return h
	}
	const outside = "192.0.2.7:4477"
	for _, c := range []struct {
		name   string
		house  *house
		local  string
		host   string
		header http.Header
		want   int
	}{
		{"this machine", open, loopback, "127.0.0.1:4477", nil, 200},
		{"by name", open, loopback, "localhost:4477", nil, 200},
		{"version 6", open, "[::1]:4477", "[::1]:4477", nil, 200},
		{"a forwarded port", open, loopback, "127.0.0.1:9999", nil, 200},
		{"its own page", open, loopback, "127.0.0.1:4477", header("Origin", "http://127.0.0.1:4477", "Sec-Fetch-Site", "same-origin"), 200},
		{"a name bound to this address", open, loopback, "attacker.example:4477", nil, 403},
		{"a name that begins like this machine", open, loopback, "127.0.0.1.attacker.example", nil, 403},
		{"a name that ends like this machine", open, loopback, "attacker.examplelocalhost", nil, 403},
		{"a name below localhost, which a resolver may look up", open, loopback, "attacker.localhost", nil, 403},
		{"no host", open, loopback, "", nil, 403},
		{"a fetch of another origin", open, loopback, "127.0.0.1:4477", header("Origin", "https://attacker.example"), 403},
		{"a fetch of another port", open, loopback, "127.0.0.1:4477", header("Origin", "http://127.0.0.1:8080"), 403},
		{"a page without an origin", open, loopback, "127.0.0.1:4477", header("Origin", "null"), 403},
		{"two origins", open, loopback, "127.0.0.1:4477", header("Origin", "http://127.0.0.1:4477", "Origin", "https://attacker.example"), 403},
		{"an image of another page", open, loopback, "127.0.0.1:4477", header("Sec-Fetch-Site", "cross-site"), 403},
		{"a page of another port", open, loopback, "127.0.0.1:4477", header("Sec-Fetch-Site", "same-site"), 403},
		{"another machine, without a token", open, outside, "192.0.2.7:4477", nil, 403},
		{"the token is missing", closed, loopback, "127.0.0.1:4477", nil, 401},
		{"the token is empty", closed, loopback, "127.0.0.1:4477", header("Authorization", "Bearer "), 401},
		{"the token is wrong", closed, loopback, "127.0.0.1:4477", header("Authorization", "Bearer "+token+"x"), 401},
		{"the token is cut off", closed, loopback, "127.0.0.1:4477", header("Authorization", "Bearer "+token[:30]), 401},
		{"the token as another scheme", closed, loopback, "127.0.0.1:4477", header("Authorization", "Basic "+token), 401},
		{"the token", closed, loopback, "127.0.0.1:4477", header("Authorization", "Bearer "+token), 200},
		{"another machine with the token", closed, outside, "node.example:4477", header("Authorization", "Bearer "+token), 200},
		{"another machine without it", closed, outside, "node.example:4477", nil, 401},
		{"the token, from another origin", closed, outside, "node.example:4477", header("Authorization", "Bearer "+token, "Origin", "https://attacker.example"), 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/api/v1/node", "/api/v1/processes", "/api/v1/openapi.json", "/api/v1/nothing"} {
				r := request("GET", path, c.local)
				r.Host = c.host
				if c.header != nil {
					r.Header = c.header
				}
				want := c.want
				if want == 200 && strings.HasSuffix(path, "nothing") {
					want = 404
				}
				var said inspect.Refusal
				if got := c.house.ask(r, &said); got != want {
					t.Errorf("GET %s: status %d, want %d", path, got, want)
				} else if want != 200 && said.Error.Message == "" {
					t.Errorf("GET %s: says nothing", path)
				}
			}
		})
	}
}

// The code that run prints serves once, and another makes it worthless.
func TestCodeServesOnce(t *testing.T) {
	h := simulated(t, 1, inspect.Options{Token: token})
	first, code := h.Code(), h.Code()
	for i, c := range []struct {
		code string
		want int
	}{{first, 401}, {"", 401}, {code, 200}, {code, 401}} {
		status, said := h.post("/api/v1/session", inspect.Credentials{Code: c.code}, "")
		if status != c.want {
			t.Errorf("%d: status %d, want %d: %s", i, status, c.want, said)
		}
		if has := strings.Contains(said, token); has != (c.want == 200) {
			t.Errorf("%d: gives the token: %v", i, has)
		}
	}
	if code := simulated(t, 1, inspect.Options{}).Code(); code != "" {
		t.Errorf("a code for no token: %q", code)
	}
}

// No answer may be kept, framed, or taken for something else.
func TestAnswersAreGuarded(t *testing.T) {
	h := simulated(t, 1, inspect.Options{})
	for _, path := range []string{"/", "/api/v1/node", "/api/v1/nothing"} {
		header := h.headers(path)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if p := header.Get("Content-Security-Policy"); !strings.Contains(p, "frame-ancestors 'none'") || strings.Contains(p, "unsafe") {
			t.Errorf("%s: policy %q", path, p)
		}
		if header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: shown to other origins", path)
		}
	}
}
