package bundle

import (
	"bytes"
	"crypto/sha256"
	"debug/macho"
	"encoding/binary"
	"errors"
	"slices"
)

// machO is a program for macOS. Its system refuses programs with bytes that belong to no
// segment as soon as somebody signs them, and on arm64 those whose signature does not fit.
// So the archive becomes the end of the table of symbol names, as PyInstaller does it,
// which is the last of the segment __LINKEDIT, and the signature is made anew, as the
// linker of Go made it: without an identity, but with a hash of each page. codesign
// replaces it as it would that of the linker.
type machO struct {
	file    []byte
	content int // where the signature begins, or the file ends
	signed  bool

	// Where load commands stand in the file.
	signature, symbols, linkedit int
	text                         *macho.Segment
}

// Load commands and their fields that package debug/macho does not name (mach-o/loader.h).
const (
	loadSignature = 0x1d
	headerSize    = 32

	segmentFileOffset = 40
	segmentMemorySize = 32
	segmentFileSize   = 48
	symbolsStrings    = 16 // offset, then size
	signatureOffset   = 8  // offset, then size

	// segments begin and end at pages, which are the largest on arm64.
	largestPage = 0x4000
	// signatures are aligned so.
	signatureAlign = 16
)

func readMachO(base []byte) (*machO, error) {
	f, err := macho.NewFile(bytes.NewReader(base))
	if err != nil || f.Magic != macho.Magic64 || f.ByteOrder != binary.LittleEndian {
		return nil, errors.New("it is no program for Linux, macOS or Windows")
	}
	m := &machO{file: base, content: len(base), text: f.Segment("__TEXT")}
	at := headerSize
	var strings, edit int
	for _, l := range f.Loads {
		raw := l.Raw()
		switch command := binary.LittleEndian.Uint32(raw); {
		case command == loadSignature:
			m.signature, m.signed = at, true
			m.content = m.at32(at + signatureOffset)
		case command == uint32(macho.LoadCmdSymtab):
			m.symbols = at
			strings = m.at32(at+symbolsStrings) + m.at32(at+symbolsStrings+4)
		case command == uint32(macho.LoadCmdSegment64) && bytes.HasPrefix(raw[8:24], []byte("__LINKEDIT\x00")):
			m.linkedit = at
			edit = int(binary.LittleEndian.Uint64(base[at+segmentFileOffset:]) + binary.LittleEndian.Uint64(base[at+segmentFileSize:]))
		}
		at += len(raw)
	}
	if m.text == nil || m.symbols == 0 || m.linkedit == 0 || edit != len(base) || m.content > len(base) ||
		strings > m.content || m.content-strings >= signatureAlign {
		return nil, errors.New("its symbol names are not the last of its file, so there is no room behind them")
	}
	return m, nil
}

func (m *machO) at32(at int) int { return int(binary.LittleEndian.Uint32(m.file[at:])) }

// extend appends to the table of names.
func (m *machO) extend(add func([]byte) ([]byte, error)) ([]byte, error) {
	out, err := add(align(slices.Clone(m.file[:m.content]), signatureAlign))
	if err != nil {
		return nil, err
	}
	little := binary.LittleEndian
	little.PutUint32(out[m.symbols+symbolsStrings+4:], uint32(len(out)-m.at32(m.symbols+symbolsStrings)))
	size := len(out)
	if m.signed {
		out = align(out, signatureAlign)
		size = len(out) + signatureSize(len(out))
		little.PutUint32(out[m.signature+signatureOffset:], uint32(len(out)))
		little.PutUint32(out[m.signature+signatureOffset+4:], uint32(size-len(out)))
	}
	segment := uint64(size) - little.Uint64(out[m.linkedit+segmentFileOffset:])
	little.PutUint64(out[m.linkedit+segmentFileSize:], segment)
	little.PutUint64(out[m.linkedit+segmentMemorySize:], (segment+largestPage-1)/largestPage*largestPage)
	if m.signed {
		out = append(out, sign(out, m.text.Offset, m.text.Filesz)...)
	}
	return out, nil
}

func align(b []byte, n int) []byte { return append(b, make([]byte, (n-len(b)%n)%n)...) }

// A signature is a super blob with one code directory, all numbers in big-endian order
// (osfmk/kern/cs_blobs.h of XNU). The identifier and the page size are those of the
// linker of Go.
const (
	signatureID   = "a.out\x00"
	signaturePage = 4096

	superBlobSize     = 12 + 8 // with the index of its one blob
	codeDirectorySize = 88
)

func signatureSize(content int) int {
	pages := (content + signaturePage - 1) / signaturePage
	return superBlobSize + codeDirectorySize + len(signatureID) + pages*sha256.Size
}

// sign gives the signature of the content of a program whose segment of code is there.
func sign(content []byte, textOffset, textSize uint64) []byte {
	size := signatureSize(len(content))
	pages := (len(content) + signaturePage - 1) / signaturePage
	big := binary.BigEndian
	var b []byte
	word := func(values ...uint32) {
		for _, v := range values {
			b = big.AppendUint32(b, v)
		}
	}
	word(0xfade0cc0, uint32(size), 1, 0, superBlobSize) // CSMAGIC_EMBEDDED_SIGNATURE; CSSLOT_CODEDIRECTORY
	word(0xfade0c02, uint32(size-superBlobSize), 0x20400,
		0x20002, // CS_ADHOC, CS_LINKER_SIGNED
		codeDirectorySize+uint32(len(signatureID)), // of the hashes
		codeDirectorySize, // of the identifier
		0, uint32(pages), uint32(len(content)))
	b = append(b, sha256.Size, 2, 0, 12) // CS_HASHTYPE_SHA256; pages of 1<<12 bytes
	word(0, 0, 0, 0)
	for _, v := range []uint64{0, textOffset, textSize, 1} { // CS_EXECSEG_MAIN_BINARY
		b = big.AppendUint64(b, v)
	}
	b = append(b, signatureID...)
	for page := range slices.Chunk(content, signaturePage) {
		hash := sha256.Sum256(page)
		b = append(b, hash[:]...)
	}
	return b
}
