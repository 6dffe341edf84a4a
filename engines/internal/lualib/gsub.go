package lualib

import "strings"

func stringGsub(c Call) int {
	a := args{c, "gsub"}
	s, p := a.str(1), a.str(2)
	g := gsub{args: a, matcher: matcher{src: s, pat: p, budget: c}, value: a.Arg(3)}
	if g.kind = a.Kind(g.value); g.kind != KindTable && g.kind != KindFunction {
		ok := false
		if g.template, ok = text(c, g.value); !ok {
			a.bad(3, "string/function/table expected")
		}
		g.literal = !strings.Contains(g.template, "%")
	}
	limit := a.optInteger(4, len(s)+1)
	n := g.run(limit)
	if n == 0 {
		a.Push(a.String(s))
	} else {
		a.Push(a.String(g.out.b.String()))
	}
	a.Push(a.Number(float64(n)))
	return 2
}

// gsub is one call of string.gsub.
type gsub struct {
	args     args
	matcher  matcher
	out      builder
	kind     Kind  // of the replacement: table, function, else text
	value    Value // the replacement
	template string
	literal  bool // template has no %
	call     [maxCaptures]Value
}

// run replaces up to limit matches and gives their number.
func (g *gsub) run(limit int) int {
	m := &g.matcher
	g.out.budget = g.args
	p := 0
	if strings.HasPrefix(m.pat, "^") {
		p = 1
	}
	n, s, kept := 0, 0, 0 // all before kept is in out
	for n < limit {
		e := m.at(s, p)
		if e >= 0 {
			n++
			g.out.add(m.src[kept:s])
			g.replace(s, e)
			kept = e
		}
		if e > s {
			s = e
		} else if s++; s > len(m.src) {
			break
		}
		if p == 1 {
			break
		}
	}
	m.tick()
	if n > 0 {
		g.out.add(m.src[kept:])
	}
	return n
}

// replace writes what stands for the match from s to e.
func (g *gsub) replace(s, e int) {
	m, a := &g.matcher, g.args
	var v Value
	switch {
	case g.kind == KindFunction:
		v = a.CallFunction(g.value, m.values(a, g.call[:0], max(m.level, 1), s, e))
	case g.kind == KindTable:
		v = a.Index(g.value, m.value(a, 0, s, e))
	case g.literal:
		g.out.add(g.template)
		return
	default:
		g.expand(s, e)
		return
	}
	if kind := a.Kind(v); kind == KindNil || kind == KindBool && !a.Truth(v) {
		g.out.add(m.src[s:e])
		return
	}
	t, ok := text(a, v)
	if !ok {
		fail(a, "invalid replacement value (a %s)", a.TypeName(v))
	}
	g.out.add(t)
}

// expand writes the template with %0 to %9 and %% replaced.
func (g *gsub) expand(s, e int) {
	for t := g.template; ; {
		i := strings.IndexByte(t, '%')
		if i < 0 {
			g.out.add(t)
			return
		}
		g.out.add(t[:i])
		if i++; i == len(t) {
			fail(g.args, "invalid use of '%%' in replacement string")
		}
		piece := ""
		switch c := t[i]; {
		case c == '%':
			piece = "%"
		case c == '0':
			piece = g.matcher.src[s:e]
		case isDigit(c):
			text, position, isText := g.matcher.capture(int(c)-'1', s, e)
			if piece = text; !isText {
				piece = NumberText(float64(position))
			}
		default:
			fail(g.args, "invalid use of '%%' in replacement string")
		}
		g.out.add(piece)
		g.matcher.step()
		t = t[i+1:]
	}
}
