package httpclient

import (
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// connectionHeaders belong to the connection and to the client, not to who asks.
var connectionHeaders = []string{
	"Connection", "Content-Length", "Host", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
	"Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// travelling are the headers that go along to another host (43.5).
var travelling = []string{"Accept", "Accept-Language", "Content-Type", "User-Agent"}

// checkHeader says whether a header may stand in a request.
func checkHeader(name, value string) error {
	switch {
	case !isToken(name):
		return hostapi.Errorf(hostapi.Invalid, "invalid header: %q is no name", short(name))
	case slices.Contains(connectionHeaders, http.CanonicalHeaderKey(name)):
		return hostapi.Errorf(hostapi.Invalid, "invalid header: %s is set by the client", name)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
		return hostapi.Errorf(hostapi.Invalid, "invalid header: %s holds a control character", name)
	}
	return nil
}

// short keeps the text of an error short.
func short(text string) string { return text[:min(len(text), 64)] }

// isToken reports whether a text can be the name of a header or a method (RFC 9110,
// section 5.6.2).
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}

// headersOf gives the headers of a response as scripts see them: lower-case names, the
// values of one joined (43.2).
func headersOf(h http.Header) hostapi.Value {
	entries := make([]hostapi.Entry, 0, len(h))
	for name, values := range h {
		between := ", "
		if name == "Set-Cookie" {
			between = "\n"
		}
		entries = append(entries, hostapi.Field(strings.ToLower(name), hostapi.String(strings.Join(values, between))))
	}
	slices.SortFunc(entries, func(a, b hostapi.Entry) int { return strings.Compare(a.Key.Str(), b.Key.Str()) })
	return hostapi.MapOf(entries...)
}
