package httpclient_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/schema/schematest"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/httpclient"
)

const index = `version: "1.0"
namespace: app
entries:
  - {name: processes, kind: process.host}
  - {name: main, kind: process.lua, source: file://main.lua, modules: [http_client], resources: [web]}
`

// 43.7, 14.5: what is wrong with an entry is told with its place, before anything starts.
func TestEntriesThatCannotBe(t *testing.T) {
	for _, row := range []struct {
		entry string
		want  []string
	}{
		{"", []string{"hosts is required"}},
		{"hosts: []", []string{"hosts must not be empty"}},
		{"hosts: a.example", []string{"hosts must be a list"}},
		{"hosts: [a.example, 'http://b.example', 5]", []string{`hosts has an invalid host "http://b.example": write host, host:port, *.domain or *`, "hosts[3] must be a string"}},
		{"hosts: [a.example], allow_private: [10.0.0.0/8, 10.0.0.1/8, x]", []string{`allow_private has "10.0.0.1/8", which is no network: it would be 10.0.0.0/8`, `allow_private has "x", which is no network`}},
		{"hosts: [a.example], timeout: 5, idle: 1us, max_body: 0, connections: 0", []string{
			"timeout must be a duration with its unit", "idle must be a duration of at least 1ms", "max_body must be at least 1", "connections must be an integer of at least 1",
		}},
		{"hosts: [a.example], proxy: {env: P, file: q}", []string{"proxy must be {env: NAME} or {file: PATH}"}},
		{"hosts: [a.example], proxy: 'ftp://me:password@a.example'", []string{"warning: proxy: secret in an app file", "proxy is none: the scheme must be http, https, socks5 or socks5h"}},
		{"hosts: [a.example], headers: {host: {env: H}, 'x y': {env: H}}", []string{"headers.host is an invalid header: host is set by the client", "headers.x y is an invalid header"}},
		{"hosts: [a.example], headers: [x]", []string{"headers must be a map"}},
		{"hosts: ['*'], headers: {x: {env: H}}", []string{"headers would go to every host that a script names"}},
		{"hosts: [a.example], tls: {cert: c.pem, insecure: maybe, verify: no}", []string{"tls.cert and key go together", "tls.insecure must be", "tls.verify"}},
		{"hosts: [a.example], cookies: true", []string{"cookies"}},
	} {
		text := index + "  - {name: web, kind: http.client"
		if row.entry != "" {
			text += ", " + row.entry
		}
		_, found := schematest.Load(t, fstest.MapFS{"_index.yaml": {Data: []byte(text + "}\n")}, "main.lua": {Data: []byte("return print")}}, app.Options{
			Engines: []hostapi.Engine{gopherlua.New()}, Modules: []*hostapi.Module{httpclient.Module}, Kinds: []*spec.Kind{httpclient.Entries}, AllowUnset: true,
		})
		var got []string
		for _, d := range found {
			got = append(got, d.String())
		}
		for _, want := range row.want {
			if !slices.ContainsFunc(got, func(line string) bool {
				return strings.Contains(line, want) && strings.HasPrefix(line, "_index.yaml:6:") && strings.Contains(line, "app:web") && !strings.Contains(line, "password")
			}) {
				t.Errorf("%s: want %q among\n%s", row.entry, want, strings.Join(got, "\n"))
			}
		}
	}
}

// 41.7, 41.8, 43.7: secrets and certificates are read when the entry is opened, relative to
// the data directory; what the entry says holds.
func TestAnEntryAtWork(t *testing.T) {
	ours := newAuthority(t)
	cert, key := ours.pair(time.Time{}, "localhost")
	mine, mineKey := ours.pair(time.Time{}, "client.example")
	port := secureServer(t, cert, key, nil, echo)
	data := t.TempDir()
	for name, text := range map[string]string{"ca.pem": ours.pem, "cert.pem": mine, "key.pem": mineKey, "token": "Bearer a long secret\n"} {
		if err := os.WriteFile(filepath.Join(data, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := index + `  - name: web
    kind: http.client
    hosts: ["localhost:` + port + `"]
    allow_private: [127.0.0.1, "::1"]
    timeout: 20s
    max_body: 1KiB
    headers: { authorization: { file: token }, x-env: { env: WEB_ENV } }
    tls: { ca: ca.pem, cert: cert.pem, key: { file: key.pem } }
`
	vars := map[string]string{"WEB_ENV": "of the environment"}
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()}, Modules: []*hostapi.Module{httpclient.Module}, Kinds: []*spec.Kind{httpclient.Entries}, Data: data,
		Lookup: func(name string) (string, bool) { v, ok := vars[name]; return v, ok },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := rt.Shutdown(ctx, 0); err != nil {
			t.Error(err)
		}
	}()
	a, err := rt.LoadApp(fstest.MapFS{"_index.yaml": {Data: []byte(text)}, "main.lua": {Data: []byte(script)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context(), "app:processes"); err != nil {
		t.Fatal(err)
	}
	th := &theatre{t, rt}
	u := "https://" + net.JoinHostPort("localhost", port) + "/"
	if got, want := th.get(u, nil), "200 GET / [Accept-Encoding=gzip Authorization=Bearer a long secret User-Agent=understudy X-Env=of the environment] "; got != want {
		t.Errorf("the entry gives %s, want %s", got, want)
	}
	if got := th.get(u, map[string]any{"timeout": "21s"}); !strings.HasPrefix(got, "Invalid: timeout must be at most 20s") {
		t.Errorf("beyond the timeout: %s", got)
	}
	if got := th.request("POST", u, map[string]any{"body": strings.Repeat("x", 1024)}); !strings.HasPrefix(got, "LimitExceeded: body too large") {
		t.Errorf("beyond the body: %s", got)
	}
}

// What is missing keeps the app from starting, and is named without a value (41.6, 41.8).
func TestAnEntryThatCannotBeOpened(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "broken"), []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for entry, want := range map[string]string{
		"headers: {x: {env: NOT_THERE}}":    "variable not set: NOT_THERE",
		"proxy: {env: BROKEN}":              "proxy: no URL of a proxy",
		"tls: {ca: absent}":                 "absent",
		"tls: {ca: broken}":                 "tls.ca: no certificate in it",
		"headers: {x: {env: WITH_NEWLINE}}": "invalid header: x holds a control character",
	} {
		rt, err := understudy.New(understudy.Options{
			Engines: []hostapi.Engine{gopherlua.New()}, Modules: []*hostapi.Module{httpclient.Module}, Kinds: []*spec.Kind{httpclient.Entries}, Data: data,
			Lookup: func(name string) (string, bool) {
				v, ok := map[string]string{"BROKEN": "a secret that is no URL", "WITH_NEWLINE": "a secret\nof two lines"}[name]
				return v, ok
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		a, err := rt.LoadApp(fstest.MapFS{"_index.yaml": {Data: []byte(index + "  - {name: web, kind: http.client, hosts: [a.example], " + entry + "}\n")}, "main.lua": {Data: []byte(script)}})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Start(t.Context(), "app:processes"); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "app:web") || strings.Contains(err.Error(), "a secret") {
			t.Errorf("%s: %v, want %s", entry, err, want)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		if err := rt.Shutdown(ctx, 0); err != nil {
			t.Error(err)
		}
		cancel()
	}
}
