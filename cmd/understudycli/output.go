package understudycli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/urfave/cli/v2"

	worldio "github.com/understudy-run/understudy/world/io"
)

// output is the standard output of the command. Everything goes through it: print
// lines of scripts, results, references. A write to it never fails for its caller;
// what could not be written is told once on stderr, and makes a status of success
// one of failure at the end (22.1). Later writes are tried all the same, since room
// may be made on a disk that was full. Its methods are called from any goroutine.
type output struct {
	w       io.Writer
	stderr  io.Writer
	writing sync.Mutex // held by who writes, as long as the system takes

	mu     sync.Mutex // guards the rest
	used   bool
	err    error // the first
	failed int   // writes
}

func (o *output) Write(p []byte) (int, error) {
	o.writing.Lock()
	defer o.writing.Unlock()
	_, err := o.w.Write(p)
	o.note(true, err)
	return len(p), nil
}

// redirect has all that follows written elsewhere.
func (o *output) redirect(w io.Writer) {
	o.writing.Lock()
	defer o.writing.Unlock()
	o.w = w
}

// note keeps the first error and tells it.
func (o *output) note(used bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.used = o.used || used
	if err != nil {
		o.failed++
	}
	if err != nil && o.err == nil {
		o.err = err
		fmt.Fprintf(o.stderr, "understudy: output is lost: %v\n", err)
	}
}

// failures tells how many writes have failed so far.
func (o *output) failures() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}

// close tells the system that no more will be written, which is when some file
// systems say that they have no room. It gives the first error of all. It does not
// wait for a write that is under way: that is of work left behind, and may never end.
func (o *output) close() error {
	if o.writing.TryLock() {
		defer o.writing.Unlock()
		if c, ok := o.w.(io.Closer); ok && o.used {
			o.note(false, c.Close())
			o.w = closedWriter{}
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// closedWriter takes what a run that was ended at once goes on writing.
type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, errors.New("closed") }

// messages is the standard error of the command: what the command itself says and the
// log, which the runtime writes on a goroutine of its own.
type messages struct {
	w  io.Writer
	mu sync.Mutex
}

func (m *messages) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.w.Write(p)
}

// redirect has all that follows written elsewhere.
func (m *messages) redirect(w io.Writer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.w = w
}

// terminal is what the process that exec starts reads and writes (45.2).
func (s *session) terminal(c *cli.Context, args []string) *worldio.Terminal {
	write := func(ctx context.Context, text string) error {
		o, ok := c.App.Writer.(*output)
		if !ok {
			return s.rt.WriteOutput(ctx, text)
		}
		before := o.failures()
		err := s.rt.WriteOutput(ctx, text)
		if err == nil && o.failures() > before {
			err = errors.New("output is lost")
		}
		return err
	}
	errs := c.App.ErrWriter
	if isTerminal(errs) {
		errs = screen{errs}
	}
	return worldio.NewTerminal(c.App.Reader, args, write, errs)
}
