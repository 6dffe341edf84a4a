package lualib

import "strings"

// Concat is the .. operator on all its arguments, from right to left. The
// engines compile each a .. b .. c to a call of it: the interpreters make
// strings of any size in one instruction, and differ in the text of numbers.
func Concat(c Call) int {
	right := c.Arg(c.Len())
	for i := c.Len() - 1; i > 0; {
		first, size := i+1, textSize(c, right) // of what is joined at once
		for size >= 0 && first > 1 {
			more := textSize(c, c.Arg(first-1))
			if more < 0 {
				break
			}
			size += more
			first--
		}
		if first > i {
			right = concatMeta(c, c.Arg(i), right)
			i--
		} else {
			right = join(c, first, i, right, size)
			i = first - 1
		}
	}
	c.Push(right)
	return 1
}

// concatMeta joins two operands of which one does not count as a string.
func concatMeta(c Call, left, right Value) Value {
	if v, ok := c.Concat(left, right); ok {
		return v
	}
	bad := left
	if textSize(c, left) >= 0 {
		bad = right
	}
	fail(c, "attempt to concatenate a %s value", c.TypeName(bad))
	return nil
}

// numberSize is the longest NumberText.
const numberSize = 24

// textSize gives about the bytes of what counts as a string here, -1 for
// anything else.
func textSize(c Call, v Value) int {
	switch c.Kind(v) {
	case KindString, KindError:
		return len(c.Text(v))
	case KindNumber:
		return numberSize
	}
	return -1
}

const (
	// chargedSize is the size from which on a joined string is charged,
	// joinedPerTick the bytes that count as a step.
	chargedSize   = 4096
	joinedPerTick = 256
)

// join joins the arguments from first to last and right.
func join(c Call, first, last int, right Value, size int) Value {
	if size > MaxString {
		tooLarge(c)
	}
	if size >= chargedSize {
		c.Grow(int64(size))
		c.Tick(size / joinedPerTick)
	}
	end, _ := text(c, right)
	if first == last {
		start, _ := text(c, c.Arg(first))
		return c.String(start + end)
	}
	var b strings.Builder
	b.Grow(size)
	for i := first; i <= last; i++ {
		s, _ := text(c, c.Arg(i))
		b.WriteString(s)
	}
	b.WriteString(end)
	return c.String(b.String())
}
