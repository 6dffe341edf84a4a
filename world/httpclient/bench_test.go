package httpclient_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/httpclient"
)

// BenchmarkGet makes GET requests, 64 at a time, of a server in the same program: by
// net/http from Go, by one process for each, and by processes that go on. It does so in
// turns, and tells what part of Go's requests a second the processes make.
func BenchmarkGet(b *testing.B) {
	const (
		lua = `
			local http = require("http_client")
			return function(url, n)
				for i = 1, n do
					local r, err = http.get(url)
					if err then return nil, err end
					if #r.body ~= 256 then error("body") end
				end
			end`
		star = `
http = require("http_client")
def main(url, n):
    for i in range(n):
        r, err = http.get(url)
        if err:
            return None, err
        if len(r.body) != 256:
            fail("body")
`
	)
	body := make([]byte, 256)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(body) }))
	defer s.Close()
	for _, e := range []struct {
		hostapi.Engine
		text string
	}{{gopherlua.New(), lua}, {golua.New(), lua}, {starlark.New(), star}} {
		b.Run(e.Info().Name, func(b *testing.B) {
			web, err := httpclient.Open(client(s.Listener.Addr().String()))
			if err != nil {
				b.Fatal(err)
			}
			rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{e.Engine}, Modules: []*hostapi.Module{httpclient.Module}})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = rt.Shutdown(context.Background(), 0) }()
			rt.DefineResource("app:web", httpclient.Kind, web)
			file := "main" + e.Info().Extension
			if err := rt.LoadEntry(core.Entry{ID: "app:main", Resources: []core.Grant{{ID: "app:web"}}}, fstest.MapFS{file: {Data: []byte(e.text)}}, file); err != nil {
				b.Fatal(err)
			}
			processes := func(each int) func() error {
				return func() error {
					p, err := rt.Start(b.Context(), "app:main", s.URL, each)
					if err == nil {
						_, err = p.Wait(b.Context())
					}
					return err
				}
			}
			const each = 100
			transport := &http.Transport{MaxConnsPerHost: 64, MaxIdleConnsPerHost: 64}
			defer transport.CloseIdleConnections()
			direct := func() error {
				ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
				defer cancel()
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
				if err != nil {
					return err
				}
				resp, err := transport.RoundTrip(r)
				if err != nil {
					return err
				}
				defer resp.Body.Close()
				text, err := io.ReadAll(io.LimitReader(resp.Body, 10<<20))
				if err == nil && len(text) != len(body) {
					err = fmt.Errorf("%d bytes", len(text))
				}
				return err
			}
			var inGo, oneEach, going time.Duration
			for b.Loop() {
				const n = 6400
				inGo += timed(b, n, direct)
				oneEach += timed(b, n, processes(1))
				going += timed(b, n/each, processes(each))
			}
			b.ReportMetric(float64(inGo)/float64(oneEach), "of-Go/process-each")
			b.ReportMetric(float64(inGo)/float64(going), "of-Go/process-for-100")
			b.ReportMetric(6400*float64(b.N)/inGo.Seconds(), "Go-requests/s")
		})
	}
}

// timed makes n requests, 64 at a time.
func timed(b *testing.B, n int, request func() error) time.Duration {
	start := time.Now()
	var group sync.WaitGroup
	work := make(chan struct{})
	for range 64 {
		group.Go(func() {
			for range work {
				if err := request(); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for range n {
		work <- struct{}{}
	}
	close(work)
	group.Wait()
	return time.Since(start)
}
