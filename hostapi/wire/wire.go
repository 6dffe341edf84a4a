// Package wire writes and reads the numbers and texts of which payloads, frames between nodes
// and records in files are made.
package wire

import "encoding/binary"

// AppendText writes a text: its length, then its bytes.
func AppendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// Reader reads bytes as far as they make sense. Once they do not, Bad is set, and it gives
// zeros only: so who reads need not ask after each step, and cannot be made to read much by
// bytes that only claim it.
type Reader struct {
	Rest []byte // what was not read yet
	Bad  bool
}

// Fail says that the bytes make no sense.
func (r *Reader) Fail() { r.Bad, r.Rest = true, nil }

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if len(r.Rest) == 0 {
		r.Fail()
		return 0
	}
	b := r.Rest[0]
	r.Rest = r.Rest[1:]
	return b
}

// Uvarint reads what binary.AppendUvarint writes, Varint what AppendVarint does.
func (r *Reader) Uvarint() uint64 {
	n, size := binary.Uvarint(r.Rest)
	if !r.took(size) {
		return 0
	}
	return n
}

// Varint is Uvarint for numbers with a sign.
func (r *Reader) Varint() int64 {
	n, size := binary.Varint(r.Rest)
	if !r.took(size) {
		return 0
	}
	return n
}

// took goes on behind a number; false if there was none.
func (r *Reader) took(size int) bool {
	if size <= 0 {
		r.Fail()
		return false
	}
	r.Rest = r.Rest[size:]
	return true
}

// Count reads the number of what follows, each of which takes at least size bytes: no more
// than there are.
func (r *Reader) Count(size int) int {
	n := r.Uvarint()
	if n > uint64(len(r.Rest)/size) {
		r.Fail()
		return 0
	}
	return int(n)
}

// Take reads so many bytes, which stay those of Rest.
func (r *Reader) Take(n int) []byte {
	if n > len(r.Rest) {
		r.Fail()
		return nil
	}
	b := r.Rest[:n]
	r.Rest = r.Rest[n:]
	return b
}

// Text reads what AppendText writes.
func (r *Reader) Text() string { return string(r.Take(r.Count(1))) }
