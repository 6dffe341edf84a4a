// Package payload writes payloads (section 1 of docs/spec) as bytes and reads them
// again, all that they are: ints and floats, the order of maps, strings of any bytes,
// errors with their fields. JSON keeps none of these apart. It is for values that a
// program keeps or carries elsewhere, such as those of package world/store.
//
// The bytes begin with a version, and later versions of this package read those of
// earlier ones. All functions are safe for concurrent use.
package payload

import (
	"encoding/binary"
	"math"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/wire"
)

// version is the first byte.
const version = 1

// tag is the first byte of each value.
type tag byte

const (
	tagNil tag = iota
	tagFalse
	tagTrue
	tagInt       // zigzag varint
	tagFloat     // 8 bytes, IEEE 754, big-endian
	tagString    // length, bytes
	tagList      // length, values
	tagMap       // length, keys and values by turns
	tagUnordered // likewise, of a sender whose maps have no order (1.9)
	tagError     // see appendError
)

// Append adds a payload to b. The error is Invalid "cannot write a <type>" for what is
// no payload, or is one within one runtime only (1.19). A payload that CopyPayloads has
// given is as deep as Read takes.
func Append(b []byte, v hostapi.Value) ([]byte, error) { return appendValue(append(b, version), v) }

func appendValue(b []byte, v hostapi.Value) (_ []byte, err error) {
	switch v.Type() {
	case hostapi.TypeNil:
		return append(b, byte(tagNil)), nil
	case hostapi.TypeBool:
		if v.Bool() {
			return append(b, byte(tagTrue)), nil
		}
		return append(b, byte(tagFalse)), nil
	case hostapi.TypeInt:
		return binary.AppendVarint(append(b, byte(tagInt)), v.Int()), nil
	case hostapi.TypeFloat:
		return binary.BigEndian.AppendUint64(append(b, byte(tagFloat)), math.Float64bits(v.Float())), nil
	case hostapi.TypeString:
		return wire.AppendText(append(b, byte(tagString)), v.Str()), nil
	case hostapi.TypeList:
		items := v.List().Items
		b = binary.AppendUvarint(append(b, byte(tagList)), uint64(len(items)))
		for _, item := range items {
			if b, err = appendValue(b, item); err != nil {
				return nil, err
			}
		}
		return b, nil
	case hostapi.TypeMap:
		return appendMap(b, v.Map())
	case hostapi.TypeError:
		return appendError(append(b, byte(tagError)), v.Err())
	}
	return nil, hostapi.Errorf(hostapi.Invalid, "cannot write a %s", v.TypeName())
}

func appendMap(b []byte, m *hostapi.Map) (_ []byte, err error) {
	t := tagMap
	if m.Unordered {
		t = tagUnordered
	}
	b = binary.AppendUvarint(append(b, byte(t)), uint64(len(m.Entries)))
	for _, e := range m.Entries {
		if b, err = appendValue(b, e.Key); err == nil {
			b, err = appendValue(b, e.Value)
		}
		if err != nil {
			return nil, err
		}
	}
	return b, nil
}

// appendError writes what of an error travels (1.11): kind, message, stack, retryable
// and origin in one byte, contexts, details as a map or nil.
func appendError(b []byte, e *hostapi.Error) ([]byte, error) {
	for _, s := range [...]string{string(e.Kind), e.Message, e.Stack} {
		b = wire.AppendText(b, s)
	}
	flags := byte(e.Retryable)
	if e.Script {
		flags |= scriptFlag
	}
	b = binary.AppendUvarint(append(b, flags), uint64(len(e.Context)))
	for _, s := range e.Context {
		b = wire.AppendText(b, s)
	}
	if e.Details == nil {
		return append(b, byte(tagNil)), nil
	}
	return appendMap(b, e.Details)
}

const (
	retryableMask = 3
	scriptFlag    = 4
)
