package app

import (
	"context"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/check"
)

// inIndex gives the choices in an index file: what its reading, with a mark in place of the
// word at the cursor, would have accepted there.
func (s *Survey) inIndex(ctx context.Context, file string, line, column int) Choices {
	text, ok := s.Text(file)
	if !ok {
		return Choices{}
	}
	at := cutAt(text, line, column)
	before, after := at.word(inScalar)
	if strings.HasSuffix(before+after, ":") { // of a key
		if after != "" {
			after = strings.TrimSuffix(after, ":")
		} else {
			before = ""
		}
	}
	c, at := at.without(before, after)
	tries := []string{check.Mark, check.Mark + ": null"}
	switch {
	case strings.HasSuffix(at.before, ":"):
		tries = []string{" " + check.Mark}
	case strings.HasPrefix(at.behind, ":"):
		tries = tries[:1]
	case strings.HasSuffix(file, ".json"):
		tries = []string{check.Mark, check.Mark + `": null, "`}
	}
	for _, mark := range tries {
		l, err := s.load(ctx, map[string]string{file: at.above + at.before + mark + at.behind + at.below}, (*loader).ask)
		if err != nil || ctx.Err() != nil {
			break
		}
		if c.List = l.complete(); len(c.List) > 0 {
			break
		}
	}
	if f := s.loader.index[file]; f != nil && !strings.Contains(c.Written, ":") && slices.ContainsFunc(c.List, func(x check.Candidate) bool { return x.Kind == check.CandidateEntry }) {
		c.Written = f.namespace + ":" + c.Written // which may be left out
	}
	if strings.HasSuffix(at.before, ":") { // without a space
		for i := range c.List {
			c.List[i].Name = " " + c.List[i].Name
		}
	}
	return c
}

// inScalar is for what names and ids consist of.
func inScalar(r rune) bool { return isWord(r) || strings.ContainsRune("-.:/", r) }

// ask reads an app for what is offered where the mark is; nothing is compiled.
func (l *loader) ask() {
	l.read()
	c := &compiler{loader: l}
	for _, p := range only[*Process](l.all) {
		c.engineOf(p)
	}
}

// complete gives what was offered, each once, with what is known of it.
func (l *loader) complete() []check.Candidate {
	var out []check.Candidate
	for _, c := range l.offered {
		if slices.ContainsFunc(out, func(have check.Candidate) bool { return have.Name == c.Name }) {
			continue
		}
		switch c.Kind {
		case check.CandidateModule:
			if c.Module = l.modules[c.Name]; c.Module != nil {
				c.Doc = c.Module.Doc
			}
		case check.CandidateEntry:
			if e := l.app.Lookup(c.Name); e != nil {
				c.Of = e.Head().Kind
			}
		case check.CandidateWord:
			for _, k := range l.opts.Kinds {
				if c.Of == "kind" && k.Name == c.Name {
					c.Doc = k.Doc
				}
			}
		}
		out = append(out, c)
	}
	return out
}
