package app

import (
	"context"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Definition gives where what stands at a place is defined: of the id of an entry the name
// of that entry, of that name and of file://<path> the source, of what a script requires
// the source of the library. Line and character are from 1.
func (s *Survey) Definition(file string, line, column int) []Position {
	h, source := s.named(file, line, column)
	switch {
	case source != nil:
		return source
	case h == nil:
		return nil
	}
	at := h.nameAt()
	if at.File == file && at.Line == line { // it is defined here
		return s.sourcesOf(h)
	}
	return []Position{at}
}

// Implementation gives the sources of the entry whose id stands at a place.
func (s *Survey) Implementation(file string, line, column int) []Position {
	h, source := s.named(file, line, column)
	if h == nil {
		return source
	}
	return s.sourcesOf(h)
}

// named finds the entry that is named at a place, or the sources.
func (s *Survey) named(file string, line, column int) (*Header, []Position) {
	script, at := s.scriptAt(file, line, column)
	if script == nil {
		return s.namedInIndex(file, line, column)
	}
	quote, open := openString(at.before)
	if quote == 0 {
		return nil, nil
	}
	text, _, _ := strings.Cut(at.before[open+1:]+at.behind, string(quote))
	if lib := script.imported[text]; lib != nil {
		if c := s.library(lib.ID, script.engine); c != nil {
			return nil, []Position{{c.text.path, 1, 1}}
		}
		return nil, s.sourcesOf(&lib.Header)
	}
	return s.entry(text), nil
}

func (s *Survey) namedInIndex(file string, line, column int) (*Header, []Position) {
	f := s.loader.index[file]
	if f == nil {
		return nil, nil
	}
	text, _ := s.Text(file)
	at := cutAt(text, line, column)
	before, after := at.word(inScalar)
	word := strings.TrimSuffix(before+after, ":")
	if strings.HasPrefix(word, "file://") {
		if path, err := sourcePath(file, word); err == nil {
			return nil, s.files(path)
		}
	}
	if h := s.entry(word); h != nil {
		return h, nil
	}
	return s.entry(f.namespace + ":" + word), nil
}

// entry finds an entry, also one that is not sound.
func (s *Survey) entry(id string) *Header {
	if d, ok := s.loader.declared[id]; ok && d.entry != nil {
		return d.entry.Head()
	}
	return nil
}

// nameAt gives where the name of the entry is written.
func (h *Header) nameAt() Position {
	if n := fieldNode(h.node, "name"); n != nil && n.Line > 0 {
		return Position{h.Position.File, n.Line, n.Column}
	}
	return h.Position
}

// sourcesOf gives where the code of an entry is written: for an entry of any language all
// its files.
func (s *Survey) sourcesOf(h *Header) []Position {
	var source *yaml.Node
	if source = fieldNode(h.node, "source"); source == nil || !isText(source) {
		if p := fieldNode(h.node, "process"); p != nil && isText(p) { // of a service that of its process
			id := p.Value
			if !strings.Contains(id, ":") {
				id = h.Namespace + ":" + id
			}
			if of := s.entry(id); of != nil && of != h && fieldNode(of.node, "process") == nil {
				return s.sourcesOf(of)
			}
		}
		return nil
	}
	if !strings.HasPrefix(source.Value, "file://") {
		return []Position{{h.Position.File, source.Line, source.Column}}
	}
	path, err := sourcePath(h.Position.File, source.Value)
	if err != nil {
		return nil
	}
	return s.files(path)
}

// files gives the beginnings of the files that a source names: it, or where the engine
// decides those with the extension of one.
func (s *Survey) files(path string) []Position {
	var out []Position
	names := []string{path}
	for _, e := range s.opts.Engines {
		if name := path + e.Info().Extension; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	_, _ = s.load(context.Background(), nil, func(l *loader) { // without the directory there is none
		for _, name := range names {
			if l.exists(name) {
				out = append(out, Position{name, 1, 1})
			}
		}
	})
	return out
}
