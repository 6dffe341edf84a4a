package editor

import (
	"strings"
	"unicode/utf8"
)

// document is a text that is open in the editor.
type document struct {
	uri     string
	path    string // of its file
	app     string // the directory of its app, "" if it has none
	version int
	text    string
}

// edit carries out a change of the editor.
func (d *document) edit(c change) {
	if c.Range == nil {
		d.text = c.Text
		return
	}
	from, to := offset(d.text, c.Range.Start), offset(d.text, c.Range.End)
	if to < from {
		from, to = to, from
	}
	d.text = d.text[:from] + c.Text + d.text[to:]
}

// lineStart gives where a line of number line, from 0, begins; the end of the text if it
// has fewer. Lines end with \n, \r\n or \r, as the protocol has it.
func lineStart(text string, line int) int {
	at := 0
	for range line {
		i := strings.IndexAny(text[at:], "\r\n")
		if i < 0 {
			return len(text)
		}
		if at += i + 1; text[at-1] == '\r' && strings.HasPrefix(text[at:], "\n") {
			at++
		}
	}
	return at
}

// lineAt gives a line without its end.
func lineAt(text string, line int) string {
	rest := text[lineStart(text, max(line, 0)):]
	if i := strings.IndexAny(rest, "\r\n"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// offset gives the byte of a position; beyond the end of a line it is that end.
func offset(text string, p position) int {
	start := lineStart(text, max(p.Line, 0))
	line := lineAt(text[start:], 0)
	units := 0
	for i, r := range line {
		if units >= p.Character {
			return start + i
		}
		units += width(r)
	}
	return start + len(line)
}

// width is how many units of UTF-16 a character takes.
func width(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

// character gives the position of a character in a line, both from 1, as package app
// counts them.
func character(text string, line, column int) position {
	have := lineAt(text, line-1)
	n, at := 0, 0
	for at < len(have) && column > 1 {
		r, size := utf8.DecodeRuneInString(have[at:])
		n += width(r)
		at += size
		column--
	}
	return position{max(line-1, 0), n}
}

// column is the reverse: the line and the character from 1.
func column(text string, p position) (line, column int) {
	start := lineStart(text, max(p.Line, 0))
	return p.Line + 1, 1 + utf8.RuneCountInString(text[start:offset(text, p)])
}
