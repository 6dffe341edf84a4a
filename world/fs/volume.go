// Package fs is the script module fs: files below directories that an entry was granted
// (section 44 of docs/spec).
package fs

import (
	"cmp"
	"context"
	"errors"
	iofs "io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/understudy-run/understudy/hostapi"
)

// Limits of a volume where nothing else is said (44.1).
const (
	DefaultMaxRead    = 16 << 20
	DefaultMaxFile    = 1 << 30
	DefaultMaxEntries = 10_000
)

// Config says what a volume is. The zero value is one to read, with the limits above.
type Config struct {
	Write      bool  // scripts may change it
	MaxRead    int64 // bytes that are read at once, and of a line
	MaxFile    int64 // bytes that a file may have that is written
	MaxEntries int   // of a directory that is read
}

// Volume is a tree of files as scripts see it: the resource of kind fs.dir. Its methods
// are the work of operations: they are called from any goroutine, and stop when ctx is
// done. Errors are those of 44.7.
type Volume struct {
	tree   Tree
	config Config

	mu    sync.Mutex
	swept map[string]bool // directories where what was left behind is removed
}

// Open gives the volume of a directory; create makes that if it is not there. Whoever
// opens it closes it. An error tells the path, and is not for scripts.
func Open(dir string, create bool, c Config) (*Volume, error) {
	if create {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return New(directory{root}, c), nil
}

// New gives the volume of a tree. It closes the tree when it is closed.
func New(tree Tree, c Config) *Volume {
	c.MaxRead = cmp.Or(c.MaxRead, DefaultMaxRead)
	c.MaxFile = cmp.Or(c.MaxFile, DefaultMaxFile)
	c.MaxEntries = cmp.Or(c.MaxEntries, DefaultMaxEntries)
	return &Volume{tree: tree, config: c, swept: map[string]bool{}}
}

// Of gives the volume of what an embedding program defines as resource of kind fs.dir:
// a *Volume, an *os.Root or a Tree, which scripts may change unless their entry was
// granted it to be read, or an fs.FS, which they cannot change. nil if it is none of these.
func Of(resource any) *Volume {
	switch r := resource.(type) {
	case *Volume:
		return r
	case Tree:
		return New(r, Config{Write: true})
	case *os.Root:
		return New(directory{r}, Config{Write: true})
	case iofs.FS:
		return New(files{r}, Config{})
	}
	return nil
}

// Close closes the tree. No operation is under way then.
func (v *Volume) Close() error { return v.tree.Close() }

// stat gives what a path leads to.
func (v *Volume) stat(at string) (hostapi.Value, error) {
	name, err := v.visible(at)
	if err != nil {
		return hostapi.Value{}, err
	}
	info, err := v.tree.Stat(name)
	if err != nil {
		return hostapi.Value{}, fault(err, at)
	}
	return v.describe(info, path.Base(name)), nil
}

// visible gives the name of a path, unless it is that of a file of ours, which scripts do
// not see.
func (v *Volume) visible(at string) (string, error) {
	name, err := resolve(at)
	if err == nil && ours(path.Base(name)) {
		err = fault(iofs.ErrNotExist, at)
	}
	return name, err
}

func (v *Volume) mayWrite() error {
	if !v.config.Write {
		return hostapi.Errorf(hostapi.PermissionDenied, "read only")
	}
	return nil
}

// writable is visible for what a script changes.
func (v *Volume) writable(at string) (string, error) {
	if err := v.mayWrite(); err != nil {
		return "", err
	}
	name, err := v.visible(at)
	if err != nil {
		return "", err
	}
	if name == "." {
		return "", hostapi.Errorf(hostapi.Invalid, "invalid path: %s is the volume itself", at)
	}
	return name, nil
}

// describe gives what scripts are told of a file (44.6).
func (v *Volume) describe(info iofs.FileInfo, name string) hostapi.Value {
	kind := "other"
	switch info.Mode().Type() {
	case 0:
		kind = "file"
	case iofs.ModeDir:
		kind = "directory"
	case iofs.ModeSymlink:
		kind = "link"
	}
	modified := info.ModTime()
	return hostapi.MapOf(
		hostapi.Field("name", hostapi.String(name)),
		hostapi.Field("size", hostapi.Int(info.Size())),
		hostapi.Field("type", hostapi.String(kind)),
		hostapi.Field("modified", hostapi.Float(float64(modified.Unix())+float64(modified.Nanosecond())/1e9)),
		hostapi.Field("id", hostapi.String(v.tree.ID(info))),
	)
}

// is reports whether there is something at a path that a script can see, and whether
// that is a directory.
func (v *Volume) is(at string) (there, directory bool, err error) {
	name, err := v.visible(at)
	var info iofs.FileInfo
	if err == nil {
		info, err = v.tree.Stat(name)
	}
	if err != nil {
		switch e := hostapi.AsError(fault(err, at)); e.Kind {
		case hostapi.NotFound, hostapi.PermissionDenied, hostapi.Invalid:
			return false, false, nil
		default:
			return false, false, e
		}
	}
	return true, info.IsDir(), nil
}

// entrySize is about what is held of an entry of a directory.
const entrySize = 600

// readDir lists a directory.
func (v *Volume) readDir(ctx context.Context, at string) (hostapi.Value, error) {
	name, err := v.visible(at)
	if err != nil {
		return hostapi.Value{}, err
	}
	infos, err := v.tree.List(name, v.config.MaxEntries)
	if err != nil {
		return hostapi.Value{}, fault(err, at)
	}
	infos = slices.DeleteFunc(infos, func(i iofs.FileInfo) bool { return ours(i.Name()) })
	if len(infos) > v.config.MaxEntries {
		return hostapi.Value{}, hostapi.Errorf(hostapi.LimitExceeded, "too many entries: %s has more than %d", at, v.config.MaxEntries)
	}
	if err := hostapi.Grow(ctx, int64(len(infos))*entrySize); err != nil {
		return hostapi.Value{}, err
	}
	slices.SortFunc(infos, func(a, b iofs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	items := make([]hostapi.Value, len(infos))
	for i, info := range infos {
		items[i] = v.describe(info, info.Name())
	}
	return hostapi.ListOf(items...), nil
}

// mkdir makes a directory and those above it.
func (v *Volume) mkdir(at string) error {
	if err := v.mayWrite(); err != nil {
		return err
	}
	name, err := v.visible(at)
	if err != nil || name == "." {
		return err
	}
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '/' {
			continue
		}
		err := v.tree.Mkdir(name[:i], 0o755)
		if err == nil {
			continue
		}
		// It may be there, or be a link to it; to make it may be forbidden then.
		info, statErr := v.tree.Stat(name[:i])
		switch {
		case statErr != nil && !errors.Is(statErr, iofs.ErrNotExist):
			return fault(statErr, at)
		case statErr != nil:
			return fault(err, at)
		case !info.IsDir():
			return fault(iofs.ErrExist, at)
		}
	}
	return nil
}

// remove removes a file, a link or an empty directory.
func (v *Volume) remove(at string) error {
	name, err := v.writable(at)
	if err != nil {
		return err
	}
	err = v.tree.Remove(name)
	if errors.Is(err, syscall.ENOTEMPTY) {
		v.sweep(name) // it may hold nothing but what a program left that was killed
		err = v.tree.Remove(name)
	}
	return fault(err, at)
}

// rename gives a file or a directory another name, in place of the file that has it.
func (v *Volume) rename(from, to string) error {
	source, err := v.writable(from)
	if err != nil {
		return err
	}
	target, err := v.writable(to)
	if err != nil {
		return err
	}
	if _, err := v.tree.Lstat(source); err != nil {
		return fault(err, from)
	}
	if info, err := v.tree.Lstat(target); err == nil && info.IsDir() && source != target {
		return fault(iofs.ErrExist, to)
	}
	return fault(v.tree.Rename(source, target), to)
}
