package re

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

const (
	maxPattern      = 4 << 10 // bytes
	maxInstructions = 10_000
)

// A range beyond ASCII of which the case is ignored is read letter by letter, which takes
// milliseconds for a wide one: nobody else has the worker meanwhile.
const maxWide = 8

var (
	folds = regexp.MustCompile(`\(\?[a-zA-Z]*i`)
	wide  = regexp.MustCompile(`-(?:\\|[^\x00-\x7f])`)
)

// pattern is a compiled pattern. It belongs to one process.
type pattern struct {
	text         string
	first        *regexp.Regexp // finds the first match
	later        *regexp.Regexp // finds the next one behind a letter, as its group 1; nil before the first use
	instructions int
}

func compile(text string) (*pattern, error) {
	if len(text) > maxPattern {
		return nil, hostapi.Errorf(hostapi.Invalid, "pattern too large: more than %d bytes", maxPattern)
	}
	if folds.MatchString(text) && len(wide.FindAllStringIndex(text, maxWide+1)) > maxWide {
		return nil, hostapi.Errorf(hostapi.Invalid, "pattern too large: more than %d ranges beyond ASCII without case", maxWide)
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, invalid(err)
	}
	// What is too large must be known before it is compiled: repetitions multiply.
	if size(tree) > maxInstructions {
		return nil, hostapi.Errorf(hostapi.Invalid, "pattern too large: more than %d instructions", maxInstructions)
	}
	first, err := regexp.Compile(text)
	if err != nil {
		return nil, invalid(err)
	}
	return &pattern{text: text, first: first, instructions: size(tree)}, nil
}

func invalid(err error) error {
	return hostapi.Errorf(hostapi.Invalid, "invalid pattern: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
}

// size is about how many instructions a tree is compiled to, never less.
func size(tree *syntax.Regexp) int {
	n := 0
	for _, sub := range tree.Sub {
		n += size(sub)
	}
	switch tree.Op {
	case syntax.OpLiteral:
		return len(tree.Rune) + 1
	case syntax.OpRepeat:
		times := max(tree.Max, tree.Min+1)
		return min(times*(n+1), maxInstructions+1)
	}
	return min(n+len(tree.Sub)+2, maxInstructions+1)
}

// next gives the expression that finds what follows a letter: the text goes on before
// where the search begins, so ^ and \b must see what stands there.
func (p *pattern) next() (*regexp.Regexp, error) {
	if p.later != nil {
		return p.later, nil
	}
	text := p.text
	if strings.Contains(text, `\Q`) { // which may be open at the end
		text = p.first.String()
		if tree, err := syntax.Parse(text, syntax.Perl); err == nil {
			text = tree.String()
		}
	}
	later, err := regexp.Compile(`(?s:\A.)(?s:.*?)(` + text + `)`)
	if err != nil {
		return nil, invalid(err)
	}
	p.later = later
	return later, nil
}

// kept are the patterns that a process gave as text, by their texts.
type kept map[string]*pattern

const (
	keptPatterns     = 16
	keptInstructions = 500
)

// of gives the pattern that an argument stands for: a text or a regexp.
func of(c hostapi.Call, v hostapi.Value) (*pattern, error) {
	if r, ok := v.Object().(*Regexp); ok {
		return r.pattern, nil
	}
	known := hostapi.LocalOf(c.Task().Process(), func() kept { return kept{} })
	if p := known[v.Str()]; p != nil {
		return p, nil
	}
	p, err := compile(v.Str())
	if err == nil && p.instructions <= keptInstructions {
		if len(known) == keptPatterns {
			clear(known)
		}
		known[p.text] = p
	}
	return p, err
}
