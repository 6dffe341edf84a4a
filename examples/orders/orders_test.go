// Package orders_test plays the clients of the example.
package orders_test

import (
	"context"
	stdsql "database/sql"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world"
	"github.com/understudy-run/understudy/world/sql/drivers"
	"github.com/understudy-run/understudy/world/sql/postgres/postgrestest"
)

// files gives the app, on a free port, with the lines of its database replaced.
func files(t *testing.T, addr string, replace ...string) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	src := os.DirFS("src")
	err := fs.WalkDir(src, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(src, name)
		if err != nil {
			return err
		}
		if name == "_index.yaml" {
			for i := 0; i < len(replace); i += 2 {
				if !strings.Contains(string(data), replace[i]) {
					t.Fatalf("no %q in the app", replace[i])
				}
				data = []byte(strings.ReplaceAll(string(data), replace[i], replace[i+1]))
			}
			data = []byte(strings.ReplaceAll(string(data), "127.0.0.1:8080", addr))
		}
		fsys[path.Join("src", name)] = &fstest.MapFile{Data: data}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

// freeAddr gives an address where nobody listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// shop is the app as it runs.
type shop struct {
	*testing.T
	rt  *understudy.Runtime
	url string
}

func open(t *testing.T, e hostapi.Engine, fsys fstest.MapFS, addr, data string, lookup func(string) (string, bool)) *shop {
	t.Helper()
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{e}, Modules: world.Modules(), Kinds: slices.Concat(world.Kinds(), drivers.Kinds()), Data: data, Lookup: lookup,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := rt.Shutdown(ctx, time.Second); err != nil {
			t.Error(err)
		}
	})
	a, err := rt.LoadApp(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &shop{t, rt, "http://" + addr}
}

// ask makes one request. 503 means that no worker is there yet, or that one was just
// killed: it is asked again.
func (s *shop) ask(method, path, body string) (status int, answer map[string]any) {
	for {
		req, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
		if err != nil {
			s.Error(err)
			return 0, nil
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			s.Error(err)
			return 0, nil
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			s.Error(err)
			return 0, nil
		}
		if resp.StatusCode == http.StatusServiceUnavailable {
			continue
		}
		if resp.StatusCode < 500 {
			if err := json.Unmarshal(text, &answer); err != nil {
				s.Errorf("%s %s: %d, %q", method, path, resp.StatusCode, text)
			}
		}
		return resp.StatusCode, answer
	}
}

// killOne kills one of the workers.
func (s *shop) killOne() {
	for _, pid := range s.rt.Core().Processes() {
		if i, ok := s.rt.Inspect(pid); ok && i.Entry == "shop:worker" {
			_ = s.rt.Core().Terminate(pid) // it may have ended already
			return
		}
	}
}

// play lets customers order while workers are killed, and looks at what is there.
func (s *shop) play(db *stdsql.DB) {
	if status, a := s.ask("GET", "/orders/unknown", ""); status != 404 || a["error"] != "no such order" {
		s.Errorf("%d %v", status, a)
	}
	for _, body := range []string{"", "[]", `{"item": 1}`, "{"} {
		if status, a := s.ask("POST", "/orders/", body); status != 400 || a["error"] != "item is missing" {
			s.Errorf("%q: %d %v", body, status, a)
		}
	}
	const customers, each = 8, 12
	var mu sync.Mutex
	var made []string
	counts := map[int]int{}
	var wg sync.WaitGroup
	for c := range customers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range each {
				status, a := s.ask("POST", "/orders/", `{"item": "desk"}`)
				mu.Lock()
				counts[status]++
				if status == 201 {
					made = append(made, a["id"].(string))
				}
				mu.Unlock()
				if c == 0 && i%3 == 1 {
					s.killOne()
				}
			}
		}()
	}
	wg.Wait()
	var left, written int
	if err := db.QueryRow("SELECT n FROM stock WHERE item = 'desk'").Scan(&left); err != nil {
		s.Fatal(err)
	}
	if err := db.QueryRow("SELECT count(*) FROM orders WHERE item = 'desk'").Scan(&written); err != nil {
		s.Fatal(err)
	}
	if left+written != 50 || left != 0 || len(made) > written || written-len(made) > counts[500] {
		s.Errorf("%d left, %d orders, %d told, answers %v", left, written, len(made), counts)
	}
	if counts[201]+counts[409]+counts[500] != customers*each {
		s.Errorf("answers %v", counts)
	}
	if status, a := s.ask("GET", "/orders/"+made[0], ""); status != 200 || a["id"] != made[0] || a["item"] != "desk" {
		s.Errorf("%d %v", status, a)
	}
	status, a := s.ask("GET", "/orders/", "")
	if orders, _ := a["orders"].([]any); status != 200 || len(orders) != 20 {
		s.Errorf("%d %v", status, a)
	}
}

func engines() []hostapi.Engine {
	return []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()}
}

func nothing(string) (string, bool) { return "", false }

func TestOrdersOnSQLite(t *testing.T) {
	for _, e := range engines() {
		t.Run(e.Info().Name, func(t *testing.T) {
			data, addr := t.TempDir(), freeAddr(t)
			s := open(t, e, files(t, addr), addr, data, nothing)
			db, err := stdsql.Open("sqlite", data+"/orders.db")
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			s.play(db)
		})
	}
}

// The same app, of which the YAML alone has changed.
func TestOrdersOnPostgres(t *testing.T) {
	dsn := postgrestest.Start(t)
	db, err := stdsql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, e := range engines() {
		t.Run(e.Info().Name, func(t *testing.T) {
			if _, err := db.Exec("DROP TABLE IF EXISTS orders; DROP TABLE IF EXISTS stock"); err != nil {
				t.Fatal(err)
			}
			addr := freeAddr(t)
			s := open(t, e, files(t, addr, "kind: db.sqlite", "kind: db.postgres", "file: orders.db", "dsn: { env: ORDERS_DSN }"), addr, t.TempDir(),
				func(name string) (string, bool) { return dsn, name == "ORDERS_DSN" })
			s.play(db)
		})
	}
}

// The page is told live what is ordered.
func TestPageIsLive(t *testing.T) {
	for _, e := range engines() {
		t.Run(e.Info().Name, func(t *testing.T) {
			data, addr := t.TempDir(), freeAddr(t)
			open(t, e, files(t, addr), addr, data, nothing)
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			ask := func(method, path, body string) *http.Response {
				req, err := http.NewRequestWithContext(ctx, method, "http://"+addr+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { resp.Body.Close() })
				return resp
			}
			page, err := io.ReadAll(ask("GET", "/", "").Body)
			if err != nil || !strings.Contains(string(page), `new EventSource("/live")`) {
				t.Errorf("the page is %q, %v", page, err)
			}
			live := ask("GET", "/live", "")
			if made := ask("POST", "/orders/", `{"item":"lamp"}`); made.StatusCode != http.StatusCreated {
				t.Fatalf("an order gives %d", made.StatusCode)
			}
			text := ""
			for piece := make([]byte, 512); !strings.Contains(text, "\n\n"); {
				n, err := live.Body.Read(piece)
				if text += string(piece[:n]); err != nil {
					t.Fatalf("%q, %v", text, err)
				}
			}
			if !strings.HasPrefix(text, "event: order\ndata: {") || !strings.Contains(text, `"item":"lamp"`) {
				t.Errorf("it is told %q", text)
			}
		})
	}
}
