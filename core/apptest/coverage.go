package apptest

import (
	"slices"
	"strings"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
)

// Coverage is which statements of an app's scripts were executed (60.13). Test files do
// not count.
type Coverage struct {
	Files []*CoveredFile // by path
	// Uncounted are the sources of which nothing is known, since their engines cannot
	// tell: by path, each with the name of its engine.
	Uncounted []UncountedFile
}

// CoveredFile is one file with scripts.
type CoveredFile struct {
	Path string // relative to the app directory
	// Lines are those of the file, of an index file only those with code.
	Lines      []string
	Statements []Statement // by line
}

// Statement is one statement of a file.
type Statement struct {
	Line     int // where it begins, from 1
	Executed bool
}

// UncountedFile is one of which nothing is known.
type UncountedFile struct{ Path, Engine string }

// Count gives how many statements a file has, and how many of them were executed.
func (f *CoveredFile) Count() (executed, all int) {
	for _, s := range f.Statements {
		if s.Executed {
			executed++
		}
	}
	return executed, len(f.Statements)
}

// Count does that for all files.
func (c *Coverage) Count() (executed, all int) {
	for _, f := range c.Files {
		n, of := f.Count()
		executed, all = executed+n, all+of
	}
	return executed, all
}

// Coverage gives what the runs so far have executed; nil unless Options.Coverage.
func (s *Suite) Coverage() *Coverage {
	if s.covers == nil {
		return nil
	}
	return s.covers.sum()
}

// covers are the coverages of all sources that were compiled. Safe for concurrent use.
type covers struct {
	mu        sync.Mutex
	sources   []covered
	uncounted []UncountedFile
}

// covered is a source that was compiled, maybe one of several times.
type covered struct {
	path, text string
	coverage   *hostapi.Coverage
}

// engines gives engines that note what they compile.
func (c *covers) engines(all []hostapi.Engine) []hostapi.Engine {
	out := make([]hostapi.Engine, len(all))
	for i, e := range all {
		out[i] = &covering{e, c}
	}
	return out
}

// covering is an engine whose programs note what of them is executed.
type covering struct {
	hostapi.Engine
	covers *covers
}

// Compile compiles with coverage, but for test files.
func (e *covering) Compile(src hostapi.Source) (hostapi.Program, error) {
	if src.ID == testID(src.Path) {
		return e.Engine.Compile(src)
	}
	if c, able := e.Engine.(hostapi.Coverer); able {
		if p, coverage, err := c.CompileCovered(src); err == nil {
			e.covers.mu.Lock()
			defer e.covers.mu.Unlock()
			e.covers.sources = append(e.covers.sources, covered{src.Path, src.Text, coverage})
			return p, nil
		}
	}
	p, err := e.Engine.Compile(src)
	if file := (UncountedFile{src.Path, e.Info().Name}); err == nil {
		e.covers.mu.Lock()
		defer e.covers.mu.Unlock()
		if !slices.Contains(e.covers.uncounted, file) {
			e.covers.uncounted = append(e.covers.uncounted, file)
		}
	}
	return p, err
}

// Outline asks the engine.
func (e *covering) Outline(src hostapi.Source) *hostapi.Outline {
	if o, ok := e.Engine.(hostapi.Outliner); ok {
		return o.Outline(src)
	}
	return nil
}

// reset forgets what was executed. c may be nil.
func (c *covers) reset() {
	if c != nil {
		for _, s := range c.sources {
			s.coverage.Reset()
		}
	}
}

// sum puts together what was compiled several times: for entries, or engines.
func (c *covers) sum() *Coverage {
	c.mu.Lock()
	defer c.mu.Unlock()
	files, same := map[string]*CoveredFile{}, map[[2]string][]Statement{}
	out := &Coverage{Uncounted: slices.Clone(c.uncounted)}
	var order [][2]string
	for _, s := range c.sources {
		key := [2]string{s.path, s.text}
		statements, known := same[key]
		if !known {
			order = append(order, key)
			statements = make([]Statement, s.coverage.Len())
			same[key] = statements
		}
		for i := range statements {
			line, executed := s.coverage.Statement(i)
			statements[i] = Statement{line, executed || statements[i].Executed}
		}
	}
	for _, key := range order {
		f := files[key[0]]
		if f == nil {
			f = &CoveredFile{Path: key[0]}
			files[f.Path] = f
			out.Files = append(out.Files, f)
		}
		f.Statements = append(f.Statements, same[key]...)
		for i, line := range strings.Split(strings.TrimSuffix(key[1], "\n"), "\n") {
			if i == len(f.Lines) {
				f.Lines = append(f.Lines, "")
			}
			if line = strings.TrimRight(line, "\r"); line != "" {
				f.Lines[i] = line
			}
		}
	}
	for _, f := range out.Files {
		slices.SortStableFunc(f.Statements, func(a, b Statement) int { return a.Line - b.Line })
	}
	slices.SortFunc(out.Files, func(a, b *CoveredFile) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(out.Uncounted, func(a, b UncountedFile) int { return strings.Compare(a.Path+a.Engine, b.Path+b.Engine) })
	return out
}
