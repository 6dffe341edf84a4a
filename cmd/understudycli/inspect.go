package understudycli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/inspect"
	"github.com/understudy-run/understudy/observe/prometheus"
)

// inspectAddress is where a node is looked into that does not say.
const inspectAddress = "127.0.0.1:4477"

// leastToken is how many bytes a token has at least.
const leastToken = 32

// optional is the value of a flag that may stand alone.
type optional struct {
	text     string
	standard string // where it stands alone
}

// Set implements flag.Value; "true" is what the flag package gives for one without value.
func (o *optional) Set(text string) error {
	if text == "true" {
		text = o.standard
	}
	o.text = text
	return nil
}

func (o *optional) String() string { return o.text }

// IsBoolFlag lets the flag package take the flag without a value.
func (o *optional) IsBoolFlag() bool { return true }

func inspectFlags() []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "inspect", Value: &optional{standard: inspectAddress}, DefaultText: "not at all; without =ADDR " + inspectAddress,
			Usage: "let people look into the node at `ADDR`, by a browser or the HTTP API"},
		&cli.StringFlag{Name: "inspect-token-file", Usage: "`FILE` with the token of --inspect, 32 bytes at least: for actions, and for addresses that others reach"},
		&cli.BoolFlag{Name: "inspect-read-only", Usage: "--inspect shows, and does nothing", DisableDefaultText: true},
	}
}

// window is the server of --inspect.
type window struct {
	options  inspect.Options
	listener net.Listener
	handler  *inspect.Inspector
	server   *http.Server
	done     chan struct{}
	reloads  chan reloading
}

// listenInspect opens the address of --inspect; nil if there is none. Nothing is served yet.
func listenInspect(c *cli.Context) (*window, error) {
	address := c.Generic("inspect").(*optional).text
	token := c.String("inspect-token-file")
	if address == "" {
		for _, name := range []string{"inspect-token-file", "inspect-read-only"} {
			if c.IsSet(name) {
				return nil, usage("--%s goes with --inspect", name)
			}
		}
		return nil, nil
	}
	w := &window{options: inspect.Options{ReadOnly: c.Bool("inspect-read-only"), Version: version()}, done: make(chan struct{}), reloads: make(chan reloading)}
	if token != "" {
		text, err := readToken(token)
		if err != nil {
			return nil, usage("--inspect-token-file: %v", err)
		}
		w.options.Token = text
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, usage("--inspect: %v: write it as 127.0.0.1:4477", err)
	}
	if token == "" && !isLoopback(host) {
		return nil, usage("--inspect=%s: others reach this address, so it needs --inspect-token-file", address)
	}
	if w.listener, err = net.Listen("tcp", address); err != nil {
		return nil, usage("--inspect: %v", err)
	}
	return w, nil
}

// isLoopback reports whether only this machine reaches an address.
func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}

// readToken reads a token: the file without what is white around it.
func readToken(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	if len(token) < leastToken {
		return "", fmt.Errorf("%s has a token of %d bytes, %d at least are needed", file, len(token), leastToken)
	}
	if strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", fmt.Errorf("%s: a token is one word of visible ASCII", file)
	}
	return token, nil
}

// reloading is a reload that somebody has asked for.
type reloading struct{ done chan reloaded }

type reloaded struct {
	changes app.Changes
	err     error
}

// reload asks the loop of run to reload the app.
func (w *window) reload(ctx context.Context) (app.Changes, error) {
	r := reloading{make(chan reloaded, 1)}
	select {
	case w.reloads <- r:
	case <-ctx.Done():
		return app.Changes{}, ctx.Err()
	}
	select {
	case d := <-r.done:
		return d.changes, d.err
	case <-ctx.Done():
		return app.Changes{}, ctx.Err()
	}
}

// asked gives the reloads that are asked for; nil if nobody can.
func (w *window) asked() <-chan reloading {
	if w == nil {
		return nil
	}
	return w.reloads
}

// serve lets people look into the runtime of s, until close. reloadable says that the app
// can be read again.
func (w *window) serve(s *session, reloadable bool) {
	if w == nil {
		return
	}
	w.options.Log = s.records
	w.options.App = s.run.App
	w.options.Metrics = prometheus.Handler(s.rt)
	if reloadable {
		w.options.Reload = w.reload
	}
	w.handler = inspect.Handler(s.rt, w.options)
	w.server = &http.Server{
		Handler: w.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	go func() {
		defer close(w.done)
		if err := w.server.Serve(w.listener); !errors.Is(err, http.ErrServerClosed) {
			s.say(slog.LevelError, "nobody can look into the node any more: "+err.Error(), "inspector failed", "error", err.Error())
		}
	}()
	at := "http://" + w.listener.Addr().String() + "/"
	line := "look into this node at " + at + "; views only, since there is no --inspect-token-file"
	if code := w.handler.Code(); code != "" {
		at += "#code=" + code
		line = "look into this node at " + at + " (once; later with the token)"
	}
	s.say(slog.LevelInfo, line, "inspector", "address", at)
}

// close ends the server and what is open of it. It may be called on nil, and where nothing
// was served.
func (w *window) close() {
	switch {
	case w == nil:
	case w.server == nil:
		_ = w.listener.Close() // nobody was served
	default:
		w.handler.Close()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if w.server.Shutdown(ctx) != nil {
			_ = w.server.Close() // who is slow to read has had its time
		}
		<-w.done
	}
}
