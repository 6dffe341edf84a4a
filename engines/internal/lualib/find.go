package lualib

import "strings"

// magic are the characters without which find takes a pattern as plain text.
const magic = "^$*+?.([%-"

func stringFind(c Call) (int, error)  { return find(args{c, "find"}, true) }
func stringMatch(c Call) (int, error) { return find(args{c, "match"}, false) }

// find is string.find or string.match.
func find(a args, positions bool) (int, error) {
	s, err := a.str(1)
	if err != nil {
		return 0, err
	}
	p, err := a.str(2)
	if err != nil {
		return 0, err
	}
	init, err := a.optInteger(3, 1)
	if err != nil {
		return 0, err
	}
	if init = fromEnd(init, len(s)); init < 1 {
		init = 1
	} else if init > len(s)+1 {
		a.Push(a.Nil())
		return 1, nil
	}
	init--
	if positions && (a.isTrue(4) || !strings.ContainsAny(p, magic)) {
		i, err := indexFrom(a, s, p, init)
		if err != nil {
			return 0, err
		}
		if i < 0 {
			a.Push(a.Nil())
			return 1, nil
		}
		a.Push(a.Number(float64(i + 1)))
		a.Push(a.Number(float64(i + len(p))))
		return 2, nil
	}
	m := matcher{src: s, pat: p, budget: a}
	start, end := m.search(init)
	if m.tick() {
		return 0, m.err
	}
	if start < 0 {
		a.Push(a.Nil())
		return 1, nil
	}
	var store [maxCaptures]Value
	n := m.level
	if n == 0 && !positions {
		n = 1
	}
	values, err := m.values(a, store[:0], n, start, end)
	if err != nil {
		return 0, err
	}
	if n > 4 {
		if err := a.Reserve(n + 2); err != nil {
			return 0, err
		}
	}
	if positions {
		a.Push(a.Number(float64(start + 1)))
		a.Push(a.Number(float64(end)))
		n += 2
	}
	for _, v := range values {
		a.Push(v)
	}
	return n, nil
}

// isTrue reports whether argument i is neither missing nor nil nor false.
func (a args) isTrue(i int) bool {
	v := a.Arg(i)
	switch a.Kind(v) {
	case KindNil:
		return false
	case KindBool:
		return a.Truth(v)
	}
	return true
}

// values appends the first n captures of a match as values of the script.
func (m *matcher) values(a args, to []Value, n, start, end int) ([]Value, error) {
	for i := range n {
		v, err := m.value(a, i, start, end)
		if err != nil {
			return nil, err
		}
		to = append(to, v)
	}
	return to, nil
}

func (m *matcher) value(a args, i, start, end int) (Value, error) {
	s, position, isText, err := m.capture(i, start, end)
	switch {
	case err != nil:
		return nil, err
	case isText:
		return a.String(s), nil
	}
	return a.Number(float64(position)), nil
}

const (
	copiedPerTick = 64       // bytes copied or searched in one go that count as a step
	portion       = 64 << 10 // bytes done between two ticks
)

// indexFrom is the position of p in s at or after init, -1 if there is none.
func indexFrom(b Budget, s, p string, init int) (int, error) {
	window := max(portion, 4*len(p))
	for {
		end := min(init+window, len(s))
		if err := b.Tick((end - init) / copiedPerTick); err != nil {
			return 0, err
		}
		if i := strings.Index(s[init:end], p); i >= 0 {
			return init + i, nil
		}
		if end == len(s) {
			return -1, nil
		}
		init = end - len(p) + 1
	}
}

func stringGmatch(c Call) (int, error) {
	a := args{c, "gmatch"}
	s, err := a.str(1)
	if err != nil {
		return 0, err
	}
	p, err := a.str(2)
	if err != nil {
		return 0, err
	}
	position := 0
	fn := a.Function("for iterator", func(c Call) (int, error) {
		a := args{c, "for iterator"}
		m := matcher{src: s, pat: p, budget: c}
		for at := position; at <= len(s); at++ {
			// No anchor: it would match but once. ^ stands for itself.
			end := m.at(at, 0)
			if m.err != nil {
				return 0, m.err
			}
			if end < 0 {
				continue
			}
			if position = end; end == at {
				position++
			}
			if m.tick() {
				return 0, m.err
			}
			var store [maxCaptures]Value
			values, err := m.values(a, store[:0], max(m.level, 1), at, end)
			if err != nil {
				return 0, err
			}
			if len(values) > 4 {
				if err := a.Reserve(len(values)); err != nil {
					return 0, err
				}
			}
			for _, v := range values {
				a.Push(v)
			}
			return len(values), nil
		}
		position = len(s) + 1
		if m.tick() {
			return 0, m.err
		}
		a.Push(a.Nil())
		return 1, nil
	})
	a.Push(keeping(c, fn, a.Arg(1)))
	return 1, nil
}
