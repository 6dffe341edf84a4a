package lualib

import "strings"

const (
	maxCaptures = 32
	maxNesting  = 200 // of matcher.match: bounds the Go stack, as Lua 5.2 bounds C's
	tickEvery   = 1000

	captureOpen     = -1 // length of a capture whose end is not reached yet
	capturePosition = -2 // length of a position capture
)

// matcher matches one subject against one pattern by backtracking, with the
// rules of Lua 5.2 (clause 19.7). Every step is counted.
type matcher struct {
	src, pat string
	budget   Budget
	steps    int // not yet ticked
	nesting  int
	level    int // captures begun
	captures [maxCaptures]struct{ start, length int }
}

// step counts one step.
func (m *matcher) step() {
	if m.steps++; m.steps >= tickEvery {
		m.tick()
	}
}

// tick charges the steps made so far.
func (m *matcher) tick() {
	if n := m.steps; n > 0 {
		m.steps = 0
		m.budget.Tick(n)
	}
}

func (m *matcher) fail(format string, a ...any) int {
	fail(m.budget, format, a...)
	return -1
}

// search finds the first match that begins at or after init: its start and end,
// or -1. An anchored pattern is tried at init only.
func (m *matcher) search(init int) (start, end int) {
	p := 0
	if strings.HasPrefix(m.pat, "^") {
		p = 1
	}
	for s := init; s <= len(m.src); s++ {
		if e := m.at(s, p); e >= 0 {
			return s, e
		}
		if p == 1 {
			break
		}
	}
	return -1, -1
}

// at matches the pattern from p on at s and gives the end of the match, -1 if
// there is none.
func (m *matcher) at(s, p int) int {
	m.level = 0
	return m.match(s, p)
}

func (m *matcher) match(s, p int) int {
	if m.nesting >= maxNesting {
		return m.fail("pattern too complex")
	}
	m.nesting++
	s = m.items(s, p)
	m.nesting--
	return s
}

// items matches item after item; it recurses only where it may have to come
// back.
func (m *matcher) items(s, p int) int {
	for p < len(m.pat) {
		m.step()
		switch m.pat[p] {
		case '(':
			if p+1 < len(m.pat) && m.pat[p+1] == ')' {
				return m.startCapture(s, p+2, capturePosition)
			}
			return m.startCapture(s, p+1, captureOpen)
		case ')':
			return m.endCapture(s, p+1)
		case '$':
			if p+1 == len(m.pat) {
				if s == len(m.src) {
					return s
				}
				return -1
			}
		case '%':
			if p+1 == len(m.pat) {
				break
			}
			switch c := m.pat[p+1]; {
			case c == 'b':
				if s = m.balance(s, p+2); s < 0 {
					return -1
				}
				p += 4
				continue
			case c == 'f':
				end := m.frontier(s, p+2)
				if end < 0 {
					return -1
				}
				p = end
				continue
			case isDigit(c):
				if s = m.backReference(s, c); s < 0 {
					return -1
				}
				p += 2
				continue
			}
		}
		ep := m.classEnd(p)
		if ep < 0 {
			return -1
		}
		suffix := byte(0)
		if ep < len(m.pat) {
			suffix = m.pat[ep]
		}
		switch suffix {
		case '?':
			if m.single(s, p, ep) {
				if e := m.match(s+1, ep+1); e >= 0 {
					return e
				}
			}
			p = ep + 1
		case '*':
			return m.longest(s, s, p, ep)
		case '+':
			if !m.single(s, p, ep) {
				return -1
			}
			return m.longest(s+1, s+1, p, ep)
		case '-':
			return m.shortest(s, p, ep)
		default:
			if !m.single(s, p, ep) {
				return -1
			}
			s++
			p = ep
		}
	}
	return s
}

// longest matches as many as possible of the single-character item at p from s
// on, then the rest of the pattern.
func (m *matcher) longest(s, least, p, ep int) int {
	for m.single(s, p, ep) {
		s++
		m.step()
	}
	for ; s >= least; s-- {
		if e := m.match(s, ep+1); e >= 0 {
			return e
		}
		m.step()
	}
	return -1
}

// shortest matches as few as possible of the item, then the rest.
func (m *matcher) shortest(s, p, ep int) int {
	for {
		if e := m.match(s, ep+1); e >= 0 {
			return e
		}
		m.step()
		if !m.single(s, p, ep) {
			return -1
		}
		s++
	}
}

func (m *matcher) startCapture(s, p, length int) int {
	if m.level >= maxCaptures {
		return m.fail("too many captures")
	}
	m.captures[m.level].start = s
	m.captures[m.level].length = length
	m.level++
	e := m.match(s, p)
	if e < 0 {
		m.level--
	}
	return e
}

func (m *matcher) endCapture(s, p int) int {
	i := m.level - 1
	for i >= 0 && m.captures[i].length != captureOpen {
		i--
	}
	if i < 0 {
		return m.fail("invalid pattern capture")
	}
	m.captures[i].length = s - m.captures[i].start
	e := m.match(s, p)
	if e < 0 {
		m.captures[i].length = captureOpen
	}
	return e
}

func (m *matcher) backReference(s int, digit byte) int {
	i := int(digit) - '1'
	if i < 0 || i >= m.level || m.captures[i].length == captureOpen {
		return m.fail("invalid capture index %%%d", i+1)
	}
	c := m.captures[i]
	if c.length == capturePosition || len(m.src)-s < c.length {
		return -1
	}
	if m.steps += c.length / 64; m.src[c.start:c.start+c.length] != m.src[s:s+c.length] {
		return -1
	}
	return s + c.length
}

// balance matches %bxy, whose x is at p.
func (m *matcher) balance(s, p int) int {
	if p+1 >= len(m.pat) {
		return m.fail("malformed pattern (missing arguments to '%%b')")
	}
	if s >= len(m.src) || m.src[s] != m.pat[p] {
		return -1
	}
	open, end := m.pat[p], m.pat[p+1]
	for depth := 1; ; {
		if s++; s >= len(m.src) {
			return -1
		}
		m.step()
		switch m.src[s] {
		case end:
			if depth--; depth == 0 {
				return s + 1
			}
		case open:
			depth++
		}
	}
}

// frontier matches %f, whose set is at p, and gives the end of the set.
func (m *matcher) frontier(s, p int) int {
	if p >= len(m.pat) || m.pat[p] != '[' {
		return m.fail("missing '[' after '%%f' in pattern")
	}
	ep := m.classEnd(p)
	if ep < 0 {
		return -1
	}
	var before, after byte
	if s > 0 {
		before = m.src[s-1]
	}
	if s < len(m.src) {
		after = m.src[s]
	}
	if m.inSet(before, p, ep-1) || !m.inSet(after, p, ep-1) {
		return -1
	}
	return ep
}

// classEnd gives the end of the single-character class at p.
func (m *matcher) classEnd(p int) int {
	c := m.pat[p]
	p++
	switch c {
	case '%':
		if p == len(m.pat) {
			return m.fail("malformed pattern (ends with '%%')")
		}
		return p + 1
	case '[':
		if p < len(m.pat) && m.pat[p] == '^' {
			p++
		}
		// A ] in the first place stands for itself.
		for {
			if p >= len(m.pat) {
				return m.fail("malformed pattern (missing ']')")
			}
			c := m.pat[p]
			if p++; c == '%' && p < len(m.pat) {
				p++
			}
			if p < len(m.pat) && m.pat[p] == ']' {
				return p + 1
			}
			m.step()
		}
	}
	return p
}

// single reports whether the class from p to ep matches the character at s.
func (m *matcher) single(s, p, ep int) bool {
	if s >= len(m.src) {
		return false
	}
	c := m.src[s]
	switch m.pat[p] {
	case '.':
		return true
	case '%':
		return inClass(c, m.pat[p+1])
	case '[':
		return m.inSet(c, p, ep-1)
	}
	return m.pat[p] == c
}

// inSet reports whether c is in the set from the [ at p to the ] at end.
func (m *matcher) inSet(c byte, p, end int) bool {
	member := true
	if m.pat[p+1] == '^' {
		member = false
		p++
	}
	for p++; p < end; p++ {
		switch {
		case m.pat[p] == '%':
			if p++; inClass(c, m.pat[p]) {
				return member
			}
		case m.pat[p+1] == '-' && p+2 < end:
			if p += 2; m.pat[p-2] <= c && c <= m.pat[p] {
				return member
			}
		case m.pat[p] == c:
			return member
		}
		m.step()
	}
	return !member
}

// inClass reports whether c is in the class named by a letter after %, or is
// the character itself after %.
func inClass(c, class byte) bool {
	var in bool
	switch class | 0x20 {
	case 'a':
		in = isAlpha(c)
	case 'c':
		in = isCntrl(c)
	case 'd':
		in = isDigit(c)
	case 'g':
		in = isGraph(c)
	case 'l':
		in = isLower(c)
	case 'p':
		in = isPunct(c)
	case 's':
		in = isSpace(c)
	case 'u':
		in = isUpper(c)
	case 'w':
		in = isAlnum(c)
	case 'x':
		in = isHex(c)
	case 'z': // deprecated in Lua 5.2, but there
		in = c == 0
	default:
		return class == c
	}
	if !isAlpha(class) {
		return class == c
	}
	return in != isUpper(class)
}

// capture gives capture i, counted from 0, of a match from s to e: a text, or a
// position if text is false. Without captures capture 0 is the match.
func (m *matcher) capture(i, s, e int) (substring string, position int, isText bool) {
	if i >= m.level {
		if i != 0 {
			fail(m.budget, "invalid capture index")
		}
		return m.src[s:e], 0, true
	}
	switch c := m.captures[i]; c.length {
	case captureOpen:
		fail(m.budget, "unfinished capture")
		return "", 0, false
	case capturePosition:
		return "", c.start + 1, false
	default:
		return m.src[c.start : c.start+c.length], 0, true
	}
}
