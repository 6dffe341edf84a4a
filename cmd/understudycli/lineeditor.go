package understudycli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// piped reads inputs from what is no terminal.
type piped struct{ r *bufio.Reader }

func (p piped) next(string) (string, error) {
	text, err := p.r.ReadString('\n')
	if err == io.EOF && text != "" {
		err = nil
	}
	return trimLine(text), err
}

func trimLine(text string) string {
	for len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == '\r') {
		text = text[:len(text)-1]
	}
	return text
}

// lineEditor reads lines from a terminal, with history and completion. What is written to it
// meanwhile, by any goroutine, appears above the line that is being typed.
type lineEditor struct {
	*term.Terminal
	in          *os.File
	screen      io.Writer
	completion  *completion
	interrupted bool   // by what was read last
	typed       []byte // read, and not given on

	mu     sync.Mutex
	cooked *term.State // to go back to; nil: a line is not being read
}

// openInput takes the inputs from a terminal if stdin and stdout are one; what is written
// to stdout and stderr then goes through the editor. The function gives all back.
func (r *typing) openInput(stdin io.Reader, c *completion) (closeInput func()) {
	if stdin == nil {
		stdin = os.Stdin
	}
	r.in = piped{bufio.NewReader(stdin)}
	in, ok := stdin.(*os.File)
	out, isOutput := r.stdout.(*output)
	if !ok || !isOutput || !term.IsTerminal(int(in.Fd())) || !isTerminal(out.w) {
		return func() {}
	}
	screen := out.w
	e := &lineEditor{in: in, screen: screen, completion: c}
	e.Terminal = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keys{e}, screen}, "")
	e.History = openHistory(c.language)
	e.AutoCompleteCallback = e.complete
	r.in, r.editor = e, e
	out.redirect(e)
	giveBack := func() {
		if e.restore() {
			fmt.Fprintln(screen) // behind a line that is being typed
		}
		out.redirect(screen)
	}
	m, ok := r.stderr.(*messages)
	if !ok || !isTerminal(m.w) {
		return giveBack
	}
	errs := m.w
	m.redirect(e)
	return func() { giveBack(); m.redirect(errs) }
}

// next reads one line.
func (e *lineEditor) next(prompt string) (string, error) {
	cooked, err := term.MakeRaw(int(e.in.Fd()))
	if err != nil {
		return "", err
	}
	e.mu.Lock()
	e.cooked = cooked
	e.mu.Unlock()
	defer e.restore()
	if width, height, err := term.GetSize(int(e.in.Fd())); err == nil && width > 0 {
		_ = e.SetSize(width, height)
	}
	e.SetPrompt(prompt)
	e.SetBracketedPasteMode(true)
	defer e.SetBracketedPasteMode(false)
	text, err := e.ReadLine()
	if errors.Is(err, term.ErrPasteIndicator) {
		err = nil
	}
	if e.interrupted {
		e.interrupted = false
		return "", errDropped
	}
	return text, err
}

// Write writes above the line that is being typed, if one is.
func (e *lineEditor) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cooked == nil {
		return e.screen.Write(p)
	}
	return e.Terminal.Write(p)
}

// restore gives the terminal back, for Ctrl-C to be a signal, if a line is being read, and
// reports whether one was.
func (e *lineEditor) restore() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cooked == nil {
		return false
	}
	_ = term.Restore(int(e.in.Fd()), e.cooked)
	e.cooked = nil
	return true
}

// keys are what is typed. Terminal takes Ctrl-C for the end of input, and keeps the line:
// it gets an empty line instead.
type keys struct{ *lineEditor }

const (
	ctrlC     = 3
	emptyLine = "\x05\x15\r" // to the end, delete all before, enter
)

func (k keys) Read(b []byte) (int, error) {
	var err error
	if len(k.typed) == 0 {
		n := 0
		n, err = k.in.Read(b)
		k.typed = append(k.typed, b[:n]...)
	}
	if i := bytes.IndexByte(k.typed, ctrlC); i == 0 {
		k.interrupted = true
		k.typed = k.typed[1:]
		return copy(b, emptyLine), err
	} else if i > 0 {
		b = b[:min(i, len(b))]
	}
	n := copy(b, k.typed)
	k.typed = k.typed[n:]
	return n, err
}
