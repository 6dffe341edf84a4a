package httpclient

import (
	"compress/flate"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/understudy-run/understudy/hostapi"
)

// failure gives what a script is told of an error of net/http (43.9). connected says
// that there was a connection. Texts name no address, nor anything a server sent.
func failure(err error, connected bool) *hostapi.Error {
	var known *hostapi.Error
	if errors.As(err, &known) { // of the guard, or of a round tripper of others
		return known
	}
	if why, ok := distrust(err); ok {
		return unavailable(hostapi.False, "certificate not accepted", why)
	}
	switch {
	case !connected && isPlain(err):
		return unavailable(hostapi.False, "bad response", "it does not speak TLS")
	case !connected:
		return unavailable(hostapi.True, "cannot connect", reason(err))
	case isLost(err):
		return unavailable(hostapi.True, "connection lost", "")
	case strings.Contains(err.Error(), "response header"): // they have no type: HTTP/1 and HTTP/2
		return unavailable(hostapi.False, "bad response", "headers too large")
	case isPacked(err):
		return unavailable(hostapi.False, "bad response", "it is not packed as it says")
	}
	return unavailable(hostapi.False, "bad response", "")
}

func unavailable(retryable hostapi.Tristate, text, why string) *hostapi.Error {
	if why != "" {
		text += ": " + why
	}
	return &hostapi.Error{Kind: hostapi.Unavailable, Message: text, Retryable: retryable}
}

// distrust reports whether a certificate was refused, on either side.
func distrust(err error) (why string, ok bool) {
	var (
		refused *tls.CertificateVerificationError
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &name):
		return "it is for another name", true
	case errors.As(err, &unknown):
		return "signed by an unknown authority", true
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "it has expired or is not yet valid", true
	case errors.As(err, &invalid), errors.As(err, &refused):
		return "", true
	case strings.Contains(err.Error(), "remote error: tls: ") && strings.Contains(err.Error(), "certificate"): // alerts have no type
		return "the server wants another", true
	}
	return "", false
}

// isPlain reports that there was a server, but it does not speak TLS.
func isPlain(err error) bool {
	var header tls.RecordHeaderError
	return errors.As(err, &header) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// isPacked reports that a body is not what gzip writes.
func isPacked(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt)
}

// isLost reports that a connection has broken off.
func isLost(err error) bool {
	var network *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		strings.Contains(err.Error(), "server closed idle connection") || strings.Contains(err.Error(), "http2: ")
}

// reason says why there is no connection, without an address.
func reason(err error) string {
	var (
		name    *net.DNSError
		network net.Error
	)
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return "no such host"
	case errors.As(err, &name):
		return "the name was not resolved"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "unreachable"
	case errors.As(err, &network) && network.Timeout():
		return "no answer"
	}
	return ""
}
