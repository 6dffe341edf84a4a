package httpclient

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// charged is how much of a body is charged to its process at once (40.7).
const charged = 64 << 10

func errBodyTooLarge() *hostapi.Error { return hostapi.Errorf(hostapi.LimitExceeded, "body too large") }

// readBody reads a whole body. length is what the server says of it, if that is not
// negative; room is made for what has come, not for what was said.
func readBody(ctx context.Context, r io.Reader, most, length int64) (string, error) {
	var text strings.Builder
	if length > 0 {
		text.Grow(int(min(length, most, charged)))
	}
	piece := make([]byte, min(max(length, 512), 32<<10))
	paid := int64(charged)
	for {
		n, err := r.Read(piece)
		if int64(text.Len()+n) > most {
			return "", errBodyTooLarge()
		}
		for int64(text.Len()+n) >= paid {
			if err := hostapi.Grow(ctx, charged); err != nil {
				return "", err
			}
			paid += charged
		}
		text.Write(piece[:n])
		switch {
		case err == io.EOF:
			return text.String(), nil
		case ctx.Err() != nil:
			return "", ctx.Err()
		case err != nil:
			return "", failure(err, true)
		}
	}
}

// unpack gives the body of a response as it was before it was packed by gzip, and says
// whether it was.
func unpack(method string, resp *http.Response) (io.ReadCloser, bool) {
	packed := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding")))
	if packed != "gzip" && packed != "x-gzip" || method == http.MethodHead || resp.StatusCode == http.StatusPartialContent {
		return resp.Body, false
	}
	return &unpacked{packed: resp.Body}, true
}

// unpacked reads what gzip has packed. An empty body stays one.
type unpacked struct {
	packed io.ReadCloser
	zip    *gzip.Reader
}

// Read implements io.Reader.
func (u *unpacked) Read(b []byte) (int, error) {
	if u.zip == nil {
		zip, err := gzip.NewReader(u.packed)
		if err != nil {
			return 0, err
		}
		u.zip = zip
	}
	return u.zip.Read(b)
}

// Close implements io.Closer.
func (u *unpacked) Close() error { return u.packed.Close() }
