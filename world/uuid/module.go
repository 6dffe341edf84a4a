// Package uuid is the script module uuid (section 42 of docs/spec): the identifiers
// of RFC 9562.
package uuid

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"io"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
)

// Module is the module uuid. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name:  "uuid",
	Doc:   "Identifiers that are unique everywhere, by RFC 9562 (section 42).",
	Funcs: []*hostapi.Func{v4, v7, v5, validate},
}).Named()

var result = []hostapi.Param{{Name: "uuid", Accept: hostapi.AcceptString, Doc: "in lower case"}}

var v4 = &hostapi.Func{
	Name:    "v4",
	Doc:     "A random one (42.11).",
	Results: result,
	Run: func(c hostapi.Call) error {
		var id [16]byte
		if _, err := io.ReadFull(c.Task().Process().Random(), id[:]); err != nil {
			return err
		}
		return give(c, id, 4)
	},
}

var v7 = &hostapi.Func{
	Name:    "v7",
	Doc:     "One that begins with the time of the runtime's clock, so that later ones sort behind; the rest is random (42.11).",
	Results: result,
	Run: func(c hostapi.Call) error {
		p := c.Task().Process()
		var id [16]byte
		if _, err := io.ReadFull(p.Random(), id[:]); err != nil {
			return err
		}
		stamp(&id, p.Now())
		return give(c, id, 7)
	},
}

// stamp writes milliseconds, and behind the version what is left of them in twelve bits
// (RFC 9562, 6.2, method 3).
func stamp(id *[16]byte, now time.Time) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(now.UnixMilli()))
	copy(id[:6], b[2:])
	binary.BigEndian.PutUint16(id[6:], uint16(now.Nanosecond()%1e6*4096/1e6))
}

var v5 = &hostapi.Func{
	Name: "v5",
	Doc:  "The one that a name has in a namespace: the same for the same (42.11).",
	Params: []hostapi.Param{
		{Name: "ns", Accept: hostapi.AcceptString, Doc: "the UUID of the namespace"},
		{Name: "name", Accept: hostapi.AcceptString, Doc: "any bytes"},
	},
	Results: result,
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		ns, ok := parse(c.Arg(0).Str())
		if !ok {
			return hostapi.Errorf(hostapi.Invalid, "invalid UUID %q", c.Arg(0).Str()[:min(64, len(c.Arg(0).Str()))])
		}
		h := sha1.New()
		h.Write(ns[:])
		e := effort.Of(c)
		err := e.InPieces(c.Arg(1).Str(), func(piece string) error {
			h.Write([]byte(piece))
			return nil
		})
		if err != nil {
			return err
		}
		return give(c, [16]byte(h.Sum(nil)), 5)
	},
}

var validate = &hostapi.Func{
	Name:    "validate",
	Doc:     "Whether x is the text of a UUID of any version: 32 hexadecimal digits with hyphens in their places (42.11).",
	Params:  []hostapi.Param{{Name: "x", Accept: hostapi.AcceptAny}},
	Results: []hostapi.Param{{Name: "valid", Accept: hostapi.AcceptBool}},
	Run: func(c hostapi.Call) error {
		_, ok := parse(c.Arg(0).Str())
		return hostapi.Give(c, hostapi.Bool(ok), nil)
	},
}

// give gives an id its version and the variant of RFC 9562, and the script its text.
func give(c hostapi.Call, id [16]byte, version byte) error {
	id[6] = id[6]&0x0f | version<<4
	id[8] = id[8]&0x3f | 0x80
	digits := hex.EncodeToString(id[:])
	text := digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:]
	return hostapi.Give(c, hostapi.String(text), nil)
}

func parse(text string) (id [16]byte, ok bool) {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return id, false
	}
	digits := text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	_, err := hex.Decode(id[:], []byte(digits))
	return id, err == nil
}
