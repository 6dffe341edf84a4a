package httpclient

import (
	"net/netip"
	"net/url"
	"testing"
)

// 43.8: every kind of address, and its neighbours outside.
func TestAddressesThatNoPublicServerHas(t *testing.T) {
	for _, text := range []string{
		"127.0.0.1", "127.255.255.254", "::1", // loopback
		"10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1", "fd00::1", "fec0::1", // private
		"169.254.169.254", "fe80::1", "fe80::1%eth0", // link-local
		"100.64.0.1", "100.100.100.200", "100.127.255.254", // shared
		"0.0.0.0", "0.1.2.3", "::", // unspecified
		"224.0.0.1", "239.255.255.255", "ff02::1", // multicast
		"255.255.255.255", "240.0.0.1", "192.0.0.1", "198.18.0.1", "198.19.255.254", // reserved
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", // mapped
		"64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", // translated
		"2002:7f00:1::", "2002:c0a8:101::1", "2001:0:53aa:64c:0:fbfb:f5ff:fffe", // tunnels
		"2001:4860::5efe:10.0.0.1", "2001:4860::200:5efe:127.0.0.1",
	} {
		if reachable(netip.MustParseAddr(text), nil) {
			t.Errorf("%s is reachable", text)
		}
	}
	for _, text := range []string{
		"1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255",
		"172.32.0.1", "191.255.255.255", "192.0.1.1", "192.167.255.255", "192.169.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.255",
		"2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1", "2001:4860:4860::8888", "2001:4860::5efe:1.1.1.1",
	} {
		if !reachable(netip.MustParseAddr(text), nil) {
			t.Errorf("%s is not reachable", text)
		}
	}
}

func TestAllowPrivateAllowsNoMore(t *testing.T) {
	private := prefixes("10.1.0.0/16", "::1/128")
	for text, want := range map[string]bool{
		"10.1.2.3": true, "10.2.0.1": false, "::1": true, "::2": false, "127.0.0.1": false,
		"::ffff:10.1.0.1": true, "::ffff:10.2.0.1": false, "64:ff9b::a01:1": true, "64:ff9b::a02:1": false, "1.1.1.1": true,
	} {
		if got := reachable(netip.MustParseAddr(text), private); got != want {
			t.Errorf("%s: reachable is %t", text, got)
		}
	}
}

func TestHostsOfAClient(t *testing.T) {
	for _, row := range []struct{ hosts, url, want string }{
		{"api.partner.example", "https://api.partner.example/x", ""},
		{"api.partner.example", "http://api.partner.example", ""},
		{"api.partner.example", "https://API.Partner.EXAMPLE.:443/", ""},
		{"API.partner.example.", "https://api.partner.example/", ""},
		{"api.partner.example", "https://api.partner.example:8443/", "host not allowed: api.partner.example:8443"},
		{"api.partner.example:8443", "https://api.partner.example:8443/", ""},
		{"api.partner.example:8443", "https://api.partner.example/", "host not allowed: api.partner.example"},
		{"api.partner.example", "https://partner.example/", "host not allowed: partner.example"},
		{"api.partner.example", "https://api.partner.example.evil.example/", "host not allowed: api.partner.example.evil.example"},
		{"*.partner.example", "https://a.b.partner.example/", ""},
		{"*.partner.example", "https://partner.example/", "host not allowed: partner.example"},
		{"*.partner.example", "https://.partner.example/", "host not allowed: .partner.example"},
		{"*.partner.example", "https://evilpartner.example/", "host not allowed: evilpartner.example"},
		{"*.partner.example:8080", "http://a.partner.example:8080/", ""},
		{"*.partner.example:8080", "http://a.partner.example/", "host not allowed: a.partner.example"},
		{"*", "http://any.example:1234/", ""},
		{"*", "http://127.0.0.1/", "address not allowed"},
		{"*", "http://[::1]:80/", "address not allowed"},
		{"*", "http://[::ffff:10.0.0.1]/", "address not allowed"},
		{"*", "http://1.1.1.1/", ""},
		{"1.1.1.1", "http://1.1.1.1/", ""},
		{"2606:4700::1111", "http://[2606:4700:0::1111]/", ""},
		{"[2606:4700::1111]:8080", "http://[2606:4700::1111]:8080/", ""},
		{"*", "http://2130706433/", "invalid url: the host ends in a number"},
		{"*", "http://0x7f000001/", "invalid url: the host ends in a number"},
		{"*", "http://127.1/", "invalid url: the host ends in a number"},
		{"*", "http://127.0.0.01/", "invalid url: the host ends in a number"},
		{"*", "http://０.example/", "invalid url: the host must be in ASCII (xn--...)"},
		{"*", "http://[fe80::1%25eth0]/", "invalid url: no host"},
		{"*", "http://a.example:0/", "invalid url: the port must be 1 to 65535"},
		{"*", "http://a.example:65536/", "invalid url: the port must be 1 to 65535"},
		{"*", "ftp://a.example/", "scheme not allowed: ftp"},
		{"*", "file:///etc/hosts", "scheme not allowed: file"},
		{"*", "http://user@a.example/", "user in the url not allowed"},
		{"*", "http://user:password@a.example/", "user in the url not allowed"},
	} {
		p, err := parsePattern(row.hosts)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(row.url)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := (&guard{hosts: []pattern{p}}).url(u); err != nil {
			got = err.Error()
		}
		if got != row.want {
			t.Errorf("%s with hosts %s: %q, want %q", row.url, row.hosts, got, row.want)
		}
	}
}

func TestHostsThatCannotBe(t *testing.T) {
	for _, text := range []string{
		"", "a*.example", "*.*.example", "*.", "a.example:", "a.example:http", "a.example:0", "a.example:65536", "http://a.example", "a.example/x",
		"user@a.example", "*.1.1.1.1", "127.1", "0x7f.1", "ä.example", "fe80::1%eth0", "a b",
	} {
		if p, err := parsePattern(text); err == nil {
			t.Errorf("%q is the host %+v", text, p)
		}
	}
}
