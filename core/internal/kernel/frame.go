package kernel

import (
	"encoding/binary"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/payload"
	"github.com/understudy-run/understudy/hostapi/wire"
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
	frameEnd                            // from: who has ended, at, result; to, text: PID and reason of the first of the cascade, if it is another
	frameCancel                         // to, from, grace, text: reason; number: 1 if the runtime asks
	frameTerminate                      // to, from
	frameSpawn                          // to: host, from, text: entry, number: of the commission, values
	frameFate                           // from: the process, text: what has become of it, number, result
	frameAbandon                        // number: of a commission that nobody wants any more
	frameResolved                       // to: the address, from: who has the name, text: who has asked, number: the relation, result: the error if nobody has it
	frameHosts                          // values: of each host that accepts processes its id, how many it has, how many at most

	frameLast = frameHosts
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
	return k == frameMessage || k == frameSpawn || k == frameHosts, k == frameReply || k == frameEnd || k == frameFate || k == frameResolved, k == frameEnd || k == frameCancel
}

// append writes the frame. The error is that of payload.Append.
func (f *frame) append(b []byte) ([]byte, error) {
	b = append(b, byte(f.kind))
	for _, s := range [...]string{f.to, f.from, f.text} {
		b = wire.AppendText(b, s)
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
	r := wire.Reader{Rest: b}
	f := &frame{kind: frameKind(r.Byte())}
	if f.kind < frameMessage || f.kind > frameLast {
		return nil, errProtocol()
	}
	f.to, f.from, f.text = r.Text(), r.Text(), r.Text()
	f.number = r.Uvarint()
	values, result, times := f.kind.carries()
	if times {
		f.grace = time.Duration(r.Varint())
		f.at = time.Unix(0, r.Varint()).UTC()
	}
	if r.Bad {
		return nil, errProtocol()
	}
	if !values && !result {
		if len(r.Rest) > 0 {
			return nil, errProtocol()
		}
		return f, nil
	}
	v, err := payload.Read(r.Rest)
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
