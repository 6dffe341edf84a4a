package starlark

import (
	"slices"
	"strings"
)

// part is a part of a program: a statement, a block, or an expression of a sort. It
// is never changed: what shrinks it makes others.
type part struct {
	sort  string
	texts []string // around the kids
	kids  []*part
}

// The sorts of parts. Those of expressions say what they give.
const (
	aStatement = "statement"
	aBlock     = "block"
	aNum       = "number"
	aStr       = "string"
	aLst       = "list"
	aTup       = "tuple"
	aDct       = "dict"
	aSt        = "set"
	aTruth     = "bool"
	aThing     = "anything"
)

// least is the smallest expression of each sort.
var least = map[string]string{aNum: "1", aStr: `"a"`, aLst: "[]", aTup: "()", aDct: "{}", aSt: "set()", aTruth: "True", aThing: "None"}

// made makes a part from a text with a # for each kid.
func made(sort, text string, kids ...*part) *part {
	return &part{sort, strings.Split(text, "#"), kids}
}

func blockOf(statements ...*part) *part { return &part{sort: aBlock, kids: statements} }

func (p *part) write(b *strings.Builder, indent int) {
	if p.sort == aBlock {
		kids := p.kids
		if len(kids) == 0 {
			kids = []*part{made(aStatement, "pass")}
		}
		for _, kid := range kids {
			b.WriteString(strings.Repeat("    ", indent))
			kid.write(b, indent)
			b.WriteByte('\n')
		}
		return
	}
	for i, text := range p.texts {
		b.WriteString(text)
		if i == len(p.kids) {
			break
		}
		if kid := p.kids[i]; kid.sort == aBlock {
			b.WriteByte('\n')
			var inner strings.Builder
			kid.write(&inner, indent+1)
			b.WriteString(strings.TrimSuffix(inner.String(), "\n"))
			if rest := p.texts[i+1]; rest != "" { // else, elif
				b.WriteString("\n" + strings.Repeat("    ", indent))
			}
		} else {
			kid.write(b, indent)
		}
	}
}

func (p *part) String() string {
	var b strings.Builder
	p.write(&b, 0)
	return b.String()
}

// all gives the parts inside of p that are of a sort.
func (p *part) all(sort string, to []*part) []*part {
	for _, kid := range p.kids {
		if kid.sort == sort {
			to = append(to, kid)
		}
		to = kid.all(sort, to)
	}
	return to
}

// smaller gives programs that are smaller, those that lack most first.
func (p *part) smaller(yield func(*part) bool) {
	p.edits(func(q *part) bool { return yield(q) })
}

// edits calls yield with copies of p in which one part is less. It stops if that
// says so.
func (p *part) edits(yield func(*part) bool) bool {
	with := func(i int, kids ...*part) *part {
		q := *p
		q.kids = append(append(slices.Clone(p.kids[:i]), kids...), p.kids[i+1:]...)
		return &q
	}
	if p.sort == aBlock {
		for n := len(p.kids) / 2; n > 1; n /= 2 {
			for i := 0; i+n <= len(p.kids); i += n {
				q := *p
				q.kids = append(slices.Clone(p.kids[:i]), p.kids[i+n:]...)
				if !yield(&q) {
					return false
				}
			}
		}
		for i := range p.kids {
			if !yield(with(i)) {
				return false
			}
			for _, inner := range p.kids[i].kids {
				if inner.sort == aBlock && !yield(with(i, inner.kids...)) {
					return false
				}
			}
		}
	}
	for i, kid := range p.kids {
		if text, ok := least[kid.sort]; ok {
			if kid.String() != text && !yield(with(i, made(kid.sort, text))) {
				return false
			}
			for _, inner := range kid.all(kid.sort, nil) {
				if !yield(with(i, inner)) {
					return false
				}
			}
		}
		if !kid.edits(func(less *part) bool { return yield(with(i, less)) }) {
			return false
		}
	}
	return true
}
