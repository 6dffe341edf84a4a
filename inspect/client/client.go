// Package client asks a node that lets itself be looked into (section 63) over its HTTP API:
// what the answers hold are the types of package inspect.
package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/understudy-run/understudy/inspect"
)

// Client asks one node. It is safe for concurrent use.
type Client struct {
	base  *url.URL
	token string
	http  http.Client
}

// New gives a client of the node at an address: HOST:PORT, or a URL where something stands
// before the node that speaks TLS or mounts it below a path. token is that of
// run --inspect-token-file, "" if there is none. The error says what is wrong with the
// address; nothing is asked yet.
func New(at, token string) (*Client, error) {
	if !strings.Contains(at, "://") {
		if _, _, err := net.SplitHostPort(at); err != nil {
			return nil, fmt.Errorf("%w: write it as 127.0.0.1:4477", err)
		}
		at = "http://" + at
	}
	base, err := url.Parse(at)
	if err != nil {
		return nil, err
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("%s is no address: write it as 127.0.0.1:4477 or https://HOST/", at)
	}
	if !strings.HasSuffix(base.Path, "/") {
		base.Path += "/"
	}
	base.RawQuery, base.Fragment = "", ""
	return &Client{base: base, token: token, http: http.Client{
		Transport: &http.Transport{MaxIdleConns: 4, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { // the token is for this node
			return http.ErrUseLastResponse
		},
	}}, nil
}

// Address is where the node is asked.
func (c *Client) Address() string { return c.base.String() }

// Error is an answer that is no success.
type Error struct {
	Status int // of HTTP
	inspect.Problem
}

func (e *Error) Error() string { return e.Message }

// ErrNoNode is in the errors for an address at which no node answers.
var ErrNoNode = errors.New("no node answers")

// ErrEnded is in the error of a stream that the node, or the network, has ended.
var ErrEnded = errors.New("the node has ended the connection")

// mostAnswer bounds an answer.
const mostAnswer = 256 << 20

// Get reads what stands under a path of the API, as "processes".
func (c *Client) Get(ctx context.Context, path string, query url.Values, into any) error {
	return c.ask(ctx, http.MethodGet, path, query, nil, into)
}

// Post asks for an action. into may be nil.
func (c *Client) Post(ctx context.Context, path string, body, into any) error {
	return c.ask(ctx, http.MethodPost, path, nil, body, into)
}

// Delete ends what stands under a path.
func (c *Client) Delete(ctx context.Context, path string) error {
	return c.ask(ctx, http.MethodDelete, path, nil, nil, nil)
}

func (c *Client) ask(ctx context.Context, method, path string, query url.Values, body, into any) error {
	answer, err := c.send(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if into == nil {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEnded, err)
	}
	if raw, ok := into.(*json.RawMessage); ok {
		*raw = text
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("the answer of %s is not what a node says: %w", c.Address(), err)
	}
	return nil
}

// send asks and gives the answer, if it is a success.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, body any) (*http.Response, error) {
	at := c.base.JoinPath("api/v1/" + path)
	at.RawQuery = query.Encode()
	var text io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		text = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, at.String(), text)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, fmt.Errorf("%w at %s: %w", ErrNoNode, c.Address(), err)
	}
	if answer.StatusCode >= 200 && answer.StatusCode < 300 {
		return answer, nil
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	var refusal inspect.Refusal
	if json.Unmarshal(said, &refusal) != nil || refusal.Error.Message == "" {
		return nil, fmt.Errorf("%w at %s: what answers there says %s and is no node", ErrNoNode, c.Address(), answer.Status)
	}
	return nil, &Error{answer.StatusCode, refusal.Error}
}

// Stream reads a stream of the API and calls take for each event, with its name and data, in
// order; for what the node writes between events, as once after those that are remembered,
// with the name "". It returns at the error of take, at the end of the context, or with
// ErrEnded.
func (c *Client) Stream(ctx context.Context, path string, query url.Values, take func(name string, data []byte) error) error {
	answer, err := c.send(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	var name string
	var data []byte
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("%w: %w", ErrEnded, err)
		}
		line = bytes.TrimRight(line, "\r\n")
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch {
		case len(line) == 0: // the end of an event, or of what stands between
			if name == "" {
				data = nil
			}
			if err := take(name, data); err != nil {
				return err
			}
			name, data = "", nil
		case string(field) == "event":
			name = string(value)
		case string(field) == "data":
			data = append(data, value...)
		}
	}
}
