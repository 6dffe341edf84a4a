package app

import (
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/hostapi"
)

// compiledSource is a source that was compiled.
type compiledSource struct {
	header   *Header
	text     sourceText
	engine   hostapi.Engine
	source   hostapi.Source
	outline  *hostapi.Outline    // nil if it does not compile, or the engine cannot tell
	imported map[string]*Library // by alias
}

// compileSource compiles a source, reports why it does not compile, and asks the engine
// what it shows.
func (c *compiler) compileSource(h *Header, code *code, text sourceText, src hostapi.Source, imports []Import, e hostapi.Engine) hostapi.Program {
	r := c.result(e, src)
	s := compiledSource{h, text, e, src, r.outline, map[string]*Library{}}
	for _, i := range imports {
		s.imported[i.Alias] = i.lib
	}
	c.sources = append(c.sources, s)
	if r.err != nil {
		h.reportCompile(code, text, r.err)
	}
	return r.program
}

// outlineOf guards against engines that panic on a source.
func outlineOf(e hostapi.Engine, src hostapi.Source) (o *hostapi.Outline) {
	defer func() {
		if recover() != nil {
			o = nil
		}
	}()
	if e, ok := e.(hostapi.Outliner); ok {
		return e.Outline(src)
	}
	return nil
}

// check reports what is wrong with the scripts by clause 14.19. What is wrong with the
// rest of the app is reported already; while it is an entry, that may be unknown here
// because it is misspelt itself.
func (c *compiler) check() {
	around := c.around()
	groups := map[string][]compiledSource{} // by language
	var languages []string
	for _, s := range c.sources {
		if s.outline == nil {
			continue
		}
		language := s.engine.Info().Language
		if groups[language] == nil {
			languages = append(languages, language)
		}
		groups[language] = append(groups[language], s)
	}
	for _, language := range languages {
		c.checkGroup(around, groups[language])
	}
}

// around is what a source is part of.
func (l *loader) around() *check.App {
	around := &check.App{Modules: slices.Concat(l.opts.Modules, l.opts.TestModules), Fits: l.fits, Closed: l.opts.OwnHosts}
	if !l.misread {
		around.Kinds, around.Namespaces = map[string]string{}, map[string]bool{}
		for _, e := range l.app.Entries {
			h := e.Head()
			around.Kinds[h.ID], around.Namespaces[h.Namespace] = h.Kind, true
		}
	}
	return around
}

func (c *compiler) checkGroup(around *check.App, sources []compiledSource) {
	outlines := map[programKey]*hostapi.Outline{}
	for _, s := range sources {
		if lib, ok := c.app.Lookup(s.header.ID).(*Library); ok {
			outlines[programKey{lib, s.engine.Info().Name}] = s.outline
		}
	}
	list := make([]check.Source, len(sources))
	for i, s := range sources {
		list[i] = check.Source{Source: s.source, Outline: s.outline, Imported: map[string]*hostapi.Outline{}}
		if p, ok := c.app.Lookup(s.header.ID).(*Process); ok {
			list[i].Granted = []string{}
			for _, g := range p.Resources {
				list[i].Granted = append(list[i].Granted, g.ID)
			}
		}
		for alias, lib := range s.imported {
			list[i].Imported[alias] = outlines[programKey{lib, s.engine.Info().Name}]
		}
	}
	group := check.NewGroup(around, list)
	for i, s := range sources {
		for _, f := range group.Find(i) {
			s.header.reportCode(s.text, f.Line, f.Column, Diagnostic{Message: f.Message, Warning: f.Warning})
		}
		if p, ok := c.app.Lookup(s.header.ID).(*Process); ok && p.Method != "" {
			if err := group.Method(i, p.Method); err != nil {
				c.reportMethod(p, s.text, err)
			}
		}
	}
}

// reportMethod reports a method that is not there: where the entry names it, else where
// the source ends without it.
func (c *compiler) reportMethod(p *Process, text sourceText, err error) {
	if n := fieldNode(p.node, "method"); n != nil {
		p.reporter.errorf(n, "%s: %s", err, text.path)
		return
	}
	last := 1 + strings.Count(strings.TrimRight(text.text, "\n\r \t"), "\n")
	p.reportCode(text, last, 0, Diagnostic{Message: err.Error()})
}

// fits says which kinds of entries parameters refer to.
func (l *loader) fits(role hostapi.EntryRole, kind string) bool {
	switch role {
	case hostapi.EntryProcess:
		return strings.HasPrefix(kind, "process.") && kind != KindHost && kind != KindService && kind != KindSupervisor
	case hostapi.EntryHost:
		return kind == KindHost
	case hostapi.EntrySupervisor:
		return kind == KindSupervisor
	case hostapi.EntryScope:
		return kind == KindScope
	}
	resource := false
	for _, k := range l.opts.Kinds {
		if k.Module == string(role) {
			if resource = true; k.Name == kind {
				return true
			}
		}
	}
	return !resource
}

// hostless reports an app that has to bring its hosts and has none, so that nothing of it
// can be started (14.14).
func (l *loader) hostless() {
	if !l.opts.OwnHosts || l.failed || len(l.app.Hosts()) > 0 {
		return
	}
	for _, e := range l.all {
		switch e.(type) {
		case *Process, *Service, *Supervisor:
			h := e.Head()
			h.reporter.errorf(h.node, "host is required: the app has no entry of kind %s, so nothing of it can be started", KindHost)
			return
		}
	}
}
