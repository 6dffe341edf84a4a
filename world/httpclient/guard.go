package httpclient

import (
	"context"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"github.com/understudy-run/understudy/hostapi"
)

// guard says where the requests of a client may go (43.8). Immutable.
type guard struct {
	hosts   []pattern
	private []netip.Prefix // that may be reached all the same
}

// pattern is one of the hosts of a client.
type pattern struct {
	any   bool   // *
	below bool   // *.domain: the subdomains of name
	name  string // as hostOf gives it
	port  string // "": 80 and 443; with any: every port
}

// parsePattern reads host, host:port, *.domain, * and *:port.
func parsePattern(text string) (pattern, error) {
	bad := func(why string) (pattern, error) {
		return pattern{}, hostapi.Errorf(hostapi.Invalid, "invalid host %q: %s", text, why)
	}
	const form = "write host, host:port, *.domain or *"
	if strings.ContainsAny(text, "/@?#% ") {
		return bad(form)
	}
	var p pattern
	name := text
	if _, err := netip.ParseAddr(text); err != nil { // an address of IPv6 has colons too
		if host, port, ok := cutPort(text); ok {
			if !validPort(port) {
				return bad("the port must be 1 to 65535")
			}
			name, p.port = host, port
		}
	}
	if name == "*" {
		p.any = true
		return p, nil
	}
	if rest, ok := strings.CutPrefix(name, "*."); ok {
		p.below, name = true, rest
	}
	if strings.Contains(name, "*") {
		return bad(form)
	}
	u := url.URL{Host: name}
	if strings.Contains(name, ":") && !strings.HasPrefix(name, "[") {
		u.Host = "[" + name + "]"
	}
	host, err := hostOf(&u)
	if err != nil {
		return bad(err.Error())
	}
	if _, err := netip.ParseAddr(host); err == nil && p.below {
		return bad("an address has no subdomains")
	}
	p.name = host
	return p, nil
}

// cutPort divides host:port.
func cutPort(text string) (host, port string, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 || strings.IndexByte(text[i:], ']') >= 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

func validPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

// matches says whether the pattern has this host and port.
func (p *pattern) matches(host, port string) bool {
	if p.port != "" && p.port != port {
		return false
	}
	if p.any {
		return true
	}
	if p.port == "" && port != "80" && port != "443" {
		return false
	}
	if p.below {
		before, ok := strings.CutSuffix(host, "."+p.name)
		return ok && before != ""
	}
	return host == p.name
}

// hostOf gives the host of a URL in the one form in which hosts are compared: lower case,
// without the dot of the root, addresses as Go writes them. What could be read as an
// address by some and as a name by others is refused.
func hostOf(u *url.URL) (string, *hostapi.Error) {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if a, err := netip.ParseAddr(host); err == nil && a.Zone() == "" {
		return a.String(), nil
	}
	if host == "" || strings.ContainsAny(host, ":%") {
		return "", hostapi.Errorf(hostapi.Invalid, "invalid url: no host")
	}
	for i := range len(host) {
		if host[i] >= 0x80 {
			return "", hostapi.Errorf(hostapi.Invalid, "invalid url: the host must be in ASCII (xn--...)")
		}
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return "", hostapi.Errorf(hostapi.Invalid, "invalid url: the host ends in a number")
	}
	return host, nil
}

// portOf gives the port of a URL.
func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// url says whether a request may go to a URL: the part of the guard that needs no
// network.
func (g *guard) url(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return hostapi.Errorf(hostapi.PermissionDenied, "scheme not allowed: %s", u.Scheme)
	}
	if u.User != nil {
		return hostapi.Errorf(hostapi.PermissionDenied, "user in the url not allowed")
	}
	host, bad := hostOf(u)
	if bad != nil {
		return bad
	}
	port := portOf(u)
	if !validPort(port) {
		return hostapi.Errorf(hostapi.Invalid, "invalid url: the port must be 1 to 65535")
	}
	allowed := false
	for i := range g.hosts {
		allowed = allowed || g.hosts[i].matches(host, port)
	}
	if !allowed {
		return hostapi.Errorf(hostapi.PermissionDenied, "host not allowed: %s", u.Host)
	}
	if a, err := netip.ParseAddr(host); err == nil && !reachable(a, g.private) {
		return errAddress()
	}
	return nil
}

// errAddress does not name the address: what a name means here is nobody's business.
func errAddress() *hostapi.Error {
	return hostapi.Errorf(hostapi.PermissionDenied, "address not allowed")
}

// control looks at the address that a name has turned out to be, right before the
// connection is made to it and to no other. It is net.Dialer's ControlContext.
func (g *guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !reachable(at.Addr(), g.private) {
		return errAddress()
	}
	return nil
}
