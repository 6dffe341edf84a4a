// Package luaerror turns what a Lua script has thrown, uncaught, into the error
// that its process ends with (clause 2.18 of docs/spec).
package luaerror

// Positions remembers the last strings of a process that were thrown with a
// position in front (19.10), so that it can be taken off again. The zero
// Positions is empty.
type Positions struct {
	last []positioned
	next int
}

type positioned struct {
	text   string
	length int // of the position in front
}

// kept is how many strings are remembered: those thrown while others were
// handled.
const kept = 8

// Add remembers text, which begins with a position of length bytes.
func (p *Positions) Add(text string, length int) {
	if len(p.last) < kept {
		p.last = append(p.last, positioned{text, length})
		return
	}
	p.last[p.next] = positioned{text, length}
	p.next = (p.next + 1) % kept
}

// strip gives text without its position if it is remembered.
func (p *Positions) strip(text string) string {
	for _, x := range p.last {
		if x.text == text {
			return text[x.length:]
		}
	}
	return text
}
