package cluster

import (
	"encoding/binary"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi/wire"
)

// kind is what a frame of the connection layer is.
type kind byte

const (
	hello  kind = 1 + iota // number: of the connection as who sends it counts it; text: name of the cluster
	answer                 // number, echo: the number of the hello
	ready                  // number, echo: the connection is up
	data                   // number, echo, at, ack, bytes
	bye                    // number, echo, text: the reason; the connection is over
	beat                   // number: of the heartbeat; heard
)

// protocol is the version of all this. Another is not understood.
const protocol = 1

// frame is one frame of the connection layer.
type frame struct {
	kind   kind
	number uint64
	echo   uint64
	at     uint64
	ack    uint64
	text   string
	heard  []heard
	bytes  []byte // to the end of the frame
}

// heard says which heartbeat of a node was heard last.
type heard struct {
	node string // as core.Node.String
	beat uint64
}

func (f *frame) append(b []byte) []byte {
	b = append(b, protocol, byte(f.kind))
	for _, n := range [...]uint64{f.number, f.echo, f.at, f.ack} {
		b = binary.AppendUvarint(b, n)
	}
	b = wire.AppendText(b, f.text)
	b = binary.AppendUvarint(b, uint64(len(f.heard)))
	for _, h := range f.heard {
		b = binary.AppendUvarint(wire.AppendText(b, h.node), h.beat)
	}
	return append(b, f.bytes...)
}

// mostHeard bounds how many nodes a heartbeat names.
const mostHeard = 1000

// read reads a frame; false for bytes that are none.
func read(b []byte) (*frame, bool) {
	if len(b) < 2 || b[0] != protocol {
		return nil, false
	}
	f := &frame{kind: kind(b[1])}
	if f.kind < hello || f.kind > beat {
		return nil, false
	}
	r := wire.Reader{Rest: b[2:]}
	f.number, f.echo, f.at, f.ack = r.Uvarint(), r.Uvarint(), r.Uvarint(), r.Uvarint()
	f.text = r.Text()
	n := r.Uvarint()
	if n > mostHeard {
		return nil, false
	}
	for range n {
		f.heard = append(f.heard, heard{r.Text(), r.Uvarint()})
	}
	f.bytes = r.Rest
	return f, !r.Bad && (f.kind == data || len(r.Rest) == 0)
}

// later reports whether one life of a node comes after another: incarnations are numbers in
// base 36 that grow.
func later(a, b core.Node) bool {
	return len(a.Incarnation) > len(b.Incarnation) || len(a.Incarnation) == len(b.Incarnation) && a.Incarnation > b.Incarnation
}
