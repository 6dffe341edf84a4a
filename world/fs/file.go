package fs

import (
	"bytes"
	"context"
	"io"
	"os"
	"path"
	"strings"
	"sync/atomic"

	"github.com/understudy-run/understudy/hostapi"
)

// How much is read at once: of a file, of lines, and where a file does not say its size.
const (
	readPiece = 64 << 10
	linePiece = 16 << 10
	readBlind = 4 << 10
)

// File is an open file, which the process holds that opened it. Its operations are
// carried out one after the other; Release may come in between.
type File struct {
	hostapi.Handle
	volume *Volume
	path   string // as the script gave it
	node   Node
	reads  bool
	writes bool
	append bool
	closed atomic.Bool

	resource string          // id of the volume, for what is told of its operations
	turn     *hostapi.Places // of its operations

	at     int64  // where the next read or write is
	window []byte // what was read ahead for lines
	begin  int64  // where the window is
}

// modes of open, and of writefile (44.4, 44.5).
var modes = map[string]int{
	"r":  os.O_RDONLY,
	"w":  os.O_WRONLY | os.O_CREATE,
	"a":  os.O_WRONLY | os.O_CREATE | os.O_APPEND,
	"rw": os.O_RDWR | os.O_CREATE,
	"wx": os.O_WRONLY | os.O_CREATE | os.O_EXCL,
}

func irregular(at string) error {
	return hostapi.Errorf(hostapi.Invalid, "not a regular file: %s", at)
}

// openFile opens a file of a path.
func (v *Volume) openFile(at, mode string) (*File, error) {
	name, err := v.visible(at)
	if err != nil {
		return nil, err
	}
	return v.open(name, at, mode)
}

// open opens a file by its name.
func (v *Volume) open(name, at, mode string) (*File, error) {
	flag := modes[mode]
	if flag != os.O_RDONLY {
		if err := v.mayWrite(); err != nil {
			return nil, err
		}
	}
	// A device may do something when it is opened; so it is looked at before, and after,
	// since it may have been put there meanwhile.
	if info, err := v.tree.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, irregular(at)
	}
	node, err := v.tree.Open(name, flag, 0o644)
	if err != nil {
		return nil, fault(err, at)
	}
	info, err := node.Stat()
	switch {
	case err == nil && !info.Mode().IsRegular():
		err = irregular(at)
	case err == nil && mode == "w" && info.Size() > 0:
		err = node.Truncate(0)
	}
	if err != nil {
		_ = node.Close()
		return nil, fault(err, at)
	}
	f := &File{volume: v, path: at, node: node, reads: mode == "r" || mode == "rw", writes: mode != "r", append: mode == "a", turn: hostapi.NewPlaces(1)}
	if f.append {
		f.at = info.Size()
	}
	return f, nil
}

// Release implements hostapi.Held: the file is closed.
func (f *File) Release(context.Context, bool) {
	f.closed.Store(true)
	_ = f.node.Close() // what was not synced is the system's affair (40.11)
}

func errClosed() error { return hostapi.Errorf(hostapi.Invalid, "file is closed") }

// usable says whether the file is open, and for what is asked.
func (f *File) usable(write bool) error {
	switch {
	case f.closed.Load():
		return errClosed()
	case write && !f.writes:
		return hostapi.Errorf(hostapi.PermissionDenied, "not open for writing: %s", f.path)
	case !write && !f.reads:
		return hostapi.Errorf(hostapi.PermissionDenied, "not open for reading: %s", f.path)
	}
	return nil
}

// readFile reads a whole file.
func (v *Volume) readFile(ctx context.Context, at string) (hostapi.Value, error) {
	f, err := v.openFile(at, "r")
	if err != nil {
		return hostapi.Value{}, err
	}
	defer f.node.Close()
	info, err := f.node.Stat()
	var text string
	if err == nil && info.Size() <= v.config.MaxRead {
		text, err = f.piece(ctx, v.config.MaxRead+1) // it may grow meanwhile
	}
	if err == nil && max(info.Size(), int64(len(text))) > v.config.MaxRead {
		err = v.tooLarge(at, v.config.MaxRead)
	}
	if err != nil {
		return hostapi.Value{}, fault(err, at)
	}
	return hostapi.String(text), nil
}

// read gives at most n bytes, nil at the end.
func (f *File) read(ctx context.Context, n int64) (hostapi.Value, error) {
	if err := f.usable(false); err != nil {
		return hostapi.Value{}, err
	}
	text, err := f.piece(ctx, min(n, f.volume.config.MaxRead))
	if err != nil || text == "" {
		return hostapi.Value{}, fault(err, f.path)
	}
	return hostapi.String(text), nil
}

// piece reads n bytes, or what there is up to the end of the file.
func (f *File) piece(ctx context.Context, n int64) (string, error) {
	info, err := f.node.Stat()
	if err != nil {
		return "", err
	}
	// The size tells how much room is needed; files of the system that are made as
	// they are read say 0.
	size := min(n, max(readBlind, info.Size()-f.at))
	var out strings.Builder
	out.Grow(int(min(size, n)))
	buffer := make([]byte, min(size, readPiece))
	if err := hostapi.Grow(ctx, size); err != nil {
		return "", err
	}
	for int64(out.Len()) < n {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		got, err := f.node.ReadAt(buffer[:min(int64(len(buffer)), n-int64(out.Len()))], f.at)
		out.Write(buffer[:got])
		f.at += int64(got)
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

// readLine gives the line that begins here, without its end; nil if it has none yet, and
// then nothing is taken.
func (f *File) readLine(ctx context.Context) (hostapi.Value, error) {
	if err := f.usable(false); err != nil {
		return hostapi.Value{}, err
	}
	if f.at < f.begin || f.at > f.begin+int64(len(f.window)) {
		f.forget()
		f.begin = f.at
	}
	looked := 0
	for {
		rest := f.window[f.at-f.begin:]
		if i := bytes.IndexByte(rest[looked:], '\n'); i >= 0 {
			line := rest[:looked+i]
			if int64(len(line)) > f.volume.config.MaxRead {
				return hostapi.Value{}, f.lineTooLong()
			}
			f.at += int64(len(line)) + 1
			return hostapi.String(string(bytes.TrimSuffix(line, []byte("\r")))), nil
		}
		if looked = len(rest); int64(looked) > f.volume.config.MaxRead {
			return hostapi.Value{}, f.lineTooLong()
		}
		if err := ctx.Err(); err != nil {
			return hostapi.Value{}, err
		}
		f.window = append(f.window[:0], rest...)
		f.begin = f.at
		if err := hostapi.Grow(ctx, linePiece); err != nil {
			return hostapi.Value{}, err
		}
		got, err := f.more()
		if got == 0 {
			f.forget() // it may be written otherwise until it is read again
			if err == io.EOF {
				err = nil
			}
			return hostapi.Value{}, fault(err, f.path)
		}
	}
}

func (f *File) lineTooLong() error {
	f.forget()
	return hostapi.Errorf(hostapi.LimitExceeded, "line too long: %s has one of more than %d bytes", f.path, f.volume.config.MaxRead)
}

// more reads on at the end of the window.
func (f *File) more() (int, error) {
	have := len(f.window)
	if cap(f.window)-have < linePiece {
		f.window = append(make([]byte, 0, max(linePiece, 2*cap(f.window))), f.window...)
	}
	got, err := f.node.ReadAt(f.window[have:min(cap(f.window), have+max(linePiece, have))], f.begin+int64(have))
	f.window = f.window[:have+got]
	return got, err
}

// forget gives up what was read ahead.
func (f *File) forget() {
	f.window = f.window[:0]
	if cap(f.window) > 2*linePiece {
		f.window = nil // for one long line only
	}
}

// write writes data where the file stands, or at its end, and gives how many bytes.
func (f *File) write(ctx context.Context, data string) (hostapi.Value, error) {
	if err := f.usable(true); err != nil {
		return hostapi.Value{}, err
	}
	if f.append {
		info, err := f.node.Stat()
		if err != nil {
			return hostapi.Value{}, fault(err, f.path)
		}
		f.at = info.Size()
	}
	if f.at > f.volume.config.MaxFile-int64(len(data)) {
		return hostapi.Value{}, f.volume.tooLarge(f.path, f.volume.config.MaxFile)
	}
	f.forget()
	for done := 0; done < len(data); {
		if err := ctx.Err(); err != nil {
			return hostapi.Value{}, err
		}
		piece := []byte(data[done:min(len(data), done+writePiece)])
		var n int
		var err error
		if f.append {
			n, err = f.node.Write(piece)
		} else {
			n, err = f.node.WriteAt(piece, f.at)
		}
		done += n
		f.at += int64(n)
		if err != nil {
			return hostapi.Value{}, fault(err, f.path)
		}
	}
	return hostapi.Int(int64(len(data))), nil
}

// seek goes to a place and gives it, from the beginning.
func (f *File) seek(whence string, offset int64) (hostapi.Value, error) {
	if f.closed.Load() {
		return hostapi.Value{}, errClosed()
	}
	to := offset
	switch whence {
	case "cur":
		to += f.at
	case "end":
		info, err := f.node.Stat()
		if err != nil {
			return hostapi.Value{}, fault(err, f.path)
		}
		to += info.Size()
	}
	if to < 0 || to > hostapi.MaxInt {
		return hostapi.Value{}, hostapi.Errorf(hostapi.Invalid, "invalid offset: %d", to)
	}
	f.at = to
	return hostapi.Int(to), nil
}

// stat gives what the file is now.
func (f *File) stat() (hostapi.Value, error) {
	if f.closed.Load() {
		return hostapi.Value{}, errClosed()
	}
	info, err := f.node.Stat()
	if err != nil {
		return hostapi.Value{}, fault(err, f.path)
	}
	name, err := resolve(f.path)
	return f.volume.describe(info, path.Base(name)), err
}

// sync has the system write to the disk what was written.
func (f *File) sync() error {
	if f.closed.Load() {
		return errClosed()
	}
	return fault(f.node.Sync(), f.path)
}
