package httpclient_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-run/understudy/world/httpclient"
)

const notAllowed = "PermissionDenied: address not allowed, sent false, retryable false"

// What a name means is looked at when the connection is made, whatever the name is (43.8).
func TestNamesThatLeadHome(t *testing.T) {
	host := server(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "at home") })
	_, port, _ := net.SplitHostPort(host)
	dns := newNames(map[string]string{
		"loopback.example": "127.0.0.1", "private.example": "10.0.0.1", "metadata.example": "169.254.169.254", "shared.example": "100.64.0.1",
		"six.example": "::1", "mapped.example": "::ffff:127.0.0.1", "translated.example": "64:ff9b::7f00:1", "tunnel.example": "2002:7f00:1::", "many.example": "10.0.0.1 fd00::1 127.0.0.1",
	})
	th := open(t, httpclient.Config{Hosts: []string{"*"}, Resolver: dns.resolver()}, script)
	for name := range dns.addresses {
		if got := th.get("http://"+name+":"+port+"/", nil); got != notAllowed {
			t.Errorf("%s gives %s", name, got)
		}
	}
	if got := th.get("http://nowhere.example/", nil); got != "Unavailable: cannot connect: no such host, sent false, retryable true" {
		t.Errorf("a name that there is not gives %s", got)
	}
	for _, literal := range []string{"127.0.0.1", "localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "[0:0::1]"} {
		if got := th.get("http://"+literal+":"+port+"/", nil); got != notAllowed {
			t.Errorf("%s gives %s", literal, got)
		}
	}
	// The same names where the administrator allows their address.
	th = open(t, httpclient.Config{Hosts: []string{"*"}, AllowPrivate: loopback, Resolver: dns.resolver()}, script)
	for _, name := range []string{"loopback.example", "many.example", "mapped.example"} {
		if got := th.get("http://"+name+":"+port+"/", nil); got != "200 at home" {
			t.Errorf("%s, allowed, gives %s", name, got)
		}
	}
	if got := th.get("http://private.example:"+port+"/", nil); got != notAllowed {
		t.Errorf("another network gives %s", got)
	}
}

// A name that is checked and then resolved once more could mean something else by then.
func TestANameThatChangesItsMeaning(t *testing.T) {
	host := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", r.URL.Query().Get("connection"))
		fmt.Fprint(w, "hello")
	})
	_, port, _ := net.SplitHostPort(host)
	dns := newNames(map[string]string{"partner.example": "127.0.0.1"})
	th := open(t, httpclient.Config{Hosts: []string{"partner.example:" + port}, AllowPrivate: loopback, Resolver: dns.resolver()}, script)
	url := "http://partner.example:" + port + "/?connection="
	if got := th.get(url+"keep-alive", nil); got != "200 hello" {
		t.Fatal(got)
	}
	dns.set("partner.example", "127.0.0.2")
	if got := th.get(url+"close", nil); got != "200 hello" { // the connection that was looked at
		t.Fatal(got)
	}
	if got := th.get(url+"close", nil); got != notAllowed {
		t.Errorf("after the name has changed: %s", got)
	}
}

// Every hop is looked at (43.5, 43.8).
func TestRedirectsThatLeadHome(t *testing.T) {
	host := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(http.StatusFound)
	})
	_, port, _ := net.SplitHostPort(host)
	dns := newNames(map[string]string{"partner.example": "127.0.0.1", "home.example": "127.0.0.2"})
	th := open(t, httpclient.Config{Hosts: []string{"partner.example:" + port, "home.example"}, AllowPrivate: loopback, Resolver: dns.resolver()}, script)
	for to, want := range map[string]string{
		"http://home.example/":                 "PermissionDenied: address not allowed, sent true, retryable false",
		"http://other.example/":                "PermissionDenied: host not allowed: other.example, sent true, retryable false",
		"//other.example/":                     "PermissionDenied: host not allowed: other.example, sent true, retryable false",
		"http://127.0.0.2/":                    "PermissionDenied: host not allowed: 127.0.0.2, sent true, retryable false",
		"file:///etc/hosts":                    "PermissionDenied: scheme not allowed: file, sent true, retryable false",
		"http://user:secret@home.example/":     "PermissionDenied: user in the url not allowed, sent true, retryable false",
		"http://[::1":                          "Unavailable: bad response: the redirect is no URL, sent true, retryable false",
		"?to=" + "%3Fto%3D%252F%252Fx.example": "PermissionDenied: host not allowed: x.example, sent true, retryable false",
	} {
		u := "http://partner.example:" + port + "/?to=" + strings.NewReplacer("%", "%25", "?", "%3F", "=", "%3D").Replace(to)
		if got := th.get(u, nil); got != want {
			t.Errorf("redirect to %s gives %s, want %s", to, got, want)
		}
	}
}

// With a proxy only names and literal addresses can be looked at, and that is done (43.8).
// Its address is the administrator's, its password nobody's.
func TestProxies(t *testing.T) {
	origin := server(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "origin saw ", r.Header) })
	var (
		mu    sync.Mutex
		asked []string
	)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Method+" "+r.RequestURI+" "+r.Header.Get("Proxy-Authorization"))
		if r.Method != http.MethodConnect {
			fmt.Fprint(w, "by proxy")
			return
		}
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	at := strings.Replace(proxy.URL, "http://", "http://me:password@", 1)
	th := open(t, httpclient.Config{Hosts: []string{"*"}, Proxy: at}, script)
	if got := th.get("http://inside.example/x", nil); got != "200 by proxy" {
		t.Errorf("by proxy: %s", got)
	}
	if got := th.get("https://inside.example/", nil); got != "Unavailable: cannot connect: the proxy refused, sent false, retryable true" {
		t.Errorf("refused by the proxy: %s", got)
	}
	for _, literal := range []string{origin, "[::ffff:10.0.0.1]", "169.254.169.254"} {
		if got := th.get("http://"+literal+"/", nil); got != notAllowed {
			t.Errorf("%s by proxy: %s", literal, got)
		}
	}
	want := []string{"GET http://inside.example/x Basic bWU6cGFzc3dvcmQ=", "CONNECT inside.example:443 Basic bWU6cGFzc3dvcmQ="}
	if strings.Join(asked, "\n") != strings.Join(want, "\n") {
		t.Errorf("the proxy was asked %q, want %q", asked, want)
	}
	t.Setenv("HTTP_PROXY", proxy.URL)
	th = open(t, client(origin), script)
	if got := th.get("http://"+origin+"/", nil); !strings.HasPrefix(got, "200 origin saw") || strings.Contains(got, "Proxy") {
		t.Errorf("HTTP_PROXY was looked at: %s", got)
	}
	for _, bad := range []string{"ftp://a.example", "nothing", "http://:password@%zz", "://"} {
		if _, err := httpclient.Open(httpclient.Config{Hosts: []string{"*"}, Proxy: bad}); err == nil || strings.Contains(err.Error(), "password") {
			t.Errorf("proxy %s: %v", bad, err)
		}
	}
}
