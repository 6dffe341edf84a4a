package httpclient

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Stream is a body that is read piece by piece, as an object of scripts. It is held by
// the process that asked for it (40.10).
//
// It reads on a goroutine of its own, so that a read that has timed out loses nothing:
// what comes later is there for the next.
type Stream struct {
	hostapi.Handle
	body   io.ReadCloser
	cancel func()        // ends the request
	idle   time.Duration // the timeout of a read, and the most it may have
	turn   *hostapi.Places

	mu      sync.Mutex
	rest    []byte        // that was read and not yet taken
	err     error         // after rest; io.EOF at the end
	reading chan struct{} // closed when the read under way has ended; nil: none is
	closed  bool
}

// NewStream gives a stream of what r has, for programs that answer an operation in a
// simulated run (40.14): as Done.Held of a request with stream.
func NewStream(r io.Reader) *Stream { return newStream(io.NopCloser(r), func() {}, DefaultIdle) }

func newStream(body io.ReadCloser, cancel func(), idle time.Duration) *Stream {
	return &Stream{body: body, cancel: cancel, idle: idle, turn: hostapi.NewPlaces(1)}
}

// ObjectType says what scripts can do with it.
func (*Stream) ObjectType() *hostapi.ObjectType { return streamType }

// String is its text form.
func (*Stream) String() string { return "stream" }

// Holds implements hostapi.Holder.
func (s *Stream) Holds(visit func(hostapi.Value)) {
	s.mu.Lock()
	rest := hostapi.String(string(s.rest))
	s.mu.Unlock()
	visit(rest)
}

// Weight implements hostapi.Weighty: the buffers of a connection.
func (*Stream) Weight() int64 { return 16 << 10 }

// Release implements hostapi.Held: the connection is closed, unless the body was read to
// its end (40.11).
func (s *Stream) Release(ctx context.Context, _ bool) {
	s.mu.Lock()
	s.closed = true
	reading := s.reading
	s.mu.Unlock()
	s.cancel()
	s.body.Close()
	if reading != nil {
		select {
		case <-reading:
		case <-ctx.Done():
		}
	}
}

// What one read takes at most, and the longest line.
const (
	pieceBytes = 64 << 10
	lineBytes  = 1 << 20
)

// open is an error if the stream was closed.
func (s *Stream) open() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.errClosed()
}

// errClosed is that error. The lock is held.
func (s *Stream) errClosed() error {
	if s.closed {
		return hostapi.Errorf(hostapi.Invalid, "stream is closed")
	}
	return nil
}

// read gives up to n bytes as soon as there are some, nil at the end.
func (s *Stream) read(ctx context.Context, n int) (hostapi.Value, error) {
	return s.take(ctx, func(rest []byte, _ bool) (int, int, error) {
		n := min(n, len(rest))
		return n, n, nil
	})
}

// readLine gives a line without its end, nil at the end of all.
func (s *Stream) readLine(ctx context.Context) (hostapi.Value, error) {
	return s.take(ctx, func(rest []byte, last bool) (int, int, error) {
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
	})
}

// take waits until enough of the body was read. cut says how much of it is given and how
// much is taken away, 0 if more is needed; last, that there is no more.
func (s *Stream) take(ctx context.Context, cut func(rest []byte, last bool) (give, take int, err error)) (hostapi.Value, error) {
	paid := charged
	for {
		s.mu.Lock()
		if err := s.errClosed(); err != nil {
			s.mu.Unlock()
			return hostapi.Value{}, err
		}
		give, taken, err := cut(s.rest, s.err != nil)
		if err != nil || taken > 0 {
			text := string(s.rest[:give])
			s.rest = s.rest[taken:]
			s.mu.Unlock()
			return hostapi.String(text), err
		}
		if s.err != nil {
			err := s.err
			s.mu.Unlock()
			if err == io.EOF {
				return hostapi.Value{}, nil
			}
			return hostapi.Value{}, failure(err, true).With("sent", hostapi.Bool(true))
		}
		reading, held := s.fill(), len(s.rest)
		s.mu.Unlock()
		for held >= paid {
			if err := hostapi.Grow(ctx, charged); err != nil {
				return hostapi.Value{}, err
			}
			paid += charged
		}
		select {
		case <-reading:
		case <-ctx.Done():
			return hostapi.Value{}, ctx.Err()
		}
	}
}

// fill has more of the body read, unless that is under way already. The lock is held.
func (s *Stream) fill() <-chan struct{} {
	if s.reading != nil {
		return s.reading
	}
	done := make(chan struct{})
	s.reading = done
	go func() {
		piece := make([]byte, 32<<10)
		n, err := s.readBody(piece)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.rest = append(s.rest, piece[:n]...)
		s.err = err
		s.reading = nil
		close(done)
	}()
	return done
}

// readBody reads from the body. A panic in that, of a round tripper of others, ends no
// more than the stream.
func (s *Stream) readBody(piece []byte) (n int, err error) {
	defer func() {
		if recover() != nil {
			n, err = 0, hostapi.Errorf(hostapi.Internal, "internal error")
		}
	}()
	return s.body.Read(piece)
}
