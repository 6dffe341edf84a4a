package app

import (
	"errors"
	"fmt"
	"slices"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// compiler turns the sources of an app into programs: each process entry by its
// engine, each library once for each engine whose processes import it
// (14.13).
type compiler struct {
	*loader
	override hostapi.Engine // of the command line, nil if there is none
	programs map[programKey]hostapi.Program
	tried    map[*Library]bool
	empty    map[string]hostapi.Program // by engine
}

type programKey struct {
	library *Library
	engine  string
}

// compile compiles everything that can be compiled, whatever else is wrong.
func (l *loader) compile() {
	c := &compiler{
		loader:   l,
		override: l.overriding(),
		programs: map[programKey]hostapi.Program{},
		tried:    map[*Library]bool{},
		empty:    map[string]hostapi.Program{},
	}
	for _, p := range only[*Process](l.all) {
		if e := c.engineOf(p); e != nil {
			p.Engine = e
			p.Program, p.Source = c.program(&p.Header, &p.code, p.Modules, p.Imports, e)
		}
	}
	for _, lib := range only[*Library](l.all) {
		if !c.tried[lib] {
			c.unused(lib)
		}
	}
	c.compileTests()
	c.compileTyped()
	c.check()
	for _, t := range c.app.Tests {
		t.Found = t.collector.sorted()
	}
}

// overriding gives the engine of the command line, which must fit an entry.
func (l *loader) overriding() hostapi.Engine {
	name := l.opts.EngineOverride
	if name == "" {
		return nil
	}
	e := l.engines[name]
	if e == nil {
		l.add(Diagnostic{Message: fmt.Sprintf("unknown engine %q%s", name, spec.SuggestOrList(name, sortedKeys(l.engines)))})
		return nil
	}
	if l.opts.TestModules != nil || l.opts.Typed != nil { // it may be for those
		return e
	}
	for _, p := range l.app.Processes() {
		if runs(e, p.Kind) {
			return e
		}
	}
	l.add(Diagnostic{Message: fmt.Sprintf("no entry for engine %q: no process.%s and no %s", name, e.Info().Language, KindScript)})
	return nil
}

// runs reports whether an engine can run entries of a kind.
func runs(e hostapi.Engine, kind string) bool {
	language := languageOf(kind)
	return language == "" || language == e.Info().Language
}

// engineOf chooses the engine of a process entry (14.13); nil if there is none.
func (c *compiler) engineOf(p *Process) hostapi.Engine {
	chosen, ok := c.engineField(p)
	switch {
	case c.override != nil && runs(c.override, p.Kind):
		return c.override
	case chosen != nil:
		return chosen
	case !ok && p.Kind == KindScript:
		return nil
	}
	if e := c.standard(languageOf(p.Kind)); e != nil {
		return e
	}
	if ok {
		p.reporter.errorf(fieldNode(p.node, "kind"), "unknown engine: none runs %s", p.Kind)
	}
	return nil
}

// engineField checks the field engine; ok is false if it is bad.
func (c *compiler) engineField(p *Process) (e hostapi.Engine, ok bool) {
	ref := p.engineField
	if !ref.given() {
		return nil, true
	}
	name, ok := p.reporter.textOf(ref.node, ref.field)
	if !ok {
		return nil, false
	}
	e = c.engines[name]
	switch {
	case e == nil:
		fitting := slices.DeleteFunc(sortedKeys(c.engines), func(name string) bool { return !runs(c.engines[name], p.Kind) })
		p.reporter.offer(ref.node, check.CandidateWord, "engine", fitting...)
		p.reporter.errorf(ref.node, "unknown engine %q%s", name, spec.SuggestOrList(name, sortedKeys(c.engines)))
	case !runs(e, p.Kind):
		p.reporter.errorf(ref.node, "engine %s does not run %s", name, languageOf(p.Kind))
	default:
		return e, true
	}
	return nil, false
}

// standard gives the engine of a language where none is chosen: gopherlua for
// Lua and for entries of any language, else the first that speaks it.
func (c *compiler) standard(language string) hostapi.Engine {
	if e := c.engines["gopherlua"]; e != nil && (language == "" || e.Info().Language == language) {
		return e
	}
	for _, e := range c.opts.Engines {
		if language == "" || e.Info().Language == language {
			return e
		}
	}
	return nil
}

// program compiles an entry; nil if that is impossible.
func (c *compiler) program(h *Header, code *code, modules []string, imports []Import, e hostapi.Engine) (hostapi.Program, string) {
	links := c.linked(h, imports, e)
	source, ok := c.readSource(h, code, e)
	if !ok || len(links) != len(imports) {
		return nil, ""
	}
	h.text = source
	if source.node == nil {
		h.sources = append(h.sources, source)
	}
	src := hostapi.Source{
		ID:      h.ID,
		Path:    source.path,
		Text:    source.text,
		Modules: c.granted(modules),
		Imports: links,
	}
	return c.compileSource(h, code, source, src, imports, e), source.path
}

// linked compiles what an entry imports. In place of a library that cannot be
// used stands an empty one, so that the importer's own errors are found too. It
// gives less than all if there is not even that.
func (c *compiler) linked(h *Header, imports []Import, e hostapi.Engine) []hostapi.Import {
	var out []hostapi.Import
	for _, i := range imports {
		var p hostapi.Program
		switch {
		case i.lib == nil:
		case !runs(e, i.lib.Kind):
			h.reporter.errorf(i.node, "wrong language: %s is a %s, and %s is compiled as %s", i.Library, i.lib.Kind, h.ID, e.Info().Language)
		default:
			p = c.library(i.lib, e)
		}
		missing := p == nil
		if missing {
			p = c.placeholder(e)
		}
		if p != nil {
			out = append(out, hostapi.Import{Alias: i.Alias, Program: p, Missing: missing})
		}
	}
	return out
}

// library compiles a library for an engine, once.
func (c *compiler) library(lib *Library, e hostapi.Engine) hostapi.Program {
	key := programKey{lib, e.Info().Name}
	if p, done := c.programs[key]; done {
		return p
	}
	c.tried[lib] = true
	c.programs[key] = nil // ends an import cycle
	p, _ := c.program(&lib.Header, &lib.code, lib.Modules, lib.Imports, e)
	c.programs[key] = p
	if p != nil {
		lib.Programs[key.engine] = p
	}
	return p
}

func (c *compiler) placeholder(e hostapi.Engine) hostapi.Program {
	name := e.Info().Name
	p, done := c.empty[name]
	if !done {
		p, _ = compile(e, hostapi.Source{ID: "empty", Path: "empty", Modules: c.granted(nil)})
		c.empty[name] = p
	}
	return p
}

// unused compiles a library that no process imports, for its errors: one for
// all languages in each language that it has a file for.
func (c *compiler) unused(lib *Library) {
	var engines []hostapi.Engine
	languages := []string{languageOf(lib.Kind)}
	if lib.Kind == KindLibrary {
		languages = nil
		for _, e := range c.opts.Engines {
			if l := e.Info().Language; !slices.Contains(languages, l) && c.hasFile(lib, e) {
				languages = append(languages, l)
			}
		}
		if len(languages) == 0 {
			languages = []string{""}
		}
	}
	for _, l := range languages {
		e := c.standard(l)
		if c.override != nil && c.override.Info().Language == l {
			e = c.override
		}
		if e == nil {
			lib.reporter.errorf(fieldNode(lib.node, "kind"), "unknown engine: none runs %s", lib.Kind)
			continue
		}
		engines = append(engines, e)
	}
	for _, e := range engines {
		c.library(lib, e)
	}
}

func (c *compiler) hasFile(lib *Library, e hostapi.Engine) bool {
	if lib.code.source == nil {
		return false
	}
	stem, err := sourcePath(lib.Position.File, lib.code.source.Value)
	return err == nil && c.exists(stem+e.Info().Extension)
}

// compile guards against engines that panic on a source.
func compile(e hostapi.Engine, src hostapi.Source) (p hostapi.Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("internal error of engine %s: %v", e.Info().Name, r)
		}
	}()
	return e.Compile(src)
}

// reportCompile reports why a source does not compile, where it is written.
func (h *Header) reportCompile(c *code, source sourceText, err error) {
	var syntax *hostapi.SyntaxError
	if !errors.As(err, &syntax) {
		h.reporter.errorf(c.source, "%s", err)
		return
	}
	h.reportCode(source, syntax.Line, syntax.Column, Diagnostic{Message: syntax.Message})
}

// reportCode reports what is wrong at a place of a source, 0 for one that is not known.
func (h *Header) reportCode(source sourceText, line, column int, d Diagnostic) {
	d.Entry = h.ID
	switch {
	case source.node != nil && !source.exact && line > 0:
		d.Position, d.Message = h.reporter.at(source.node), fmt.Sprintf("line %d of the code: %s", line, d.Message)
	case source.node != nil && line == 0:
		d.Position = h.reporter.at(source.node)
	default:
		d.Position = Position{source.path, line, column}
		if column > 0 {
			d.Column += source.indent
		}
	}
	h.reporter.add(d)
}
