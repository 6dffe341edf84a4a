package app

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// TestFile is a test file for one engine (60.1): code that belongs to no entry.
type TestFile struct {
	Path      string // relative to the app directory
	Namespace string
	Engine    hostapi.Engine
	// Program is nil if the file cannot be used: an error among Found says why.
	Program hostapi.Program
	// Libraries are the ids of those that it may require, sorted.
	Libraries []string
	// Found is what is wrong with it, and warnings.
	Found Diagnostics

	collector *collector
}

// testSuffix is how the name of a test file ends before the extension.
const testSuffix = "_test"

// compileTests compiles the test files, each by the engine that an entry of its language
// would have without the field engine.
func (c *compiler) compileTests() {
	if c.opts.TestModules == nil {
		return
	}
	sources := map[string]bool{}
	for _, e := range c.all {
		for _, s := range e.Head().sources {
			sources[s.path] = true
		}
	}
	engines := map[string]hostapi.Engine{}
	for _, e := range c.opts.Engines {
		language := e.Info().Language
		if engines[e.Info().Extension] = c.standard(language); c.override != nil && c.override.Info().Language == language {
			engines[e.Info().Extension] = c.override
		}
	}
	_ = fs.WalkDir(c.fsys, ".", func(file string, d fs.DirEntry, err error) error {
		name := path.Base(file)
		switch {
		case err != nil: // reported already
			if d == nil || d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
			if strings.HasPrefix(name, ".") && name != "." {
				return fs.SkipDir
			}
		case !sources[file] && strings.HasSuffix(strings.TrimSuffix(name, path.Ext(name)), testSuffix):
			if e := engines[path.Ext(name)]; e != nil {
				c.app.Tests = append(c.app.Tests, c.testFile(file, e))
			}
		}
		return nil
	})
}

// testFile compiles one.
func (c *compiler) testFile(file string, e hostapi.Engine) *TestFile {
	t := &TestFile{Path: file, Namespace: c.namespaceAt(path.Dir(file)), Engine: e, collector: &collector{}}
	h := &Header{Namespace: t.Namespace, Position: Position{File: file}, reporter: reporter{t.collector, file, ""}}
	text, err := c.readFile(file, maxSourceSize)
	if err != nil {
		t.collector.add(Diagnostic{Position: h.Position, Message: "cannot be read: " + err.Error()})
		return t
	}
	source := sourceText{path: file, text: text}
	imports := c.librariesFor(t)
	src := hostapi.Source{
		ID:      "test:" + file,
		Path:    file,
		Text:    text,
		Modules: append(slices.Clone(c.granted(c.moduleNames)), c.opts.TestModules...),
		Imports: c.linked(h, imports, e),
	}
	t.Program = c.compileSource(h, &code{}, source, src, imports, e)
	return t
}

// librariesFor gives all libraries that the file may require: by their names those of its
// namespace, by their ids the others (60.2).
func (c *compiler) librariesFor(t *TestFile) []Import {
	var out []Import
	for _, lib := range only[*Library](c.all) {
		if c.app.byID[lib.ID] != Entry(lib) || !runs(t.Engine, lib.Kind) || lib.Kind == KindLibrary && !c.hasFile(lib, t.Engine) || c.library(lib, t.Engine) == nil {
			continue
		}
		alias := lib.ID
		if lib.Namespace == t.Namespace {
			alias = lib.Name
		}
		out = append(out, Import{Alias: alias, Library: lib.ID, lib: lib})
		t.Libraries = append(t.Libraries, lib.ID)
	}
	slices.Sort(t.Libraries)
	return out
}

// namespaceAt gives the namespace of the nearest index file, in a directory or above it,
// of several there the first by name; "" if there is none.
func (l *loader) namespaceAt(dir string) string {
	files := sortedKeys(l.index)
	for {
		for _, f := range files {
			if path.Dir(f) == dir {
				return l.index[f].namespace
			}
		}
		if dir == "." {
			return ""
		}
		dir = path.Dir(dir)
	}
}
