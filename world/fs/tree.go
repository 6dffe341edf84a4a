package fs

import (
	"io"
	iofs "io/fs"
)

// Tree is what a volume stands on: a directory of the system, files of the program, a
// tree in memory. Names are those of io/fs, "." among them, and nothing outside is ever
// reached. Methods are called from any goroutine. Errors are those of package os; what
// is no fs.PathError and no number of the system is taken for a failure of the disk.
type Tree interface {
	// Open opens a regular file, or a directory to be read; flags and perm are those of
	// os.OpenFile. It never waits for another program, as a pipe would make it.
	Open(name string, flag int, perm iofs.FileMode) (Node, error)
	Stat(name string) (iofs.FileInfo, error)  // of what a link leads to
	Lstat(name string) (iofs.FileInfo, error) // of the link itself
	// List gives what a directory holds, in any order, links as themselves; at most
	// some more than most.
	List(name string, most int) ([]iofs.FileInfo, error)
	Mkdir(name string, perm iofs.FileMode) error
	Remove(name string) error // a file, a link, an empty directory
	Rename(from, to string) error
	// ID tells one file from all others that exist (44.6).
	ID(info iofs.FileInfo) string
	Close() error
}

// Node is an open file of a Tree. Of one opened with O_APPEND it is Write that writes,
// of another WriteAt. Close may be called while another method is at work, which then
// may fail.
type Node interface {
	io.ReaderAt
	io.WriterAt
	io.Writer
	Stat() (iofs.FileInfo, error)
	Truncate(size int64) error
	Chmod(perm iofs.FileMode) error
	Sync() error
	Close() error
}
