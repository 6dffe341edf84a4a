package http

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/json"
)

// response is an answer as it is written.
type response struct {
	status int
	header http.Header
	body   string
	file   *fileAnswer // in place of body
}

// fileAnswer is a file of a volume that is the body of an answer.
type fileAnswer struct {
	volume hostapi.Grant
	path   string
}

func errInvalidResponse(format string, args ...any) *hostapi.Error {
	return hostapi.Errorf(hostapi.Invalid, "invalid response: "+format, args...)
}

const (
	plainText = "text/plain; charset=utf-8"
	jsonText  = "application/json"
)

// answerer makes answers of what scripts give.
type answerer struct {
	// json writes a payload as JSON.
	json func(hostapi.Value) (string, error)
	// volume gives a volume that was granted to who answers.
	volume func(id string) (hostapi.Grant, error)
}

// response makes what is written of an answer (48.6). The error is Invalid "invalid
// response", or says what else is wrong.
func (a answerer) response(v hostapi.Value) (*response, error) {
	switch v.Type() {
	case hostapi.TypeNil:
		return &response{status: http.StatusNoContent, header: http.Header{}}, nil
	case hostapi.TypeString:
		return &response{status: http.StatusOK, header: typed(plainText), body: v.Str()}, nil
	case hostapi.TypeError:
		return errorResponse(v.Err(), ""), nil
	case hostapi.TypeMap:
	default:
		return nil, errInvalidResponse("a %s", v.TypeName())
	}
	out := &response{status: http.StatusOK, header: make(http.Header, 4)}
	kind, contents := "", ""
	for _, e := range v.Map().Entries {
		name := e.Key.Str()
		if e.Key.Type() != hostapi.TypeString {
			name = e.Key.String()
		}
		if e.Value.IsNil() && name != "json" {
			continue
		}
		var err error
		switch name {
		case "status":
			err = out.setStatus(e.Value)
		case "headers":
			err = out.setHeaders(e.Value)
		case "body", "json", "file":
			if contents != "" {
				return nil, errInvalidResponse("%s and %s", contents, name)
			}
			contents = name
			kind, err = out.setContents(a, name, e.Value)
		case "ok", "url": // of a response that is passed on (43.2)
		default:
			err = errInvalidResponse("field %s", name)
		}
		if err != nil {
			return nil, err
		}
	}
	if out.header["Content-Type"] == nil && out.file == nil && contents != "" {
		out.header["Content-Type"] = []string{kind}
	}
	return out, nil
}

func typed(kind string) http.Header { return http.Header{"Content-Type": {kind}} }

func (o *response) setStatus(v hostapi.Value) error {
	if v.Type() != hostapi.TypeInt || v.Int() < 200 || v.Int() > 599 {
		return errInvalidResponse("status %s", v)
	}
	o.status = int(v.Int())
	return nil
}

// setContents sets what the body is, and gives its type.
func (o *response) setContents(a answerer, name string, v hostapi.Value) (kind string, err error) {
	switch name {
	case "json":
		o.body, err = a.json(v)
		return jsonText, err
	case "file":
		id, path := v.Map().Get("fs"), v.Map().Get("path")
		if id.Type() != hostapi.TypeString || path.Type() != hostapi.TypeString || len(v.Map().Entries) != 2 {
			return "", errInvalidResponse("file must be {fs, path}")
		}
		volume, err := a.volume(id.Str())
		o.file = &fileAnswer{volume, path.Str()}
		return "", err
	}
	if v.Type() != hostapi.TypeString {
		return "", errInvalidResponse("body is a %s", v.TypeName())
	}
	o.body = v.Str()
	return plainText, nil
}

// dropped headers belong to the connection, or are set by the server (48.14).
var dropped = []string{
	"Connection", "Content-Length", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
	"Te", "Trailer", "Transfer-Encoding", "Upgrade", "Date",
}

func (o *response) setHeaders(v hostapi.Value) error {
	if v.Type() != hostapi.TypeMap {
		if l := v.List(); l != nil && len(l.Items) == 0 {
			return nil
		}
		return errInvalidResponse("headers is a %s", v.TypeName())
	}
	for _, e := range v.Map().Entries {
		name := e.Key.Str()
		if !isToken(name) {
			return hostapi.Errorf(hostapi.Invalid, "invalid header: %s is no name", e.Key)
		}
		name = http.CanonicalHeaderKey(name)
		var values []string
		switch {
		case e.Value.Type() == hostapi.TypeString && name == "Set-Cookie":
			values = strings.Split(e.Value.Str(), "\n")
		case e.Value.Type() == hostapi.TypeString:
			values = []string{e.Value.Str()}
		case e.Value.List() != nil:
			for _, item := range e.Value.List().Items {
				if item.Type() != hostapi.TypeString {
					return hostapi.Errorf(hostapi.Invalid, "invalid header: %s has a %s", name, item.TypeName())
				}
				values = append(values, item.Str())
			}
		default:
			return hostapi.Errorf(hostapi.Invalid, "invalid header: %s is a %s", name, e.Value.TypeName())
		}
		if slices.ContainsFunc(values, controls) {
			return hostapi.Errorf(hostapi.Invalid, "invalid header: %s holds a control character", name)
		}
		if !slices.Contains(dropped, name) {
			o.header[name] = append(o.header[name], values...)
		}
	}
	return nil
}

// controls reports whether a text has what ends a line of a header, or worse.
func controls(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// isToken reports whether a text can be the name of a header (RFC 9110, 5.6.2).
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}

// scriptStatus is what an error that a script made gives (48.7); what is not there 500.
var scriptStatus = map[hostapi.Kind]int{
	hostapi.Invalid: http.StatusBadRequest, hostapi.PermissionDenied: http.StatusForbidden, hostapi.NotFound: http.StatusNotFound,
	hostapi.Conflict: http.StatusConflict, hostapi.AlreadyExists: http.StatusConflict, hostapi.RateLimited: http.StatusTooManyRequests,
	hostapi.LimitExceeded: http.StatusRequestEntityTooLarge, hostapi.Unavailable: http.StatusServiceUnavailable,
}

// statusOf gives the status of an error.
func statusOf(err *hostapi.Error) int {
	if err.Script {
		if status := scriptStatus[err.Kind]; status != 0 {
			return status
		}
		return http.StatusInternalServerError
	}
	switch err.Kind {
	case hostapi.Unavailable, hostapi.RateLimited, hostapi.Timeout:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// errorResponse is the answer that an error gives: to the client it tells its reason only
// if it is about what the client did. id is that of the request; "" leaves it out.
func errorResponse(err *hostapi.Error, id string) *response {
	status := statusOf(err)
	fields := []hostapi.Entry{hostapi.Field("kind", hostapi.String(string(hostapi.Internal)))}
	switch {
	case status < 500:
		fields = []hostapi.Entry{
			hostapi.Field("kind", hostapi.String(string(err.Kind))),
			hostapi.Field("message", hostapi.String(strings.ToValidUTF8(err.Error(), "\uFFFD"))),
		}
	case id != "":
		fields = append(fields, hostapi.Field("id", hostapi.String(id)))
	}
	text, _ := json.PayloadText(hostapi.MapOf(hostapi.Field("error", hostapi.MapOf(fields...)))) // it is valid
	out := &response{status: status, header: typed(jsonText), body: text}
	if status == http.StatusServiceUnavailable {
		out.header["Retry-After"] = []string{"1"}
	}
	return out
}

// refuse answers a request that no process has seen, or none has answered.
func refuse(w http.ResponseWriter, status int) {
	if status == http.StatusServiceUnavailable {
		w.Header()["Retry-After"] = []string{"1"}
	}
	w.Header()["Content-Type"] = []string{plainText}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, http.StatusText(status)+"\n") // a client that does not read it
}

// answer writes what has become of a request, on the goroutine of the connection.
func (x *exchange) answer(o outcome) {
	if x.r.ContentLength != 0 && !x.read.Load() && o.lasts == nil { // what was not read is not waited for
		x.w.Header()["Connection"] = []string{"close"}
	}
	switch {
	case o.lasts != nil:
		o.lasts()
	case o.response != nil:
		x.write(o.response)
	case o.result != nil:
		x.write(x.returned(*o.result))
	case o.status >= 500:
		x.log(slog.LevelError, o.status, "reason", o.reason)
		refuse(x.w, o.status)
	case o.status != 0:
		refuse(x.w, o.status)
	}
}

// returned is the answer that the end of a spawned process is.
func (x *exchange) returned(r hostapi.Result) *response {
	if r.Err == nil {
		a := answerer{json: json.PayloadText, volume: func(id string) (hostapi.Grant, error) {
			return x.route.server.rt.Granted(x.route.Process, id, volumeKind)
		}}
		out, err := a.response(r.Value)
		if err == nil {
			return out
		}
		r.Err = hostapi.AsError(err)
	}
	out := errorResponse(r.Err, x.id)
	level := slog.LevelError
	if out.status < 500 {
		level = slog.LevelDebug
	}
	x.log(level, out.status, "kind", string(r.Err.Kind), "error", r.Err.Error())
	return out
}

func (x *exchange) log(level slog.Level, status int, more ...any) {
	args := append([]any{"route", x.route.ID, "request", x.id, "method", x.r.Method, "path", x.r.URL.Path, "status", status}, more...)
	x.route.server.config.Log.Log(context.Background(), level, "request failed", args...)
}

// writePiece is how much has the time of one write.
const writePiece = 64 << 10

// write writes an answer. A client that does not take it is given up.
func (x *exchange) write(o *response) {
	s := x.route.server
	header := x.w.Header()
	for name, values := range o.header {
		header[name] = values
	}
	if o.file != nil {
		files, err := filesOf(x.r.Context(), o.file.volume)
		if err != nil {
			x.log(slog.LevelError, http.StatusInternalServerError, "error", err.Error())
			refuse(x.w, http.StatusInternalServerError)
			return
		}
		s.serveFile(x.w, x.r, files, o.file.path, o.status)
		return
	}
	s.writeDeadline(x.w)
	if o.status != http.StatusNoContent && o.status != http.StatusNotModified {
		header["Content-Length"] = []string{strconv.Itoa(len(o.body))}
	}
	x.w.WriteHeader(o.status)
	if o.status == http.StatusNoContent || o.status == http.StatusNotModified {
		return
	}
	for body := o.body; ; s.writeDeadline(x.w) {
		n := min(len(body), writePiece)
		if _, err := io.WriteString(x.w, body[:n]); err != nil {
			return
		}
		if body = body[n:]; body == "" {
			return
		}
	}
}
