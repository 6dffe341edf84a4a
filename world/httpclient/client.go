package httpclient

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Kind is the kind of the entries that stand for clients (41.1).
const Kind = "http.client"

// Client makes requests by the rules of one entry. Its connections serve all processes
// that were granted it; they are its own. Safe for concurrent use.
type Client struct {
	rules
	headers http.Header // of the entry
	trip    http.RoundTripper
	own     *http.Transport // trip, if it is ours
}

// rules are what is known of a client before it is open: what needs no secret. Immutable.
type rules struct {
	guard         guard
	timeout, idle time.Duration
	maxBody       int64
	taken         map[string]bool // names of the headers of the entry, as http writes them
}

// ruled is what has the rules of a client: that, or its entry.
type ruled interface{ rulesOf() *rules }

func (r *rules) rulesOf() *rules { return r }

// newRules gives those that a Config says. The error names the field that is wrong.
func newRules(c Config) (rules, error) {
	r := rules{
		timeout: cmp.Or(c.Timeout, DefaultTimeout),
		idle:    cmp.Or(c.Idle, DefaultIdle),
		maxBody: cmp.Or(c.MaxBody, DefaultMaxBody),
		guard:   guard{private: c.AllowPrivate},
		taken:   map[string]bool{},
	}
	if len(c.Hosts) == 0 {
		return r, errors.New("hosts: none")
	}
	for _, text := range c.Hosts {
		p, err := parsePattern(text)
		if err != nil {
			return r, err
		}
		r.guard.hosts = append(r.guard.hosts, p)
	}
	for name := range c.Headers {
		r.taken[http.CanonicalHeaderKey(name)] = true
	}
	return r, nil
}

// Open makes a client. It connects to nothing. The error names the field that is wrong.
func Open(c Config) (*Client, error) {
	r, err := newRules(c)
	if err != nil {
		return nil, err
	}
	client := &Client{rules: r, headers: http.Header{}, trip: c.RoundTripper}
	for name, value := range c.Headers {
		if err := checkHeader(name, value); err != nil {
			return nil, err
		}
		client.headers.Set(name, value)
	}
	if client.trip == nil {
		err = client.connect(c)
	}
	if err != nil {
		return nil, err
	}
	return client, nil
}

// connect makes the client's own transport.
func (client *Client) connect(c Config) error {
	secure, err := c.TLS.config()
	if err != nil {
		return err
	}
	dialer := &net.Dialer{Timeout: connectTime, Resolver: c.Resolver, ControlContext: client.guard.control}
	client.own = &http.Transport{
		TLSClientConfig:        secure,
		TLSHandshakeTimeout:    connectTime,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
		DisableCompression:     true, // undone by exchange, which counts
		MaxConnsPerHost:        cmp.Or(c.Connections, DefaultConnections),
		MaxIdleConnsPerHost:    cmp.Or(c.Connections, DefaultConnections),
		IdleConnTimeout:        idleConnection,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
	if c.Proxy != "" {
		proxy, err := parseProxy(c.Proxy)
		if err != nil {
			return err
		}
		client.own.Proxy = http.ProxyURL(proxy)
		client.own.OnProxyConnectResponse = proxyRefused
		dialer.ControlContext = nil // every connection is one to the proxy, which the entry names
	}
	client.own.DialContext = dialer.DialContext
	client.trip = client.own
	return nil
}

// proxyRefused is told what a proxy answered that was asked for a connection.
func proxyRefused(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return unavailable(hostapi.True, "cannot connect", "the proxy refused")
}

// Close closes the connections that nobody uses. Requests under way end with their
// processes. It implements io.Closer and never fails.
func (client *Client) Close() error {
	if client.own != nil {
		client.own.CloseIdleConnections()
	}
	return nil
}
