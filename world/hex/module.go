// Package hex is the script module hex (section 42 of docs/spec).
package hex

import (
	"encoding/hex"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
)

// Module is the module hex. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name: "hex",
	Doc:  "Bytes as hexadecimal digits, and back (section 42).",
	Funcs: []*hostapi.Func{
		{
			Name:    "encode",
			Doc:     "Two digits for each byte, in lower case (42.6).",
			Params:  []hostapi.Param{{Name: "s", Accept: hostapi.AcceptString, Doc: "any bytes"}},
			Results: []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString}},
			Errors:  []hostapi.Kind{hostapi.Invalid},
			Run: func(c hostapi.Call) error {
				e, s := effort.Of(c), c.Arg(0).Str()
				text, err := e.Room(hex.EncodedLen(len(s)))
				if err == nil {
					err = e.InPieces(s, func(piece string) error {
						text = hex.AppendEncode(text, []byte(piece))
						return nil
					})
				}
				return e.Give(c, text, err)
			},
		},
		{
			Name:    "decode",
			Doc:     "The bytes that hexadecimal digits, of either case, stand for (42.6).",
			Params:  []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString}},
			Results: []hostapi.Param{{Name: "s", Accept: hostapi.AcceptString}},
			Returns: hostapi.OrError,
			Errors:  []hostapi.Kind{hostapi.Invalid},
			Run: func(c hostapi.Call) error {
				e, s := effort.Of(c), c.Arg(0).Str()
				text, err := e.Room(hex.DecodedLen(len(s)))
				if err == nil {
					err = e.InPieces(s, func(piece string) (err error) {
						if text, err = hex.AppendDecode(text, []byte(piece)); err != nil {
							return hostapi.Errorf(hostapi.Invalid, "invalid hex")
						}
						return nil
					})
				}
				return e.Give(c, text, err)
			},
		},
	},
}).Named()
