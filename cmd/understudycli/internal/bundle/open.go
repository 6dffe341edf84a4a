package bundle

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// ErrChanged says that an executable is not as it was built (62.2).
var ErrChanged = errors.New("the app in it is not what was built into it")

// Own gives the app that this program contains, nil if it contains none, and the path of
// the program. Its file stays open as long as the program runs, so that nothing which
// takes its place later is read. The error says why the app cannot be had, which is one
// of 62.2. To be called once.
func Own() (app *App, program string, err error) {
	r := own()
	if r == (room{}) {
		return nil, "", nil
	}
	file, program, err := openSelf()
	if err != nil {
		return nil, "", fmt.Errorf("this program cannot be read: %w", err)
	}
	if app, err = contained(file, r); err != nil {
		return nil, "", fmt.Errorf("%s: %w", program, err)
	}
	return app, program, nil
}

// openSelf opens the file of this program. Where the system does not tell which that is,
// as without /proc, it is what was called.
func openSelf() (*os.File, string, error) {
	path, err := os.Executable()
	if err == nil {
		if f, openErr := os.Open(path); openErr == nil {
			return f, path, nil
		}
	}
	path, lookErr := exec.LookPath(os.Args[0])
	if lookErr != nil && !errors.Is(lookErr, exec.ErrDot) {
		return nil, "", errors.Join(err, lookErr)
	}
	f, err := os.Open(path)
	return f, path, err
}

// Read gives the app that the file of a program of any platform contains; nil if it
// contains none. It reads from file later too.
func Read(file *os.File) (*App, error) {
	all, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	slot, err := find(all)
	if err != nil {
		return nil, err
	}
	r := read(slot)
	if r == (room{}) {
		return nil, nil
	}
	return contained(file, r)
}

func contained(file io.ReaderAt, r room) (*App, error) {
	if r.offset < 0 || r.size < 0 {
		return nil, ErrChanged
	}
	if err := r.verify(file); err != nil {
		return nil, err
	}
	return open(file, r)
}
