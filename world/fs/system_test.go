//go:build unix

package fs

import (
	iofs "io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// 44.3: nothing but regular files is opened, and nothing waits for it.
func TestOnlyRegularFiles(t *testing.T) {
	v, dir := inDirectory(t, Config{Write: true})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip("no pipes here: ", err)
	}
	if err := v.mkdir("dir"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"pipe", "dir", "."} {
		for mode := range modes {
			f, err := v.openFile(path, mode)
			fails(t, "opening "+path+" as "+mode, err, hostapi.Invalid, "not a regular file: "+path)
			if f != nil {
				t.Errorf("%s is open", path)
			}
		}
		_, err := v.readFile(t.Context(), path)
		fails(t, "reading "+path, err, hostapi.Invalid, "not a regular file: "+path)
		if path != "." {
			fails(t, "writing "+path, v.writeFile(t.Context(), path, "x", "w"), hostapi.Invalid, "not a regular file: "+path)
		}
	}
	// What is put there between the look and the opening is found too.
	tree := v.tree.(directory)
	for _, flag := range []int{os.O_RDONLY, os.O_WRONLY, os.O_RDWR} {
		if n, err := tree.Open("pipe", flag, 0); err == nil {
			_ = n.Close()
		}
	}
	if got := v.names(t, "."); got != "dir:directory pipe:other" {
		t.Errorf("the volume holds %s", got)
	}
}

// 44.4: a file that is replaced keeps its permissions, and a new one is readable to all.
func TestPermissions(t *testing.T) {
	v, dir := inDirectory(t, Config{Write: true})
	v.mustWrite(t, "f", "1")
	path := filepath.Join(dir, "f")
	umask := syscall.Umask(0)
	syscall.Umask(umask)
	mode := func() iofs.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	if got, want := mode(), iofs.FileMode(0o644&^umask); got != want {
		t.Errorf("a new file has %o, want %o", got, want)
	}
	for _, want := range []iofs.FileMode{0o600, 0o755, 0o444} {
		if err := os.Chmod(path, want); err != nil {
			t.Fatal(err)
		}
		v.mustWrite(t, "f", "2")
		if got := mode(); got != want {
			t.Errorf("a file with %o has %o afterwards", want, got)
		}
	}
}
