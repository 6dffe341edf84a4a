package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/inspect"
	"github.com/understudy-run/understudy/inspect/client"
)

func ask(t *testing.T, token string, h http.HandlerFunc) *client.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := client.New(strings.TrimPrefix(s.URL, "http://"), token)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAddresses(t *testing.T) {
	for at, want := range map[string]string{
		"127.0.0.1:4477":              "http://127.0.0.1:4477/",
		"[::1]:80":                    "http://[::1]:80/",
		"https://node.example/look":   "https://node.example/look/",
		"http://127.0.0.1:1/#code=xx": "http://127.0.0.1:1/",
	} {
		c, err := client.New(at, "")
		if err != nil || c.Address() != want {
			t.Errorf("%s: %v, %v", at, c, err)
		}
	}
	for _, at := range []string{"", "nowhere", "4477", "ftp://127.0.0.1:1", "http://"} {
		if c, err := client.New(at, ""); err == nil {
			t.Errorf("%s is taken for an address: %s", at, c.Address())
		}
	}
}

func TestAnswers(t *testing.T) {
	const token = "0123456789012345678901234567890123456789"
	c := ask(t, token, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer "+token {
			t.Errorf("Authorization is %q", got)
		}
		switch r.URL.Path {
		case "/api/v1/processes":
			if r.URL.Query().Get("limit") != "3" {
				t.Errorf("query %s", r.URL.RawQuery)
			}
			_ = json.NewEncoder(w).Encode(inspect.ProcessList{Total: 7})
		case "/api/v1/processes/{a:b|1}/send":
			var b inspect.SendBody
			if json.NewDecoder(r.Body).Decode(&b); b.Topic != "t" || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("body %v", b)
			}
			w.WriteHeader(http.StatusNoContent)
		case "/api/v1/elsewhere":
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		default:
			w.WriteHeader(http.StatusGone)
			_ = json.NewEncoder(w).Encode(inspect.Refusal{Error: inspect.Problem{Kind: "NotFound", Message: "gone", Report: &inspect.CrashReport{Text: "how"}}})
		}
	})
	ctx := context.Background()
	var list inspect.ProcessList
	if err := c.Get(ctx, "processes", url.Values{"limit": {"3"}}, &list); err != nil || list.Total != 7 {
		t.Errorf("%v, %v", list, err)
	}
	if err := c.Post(ctx, "processes/"+url.PathEscape("{a:b|1}")+"/send", inspect.SendBody{Topic: "t"}, nil); err != nil {
		t.Error(err)
	}
	var e *client.Error
	if err := c.Delete(ctx, "traces/1"); !errors.As(err, &e) || e.Status != http.StatusGone || e.Report.Text != "how" || err.Error() != "gone" {
		t.Errorf("%v", err)
	}
	if err := c.Get(ctx, "elsewhere", nil, &list); !errors.Is(err, client.ErrNoNode) { // the token goes nowhere else
		t.Errorf("a redirection gives %v", err)
	}
	nobody, _ := client.New("127.0.0.1:1", "")
	if err := nobody.Get(ctx, "node", nil, &list); !errors.Is(err, client.ErrNoNode) {
		t.Errorf("nobody gives %v", err)
	}
}

func TestStreams(t *testing.T) {
	c := ask(t, "", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("id: 1\nevent: event\ndata: {\"a\": 1}\n\n:\n\nevent: missed\ndata: 3\n\nevent: cut"))
	})
	var got []string
	err := c.Stream(context.Background(), "events", nil, func(name string, data []byte) error {
		got = append(got, name+" "+string(data))
		return nil
	})
	if want := `event {"a": 1}| |missed 3`; strings.Join(got, "|") != want {
		t.Errorf("got %q", got)
	}
	if !errors.Is(err, client.ErrEnded) {
		t.Errorf("ended with %v", err)
	}
	stop := errors.New("enough")
	if err := c.Stream(context.Background(), "events", nil, func(string, []byte) error { return stop }); err != stop {
		t.Errorf("stopped with %v", err)
	}
}
