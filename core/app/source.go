package app

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

const (
	maxSourceSize = 16 << 20 // bytes of one source file
	maxPadding    = 20000    // lines in front of code in an index file
)

var (
	errOutside  = errors.New("source outside the app")
	errTooLarge = errors.New("too large")
)

// code is what an entry says about its code, unchecked.
type code struct {
	source  *yaml.Node // a string; nil if it is missing or bad
	modules []*yaml.Node
	imports *yaml.Node // a map; nil if there is none

	resources []*yaml.Node
}

func (o *object) code() code {
	var c code
	source := o.value("source")
	if text, ok := o.text("source"); source == nil || ok && (text == "" || text == "file://") {
		o.missing("source")
	} else if ok {
		c.source = source
	}
	c.modules, _ = o.list("modules")
	c.resources, _ = o.list("resources")
	if n := o.value("imports"); n != nil {
		if n.Kind == yaml.MappingNode {
			c.imports = n
		} else {
			o.mustBe(n, "imports", "a map")
		}
	}
	return c
}

// sourceText is a text to compile and where it is written.
type sourceText struct {
	path string // file, relative to the app
	text string
	// Of code written in an index file: the node; how many columns it is
	// indented; whether positions in text are positions in the file.
	node   *yaml.Node
	indent int
	exact  bool
}

// readSource finds the text of an entry for an engine. It reports what is
// wrong with it, and then gives false.
func (l *loader) readSource(h *Header, c *code, engine hostapi.Engine) (sourceText, bool) {
	if c.source == nil {
		return sourceText{}, false
	}
	if !strings.HasPrefix(c.source.Value, "file://") {
		switch {
		case l.looksLikeFile(c.source.Value):
			h.reporter.errorf(c.source, "source is code or file://<path>: for a file write file://%s", c.source.Value)
			return sourceText{}, false
		case h.Kind == KindLibrary:
			h.reporter.errorf(c.source, "a %s cannot have its code in the index file: source must be file://<path>", KindLibrary)
			return sourceText{}, false
		case h.Kind == KindScript && fieldNode(h.node, "engine") == nil:
			h.reporter.errorf(c.source, "engine is required: code in the index file does not tell its language")
			return sourceText{}, false
		}
		return inlineSource(h.Position.File, l.index[h.Position.File].lines(), c.source), true
	}
	file, err := sourcePath(h.Position.File, c.source.Value)
	if err != nil {
		h.reporter.errorf(c.source, "%s: %s", err, c.source.Value)
		return sourceText{}, false
	}
	if languageOf(h.Kind) == "" {
		stem := file
		file += engine.Info().Extension
		if !l.exists(file) {
			h.reporter.errorf(c.source, "no source for engine %s: %s not found, %s", engine.Info().Name, file, l.alternatives(stem))
			return sourceText{}, false
		}
	}
	text, err := l.readFile(file, maxSourceSize)
	switch {
	case errors.Is(err, errOutside):
		h.reporter.errorf(c.source, "%s: %s", errOutside, file)
	case errors.Is(err, fs.ErrNotExist):
		h.reporter.errorf(c.source, "source not found: %s", file)
	case err != nil:
		h.reporter.errorf(c.source, "source not found: %s: %s", file, err)
	default:
		return sourceText{path: file, text: text}, true
	}
	return sourceText{}, false
}

// looksLikeFile reports whether a text that stands for code is the name of a
// file with code. Nothing of that form is a useful program.
func (l *loader) looksLikeFile(text string) bool {
	if strings.ContainsAny(text, " \t\n()=\"'[]{};,") {
		return false
	}
	for _, e := range l.opts.Engines {
		if strings.HasSuffix(text, e.Info().Extension) {
			return true
		}
	}
	return false
}

// sourcePath gives the file that a source names, relative to the app
// (clause 14.17).
func sourcePath(index, source string) (string, error) {
	name := strings.TrimPrefix(source, "file://")
	if strings.Contains(name, `\`) {
		return "", errors.New("a path is written with slashes, not backslashes")
	}
	if rest, ok := strings.CutPrefix(name, "/"); ok {
		name = path.Join(".", rest)
	} else {
		name = path.Join(path.Dir(index), name)
	}
	if name = strings.TrimPrefix(name, "/"); !fs.ValidPath(name) {
		return "", errOutside
	}
	return name, nil
}

// alternatives says which files there are for other engines.
func (l *loader) alternatives(stem string) string {
	var found []string
	for _, e := range l.opts.Engines {
		if file := stem + e.Info().Extension; !slices.Contains(found, file) && l.exists(file) {
			found = append(found, file)
		}
	}
	switch {
	case len(found) > 0:
		return "there is " + strings.Join(found, ", ")
	case l.exists(stem):
		return "there is " + stem + ": write the name without extension"
	}
	return "nor is there one for another engine"
}

func (l *loader) exists(file string) bool {
	info, err := fs.Stat(l.fsys, file)
	// What cannot be looked at is there: reading it says what is wrong.
	return err == nil && !info.IsDir() || err != nil && !errors.Is(err, fs.ErrNotExist)
}

// inlineSource gives code that is written in an index file. Where the text
// stands there line by line, empty lines are put in front, so that positions
// which the engine reports, in run-time errors too, are those of the file.
func inlineSource(file string, lines []string, n *yaml.Node) sourceText {
	s := sourceText{path: file, text: n.Value, node: n}
	before, indent, ok := n.Line, 0, false
	if before > maxPadding {
		return s
	}
	if n.Style&yaml.LiteralStyle != 0 {
		indent, ok = blockIndent(lines, n)
	} else if n.Line <= len(lines) {
		before = n.Line - 1
		indent, ok = flowIndent(lines[before], n)
	}
	if ok {
		s.text, s.indent, s.exact = strings.Repeat("\n", before)+s.text, indent, true
	}
	return s
}

// blockIndent compares a literal block with the lines that follow its header.
func blockIndent(lines []string, n *yaml.Node) (indent int, ok bool) {
	text := strings.Split(strings.TrimRight(n.Value, "\n"), "\n")
	if n.Line+len(text) > len(lines) {
		return 0, false
	}
	indent = -1
	for i, want := range text {
		have := strings.TrimSuffix(lines[n.Line+i], "\r")
		if want == "" && strings.TrimSpace(have) == "" {
			continue
		}
		margin, found := strings.CutSuffix(have, want)
		if !found || strings.Trim(margin, " ") != "" || indent >= 0 && len(margin) != indent {
			return 0, false
		}
		indent = len(margin)
	}
	return max(indent, 0), true
}

// flowIndent looks for code of one line behind the position of its node.
func flowIndent(line string, n *yaml.Node) (indent int, ok bool) {
	runes := []rune(line)
	if n.Column < 1 || n.Column > len(runes) {
		return 0, false
	}
	rest := string(runes[n.Column-1:])
	indent = n.Column - 1
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		_, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
		indent++
	}
	return indent, strings.HasPrefix(rest, n.Value)
}
