package examples

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world"
)

// collector takes lines as that of the shipper's README: each once, by its stream and
// number, and not before it has been asked a second time.
type collector struct {
	t *testing.T

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when a line is taken
	refused bool
	taken   map[string]int // lines of each stream
	lines   []string
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var batch struct {
		Stream string
		First  int
		Lines  []string
	}
	err := json.NewDecoder(r.Body).Decode(&batch)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil || r.Method != http.MethodPost || r.URL.Path != "/ingest":
		c.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		w.WriteHeader(http.StatusBadRequest)
		return
	case !c.refused: // an outage
		c.refused = true
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case batch.First > c.taken[batch.Stream]+1:
		c.t.Errorf("lines before %d are missing", batch.First)
	}
	for i, line := range batch.Lines {
		if n := batch.First + i; n > c.taken[batch.Stream] {
			c.taken[batch.Stream] = n
			c.lines = append(c.lines, line)
		}
	}
	close(c.changed)
	c.changed = make(chan struct{})
}

// await waits for n lines in all.
func (c *collector) await(n int) {
	c.t.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	for {
		c.mu.Lock()
		got, changed := len(c.lines), c.changed
		c.mu.Unlock()
		if got >= n {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			c.t.Fatalf("%d lines, waiting for %d", got, n)
		}
	}
}

// Every line arrives once and in order: over an outage, a rotation by rename, one by
// truncation, and a rotation while nothing runs.
func TestShipper(t *testing.T) {
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
		t.Run(e.Info().Name, func(t *testing.T) {
			data := t.TempDir()
			c := &collector{t: t, changed: make(chan struct{}), taken: map[string]int{}}
			server := httptest.NewServer(c)
			defer server.Close()
			if err := os.Mkdir(filepath.Join(data, "logs"), 0o755); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(data, "logs", "app.log")
			var written []string
			logs := func(n int) { // appends n lines
				f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
				if err != nil {
					t.Fatal(err)
				}
				var text strings.Builder
				for range n {
					written = append(written, fmt.Sprint("line ", len(written)+1))
					text.WriteString(written[len(written)-1] + "\n")
				}
				if _, err := f.WriteString(text.String()); err != nil {
					t.Fatal(err)
				}
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
			}
			rename := func(to string) {
				if err := os.Rename(path, path+to); err != nil {
					t.Fatal(err)
				}
			}

			stop := ship(t, e, data, server.Listener.Addr().String())
			logs(1200) // three batches
			c.await(1200)
			logs(1)
			rename(".1")
			logs(2)
			c.await(1203)
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
			logs(1)
			c.await(1204)
			stop()
			logs(2)
			rename(".2")
			logs(3)
			stop = ship(t, e, data, server.Listener.Addr().String())
			c.await(1209)
			stop()
			if !slices.Equal(c.lines, written) {
				t.Errorf("%d lines arrived of %d, or in another order", len(c.lines), len(written))
			}
		})
	}
}

// ship runs the app until stop is called.
func ship(t *testing.T, e hostapi.Engine, data, collector string) (stop func()) {
	t.Helper()
	settings := map[string]string{"COLLECTOR": collector, "INTERVAL": "5ms"}
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{e}, Modules: world.Modules(), Kinds: world.Kinds(), Data: data,
		Lookup: func(name string) (string, bool) { v, ok := settings[name]; return v, ok },
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := rt.LoadApp(os.DirFS("shipper"))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return func() {
		over, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := rt.Shutdown(over, 0); err != nil {
			t.Error(err)
		}
	}
}
