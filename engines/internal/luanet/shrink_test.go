package luanet

import "slices"

// shrink gives a smaller program for which differs holds. It does so for n.
func shrink(n *node, differs func(n *node) bool) *node {
	s := shrinker{root: n.clone(), differs: differs, left: 1500}
	for before := -1; s.left > 0 && before != s.root.size(); {
		before = s.root.size()
		s.visit(s.root)
	}
	return s.root
}

type shrinker struct {
	root    *node
	differs func(n *node) bool
	left    int // tries
}

// try makes n what it might be instead, and takes that back if nothing differs
// any more.
func (s *shrinker) try(n *node, instead node) bool {
	if s.left == 0 {
		return false
	}
	s.left--
	before := *n
	*n = instead
	if s.differs(s.root) {
		return true
	}
	*n = before
	return false
}

// visit makes n and what is in it smaller.
func (s *shrinker) visit(n *node) {
	switch n.kind {
	case block, table, giveBack, list, local:
		s.drop(n, 0)
	case call, method:
		s.drop(n, 1)
		if n.kind == call && n.text != "" {
			s.try(n, node{kind: call, kids: n.kids})
		}
	}
	if n.kind == block {
		s.splice(n)
	}
	if n.kind == branch {
		s.dropBranches(n)
	}
	if n.isExpression() {
		s.simplify(n)
	}
	if n.kind == localFunction || n.kind == definition { // which stays one
		n = n.kids[0]
	}
	for _, kid := range slices.Clone(n.kids) {
		s.visit(kid)
	}
}

// drop leaves out kids from first on, many at once to begin with.
func (s *shrinker) drop(n *node, first int) {
	for size := len(n.kids) - first; size > 0; size /= 2 {
		for i := len(n.kids) - size; i >= first; i -= size {
			instead := *n
			instead.kids = slices.Concat(n.kids[:i], n.kids[i+size:])
			if n.kind != list || len(instead.kids) > 0 {
				s.try(n, instead)
			}
			i = min(i, len(n.kids))
		}
	}
}

// splice puts the statements of a block inside a statement in its place.
func (s *shrinker) splice(n *node) {
	for i := 0; i < len(n.kids); i++ {
		for _, kid := range blocks(n.kids[i]) {
			instead := *n
			instead.kids = slices.Concat(n.kids[:i], kid.kids, n.kids[i+1:])
			if s.try(n, instead) {
				i--
				break
			}
		}
	}
}

// blocks are those inside a statement, also of functions that it calls or makes.
func blocks(n *node) []*node {
	if n.kind == block {
		return []*node{n}
	}
	var found []*node
	for _, kid := range n.kids {
		found = append(found, blocks(kid)...)
	}
	return found
}

func (s *shrinker) dropBranches(n *node) {
	for i := len(n.kids) - 2; i > 0; i -= 2 {
		instead := *n
		instead.kids = slices.Concat(n.kids[:i], n.kids[i+2:])
		s.try(n, instead)
	}
	if len(n.kids)%2 == 1 && len(n.kids) > 1 {
		instead := *n
		instead.kids = n.kids[:len(n.kids)-1]
		s.try(n, instead)
	}
}

// simplify puts a constant or a part of an expression in its place.
func (s *shrinker) simplify(n *node) {
	if n.kind == literal || n.kind == name || isGuard(n) {
		return
	}
	for _, instead := range []*node{constant("nil"), constant("1"), quoted(""), tableOf()} {
		if n.kind == table && len(n.kids) == 0 {
			break
		}
		if s.try(n, *instead) {
			return
		}
	}
	for _, kid := range parts(n) {
		if s.try(n, *kid) {
			s.simplify(n)
			return
		}
	}
}

// parts are the expressions directly in an expression.
func parts(n *node) []*node {
	var found []*node
	for _, kid := range n.kids {
		switch {
		case kid.kind == pair || kid.kind == named:
			found = append(found, parts(kid)...)
		case kid.isExpression():
			found = append(found, kid)
		case kid.kind == block && len(kid.kids) > 0: // what a function returns
			if last := kid.kids[len(kid.kids)-1]; last.kind == giveBack {
				found = append(found, last.kids...)
			}
		}
	}
	return found
}

// guards are calls that must stay: they keep texts from growing and hide the
// texts of errors.
var guards = []string{"clip", "caught", "outcome"}

func isGuard(n *node) bool {
	return n.kind == call && n.kids[0].kind == name && slices.Contains(guards, n.kids[0].text)
}
