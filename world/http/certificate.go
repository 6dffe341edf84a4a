package http

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// TLSFiles are where a server has its certificate from: PEM files, which are read again
// when they change (48.1).
type TLSFiles struct {
	Cert     string
	Key      string
	KeyText  string // in place of Key
	ClientCA string // authorities of which a client must have a certificate; "": it need not
	// Log takes what is wrong with files later, while the certificate before them stays
	// in use; nil: dropped.
	Log *slog.Logger
}

// certificate is what the files hold: that is looked at with a handshake, and not more
// than once a second.
type certificate struct {
	files TLSFiles

	mu      sync.Mutex
	looked  time.Time
	changed [2]time.Time // of the files
	now     *tls.Certificate
}

const lookEvery = time.Second

// LoadTLS gives what Config.TLS takes.
func LoadTLS(files TLSFiles) (*tls.Config, error) {
	if files.Log == nil {
		files.Log = slog.New(slog.DiscardHandler)
	}
	c := &certificate{files: files}
	if err := c.read(); err != nil {
		return nil, err
	}
	out := &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.current(time.Now()), nil
		},
	}
	if files.ClientCA != "" {
		pem, err := os.ReadFile(files.ClientCA)
		if err != nil {
			return nil, err
		}
		out.ClientCAs = x509.NewCertPool()
		if !out.ClientCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s: no certificate", files.ClientCA)
		}
		out.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return out, nil
}

// read reads the files.
func (c *certificate) read() error {
	changed, err := c.modified()
	if err != nil {
		return err
	}
	cert, err := os.ReadFile(c.files.Cert)
	if err != nil {
		return err
	}
	key := []byte(c.files.KeyText)
	if c.files.Key != "" {
		if key, err = os.ReadFile(c.files.Key); err != nil {
			return err
		}
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("%s: %w", c.files.Cert, err)
	}
	c.now, c.changed = &pair, changed
	return nil
}

// modified tells when the files were written.
func (c *certificate) modified() (changed [2]time.Time, err error) {
	for i, name := range [...]string{c.files.Cert, c.files.Key} {
		if name == "" {
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return changed, err
		}
		changed[i] = info.ModTime()
	}
	return changed, nil
}

// current gives the certificate that counts.
func (c *certificate) current(now time.Time) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.looked) >= lookEvery {
		c.looked = now
		if changed, err := c.modified(); err == nil && changed != c.changed {
			if err := c.read(); err != nil { // half written, perhaps: it is looked at again
				c.files.Log.Warn("certificate not read", "error", err)
			}
		}
	}
	return c.now
}
