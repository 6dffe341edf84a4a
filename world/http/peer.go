package http

import (
	"net/http"
	"net/netip"
	"strings"
)

// peer tells from where a request comes, and by which scheme. What proxies say of it
// counts if they are trusted (48.1): of the addresses that X-Forwarded-For lists the last
// that is not one of theirs.
func (s *Server) peer(r *http.Request) (remote, scheme string) {
	scheme = "http"
	if r.TLS != nil {
		scheme = "https"
	}
	port, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil { // not by a listener of TCP
		return r.RemoteAddr, scheme
	}
	address := port.Addr().Unmap()
	if !s.trusts(address) {
		return address.WithZone("").String(), scheme
	}
	switch said := lastOf(r.Header["X-Forwarded-Proto"]); said {
	case "http", "https":
		scheme = said
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for len(hops) > 0 && s.trusts(address) {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1]))
		if err != nil {
			break
		}
		address, hops = hop.Unmap(), hops[:len(hops)-1]
	}
	return address.WithZone("").String(), scheme
}

func lastOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	all := strings.Split(values[len(values)-1], ",")
	return strings.ToLower(strings.TrimSpace(all[len(all)-1]))
}

func (s *Server) trusts(a netip.Addr) bool {
	for _, p := range s.config.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
