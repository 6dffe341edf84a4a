package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Make gives an executable: base, a program of any platform, with an app in it. engine is
// that of the manifest. Equal arguments give equal bytes. The error says what is wrong
// with base.
func Make(base []byte, engine string, files map[string][]byte) ([]byte, error) {
	slot, err := find(base)
	if err != nil {
		return nil, err
	}
	if read(slot) != (room{}) {
		return nil, errors.New("it contains an app already")
	}
	if bytes.Count(base, slot[:magicSize]) > 1 {
		return nil, errNoSlot
	}
	extend, err := extender(base)
	if err != nil {
		return nil, err
	}
	return extend(func(before []byte) ([]byte, error) {
		content, err := archive(engine, files, int64(len(before)))
		if err != nil {
			return nil, err
		}
		slot, err := find(before)
		if err != nil {
			return nil, err
		}
		room{int64(len(before)), int64(len(content)), sha256.Sum256(content)}.write(slot)
		return slices.Concat(before, content), nil
	})
}

// extender says how a file of this format is made longer. What it gives is called with a
// function that appends the archive to the content of the file, and may change that.
func extender(base []byte) (func(add func(before []byte) ([]byte, error)) ([]byte, error), error) {
	behind := func(add func([]byte) ([]byte, error)) ([]byte, error) { return add(slices.Clone(base)) }
	switch {
	case bytes.HasPrefix(base, []byte("\x7fELF")):
		return behind, nil // what stands behind the sections belongs to nobody
	case bytes.HasPrefix(base, []byte("MZ")):
		signed, err := peSigned(base)
		switch {
		case err != nil:
			return nil, err
		case signed:
			return nil, errors.New("it is signed: build with one that is not, and sign what is built")
		}
		return behind, nil
	}
	m, err := readMachO(base)
	if err != nil {
		return nil, err
	}
	return m.extend, nil
}

// peSigned reports whether a program for Windows has a signature, which stands behind its
// sections (PE format, "Optional Header Data Directories").
func peSigned(base []byte) (bool, error) {
	bad := errors.New("it is no program for Windows")
	if len(base) < 0x40 {
		return false, bad
	}
	// Signature, COFF header, then the optional header: the fifth of its directories, which
	// stand 96 bytes behind its beginning, or 112 with 64 bits.
	at := int(binary.LittleEndian.Uint32(base[0x3c:]))
	optional := at + 4 + 20
	if at < 0 || optional+112+5*8 > len(base) || !bytes.Equal(base[at:at+4], []byte("PE\x00\x00")) {
		return false, bad
	}
	directories := optional + 96
	switch magic := binary.LittleEndian.Uint16(base[optional:]); magic {
	case 0x10b:
	case 0x20b:
		directories = optional + 112
	default:
		return false, fmt.Errorf("%w: optional header %#x", bad, magic)
	}
	return binary.LittleEndian.Uint64(base[directories+4*8:]) != 0, nil
}
