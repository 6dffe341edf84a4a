package http

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// The kinds of this package.
const (
	KindServer = "http.server"
	KindRoute  = "http.route"
	KindStatic = "http.static"
)

// Kinds gives the kinds of entries of which servers are made (48.1 to 48.3).
func Kinds() []*spec.Kind {
	return []*spec.Kind{
		{
			Name: KindServer, Doc: "Listens for HTTP requests (48.1).", Role: spec.BesideThem,
			Fields: []string{
				"addr", "tls", "max_connections", "max_header", "max_body",
				"header_timeout", "body_timeout", "write_timeout", "idle_timeout", "trusted_proxies", "health",
			},
			About: map[string]string{
				"addr":            "Where it listens: host:port, or :port on all addresses.",
				"tls":             "Certificates; plain HTTP if left out.",
				"tls.cert":        "A file with the certificate, relative to the data directory.",
				"tls.key":         "Its key; a secret (41.8).",
				"tls.client_ca":   "A file of authorities: only clients that they know are served.",
				"max_connections": "At once at most.",
				"max_header":      "Bytes of all headers of a request at most.",
				"max_body":        "Bytes of the body of a request at most.",
				"header_timeout":  "To the end of the headers of a request.",
				"body_timeout":    "To the end of its body.",
				"write_timeout":   "For each write.",
				"idle_timeout":    "Between two requests on one connection.",
				"trusted_proxies": "Networks whose X-Forwarded-For is believed.",
				"health":          "A path that gives 200 while it runs, 503 while it drains.",
			},
			Read: func(f spec.Fields) any { return readServer(f) },
		},
		{
			Name: KindRoute, Doc: "Hands requests to processes (48.2).", Role: spec.OfAnotherKind,
			Fields: []string{
				"server", "path", "method", "process", "host", "input", "to", "group",
				"concurrency", "queue", "queue_wait", "timeout", "max_body", "body", "websocket",
			},
			About: map[string]string{
				"server":                "The id of the http.server.",
				"path":                  "As in Go's ServeMux: /items/{id}, /files/{path...}, /files/ with all below.",
				"method":                "GET, POST, ...; all if left out.",
				"process":               "The id of the process entry that is started for each request.",
				"host":                  "Its host (14.14).",
				"input":                 "Its arguments before the request; those of the process entry if left out.",
				"to":                    "A registered name, whose holder gets each request as a message, in place of process.",
				"group":                 "A process group, of which the member with the fewest requests gets it, in place of process.",
				"group.scope":           "The id of the pg.scope.",
				"group.name":            "The name of the group.",
				"concurrency":           "Requests at work at most (48.2).",
				"queue":                 "Requests that wait at most.",
				"queue_wait":            "How long they wait.",
				"timeout":               "How long an answer may take.",
				"max_body":              "Bytes of the body of a request at most; as of the server if left out.",
				"body":                  "Whether the process gets the body as a text or as a stream.",
				"websocket":             "Requests for a websocket are taken.",
				"websocket.origins":     "Hosts of pages that may connect.",
				"websocket.max_message": "Bytes of a message at most.",
			},
			Read: func(f spec.Fields) any { return readRoute(f) },
		},
		{
			Name: KindStatic, Doc: "Serves the files of a volume (48.3).", Role: spec.OfAnotherKind,
			Fields: []string{"server", "path", "fs", "index", "spa", "cache"},
			About: map[string]string{
				"server": "The id of the http.server.",
				"path":   "The prefix under which the files are.",
				"fs":     "The id of the fs.dir.",
				"index":  "The file of a directory.",
				"spa":    "Unknown paths give the index.",
				"cache":  "The header Cache-Control.",
			},
			Read:  func(f spec.Fields) any { return readStatic(f) },
			Check: checkPatterns, CheckedWith: []string{KindRoute},
		},
	}
}

// serverEntry is what an http.server entry says. Immutable.
type serverEntry struct {
	config         Config
	cert, clientCA string
	key            spec.Secret
}

// part is what a route or static entry says. Immutable.
type part struct {
	server  string
	pattern string
	route   Route
	static  Static
	fs      string
}

// connections that a server can have at most.
const mostConnections = 1 << 20

func readServer(f spec.Fields) *serverEntry {
	e := &serverEntry{}
	c := &e.config
	f.Require("addr")
	c.Addr, _ = f.Text("addr")
	if f.Has("tls") {
		tls := f.Map("tls", "cert", "key", "client_ca")
		tls.Require("cert", "key")
		e.cert = tls.File("cert", spec.OneFile)
		e.key = tls.Secret("key")
		e.clientCA = tls.File("client_ca", spec.OneFile)
	}
	c.MaxConnections = int(f.Integer("max_connections", 1, mostConnections, DefaultMaxConnections))
	c.MaxHeader = int(min(f.Size("max_header", 1<<10, DefaultMaxHeader), 16<<20))
	c.MaxBody = f.Size("max_body", 1, DefaultMaxBody)
	c.HeaderTimeout = f.Duration("header_timeout", time.Millisecond, DefaultHeaderTimeout)
	c.BodyTimeout = f.Duration("body_timeout", time.Millisecond, DefaultBodyTimeout)
	c.WriteTimeout = f.Duration("write_timeout", time.Millisecond, DefaultWriteTimeout)
	c.IdleTimeout = f.Duration("idle_timeout", time.Millisecond, DefaultIdleTimeout)
	for _, text := range f.Texts("trusted_proxies") {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			f.Fail("trusted_proxies", "%q is no network, such as 10.0.0.0/8", text)
			continue
		}
		c.TrustedProxies = append(c.TrustedProxies, p.Masked())
	}
	if c.Health = f.TextOr("health", ""); f.Has("health") && !strings.HasPrefix(c.Health, "/") {
		f.Fail("health", "must begin with /")
	}
	f.Pattern("health", "^/")
	return e
}

func readRoute(f spec.Fields) *part {
	p := &part{}
	r := &p.route
	f.Require("server", "path")
	f.OneOf("process", "to", "group")
	p.server = f.Entry("server", KindServer)
	r.Method = f.TextOr("method", "")
	if f.Has("method") && (!isToken(r.Method) || r.Method != strings.ToUpper(r.Method)) {
		f.Fail("method", "%q is no method, such as GET", r.Method)
	}
	f.Pattern("method", "^[^a-z\\s]+$")
	r.Path = readPath(f)
	p.pattern = strings.TrimLeft(r.Method+" "+r.Path, " ")
	spawn := f.Spawn("process", "host")
	r.Process, r.Host, r.Input = spawn.ID, spawn.Host, spawn.Args
	f.Needs("process", "input")
	if input := f.List("input"); f.Has("input") {
		r.Input = input
	}
	f.NotEmpty("to")
	if r.To = f.TextOr("to", ""); f.Has("to") && r.To == "" {
		f.Fail("to", "must not be empty")
	}
	if f.Has("group") {
		g := f.Map("group", "scope", "name")
		g.Require("scope", "name")
		r.Group = Group{g.Entry("scope", "pg.scope"), g.TextOr("name", "")}
	}
	r.Concurrency = int(f.Integer("concurrency", 1, mostConnections, DefaultConcurrency))
	if r.Queue = int(f.Integer("queue", 0, mostConnections, DefaultQueue)); r.Queue == 0 {
		r.Queue = -1
	}
	r.QueueWait = f.Duration("queue_wait", time.Millisecond, DefaultQueueWait)
	r.Timeout = f.Duration("timeout", time.Millisecond, DefaultTimeout)
	r.MaxBody = f.Size("max_body", 1, 0)
	r.StreamBody = spec.Choose(f, "body", "whole", "stream") == "stream"
	if f.Has("websocket") {
		w := f.Map("websocket", "origins", "max_message")
		r.Origins = w.Texts("origins")
		for _, o := range r.Origins {
			if _, err := path.Match(o, ""); err != nil || o == "" {
				w.Fail("origins", "%q is no host", o)
			}
		}
		r.MaxMessage = w.Size("max_message", 1, DefaultMaxMessage)
	}
	return p
}

func readStatic(f spec.Fields) *part {
	p := &part{}
	f.Require("server", "path", "fs")
	p.server = f.Entry("server", KindServer)
	p.static = Static{
		Path: readPath(f), Index: f.TextOr("index", DefaultIndex), SPA: f.Boolean("spa"), Cache: f.TextOr("cache", ""),
	}
	if strings.ContainsAny(p.static.Path, "{}") {
		f.Fail("path", "must be a prefix, without {")
	}
	if controls(p.static.Cache) {
		f.Fail("cache", "is no header")
	}
	p.pattern = p.static.pattern()
	p.fs = f.Entry("fs", volumeKind)
	return p
}

// readPath reads the field path, in the syntax of http.ServeMux.
func readPath(f spec.Fields) string {
	text, ok := f.Text("path")
	f.Pattern("path", "^/")
	if !ok {
		return "/"
	}
	if !strings.HasPrefix(text, "/") {
		f.Fail("path", "must begin with /")
		return "/"
	}
	if err := handle(http.NewServeMux(), text, http.NotFoundHandler()); err != nil {
		f.Fail("path", "%s", err)
		return "/"
	}
	return text
}

// checkPatterns reports what is in conflict.
func checkPatterns(entries []spec.Checked) {
	type place struct{ server, pattern string }
	muxes := map[string]*http.ServeMux{}
	first := map[place]string{}
	for _, e := range entries {
		p := e.Says.(*part)
		mux := muxes[p.server]
		if mux == nil {
			mux = http.NewServeMux()
			muxes[p.server] = mux
		}
		at := place{p.server, p.pattern}
		if id, twice := first[at]; twice {
			e.Fail("path", "path %s is that of %s", p.pattern, id)
			continue
		}
		first[at] = e.ID
		if handle(mux, p.pattern, http.NotFoundHandler()) == nil {
			continue
		}
		for other, id := range first { // one of them alone is in conflict
			alone := http.NewServeMux()
			alone.Handle(other.pattern, http.NotFoundHandler())
			if other != at && other.server == p.server && handle(alone, p.pattern, http.NotFoundHandler()) != nil {
				e.Fail("path", "path %s is in conflict with %s of %s: some requests are for both, and neither is more specific", p.pattern, other.pattern, id)
				break
			}
		}
	}
}

// Start implements core.CompanionEntry.
func (e *serverEntry) Start(ctx context.Context, rt *core.Runtime, id string, at spec.Place) (core.Companion, error) {
	c := e.config
	c.ID, c.Log = id, rt.Logger()
	for _, d := range at.Entries(KindRoute) {
		if p := d.Says.(*part); p.server == id {
			r := p.route
			r.ID = d.ID
			c.Routes = append(c.Routes, r)
		}
	}
	for _, d := range at.Entries(KindStatic) {
		p := d.Says.(*part)
		if p.server != id {
			continue
		}
		s := p.static
		s.ID = d.ID
		var err error
		s.Files, err = filesOf(ctx, hostapi.Grant{ID: p.fs, Kind: volumeKind, Open: func(ctx context.Context) (any, error) {
			return rt.Resource(ctx, p.fs, volumeKind)
		}})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.fs, err)
		}
		c.Statics = append(c.Statics, s)
	}
	if e.cert != "" {
		files := TLSFiles{Cert: at.Path(e.cert), Log: c.Log}
		if e.key.File != "" {
			files.Key = at.Path(e.key.File)
		} else {
			var err error
			if files.KeyText, err = e.key.Value(at); err != nil {
				return nil, err
			}
		}
		if e.clientCA != "" {
			files.ClientCA = at.Path(e.clientCA)
		}
		var err error
		if c.TLS, err = LoadTLS(files); err != nil {
			return nil, err
		}
	}
	s, err := New(rt, c)
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}
