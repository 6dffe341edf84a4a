package re

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/understudy-run/understudy/world/internal/effort"
)

const (
	// whole is how much a search may take, in instructions for each byte, that is done
	// in one go: about a millisecond. Others are fed letter by letter, so that others
	// have their turn meanwhile.
	whole = 1 << 16
	// perUnit is how much is a byte of work.
	perUnit = 32
	// letters is how many of them are read before others may have their turn.
	letters = 256
)

// search looks for matches of a pattern in a text.
type search struct {
	*pattern
	text   string
	effort effort.Effort
	inOne  int // how much is searched in one go; whole but for tests
}

// find gives the first match at or behind a place, as pairs of places; nil if there is
// none. The error is ErrKilled.
func (s *search) find(from int) ([]int, error) {
	expression, begin := s.first, from
	if from > 0 {
		var err error
		if expression, err = s.next(); err != nil {
			return nil, err
		}
		_, width := utf8.DecodeLastRuneInString(s.text[:from])
		begin -= width
	}
	rest := s.text[begin:]
	var match []int
	if cost := len(rest) * s.instructions; cost <= s.inOne {
		if err := s.effort.Work(cost/perUnit + 1); err != nil {
			return nil, err
		}
		match = expression.FindStringSubmatchIndex(rest)
	} else {
		r := &reader{search: s, text: rest}
		match = expression.FindReaderSubmatchIndex(r)
		if r.err != nil {
			return nil, r.err
		}
	}
	if match == nil || from == 0 {
		return match, nil
	}
	match = match[2:]
	for i := range match {
		if match[i] >= 0 {
			match[i] += begin
		}
	}
	return match, nil
}

// each calls yield for each of at most n matches, all if n is 0. An empty match that
// touches the one before is none.
func (s *search) each(n int, yield func(match []int) error) error {
	from, end := 0, -1
	for found := 0; from <= len(s.text) && (n == 0 || found < n); {
		match, err := s.find(from)
		if err != nil || match == nil {
			return err
		}
		again := match[1] == match[0] && match[0] == end
		if match[1] == from {
			_, width := utf8.DecodeRuneInString(s.text[from:])
			from += max(width, 1)
		} else {
			from = match[1]
		}
		end = match[1]
		if again {
			continue
		}
		found++
		if err := s.effort.Hold(64 * len(match)); err != nil {
			return err
		}
		if err := yield(match); err != nil {
			return err
		}
	}
	return nil
}

// group gives the text of a group of a match, "" for one that took no part. It is a copy,
// as it must not keep a long text alive.
func (s *search) group(match []int, i int) string {
	if match[2*i] < 0 {
		return ""
	}
	return strings.Clone(s.text[match[2*i]:match[2*i+1]])
}

// reader feeds a text to an expression. When the task is killed the text ends, and err
// says so.
type reader struct {
	*search
	text string
	read int // letters since others had their turn
	err  error
}

// ReadRune implements io.RuneReader.
func (r *reader) ReadRune() (rune, int, error) {
	if r.read++; r.read == letters {
		r.read = 0
		r.err = r.effort.Work(letters * r.instructions / perUnit)
	}
	if r.err != nil || r.text == "" {
		return 0, 0, io.EOF
	}
	letter, width := utf8.DecodeRuneInString(r.text)
	r.text = r.text[width:]
	return letter, width, nil
}
