package httpclient

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// Config says what a client may do (43.7). Hosts are required; what else is zero is as
// the defaults say.
type Config struct {
	// Hosts are where requests may go: host, host:port, *.domain or *.
	Hosts []string
	// AllowPrivate are the networks of private addresses that may be reached.
	AllowPrivate []netip.Prefix
	// Timeout and MaxBody are what a request has that says nothing, and the most that
	// one may say; Idle is that of a read of a stream.
	Timeout, Idle time.Duration
	MaxBody       int64
	// Connections are those to one host at most; a request beyond waits.
	Connections int
	// Proxy is a URL of scheme http, https, socks5 or socks5h, which may hold a user and
	// a password; "": none.
	Proxy string
	// Headers are added to every request. Scripts can neither read nor replace them.
	Headers map[string]string
	TLS     TLS
	// RoundTripper makes the requests instead of the client's own transport, which has
	// the part of the guard that looks at addresses: another has its own (50.4).
	RoundTripper http.RoundTripper
	// Resolver resolves names; nil: Go's.
	Resolver *net.Resolver
}

// TLS is how a client proves itself, and whom it believes. The texts are PEM.
type TLS struct {
	CA        string // instead of the system's roots
	Cert, Key string // of the client
	Insecure  bool   // believes everybody
}

// What a Config has that says nothing (50.2).
const (
	DefaultTimeout     = 30 * time.Second
	DefaultIdle        = 30 * time.Second
	DefaultMaxBody     = 10 << 20
	DefaultConnections = 64

	connectTime    = 10 * time.Second
	maxHeaderBytes = 64 << 10
	idleConnection = 90 * time.Second
)

// config gives what the text of a client's TLS means, nil for the defaults.
func (t *TLS) config() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: t.Insecure}
	if t.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(t.CA)) {
			return nil, errors.New("tls.ca: no certificate in it")
		}
	}
	if t.Cert != "" || t.Key != "" {
		pair, err := tls.X509KeyPair([]byte(t.Cert), []byte(t.Key))
		if err != nil {
			return nil, errors.New("tls.cert and tls.key: no certificate with its key")
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// proxy reads Config.Proxy. The error does not show it, as it may hold a password.
func parseProxy(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, errors.New("proxy: no URL of a proxy")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	}
	return nil, fmt.Errorf("proxy: the scheme must be http, https, socks5 or socks5h, not %q", u.Scheme)
}
