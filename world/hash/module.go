// Package hash is the script module hash (section 42 of docs/spec).
package hash

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
)

// Module is the module hash. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name: "hash",
	Doc:  "Digests of bytes, with and without a key (section 42).",
	Funcs: []*hostapi.Func{
		digest("md5", md5.New), digest("sha1", sha1.New), digest("sha256", sha256.New), digest("sha512", sha512.New),
		keyed("hmac_sha1", sha1.New), keyed("hmac_sha256", sha256.New), keyed("hmac_sha512", sha512.New),
	},
}).Named()

var (
	data = hostapi.Param{Name: "data", Accept: hostapi.AcceptString, Doc: "any bytes"}
	raw  = hostapi.Param{Name: "raw", Accept: hostapi.AcceptBool, Optional: true, Keyword: true, Doc: "gives the bytes; hexadecimal text if left out"}
)

func digest(name string, make func() hash.Hash) *hostapi.Func {
	return &hostapi.Func{
		Name:    name,
		Doc:     "The digest of the data (42.9).",
		Params:  []hostapi.Param{data, raw},
		Results: []hostapi.Param{{Name: "digest", Accept: hostapi.AcceptString}},
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Run:     func(c hostapi.Call) error { return sum(c, make(), c.Arg(1).Bool()) },
	}
}

func keyed(name string, make func() hash.Hash) *hostapi.Func {
	return &hostapi.Func{
		Name:    name,
		Doc:     "The authentication code of the data under a key; compare with crypto.constant_time_compare (42.9).",
		Params:  []hostapi.Param{data, {Name: "key", Accept: hostapi.AcceptString, Doc: "any bytes"}, raw},
		Results: []hostapi.Param{{Name: "digest", Accept: hostapi.AcceptString}},
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Run: func(c hostapi.Call) error {
			key, h := c.Arg(1).Str(), make()
			if len(key) > h.BlockSize() { // a long key stands for its digest
				e := effort.Of(c)
				if err := write(&e, h, key); err != nil {
					return err
				}
				key = string(h.Sum(nil))
			}
			return sum(c, hmac.New(make, []byte(key)), c.Arg(2).Bool())
		},
	}
}

// sum gives the digest of the first argument.
func sum(c hostapi.Call, h hash.Hash, raw bool) error {
	e := effort.Of(c)
	err := write(&e, h, c.Arg(0).Str())
	out := h.Sum(nil)
	if !raw {
		out = hex.AppendEncode(nil, out)
	}
	return e.Give(c, out, err)
}

func write(e *effort.Effort, h hash.Hash, text string) error {
	return e.InPieces(text, func(piece string) error {
		h.Write([]byte(piece)) // never fails
		return nil
	})
}
