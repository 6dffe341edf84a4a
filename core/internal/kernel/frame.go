package kernel

import (
	"encoding/binary"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/payload"
)

// frameKind is what a frame tells the other node.
type frameKind byte

const (
	frameMessage   frameKind = 1 + iota // to, from, text: topic, values; number: of the call, 0: it is none
	frameReply                          // from: who was called, number, result
	frameMonitor                        // to, from
	frameUnmonitor                      // to, from
	frameLink                           // to, from
	frameUnlink                         // to, from
	frameEnd                            // from: who has ended, at, result
	frameCancel                         // to, from, grace, text: reason; number: 1 if the runtime asks
	frameTerminate                      // to, from
)

// frame is what one node tells another at once: a closed set, written as a kind, then the
// fields in the order below.
type frame struct {
	kind   frameKind
	to     string // PID
	from   string // PID; "": nobody
	text   string
	number uint64
	grace  time.Duration
	at     time.Time // on the clock of the node where it arose (24.13)
	values []hostapi.Value
	result hostapi.Result
}

// carries says which fields a kind has beside to, from, text and number.
func (k frameKind) carries() (values, result, times bool) {
	return k == frameMessage, k == frameReply || k == frameEnd, k == frameEnd || k == frameCancel
}

// append writes the frame. The error is that of payload.Append.
func (f *frame) append(b []byte) ([]byte, error) {
	b = append(b, byte(f.kind))
	for _, s := range [...]string{f.to, f.from, f.text} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = binary.AppendUvarint(b, f.number)
	values, result, times := f.kind.carries()
	if times {
		b = binary.AppendVarint(b, int64(f.grace))
		b = binary.AppendVarint(b, f.at.UnixNano())
	}
	switch {
	case values:
		return payload.Append(b, hostapi.ListOf(f.values...))
	case result:
		v := hostapi.ListOf(f.result.Value)
		if f.result.Err != nil {
			v = hostapi.ListOf(hostapi.Value{}, hostapi.ErrorOf(f.result.Err))
		}
		return payload.Append(b, v)
	}
	return b, nil
}

// readFrame reads a frame. The error is Invalid "protocol error" for bytes that are none.
func readFrame(b []byte) (*frame, error) {
	r := frameReader{rest: b}
	f := &frame{kind: frameKind(r.byte())}
	if f.kind < frameMessage || f.kind > frameTerminate {
		return nil, errProtocol()
	}
	f.to, f.from, f.text = r.text(), r.text(), r.text()
	f.number = r.uvarint()
	values, result, times := f.kind.carries()
	if times {
		f.grace = time.Duration(r.varint())
		f.at = time.Unix(0, r.varint()).UTC()
	}
	if r.bad {
		return nil, errProtocol()
	}
	if !values && !result {
		if len(r.rest) > 0 {
			return nil, errProtocol()
		}
		return f, nil
	}
	v, err := payload.Read(r.rest)
	if err != nil || v.List() == nil {
		return nil, errProtocol()
	}
	items := v.List().Items
	switch {
	case values:
		f.values = items
	case len(items) == 1:
		f.result.Value = items[0]
	case len(items) == 2 && items[1].Err() != nil:
		f.result.Err = items[1].Err()
	default:
		return nil, errProtocol()
	}
	return f, nil
}

func errProtocol() *hostapi.Error { return hostapi.Errorf(hostapi.Invalid, "protocol error") }

// frameReader reads as far as the bytes make sense.
type frameReader struct {
	rest []byte
	bad  bool
}

func (r *frameReader) byte() byte {
	if len(r.rest) == 0 {
		r.bad = true
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *frameReader) uvarint() uint64 {
	n, size := binary.Uvarint(r.rest)
	return n * r.took(size)
}

func (r *frameReader) varint() int64 {
	n, size := binary.Varint(r.rest)
	return n * int64(r.took(size))
}

// took goes on; it gives 1, or 0 if there was no number.
func (r *frameReader) took(size int) uint64 {
	if size <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return 1
}

func (r *frameReader) text() string {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return ""
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}
