package http

import (
	"github.com/coder/websocket"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/option"
)

// streamType is the type of answers that are written piece by piece.
var streamType = &hostapi.ObjectType{
	Name:     "response stream",
	Doc:      "An answer that is written piece by piece (48.10).",
	Hashable: true,
	Methods:  []*hostapi.Func{newWrite(), newEvent(), closedFunc, closeStream},
}

// socketType is the type of websockets.
var socketType = &hostapi.ObjectType{
	Name:     "websocket",
	Doc:      "A connection on which both sides send messages (48.11).",
	Hashable: true,
	Methods:  []*hostapi.Func{channelFunc, newSend(), newClose()},
}

func newWrite() *hostapi.Func {
	f := &hostapi.Func{
		Name:     "write",
		Doc:      "Sends data, and waits until the connection has taken it (48.10).",
		Params:   []hostapi.Param{{Name: "data", Accept: hostapi.AcceptString}, optionsParam},
		Keywords: []hostapi.Param{option.TimeoutParam(defaultTimeout)},
		Results:  done,
		Returns:  hostapi.OrError,
		Errors:   []hostapi.Kind{hostapi.Invalid, hostapi.Unavailable, hostapi.Timeout},
		Load:     hostapi.LoadBlocks,
	}
	f.Run = func(c hostapi.Call) error {
		given, err := option.Read(c, f, 1)
		if err != nil {
			return err
		}
		timeout, err := option.Timeout(given[0], defaultTimeout)
		if err != nil {
			return err
		}
		err = c.Self().(*stream).write(c, "http.write", plainText, c.Arg(0).Str(), timeout)
		return hostapi.Give(c, hostapi.Bool(true), err)
	}
	return f
}

func newEvent() *hostapi.Func {
	f := &hostapi.Func{
		Name: "event",
		Doc:  "Sends one event of Server-Sent Events. What was not begun gets its headers. Lines of data stay lines (48.10).",
		Params: []hostapi.Param{
			{Name: "data", Accept: hostapi.AcceptString | hostapi.AcceptTable, Type: "string or map", Optional: true, Doc: "the data, or all by name"},
			optionsParam,
		},
		Keywords: []hostapi.Param{
			{Name: "data", Accept: hostapi.AcceptString, Optional: true, Doc: "what a page gets"},
			{Name: "name", Accept: hostapi.AcceptString, Optional: true, Doc: "what a page listens to; message if left out"},
			{Name: "id", Accept: hostapi.AcceptString, Optional: true, Doc: "what a page that comes again has seen last"},
			option.TimeoutParam(defaultTimeout),
		},
		Results: done,
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.Unavailable, hostapi.Timeout},
		Load:    hostapi.LoadBlocks,
	}
	f.Run = func(c hostapi.Call) error {
		options, data := 0, hostapi.Value{}
		if v := c.Arg(0); v.IsNil() || v.Type() == hostapi.TypeString {
			options, data = 1, v
		}
		given, err := option.Read(c, f, options)
		if err != nil {
			return err
		}
		if data.IsNil() {
			data = given[0]
		}
		timeout, err := option.Timeout(given[3], defaultTimeout)
		if err != nil {
			return err
		}
		text, err := eventText(given[1].Str(), data.Str(), given[2].Str())
		if err == nil {
			err = c.Self().(*stream).write(c, "http.event", eventType, text, timeout)
		}
		return hostapi.Give(c, hostapi.Bool(true), err)
	}
	return f
}

var closedFunc = &hostapi.Func{
	Name:    "closed",
	Doc:     "A channel that yields nothing and is closed when the client goes or the server stops (48.10). The same every time.",
	Results: []hostapi.Param{{Name: "channel", Object: hostapi.ChannelType}},
	Run: func(c hostapi.Call) error {
		ch, err := c.Self().(*stream).closed(c.Task().Process())
		if err != nil {
			return err
		}
		c.Push(hostapi.Wrap(ch))
		return nil
	},
}

var closeStream = &hostapi.Func{
	Name:    "close",
	Doc:     "Ends the answer (48.10).",
	Results: done,
	Load:    hostapi.LoadBlocks,
	Run: func(c hostapi.Call) error {
		_, err := c.Task().Process().Release(c.Self().(*stream))
		return hostapi.Give(c, hostapi.Bool(true), err)
	},
}

var channelFunc = &hostapi.Func{
	Name:    "channel",
	Doc:     "The messages of the client, records {type, data}; closed at the end (48.11). The same every time.",
	Results: []hostapi.Param{{Name: "channel", Object: hostapi.ChannelType}},
	Run: func(c hostapi.Call) error {
		c.Push(hostapi.Wrap(c.Self().(*socket).feed.Channel()))
		return nil
	},
}

func newSend() *hostapi.Func {
	f := &hostapi.Func{
		Name:   "send",
		Doc:    "Sends a message, and waits until the connection has taken it (48.11).",
		Params: []hostapi.Param{{Name: "data", Accept: hostapi.AcceptString}, optionsParam},
		Keywords: []hostapi.Param{
			{Name: "binary", Accept: hostapi.AcceptBool, Optional: true, Doc: "any bytes; otherwise text in UTF-8"},
			option.TimeoutParam(defaultTimeout),
		},
		Results: done,
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.Unavailable, hostapi.Timeout},
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
		err = c.Self().(*socket).send(c.Task().Process(), c.Arg(0).Str(), given[0].Bool(), timeout)
		return hostapi.Give(c, hostapi.Bool(true), err)
	}
	return f
}

func newClose() *hostapi.Func {
	return &hostapi.Func{
		Name: "close",
		Doc:  "Closes the websocket (48.11).",
		Params: []hostapi.Param{
			{Name: "code", Accept: hostapi.AcceptNumber, Optional: true, Keyword: true, Doc: "1000 if left out"},
			{Name: "reason", Accept: hostapi.AcceptString, Optional: true, Keyword: true, Doc: "at most 123 bytes"},
		},
		Results: done,
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Load:    hostapi.LoadBlocks,
		Run: func(c hostapi.Call) error {
			ws := c.Self().(*socket)
			code, reason := int64(websocket.StatusNormalClosure), c.Arg(1).Str()
			if v := c.Arg(0); !v.IsNil() {
				code = v.Int()
			}
			if !closeCode(code) || len(reason) > 123 {
				return hostapi.Errorf(hostapi.Invalid, "invalid close code or reason")
			}
			ws.mu.Lock()
			ws.code, ws.reason = websocket.StatusCode(code), reason
			ws.mu.Unlock()
			_, err := c.Task().Process().Release(ws)
			return hostapi.Give(c, hostapi.Bool(true), err)
		},
	}
}
