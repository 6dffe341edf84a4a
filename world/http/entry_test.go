package http_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	nethttp "net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/core/schema/schematest"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world/fs"
	"github.com/understudy-run/understudy/world/http"
)

// load reads entries of a namespace shop in a data directory.
func load(t *testing.T, data, entries string) (*app.App, app.Diagnostics) {
	t.Helper()
	index := "version: \"1.0\"\nnamespace: shop\nentries:\n" + entries
	return schematest.Load(t, fstest.MapFS{"_index.yaml": {Data: []byte(index)}}, app.Options{
		Engines: []hostapi.Engine{gopherlua.New()}, Modules: append(modules.Standard(), http.Module),
		Kinds: append(http.Kinds(), fs.Entries), Data: data,
	})
}

const shop = `
  - { name: h, kind: process.host }
  - { name: web, kind: http.server, addr: "ADDR", health: /health, lifecycle: { auto_start: true }TLS }
  - { name: files, kind: fs.dir, dir: files, create: true }
  - { name: site, kind: http.static, server: web, path: /, fs: files }
  - { name: hello, kind: http.route, server: web, method: GET, path: "/hello/{name}", process: greeter }
  - { name: page, kind: http.route, server: web, path: /page, process: pager }
  - { name: greeter, kind: process.lua, input: [hi], source: "return function(word, req) return word .. ' ' .. req.params.name end" }
  - { name: pager, kind: process.lua, resources: [files], source: "return function() return { file = { fs = 'shop:files', path = '/x.txt' } } end" }
`

// free gives an address of loopback that nobody listens on.
func free(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

// 48.1 to 48.3: a server of an app, its routes and files, from its start to its stop.
func TestApp(t *testing.T) {
	addr, data := free(t), t.TempDir()
	cert, key := filepath.Join(data, "cert.pem"), filepath.Join(data, "key.pem")
	certificateFiles(t, cert, key, "first")
	a, found := load(t, data, strings.NewReplacer("ADDR", addr, "TLS", ", tls: { cert: cert.pem, key: { file: key.pem } }").Replace(shop))
	for _, d := range found {
		t.Fatal(d)
	}
	rt := core.New(core.Options{})
	run, err := lifecycle.New(rt, a, lifecycle.Options{})
	must(t, err)
	ctx := context.Background()
	must(t, run.Open(ctx, true))
	must(t, os.WriteFile(filepath.Join(data, "files", "x.txt"), []byte("text"), 0o600))
	run.AutoStart()
	must(t, run.Wait(ctx))
	get := func(path string) (string, string) {
		c := &nethttp.Client{Transport: &nethttp.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
		resp, err := c.Get("https://" + addr + path)
		must(t, err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		must(t, err)
		return string(text), resp.TLS.PeerCertificates[0].Subject.CommonName
	}
	for path, want := range map[string]string{"/hello/you": "hi you", "/x.txt": "text", "/page": "text", "/health": "", "/../cert.pem": "Not Found\n"} {
		if text, _ := get(path); text != want {
			t.Errorf("%s gives %q", path, text)
		}
	}
	// 48.1: a certificate that changes is read again, without a new run.
	certificateFiles(t, cert, key, "second")
	later := time.Now().Add(time.Hour)
	must(t, os.Chtimes(cert, later, later))
	for {
		if _, name := get("/health"); name == "second" {
			break
		}
	}
	must(t, run.Stop(ctx))
	must(t, run.Close(ctx))
	must(t, rt.Shutdown(ctx, 0))
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("it still listens")
	}
}

// certificateFiles writes a certificate of a name, and its key.
func certificateFiles(t *testing.T, cert, key, name string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	public, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	must(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: public}), 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
}

// 14.6, 50.1: what is wrong with entries is told where it is written.
func TestMistakesInEntries(t *testing.T) {
	const base = "  - { name: h, kind: process.host }\n  - { name: p, kind: process.lua, source: \"return function() end\" }\n" +
		"  - { name: web, kind: http.server, addr: \":0\" }\n  - { name: files, kind: fs.dir, dir: files, create: true }\n"
	for entry, want := range map[string]string{
		"kind: http.server": "addr is required",
		"kind: http.server, addr: \":0\", max_connections: 0":                "max_connections",
		"kind: http.server, addr: \":0\", trusted_proxies: [x]":              `"x" is no network`,
		"kind: http.server, addr: \":0\", health: h":                         "health must begin with /",
		"kind: http.server, addr: \":0\", tls: { cert: c }":                  "key is required",
		"kind: http.server, addr: \":0\", header_timeout: 5":                 "header_timeout",
		"kind: http.route, path: /, process: p":                              "server is required",
		"kind: http.route, server: p, path: /, process: p":                   "p",
		"kind: http.route, server: web, process: p":                          "path is required",
		"kind: http.route, server: web, path: x, process: p":                 "path must begin with /",
		"kind: http.route, server: web, path: \"/{\", process: p":            "path",
		"kind: http.route, server: web, path: /":                             "exactly one of process, to or group is required",
		"kind: http.route, server: web, path: /, process: p, to: x":          "exactly one of process, to or group is required",
		"kind: http.route, server: web, path: /, to: x, input: [1]":          "input has no meaning without process",
		"kind: http.route, server: web, path: /, to: x, host: h":             "host has no meaning without process",
		"kind: http.route, server: web, path: /, process: p, method: get":    `"get" is no method`,
		"kind: http.route, server: web, path: /, process: p, body: x":        "body",
		"kind: http.route, server: web, path: /, process: p, concurrency: 0": "concurrency",
		"kind: http.route, server: web, path: /, process: nobody":            "nobody",
		"kind: http.route, server: web, path: /, group: { name: x }":         "scope is required",
		"kind: http.static, server: web, path: /, fs: p":                     "p",
		"kind: http.static, server: web, path: \"/{x}\", fs: files":          "must be a prefix",
	} {
		_, found := load(t, t.TempDir(), base+"  - { name: it, "+entry+" }\n")
		text := ""
		for _, d := range found {
			text += d.String() + "\n"
		}
		if !strings.Contains(text, want) || !strings.Contains(text, "_index.yaml:8") {
			t.Errorf("%s: %q, want %q", entry, text, want)
		}
	}
	for _, c := range []struct{ a, b, want string }{
		{`http.route, server: web, path: "/{x}", to: n`, `http.route, server: web, path: "/{y}", to: n`, "in conflict with /{x} of shop:a"},
		{`http.static, server: web, path: /a, fs: files`, `http.static, server: web, path: /a/, fs: files`, "is that of shop:a"},
		{`http.route, server: web, path: "/{x}/b", to: n`, `http.static, server: web, path: /a, fs: files`, "in conflict with /{x}/b of shop:a"},
		{`http.route, server: web, path: "/a/{x}", to: n`, `http.static, server: web, path: /a, fs: files`, ""},
	} {
		_, found := load(t, t.TempDir(), base+"  - { name: a, kind: "+c.a+" }\n  - { name: b, kind: "+c.b+" }\n")
		if c.want == "" && len(found) == 0 {
			continue
		}
		if len(found) != 1 || !strings.Contains(found[0].String(), c.want) {
			t.Errorf("%s, %s: %v, want %q", c.a, c.b, found, c.want)
		}
	}
}
