package cluster

import "encoding/binary"

// outgoing is a stream of records as the sender has it: what was not acknowledged is kept.
type outgoing struct {
	kept []byte
	base uint64 // of kept in the stream
	sent uint64 // up to where it was sent
}

// add puts a record at the end.
func (o *outgoing) add(record []byte) {
	o.kept = binary.AppendUvarint(o.kept, uint64(len(record)))
	o.kept = append(o.kept, record...)
}

// unsent is how many bytes are yet to be sent, underway how many were and are not
// acknowledged.
func (o *outgoing) unsent() int   { return len(o.kept) - o.underway() }
func (o *outgoing) underway() int { return int(o.sent - o.base) }

// next gives what is to be sent next, at most most bytes.
func (o *outgoing) next(most int) (at uint64, piece []byte) {
	at = o.sent
	piece = o.kept[o.underway():]
	piece = piece[:min(len(piece), most)]
	o.sent += uint64(len(piece))
	return at, piece
}

// acknowledged drops what the other side has; false if that is nothing new.
func (o *outgoing) acknowledged(to uint64) bool {
	if to <= o.base || to > o.base+uint64(len(o.kept)) {
		return false
	}
	o.kept = o.kept[to-o.base:]
	if o.base = to; o.sent < to {
		o.sent = to
	}
	if len(o.kept) == 0 {
		o.kept = nil
	}
	return true
}

// again has all sent again that was not acknowledged.
func (o *outgoing) again() { o.sent = o.base }

// incoming is a stream of records as the receiver has it.
type incoming struct {
	got     uint64 // up to where it has arrived
	partial []byte // of a record
}

// mostRecord bounds a record: what claims to be longer is none.
const mostRecord = 64 << 20

// take takes a piece, and gives the records that are complete. What does not follow on what
// there is, it leaves: it comes again. ok is false if the bytes are no records. What it
// gives is valid until the next call.
func (i *incoming) take(at uint64, piece []byte) (records [][]byte, ok bool) {
	end := at + uint64(len(piece))
	if at > i.got || end <= i.got {
		return nil, true
	}
	i.partial = append(i.partial, piece[i.got-at:]...)
	i.got = end
	rest := i.partial
	for {
		n, size := binary.Uvarint(rest)
		if size < 0 || size > 0 && n > mostRecord {
			return records, false
		}
		if size == 0 || uint64(len(rest)-size) < n {
			break
		}
		records = append(records, rest[size:size+int(n)])
		rest = rest[size+int(n):]
	}
	// The records lie before the rest in the same bytes: that moves to others.
	i.partial = append([]byte(nil), rest...)
	return records, true
}
