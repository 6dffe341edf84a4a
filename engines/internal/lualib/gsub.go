package lualib

import "strings"

func stringGsub(c Call) (int, error) {
	a := args{c, "gsub"}
	s, err := a.str(1)
	if err != nil {
		return 0, err
	}
	p, err := a.str(2)
	if err != nil {
		return 0, err
	}
	g := gsub{args: a, matcher: matcher{src: s, pat: p, budget: c}, value: a.Arg(3)}
	if g.kind = a.Kind(g.value); g.kind != KindTable && g.kind != KindFunction {
		ok := false
		if g.template, ok = text(c, g.value); !ok {
			return 0, a.bad(3, "string/function/table expected")
		}
		g.literal = !strings.Contains(g.template, "%")
	}
	limit, err := a.optInteger(4, len(s)+1)
	if err != nil {
		return 0, err
	}
	n, err := g.run(limit)
	if err != nil {
		return 0, err
	}
	if n == 0 {
		a.Push(a.String(s))
	} else {
		a.Push(a.String(g.out.b.String()))
	}
	a.Push(a.Number(float64(n)))
	return 2, nil
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
func (g *gsub) run(limit int) (int, error) {
	m := &g.matcher
	g.out.budget = g.args
	p := 0
	if strings.HasPrefix(m.pat, "^") {
		p = 1
	}
	n, s, kept := 0, 0, 0 // all before kept is in out
	for n < limit {
		e := m.at(s, p)
		if m.err != nil {
			return 0, m.err
		}
		if e >= 0 {
			n++
			if err := g.out.add(m.src[kept:s]); err != nil {
				return 0, err
			}
			if err := g.replace(s, e); err != nil {
				return 0, err
			}
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
	if m.tick() {
		return 0, m.err
	}
	if n == 0 {
		return 0, nil
	}
	return n, g.out.add(m.src[kept:])
}

// replace writes what stands for the match from s to e.
func (g *gsub) replace(s, e int) error {
	m, a := &g.matcher, g.args
	var v Value
	var err error
	switch {
	case g.kind == KindFunction:
		var values []Value
		if values, err = m.values(a, g.call[:0], max(m.level, 1), s, e); err == nil {
			v, err = a.CallFunction(g.value, values)
		}
	case g.kind == KindTable:
		if v, err = m.value(a, 0, s, e); err == nil {
			v, err = a.Index(g.value, v)
		}
	case g.literal:
		return g.out.add(g.template)
	default:
		return g.expand(s, e)
	}
	if err != nil {
		return err
	}
	switch kind := a.Kind(v); {
	case kind == KindNil, kind == KindBool && !a.Truth(v):
		return g.out.add(m.src[s:e])
	default:
		t, ok := text(a, v)
		if !ok {
			return errorf("invalid replacement value (a %s)", a.TypeName(v))
		}
		return g.out.add(t)
	}
}

// expand writes the template with %0 to %9 and %% replaced.
func (g *gsub) expand(s, e int) error {
	for t := g.template; ; {
		i := strings.IndexByte(t, '%')
		if i < 0 {
			return g.out.add(t)
		}
		if err := g.out.add(t[:i]); err != nil {
			return err
		}
		if i++; i == len(t) {
			return errorf("invalid use of '%%' in replacement string")
		}
		piece := ""
		switch c := t[i]; {
		case c == '%':
			piece = "%"
		case c == '0':
			piece = g.matcher.src[s:e]
		case isDigit(c):
			text, position, isText, err := g.matcher.capture(int(c)-'1', s, e)
			if err != nil {
				return err
			}
			if piece = text; !isText {
				piece = NumberText(float64(position))
			}
		default:
			return errorf("invalid use of '%%' in replacement string")
		}
		if err := g.out.add(piece); err != nil {
			return err
		}
		if g.matcher.step() {
			return g.matcher.err
		}
		t = t[i+1:]
	}
}
