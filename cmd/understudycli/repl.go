package understudycli

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/repl"
	"github.com/understudy-run/understudy/hostapi"
)

const replName = "repl"

// scratchFiles are an app of a host only: for who types where there is no app.
//
//go:embed all:scratch
var scratchFiles embed.FS

func (p *program) replCommand() *cli.Command {
	return &cli.Command{
		Name:      replName,
		Usage:     "runs what is typed as a process of an app",
		UsageText: "understudy repl [flags] [APPDIR]\n\nExample: understudy repl --language starlark examples/supervision",
		Description: "Starts the hosts of the app and a process on the first of them, which runs each\n" +
			"input in a coroutine of its own: it may spawn, send, receive, and look at\n" +
			"process.inbox() and process.events(). It may use every module and resource of the\n" +
			"app, and require its libraries. An expression shows its value; what an input has\n" +
			"defined, variables declared by local included, the next ones have. An input that\n" +
			"is not complete goes on with the next line, a block of Starlark until an empty one.\n" +
			"Where there is no app, it is one with a host only.\n\n" +
			"Ctrl-C ends the input and not the process, Ctrl-D the repl. Tab completes names,\n" +
			"members of modules and, in quotes, ids of entries. What was typed is kept in\n" +
			"understudy/repl_history_LANGUAGE below $XDG_STATE_HOME, or without that below the\n" +
			"user's configuration directory. What is no terminal is read as inputs, line by line.\n\n" +
			"Exit status: 0 at the end of input, 1 if a resource could not be opened or the\n" +
			"process cannot begin, 2 for a usage error or an error in the app.",
		Flags: append([]cli.Flag{
			p.engineFlag(),
			&cli.StringFlag{Name: "language", Usage: "`LANGUAGE` of the inputs: " + strings.Join(p.languages(), " or "), DefaultText: "that of the app"},
		}, runtimeFlags("warn")...),
		Action: p.runRepl,
	}
}

func (p *program) runRepl(c *cli.Context) error {
	if c.NArg() > 1 {
		return usage("repl takes one APPDIR, got %d arguments; flags stand before it", c.NArg())
	}
	language := c.String("language")
	if _, ok := p.dialectOf(language); language != "" && !ok {
		return usage("unknown language %q; there are: %s", language, strings.Join(p.languages(), ", "))
	}
	for _, e := range p.engines() {
		if info := e.Info(); info.Name == c.String("engine") && language != "" && language != info.Language {
			return usage("--engine %s does not go with --language %s: it speaks %s", info.Name, language, info.Language)
		}
	}
	grace, err := durationFlag(c, "shutdown-timeout")
	if err != nil {
		return err
	}
	dir := c.Args().First()
	if dir == "" {
		if dir = p.here(); dir != builtIn && !isApp(dir) {
			dir = scratch
		}
	}
	a, err := p.loadApp(c, dir)
	if err != nil {
		return err
	}
	switch {
	case a.Typed == nil:
		return status{statusUsage, "understudy: there is no engine on which inputs could run"}
	case len(a.Hosts()) == 0:
		return status{statusUsage, "understudy: the app has no host, on which the repl could run"}
	}
	r := &typing{app: a, stdout: c.App.Writer, stderr: c.App.ErrWriter}
	closeInput := r.openInput(c.App.Reader, p.completionOf(a))
	defer closeInput()
	r.stdout = printed(c.App.Writer)
	s, err := p.open(c, a, c.App.Writer, 0, slog.LevelWarn)
	if err != nil {
		return err
	}
	r.session = s
	return attendUnless(c.App.ErrWriter, r.takes, func(asked context.Context) error {
		err := s.openResources(c, asked, false)
		if err == nil {
			err = r.work(asked)
		}
		r.close()
		closeInput()
		s.stop(grace)
		return err
	})
}

// scratchApp gives the app of who has none.
func scratchApp() fs.FS {
	sub, err := fs.Sub(scratchFiles, "scratch")
	if err != nil {
		panic(err) // it is embedded
	}
	return sub
}

// typing is somebody, or a file, that types inputs.
type typing struct {
	app            *app.App
	session        *session
	stdout, stderr io.Writer
	in             inputLines
	editor         *lineEditor // nil: no terminal

	unread int // messages at the last prompt

	mu      sync.Mutex
	process *repl.Session // that runs inputs
	closed  bool
}

// inputLines are where inputs come from. The error of next is io.EOF at their end, and
// errDropped if the input so far is to be forgotten.
type inputLines interface {
	next(prompt string) (string, error)
}

var errDropped = errors.New("input dropped")

// takes deals with a signal that ends an input only. It is called by attendUnless.
func (r *typing) takes(sig os.Signal) bool {
	r.mu.Lock()
	process, closed := r.process, r.closed
	r.mu.Unlock()
	if sig != os.Interrupt || closed {
		return false
	}
	interrupted := process != nil && process.Interrupt()
	return interrupted || r.editor != nil
}

// close says that no more input runs.
func (r *typing) close() {
	r.mu.Lock()
	r.closed = true
	process := r.process
	r.mu.Unlock()
	if process != nil {
		process.Close()
	}
}

// start starts the process of the inputs, of which the first is on a line of that number.
func (r *typing) start(ctx context.Context, line int) error {
	process, err := repl.Start(ctx, repl.Options{Runtime: r.session.rt, App: r.app, Host: r.app.Hosts()[0].ID, Line: line})
	if err != nil {
		return status{statusFailed, "understudy: " + err.Error()}
	}
	r.mu.Lock()
	r.process = process
	r.mu.Unlock()
	if r.editor != nil {
		r.editor.completion.names(process.Names())
	}
	return nil
}

// work runs inputs until there are no more, or a signal asks to stop.
func (r *typing) work(asked context.Context) error {
	defer context.AfterFunc(asked, func() { r.takes(os.Interrupt) })()
	r.session.run.Start(hostsAndScopes(r.app)...)
	if err := r.session.run.Wait(asked); err != nil {
		return status{statusFailed, "understudy: " + err.Error()}
	}
	if err := r.start(asked, 1); err != nil {
		return err
	}
	if r.editor != nil {
		info := r.app.Typed.Engine.Info()
		fmt.Fprintf(r.stdout, "%s on %s, %s; Ctrl-C ends an input, Ctrl-D the repl\n", info.Language, info.Name, r.app.Hosts()[0].ID)
	}
	type read struct {
		text string
		err  error
	}
	for {
		line, more := r.process.Prompt()
		prompt := fmt.Sprintf("%d> ", line)
		if more {
			prompt = fmt.Sprintf("%d. ", line)
		}
		next := make(chan read, 1)
		go func() { // ends with the program, if nothing is typed any more
			text, err := r.in.next(prompt)
			next <- read{text, err}
		}()
		var got read
		select {
		case got = <-next:
		case <-asked.Done():
			return nil
		}
		var a repl.Answer
		switch {
		case errors.Is(got.err, errDropped):
			r.process.Drop()
			continue
		case got.err == io.EOF:
			if r.editor != nil {
				fmt.Fprintln(r.stdout) // behind the prompt
			}
			r.show(r.process.End())
			return nil
		case got.err != nil:
			return status{statusFailed, "understudy: " + got.err.Error()}
		default:
			a = r.process.Line(got.text)
		}
		r.show(a)
		if a.Ended != nil && asked.Err() == nil {
			line, _ := r.process.Prompt()
			if err := r.start(asked, line); err != nil {
				return err
			}
		}
	}
}

// show shows an answer, behind what the input has printed.
func (r *typing) show(a repl.Answer) {
	r.session.rt.Settle()
	if r.editor != nil {
		r.editor.completion.names(r.process.Names())
	}
	switch {
	case a.More:
		return
	case a.Interrupted:
		fmt.Fprintln(r.stderr, "interrupted")
	case a.Ended != nil && a.Ended.Err == nil:
		fmt.Fprintln(r.stderr, "the process runs other code now, or has ended; a new one begins")
	case a.Ended != nil:
		fmt.Fprintf(r.stderr, "%s\nthe process has ended; a new one begins\n", failureText(a.Ended.Err))
	case a.Err != nil:
		var syntax *hostapi.SyntaxError
		if errors.As(a.Err, &syntax) {
			fmt.Fprintf(r.stderr, "error: %s\n", syntax)
		} else {
			fmt.Fprintln(r.stderr, failureText(hostapi.AsError(a.Err)))
		}
	case len(a.Values) > 0:
		fmt.Fprintln(r.stdout, strings.Join(a.Values, "\t"))
	}
	if r.editor == nil {
		return
	}
	unread := 0
	if i, ok := r.session.rt.Inspect(r.process.PID()); ok {
		unread = i.Unread
	}
	if unread != r.unread && unread > 0 {
		fmt.Fprintf(r.stdout, "(%d unread: process.inbox(), process.events())\n", unread)
	}
	r.unread = unread
}
