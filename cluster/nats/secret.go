package nats

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"os"
	"runtime"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// LeastSecret is how many bytes a secret has at least: whoever connects could try to guess a
// weak one without asking again, as certificates are signed with it.
const LeastSecret = 32

var errShort = hostapi.Errorf(hostapi.Invalid, "secret too short: it needs %d bytes; 'understudy cluster secret' prints a new one", LeastSecret)

// NewSecret gives a new secret, as text.
func NewSecret() string {
	b := make([]byte, LeastSecret)
	_, _ = rand.Read(b) // does not fail
	return base64.RawURLEncoding.EncodeToString(b)
}

// ReadSecret reads the secret in a file. The error is Invalid if others can read the file too,
// or the secret is too short (30.4).
func ReadSecret(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, hostapi.Errorf(hostapi.Invalid, "secret file: %v", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, hostapi.Errorf(hostapi.Invalid, "secret file is readable by others: %s; chmod 600", file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, hostapi.Errorf(hostapi.Invalid, "secret file: %v", err)
	}
	secret := bytes.TrimSpace(text)
	if len(secret) < LeastSecret {
		return nil, errShort
	}
	return secret, nil
}

// derive gives 32 bytes for one use of a secret.
func derive(secret []byte, use string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "understudy cluster "+use, 32)
	if err != nil {
		panic(err) // only for lengths that are out of range
	}
	return key
}

// password is what nodes show each other beside certificates.
func password(secret []byte) string { return hex.EncodeToString(derive(secret, "password")) }

// tlsConfig is that of connections between nodes, for both sides; nil without secret and
// certificates.
func (d *Driver) tlsConfig(self core.Node) (*tls.Config, error) {
	switch {
	case d.o.TLS != nil:
		return mutual(d.o.TLS.Certificates, d.o.TLS.RootCAs), nil
	case d.o.Secret != nil:
		leaf, authorities, err := certify(d.o.Secret, self.String())
		if err != nil {
			return nil, hostapi.Errorf(hostapi.Internal, "%v", err)
		}
		return mutual([]tls.Certificate{leaf}, authorities), nil
	}
	return nil, nil
}

// mutual has both sides show a certificate of one of the authorities. Names are not compared:
// a node is who the authority says is one, wherever it listens.
func mutual(own []tls.Certificate, authorities *x509.CertPool) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: own,
		ClientAuth: tls.RequireAnyClientCert, ClientCAs: authorities, RootCAs: authorities,
		InsecureSkipVerify: true, // only of the standard check, which compares names
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 {
				return hostapi.Errorf(hostapi.Invalid, "not authorised: no certificate")
			}
			between := x509.NewCertPool()
			for _, c := range s.PeerCertificates[1:] {
				between.AddCert(c)
			}
			_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{
				Roots: authorities, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
			})
			if err != nil {
				return hostapi.Errorf(hostapi.Invalid, "not authorised: %v", err)
			}
			return nil
		},
	}
}

// certify makes the certificate of a node. Every node makes the same authority from the secret,
// so who knows that is in. Certificates hold for as long as there are clocks: a node whose clock
// is wrong is in too.
func certify(secret []byte, name string) (tls.Certificate, *x509.CertPool, error) {
	fail := func(err error) (tls.Certificate, *x509.CertPool, error) { return tls.Certificate{}, nil, err }
	key := ed25519.NewKeyFromSeed(derive(secret, "authority"))
	from, to := time.Unix(0, 0), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "understudy cluster"},
		NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, key.Public(), key)
	if err != nil {
		return fail(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		return fail(err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return fail(err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fail(err)
	}
	der, err = x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: from, NotAfter: to, KeyUsage: x509.KeyUsageDigitalSignature,
	}, root, public, key)
	if err != nil {
		return fail(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, pool, nil
}
