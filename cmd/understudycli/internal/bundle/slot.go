package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
)

// slot stands in the data of every program that links this package. Where the program
// carries an app, it says where in the file that is, and what its hash is: so a program
// knows what it should carry even if that was cut off or replaced. It is found in the
// file of a program of any platform by its first bytes, which stand there once. Nothing
// ever writes to it but who makes the file.
var slot = [slotSize]byte{
	0x75, 0x6e, 0x64, 0x65, 0x72, 0x73, 0x74, 0x75, 0x64, 0x79, 0x3a, 0x31, 0x3a, 0x72, 0x6f, 0x6f,
	0x6d, 0x20, 0x66, 0x6f, 0x72, 0x20, 0x61, 0x6e, 0x20, 0x61, 0x70, 0x70, 0x00, 0xa7, 0x1c, 0xd3,
}

const (
	magicSize = 32
	slotSize  = magicSize + 8 + 8 + sha256.Size
)

// room is what a slot says: where the archive is, and its hash. Zero: there is none.
type room struct {
	offset, size int64
	hash         [sha256.Size]byte
}

// own reads the slot of this program. It is not inlined, so that no compiler takes the
// bytes for known.
//
//go:noinline
func own() room { return read(slot[:]) }

func read(slot []byte) room {
	r := room{
		offset: int64(binary.BigEndian.Uint64(slot[magicSize:])),
		size:   int64(binary.BigEndian.Uint64(slot[magicSize+8:])),
	}
	copy(r.hash[:], slot[magicSize+16:])
	return r
}

func (r room) write(slot []byte) {
	binary.BigEndian.PutUint64(slot[magicSize:], uint64(r.offset))
	binary.BigEndian.PutUint64(slot[magicSize+8:], uint64(r.size))
	copy(slot[magicSize+16:], r.hash[:])
}

var errNoSlot = errors.New("it is no understudy of this version, or its data are packed")

// find gives the slot in the file of a program. An archive, which may hold anything,
// stands behind it.
func find(file []byte) ([]byte, error) {
	at := bytes.Index(file, slot[:magicSize])
	if at < 0 || len(file)-at < slotSize {
		return nil, errNoSlot
	}
	return file[at : at+slotSize], nil
}
