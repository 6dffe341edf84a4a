package httpclient

import (
	"net/http"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Module is the module http_client. An entry must list it (14.15), and a resource of kind
// http.client.
var Module = newModule()

func newModule() *hostapi.Module {
	streamType.Methods = streamMethods // which refer to the type, as streams do
	m := &hostapi.Module{
		Name:   "http_client",
		Doc:    "HTTP requests to where a granted client may go (section 43).",
		Types:  []*hostapi.ObjectType{streamType},
		Shapes: []*hostapi.Shape{responseShape},
	}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead} {
		m.Funcs = append(m.Funcs, newRequest(strings.ToLower(method), "Makes a request of method "+method+" (43.1, 43.2).", method))
	}
	m.Funcs = append(m.Funcs, newRequest("request", "Makes a request of any method but CONNECT and TRACE (43.1, 43.2).", ""), encodeURI, decodeURI)
	return m.Named()
}

var responseShape = &hostapi.Shape{
	Name: "response",
	Doc:  "What a server answered. Any status is an answer, and no error (43.2).",
	Fields: []hostapi.Param{
		{Name: "status", Accept: hostapi.AcceptNumber, Doc: "such as 200"},
		{Name: "ok", Accept: hostapi.AcceptBool, Doc: "whether the status is 200 to 299"},
		{Name: "headers", Accept: hostapi.AcceptTable, Type: "map", Doc: "by lower-case names; several values joined by a comma, those of set-cookie by a newline"},
		{Name: "body", Accept: hostapi.AcceptString, Optional: true, Doc: "all of it, unless stream was asked for"},
		{Name: "stream", Object: streamType, Accept: hostapi.AcceptObject, Optional: true, Doc: "reads the body piece by piece"},
		{Name: "url", Accept: hostapi.AcceptString, Doc: "of the last request, after redirects"},
	},
}

// newRequest gives a function that makes requests: of a method, or of the one that is its
// first argument if it is "".
func newRequest(name, doc, method string) *hostapi.Func {
	f := &hostapi.Func{
		Name: name, Doc: doc,
		Params: []hostapi.Param{
			{Name: "url", Accept: hostapi.AcceptString, Doc: "of scheme http or https"},
			{Name: "options", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "options by name"},
		},
		Keywords: requestOptions,
		Results:  []hostapi.Param{{Name: "response", Accept: hostapi.AcceptTable, Type: "response"}},
		Returns:  hostapi.OrError,
		Errors: []hostapi.Kind{
			hostapi.Invalid, hostapi.PermissionDenied, hostapi.Unavailable, hostapi.Timeout, hostapi.LimitExceeded, hostapi.Conflict, hostapi.RateLimited,
		},
		Load: hostapi.LoadBlocks,
	}
	at := 0 // of the URL
	if method == "" {
		f.Params = append([]hostapi.Param{{Name: "method", Accept: hostapi.AcceptString, Doc: "such as OPTIONS"}}, f.Params...)
		at = 1
	}
	f.Run = func(c hostapi.Call) error {
		method := method
		if at > 0 {
			method = c.Arg(0).Str()
		}
		response, err := request(c, f, method, at)
		return hostapi.Give(c, response, err)
	}
	return f
}

// request makes the request that a call asks for, whose URL is argument at. Its errors
// say whether a server may have seen the request (43.9).
func request(c hostapi.Call, f *hostapi.Func, method string, at int) (hostapi.Value, error) {
	x, timeout, err := newExchange(c, f, method, at)
	if err != nil {
		return hostapi.Value{}, withSent(err, false)
	}
	op := hostapi.Op{Name: "http_client." + f.Name, Resource: x.grant.ID, Args: x.args(), Timeout: timeout}
	done, err := c.Task().Process().Await(op, x.run)
	if err != nil {
		return hostapi.Value{}, withSent(err, x.sent.Load())
	}
	return x.response(done), nil
}

// withSent adds the detail sent to an error of the module.
func withSent(err error, sent bool) error {
	if e, ok := err.(*hostapi.Error); ok {
		return e.With("sent", hostapi.Bool(sent))
	}
	return err
}

// response gives what a script gets. What an embedding program leaves out when it answers
// in a simulated run has defaults (40.14).
func (x *exchange) response(done hostapi.Done) hostapi.Value {
	m := done.Value.Map()
	status, headers, url := m.Get("status"), m.Get("headers"), m.Get("url")
	if status.IsNil() {
		status = hostapi.Int(http.StatusOK)
	}
	if headers.IsNil() {
		headers = hostapi.MapOf()
	}
	if url.IsNil() {
		url = hostapi.String(x.url.String())
	}
	ok := status.Int() >= 200 && status.Int() <= 299
	r := &hostapi.Record{Shape: responseShape, Values: []hostapi.Value{status, hostapi.Bool(ok), headers, {}, {}, url}}
	if stream, is := done.Held.(*Stream); is {
		r.Values[4] = hostapi.Wrap(stream)
	} else {
		r.Values[3] = hostapi.String(m.Get("body").Str())
	}
	return hostapi.Wrap(r)
}
