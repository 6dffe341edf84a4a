package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/core/spec"
	"go.yaml.in/yaml/v3"
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
		if c.List = l.complete(file, s.forms()); len(c.List) > 0 {
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

// complete gives what was offered, each once, with what is known of it, and what the form
// of the place allows where that is a few words.
func (l *loader) complete(file string, forms *Forms) []check.Candidate {
	around, at := l.formAtMark(file, forms)
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
		case check.CandidateField:
			if around != nil && around.Fields[c.Name] != nil {
				c.Doc = formDoc(around.Fields[c.Name])
			}
		case check.CandidateWord:
			if c.Of == "kind" {
				c.Doc = forms.docOf(c.Name)
			}
		}
		out = append(out, c)
	}
	if len(out) > 0 || at == nil {
		return out
	}
	words := at.Words
	if at.Type == spec.FormBoolean {
		words = []string{"true", "false"}
	}
	for _, w := range words {
		out = append(out, check.Candidate{Name: w, Kind: check.CandidateWord})
	}
	return out
}

// docOf says what a kind is for.
func (f *Forms) docOf(kind string) string {
	for _, k := range f.Kinds {
		if k.Kind == kind {
			return k.Doc
		}
	}
	return ""
}

// formDoc says what a field is for, and what it may be.
func formDoc(f *spec.Form) string {
	text := "May be " + formTypes[f.Type]
	if len(f.Words) > 0 {
		text = "One of " + strings.Join(f.Words, ", ")
	}
	if f.Default != nil {
		text += fmt.Sprintf("; %v if it is left out", f.Default)
	}
	return strings.TrimSpace(f.Doc + " " + text + ".")
}

var formTypes = [...]string{
	spec.FormAny: "anything", spec.FormText: "text", spec.FormBoolean: "true or false", spec.FormInteger: "an integer",
	spec.FormNumber: "a number", spec.FormDuration: "a duration as 10s", spec.FormSize: "a size as 16MiB",
	spec.FormSecret: "text, {env: NAME} or {file: PATH}", spec.FormList: "a list", spec.FormMap: "a map",
}

// formAtMark finds the form of the map around the mark, and that of the value if it is one.
func (l *loader) formAtMark(file string, forms *Forms) (around, at *spec.Form) {
	f := l.index[file]
	if f == nil {
		return nil, nil
	}
	path, key, found := pathToMark(f.root, nil)
	if !found {
		return nil, nil
	}
	form := forms.Index
	if len(path) > 2 && path[0] == "entries" {
		kind := fieldNode(locate(f.root, path[:2]), "kind")
		if kind == nil {
			return nil, nil
		}
		form, path = forms.Of(kind.Value), path[2:]
	}
	last := len(path)
	if key {
		last--
	}
	for _, step := range path[:last] {
		if form == nil {
			return nil, nil
		}
		form = formBelow(form, step)
	}
	if key {
		return form, nil
	}
	return nil, form
}

// formBelow gives the form of an element or a field.
func formBelow(f *spec.Form, step any) *spec.Form {
	name, isField := step.(string)
	for ; f != nil; f = f.Either {
		switch {
		case !isField && f.Type == spec.FormList:
			return f.Of
		case isField && f.Fields[name] != nil:
			return f.Fields[name]
		case isField && f.Fields == nil && f.Type == spec.FormMap:
			return f.Of
		}
	}
	return nil
}

// pathToMark finds the scalar that has the mark, which is a key or a value.
func pathToMark(n *yaml.Node, at spec.Path) (path spec.Path, key, found bool) {
	switch n.Kind {
	case yaml.ScalarNode:
		return at, false, strings.Contains(n.Value, check.Mark)
	case yaml.SequenceNode:
		for i, item := range n.Content {
			if path, key, found = pathToMark(item, append(slices.Clip(at), i+1)); found {
				return path, key, true
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			below := append(slices.Clip(at), name)
			if strings.Contains(name, check.Mark) {
				return below, true, true
			}
			if path, key, found = pathToMark(n.Content[i+1], below); found {
				return path, key, true
			}
		}
	}
	return nil, false, false
}
