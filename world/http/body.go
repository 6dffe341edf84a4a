package http

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/option"
)

// What one read takes at most, and the longest line.
const (
	pieceBytes = 64 << 10
	lineBytes  = 1 << 20
)

// body is that of a request, read piece by piece, as an object of scripts. It is held by
// the process that asked for it.
type body struct {
	hostapi.Handle
	x    *exchange
	from io.Reader
	turn *hostapi.Places // for reads

	mu      sync.Mutex
	rest    []byte // that was read and not taken
	err     error  // what comes after rest; nil: more
	closed  bool
	reading bool
}

// ObjectType says what scripts can do with it.
func (*body) ObjectType() *hostapi.ObjectType { return bodyType }

// String is its text form.
func (*body) String() string { return "stream" }

// Release implements hostapi.Held: what is left is not read.
func (b *body) Release(context.Context, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.reading { // it gives up
		b.x.route.server.readDeadline(b.x.w, 1)
	}
}

// take gives the part of the body that cut says, and reads until there is one. cut says
// how much is given and how much is taken away, 0 if more is needed; last, that there is
// no more. Who has timed out meanwhile takes nothing.
func (b *body) take(ctx context.Context, cut func(rest []byte, last bool) (give, taken int, err error)) (hostapi.Value, error) {
	for {
		b.mu.Lock()
		give, taken, err := cut(b.rest, b.err != nil)
		failed, closed := b.err, b.closed
		if err == nil && taken > 0 && ctx.Err() == nil {
			text := string(b.rest[:give])
			b.rest = b.rest[taken:]
			b.mu.Unlock()
			return hostapi.String(text), nil
		}
		b.mu.Unlock()
		switch {
		case closed:
			return hostapi.Value{}, hostapi.Errorf(hostapi.Invalid, "stream is closed")
		case err != nil:
			return hostapi.Value{}, err
		case ctx.Err() != nil:
			return hostapi.Value{}, ctx.Err()
		case failed == io.EOF:
			return hostapi.Value{}, nil
		case failed != nil:
			return hostapi.Value{}, bodyFailure(failed)
		}
		b.more()
	}
}

// more reads what comes next.
func (b *body) more() {
	piece := make([]byte, 32<<10)
	server := b.x.route.server
	b.mu.Lock()
	if b.reading = !b.closed; !b.reading {
		b.mu.Unlock()
		return
	}
	server.readDeadline(b.x.w, server.config.BodyTimeout)
	b.mu.Unlock()
	n, err := b.from.Read(piece)
	b.mu.Lock()
	b.reading = false
	if err == io.EOF {
		b.x.read.Store(true)
		server.readDeadline(b.x.w, 0)
	}
	b.rest, b.err = append(b.rest, piece[:n]...), err
	b.mu.Unlock()
}

func bodyFailure(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return hostapi.Errorf(hostapi.LimitExceeded, "body too large")
	case errors.Is(err, http.ErrBodyReadAfterClose):
		return errOver()
	}
	return errGone()
}

var bodyType = &hostapi.ObjectType{
	Name:     "stream",
	Doc:      "A body that is read piece by piece (48.5).",
	Hashable: true,
	Methods: []*hostapi.Func{
		newRead("read", "Up to n bytes, as soon as there are some; nil at the end (48.5).",
			[]hostapi.Param{{Name: "n", Accept: hostapi.AcceptNumber, Optional: true, Doc: "at most 64 KiB, which is the default"}}),
		newRead("read_line", "A line without its end; nil at the end of all (48.5).", nil),
		{
			Name:    "close",
			Doc:     "Ends the reading (48.5).",
			Results: done,
			Load:    hostapi.LoadBlocks,
			Run: func(c hostapi.Call) error {
				_, err := c.Task().Process().Release(c.Self().(*body))
				return hostapi.Give(c, hostapi.Bool(true), err)
			},
		},
	},
}

// newRead gives a method that reads.
func newRead(name, doc string, params []hostapi.Param) *hostapi.Func {
	f := &hostapi.Func{
		Name: name, Doc: doc,
		Params:   append(params, optionsParam),
		Keywords: []hostapi.Param{option.TimeoutParam(0)},
		Results:  []hostapi.Param{{Name: "data", Accept: hostapi.AcceptString | hostapi.AcceptNil}},
		Returns:  hostapi.OrError,
		Errors:   []hostapi.Kind{hostapi.Invalid, hostapi.Unavailable, hostapi.LimitExceeded, hostapi.Timeout},
		Load:     hostapi.LoadBlocks,
	}
	f.Run = func(c hostapi.Call) error {
		given, err := option.Read(c, f, len(params))
		if err != nil {
			return err
		}
		timeout, err := option.Timeout(given[0], 0)
		if err != nil {
			return err
		}
		cut := cutLine
		if len(params) > 0 {
			n := pieceBytes
			if v := c.Arg(0); !v.IsNil() {
				n = int(v.Int())
			}
			if n < 1 || n > pieceBytes {
				return hostapi.Errorf(hostapi.Invalid, "read: n must be from 1 to %d", pieceBytes)
			}
			cut = func(rest []byte, _ bool) (int, int, error) { return min(n, len(rest)), min(n, len(rest)), nil }
		}
		b := c.Self().(*body)
		d, err := c.Task().Process().Await(hostapi.Op{Name: "http.body." + name, Timeout: timeout, Places: b.turn}, func(ctx context.Context) (hostapi.Done, error) {
			v, err := b.take(ctx, cut)
			return hostapi.Done{Value: v}, err
		})
		return hostapi.Give(c, d.Value, err)
	}
	return f
}

func cutLine(rest []byte, last bool) (give, taken int, err error) {
	n := bytes.IndexByte(rest, '\n')
	switch {
	case n > lineBytes || n < 0 && len(rest) > lineBytes:
		return 0, 0, hostapi.Errorf(hostapi.LimitExceeded, "line too long")
	case n >= 0:
		return len(bytes.TrimSuffix(rest[:n], []byte("\r"))), n + 1, nil
	case last:
		return len(rest), len(rest), nil
	}
	return 0, 0, nil
}
