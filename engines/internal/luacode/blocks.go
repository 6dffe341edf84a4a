package luacode

import (
	"fmt"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

const (
	// maxJumps bounds the breaks of a loop, the gotos of a function, and the ands
	// and ors of an expression.
	maxJumps = 1000
	// maxElseifs is how many elseifs a statement keeps.
	maxElseifs = 100
)

// SplitBlocks writes a source for a compiler that takes time with the third power
// of the jumps which lead to one place: of an if with many elseifs it makes several,
// each inside the one before, on the same lines. A source with too many other jumps
// is refused with a *hostapi.SyntaxError.
func SplitBlocks(path, text string) (string, error) {
	s := splitter{nesting: nesting{text: text, line: 1}, logic: []int{0}}
	for s.token() {
		if what := s.look(text[s.from:s.pos]); what != "" {
			return "", &hostapi.SyntaxError{Path: path, Line: s.line, Message: fmt.Sprintf("too many %s (limit is %d)", what, maxJumps)}
		}
	}
	if s.done == 0 {
		return text, nil
	}
	s.out.WriteString(text[s.done:])
	return s.out.String(), nil
}

type splitter struct {
	nesting
	out    strings.Builder
	done   int // bytes of the text that are in out
	blocks []block
	loop   bool  // the next do is that of a loop
	logic  []int // ands and ors of the expressions around, that of the innermost bracket last
}

// block is one that is not closed yet.
type block struct {
	word           string // that opened it
	loop           bool
	elseifs, inner int // elseifs so far, ifs made of some
	breaks, gotos  int
}

// look takes the next token into account. It says what there is too much of.
func (s *splitter) look(word string) string {
	if what := s.count(word); what != "" {
		return what
	}
	switch word {
	case "while", "for":
		s.loop = true
	case "do", "repeat", "function", "if":
		s.blocks = append(s.blocks, block{word: word, loop: word == "repeat" || word == "do" && s.loop})
		s.loop = s.loop && word != "do"
	case "break", "goto":
		for i := len(s.blocks) - 1; i >= 0; i-- {
			b := &s.blocks[i]
			if word == "break" && b.loop {
				b.breaks++
			} else if word == "goto" && (b.word == "function" || i == 0) {
				b.gotos++
			} else if b.word != "function" {
				continue
			}
			if b.breaks > maxJumps {
				return "breaks in a loop"
			}
			if b.gotos > maxJumps {
				return "gotos in a function"
			}
			break
		}
	case "elseif":
		if last := len(s.blocks) - 1; last >= 0 && s.blocks[last].word == "if" {
			b := &s.blocks[last]
			if b.elseifs++; b.elseifs%maxElseifs == 0 {
				b.inner++
				s.write("else if")
			}
		}
	case "end", "until":
		last := len(s.blocks) - 1
		if last < 0 {
			break
		}
		if n := s.blocks[last].inner; n > 0 {
			s.write("end" + strings.Repeat(" end", n))
		}
		s.blocks = s.blocks[:last]
	}
	return ""
}

// count counts the ands and ors of an expression.
func (s *splitter) count(word string) string {
	for len(s.logic) <= len(s.chains) {
		s.logic = append(s.logic, 0)
	}
	for last := len(s.logic) - 1; last > len(s.chains); last-- {
		s.logic[last-1] += s.logic[last]
		s.logic = s.logic[:last]
	}
	n := &s.logic[len(s.logic)-1]
	switch {
	case word == "and" || word == "or":
		*n++
	case s.chain == 0:
		*n = 0
	}
	if *n > maxJumps {
		return "ands and ors in an expression"
	}
	return ""
}

// write puts other text in the place of the last token.
func (s *splitter) write(other string) {
	s.out.WriteString(s.text[s.done:s.from])
	s.out.WriteString(other)
	s.done = s.pos
}
