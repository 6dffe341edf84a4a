package inspect

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// right is what a request needs to be allowed.
type right uint8

const (
	view   right = iota // the token, if there is one
	action              // the token
	open                // nothing
)

// route is one operation of the API. The document that describes the API is made from the
// same table that answers requests.
type route struct {
	method, path string
	summary      string
	right        right
	query        []parameter
	body         reflect.Type // nil: none
	gives        reflect.Type // nil: nothing, status 204
	stream       bool         // of gives, as Server-Sent Events
	answer       func(*Inspector, *request) (any, error)
	run          func(*Inspector, http.ResponseWriter, *request) // of a stream
}

// parameter is one of a query.
type parameter struct {
	name, doc string
	kind      string // "string", "integer", "number" or "boolean"
	values    []string
	standard  string // where none is given
}

// routes are all operations.
func routes() []*route {
	return slices.Concat(
		nodeRoutes(), processRoutes(), detailRoutes(), treeRoutes(), listRoutes(), entryRoutes(), actionRoutes(),
		eventRoutes(), traceRoutes(), profileRoutes(), logRoutes(), metricsRoutes(), documentRoutes(),
	)
}

// request is a request whose query was checked.
type request struct {
	*http.Request
	values url.Values
}

func (r *request) text(name string) string { return r.values.Get(name) }

func (r *request) number(name string) int {
	n, _ := strconv.Atoi(r.values.Get(name)) // it was checked
	return n
}

// mostBody bounds what a request may bring.
const mostBody = 1 << 20

// read reads the body into what it is to be.
func (r *request) read(into any) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, mostBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return invalid("body: %v", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return invalid("body: more than one JSON value")
	}
	return nil
}

// answer answers a request by its route.
func (i *Inspector) answer(to *route, w http.ResponseWriter, r *http.Request) {
	if p := i.permit(to, r); p != nil {
		writeProblem(w, p)
		return
	}
	values, err := to.check(r.URL.RawQuery)
	if err != nil {
		writeProblem(w, problemOf(err))
		return
	}
	if to.body != nil && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		writeProblem(w, &problem{http.StatusUnsupportedMediaType, Problem{Kind: string(hostapi.Invalid), Message: "the body must be application/json"}})
		return
	}
	request := &request{r, values}
	if to.stream {
		to.run(i, w, request)
		return
	}
	body, err := to.answer(i, request)
	switch {
	case err != nil:
		writeProblem(w, problemOf(err))
	case to.gives == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		writeJSON(w, http.StatusOK, body)
	}
}

// check checks a query and fills in what is not given.
func (to *route) check(raw string) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, invalid("query: %v", err)
	}
	var names []string
	for _, p := range to.query {
		names = append(names, p.name)
		if err := p.check(values); err != nil {
			return nil, err
		}
	}
	for name := range values {
		if !slices.Contains(names, name) {
			return nil, invalid("no parameter %q%s", name, spec.Suggest(name, names))
		}
	}
	return values, nil
}

func (p *parameter) check(values url.Values) error {
	given, ok := values[p.name]
	switch {
	case !ok:
		if p.standard != "" {
			values.Set(p.name, p.standard)
		}
		return nil
	case len(given) > 1:
		return invalid("%s is given twice", p.name)
	case p.values != nil && !slices.Contains(p.values, given[0]):
		return invalid("%s must be %s, not %q", p.name, strings.Join(p.values, ", "), given[0])
	}
	switch p.kind {
	case "integer":
		if n, err := strconv.Atoi(given[0]); err != nil || n < 0 {
			return invalid("%s must be a number from 0, not %q", p.name, given[0])
		}
	case "boolean":
		if given[0] != "true" && given[0] != "false" {
			return invalid("%s must be true or false, not %q", p.name, given[0])
		}
	}
	return nil
}

// noRoute says what is wrong with a request of the API that no route answers.
func (i *Inspector) noRoute(r *http.Request) *problem {
	if p := i.permit(&route{}, r); p != nil {
		return p
	}
	return &problem{http.StatusNotFound, Problem{Kind: string(hostapi.NotFound),
		Message: "no " + r.Method + " " + r.URL.Path + "; GET /api/v1/openapi.json describes what there is"}}
}
