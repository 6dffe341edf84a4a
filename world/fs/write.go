package fs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	iofs "io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// writePiece is how much is written before it is looked whether that is still wanted.
const writePiece = 1 << 20

// writeFile writes a whole file: mode "w" replaces it at once, "a" appends, "wx" makes a
// new one (44.4).
func (v *Volume) writeFile(ctx context.Context, at, data, mode string) error {
	name, err := v.writable(at)
	if err != nil {
		return err
	}
	if int64(len(data)) > v.config.MaxFile {
		return v.tooLarge(at, v.config.MaxFile)
	}
	if mode == "w" {
		return fault(v.replace(ctx, name, at, data), at)
	}
	f, err := v.open(name, at, mode)
	if err != nil {
		return err
	}
	if mode == "wx" {
		err = writeAll(ctx, f.node, data)
		if err = errors.Join(err, f.node.Close()); err != nil {
			_ = v.tree.Remove(name) // it is ours: nobody had it before
		}
		return fault(err, at)
	}
	_, err = f.write(ctx, data)
	return fault(errors.Join(err, f.node.Close()), at)
}

func (v *Volume) tooLarge(at string, most int64) error {
	return hostapi.Errorf(hostapi.LimitExceeded, "file too large: %s has more than %d bytes", at, most)
}

// replace writes a file beside the old one, and gives it its name when all is on disk.
func (v *Volume) replace(ctx context.Context, name, at, data string) error {
	perm := iofs.FileMode(0o644)
	info, err := v.tree.Stat(name)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return irregular(at)
	case err == nil:
		perm = info.Mode().Perm()
	case !errors.Is(err, iofs.ErrNotExist):
		return err
	}
	dir := path.Dir(name)
	v.sweep(dir)
	beside := path.Join(dir, newOurs())
	create := perm
	if info != nil {
		create &= 0o700 // who could not read the old file cannot read this one meanwhile
	}
	node, err := v.tree.Open(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, create|0o200)
	if err != nil {
		return err
	}
	err = writeAll(ctx, node, data)
	if err == nil && info != nil {
		err = node.Chmod(perm)
	}
	if err == nil {
		err = node.Sync()
	}
	if err = errors.Join(err, node.Close()); err == nil {
		err = ctx.Err() // a process that was killed changes nothing any more
	}
	if err == nil {
		err = v.tree.Rename(beside, name)
	}
	if err != nil {
		_ = v.tree.Remove(beside)
	}
	return err
}

// writeAll writes data at the beginning of a file.
func writeAll(ctx context.Context, node Node, data string) error {
	for at := 0; at < len(data); at += writePiece {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := node.WriteAt([]byte(data[at:min(len(data), at+writePiece)]), int64(at)); err != nil {
			return err
		}
	}
	return nil
}

// What a file is called that takes the place of another when it is written. Scripts see
// none of these.
const (
	oursBefore = ".understudy-"
	oursAfter  = ".part"
)

func newOurs() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return oursBefore + hex.EncodeToString(random[:]) + oursAfter
}

func ours(name string) bool {
	return len(name) == len(oursBefore)+16+len(oursAfter) && strings.HasPrefix(name, oursBefore) && strings.HasSuffix(name, oursAfter)
}

// forgotten is how long nobody has written to a file of ours that a program left which was
// killed. One that is at work writes all the time.
const forgotten = time.Hour

// sweep removes from a directory, once, what programs left there that were killed.
func (v *Volume) sweep(dir string) {
	v.mu.Lock()
	done := v.swept[dir]
	v.swept[dir] = true
	v.mu.Unlock()
	if done {
		return
	}
	infos, err := v.tree.List(dir, v.config.MaxEntries)
	if err != nil {
		return // whoever uses the directory is told
	}
	for _, info := range infos {
		if ours(info.Name()) && time.Since(info.ModTime()) > forgotten {
			_ = v.tree.Remove(path.Join(dir, info.Name()))
		}
	}
}
