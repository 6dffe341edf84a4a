package lualib

import "strings"

// magic are the characters without which find takes a pattern as plain text.
const magic = "^$*+?.([%-"

func stringFind(c Call) int  { return find(args{c, "find"}, true) }
func stringMatch(c Call) int { return find(args{c, "match"}, false) }

// find is string.find or string.match.
func find(a args, positions bool) int {
	s, p := a.str(1), a.str(2)
	init := a.optInteger(3, 1)
	if init = fromEnd(init, len(s)); init < 1 {
		init = 1
	} else if init > len(s)+1 {
		a.Push(a.Nil())
		return 1
	}
	init--
	if positions && (a.isTrue(4) || !strings.ContainsAny(p, magic)) {
		i := indexFrom(a, s, p, init)
		if i < 0 {
			a.Push(a.Nil())
			return 1
		}
		a.Push(a.Number(float64(i + 1)))
		a.Push(a.Number(float64(i + len(p))))
		return 2
	}
	m := matcher{src: s, pat: p, budget: a}
	start, end := m.search(init)
	m.tick()
	if start < 0 {
		a.Push(a.Nil())
		return 1
	}
	var store [maxCaptures]Value
	n := m.level
	if n == 0 && !positions {
		n = 1
	}
	values := m.values(a, store[:0], n, start, end)
	if n > 4 {
		a.Reserve(n + 2)
	}
	if positions {
		a.Push(a.Number(float64(start + 1)))
		a.Push(a.Number(float64(end)))
		n += 2
	}
	for _, v := range values {
		a.Push(v)
	}
	return n
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
func (m *matcher) values(a args, to []Value, n, start, end int) []Value {
	for i := range n {
		to = append(to, m.value(a, i, start, end))
	}
	return to
}

func (m *matcher) value(a args, i, start, end int) Value {
	s, position, isText := m.capture(i, start, end)
	if isText {
		return a.String(s)
	}
	return a.Number(float64(position))
}

const (
	copiedPerTick = 64       // bytes copied or searched in one go that count as a step
	portion       = 64 << 10 // bytes done between two ticks
)

// indexFrom is the position of p in s at or after init, -1 if there is none.
func indexFrom(b Budget, s, p string, init int) int {
	window := max(portion, 4*len(p))
	for {
		end := min(init+window, len(s))
		b.Tick((end - init) / copiedPerTick)
		if i := strings.Index(s[init:end], p); i >= 0 {
			return init + i
		}
		if end == len(s) {
			return -1
		}
		init = end - len(p) + 1
	}
}

func stringGmatch(c Call) int {
	a := args{c, "gmatch"}
	s, p := a.str(1), a.str(2)
	position := 0
	fn := a.Function("for iterator", func(c Call) int {
		a := args{c, "for iterator"}
		m := matcher{src: s, pat: p, budget: c}
		for at := position; at <= len(s); at++ {
			// No anchor: it would match but once. ^ stands for itself.
			end := m.at(at, 0)
			if end < 0 {
				continue
			}
			if position = end; end == at {
				position++
			}
			m.tick()
			var store [maxCaptures]Value
			values := m.values(a, store[:0], max(m.level, 1), at, end)
			return a.pushAll(nil, values)
		}
		position = len(s) + 1
		m.tick()
		a.Push(a.Nil())
		return 1
	})
	a.Push(keeping(c, fn, a.Arg(1)))
	return 1
}
