package httpclient

import (
	"net/netip"
	"slices"
)

// closed are the addresses at which no public server can be: where the machine itself
// and its neighbours are, and what is reserved (43.8).
var closed = prefixes(
	"0.0.0.0/8",      // this network
	"10.0.0.0/8",     // private
	"100.64.0.0/10",  // shared
	"127.0.0.0/8",    // loopback
	"169.254.0.0/16", // link-local
	"172.16.0.0/12",  // private
	"192.0.0.0/24",   // reserved
	"192.168.0.0/16", // private
	"198.18.0.0/15",  // reserved
	"224.0.0.0/4",    // multicast
	"240.0.0.0/4",    // reserved, broadcast
	"::/96",          // unspecified, loopback, and an old form of IPv4
	"64:ff9b:1::/48", // translation of a network of one's own
	"100::/64",       // discarded
	"2001::/32",      // tunnels, which end at a private address
	"fc00::/7",       // private
	"fe80::/10",      // link-local
	"fec0::/10",      // private, an old form
	"ff00::/8",       // multicast
)

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

func inside(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}

// embedded gives the address of IPv4 that one of IPv6 leads to, by translation or
// through a tunnel.
func embedded(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() {
		return a, false
	}
	b := a.As16()
	switch {
	case translated.Contains(a):
		return netip.AddrFrom4([4]byte(b[12:])), true
	case sixToFour.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	case b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe: // ISATAP, in any network
		return netip.AddrFrom4([4]byte(b[12:])), true
	}
	return a, false
}

var (
	translated = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour  = netip.MustParsePrefix("2002::/16")
)

// reachable says whether a connection to an address is allowed, where private ones are
// allowed that lie in the networks given.
func reachable(a netip.Addr, private []netip.Prefix) bool {
	a = a.WithZone("").Unmap()
	if inside(private, a) {
		return true
	}
	if inside(closed, a) {
		return false
	}
	inner, ok := embedded(a)
	return !ok || reachable(inner, private)
}
