package http

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/understudy-run/understudy/hostapi"
)

// pingEvery is how often a ping goes out, and how long its answer may take (48.11).
const pingEvery = 30 * time.Second

// feedItems is how many messages wait for the script (40.12).
const feedItems = 16

// socket is a websocket, as an object of scripts. It is held by the process that asked
// for it. The goroutine of the connection reads.
type socket struct {
	hostapi.Handle
	x    *exchange
	conn *websocket.Conn
	feed hostapi.Feed
	turn *hostapi.Places // for messages

	ctx    context.Context // of all that goes on, until it is over
	cancel context.CancelFunc

	mu       sync.Mutex
	ended    bool // by close, or with the process
	over     bool // the connection is
	stalled  bool // the feed is full, so that nothing is read, pongs neither
	code     websocket.StatusCode
	reason   string
	pings    sync.WaitGroup
	stopPing func() bool
}

// ObjectType says what scripts can do with it.
func (*socket) ObjectType() *hostapi.ObjectType { return socketType }

// String is its text form.
func (*socket) String() string { return "websocket" }

// accept makes the connection of a request a websocket.
func (ws *socket) accept(protocols []string) error {
	conn, err := websocket.Accept(leanWriter{ws.x.w}, ws.x.r, &websocket.AcceptOptions{
		Subprotocols:       protocols,
		InsecureSkipVerify: true, // the route has looked at the origin
	})
	if err != nil {
		return hostapi.Errorf(hostapi.Invalid, "no websocket: %s", errors.Unwrap(err))
	}
	conn.SetReadLimit(ws.x.route.MaxMessage)
	ws.conn = conn
	ws.ctx, ws.cancel = context.WithCancel(context.Background())
	return nil
}

// leanWriter hands a connection over with small buffers: most websockets wait, for as
// long as they live, and what is larger passes them by.
type leanWriter struct{ http.ResponseWriter }

// leanBuffer is the size of each of the two.
const leanBuffer = 1 << 10

// Hijack implements http.Hijacker.
func (w leanWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	lean := bufio.NewReadWriter(rw.Reader, bufio.NewWriterSize(conn, leanBuffer))
	if n := rw.Reader.Buffered(); n <= leanBuffer { // what came with the request
		lean.Reader = bufio.NewReaderSize(struct{ io.Reader }{rw.Reader}, leanBuffer) // not the large one again
		if _, err := lean.Reader.Peek(n); err != nil {
			return nil, nil, err
		}
	}
	return conn, lean, nil
}

// serve has the connection read until it is over. The goroutine of the request, on which it is
// called, ends, and with it what net/http keeps for a request: half of what a websocket
// that waits would cost.
func (ws *socket) serve() {
	server := ws.x.route.server
	server.enter()
	ws.x.parts.Add(1)
	over := server.lasts(ws)
	if !ws.x.route.StreamBody { // of such a route the body may hold them
		ws.x.w, ws.x.r = nil, nil
	}
	go func() {
		defer server.leave()
		defer ws.x.part()
		defer over()
		ws.read()
	}()
}

// read reads until the connection is over.
func (ws *socket) read() {
	ws.schedulePing()
	for ws.receive() == nil {
	}
	ws.mu.Lock()
	ws.over = true
	if ws.stopPing != nil {
		ws.stopPing()
	}
	ws.mu.Unlock()
	ws.cancel()
	ws.conn.CloseNow()
	ws.feed.Close()
	ws.pings.Wait()
}

// MessageShape is what the channel of a websocket yields.
var messageShape = &hostapi.Shape{
	Name: "websocket message",
	Doc:  "What a client has sent (48.11).",
	Fields: []hostapi.Param{
		{Name: "type", Accept: hostapi.AcceptString, Doc: `"text" or "binary"`},
		{Name: "data", Accept: hostapi.AcceptString},
	},
}

var (
	textMessage   = hostapi.String("text")
	binaryMessage = hostapi.String("binary")
)

// receive takes one message to the script.
func (ws *socket) receive() error {
	kind, data, err := ws.conn.Read(context.Background())
	if err != nil {
		return err
	}
	is := binaryMessage
	if kind == websocket.MessageText {
		is = textMessage
		if !utf8.Valid(data) {
			return ws.conn.Close(websocket.StatusInvalidFramePayloadData, "not UTF-8")
		}
	}
	ws.stall(true)
	defer ws.stall(false)
	return ws.feed.Put(ws.ctx, hostapi.Wrap(&hostapi.Record{Shape: messageShape, Values: []hostapi.Value{is, hostapi.String(string(data))}}))
}

func (ws *socket) stall(on bool) {
	ws.mu.Lock()
	ws.stalled = on
	ws.mu.Unlock()
}

// schedulePing has a ping go out after a while. Its answer is seen while something reads:
// who does not take its messages is not asked.
func (ws *socket) schedulePing() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.over {
		return
	}
	ws.stopPing = ws.x.route.server.rt.AfterFunc(pingEvery, func() {
		ws.mu.Lock()
		defer ws.mu.Unlock()
		if !ws.over {
			ws.pings.Go(ws.ping)
		}
	})
}

func (ws *socket) ping() {
	ctx, cancel := context.WithTimeout(ws.ctx, pingEvery)
	defer cancel()
	if ws.conn.Ping(ctx) != nil {
		ws.mu.Lock()
		stalled := ws.stalled
		ws.mu.Unlock()
		if !stalled {
			ws.conn.CloseNow()
			return
		}
	}
	ws.schedulePing()
}

// Release implements hostapi.Held (40.11).
func (ws *socket) Release(ctx context.Context, failed bool) {
	ws.mu.Lock()
	ws.ended = true
	code, reason := ws.code, ws.reason
	ws.mu.Unlock()
	if failed {
		code, reason = websocket.StatusInternalError, ""
	}
	ws.close(ctx, code, reason)
}

// close says goodbye, and waits for the answer of the client until ctx is done.
func (ws *socket) close(ctx context.Context, code websocket.StatusCode, reason string) {
	said := make(chan struct{})
	ws.mu.Lock()
	if ws.over {
		ws.mu.Unlock()
		return
	}
	ws.pings.Go(func() {
		defer close(said)
		_ = ws.conn.Close(code, reason) // it may be closed
	})
	ws.mu.Unlock()
	ws.cancel() // who puts something into the feed gives up
	select {
	case <-said:
	case <-ctx.Done():
		ws.conn.CloseNow()
		<-said
	}
}

// drain implements lasting.
func (ws *socket) drain() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.over {
		return
	}
	ws.pings.Go(func() {
		ctx, cancel := context.WithTimeout(ws.ctx, time.Second)
		defer cancel()
		defer ws.cancel()
		said := make(chan struct{})
		go func() { defer close(said); _ = ws.conn.Close(websocket.StatusGoingAway, "") }()
		select {
		case <-said:
		case <-ctx.Done():
			ws.conn.CloseNow()
			<-said
		}
	})
}

// cut implements lasting.
func (ws *socket) cut() { ws.conn.CloseNow() }

// state is an error if nothing can be sent any more.
func (ws *socket) state() error {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	switch {
	case ws.ended:
		return hostapi.Errorf(hostapi.Invalid, "websocket is closed")
	case ws.over:
		return errGone()
	}
	return nil
}

// send sends one message of a script.
func (ws *socket) send(p hostapi.Process, data string, binary bool, timeout time.Duration) error {
	if err := ws.state(); err != nil {
		return err
	}
	kind := websocket.MessageText
	if binary {
		kind = websocket.MessageBinary
	} else if !utf8.ValidString(data) {
		return hostapi.Errorf(hostapi.Invalid, "not UTF-8")
	}
	op := hostapi.Op{Name: "http.websocket.send", Args: []hostapi.Value{hostapi.String(data)}, Timeout: timeout, Places: ws.turn}
	_, err := p.Await(op, func(context.Context) (hostapi.Done, error) {
		ctx, cancel := context.WithTimeout(ws.ctx, ws.x.route.server.config.WriteTimeout)
		defer cancel()
		if ws.conn.Write(ctx, kind, []byte(data)) != nil {
			return hostapi.Done{}, errGone()
		}
		return hostapi.Done{}, nil
	})
	return err
}

// closeCode reports whether a close code may be sent (RFC 6455, 7.4).
func closeCode(code int64) bool {
	switch websocket.StatusCode(code) {
	case websocket.StatusNoStatusRcvd, websocket.StatusAbnormalClosure, websocket.StatusTLSHandshake, 1004:
		return false
	}
	return 1000 <= code && code <= 1014 || 3000 <= code && code <= 4999
}

var _ http.Handler = (*Server)(nil)
