package app

import (
	"context"
	"fmt"
	"maps"
	"os"
)

// Survey is what there is to say of an app while it is written, sound or not: editors ask
// it (61.4). Its methods may be called from any goroutine, also at the same time.
type Survey struct {
	// Found is all that is wrong with the app, also with its test files, and warnings.
	Found Diagnostics

	loader *loader
	dir    string
	opts   Options
	texts  map[string]string
}

// Look surveys the app in a directory. texts stand in place of files, by their paths in
// the app: what an editor has not saved. The error is that of ctx, once it is done: what
// is seen then is not all.
func Look(ctx context.Context, dir string, texts map[string]string, opts Options) (*Survey, error) {
	if opts.Data == "" {
		opts.Data = dir
	}
	s := &Survey{dir: dir, opts: opts, texts: maps.Clone(texts)}
	var fail error
	s.loader, fail = s.load(ctx, nil, (*loader).load)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case fail != nil:
		s.loader = newLoader(unsaved{}, opts)
		s.Found = Diagnostics{{Message: fmt.Sprintf("app directory %s: %s", dir, reason(fail))}}
		return s, nil
	}
	s.Found = s.loader.sorted()
	for _, t := range s.loader.app.Tests {
		s.Found = append(s.Found, t.Found...)
	}
	return s, nil
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
	r, read := s.loader.texts[file]
	return r.text, read && r.err == nil
}

// IndexFiles are the index files, sorted.
func (s *Survey) IndexFiles() []string { return sortedKeys(s.loader.index) }
