package httpclient_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/understudy-run/understudy/world/httpclient"
)

// authority signs certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, key: newKey(t)}
	a.cert, a.pem = a.sign(&x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, a.key)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign completes a certificate for the owner of a key.
func (a *authority) sign(c *x509.Certificate, key *ecdsa.PrivateKey) (*x509.Certificate, string) {
	a.t.Helper()
	c.SerialNumber = big.NewInt(time.Now().UnixNano())
	c.Subject = pkix.Name{CommonName: "test"}
	if c.NotAfter.IsZero() {
		c.NotAfter = time.Now().Add(time.Hour)
	}
	c.NotBefore = c.NotAfter.Add(-24 * time.Hour)
	parent := a.cert
	if parent == nil {
		parent = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return made, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// pair gives a certificate for names, and its key.
func (a *authority) pair(notAfter time.Time, names ...string) (cert, key string) {
	a.t.Helper()
	k := newKey(a.t)
	_, cert = a.sign(&x509.Certificate{
		DNSNames: names, NotAfter: notAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, k)
	der, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
}

// secureServer answers with TLS.
func secureServer(t *testing.T, cert, key string, change func(*tls.Config), h http.HandlerFunc) (port string) {
	t.Helper()
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	if change != nil {
		change(s.TLS)
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	_, port, _ = net.SplitHostPort(s.Listener.Addr().String())
	return port
}

// 43.7, 43.9
func TestCertificates(t *testing.T) {
	ours, others := newAuthority(t), newAuthority(t)
	hello := func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto, " ", len(r.TLS.PeerCertificates)) }
	good, goodKey := ours.pair(time.Time{}, "partner.example")
	goodPort := secureServer(t, good, goodKey, nil, hello)
	expired, expiredKey := ours.pair(time.Now().Add(-time.Hour), "partner.example")
	foreign, foreignKey := others.pair(time.Time{}, "partner.example")
	named, namedKey := ours.pair(time.Time{}, "other.example")
	mine, mineKey := ours.pair(time.Time{}, "client.example")
	mutual := func(c *tls.Config) {
		c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		c.ClientCAs.AddCert(ours.cert)
	}
	mutualPort := secureServer(t, good, goodKey, mutual, hello)
	olderPort := secureServer(t, good, goodKey, func(c *tls.Config) {
		mutual(c)
		c.MaxVersion = tls.VersionTLS12
	}, hello)
	_, plainPort, _ := net.SplitHostPort(server(t, func(http.ResponseWriter, *http.Request) {}))
	const certificate = ", sent false, retryable false"
	for _, row := range []struct {
		name, port string
		tls        httpclient.TLS
		want       string
	}{
		{"a good one", goodPort, httpclient.TLS{CA: ours.pem}, "200 HTTP/2.0 0"},
		{"the system's roots", goodPort, httpclient.TLS{}, "Unavailable: certificate not accepted: signed by an unknown authority" + certificate},
		{"expired", secureServer(t, expired, expiredKey, nil, hello), httpclient.TLS{CA: ours.pem}, "Unavailable: certificate not accepted: it has expired or is not yet valid" + certificate},
		{"of another authority", secureServer(t, foreign, foreignKey, nil, hello), httpclient.TLS{CA: ours.pem}, "Unavailable: certificate not accepted: signed by an unknown authority" + certificate},
		{"for another name", secureServer(t, named, namedKey, nil, hello), httpclient.TLS{CA: ours.pem}, "Unavailable: certificate not accepted: it is for another name" + certificate},
		{"insecure", secureServer(t, named, namedKey, nil, hello), httpclient.TLS{Insecure: true}, "200 HTTP/2.0 0"},
		{"of both", mutualPort, httpclient.TLS{CA: ours.pem, Cert: mine, Key: mineKey}, "200 HTTP/2.0 1"},
		// In TLS 1.3 the server closes the connection, maybe before we have read why.
		{"expired, of ours", olderPort, httpclient.TLS{CA: ours.pem, Cert: expired, Key: expiredKey}, "Unavailable: certificate not accepted: the server wants another" + certificate},
		{"old", secureServer(t, good, goodKey, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 }, hello), httpclient.TLS{CA: ours.pem}, "Unavailable: cannot connect, sent false, retryable true"},
		{"none", plainPort, httpclient.TLS{CA: ours.pem}, "Unavailable: bad response: it does not speak TLS, sent false, retryable false"},
	} {
		dns := newNames(map[string]string{"partner.example": "127.0.0.1"})
		th := open(t, httpclient.Config{Hosts: []string{"*"}, AllowPrivate: loopback, Resolver: dns.resolver(), TLS: row.tls}, script)
		if got := th.get("https://partner.example:"+row.port+"/", nil); got != row.want {
			t.Errorf("certificate %s gives %s, want %s", row.name, got, row.want)
		}
	}
}

// 43.5: what was asked in secret is not asked again in the open, also not at the same host.
func TestRedirectToHTTP(t *testing.T) {
	ours := newAuthority(t)
	cert, key := ours.pair(time.Time{}, "partner.example")
	plain := server(t, echo)
	_, plainPort, _ := net.SplitHostPort(plain)
	securePort := secureServer(t, cert, key, nil, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/down":
			http.Redirect(w, r, "http://partner.example:"+plainPort+"/", http.StatusFound)
		case "/here":
			http.Redirect(w, r, "/arrived", http.StatusFound)
		default:
			echo(w, r)
		}
	})
	up := server(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://partner.example:"+securePort+"/arrived", http.StatusFound)
	})
	_, upPort, _ := net.SplitHostPort(up)
	dns := newNames(map[string]string{"partner.example": "127.0.0.1"})
	th := open(t, httpclient.Config{
		Hosts: []string{"partner.example:" + plainPort, "partner.example:" + securePort, "partner.example:" + upPort}, AllowPrivate: loopback,
		Resolver: dns.resolver(), TLS: httpclient.TLS{CA: ours.pem},
	}, script)
	options := map[string]any{"headers": map[string]any{"authorization": "a"}}
	if got := th.get("https://partner.example:"+securePort+"/down", options); got != "PermissionDenied: redirect to http, sent true, retryable false" {
		t.Errorf("from https to http: %s", got)
	}
	if got := th.get("https://partner.example:"+securePort+"/here", options); got != "200 GET /arrived [Accept-Encoding=gzip Authorization=a User-Agent=understudy] " {
		t.Errorf("within https: %s", got)
	}
	if got := th.get("http://partner.example:"+upPort+"/", options); got != "200 GET /arrived [Accept-Encoding=gzip User-Agent=understudy] " {
		t.Errorf("to https at another port: %s", got)
	}
}

func TestConfigsThatCannotBe(t *testing.T) {
	cert, _ := newAuthority(t).pair(time.Time{}, "a.example")
	for want, c := range map[string]httpclient.Config{
		"hosts: none":                  {},
		"tls.ca: no certificate in it": {TLS: httpclient.TLS{CA: "nothing"}},
		"tls.cert and tls.key: no certificate with its key": {TLS: httpclient.TLS{Cert: cert, Key: "secret"}},
		"invalid header: x holds a control character":       {Headers: map[string]string{"x": "secret\n"}},
		"proxy: no URL of a proxy":                          {Proxy: "http://"},
	} {
		if want != "hosts: none" {
			c.Hosts = []string{"a.example"}
		}
		_, err := httpclient.Open(c)
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
