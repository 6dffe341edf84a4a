package editor

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"sync"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/understudy-run/understudy/core/app"
)

// project is an app that some open document belongs to. Its survey is made anew whenever
// something has changed, one at a time, of the newest texts only: what runs for older ones
// is cancelled. Its methods are called from any goroutine.
type project struct {
	dir     string
	options app.Options
	// tell takes the diagnostics of a file, on the goroutine of the survey or that which
	// stops the project; fail what panicked.
	tell func(publishParams)
	fail func(where string, panicked any, stack []byte)

	mu       sync.Mutex
	open     map[string]document // by their paths in the app
	newest   int                 // number of the newest state of what is open
	seen     int                 // that of survey
	survey   *app.Survey         // nil if it panicked
	changed  chan struct{}       // closed when survey is another, or newest
	cancel   context.CancelFunc
	working  bool
	finished sync.WaitGroup

	told map[string]string // URIs of the files that have diagnostics; of work, and after it of stop
}

func newProject(dir string, options app.Options, tell func(publishParams), fail func(string, any, []byte)) *project {
	return &project{dir: dir, options: options, tell: tell, fail: fail, changed: make(chan struct{}), cancel: func() {}, told: map[string]string{}}
}

// update notes that something has changed: open are all open documents of the app, which
// do not change any more.
func (p *project) update(open map[string]document) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = open
	p.newest++
	p.renew()
	p.cancel()
	if !p.working {
		p.working = true
		p.finished.Go(p.work)
	}
}

// renew wakes up who waits for a survey.
func (p *project) renew() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// stop ends what runs, waits for it, and takes the diagnostics back.
func (p *project) stop() {
	p.mu.Lock()
	p.newest++
	p.seen, p.survey = p.newest, nil
	p.renew()
	p.cancel()
	p.mu.Unlock()
	p.finished.Wait()
	for _, uri := range p.told {
		p.tell(publishParams{URI: uri, Diagnostics: []diagnostic{}})
	}
}

// work makes surveys until there is one of the newest texts.
func (p *project) work() {
	for {
		p.mu.Lock()
		if p.seen == p.newest {
			p.working = false
			p.mu.Unlock()
			return
		}
		number, open, before := p.newest, p.open, p.survey
		ctx, cancel := context.WithCancel(context.Background())
		p.cancel = cancel
		p.mu.Unlock()

		survey, err := p.look(ctx, open, before)
		cancel()

		p.mu.Lock()
		current := number == p.newest && err == nil
		if current {
			p.seen, p.survey = number, survey
			p.renew()
		}
		p.mu.Unlock()
		if current && survey != nil {
			p.publish(survey, open)
		}
	}
}

// look surveys the app; nil without an error if that panics.
func (p *project) look(ctx context.Context, open map[string]document, before *app.Survey) (s *app.Survey, err error) {
	defer func() {
		if r := recover(); r != nil {
			p.fail("the check of "+p.dir, r, debug.Stack())
			s, err = nil, nil
		}
	}()
	texts := map[string]string{}
	for file, d := range open {
		texts[file] = d.text
	}
	return app.Look(ctx, p.dir, texts, p.options, before)
}

// errModified says that what was asked for is no more.
var errModified = &jsonrpc2.Error{Code: codeContentModified, Message: "the text has changed meanwhile"}

// number gives that of the state of the texts now, for current.
func (p *project) number() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.newest
}

// current waits for the survey of a state of the texts. The error is that of ctx, or
// errModified.
func (p *project) current(ctx context.Context, number int) (*app.Survey, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.newest == number && p.seen != number {
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		p.mu.Lock()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	switch {
	case p.newest != number:
		return nil, errModified
	case p.survey == nil:
		return nil, fmt.Errorf("the app in %s could not be checked", p.dir)
	}
	return p.survey, nil
}

// publish tells what is wrong with each file, also of files with which nothing is wrong
// any more.
func (p *project) publish(s *app.Survey, open map[string]document) {
	found := map[string][]diagnostic{}
	for file := range p.told {
		found[file] = []diagnostic{}
	}
	for file := range open {
		found[file] = []diagnostic{}
	}
	for _, d := range s.Found {
		file := d.File
		if file == "" { // it concerns the app as a whole
			files := s.IndexFiles()
			if len(files) == 0 {
				continue
			}
			file = files[0]
		}
		found[file] = append(found[file], diagnosticOf(s, file, d))
	}
	clear(p.told)
	for file, list := range found {
		out := publishParams{URI: uriOf(p.file(file)), Diagnostics: list}
		if d, is := open[file]; is {
			out.URI, out.Version = d.uri, &d.version // as the editor writes it
		}
		if len(list) > 0 {
			p.told[file] = out.URI
		}
		p.tell(out)
	}
}

// diagnosticOf gives a diagnostic of the app in the words of the protocol. Its range goes
// on to the end of the word.
func diagnosticOf(s *app.Survey, file string, d app.Diagnostic) diagnostic {
	text, _ := s.Text(file)
	out := diagnostic{Severity: severityError, Source: "understudy", Message: d.Message}
	if d.Warning {
		out.Severity = severityWarning
	}
	if d.Entry != "" {
		out.Message = d.Entry + ": " + d.Message
	}
	line := lineAt(text, d.Line-1)
	from := character(text, d.Line, d.Column)
	runes := []rune(line)
	end := min(max(d.Column-1, 0), len(runes))
	if d.Column <= 1 {
		end = len(runes)
	} else {
		in := isWord
		if mayIndex(file) {
			in = isScalar
		}
		for start := end; end < len(runes) && (end == start || in(runes[end])); {
			end++
		}
	}
	out.Range = textRange{from, character(text, d.Line, end+1)}
	return out
}

// uri gives that of a file of the app, as the editor writes it if it is open.
func (p *project) uri(name string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d, is := p.open[name]; is {
		return d.uri
	}
	return uriOf(p.file(name))
}

// file gives the path of a file of the app.
func (p *project) file(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }
