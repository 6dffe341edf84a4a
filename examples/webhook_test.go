package examples

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world"
)

// partner is who gets what arrives: it tells each delivery, and answers what it is told.
type partner struct {
	host      string
	delivered chan delivery
	answer    chan int
}

type delivery struct{ key, body string }

func newPartner(t *testing.T) *partner {
	p := &partner{delivered: make(chan delivery), answer: make(chan int)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		select {
		case p.delivered <- delivery{r.Header.Get("Idempotency-Key"), r.Method + " " + r.URL.Path + " " + r.Header.Get("Content-Type") + " " + string(body)}:
			w.WriteHeader(<-p.answer)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(s.Close)
	p.host = s.Listener.Addr().String()
	return p
}

// gets waits for a delivery and answers it.
func (p *partner) gets(t *testing.T, key, body string, status int) {
	t.Helper()
	if got, want := <-p.delivered, (delivery{key, "POST /events application/json " + body}); got != want {
		t.Errorf("delivered is %q, want %q", got, want)
	}
	p.answer <- status
}

const hookSecret = "a secret of the sender"

// runWebhook runs the app for real, with the partner on loopback and short pauses.
func runWebhook(t *testing.T, engine, data string, p *partner) (url string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") // for a port that is free
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	vars := map[string]string{"LISTEN": l.Addr().String(), "PARTNER": p.host, "HOOK_SECRET": hookSecret}
	a, found := app.Load(webhookFiles(t), app.Options{
		Engines: engines(), Modules: append(modules.Standard(), world.Modules()...), Kinds: world.Kinds(), Data: data, EngineOverride: engine,
		Lookup: func(name string) (string, bool) { v, ok := vars[name]; return v, ok },
		Set:    []string{"hooks:deliverer.input.1=http://" + p.host + "/events", "hooks:deliverer.input.2=0.001"},
	})
	if len(found) > 0 {
		t.Fatal(found)
	}
	rt := core.New(core.Options{})
	run, err := lifecycle.New(rt, a, lifecycle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	if err := run.Open(ctx, true); err != nil {
		t.Fatal(err)
	}
	run.AutoStart()
	if err := run.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	return "http://" + l.Addr().String(), func() {
		defer cancel()
		for _, err := range []error{run.Stop(ctx), rt.Shutdown(ctx, 0), run.Close(ctx)} {
			if err != nil {
				t.Error(err)
			}
		}
	}
}

// webhookFiles are those of the app, which here may reach the partner on loopback.
func webhookFiles(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	if err := fs.WalkDir(Files, "webhook", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(Files, name)
		files[strings.TrimPrefix(name, "webhook/")] = &fstest.MapFile{Data: text}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	index := files["src/_index.yaml"]
	before, after, ok := strings.Cut(string(index.Data), `hosts: ["${PARTNER}"]`)
	if !ok {
		t.Fatal("the client is gone")
	}
	index.Data = []byte(before + `hosts: ["${PARTNER}"]` + "\n    allow_private: [127.0.0.1]" + after)
	return files
}

// hook sends what a sender of webhooks sends, and gives the status of the answer.
func hook(t *testing.T, url, id, body, secret string) int {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, url+"/hooks/forge", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	if id != "" {
		r.Header.Set("X-Github-Delivery", id)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// TestWebhook plays the sender and the partner of the webhook app on loopback: what is
// signed arrives at the partner, once it takes it, also if the program was down meanwhile.
func TestWebhook(t *testing.T) {
	eachEngine(t, func(t *testing.T, engine string) {
		p, data := newPartner(t), t.TempDir()
		url, stop := runWebhook(t, engine, data, p)
		send := func(id, body, secret string, want int) {
			t.Helper()
			if got := hook(t, url, id, body, secret); got != want {
				t.Errorf("%s gets %d, want %d", id, got, want)
			}
		}
		send("forged", `{"n":0}`, "a guess", http.StatusUnauthorized)
		send("one", `{"n":1}`, hookSecret, http.StatusAccepted)
		p.gets(t, "job:one", `{"n":1}`, http.StatusServiceUnavailable)
		p.gets(t, "job:one", `{"n":1}`, http.StatusTooManyRequests)
		p.gets(t, "job:one", `{"n":1}`, http.StatusOK)

		// What is sent again while it waits is the same job.
		send("two", `{"n":2}`, hookSecret, http.StatusAccepted)
		<-p.delivered
		send("two", `{"n":2}`, hookSecret, http.StatusAccepted)
		p.answer <- http.StatusOK

		// What the partner refuses for good does not come again.
		send("three", `{"n":3}`, hookSecret, http.StatusAccepted)
		p.gets(t, "job:three", `{"n":3}`, http.StatusBadRequest)
		send("four", `{"n":4}`, hookSecret, http.StatusAccepted)
		p.gets(t, "job:four", `{"n":4}`, http.StatusInternalServerError)
		p.gets(t, "job:four", `{"n":4}`, http.StatusOK)

		// The program ends in the middle of a delivery.
		send("five", `{"n":5}`, hookSecret, http.StatusAccepted)
		<-p.delivered
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			stop()
		}()
		p.answer <- http.StatusBadGateway
		<-stopped
		url, stop = runWebhook(t, engine, data, p)
		p.gets(t, "job:five", `{"n":5}`, http.StatusOK)
		send("", `{"n":6}`, hookSecret, http.StatusAccepted)
		if last := <-p.delivered; !strings.HasPrefix(last.key, "job:") || last.body != `POST /events application/json {"n":6}` {
			t.Errorf("without an id: %q", last)
		}
		p.answer <- http.StatusOK
		stop()
	})
}
