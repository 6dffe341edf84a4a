package fs

import (
	"io"
	iofs "io/fs"
	"os"
)

// FS gives the regular files of the volume to Go code that only reads, such as a server of
// files. They can be read from any place of them. It is safe for concurrent use, until
// the volume is closed.
func (v *Volume) FS() iofs.FS { return readOnly{v} }

type readOnly struct{ v *Volume }

// Open implements fs.FS.
func (r readOnly) Open(name string) (iofs.File, error) {
	if !iofs.ValidPath(name) {
		return nil, failure("open", name, iofs.ErrInvalid)
	}
	at, err := r.v.visible(name)
	if err != nil {
		return nil, failure("open", name, iofs.ErrNotExist)
	}
	node, err := r.v.tree.Open(at, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	info, err := node.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = failure("open", name, iofs.ErrInvalid)
	}
	if err != nil {
		_ = node.Close() // it was not written
		return nil, err
	}
	return readFile{io.NewSectionReader(node, 0, info.Size()), node, info}, nil
}

// readFile is a file as it was when it was opened.
type readFile struct {
	*io.SectionReader
	node Node
	info iofs.FileInfo
}

// Stat implements fs.File.
func (f readFile) Stat() (iofs.FileInfo, error) { return f.info, nil }

// Close implements fs.File.
func (f readFile) Close() error { return f.node.Close() }
