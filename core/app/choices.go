package app

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/hostapi"
)

// Choices are what may stand at a place of a file, in place of what stands there.
type Choices struct {
	List []check.Candidate
	// Language is that of the script; "" in an index file.
	Language string
	// From and To are the characters of the line, from 1, that a choice replaces.
	From, To int
	// Written is what stands there; Holder what is known of its value, if that is no choice
	// itself, as of a variable with a channel.
	Written string
	Holder  check.Candidate
}

// Chosen gives the candidates that are what is written.
func (c Choices) Chosen() (check.Candidate, bool) {
	for _, x := range c.List {
		if x.Name == c.Written {
			return x, true
		}
	}
	return c.Holder, c.Holder.Name != ""
}

// Choices gives what may stand at a place: line and character from 1. ctx ends the search,
// which then gives less. The file is part of the app as the survey saw it.
func (s *Survey) Choices(ctx context.Context, file string, line, column int) Choices {
	if script, at := s.scriptAt(file, line, column); script != nil {
		return s.inScript(ctx, script, at)
	}
	return s.inIndex(ctx, file, line, column)
}

// scriptAt finds the source that a place is in, and the place within its text.
func (s *Survey) scriptAt(file string, line, column int) (*compiledSource, cursor) {
	for i := range s.sources {
		c := &s.sources[i]
		if c.text.path != file {
			continue
		}
		if c.text.node == nil {
			return c, cutAt(c.text.text, line, column)
		}
		last := 1 + strings.Count(strings.TrimRight(c.text.text, "\n"), "\n")
		if c.text.exact && line >= firstLine(c.text.text) && line <= last && column > c.text.indent {
			at := cutAt(c.text.text, line, column-c.text.indent)
			at.indent = c.text.indent
			return c, at
		}
	}
	text, open := s.texts[file]
	if e := s.byExtension()[path.Ext(file)]; open && e != nil {
		return s.stray(file, text, e), cutAt(text, line, column)
	}
	return nil, cursor{}
}

// stray is a script of no entry, as before that is written: it might be granted anything.
func (s *Survey) stray(file, text string, e hostapi.Engine) *compiledSource {
	c := &compiler{loader: s.loader}
	src := hostapi.Source{Path: file, Text: text, Modules: c.granted(s.loader.moduleNames)}
	return &compiledSource{header: &Header{}, text: sourceText{path: file, text: text}, engine: e, source: src}
}

// firstLine gives the line in which a text begins that has empty lines in front.
func firstLine(text string) int {
	return 1 + len(text) - len(strings.TrimLeft(text, "\n"))
}

// cursor is a place in a text: the lines above, what is before and behind it in its line,
// the lines below.
type cursor struct {
	above, before, behind, below string
	indent                       int // of the text in its file
}

func cutAt(text string, number, column int) cursor {
	lines := strings.SplitAfter(text, "\n")
	i := min(max(number-1, 0), len(lines)-1)
	line := strings.TrimRight(lines[i], "\r\n")
	at := 0
	for ; column > 1 && at < len(line); column-- {
		_, size := utf8.DecodeRuneInString(line[at:])
		at += size
	}
	return cursor{
		above: strings.Join(lines[:i], ""), below: lines[i][len(line):] + strings.Join(lines[i+1:], ""),
		before: line[:at], behind: line[at:],
	}
}

// word gives the letters around the cursor that may be part of a word.
func (at cursor) word(in func(rune) bool) (before, after string) {
	rest := strings.TrimRightFunc(at.before, in)
	return at.before[len(rest):], at.behind[:len(at.behind)-len(strings.TrimLeftFunc(at.behind, in))]
}

// without gives the choices of a cursor, and it without the word.
func (at cursor) without(before, after string) (Choices, cursor) {
	from := 1 + at.indent + len([]rune(at.before)) - len([]rune(before))
	c := Choices{From: from, To: from + len([]rune(before)) + len([]rune(after)), Written: before + after}
	at.before, at.behind = at.before[:len(at.before)-len(before)], at.behind[len(after):]
	return c, at
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// inScript gives the choices in a script.
func (s *Survey) inScript(ctx context.Context, script *compiledSource, at cursor) Choices {
	quote, open := openString(at.before)
	mark := check.Mark
	var c Choices
	if quote != 0 {
		before, after := at.before[open+1:], ""
		if end := strings.IndexByte(at.behind, quote); end >= 0 {
			after = at.behind[:end]
		} else {
			mark += string(quote)
		}
		c, at = at.without(before, after)
	} else {
		before, after := at.word(isWord)
		c, at = at.without(before, after)
	}
	c.Language = script.engine.Info().Language
	for _, text := range at.tries(mark, quote, script.engine) {
		if ctx.Err() != nil {
			return c
		}
		if c.List = s.candidates(script, text); len(c.List) > 0 {
			break
		}
	}
	if _, chosen := c.Chosen(); !chosen && quote == 0 && c.Written != "" {
		at.before += c.Written + "."
		for _, text := range at.tries(check.Mark, 0, script.engine) {
			if list := s.candidates(script, text); len(list) > 0 {
				c.Holder = check.Candidate{Name: c.Written, Kind: check.CandidateHolder, Of: strings.TrimRight(list[0].Of, ".:")}
				break
			}
		}
	}
	return c
}

// openString gives the quote of a string that is open at the end of a line, and where it
// begins; 0 if there is none.
func openString(line string) (quote byte, at int) {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote == 0 && (c == '"' || c == '\''):
			quote, at = c, i
		case quote != 0 && c == '\\':
			i++
		case c == quote:
			quote = 0
		}
	}
	return quote, at
}

var (
	// chain is what is before a member; called a call that is open, with its arguments.
	chain  = regexp.MustCompile(`[\pL_][\pL\pN_]*([.:][\pL\pN_]+)*[.:]$`)
	called = regexp.MustCompile(`[\pL_][\pL\pN_]*([.:][\pL_][\pL\pN_]*)*\s*\([^()]*$`)
)

// tries gives texts with a mark at the cursor that may be sound where the text is not, being
// written: with the rest of the line and without, as a statement, with the lines below and
// without. The first are the nearest.
func (at cursor) tries(mark string, quote byte, e hostapi.Engine) []string {
	calls := []string{""}
	if quote == 0 {
		calls = append(calls, "()") // of Lua a statement
	}
	var lines []string
	for _, call := range calls {
		lines = append(lines, at.before+mark+call+at.behind)
	}
	margin := at.before[:len(at.before)-len(strings.TrimLeft(at.before, " \t"))]
	part := ""
	if quote == 0 {
		part = margin + chain.FindString(at.before)
	} else if found := called.FindString(at.before); found != "" {
		part = margin + found
	}
	m, mends := e.(hostapi.Mender)
	for _, before := range []string{at.before, part} {
		closing := ""
		if mends && quote == 0 {
			closing = m.Mend(strings.TrimSpace(before))
		} else if mends {
			closing = m.Mend(strings.TrimSpace(before) + string(quote))
		}
		if quote != 0 && !strings.HasSuffix(mark, string(quote)) {
			closing = string(quote) + closing
		}
		for _, call := range calls {
			lines = append(lines, before+mark+call+closing)
		}
	}
	var out []string
	for _, line := range lines {
		out = append(out, at.above+line+at.below)
	}
	if mends {
		for _, line := range lines {
			out = append(out, at.above+line+m.Mend(at.above+line))
		}
	}
	return slices.Compact(out)
}

// candidates gives those of a source with another text, which has the mark.
func (s *Survey) candidates(script *compiledSource, text string) []check.Candidate {
	src := script.source
	src.Text = text
	outline := outlineOf(script.engine, src)
	if outline == nil {
		return nil
	}
	imported := map[string]*hostapi.Outline{}
	for alias, lib := range script.imported {
		if lib == nil {
			continue
		}
		if c := s.library(lib.ID, script.engine); c != nil {
			imported[alias] = c.outline
		}
	}
	list := check.NewGroup(s.loader.around(), []check.Source{{Source: src, Outline: outline, Imported: imported}}).Candidates(0)
	if e, spells := script.engine.(hostapi.Speller); spells {
		for i := range list {
			if list[i].Func != nil || list[i].Param != nil || list[i].Const != nil {
				list[i].Name = e.Spelled(list[i].Name)
			}
		}
	}
	return list
}

// library finds a library as it was compiled for an engine; nil if it was not.
func (s *Survey) library(id string, e hostapi.Engine) *compiledSource {
	for i := range s.sources {
		if c := &s.sources[i]; c.header.ID == id && c.engine.Info().Name == e.Info().Name {
			return c
		}
	}
	return nil
}
