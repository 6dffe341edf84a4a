package fs

import (
	"io"
	iofs "io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// directory is a Tree on a directory of the system. os.Root holds it open, so links
// cannot lead out of it, also not those that others make meanwhile.
type directory struct{ root *os.Root }

// local gives a name as the system writes it. A name that it cannot have, such as one
// with a backslash on Windows, is refused.
func local(name string) (string, error) {
	out, err := filepath.Localize(name)
	if err != nil {
		return "", failure("resolve", name, iofs.ErrInvalid)
	}
	return out, nil
}

// Open implements Tree. With O_NONBLOCK a pipe is opened at once, or not at all; what
// the file is says the volume.
func (d directory) Open(name string, flag int, perm iofs.FileMode) (Node, error) {
	name, err := local(name)
	if err != nil {
		return nil, err
	}
	f, err := d.root.OpenFile(name, flag|syscall.O_NONBLOCK, perm)
	if err != nil {
		return nil, err // not a Node that holds nil
	}
	return f, nil
}

// Stat implements Tree.
func (d directory) Stat(name string) (iofs.FileInfo, error) {
	name, err := local(name)
	if err != nil {
		return nil, err
	}
	return d.root.Stat(name)
}

// Lstat implements Tree.
func (d directory) Lstat(name string) (iofs.FileInfo, error) {
	name, err := local(name)
	if err != nil {
		return nil, err
	}
	return d.root.Lstat(name)
}

// List implements Tree.
func (d directory) List(name string, most int) ([]iofs.FileInfo, error) {
	name, err := local(name)
	if err != nil {
		return nil, err
	}
	// What is read of each name stays below this directory, wherever that is moved.
	sub, err := d.root.OpenRoot(name)
	if info, statErr := d.root.Stat(name); err != nil && statErr == nil && !info.IsDir() {
		err = failure("list", name, syscall.ENOTDIR) // which OpenRoot says in words of its own
	}
	if err != nil {
		return nil, err
	}
	defer sub.Close()
	f, err := sub.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []iofs.FileInfo
	for len(out) <= most {
		names, err := f.Readdirnames(256)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			info, err := sub.Lstat(n)
			if err != nil {
				continue // removed meanwhile
			}
			out = append(out, info)
		}
	}
	return out, nil
}

// Mkdir implements Tree.
func (d directory) Mkdir(name string, perm iofs.FileMode) error {
	name, err := local(name)
	if err != nil {
		return err
	}
	return d.root.Mkdir(name, perm)
}

// Remove implements Tree.
func (d directory) Remove(name string) error {
	name, err := local(name)
	if err != nil {
		return err
	}
	return d.root.Remove(name)
}

// Rename implements Tree.
func (d directory) Rename(from, to string) error {
	from, err := local(from)
	if err != nil {
		return err
	}
	if to, err = local(to); err != nil {
		return err
	}
	return d.root.Rename(from, to)
}

// ID implements Tree.
func (d directory) ID(info iofs.FileInfo) string { return systemID(info) }

// Close implements Tree.
func (d directory) Close() error { return d.root.Close() }

// files is a Tree on files that nobody changes, such as those of the program.
type files struct{ fsys iofs.FS }

// Open implements Tree.
func (f files) Open(name string, flag int, _ iofs.FileMode) (Node, error) {
	if flag != os.O_RDONLY {
		return nil, failure("open", name, syscall.EROFS)
	}
	file, err := f.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	return &openFile{File: file}, nil
}

// Stat implements Tree.
func (f files) Stat(name string) (iofs.FileInfo, error) { return iofs.Stat(f.fsys, name) }

// Lstat implements Tree.
func (f files) Lstat(name string) (iofs.FileInfo, error) { return iofs.Lstat(f.fsys, name) }

// List implements Tree.
func (f files) List(name string, most int) ([]iofs.FileInfo, error) {
	entries, err := iofs.ReadDir(f.fsys, name)
	if err != nil {
		return nil, err
	}
	var out []iofs.FileInfo
	for _, e := range entries[:min(len(entries), most+1)] {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		out = append(out, info)
	}
	return out, nil
}

// Mkdir implements Tree.
func (files) Mkdir(string, iofs.FileMode) error { return syscall.EROFS }

// Remove implements Tree.
func (files) Remove(string) error { return syscall.EROFS }

// Rename implements Tree.
func (files) Rename(string, string) error { return syscall.EROFS }

// ID implements Tree: such a file has one name.
func (files) ID(info iofs.FileInfo) string { return systemID(info) }

// Close implements Tree. The files are the program's.
func (files) Close() error { return nil }

// openFile is a Node on a file of io/fs.
type openFile struct {
	iofs.File
	read []byte // all of it, if it cannot be read at a place
	all  bool
}

// ReadAt implements Node.
func (o *openFile) ReadAt(p []byte, at int64) (int, error) {
	if r, ok := o.File.(io.ReaderAt); ok {
		return r.ReadAt(p, at)
	}
	if !o.all {
		var err error
		if o.read, err = io.ReadAll(o.File); err != nil {
			return 0, err
		}
		o.all = true
	}
	if at >= int64(len(o.read)) {
		return 0, io.EOF
	}
	n := copy(p, o.read[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt, Write, Truncate and Chmod implement Node.
func (o *openFile) WriteAt([]byte, int64) (int, error) { return 0, syscall.EROFS }
func (o *openFile) Write([]byte) (int, error)          { return 0, syscall.EROFS }
func (o *openFile) Truncate(int64) error               { return syscall.EROFS }
func (o *openFile) Chmod(iofs.FileMode) error          { return syscall.EROFS }

// Sync implements Node.
func (o *openFile) Sync() error { return nil }
