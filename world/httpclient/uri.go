package httpclient

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
)

var encodeURI = &hostapi.Func{
	Name:    "encode_uri",
	Doc:     "The text as it can stand in any part of a URL: all but A to Z, a to z, 0 to 9, -, _, . and ~ as %XX (43.10).",
	Params:  []hostapi.Param{{Name: "s", Accept: hostapi.AcceptString}},
	Results: []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		e := effort.Of(c)
		var out []byte
		err := e.InPieces(c.Arg(0).Str(), func(piece string) error {
			begin := len(out)
			for i := range len(piece) {
				if b := piece[i]; unreserved(b) {
					out = append(out, b)
				} else {
					out = append(out, '%', digits[b>>4], digits[b&15])
				}
			}
			return e.Hold(len(out) - begin)
		})
		return e.Give(c, out, err)
	},
}

const digits = "0123456789ABCDEF"

// unreserved reports whether a byte stands for itself everywhere (RFC 3986, section 2.3).
func unreserved(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '_' || b == '.' || b == '~'
}

var decodeURI = &hostapi.Func{
	Name:    "decode_uri",
	Doc:     "The text whose %XX are bytes. A plus is a plus (43.10).",
	Params:  []hostapi.Param{{Name: "s", Accept: hostapi.AcceptString}},
	Results: []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		e := effort.Of(c)
		text, begin := c.Arg(0).Str(), 0
		out, err := e.Room(len(text))
		for err == nil && text != "" {
			part := text[:min(len(text), decodedAtOnce)]
			n := strings.IndexByte(part, '%')
			if n < 0 {
				n = len(part)
			}
			out, text, begin = append(out, text[:n]...), text[n:], begin+n
			if text != "" && text[0] == '%' {
				if len(text) < 3 || !isDigit(text[1]) || !isDigit(text[2]) {
					err = hostapi.Errorf(hostapi.Invalid, "invalid uri").With("offset", hostapi.Int(int64(begin)))
					break
				}
				out, text, begin = append(out, digit(text[1])<<4|digit(text[2])), text[3:], begin+3
				n += 3
			}
			err = e.Work(n)
		}
		return e.Give(c, out, err)
	},
}

const decodedAtOnce = 16 << 10 // bytes between two looks whether others have their turn

func isDigit(b byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", b) >= 0 }

// digit gives the value of a hexadecimal digit.
func digit(b byte) byte {
	if b <= '9' {
		return b - '0'
	}
	return b&^0x20 - 'A' + 10
}
