package app

import (
	"crypto/sha256"
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
	// Hash identifies its text.
	Hash Hash
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

// Typed says what people type at an app.
type Typed struct {
	// Language is that of the text; "": that of EngineOverride, else of the first process
	// entry, else of the first engine.
	Language string
}

// typedPath is where what people type stands, in positions.
const typedPath = "repl"

// compileTyped compiles an empty source with the grants of a test file in the namespace of
// the app's first entry (61.7).
func (c *compiler) compileTyped() {
	if c.opts.Typed == nil {
		return
	}
	t := &TestFile{Path: typedPath, collector: &collector{}, Engine: c.typedEngine(c.opts.Typed.Language)}
	if len(c.app.Entries) > 0 {
		t.Namespace = c.app.Entries[0].Head().Namespace
	}
	if t.Engine == nil {
		return
	}
	t.Program, _ = t.Engine.Compile(c.sourceOf(t, "", c.librariesFor(t)))
	c.app.Typed = t
}

func (c *compiler) typedEngine(language string) hostapi.Engine {
	if c.override != nil && (language == "" || c.override.Info().Language == language) {
		return c.override
	}
	if language != "" {
		return c.standard(language)
	}
	for _, p := range only[*Process](c.all) {
		if p.Engine != nil {
			return p.Engine
		}
	}
	return c.standard("")
}

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
	h := c.headerOf(t)
	text, err := c.readFile(file, maxSourceSize)
	if err != nil {
		t.collector.add(Diagnostic{Position: h.Position, Message: "cannot be read: " + err.Error()})
		return t
	}
	t.Hash = sha256.Sum256([]byte(text))
	source := sourceText{path: file, text: text}
	imports := c.librariesFor(t)
	src := c.sourceOf(t, text, imports)
	t.Program = c.compileSource(h, &code{}, source, src, imports, e)
	return t
}

// headerOf gives the header of an entry in the place of a file that has none.
func (c *compiler) headerOf(t *TestFile) *Header {
	return &Header{Namespace: t.Namespace, Position: Position{File: t.Path}, reporter: reporter{t.collector, t.Path, ""}}
}

// sourceOf gives a source that everything is granted to (60.2).
func (c *compiler) sourceOf(t *TestFile, text string, imports []Import) hostapi.Source {
	return hostapi.Source{
		ID:      "test:" + t.Path,
		Path:    t.Path,
		Text:    text,
		Modules: append(slices.Clone(c.granted(c.moduleNames)), c.opts.TestModules...),
		Imports: c.linked(c.headerOf(t), imports, t.Engine),
	}
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
