package ledger

import (
	"unsafe"

	"github.com/understudy-run/understudy/hostapi"
)

// Arriving gives about how many bytes a script gets hold of by a value of the host:
// what lies in it, a message and its payloads too. Unlike what the script makes itself,
// that takes no steps, from which an engine could tell that a census is due.
func Arriving(v hostapi.Value) int64 {
	switch v.Type() {
	case hostapi.TypeString:
		return textBytes + int64(len(v.Str()))
	case hostapi.TypeList:
		return arriving(v.List().Items)
	case hostapi.TypeMap:
		n := int64(containerBytes)
		for _, e := range v.Map().Entries {
			n += 2*valueBytes + Arriving(e.Key) + Arriving(e.Value)
		}
		return n
	case hostapi.TypeRecord:
		return arriving(v.Record().Values)
	case hostapi.TypeObject:
		if m := v.Message(); m != nil {
			return objectBytes + arriving(m.Values)
		}
	}
	return 0
}

func arriving(values []hostapi.Value) int64 {
	n := int64(containerBytes + valueBytes*len(values))
	for _, v := range values {
		if v.Type() > hostapi.TypeFloat {
			n += Arriving(v)
		}
	}
	return n
}

// Shared is where the text lies that has arrived last, which it does not keep in memory.
// It begins anew with each census, since another text may lie there then.
type Shared struct {
	address uintptr
	length  int
}

// Again reports whether v is nothing but that text, or a message with it: texts are
// shared, so the process holds it once, however often it arrives.
func (s *Shared) Again(v hostapi.Value) bool {
	if m := v.Message(); m != nil && len(m.Values) == 1 {
		v = m.Values[0]
	}
	if v.Type() != hostapi.TypeString {
		return false
	}
	text := v.Str()
	arrived := Shared{uintptr(unsafe.Pointer(unsafe.StringData(text))), len(text)}
	if *s == arrived {
		return true
	}
	*s = arrived
	return false
}
