package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// LoadDir reads and checks the app in a directory. Symbolic links inside it
// are followed, out of it they are not: "source outside the app" (14.17).
func LoadDir(dir string, opts Options) (*App, Diagnostics) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, Diagnostics{{Message: fmt.Sprintf("app directory %s: %s", dir, reason(err))}}
	}
	defer root.Close()
	if opts.Data == "" {
		opts.Data = dir
	}
	a, found := Load(directory{root.FS(), dir}, opts)
	if a != nil {
		a.place.App = reopened(dir)
	}
	return a, found
}

// reopened is the directory of an app as a file system that holds nothing open.
type reopened string

// Open opens a file; links that lead out of the directory are not followed.
func (dir reopened) Open(name string) (fs.File, error) {
	root, err := os.OpenRoot(string(dir))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.FS().Open(name)
}

// directory is a directory as a file system that nothing leads out of.
type directory struct {
	fs.FS
	dir string
}

// Open opens a file; errOutside if a link leads out.
func (d directory) Open(name string) (fs.File, error) {
	f, err := d.FS.Open(name)
	if err != nil {
		return nil, escape(name, err)
	}
	return f, nil
}

// Stat describes a file; errOutside if a link leads out.
func (d directory) Stat(name string) (fs.FileInfo, error) {
	info, err := fs.Stat(d.FS, name)
	if err != nil {
		return nil, escape(name, err)
	}
	return info, nil
}

// escape recognises the error of os.Root for a path that leads out, which has
// no exported name.
func escape(name string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) && p.Err.Error() == "path escapes from parent" {
		return &fs.PathError{Op: p.Op, Path: name, Err: errOutside}
	}
	return err
}
