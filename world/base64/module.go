// Package base64 is the script module base64 (section 42 of docs/spec).
package base64

import (
	"encoding/base64"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
	"github.com/understudy-run/understudy/world/internal/option"
)

// Module is the module base64. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name:  "base64",
	Doc:   "Bytes as text of 64 letters, and back (section 42).",
	Funcs: []*hostapi.Func{newEncode(), decode},
}).Named()

func newEncode() *hostapi.Func {
	f := &hostapi.Func{
		Name: "encode",
		Doc:  "The bytes in base64, padded; with url in the alphabet for addresses, not padded (42.6).",
		Params: []hostapi.Param{
			{Name: "s", Accept: hostapi.AcceptString, Doc: "any bytes"},
			{Name: "options", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "options by name"},
		},
		Keywords: []hostapi.Param{{Name: "url", Accept: hostapi.AcceptBool, Optional: true, Doc: "- and _ in place of + and /, without padding"}},
		Results:  []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString}},
		Errors:   []hostapi.Kind{hostapi.Invalid},
	}
	f.Run = func(c hostapi.Call) error {
		given, err := option.Read(c, f, 1)
		if err != nil {
			return err
		}
		encoding := base64.StdEncoding
		if given[0].Bool() {
			encoding = base64.RawURLEncoding
		}
		e, s := effort.Of(c), c.Arg(0).Str()
		text, err := e.Room(encoding.EncodedLen(len(s)))
		if err == nil {
			err = e.InPieces(s, func(piece string) error {
				text = encoding.AppendEncode(text, []byte(piece))
				return nil
			})
		}
		return e.Give(c, text, err)
	}
	return f
}

var decode = &hostapi.Func{
	Name:    "decode",
	Doc:     "The bytes that a text in base64 stands for, of either alphabet, padded or not (42.6).",
	Params:  []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString}},
	Results: []hostapi.Param{{Name: "s", Accept: hostapi.AcceptString}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		e := effort.Of(c)
		text, err := read(&e, c.Arg(0).Str())
		return e.Give(c, text, err)
	},
}

var standard = strings.NewReplacer("-", "+", "_", "/")

func read(e *effort.Effort, s string) ([]byte, error) {
	bad := hostapi.Errorf(hostapi.Invalid, "invalid base64")
	if padded := strings.TrimRight(s, "="); padded != s {
		if len(s)%4 != 0 || len(s)-len(padded) > 2 {
			return nil, bad
		}
		s = padded
	}
	encoding := base64.RawStdEncoding.Strict()
	text, err := e.Room(encoding.DecodedLen(len(s)))
	if err != nil {
		return nil, err
	}
	err = e.InPieces(s, func(piece string) error {
		if strings.ContainsAny(piece, "\r\n") { // the package passes over them
			return bad
		}
		var err error
		if text, err = encoding.AppendDecode(text, []byte(standard.Replace(piece))); err != nil {
			return bad
		}
		return nil
	})
	return text, err
}
