package http

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// The names of the fields of a request, made once.
var (
	fieldID       = hostapi.String("id")
	fieldMethod   = hostapi.String("method")
	fieldPath     = hostapi.String("path")
	fieldParams   = hostapi.String("params")
	fieldQuery    = hostapi.String("query")
	fieldQueryAll = hostapi.String("query_all")
	fieldHeaders  = hostapi.String("headers")
	fieldHost     = hostapi.String("host")
	fieldScheme   = hostapi.String("scheme")
	fieldRemote   = hostapi.String("remote")
	fieldBody     = hostapi.String("body")
	fieldRoute    = hostapi.String("route")
)

// payload gives a request as a script sees it (48.4).
func (r *route) payload(id string, req *http.Request, body string) hostapi.Value {
	remote, scheme := r.server.peer(req)
	first, all := queryOf(req.URL)
	fields := make([]hostapi.Entry, 0, 12)
	fields = append(fields,
		hostapi.Entry{Key: fieldID, Value: hostapi.String(id)},
		hostapi.Entry{Key: fieldMethod, Value: hostapi.String(req.Method)},
		hostapi.Entry{Key: fieldPath, Value: hostapi.String(req.URL.Path)},
		hostapi.Entry{Key: fieldParams, Value: r.paramsIn(req)},
		hostapi.Entry{Key: fieldQuery, Value: first},
		hostapi.Entry{Key: fieldQueryAll, Value: all},
		hostapi.Entry{Key: fieldHeaders, Value: headersOf(req.Header)},
		hostapi.Entry{Key: fieldHost, Value: hostapi.String(req.Host)},
		hostapi.Entry{Key: fieldScheme, Value: hostapi.String(scheme)},
		hostapi.Entry{Key: fieldRemote, Value: hostapi.String(remote)},
		hostapi.Entry{Key: fieldRoute, Value: r.id},
	)
	if !r.StreamBody {
		fields = append(fields, hostapi.Entry{Key: fieldBody, Value: hostapi.String(body)})
	}
	return hostapi.MapOf(fields...)
}

func (r *route) paramsIn(req *http.Request) hostapi.Value {
	params := make([]hostapi.Entry, len(r.params))
	for i, name := range r.params {
		params[i] = hostapi.Field(name, hostapi.String(req.PathValue(name)))
	}
	return hostapi.MapOf(params...)
}

// queryOf gives the first value of each name, and all of them. What is malformed is left
// out.
func queryOf(u *url.URL) (first, all hostapi.Value) {
	if u.RawQuery == "" {
		return hostapi.MapOf(), hostapi.MapOf()
	}
	return valuesOf(u.Query())
}

func valuesOf(v url.Values) (first, all hostapi.Value) {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	firsts, lists := make([]hostapi.Entry, len(names)), make([]hostapi.Entry, len(names))
	for i, name := range names {
		items := make([]hostapi.Value, len(v[name]))
		for k, text := range v[name] {
			items[k] = hostapi.String(text)
		}
		firsts[i] = hostapi.Field(name, items[0])
		lists[i] = hostapi.Field(name, hostapi.ListOf(items...))
	}
	return hostapi.MapOf(firsts...), hostapi.MapOf(lists...)
}

// headersOf gives headers as scripts see them: lower-case names, the values of one joined
// (43.2).
func headersOf(h http.Header) hostapi.Value {
	entries := make([]hostapi.Entry, 0, len(h))
	for name, values := range h {
		text := values[0]
		if name == "Cookie" {
			text = strings.Join(values, "; ")
		} else if len(values) > 1 {
			text = strings.Join(values, ", ")
		}
		entries = append(entries, hostapi.Field(strings.ToLower(name), hostapi.String(text)))
	}
	slices.SortFunc(entries, func(a, b hostapi.Entry) int { return strings.Compare(a.Key.Str(), b.Key.Str()) })
	return hostapi.MapOf(entries...)
}
