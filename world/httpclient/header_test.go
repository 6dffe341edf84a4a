package httpclient

import (
	"net/http"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestHeadersThatARequestCannotHave(t *testing.T) {
	for _, row := range [][3]string{
		{"X-A", "b", ""},
		{"x-a!#$%&'*+-.^_`|~9", "b\tc", ""},
		{"x", "\xc3\xa4", ""},
		{"", "b", `invalid header: "" is no name`},
		{"x y", "b", `invalid header: "x y" is no name`},
		{"x:", "b", `invalid header: "x:" is no name`},
		{"x\r\ny", "b", `invalid header: "x\r\ny" is no name`},
		{"ä", "b", `invalid header: "ä" is no name`},
		{"X-A", "b\r\nc: d", "invalid header: X-A holds a control character"},
		{"X-A", "b\nc", "invalid header: X-A holds a control character"},
		{"X-A", "b\x00", "invalid header: X-A holds a control character"},
		{"host", "b", "invalid header: host is set by the client"},
		{"Content-length", "1", "invalid header: Content-length is set by the client"},
		{"transfer-encoding", "chunked", "invalid header: transfer-encoding is set by the client"},
		{"proxy-authorization", "b", "invalid header: proxy-authorization is set by the client"},
	} {
		got := ""
		if err := checkHeader(row[0], row[1]); err != nil {
			got = err.Error()
		}
		if got != row[2] {
			t.Errorf("%q: %q is %q, want %q", row[0], row[1], got, row[2])
		}
	}
}

// 43.2
func TestHeadersOfAResponse(t *testing.T) {
	got := headersOf(http.Header{"X-B": {"1", "2"}, "Set-Cookie": {"a=1, x", "b=2"}, "Content-Type": {"text/plain"}})
	want := hostapi.MapOf(
		hostapi.Field("content-type", hostapi.String("text/plain")),
		hostapi.Field("set-cookie", hostapi.String("a=1, x\nb=2")),
		hostapi.Field("x-b", hostapi.String("1, 2")),
	)
	if !got.Equal(want) {
		t.Errorf("headers are %s, want %s", got, want)
	}
}
