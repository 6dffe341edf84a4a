package app

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
)

// Survey is what there is to say of an app while it is written, sound or not: editors ask
// it (61.4). Its methods may be called from any goroutine, also at the same time.
type Survey struct {
	// Found is all that is wrong with the app, also with its test files, and warnings.
	Found Diagnostics

	loader  *loader
	sources []compiledSource // also of engines that were not chosen
	results map[compileKey]compileResult
	dir     string
	opts    Options
	texts   map[string]string
	forms   func() *Forms // made when they are asked for
}

// Look surveys the app in a directory. texts stand in place of files, by their paths in
// the app: what an editor has open. A source for an entry of any language that is among
// them and for another engine than the chosen is checked too, as with that engine. before,
// if not nil, is an earlier survey with the same options: what has not changed since is not
// compiled again. The error is that of ctx, once it is done: what is seen then is not all.
func Look(ctx context.Context, dir string, texts map[string]string, opts Options, before *Survey) (*Survey, error) {
	if opts.Data == "" {
		opts.Data = dir
	}
	s := &Survey{dir: dir, opts: opts, texts: maps.Clone(texts), results: map[compileKey]compileResult{}}
	s.forms = sync.OnceValue(func() *Forms { return Describe(opts) })
	load := func(l *loader) {
		if l.results = s.results; before != nil {
			l.before = before.results
		}
		l.load()
	}
	l, fail := s.load(ctx, nil, load)
	if fail != nil {
		s.loader = newLoader(unsaved{}, opts)
		s.Found = Diagnostics{{Message: fmt.Sprintf("app directory %s: %s", dir, reason(fail))}}
		return s, ctx.Err()
	}
	s.loader, s.sources, s.Found = l, l.sources, l.found()
	for extension, e := range s.passedOver() {
		s.opts.EngineOverride = e.Info().Name
		other, err := s.load(ctx, nil, load)
		if err != nil {
			break
		}
		for _, c := range other.sources {
			if path.Ext(c.text.path) == extension {
				s.sources = append(s.sources, c)
			}
		}
		for _, d := range other.found() {
			if path.Ext(d.File) == extension && !slices.Contains(s.Found, d) {
				s.Found = append(s.Found, d)
			}
		}
	}
	s.opts.EngineOverride = opts.EngineOverride
	return s, ctx.Err()
}

// found is all that is wrong with an app, and with its test files.
func (l *loader) found() Diagnostics {
	found := slices.Clone(l.sorted())
	for _, t := range l.app.Tests {
		found = append(found, t.Found...)
	}
	return found
}

// passedOver gives the engines, by their extensions, for which an open text is written that
// was not compiled since the entry has another engine.
func (s *Survey) passedOver() map[string]hostapi.Engine {
	out := map[string]hostapi.Engine{}
	for _, e := range s.loader.all {
		h := e.Head()
		source := fieldNode(h.node, "source")
		if languageOf(h.Kind) != "" || source == nil || !strings.HasPrefix(source.Value, "file://") {
			continue
		}
		stem, err := sourcePath(h.Position.File, source.Value)
		if err != nil {
			continue
		}
		for extension, engine := range s.byExtension() {
			file := stem + extension
			compiled := slices.ContainsFunc(s.sources, func(c compiledSource) bool { return c.text.path == file })
			if _, open := s.texts[file]; open && !compiled {
				out[extension] = engine
			}
		}
	}
	return out
}

// byExtension gives the engine that is chosen for files of an extension where nothing else
// is said.
func (s *Survey) byExtension() map[string]hostapi.Engine {
	out := map[string]hostapi.Engine{}
	c := &compiler{loader: s.loader}
	for _, e := range s.opts.Engines {
		out[e.Info().Extension] = c.standard(e.Info().Language)
	}
	return out
}

// load runs a loader on the app, with further texts in place of files.
func (s *Survey) load(ctx context.Context, further map[string]string, run func(*loader)) (*loader, error) {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	l := newLoader(directory{root.FS(), s.dir}, s.opts)
	texts := map[string]string{}
	maps.Copy(texts, s.texts)
	maps.Copy(texts, further)
	l.fsys = unsaved{l.fsys, ctx, texts}
	run(l)
	return l, nil
}

// Text gives the text of a file as the survey saw it.
func (s *Survey) Text(file string) (string, bool) {
	if text, ok := s.texts[file]; ok {
		return text, true
	}
	if r, read := s.loader.texts[file]; read {
		return r.text, r.err == nil
	}
	for i := range s.sources {
		if c := &s.sources[i]; c.text.path == file && c.text.node == nil {
			return c.text.text, true
		}
	}
	return "", false
}

// IndexFiles are the index files, sorted.
func (s *Survey) IndexFiles() []string { return sortedKeys(s.loader.index) }

// Declared gives the heads of all entries of an app, sound or not, without a look at its
// scripts: shells complete to their ids (61.6).
func Declared(fsys fs.FS, opts Options) []*Header {
	l := newLoader(fsys, opts)
	l.read()
	var out []*Header
	for _, e := range l.app.Entries {
		out = append(out, e.Head())
	}
	return out
}
