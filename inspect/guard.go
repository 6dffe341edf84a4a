package inspect

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// secure sets the headers that all answers have: what is shown is neither kept, nor framed,
// nor read as anything but what it is. The pages have their own policy.
func secure(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

// admit decides whether a request is answered at all: not if a page of another origin may
// have made it, or one whose name was bound to this address (63.1). Whether it carries the
// token is asked by those who show something.
func (i *Inspector) admit(r *http.Request) *problem {
	local := overLoopback(r)
	if i.options.Token == "" && !local {
		return refused(http.StatusForbidden, "without a token this is shown to its own machine only")
	}
	if local && !loopbackName(r.Host) {
		return refused(http.StatusForbidden, "the host of the request is not a name of this machine")
	}
	if o := r.Header.Values("Origin"); len(o) > 0 {
		u, err := url.Parse(o[0])
		if len(o) > 1 || err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
			return refused(http.StatusForbidden, "requests of pages of another origin are refused")
		}
	}
	if site := r.Header.Get("Sec-Fetch-Site"); strings.HasPrefix(r.URL.Path, "/api/") && site != "" && site != "same-origin" && site != "none" {
		return refused(http.StatusForbidden, "requests of pages of another origin are refused")
	}
	return nil
}

// overLoopback reports whether a request has come to a loopback address. One without an
// address, as of a server for tests of Go or a socket of a file, has.
func overLoopback(r *http.Request) bool {
	a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return true
	}
	p, err := netip.ParseAddrPort(a.String())
	return err != nil || p.Addr().Unmap().IsLoopback()
}

// loopbackName reports whether a Host header names this machine by what nobody else can
// bind to another address: a number, or localhost.
func loopbackName(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.TrimSuffix(strings.ToLower(strings.Trim(name, "[]")), ".")
	if name == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(name)
	return err == nil && a.Unmap().IsLoopback()
}

// authorized reports whether a request carries the token. It takes the same time whatever
// the request carries.
func (i *Inspector) authorized(r *http.Request) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && same(given, i.options.Token)
}

func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return b != "" && subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// permit decides whether a request may have what a route gives.
func (i *Inspector) permit(r *route, request *http.Request) *problem {
	if r.right == open {
		return nil
	}
	if i.options.Token != "" && !i.authorized(request) {
		return refused(http.StatusUnauthorized, "the token is missing or wrong")
	}
	if r.right == action && !i.actions() {
		text := "actions need a token, which this node was started without"
		if i.options.Token != "" {
			text = "this node is read-only"
		}
		return refused(http.StatusForbidden, text)
	}
	return nil
}
