package httpclient

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/understudy-run/understudy/core/spec"
)

// Entries are the entries of kind http.client (43.7).
var Entries = &spec.Kind{
	Name:   Kind,
	Doc:    "Where HTTP requests may go, and how they are made.",
	Role:   spec.ForProcesses,
	Module: "http_client",
	Fields: []string{"hosts", "allow_private", "timeout", "idle", "max_body", "connections", "proxy", "headers", "tls"},
	About: map[string]string{
		"hosts":         "Where requests may go: api.example.com, *.example.com, with a port, or * (43.7).",
		"allow_private": "Networks that are not public and yet allowed, as 10.0.0.0/8.",
		"timeout":       "How long a request takes at most, and if it says nothing.",
		"idle":          "How long a stream may bring nothing.",
		"max_body":      "Bytes of an answer at most, and if the request says nothing.",
		"connections":   "To one host at most.",
		"proxy":         "The URL of a proxy; a secret (41.8).",
		"headers":       "Added to every request, and not to be read by scripts; their values are secrets (41.8).",
		"headers.*":     "A secret (41.8).",
		"tls":           "How servers are known, and this client.",
		"tls.ca":        "A file of authorities, in place of those of the system, relative to the data directory.",
		"tls.cert":      "A file with the certificate of this client.",
		"tls.key":       "Its key; a secret (41.8).",
		"tls.insecure":  "Do not look at certificates: for tests.",
	},
	Read: readEntry,
}

// entry is what an entry of an app says: all but the secrets, which are read when it is
// opened. Immutable.
type entry struct {
	rules
	config   Config
	proxy    spec.Secret
	headers  map[string]spec.Secret
	ca, cert string // files
	key      spec.Secret
}

var _ spec.Resource = (*entry)(nil)

func readEntry(f spec.Fields) any {
	e := &entry{headers: map[string]spec.Secret{}}
	f.Require("hosts")
	c := &e.config
	for _, text := range f.Texts("hosts") {
		if _, err := parsePattern(text); err != nil {
			f.Fail("hosts", "has an %s", err)
			continue
		}
		c.Hosts = append(c.Hosts, text)
	}
	f.Rule(spec.Condition{Field: "hosts", Filled: true})
	if f.Has("hosts") && len(f.List("hosts")) == 0 {
		f.Fail("hosts", "must not be empty")
	}
	for _, text := range f.Texts("allow_private") {
		p, err := parseNetwork(text)
		if err != nil {
			f.Fail("allow_private", "has %s", err)
			continue
		}
		c.AllowPrivate = append(c.AllowPrivate, p)
	}
	c.Timeout = f.Duration("timeout", time.Millisecond, DefaultTimeout)
	c.Idle = f.Duration("idle", time.Millisecond, DefaultIdle)
	c.MaxBody = f.Size("max_body", 1, DefaultMaxBody)
	c.Connections = f.Count("connections", 1, DefaultConnections)
	if e.proxy = f.Secret("proxy"); e.proxy.Text != "" {
		if _, err := parseProxy(e.proxy.Text); err != nil {
			f.Fail("proxy", "is none: %s", strings.TrimPrefix(err.Error(), "proxy: "))
		}
	}
	e.readHeaders(f)
	e.readTLS(f.Map("tls", "ca", "cert", "key", "insecure"))
	e.rules, _ = newRules(*c) // what is wrong was noted
	return e
}

// parseNetwork reads a network, or one address.
func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return p, fmt.Errorf("%q, which is no network: write it as 10.0.0.0/8", text)
	case p.Masked() != p:
		return p, fmt.Errorf("%q, which is no network: it would be %s", text, p.Masked())
	}
	return p, nil
}

// readHeaders reads the headers of the entry, whose values are secrets.
func (e *entry) readHeaders(f spec.Fields) {
	names, h := f.Names("headers")
	if !f.Has("headers") {
		return
	}
	e.config.Headers = map[string]string{}
	for _, name := range names {
		s := h.Secret(name)
		if err := checkHeader(name, s.Text); err != nil {
			h.Fail(name, "is an %s", err)
		}
		e.headers[name], e.config.Headers[name] = s, ""
	}
	if slices.Contains(e.config.Hosts, "*") {
		f.Fail("headers", "would go to every host that a script names: hosts must not have *")
	}
}

func (e *entry) readTLS(t spec.Fields) {
	e.ca, e.cert = t.File("ca", spec.OneFile), t.File("cert", spec.OneFile)
	e.key = t.Secret("key")
	e.config.TLS.Insecure = t.Switch("insecure", false)
	t.Rule(spec.Given("key"), spec.Given("cert"))
	t.Rule(spec.Given("cert"), spec.Given("key"))
	if t.Has("cert") != t.Has("key") {
		t.Fail("cert", "and key go together")
	}
}

// Open implements spec.Resource: it reads the secrets and the certificates.
func (e *entry) Open(_ context.Context, at spec.Place) (any, error) {
	c := e.config
	read := func(s spec.Secret) (text string, err error) {
		if s.Given() {
			text, err = s.Value(at)
		}
		return text, err
	}
	file := func(name string) (string, error) {
		if name == "" {
			return "", nil
		}
		text, err := os.ReadFile(at.Path(name))
		return string(text), err
	}
	var failed [4]error
	c.Proxy, failed[0] = read(e.proxy)
	c.TLS.Key, failed[1] = read(e.key)
	c.TLS.CA, failed[2] = file(e.ca)
	c.TLS.Cert, failed[3] = file(e.cert)
	if err := errors.Join(failed[:]...); err != nil {
		return nil, err
	}
	c.Headers = map[string]string{}
	for name, s := range e.headers {
		value, err := read(s)
		if err != nil {
			return nil, err
		}
		c.Headers[name] = value
	}
	client, err := Open(c)
	if err != nil {
		return nil, err
	}
	return client, nil
}
