package httpclient

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/option"
	"github.com/understudy-run/understudy/world/json"
)

// requestOptions are those of all functions that make requests (43.1). Their order is
// that of the constants.
var requestOptions = []hostapi.Param{
	{Name: "headers", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "from name to text, or to a list of texts"},
	{Name: "query", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "likewise; added to the URL"},
	{Name: "body", Accept: hostapi.AcceptString, Optional: true, Doc: "what is sent"},
	{Name: "json", Accept: hostapi.AcceptAny, Optional: true, Doc: "or: a value that is sent as JSON"},
	{Name: "form", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "or: fields, as those of an HTML form"},
	{Name: "timeout", Accept: hostapi.AcceptDuration, Optional: true, Doc: "from the call to the last byte of the body, or with stream to the headers; at most that of the client, 30s unless its entry says otherwise, which is also the default"},
	{Name: "stream", Accept: hostapi.AcceptBool, Optional: true, Doc: "the answer has a stream in place of a body"},
	{Name: "max_body", Accept: hostapi.AcceptNumber, Optional: true, Doc: "bytes of the body of the answer; at most those of the client, 10 MiB unless its entry says otherwise, which is also the default"},
	{Name: "redirects", Accept: hostapi.AcceptNumber, Optional: true, Doc: "how many are followed, 5 if left out, at most 20; 0: a redirect is the answer"},
	{Name: "client", Accept: hostapi.AcceptString, Optional: true, Doc: "id of the client; may be left out if the entry lists one"},
}

const (
	optionHeaders = iota
	optionQuery
	optionBody
	optionJSON
	optionForm
	optionTimeout
	optionStream
	optionMaxBody
	optionRedirects
	optionClient
)

const (
	defaultRedirects = 5
	maxRedirects     = 20
)

// newExchange reads the arguments of a call: its method, its URL, which is argument at,
// and its options. What needs no network of the guard is checked here.
func newExchange(c hostapi.Call, f *hostapi.Func, method string, at int) (*exchange, time.Duration, error) {
	given, err := option.Read(c, f, at+1)
	if err != nil {
		return nil, 0, err
	}
	x := &exchange{method: strings.ToUpper(method), stream: given[optionStream].Bool()}
	if x.grant, err = c.Task().Process().Resource(given[optionClient].Str(), Kind); err != nil {
		return nil, 0, err
	}
	entry, ok := x.grant.Says.(ruled)
	if !ok {
		return nil, 0, hostapi.Errorf(hostapi.Internal, "%s is a %T, which does not serve as %s", x.grant.ID, x.grant.Says, Kind)
	}
	x.rules = entry.rulesOf()
	switch {
	case !isToken(method), x.method == http.MethodConnect, x.method == http.MethodTrace: // which would show headers of the entry
		return nil, 0, hostapi.Errorf(hostapi.Invalid, "invalid method %q", short(method))
	case x.grant.ReadOnly && x.method != http.MethodGet && x.method != http.MethodHead && x.method != http.MethodOptions:
		return nil, 0, hostapi.Errorf(hostapi.PermissionDenied, "read only")
	}
	if err := x.setURL(c, c.Arg(at).Str(), given[optionQuery]); err != nil {
		return nil, 0, err
	}
	if err := x.setHeaders(c, given[optionHeaders]); err != nil {
		return nil, 0, err
	}
	if err := x.setBody(c, given); err != nil {
		return nil, 0, err
	}
	if x.maxBody, err = whole(given[optionMaxBody], "max_body", x.rules.maxBody, x.rules.maxBody); err != nil {
		return nil, 0, err
	}
	redirects, err := whole(given[optionRedirects], "redirects", defaultRedirects, maxRedirects)
	if err != nil {
		return nil, 0, err
	}
	x.redirects = int(redirects)
	timeout, err := timeout(given[optionTimeout], x.rules.timeout)
	return x, timeout, err
}

// timeout reads an option of that name, whose default is the most that it may be (43.7).
func timeout(v hostapi.Value, most time.Duration) (time.Duration, error) {
	d, err := option.Timeout(v, most)
	if err == nil && d > most {
		return 0, hostapi.Errorf(hostapi.Invalid, "timeout must be at most %s", most)
	}
	return d, err
}

// whole reads an option that is an integer from 0 on.
func whole(v hostapi.Value, name string, fallback, most int64) (int64, error) {
	if v.IsNil() {
		return fallback, nil
	}
	if n := v.Float(); n >= 0 && n <= float64(most) && n == float64(int64(n)) {
		return int64(n), nil
	}
	return 0, hostapi.Errorf(hostapi.Invalid, "%s must be an integer from 0 to %d, got %s", name, most, v)
}

// setURL reads the URL and adds the option query to it.
func (x *exchange) setURL(c hostapi.Call, text string, query hostapi.Value) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return hostapi.Errorf(hostapi.Invalid, "invalid url")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	u.Fragment, u.RawFragment = "", ""
	if err := x.rules.guard.url(u); err != nil {
		return err
	}
	fields, err := namedTexts(c, query, "query")
	if err != nil {
		return err
	}
	if len(fields) > 0 {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += encodeFields(fields)
	}
	x.url = u
	return nil
}

// setHeaders reads the option headers.
func (x *exchange) setHeaders(c hostapi.Call, v hostapi.Value) error {
	fields, err := namedTexts(c, v, "headers")
	if err != nil {
		return err
	}
	x.header = make(http.Header, len(fields)+3)
	for _, f := range fields {
		for _, value := range f.values {
			if err := checkHeader(f.name, value); err != nil {
				return err
			}
		}
		name := http.CanonicalHeaderKey(f.name)
		switch {
		case x.rules.taken[name]:
			return hostapi.Errorf(hostapi.PermissionDenied, "header not allowed: %s is set by the client", f.name)
		case x.header[name] != nil:
			return hostapi.Errorf(hostapi.Invalid, "invalid header: %s is given twice", f.name)
		}
		x.header[name] = f.values
	}
	return nil
}

// setBody reads what is sent: one of three options.
func (x *exchange) setBody(c hostapi.Call, given []hostapi.Value) (err error) {
	contentType, n := "", 0
	if v := given[optionBody]; !v.IsNil() {
		x.body, n = v.Str(), n+1
	}
	if v := given[optionJSON]; !v.IsNil() {
		contentType, n = "application/json", n+1
		if x.body, err = json.Text(c, v); err != nil {
			return err
		}
	}
	if v := given[optionForm]; !v.IsNil() {
		fields, err := namedTexts(c, v, "form")
		if err != nil {
			return err
		}
		contentType, n = "application/x-www-form-urlencoded", n+1
		x.body = encodeFields(fields)
	}
	if n > 1 {
		return hostapi.Errorf(hostapi.Invalid, "one of body, json and form")
	}
	if contentType != "" && x.header.Get("Content-Type") == "" {
		x.header.Set("Content-Type", contentType)
	}
	return nil
}

// field is a name with its texts, of headers, a query or a form.
type field struct {
	name   string
	values []string
}

// encodeFields writes fields as those of an HTML form.
func encodeFields(fields []field) string {
	values := make(url.Values, len(fields))
	for _, f := range fields {
		values[f.name] = f.values
	}
	return values.Encode()
}

// namedTexts reads an option that is a map from name to text or list of texts, sorted by
// name, so that the same call makes the same request.
func namedTexts(c hostapi.Call, v hostapi.Value, name string) ([]field, error) {
	if v.IsNil() {
		return nil, nil
	}
	entries, ok := c.Fields(v)
	if !ok {
		return nil, hostapi.Errorf(hostapi.Invalid, "%s must be a map", name)
	}
	out := make([]field, 0, len(entries))
	for _, e := range entries {
		if e.Key.Type() != hostapi.TypeString {
			return nil, hostapi.Errorf(hostapi.Invalid, "%s: the names must be strings, got %s", name, e.Key.TypeName())
		}
		f := field{name: e.Key.Str()}
		items, many := c.Elements(e.Value)
		if fields, _ := c.Fields(e.Value); !many || len(fields) > len(items) { // a table of Lua that is no list
			items = []hostapi.Value{e.Value}
		}
		for _, item := range items {
			text, ok := textOf(item)
			if !ok {
				return nil, hostapi.Errorf(hostapi.Invalid, "%s: %s must be a string or a list of strings, got %s", name, short(f.name), item.TypeName())
			}
			f.values = append(f.values, text)
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// textOf gives a scalar as text.
func textOf(v hostapi.Value) (string, bool) {
	switch v.Type() {
	case hostapi.TypeString:
		return v.Str(), true
	case hostapi.TypeInt:
		return strconv.FormatInt(v.Int(), 10), true
	case hostapi.TypeFloat:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64), true
	case hostapi.TypeBool:
		return strconv.FormatBool(v.Bool()), true
	}
	return "", false
}

// args describes the request to who answers it in a simulated run, or looks at it: the
// method, the URL, and a map with what the script has said of headers and body, without
// what the entry adds (40.15).
func (x *exchange) args() []hostapi.Value {
	headers := make([]hostapi.Entry, 0, len(x.header))
	for name, values := range x.header {
		headers = append(headers, hostapi.Field(strings.ToLower(name), hostapi.String(strings.Join(values, ", "))))
	}
	slices.SortFunc(headers, func(a, b hostapi.Entry) int { return strings.Compare(a.Key.Str(), b.Key.Str()) })
	return []hostapi.Value{
		hostapi.String(x.method), hostapi.String(x.url.String()),
		hostapi.MapOf(hostapi.Field("headers", hostapi.MapOf(headers...)), hostapi.Field("body", hostapi.String(x.body))),
	}
}
