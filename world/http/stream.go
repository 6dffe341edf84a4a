package http

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// commentEvery is how often an event stream sends a comment, so that what is between it
// and the client knows that it lives (48.10).
const commentEvery = 15 * time.Second

const eventType = "text/event-stream"

// stream is an answer that is written piece by piece, as an object of scripts. It is held
// by the process that asked for it.
type stream struct {
	hostapi.Handle
	x      *exchange
	status int
	header http.Header
	turn   *hostapi.Places // for writes

	writing sync.Mutex // held while the connection is written to
	begun   bool       // the headers are out; under writing

	mu       sync.Mutex
	feed     hostapi.Feed // of closed(); nil: nobody has asked
	ended    bool         // by close, or with the process
	failed   bool         // so that the connection is cut
	gone     bool         // the client is
	draining bool
	due      bool          // a comment is
	news     chan struct{} // closed and replaced when one of these changes
}

func errGone() error { return hostapi.Errorf(hostapi.Unavailable, "client gone") }

// ObjectType says what scripts can do with it.
func (*stream) ObjectType() *hostapi.ObjectType { return streamType }

// String is its text form.
func (*stream) String() string { return "response stream" }

// change changes something under the lock, and tells.
func (s *stream) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.news)
	s.news = make(chan struct{})
	if s.feed != nil && (s.ended || s.gone || s.draining) {
		s.feed.Close()
	}
}

// Release implements hostapi.Held (40.11).
func (s *stream) Release(_ context.Context, failed bool) {
	s.change(func() { s.ended, s.failed = true, failed })
}

// drain implements lasting.
func (s *stream) drain() { s.change(func() { s.draining = true }) }

// cut implements lasting: the connection was closed.
func (s *stream) cut() { s.change(func() { s.gone = true }) }

// serve waits until the stream is over, on the goroutine of the connection.
func (s *stream) serve() {
	server, ctx := s.x.route.server, s.x.r.Context()
	defer server.lasts(s)()
	for {
		s.mu.Lock()
		news, over, due := s.news, s.ended || s.gone, s.due
		s.due = false
		s.mu.Unlock()
		if over {
			break
		}
		if due {
			s.comment()
		}
		stop := server.rt.AfterFunc(commentEvery, func() { s.change(func() { s.due = true }) })
		if !server.await(ctx, news) {
			s.cut()
		}
		stop()
	}
	s.writing.Lock() // who writes at this moment has the time of a write
	defer s.writing.Unlock()
	failed := false
	s.change(func() { s.gone, failed = true, s.failed })
	switch {
	case failed:
		panic(http.ErrAbortHandler)
	case !s.begun && ctx.Err() == nil:
		s.begin(plainText)
	}
}

// comment shows that an event stream lives.
func (s *stream) comment() {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.begun && s.header.Get("Content-Type") == eventType {
		_ = s.put(":\n\n")
	}
}

// begin writes the headers. writing is held.
func (s *stream) begin(kind string) {
	s.begun = true
	if s.header["Content-Type"] == nil {
		s.header["Content-Type"] = []string{kind}
	}
	header := s.x.w.Header()
	for name, values := range s.header {
		header[name] = values
	}
	if s.header.Get("Content-Type") == eventType && header["Cache-Control"] == nil {
		header["Cache-Control"] = []string{"no-cache"}
	}
	s.x.route.server.writeDeadline(s.x.w)
	s.x.w.WriteHeader(s.status)
}

// open says that there is still somebody to write to. While writing is held it stays so
// for the goroutine of the connection, which waits for that at the end.
func (s *stream) open() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.gone && !s.ended
}

// put writes a text and waits until the connection has taken it. writing is held.
func (s *stream) put(text string) error {
	if !s.open() {
		return errGone()
	}
	s.x.route.server.writeDeadline(s.x.w)
	_, err := io.WriteString(s.x.w, text)
	if err == nil {
		err = http.NewResponseController(s.x.w).Flush()
	}
	if err != nil {
		s.cut()
		return errGone()
	}
	return nil
}

// write is what scripts have written: kind is the type of the answer if nothing else is
// said.
func (s *stream) write(c hostapi.Call, name, kind, text string, timeout time.Duration) error {
	p := c.Task().Process()
	s.mu.Lock()
	ended := s.ended
	s.mu.Unlock()
	if ended {
		return hostapi.Errorf(hostapi.Invalid, "response stream is closed")
	}
	op := hostapi.Op{Name: name, Args: []hostapi.Value{hostapi.String(text)}, Timeout: timeout, Places: s.turn}
	_, err := p.Await(op, func(context.Context) (hostapi.Done, error) {
		s.writing.Lock()
		defer s.writing.Unlock()
		if !s.open() { // the answer is no longer ours
			return hostapi.Done{}, errGone()
		}
		if !s.begun {
			s.begin(kind)
		}
		return hostapi.Done{}, s.put(text)
	})
	return err
}

// closed gives the channel that is closed when nobody reads any more.
func (s *stream) closed(p hostapi.Process) (hostapi.Channel, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.feed == nil {
		f, err := p.Feed(1)
		if err != nil {
			return nil, err
		}
		s.feed = f
		if s.ended || s.gone || s.draining {
			f.Close()
		}
	}
	return s.feed.Channel(), nil
}

// eventText is one event of Server-Sent Events.
func eventText(name, data, id string) (string, error) {
	if strings.ContainsAny(name, "\r\n") || strings.ContainsAny(id, "\r\n\x00") {
		return "", hostapi.Errorf(hostapi.Invalid, "invalid event: name and id are one line")
	}
	var b strings.Builder
	if name != "" {
		b.WriteString("event: " + name + "\n")
	}
	if id != "" {
		b.WriteString("id: " + id + "\n")
	}
	data = strings.ReplaceAll(strings.ReplaceAll(data, "\r\n", "\n"), "\r", "\n")
	for line := range strings.SplitSeq(data, "\n") {
		b.WriteString("data: " + line + "\n")
	}
	b.WriteString("\n")
	return b.String(), nil
}
