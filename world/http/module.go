package http

import (
	"context"
	nethttp "net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/option"
	"github.com/understudy-run/understudy/world/json"
)

// Module is the module http. An entry must list it (14.15). It finds the requests of the
// servers by the facility *Requests.
var Module = (&hostapi.Module{
	Name: "http",
	Doc:  "Answers the requests that http.route entries hand to processes (section 48).",
	Funcs: []*hostapi.Func{
		reply, handOver, bodyFunc, newStreamFunc(), newWebsocketFunc(), form, cookies,
	},
	Types:  []*hostapi.ObjectType{bodyType, streamType, socketType},
	Shapes: []*hostapi.Shape{messageShape, formShape},
}).Named()

// defaultTimeout is that of what waits for the client (50.2).
const defaultTimeout = 30 * time.Second

var requestParam = hostapi.Param{Name: "req", Accept: hostapi.AcceptTable, Type: "map", Doc: "the request, as it was received or sent on"}

var optionsParam = hostapi.Param{Name: "options", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "options by name"}

var done = []hostapi.Param{{Name: "done", Accept: hostapi.AcceptBool, Doc: "always true"}}

// payloadOf copies what a script has given.
func payloadOf(c hostapi.Call, v hostapi.Value) (hostapi.Value, error) {
	if v.IsNil() {
		return v, nil
	}
	return c.Copy(v, hostapi.NewCopier(c.Task().PayloadLimits()))
}

var reply = &hostapi.Func{
	Name: "reply",
	Doc: "Answers a request, from any process that has it; the first answer counts. It does not wait until the client has it. " +
		"An answer is a map {status, headers, body} or with json or file in place of body, a string, nil, or an error (48.6, 48.7).",
	Params:  []hostapi.Param{requestParam, {Name: "answer", Accept: hostapi.AcceptAny, Optional: true, Doc: "204 if nil"}},
	Results: done,
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound, hostapi.PermissionDenied},
	Run: func(c hostapi.Call) error {
		x, err := open(c, 0)
		if err != nil {
			return err
		}
		v, err := payloadOf(c, c.Arg(1))
		if err != nil {
			return x.refuseAnswer(err)
		}
		a := answerer{
			json:   func(v hostapi.Value) (string, error) { return json.Text(c, v) },
			volume: func(id string) (hostapi.Grant, error) { return c.Task().Process().Resource(id, volumeKind) },
		}
		out := outcome{}
		if e := v.Err(); e != nil {
			out.result = &hostapi.Result{Err: e}
		} else if out.response, err = a.response(v); err != nil {
			return x.refuseAnswer(err)
		}
		if !x.settle(out) {
			return errOver()
		}
		c.Push(hostapi.Bool(true))
		return nil
	},
}

// refuseAnswer is the end of a request whose answer is none.
func (x *exchange) refuseAnswer(err error) error {
	e := hostapi.AsError(err)
	if err == hostapi.ErrKilled || !x.settle(outcome{result: &hostapi.Result{Err: e}}) {
		return err
	}
	return e
}

var handOver = &hostapi.Func{
	Name: "hand_over",
	Doc: "Sends the request on, as a message http.request, and binds it to that process: if that ends without an answer, " +
		"the client gets 500 (48.8).",
	Params:  []hostapi.Param{requestParam, {Name: "dest", Accept: hostapi.AcceptString, Type: "PID or name"}},
	Results: done,
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.NotFound, hostapi.Unavailable},
	Run: func(c hostapi.Call) error {
		x, err := open(c, 0)
		if err != nil {
			return err
		}
		payload, err := payloadOf(c, c.Arg(0))
		if err != nil {
			return err
		}
		to := hostapi.Dest(hostapi.Name(c.Arg(1).Str()))
		if hostapi.IsPID(c.Arg(1).Str()) {
			to = hostapi.PID(c.Arg(1).Str())
		}
		return hostapi.Give(c, hostapi.Bool(true), x.entrust(to, payload))
	},
}

var bodyFunc = &hostapi.Func{
	Name:    "body",
	Doc:     "The body of a request of a route with body: stream, once, to be read piece by piece (48.5).",
	Params:  []hostapi.Param{requestParam},
	Results: []hostapi.Param{{Name: "stream", Object: bodyType, Accept: hostapi.AcceptObject}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.NotFound, hostapi.Conflict, hostapi.Invalid},
	Load:    hostapi.LoadBlocks,
	Run: func(c hostapi.Call) error {
		x, err := open(c, 0)
		if err != nil {
			return err
		}
		if !x.route.StreamBody {
			return hostapi.Errorf(hostapi.Invalid, "the body was read: its route has no body: stream")
		}
		b := &body{x: x, turn: hostapi.NewPlaces(1)}
		_, err = c.Task().Process().Await(hostapi.Op{Name: "http.body"}, func(context.Context) (hostapi.Done, error) {
			x.mu.Lock()
			defer x.mu.Unlock()
			switch {
			case x.claimed:
				return hostapi.Done{}, errOver()
			case x.body:
				return hostapi.Done{}, hostapi.Errorf(hostapi.Conflict, "the body was taken")
			}
			x.body = true
			b.from = nethttp.MaxBytesReader(x.w, x.r.Body, x.route.MaxBody)
			return hostapi.Done{Held: b}, nil
		})
		return hostapi.Give(c, hostapi.Wrap(b), err)
	},
}

func newStreamFunc() *hostapi.Func {
	f := &hostapi.Func{
		Name: "stream",
		Doc: "Answers the request by what is written from now on. The process that called holds the answer: it ends with that, " +
			"and is cut off if that fails (48.10).",
		Params: []hostapi.Param{requestParam, optionsParam},
		Keywords: []hostapi.Param{
			{Name: "status", Accept: hostapi.AcceptNumber, Optional: true, Doc: "200 if left out"},
			{Name: "headers", Accept: hostapi.AcceptTable, Optional: true, Doc: "with a content-type they are sent at once, else with what is written first"},
			option.TimeoutParam(defaultTimeout),
		},
		Results: []hostapi.Param{{Name: "writer", Object: streamType, Accept: hostapi.AcceptObject}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound, hostapi.Unavailable},
		Load:    hostapi.LoadBlocks,
	}
	f.Run = func(c hostapi.Call) error {
		given, err := option.Read(c, f, 1)
		if err != nil {
			return err
		}
		timeout, err := option.Timeout(given[2], defaultTimeout)
		if err != nil {
			return err
		}
		head := response{status: 200, header: map[string][]string{}}
		if v := given[0]; !v.IsNil() {
			if err := head.setStatus(v); err != nil {
				return err
			}
		}
		if !given[1].IsNil() {
			v, err := payloadOf(c, given[1])
			if err == nil {
				err = head.setHeaders(v)
			}
			if err != nil {
				return err
			}
		}
		x, err := open(c, 0)
		if err != nil {
			return err
		}
		s := &stream{x: x, status: head.status, header: head.header, turn: hostapi.NewPlaces(1), news: make(chan struct{})}
		_, err = c.Task().Process().Await(hostapi.Op{Name: "http.stream", Timeout: timeout}, func(context.Context) (hostapi.Done, error) {
			if !x.claim() {
				return hostapi.Done{}, errOver()
			}
			if s.header["Content-Type"] != nil {
				s.writing.Lock()
				s.begin("")
				_ = s.put("") // if the client has gone the next write says so
				s.writing.Unlock()
			}
			x.finish(outcome{lasts: s.serve})
			return hostapi.Done{Held: s}, nil
		})
		return hostapi.Give(c, hostapi.Wrap(s), err)
	}
	return f
}

func newWebsocketFunc() *hostapi.Func {
	f := &hostapi.Func{
		Name: "websocket",
		Doc: "Answers the request by making its connection a websocket, which the process that called holds: " +
			"it is closed when that ends, with code 1011 if it fails (48.10, 48.11).",
		Params: []hostapi.Param{requestParam, optionsParam},
		Keywords: []hostapi.Param{
			{Name: "protocols", Accept: hostapi.AcceptTable, Type: "list of string", Optional: true, Doc: "subprotocols, the best first"},
			option.TimeoutParam(defaultTimeout),
		},
		Results: []hostapi.Param{{Name: "websocket", Object: socketType, Accept: hostapi.AcceptObject}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound},
		Load:    hostapi.LoadBlocks,
	}
	f.Run = func(c hostapi.Call) error {
		given, err := option.Read(c, f, 1)
		if err != nil {
			return err
		}
		timeout, err := option.Timeout(given[1], defaultTimeout)
		if err != nil {
			return err
		}
		var protocols []string
		if !given[0].IsNil() {
			items, ok := c.Elements(given[0])
			for _, item := range items {
				ok = ok && isToken(item.Str())
				protocols = append(protocols, item.Str())
			}
			if !ok {
				return hostapi.Errorf(hostapi.Invalid, "websocket: protocols must be a list of names")
			}
		}
		x, err := open(c, 0)
		if err != nil {
			return err
		}
		p := c.Task().Process()
		feed, err := p.Feed(feedItems)
		if err != nil {
			return err
		}
		ws := &socket{x: x, feed: feed, turn: hostapi.NewPlaces(1), code: websocket.StatusNormalClosure}
		_, err = p.Await(hostapi.Op{Name: "http.websocket", Timeout: timeout}, func(context.Context) (hostapi.Done, error) {
			if !x.claim() {
				return hostapi.Done{}, errOver()
			}
			if err := ws.accept(protocols); err != nil {
				x.finish(outcome{lasts: func() {}}) // the client was told
				return hostapi.Done{}, err
			}
			x.finish(outcome{lasts: ws.serve})
			return hostapi.Done{Held: ws}, nil
		})
		if err != nil {
			feed.Close()
		}
		return hostapi.Give(c, hostapi.Wrap(ws), err)
	}
	return f
}

var form = &hostapi.Func{
	Name:    "form",
	Doc:     "The form that is the body of a request: urlencoded or multipart (48.15).",
	Params:  []hostapi.Param{requestParam},
	Results: []hostapi.Param{{Name: "form", Type: "form", Accept: hostapi.AcceptTable}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.LimitExceeded},
	Run: func(c hostapi.Call) error {
		r, err := formOf(headerOf(c, "content-type"), c.Field(c.Arg(0), "body").Str())
		if err != nil {
			return err
		}
		c.Push(hostapi.Wrap(r))
		return nil
	},
}

var cookies = &hostapi.Func{
	Name:    "cookies",
	Doc:     "The cookies of a request, by name (48.15).",
	Params:  []hostapi.Param{requestParam},
	Results: []hostapi.Param{{Name: "cookies", Type: "map", Accept: hostapi.AcceptTable}},
	Run: func(c hostapi.Call) error {
		c.Push(c.Import(cookiesOf(headerOf(c, "cookie"))))
		return nil
	},
}

// headerOf gives a header of the request that is the first argument.
func headerOf(c hostapi.Call, name string) string {
	return c.Field(c.Field(c.Arg(0), "headers"), name).Str()
}
