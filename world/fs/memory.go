package fs

import (
	"fmt"
	"io"
	iofs "io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"sync"
	"syscall"
	"time"
)

// NewMemory gives a Tree in memory, empty at first: a stand-in for a directory in tests
// and in simulated runs, where its operations are performed (40.14). Times of files are
// those of now; give it the clock of the run. It has no links.
func NewMemory(now func() time.Time) Tree {
	m := &memory{now: now, nodes: map[string]*memoryFile{}}
	m.nodes["."] = m.file(iofs.ModeDir | 0o755)
	return m
}

// memory is a Tree in memory. Its lock guards all its files.
type memory struct {
	now func() time.Time

	mu    sync.Mutex
	nodes map[string]*memoryFile // by name
	made  int
}

// memoryFile is a file, with any number of names, or a directory.
type memoryFile struct {
	tree     *memory
	id       int
	mode     iofs.FileMode
	modified time.Time
	data     []byte
}

// file makes a file that has no name yet. The lock is held, or the tree is new.
func (m *memory) file(mode iofs.FileMode) *memoryFile {
	m.made++
	return &memoryFile{tree: m, id: m.made, mode: mode, modified: m.now()}
}

func failure(op, name string, err error) error {
	return &iofs.PathError{Op: op, Path: name, Err: err}
}

// find gives what has a name, and fails for what has none in a directory. The lock is
// held.
func (m *memory) find(op, name string) (*memoryFile, error) {
	if f := m.nodes[name]; f != nil {
		return f, nil
	}
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if f := m.nodes[dir]; f != nil {
			if !f.mode.IsDir() {
				return nil, failure(op, name, syscall.ENOTDIR)
			}
			return nil, failure(op, name, iofs.ErrNotExist)
		}
	}
}

// room fails if nothing can be made under a name, since its directory is none. The lock
// is held.
func (m *memory) room(op, name string) error {
	dir, err := m.find(op, path.Dir(name))
	if err == nil && !dir.mode.IsDir() {
		err = failure(op, name, syscall.ENOTDIR)
	}
	return err
}

// Open implements Tree.
func (m *memory) Open(name string, flag int, perm iofs.FileMode) (Node, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.find("open", name)
	switch {
	case err == nil && flag&os.O_EXCL != 0:
		return nil, failure("open", name, iofs.ErrExist)
	case err == nil && f.mode.IsDir() && flag != os.O_RDONLY:
		return nil, failure("open", name, syscall.EISDIR)
	case err != nil && flag&os.O_CREATE != 0:
		if err := m.room("open", name); err != nil {
			return nil, err
		}
		f = m.file(perm)
		m.nodes[name] = f
	case err != nil:
		return nil, err
	}
	return memoryNode{f, path.Base(name)}, nil
}

// Stat implements Tree.
func (m *memory) Stat(name string) (iofs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.find("stat", name)
	if err != nil {
		return nil, err
	}
	return f.info(path.Base(name)), nil
}

// Lstat implements Tree.
func (m *memory) Lstat(name string) (iofs.FileInfo, error) { return m.Stat(name) }

// List implements Tree.
func (m *memory) List(name string, most int) ([]iofs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, err := m.find("list", name)
	if err != nil {
		return nil, err
	}
	if !dir.mode.IsDir() {
		return nil, failure("list", name, syscall.ENOTDIR)
	}
	var out []iofs.FileInfo
	for _, n := range slices.Sorted(maps.Keys(m.nodes)) {
		if n != "." && path.Dir(n) == name && len(out) <= most {
			out = append(out, m.nodes[n].info(path.Base(n)))
		}
	}
	return out, nil
}

// Mkdir implements Tree.
func (m *memory) Mkdir(name string, perm iofs.FileMode) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nodes[name] != nil {
		return failure("mkdir", name, iofs.ErrExist)
	}
	if err := m.room("mkdir", name); err != nil {
		return err
	}
	m.nodes[name] = m.file(iofs.ModeDir | perm)
	return nil
}

// below gives the names of what is in a directory, at any depth. The lock is held.
func (m *memory) below(name string) []string {
	var out []string
	for n := range m.nodes {
		if len(n) > len(name) && n[:len(name)] == name && n[len(name)] == '/' {
			out = append(out, n)
		}
	}
	return out
}

// Remove implements Tree.
func (m *memory) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.find("remove", name); err != nil {
		return err
	}
	if len(m.below(name)) > 0 {
		return failure("remove", name, syscall.ENOTEMPTY)
	}
	delete(m.nodes, name)
	return nil
}

// Rename implements Tree.
func (m *memory) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.find("rename", from)
	if err != nil {
		return err
	}
	if err := m.room("rename", to); err != nil {
		return err
	}
	below := m.below(from)
	if to == from {
		return nil
	}
	if slices.Contains(below, to) || slices.Contains(below, path.Dir(to)) || f.mode.IsDir() && path.Dir(to) == from {
		return failure("rename", to, syscall.EINVAL) // into itself
	}
	for _, n := range below {
		m.nodes[to+n[len(from):]] = m.nodes[n]
		delete(m.nodes, n)
	}
	delete(m.nodes, from)
	m.nodes[to] = f
	return nil
}

// ID implements Tree.
func (m *memory) ID(info iofs.FileInfo) string {
	return fmt.Sprint(info.(memoryInfo).id)
}

// Close implements Tree.
func (m *memory) Close() error { return nil }

// memoryNode is an open file of a memory, which knows the name that it had.
type memoryNode struct {
	*memoryFile
	name string
}

// ReadAt implements Node.
func (n memoryNode) ReadAt(p []byte, at int64) (int, error) {
	n.tree.mu.Lock()
	defer n.tree.mu.Unlock()
	if at >= int64(len(n.data)) {
		return 0, io.EOF
	}
	got := copy(p, n.data[at:])
	if got < len(p) {
		return got, io.EOF
	}
	return got, nil
}

// WriteAt implements Node.
func (n memoryNode) WriteAt(p []byte, at int64) (int, error) {
	n.tree.mu.Lock()
	defer n.tree.mu.Unlock()
	return n.write(p, at), nil
}

// Write implements Node.
func (n memoryNode) Write(p []byte) (int, error) {
	n.tree.mu.Lock()
	defer n.tree.mu.Unlock()
	return n.write(p, int64(len(n.data))), nil
}

// write puts data at a place. The lock is held.
func (f *memoryFile) write(p []byte, at int64) int {
	f.resize(max(int64(len(f.data)), at+int64(len(p))))
	return copy(f.data[at:], p)
}

// resize cuts the file, or fills it with zeros. The lock is held.
func (f *memoryFile) resize(size int64) {
	f.modified = f.tree.now()
	if more := size - int64(len(f.data)); more > 0 {
		f.data = append(f.data, make([]byte, more)...)
	}
	f.data = f.data[:size]
}

// Truncate implements Node.
func (n memoryNode) Truncate(size int64) error {
	n.tree.mu.Lock()
	defer n.tree.mu.Unlock()
	n.resize(size)
	return nil
}

// Chmod implements Node.
func (n memoryNode) Chmod(perm iofs.FileMode) error {
	n.tree.mu.Lock()
	defer n.tree.mu.Unlock()
	n.mode = n.mode&iofs.ModeType | perm
	return nil
}

// Stat implements Node.
func (n memoryNode) Stat() (iofs.FileInfo, error) {
	n.tree.mu.Lock()
	defer n.tree.mu.Unlock()
	return n.info(n.name), nil
}

// Sync and Close implement Node.
func (n memoryNode) Sync() error  { return nil }
func (n memoryNode) Close() error { return nil }

// memoryInfo is what a file was when somebody asked.
type memoryInfo struct {
	name     string
	id       int
	size     int64
	mode     iofs.FileMode
	modified time.Time
}

// info describes the file. The lock is held.
func (f *memoryFile) info(name string) memoryInfo {
	return memoryInfo{name, f.id, int64(len(f.data)), f.mode, f.modified}
}

func (i memoryInfo) Name() string        { return i.name }
func (i memoryInfo) Size() int64         { return i.size }
func (i memoryInfo) Mode() iofs.FileMode { return i.mode }
func (i memoryInfo) ModTime() time.Time  { return i.modified }
func (i memoryInfo) IsDir() bool         { return i.mode.IsDir() }
func (i memoryInfo) Sys() any            { return nil }
