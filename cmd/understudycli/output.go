package understudycli

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// output is the standard output of the command. Everything goes through it: print
// lines of scripts, results, references. A write to it never fails for its caller;
// what could not be written is told once on stderr, and makes a status of success
// one of failure at the end (22.1). Later writes are tried all the same, since room
// may be made on a disk that was full. Its methods are called from any goroutine.
type output struct {
	mu     sync.Mutex
	w      io.Writer
	stderr io.Writer
	used   bool
	err    error // the first
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.used = true
	_, err := o.w.Write(p)
	o.note(err)
	return len(p), nil
}

// note keeps the first error and tells it.
func (o *output) note(err error) {
	if err != nil && o.err == nil {
		o.err = err
		fmt.Fprintf(o.stderr, "understudy: output is lost: %v\n", err)
	}
}

// close tells the system that no more will be written, which is when some file
// systems say that they have no room. It gives the first error of all.
func (o *output) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c, ok := o.w.(io.Closer); ok && o.used {
		o.note(c.Close())
		o.w = closedWriter{}
	}
	return o.err
}

// closedWriter takes what a run that was ended at once goes on writing.
type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, errors.New("closed") }
